//! A block under execution: message by message, up to the first thing that stops it.

use super::{
    block_of,
    bounds::{Changed, Received, MAX_CHANGED_KEY_BYTES},
    BlockExecutor, BlockOutcome, BlockState, LogLine, MessageReceipt, ParkReason, Parked, Session,
    StateError, StateRead, NO_ENGINE, VERSION_KEY,
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, EngineVersion, Remedy, Seq};
use parity_scale_codec::{DecodeAll, Encode};
use pink_capi::types::{self, AccountId, Block, BlockReceipt, Outcome, Receipt};
use pink_engine_host::{chain_version, Changes, Engine};
use std::sync::Arc;

/// A block under execution.
pub(super) struct Run<'b> {
    pub(super) executor: BlockExecutor<'b>,
    pub(super) input: &'b ClusterBlock,
    pub(super) block: Block,
    pub(super) state: BlockState<'b>,
    pub(super) current: Option<(EngineVersion, Arc<dyn Engine>)>,
    pub(super) outcome: BlockOutcome,
    changed: Changed,
    idle_changed: Changed,
    received: Received,
}

impl<'b> Run<'b> {
    pub(super) fn new(
        executor: BlockExecutor<'b>,
        state: &'b dyn StateRead,
        input: &'b ClusterBlock,
    ) -> Self {
        Self {
            executor,
            input,
            block: block_of(input),
            state: BlockState::new(state),
            current: None,
            outcome: BlockOutcome {
                engine: None,
                changes: Vec::new(),
                receipts: Vec::new(),
                idle: Vec::new(),
                effects: Vec::new(),
                log: Vec::new(),
            },
            changed: Changed::default(),
            idle_changed: Changed::default(),
            received: Received::default(),
        }
    }

    /// Does the block, or its part before the message `stop`.
    pub(super) fn until(&mut self, stop: Option<Seq>) -> Result<(), Parked> {
        let (cluster, block) = (self.input.cluster, self.input.number);
        let park = |seq, reason| Parked {
            cluster,
            block,
            seq,
            reason: Box::new(reason),
        };
        self.load_current().map_err(|reason| park(None, reason))?;
        let mut began = false;
        for (seq, message) in &self.input.messages {
            let migrates = migrates(message);
            if let (Some(Remedy::ExecuteFrom(to)), false) = (self.remedy(*seq), migrates) {
                self.migrate(*seq, to)
                    .map_err(|reason| park(Some(*seq), reason))?;
            }
            if !began && !migrates {
                // At the message in front of which a begin fails, an amendment can have another
                // version migrate the state.
                self.begin().map_err(|reason| park(Some(*seq), reason))?;
                began = true;
            }
            if stop == Some(*seq) {
                return Ok(());
            }
            self.message(*seq, message)
                .map_err(|reason| park(Some(*seq), reason))?;
        }
        // An end that fails is reached at the last message, if there is one.
        let last = self.input.messages.last().map(|(seq, _)| *seq);
        if !began {
            self.begin().map_err(|reason| park(last, reason))?;
        }
        self.idle(|engine, session, block| engine.end_block(session, block))
            .map_err(|reason| park(last, reason))
    }

    fn begin(&mut self) -> Result<(), ParkReason> {
        self.idle(|engine, session, block| engine.begin_block(session, block))
    }
}

/// The contract that a message is for.
fn entry(message: &ClusterMessage, receipt: &Receipt) -> Option<AccountId> {
    match message {
        ClusterMessage::Call { contract, .. } => Some(contract.clone().into()),
        _ => receipt.address,
    }
}

/// Whether a message puts the state under another version.
fn migrates(message: &ClusterMessage) -> bool {
    matches!(
        message,
        ClusterMessage::Setup { .. } | ClusterMessage::Upgrade { .. }
    )
}

