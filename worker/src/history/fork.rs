use crate::{
    engine::EngineRegistry,
    exec::{block_of, BlockExecutor, BlockOutcome, BlockState, ParkReason, Session, SystemCodes},
    store::Snapshot,
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, EngineRecord, EngineVersion};
use pink_capi::types::{Env, Message, Mode, Outcome, Receipt, Upgrade};
use std::collections::BTreeMap;

/// A state that goes its own way from some block on, under another engine.
///
/// Its methods call engines: run them with [`crate::exec::with_stack`].
#[derive(Debug)]
pub struct Fork<'w> {
    base: Snapshot,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    registry: &'w EngineRegistry,
    to: EngineVersion,
    record: EngineRecord,
}

impl<'w> Fork<'w> {
    /// A fork at a state, to be moved to a version whose record is given.
    pub fn new(
        base: Snapshot,
        registry: &'w EngineRegistry,
        to: EngineVersion,
        record: EngineRecord,
    ) -> Self {
        Self {
            base,
            changes: BTreeMap::new(),
            registry,
            to,
            record,
        }
    }

    /// What lies on top of the base.
    pub fn changes(&self) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        &self.changes
    }

    /// Moves the fork to its version, as of a block's beginning. The fork changes only if the
    /// receipt is a success.
    ///
    /// # Errors
    /// The engine can't be had, or failed.
    pub fn upgrade(
        &mut self,
        from: EngineVersion,
        input: &ClusterBlock,
        codes: &dyn SystemCodes,
    ) -> Result<Receipt, ParkReason> {
        let version = self.to;
        let engine = self.registry.get(version, &self.record)?;
        let env = Env {
            mode: Mode::Transaction,
            block: block_of(input),
            seq: 0,
        };
        let message = Message::Upgrade(Upgrade {
            from: pink_capi::types::Version::new(from.major, from.minor),
            system_code: input.system_code.map(|hash| hash.0),
        });
        let state = self.state();
        let mut session = Session::changing(&state, codes);
        let receipt = engine
            .execute(&mut session, &env, &message)
            .map_err(|fault| ParkReason::Fault { version, fault })?;
        let (changes, _) = session.finish();
        if receipt.outcome == Outcome::Success {
            self.changes.extend(changes);
        }
        Ok(receipt)
    }

    /// Executes a block on the fork. What the chain said about versions doesn't count here.
    ///
    /// # Errors
    /// The engine failed.
    pub fn execute(
        &mut self,
        input: &ClusterBlock,
        codes: &dyn SystemCodes,
    ) -> Result<BlockOutcome, ParkReason> {
        let mut input = input.clone();
        input.engines.retain(|(version, _)| *version != self.to);
        input.engines.push((self.to, self.record.clone()));
        input
            .messages
            .retain(|(_, message)| !matches!(message, ClusterMessage::Upgrade { .. }));
        let executor = BlockExecutor {
            registry: self.registry,
            codes,
        };
        let outcome = executor
            .execute(&self.state(), &input)
            .map_err(|parked| *parked.reason)?;
        self.changes.extend(outcome.changes.iter().cloned());
        Ok(outcome)
    }

    fn state(&self) -> BlockState<'_> {
        let mut state = BlockState::new(&self.base);
        state.apply(
            self.changes
                .iter()
                .map(|(key, value)| (key.clone(), value.clone())),
        );
        state
    }
}
