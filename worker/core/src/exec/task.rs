//! Who executes a message, and as what: the cluster's engine, the one that the message or an
//! amendment moves the cluster to, or nobody.

use super::{engine_message, run::Run, Disorder, ParkReason};
use fat_contracts_primitives::{
    BlockNumber, ClusterBlock, ClusterMessage, EngineVersion, Remedy, Seq,
};
use pink_capi::{
    calls::Ecall,
    types::{BlockReceipt, Env, Failure, Message, Mode, Outcome, Upgrade},
};
use pink_engine_host::{abi_version, Engine};
use std::{borrow::Cow, sync::Arc};

/// One call into an engine.
pub(crate) struct Task {
    pub(crate) version: EngineVersion,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) env: Env,
    pub(crate) message: Message,
}

/// The error of an upgrade from a version that the cluster doesn't run any more.
const OVERTAKEN: &str = "Overtaken";

/// The amendment of a message of a block that is to be applied, and the block that delivered it: the
/// chain asks for both. What a block itself delivers is about the messages of older blocks; of
/// several amendments of one message the last one counts.
pub(crate) fn amendment(input: &ClusterBlock, seq: Seq) -> Option<(BlockNumber, Remedy)> {
    let mut later = input.amended_later.iter().rev();
    let found = later.find(|(_, it)| it.seq == seq);
    found.map(|(by, it)| (*by, it.remedy))
}

/// The failure of a message that is newer than the engine. A released engine can't be taught to say so, and
/// its fault would park every worker. The words are in receipts: they never change.
pub(crate) fn too_old(version: EngineVersion, env: &Env, message: &Message) -> Option<Failure> {
    let ecall = Ecall::Message(Cow::Borrowed(env), Cow::Borrowed(message));
    let info = ecall.info();
    (!info.is_in(abi_version(version))).then(|| {
        let text = format!("{} is there since {}", info.name, info.since);
        Failure::new("Unsupported", text)
    })
}

impl Run<'_> {
    /// The amendment of a message that is to be applied, and the block that delivered it.
    pub(super) fn amendment(&self, seq: Seq) -> Option<(BlockNumber, Remedy)> {
        amendment(self.input, seq)
    }

    /// What governance decided about a message.
    pub(super) fn remedy(&self, seq: Seq) -> Option<Remedy> {
        self.amendment(seq).map(|(_, remedy)| remedy)
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
                return Err(Disorder::Setup { seq, setup: true }.into());
            }
            // An amendment may have brought the cluster elsewhere after the upgrade was ordered.
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
        let env = self.env(seq);
        if let Some(failure) = too_old(version, &env, &translated) {
            return Ok(Err(failure));
        }
        Ok(Ok(Task {
            version,
            engine,
            env,
            message: translated,
        }))
    }

    /// Has another version migrate the state, ahead of a message, because governance says so.
    pub(super) fn migrate(&mut self, seq: Seq, to: EngineVersion) -> Result<(), ParkReason> {
        let Some((from, _)) = self.current else {
            return Ok(());
        };
        // It may run something newer by an amendment of an older message, that came later.
        if from >= to {
            return Ok(());
        }
        let engine = self.engine(to)?;
        let message = Message::Upgrade(Upgrade {
            from: abi_version(from),
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
        self.keep(to, session.finish())?;
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
