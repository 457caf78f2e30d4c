//! Blocks that are tried out: executed as they would be, on a fork of the state, and dropped.
//!
//! An estimate is the transaction itself in the block that would be next, with that block's number,
//! time and idle work, and with an upgrade to another engine if one is due then. So it can't differ from
//! what it foretells. What nobody can know before a block of a real chain is its entropy: see
//! [`UNKNOWN_ENTROPY`].

use super::{KnownCodes, Worker};
use crate::{
    error::WorkerError,
    exec::{with_stack, BlockExecutor, BlockOutcome, BlockState, Parked, StateError, SystemCodes},
};
use fat_contracts_primitives::ClusterBlock;
use pink_capi::types::{Block, Hash};
use std::collections::BTreeMap;

/// The entropy of a block that isn't made yet: BLAKE2b-256 of
/// `pink: the entropy of an estimate`. A contract whose gas depends on entropy can't be estimated
/// exactly; the development chain's next block is known whole, there it has the right one.
pub const UNKNOWN_ENTROPY: Hash = [
    0x4b, 0x3b, 0xab, 0xe1, 0x6c, 0x9c, 0x90, 0x70, 0xd2, 0xb1, 0xee, 0x44, 0x8f, 0xaf, 0x7a, 0x14,
    0x8a, 0x86, 0xf4, 0x07, 0x75, 0xf8, 0x04, 0x47, 0x51, 0x96, 0x6d, 0xd4, 0x34, 0x32, 0x1f, 0xf6,
];

/// The block after `last`, as far as it can be known: `step_ms` later.
pub(crate) fn next_block(last: &Block, step_ms: u64) -> Block {
    Block {
        number: last.number.saturating_add(1),
        now_ms: last.now_ms.saturating_add(step_ms),
        entropy: UNKNOWN_ENTROPY,
        ..last.clone()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_block_is_one_step_later_and_nobody_knows_its_entropy() {
        let text = b"pink: the entropy of an estimate";
        assert_eq!(UNKNOWN_ENTROPY, sp_crypto_hashing::blake2_256(text));
        let last = Block {
            number: 7,
            now_ms: 50,
            entropy: [1; 32],
            upgrade_targets: Vec::new(),
            system_code: Some([2; 32]),
        };
        let next = next_block(&last, 6);
        assert_eq!((next.number, next.now_ms), (8, 56));
        assert_eq!(next.entropy, UNKNOWN_ENTROPY);
        assert_eq!(next.system_code, last.system_code);
    }
}
