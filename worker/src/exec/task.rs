//! Who executes a message, and as what: the cluster's engine, the one that the message or an
//! amendment moves the cluster to, or nobody.

use super::{block::Run, engine_message, ParkReason};
use crate::engine::Engine;
use fat_contracts_primitives::{ClusterMessage, EngineVersion, Remedy, Seq};
use pink_capi::types::{
    BlockReceipt, Effect, Env, Failure, Message, Mode, Outcome, Receipt, Upgrade, Version,
};
use std::sync::Arc;

/// One call into an engine.
pub(crate) struct Task {
    pub(crate) version: EngineVersion,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) env: Env,
    pub(crate) message: Message,
}

/// The receipt of a message that no engine executes.
pub(super) fn rejected(failure: Failure, message: &ClusterMessage) -> Receipt {
    let mut receipt = Receipt::rejected(failure);
    // A move that governance skipped is off the chain's record already, one that was overtaken
    // isn't.
    let overtaken = matches!(&receipt.outcome, Outcome::Rejected(why) if why.error == OVERTAKEN);
    if overtaken && matches!(message, ClusterMessage::Upgrade { .. }) {
        receipt.effects.push(Effect::UpgradeFailed);
    }
    receipt
}

/// The error of a move from a version that the cluster doesn't run any more.
const OVERTAKEN: &str = "Overtaken";

impl Run<'_> {
    /// What governance decided about a message.
    pub(super) fn remedy(&self, seq: Seq) -> Option<Remedy> {
        // Should there be several, the last one counts; those of later blocks are the later ones.
        let later = self.input.amended_later.iter().map(|(_, it)| it);
        let mut amendments = self.input.amendments.iter().chain(later).rev();
        amendments.find(|it| it.seq == seq).map(|it| it.remedy)
    }

    /// What is to be done with a message, or why nobody does it.
    pub(super) fn task(
        &self,
        seq: Seq,
        message: &ClusterMessage,
    ) -> Result<Result<Task, Failure>, ParkReason> {
        let remedy = self.remedy(seq);
        if remedy == Some(Remedy::Skip) {
            return Ok(Err(Failure::new("Amended", "skipped by governance")));
        }
        let instead = match remedy {
            Some(Remedy::ExecuteFrom(version)) => Some(version),
            _ => None,
        };
        let (version, engine) = match (message, &self.current) {
            (ClusterMessage::Setup { engine, .. }, None) => {
                let version = instead.unwrap_or(*engine);
                (version, self.engine(version)?)
            }
            (ClusterMessage::Setup { .. }, Some(_)) => {
                return Err(ParkReason::Disorder("a second setup".into()));
            }
            // An amendment may have brought the cluster elsewhere after the move was ordered.
            (ClusterMessage::Upgrade { from, .. }, Some((current, _))) if from != current => {
                let text = format!("a move from {from}, but the cluster runs {current} by now");
                return Ok(Err(Failure::new(OVERTAKEN, &text)));
            }
            (ClusterMessage::Upgrade { to, .. }, Some(_)) => {
                let version = instead.unwrap_or(*to);
                (version, self.engine(version)?)
            }
            (_, Some((version, engine))) => (*version, engine.clone()),
            (_, None) => {
                return Ok(Err(Failure::new(
                    "NoCluster",
                    "its setup was rejected or skipped",
                )));
            }
        };
        let mut translated = engine_message(self.input.cluster, message);
        // The version that was named when it was queued may have needed no system contract.
        if let (Some(_), Message::Setup(_) | Message::Upgrade(_)) = (instead, &translated) {
            let current = self.input.system_code.map(|hash| hash.0);
            match &mut translated {
                Message::Setup(setup) => setup.system_code = setup.system_code.or(current),
                Message::Upgrade(upgrade) => upgrade.system_code = upgrade.system_code.or(current),
                _ => {}
            }
        }
        Ok(Ok(Task {
            version,
            engine,
            env: self.env(seq),
            message: translated,
        }))
    }

    /// Has another version take the state over, ahead of a message, because governance says so.
    pub(super) fn take_over(&mut self, seq: Seq, to: EngineVersion) -> Result<(), ParkReason> {
        let Some((from, _)) = self.current else {
            return Ok(());
        };
        if from == to {
            return Ok(());
        }
        let engine = self.engine(to)?;
        let message = Message::Upgrade(Upgrade {
            from: Version::new(from.major, from.minor),
            system_code: self.input.system_code.map(|hash| hash.0),
        });
        let mut session = self.executor.session(&self.state);
        let receipt = engine
            .execute(&mut session, &self.env(seq), &message)
            .map_err(|fault| ParkReason::Fault { version: to, fault })?;
        if receipt.outcome != Outcome::Success {
            return Err(ParkReason::UpgradeImpossible {
                from,
                to,
                outcome: receipt.outcome,
            });
        }
        self.keep(session.finish());
        self.outcome.idle.push(BlockReceipt {
            weight: receipt.gas_consumed,
            events: receipt.events,
        });
        self.load_current()?;
        self.check_move(to)
    }

    fn env(&self, seq: Seq) -> Env {
        Env {
            mode: Mode::Transaction,
            block: self.block.clone(),
            seq,
        }
    }
}