impl Run<'_> {
    /// Finds the engine of the version that the state belongs to.
    pub(super) fn load_current(&mut self) -> Result<(), ParkReason> {
        let stored = self.state.get(VERSION_KEY).map_err(unreadable)?;
        let Some(bytes) = stored else {
            self.current = None;
            return Ok(());
        };
        let version = types::Version::decode_all(&mut &bytes[..])
            .map_err(|error| ParkReason::State(format!("the state's version: {error}")))?;
        let version = chain_version(version);
        if self
            .current
            .as_ref()
            .is_none_or(|(current, _)| *current != version)
        {
            let engine = self.engine(version)?;
            self.current = Some((version, engine));
        }
        Ok(())
    }

    pub(super) fn engine(&self, version: EngineVersion) -> Result<Arc<dyn Engine>, ParkReason> {
        let record = self.input.engine_record(version);
        let record = record.ok_or(ParkReason::NoRecord { version })?;
        Ok(self.executor.registry.get(version, record)?)
    }

    /// A block's begin or end; nothing before the cluster is set up.
    fn idle(
        &mut self,
        work: impl FnOnce(
            &dyn Engine,
            &mut Session<'_>,
            &Block,
        ) -> Result<BlockReceipt, pink_capi::Fault>,
    ) -> Result<(), ParkReason> {
        let Some((version, engine)) = self.current.clone() else {
            return Ok(());
        };
        let mut session = self.executor.session(&self.state);
        let receipt = work(&*engine, &mut session, &self.block)
            .map_err(|fault| ParkReason::Fault { version, fault })?;
        // No message's own, so it isn't counted with theirs.
        let messages = std::mem::replace(&mut self.changed, self.idle_changed);
        let kept = self.keep(version, session.finish());
        self.idle_changed = std::mem::replace(&mut self.changed, messages);
        kept?;
        self.outcome.idle.push(receipt);
        Ok(())
    }

    fn message(&mut self, seq: Seq, message: &ClusterMessage) -> Result<(), ParkReason> {
        let _span = tracing::info_span!("message", seq).entered();
        let task = match self.task(seq, message)? {
            Ok(task) => task,
            Err(failure) => {
                let version = self.current.as_ref().map(|(version, _)| *version);
                return self.receive(MessageReceipt {
                    seq,
                    engine: version.unwrap_or(NO_ENGINE),
                    receipt: Receipt::rejected(failure),
                });
            }
        };
        let version = task.version;
        let mut session = self.executor.session(&self.state);
        let receipt = task
            .engine
            .execute(&mut session, &task.env, &task.message)
            .map_err(|fault| ParkReason::Fault { version, fault })?;
        let migrates = migrates(message);
        // A migration that failed leaves the state as it was, whatever the engine staged.
        if !migrates || receipt.outcome == Outcome::Success {
            let (changes, mut log) = session.finish();
            for line in &mut log {
                line.entry = entry(message, &receipt);
            }
            self.keep(version, (changes, log))?;
        }
        self.receive(MessageReceipt {
            seq,
            engine: version,
            receipt,
        })?;
        if migrates {
            self.load_current()?;
            self.check_last_migration(version)?;
        }
        Ok(())
    }

    /// After a migration that succeeded the state must belong to the version that made it.
    fn check_last_migration(&self, to: EngineVersion) -> Result<(), ParkReason> {
        let last = self.outcome.receipts.last();
        if last.is_some_and(|last| last.receipt.outcome == Outcome::Success) {
            self.check_move(to)
        } else {
            Ok(())
        }
    }

    /// The state must belong to the version that took it over.
    pub(super) fn check_move(&self, to: EngineVersion) -> Result<(), ParkReason> {
        let current = self.current.as_ref().map(|(version, _)| *version);
        if current != Some(to) {
            return Err(ParkReason::NotMoved { to, found: current });
        }
        Ok(())
    }

    /// Puts the changes of a call into the block's, if a worker keeps so much.
    pub(super) fn keep(
        &mut self,
        version: EngineVersion,
        (changes, log): (Changes, Vec<LogLine>),
    ) -> Result<(), ParkReason> {
        for (key, new) in &changes {
            let new = new.as_ref().map_or(0, Vec::len);
            // Looked up unless it is so long that no store has it.
            let old = if key.len() as u64 > MAX_CHANGED_KEY_BYTES {
                None
            } else {
                self.state.get(key).map_err(unreadable)?
            };
            let old = old.map_or(0, |old| old.len());
            let counted = self.changed.add(key.len(), new, old);
            counted.map_err(|excess| ParkReason::ChangesTooLarge { version, excess })?;
        }
        self.state.apply(changes);
        self.outcome.log.extend(log);
        Ok(())
    }

    /// Puts a receipt to the block's, if a worker keeps so much.
    fn receive(&mut self, receipt: MessageReceipt) -> Result<(), ParkReason> {
        let version = receipt.engine;
        let counted = self.received.add(receipt.encoded_size());
        counted.map_err(|excess| ParkReason::ReceiptsTooLarge { version, excess })?;
        self.outcome.receipts.push(receipt);
        Ok(())
    }
}

fn unreadable(error: StateError) -> ParkReason {
    ParkReason::State(error.to_string())
}
