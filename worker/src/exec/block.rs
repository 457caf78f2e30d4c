use super::{
    block_of,
    task::{rejected, Task},
    BlockState, LogLine, MessageReceipt, ParkReason, Parked, Session, StateRead, SystemCodes,
    NO_ENGINE, VERSION_KEY,
};
use crate::{
    engine::{Changes, Engine, EngineRegistry},
    ClusterKey,
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, Effect, EngineVersion, Remedy, Seq};
use parity_scale_codec::DecodeAll;
use pink_capi::types::{self, AccountId, Block, BlockReceipt, Outcome, Receipt};
use std::sync::Arc;

/// Executes blocks of one cluster.
#[derive(Clone, Copy)]
pub struct BlockExecutor<'w> {
    /// Where engines come from.
    pub registry: &'w EngineRegistry,
    /// Where system contract codes come from.
    pub codes: &'w dyn SystemCodes,
    /// The key that contracts' keys are derived from. Without it a block whose contracts ask for
    /// one parks the cluster.
    pub cluster_key: Option<ClusterKey>,
}

impl std::fmt::Debug for BlockExecutor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockExecutor")
            .field("registry", self.registry)
            .finish_non_exhaustive()
    }
}

/// What a block did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockOutcome {
    /// The version after the block; none if the cluster isn't set up yet.
    pub engine: Option<EngineVersion>,
    /// All changes, ascending by key.
    pub changes: Changes,
    /// One receipt a message, in order.
    pub receipts: Vec<MessageReceipt>,
    /// What the block's begin and end did, and a move that an amendment ordered.
    pub idle: Vec<BlockReceipt>,
    /// What the block asks of the chain, in message order.
    pub effects: Vec<Effect>,
    /// Lines for the operator. Not part of the result.
    pub log: Vec<LogLine>,
}

/// A block under execution.
pub(super) struct Run<'b> {
    pub(super) executor: BlockExecutor<'b>,
    pub(super) input: &'b ClusterBlock,
    pub(super) block: Block,
    pub(super) state: BlockState<'b>,
    pub(super) current: Option<(EngineVersion, Arc<dyn Engine>)>,
    pub(super) outcome: BlockOutcome,
}

impl<'w> BlockExecutor<'w> {
    /// What an engine sees of a state that it may change.
    pub(crate) fn session<'s>(&self, state: &'s dyn StateRead) -> Session<'s>
    where
        'w: 's,
    {
        Session::changing(state, self.codes)
            .with_cluster_key(self.cluster_key.map(|key| key.seed()))
    }

    /// Executes a block on a state: an upgrade or the setup first, if it begins with one, then
    /// begin, the messages in order, and end. Amendments of its messages are obeyed: a message is
    /// skipped, or another version takes the state over before it.
    ///
    /// To be called on a thread with stack for the engines; see [`super::with_stack`].
    ///
    /// # Errors
    /// The cluster is parked before this block, and nothing of it happened.
    pub fn execute(
        &self,
        state: &dyn StateRead,
        input: &ClusterBlock,
    ) -> Result<BlockOutcome, Parked> {
        let mut run = Run::new(*self, state, input);
        run.until(None)?;
        let mut outcome = run.outcome;
        outcome.engine = run.current.map(|(version, _)| version);
        outcome.changes = run.state.into_changes();
        outcome.effects = outcome
            .receipts
            .iter()
            .flat_map(MessageReceipt::effects)
            .collect();
        Ok(outcome)
    }

    /// What a block has changed when its message `seq` is next, and what is to be done then; none
    /// if no engine executes that message.
    ///
    /// # Errors
    /// The cluster is parked before that.
    pub(crate) fn before(
        &self,
        state: &dyn StateRead,
        input: &ClusterBlock,
        seq: Seq,
    ) -> Result<(Changes, Option<Task>), Parked> {
        let mut run = Run::new(*self, state, input);
        run.until(Some(seq))?;
        let message = input.messages.iter().find(|(it, _)| *it == seq);
        let task = message.map(|(_, message)| run.task(seq, message));
        let task = task.transpose().map_err(|reason| Parked {
            cluster: input.cluster,
            block: input.number,
            seq: Some(seq),
            reason: reason.into(),
        })?;
        Ok((run.state.into_changes(), task.and_then(Result::ok)))
    }
}

