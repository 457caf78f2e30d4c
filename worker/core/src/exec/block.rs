use super::{
    effects, run::Run, task::Task, LogLine, MessageReceipt, Parked, Session, StateRead, SystemCodes,
};
use crate::ClusterKey;
use fat_contracts_primitives::{ClusterBlock, Effect, EngineVersion, Seq};
use pink_capi::types::BlockReceipt;
use pink_engine_host::{Changes, EngineRegistry};

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
    /// What the block's begin and end did, and a migration that an amendment ordered.
    pub idle: Vec<BlockReceipt>,
    /// What the block asks of the chain, in message order: of several upgrade requests the first,
    /// and for each message what the chain can take of it.
    pub effects: Vec<Effect>,
    /// Lines for the operator. Not part of the result.
    pub log: Vec<LogLine>,
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
    /// begin, the messages in order, and end. Amendments of its messages are applied: a message is
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
        let messages = input.messages.iter().map(|(_, message)| message);
        let messages = messages.zip(&run.outcome.receipts);
        let effects = effects::of_messages(messages, |seq| run.amendment(seq));
        let mut outcome = run.outcome;
        outcome.engine = run.current.map(|(version, _)| version);
        outcome.changes = run.state.into_changes();
        outcome.effects = effects;
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
