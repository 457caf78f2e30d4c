//! Blocks that are tried out: executed as they would be, on a fork of the state, and dropped.
//!
//! An estimate is the transaction itself in the block that would be next, with that block's number,
//! time and idle work, and with an upgrade to another engine if one is due then. So it can't differ from
//! what it foretells. What nobody can know before a block of a real chain is its entropy: see
//! [`UNKNOWN_ENTROPY`](crate::UNKNOWN_ENTROPY).

use super::Worker;
use crate::{
    codes::KnownCodes,
    error::WorkerError,
    exec::{with_stack, BlockExecutor, BlockOutcome, BlockState, Parked, StateError, SystemCodes},
};
use fat_contracts_primitives::ClusterBlock;
use pink_capi::types::Hash;
use std::collections::BTreeMap;

/// The codes of blocks that aren't stored, and those that are.
struct AnyCodes<'c> {
    new: &'c dyn SystemCodes,
    known: KnownCodes<'c>,
}

impl SystemCodes for AnyCodes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        match self.known.system_code(hash)? {
            Some(code) => Ok(Some(code)),
            None => self.new.system_code(hash),
        }
    }
}

impl Worker {
    /// Executes blocks on top of the last one, in order, and keeps nothing. `codes` is asked for
    /// system contract codes that the store hasn't got.
    ///
    /// # Errors
    /// The store failed, or there is no thread for the engine. That a block parks is no error here.
    pub fn try_out(
        &self,
        inputs: &[ClusterBlock],
        codes: &dyn SystemCodes,
    ) -> Result<(Vec<BlockOutcome>, Option<Parked>), WorkerError> {
        let codes = AnyCodes {
            new: codes,
            known: KnownCodes {
                store: self.store(),
                new: BTreeMap::new(),
            },
        };
        let snapshot = self.store().snapshot()?;
        let executor = BlockExecutor {
            registry: self.registry(),
            codes: &codes,
            cluster_key: self.cluster_key(),
        };
        let tried = with_stack(|| {
            let mut state = BlockState::new(&snapshot);
            let mut outcomes = Vec::with_capacity(inputs.len());
            for input in inputs {
                match executor.execute(&state, input) {
                    Ok(outcome) => {
                        state.apply(outcome.changes.iter().cloned());
                        outcomes.push(outcome);
                    }
                    Err(parked) => return (outcomes, Some(parked)),
                }
            }
            (outcomes, None)
        });
        Ok(tried?)
    }
}