impl<'b> Run<'b> {
    fn new(executor: BlockExecutor<'b>, state: &'b dyn StateRead, input: &'b ClusterBlock) -> Self {
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
        }
    }

    /// Does the block, or its part before the message `stop`.
    fn until(&mut self, stop: Option<Seq>) -> Result<(), Parked> {
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
            let moves = moves(message);
            if let (Some(Remedy::ExecuteFrom(to)), false) = (self.remedy(*seq), moves) {
                self.take_over(*seq, to)
                    .map_err(|reason| park(Some(*seq), reason))?;
            }
            if !began && !moves {
                self.begin().map_err(|reason| park(None, reason))?;
                began = true;
            }
            if stop == Some(*seq) {
                return Ok(());
            }
            self.message(*seq, message)
                .map_err(|reason| park(Some(*seq), reason))?;
        }
        if !began {
            self.begin().map_err(|reason| park(None, reason))?;
        }
        self.idle(|engine, session, block| engine.end_block(session, block))
            .map_err(|reason| park(None, reason))
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
fn moves(message: &ClusterMessage) -> bool {
    matches!(
        message,
        ClusterMessage::Setup { .. } | ClusterMessage::Upgrade { .. }
    )
}

impl Run<'_> {
    /// Finds the engine of the version that the state belongs to.
    pub(super) fn load_current(&mut self) -> Result<(), ParkReason> {
        let stored = self
            .state
            .get(VERSION_KEY)
            .map_err(|e| ParkReason::State(e.to_string()))?;
        let Some(bytes) = stored else {
            self.current = None;
            return Ok(());
        };
        let version = types::Version::decode_all(&mut &bytes[..])
            .map_err(|error| ParkReason::State(format!("the state's version: {error}")))?;
        let version = EngineVersion::new(version.major, version.minor);
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
        let record = self
            .input
            .engines
            .iter()
            .find(|(named, _)| *named == version);
        let (_, record) = record.ok_or(ParkReason::NoRecord { version })?;
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
        self.keep(session.finish());
        self.outcome.idle.push(receipt);
        Ok(())
    }

    fn message(&mut self, seq: Seq, message: &ClusterMessage) -> Result<(), ParkReason> {
        let task = match self.task(seq, message)? {
            Ok(task) => task,
            Err(failure) => {
                let version = self.current.as_ref().map(|(version, _)| *version);
                self.outcome.receipts.push(MessageReceipt {
                    seq,
                    engine: version.unwrap_or(NO_ENGINE),
                    receipt: rejected(failure, message),
                });
                return Ok(());
            }
        };
        let version = task.version;
        let mut session = self.executor.session(&self.state);
        let receipt = task
            .engine
            .execute(&mut session, &task.env, &task.message)
            .map_err(|fault| ParkReason::Fault { version, fault })?;
        let moves = moves(message);
        // A move that failed leaves the state as it was, whatever the engine staged.
        if !moves || receipt.outcome == Outcome::Success {
            let (changes, mut log) = session.finish();
            for line in &mut log {
                line.entry = entry(message, &receipt);
            }
            self.keep((changes, log));
        }
        self.outcome.receipts.push(MessageReceipt {
            seq,
            engine: version,
            receipt,
        });
        if moves {
            self.load_current()?;
            self.check_last_move(version)?;
        }
        Ok(())
    }

    /// After a move that succeeded the state must belong to the version that made it.
    fn check_last_move(&self, to: EngineVersion) -> Result<(), ParkReason> {
        let last = self.outcome.receipts.last();
        match last.is_some_and(|last| last.receipt.outcome == Outcome::Success) {
            true => self.check_move(to),
            false => Ok(()),
        }
    }

    /// The state must belong to the version that took it over.
    pub(super) fn check_move(&self, to: EngineVersion) -> Result<(), ParkReason> {
        let current = self.current.as_ref().map(|(version, _)| *version);
        if current != Some(to) {
            let found = current.map_or("none".into(), |version| version.to_string());
            return Err(ParkReason::Disorder(format!(
                "engine {to} took the state over and left its version at {found}"
            )));
        }
        Ok(())
    }

    pub(super) fn keep(&mut self, (changes, log): (Changes, Vec<LogLine>)) {
        self.state.apply(changes);
        self.outcome.log.extend(log);
    }
}
