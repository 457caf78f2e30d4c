//! What time it is in blocks of which the chain tells none.
//!
//! A chain keeps what a block gives to a cluster for the blocks in which something happened to it; of the others a
//! worker knows the number alone, and their execution depends on nothing else. What is asked after such a block sees
//! what the chain gave last, and the time that it is by the chain's pace.

use crate::{error::WorkerError, exec::block_of, handle::WorkerHandle};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, Seq};
use pink_capi::types::Block;

/// The time between two blocks, where there is but one to tell it from: that of most Substrate
/// chains.
const USUAL_STEP_MS: u64 = 6_000;

/// The number and the time of a block of which the chain told the time.
type Moment = (BlockNumber, u64);

impl WorkerHandle {
    /// What a call after a block is given, and the time from one block to the next, in milliseconds. `next_seq` is
    /// the number of the message that comes after that block.
    ///
    /// # Errors
    /// The store failed, or an input can't be read.
    pub(crate) fn given_after(
        &self,
        input: &ClusterBlock,
        next_seq: Seq,
    ) -> Result<(Block, u64), WorkerError> {
        let told = if input.now_ms > 0 {
            None
        } else {
            self.block_before(next_seq)?
        };
        let told = told.as_ref().unwrap_or(input);
        let step_ms = self.step_to(told, next_seq)?;
        let block = Block {
            number: input.number,
            now_ms: later((told.number, told.now_ms), input.number, step_ms),
            ..block_of(told)
        };
        Ok((block, step_ms))
    }

    /// The block of the last message before one.
    fn block_before(&self, seq: Seq) -> Result<Option<ClusterBlock>, WorkerError> {
        match seq.checked_sub(1) {
            Some(last) => self.block_of(last),
            None => Ok(None),
        }
    }

    /// How long the blocks to one took of which the time is known.
    fn step_to(&self, told: &ClusterBlock, next_seq: Seq) -> Result<u64, WorkerError> {
        let before = match told.number.checked_sub(1) {
            Some(before) => self.input(before)?,
            None => None,
        };
        let first = told.messages.first().map_or(next_seq, |(seq, _)| *seq);
        let before = match before {
            Some(before) if before.now_ms == 0 => self.block_before(first)?,
            before => before,
        };
        let before = before.filter(|before| before.now_ms > 0);
        Ok(before.map_or(USUAL_STEP_MS, |before| {
            step((before.number, before.now_ms), (told.number, told.now_ms))
        }))
    }
}

/// The time of each block between two; at least one millisecond.
fn step(from: Moment, to: Moment) -> u64 {
    let blocks = u64::from(to.0.saturating_sub(from.0)).max(1);
    (to.1.saturating_sub(from.1) / blocks).max(1)
}

/// The time in a later block; none is known where none was told.
fn later(told: Moment, number: BlockNumber, step_ms: u64) -> u64 {
    if told.1 == 0 {
        return 0;
    }
    let blocks = number.saturating_sub(told.0);
    told.1
        .saturating_add(u64::from(blocks).saturating_mul(step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_at_the_chain_s_pace() {
        assert_eq!(step((10, 60_000), (20, 120_000)), 6_000);
        assert_eq!(step((10, 60_000), (11, 72_000)), 12_000);
        assert_eq!(step((10, 60_000), (10, 60_000)), 1);
        assert_eq!(later((20, 120_000), 20, 6_000), 120_000);
        assert_eq!(later((20, 120_000), 23, 6_000), 138_000);
        assert_eq!(later((20, 0), 23, 6_000), 0);
        assert_eq!(later((0, 1), BlockNumber::MAX, u64::MAX), u64::MAX);
    }
}
