use crate::{
    exec::{block_of, BlockExecutor, BlockOutcome, BlockState, ParkReason, Parked},
    store::Snapshot,
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, EngineRecord, EngineVersion, Remedy};
use pink_capi::types::{Env, Event, Message, Mode, Outcome, Receipt, Upgrade};
use pink_engine_host::abi_version;
use std::collections::BTreeMap;

/// Blocks that a rehearsal ends at most, to see what a migration leaves to them: 51 million records by the
/// budget of 2.0.
pub const MAX_ENDS: u32 = 100_000;

/// A state that goes its own way from some block on, under the engine that it has or under
/// another one.
///
/// Its methods call engines: run them with [`crate::exec::with_stack`].
#[derive(Debug)]
pub struct Fork {
    base: Snapshot,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// What it was moved to, against the chain's word.
    moved: Option<(EngineVersion, EngineRecord)>,
}

impl Fork {
    /// A fork at a state.
    pub fn new(base: Snapshot) -> Self {
        Self {
            base,
            changes: BTreeMap::new(),
            moved: None,
        }
    }

    /// What lies on top of the base.
    pub fn changes(&self) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        &self.changes
    }

    /// Moves the fork to another version, as of a block's beginning. The fork changes only if the
    /// receipt is a success.
    ///
    /// # Errors
    /// The engine can't be had, or failed.
    pub fn upgrade(
        &mut self,
        executor: &BlockExecutor<'_>,
        from: EngineVersion,
        (to, record): (EngineVersion, &EngineRecord),
        input: &ClusterBlock,
    ) -> Result<Receipt, ParkReason> {
        let engine = executor.registry.get(to, record)?;
        let env = Env {
            mode: Mode::Transaction,
            block: block_of(input),
            seq: 0,
        };
        let message = Message::Upgrade(Upgrade {
            from: abi_version(from),
            system_code: input.system_code.map(|hash| hash.0),
        });
        let (result, (changes, _)) = self.on_top(|state| {
            let mut session = executor.session(state);
            let result = engine.execute(&mut session, &env, &message);
            (result, session.finish())
        });
        let receipt = result.map_err(|fault| ParkReason::Fault { version: to, fault })?;
        if receipt.outcome == Outcome::Success {
            self.changes.extend(changes);
            self.moved = Some((to, record.clone()));
        }
        Ok(receipt)
    }

    /// Ends blocks until that changes nothing any more, or [`MAX_ENDS`] of them: an engine may leave
    /// what a migration is larger than to the ends of blocks. Returns what happened, and in how many blocks.
    ///
    /// # Errors
    /// The engine can't be had, or failed.
    pub fn settle(
        &mut self,
        executor: &BlockExecutor<'_>,
        input: &ClusterBlock,
    ) -> Result<(Vec<Event>, u32), ParkReason> {
        let (mut events, mut blocks) = (Vec::new(), 0u32);
        let Some((version, record)) = &self.moved else {
            return Ok((events, blocks));
        };
        let (version, engine) = (*version, executor.registry.get(*version, record)?);
        let mut block = block_of(input);
        let mut state = BlockState::new(&self.base);
        state.apply(std::mem::take(&mut self.changes));
        let ended = loop {
            let mut session = executor.session(&state);
            let ended = engine.end_block(&mut session, &block);
            let (changes, _) = session.finish();
            match ended {
                Err(fault) => break Err(ParkReason::Fault { version, fault }),
                Ok(_) if changes.is_empty() || blocks == MAX_ENDS => break Ok(()),
                Ok(receipt) => events.extend(receipt.events),
            }
            state.apply(changes);
            block.number = block.number.saturating_add(1);
            blocks = blocks.saturating_add(1);
        };
        self.changes = state.into_changes().into_iter().collect();
        ended.map(|()| (events, blocks))
    }

    /// Executes a block on the fork. Once it was moved, what the chain said about versions doesn't
    /// count any more.
    ///
    /// # Errors
    /// The fork is parked before this block.
    pub fn execute(
        &mut self,
        executor: &BlockExecutor<'_>,
        input: &ClusterBlock,
    ) -> Result<BlockOutcome, Parked> {
        let input = self.as_seen_here(input);
        let outcome = self.on_top(|state| executor.execute(state, &input))?;
        self.changes.extend(outcome.changes.iter().cloned());
        Ok(outcome)
    }

    fn as_seen_here(&self, input: &ClusterBlock) -> ClusterBlock {
        let mut input = input.clone();
        if let Some((to, record)) = &self.moved {
            input.engines.retain(|(version, _)| version != to);
            input.engines.push((*to, record.clone()));
            input
                .messages
                .retain(|(_, message)| !matches!(message, ClusterMessage::Upgrade { .. }));
            input
                .amendments
                .retain(|amendment| !matches!(amendment.remedy, Remedy::ExecuteFrom(_)));
            input
                .amended_later
                .retain(|(_, amendment)| !matches!(amendment.remedy, Remedy::ExecuteFrom(_)));
        }
        input
    }

    /// Lends the fork's state. What lies on top is moved there and back, not copied.
    fn on_top<R>(&mut self, work: impl FnOnce(&BlockState<'_>) -> R) -> R {
        let mut state = BlockState::new(&self.base);
        state.apply(std::mem::take(&mut self.changes));
        let result = work(&state);
        self.changes = state.into_changes().into_iter().collect();
        result
    }

    /// Puts the fork on a newer base, and keeps what it was: of the keys that the base changed
    /// meanwhile, the fork keeps the values that it saw. So the older base can be let go.
    ///
    /// # Errors
    /// The older base can't be read.
    pub fn rebase<'k>(
        &mut self,
        newer: Snapshot,
        changed: impl IntoIterator<Item = &'k Vec<u8>>,
    ) -> Result<(), crate::store::StoreError> {
        for key in changed {
            if !self.changes.contains_key(key) {
                let was = self.base.get(key)?.map(|value| value.to_vec());
                self.changes.insert(key.clone(), was);
            }
        }
        self.base = newer;
        Ok(())
    }
}
