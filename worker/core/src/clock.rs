//! What time it is in blocks of which the chain tells none.
//!
//! A chain keeps what a block gives to a cluster for the blocks in which something happened to it; of the others a
//! worker knows the number alone, and their execution depends on nothing else. What is asked after such a block sees
//! what the chain gave last, and the time that it is by the chain's pace.

use fat_contracts_primitives::{BlockNumber, ClusterBlock, MessageHash};
use pink_capi::types::Block;
use std::sync::{Arc, Mutex, PoisonError};

/// The time between two blocks, where there is but one to tell it from: that of most Substrate
/// chains.
pub(crate) const USUAL_STEP_MS: u64 = 6_000;

/// What the chain gave last, and the time from one block to the next.
#[derive(Clone, Debug)]
pub(crate) struct LastBlock {
    pub(crate) block: Block,
    pub(crate) step_ms: u64,
}

impl LastBlock {
    /// What a call after a block is given, which is that one or a later one in which nothing happened.
    pub(crate) fn after(self, number: BlockNumber) -> Block {
        Block {
            number,
            now_ms: later(&self.block, number, self.step_ms),
            ..self.block
        }
    }
}

/// The running hash and the time of a block behind which it was looked.
type Behind = (MessageHash, u64);

/// What was found last, by the running hash and the time of the block behind which it was looked for: all blocks in which
/// nothing happened have that hash of the last one in which something did. Finding it takes a search, and every question
/// asks for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastBlockCache(Arc<Mutex<Option<(Behind, LastBlock)>>>);

impl LastBlockCache {
    /// What was found behind this block or one like it; else it is looked for.
    pub(crate) fn of<E>(
        &self,
        input: &ClusterBlock,
        find: impl FnOnce() -> Result<LastBlock, E>,
    ) -> Result<LastBlock, E> {
        let key = (input.message_hash, input.now_ms);
        let last = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, told)) = last().as_ref().filter(|(known, _)| *known == key) {
            return Ok(told.clone());
        }
        let told = find()?;
        *last() = Some((key, told.clone()));
        Ok(told)
    }
}

/// The time of each block between two; at least one millisecond.
pub(crate) fn step(from: &ClusterBlock, to: &ClusterBlock) -> u64 {
    let blocks = u64::from(to.number.saturating_sub(from.number)).max(1);
    (to.now_ms.saturating_sub(from.now_ms) / blocks).max(1)
}

/// The time in a later block; none is known where none was told.
fn later(told: &Block, number: BlockNumber, step_ms: u64) -> u64 {
    if told.now_ms == 0 {
        return 0;
    }
    let blocks = u64::from(number.saturating_sub(told.number));
    told.now_ms.saturating_add(blocks.saturating_mul(step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::block_of;
    use std::{cell::Cell, convert::Infallible};

    fn block(number: BlockNumber, now_ms: u64) -> ClusterBlock {
        ClusterBlock {
            cluster: 1,
            number,
            now_ms,
            entropy: Default::default(),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: Vec::new(),
            amendments: Vec::new(),
            amended_later: Vec::new(),
            messages: Vec::new(),
            message_hash: Default::default(),
            read_at: number,
            extrinsics: Vec::new(),
        }
    }

    fn last_block(number: BlockNumber, now_ms: u64, step_ms: u64) -> LastBlock {
        let block = block_of(&block(number, now_ms));
        LastBlock { block, step_ms }
    }

    #[test]
    fn time_goes_on_at_the_chain_s_pace() {
        let paced =
            |from: (u32, u64), to: (u32, u64)| step(&block(from.0, from.1), &block(to.0, to.1));
        assert_eq!(paced((10, 60_000), (20, 120_000)), 6_000);
        assert_eq!(paced((10, 60_000), (11, 72_000)), 12_000);
        assert_eq!(paced((10, 60_000), (10, 60_000)), 1);
        assert_eq!(last_block(20, 120_000, 6_000).after(20).now_ms, 120_000);
        assert_eq!(last_block(20, 120_000, 6_000).after(23).now_ms, 138_000);
        assert_eq!(last_block(20, 120_000, 6_000).after(23).number, 23);
        assert_eq!(last_block(20, 0, 6_000).after(23).now_ms, 0);
        assert_eq!(
            last_block(0, 1, u64::MAX).after(BlockNumber::MAX).now_ms,
            u64::MAX
        );
    }

    /// Of blocks in which nothing happened the first asks; one in which something did is another.
    #[test]
    fn what_was_found_is_found_until_something_happens() {
        let (last, looked) = (LastBlockCache::default(), Cell::new(0));
        let of = |input: &ClusterBlock, time| {
            let found = last.of(input, || {
                looked.set(looked.get() + 1);
                Ok::<_, Infallible>(last_block(20, time, 6_000))
            });
            found.unwrap().block.now_ms
        };
        assert_eq!(of(&block(21, 0), 120_000), 120_000);
        assert_eq!(of(&block(22, 0), 99), 120_000);
        assert_eq!(looked.get(), 1);
        // A chain in process tells the time of each.
        assert_eq!(of(&block(23, 138_000), 138_000), 138_000);
        assert_eq!(of(&block(24, 0), 138_000), 138_000);
        let touched = ClusterBlock {
            message_hash: MessageHash::repeat_byte(1),
            ..block(25, 0)
        };
        assert_eq!(of(&touched, 144_000), 144_000);
        assert_eq!(looked.get(), 4);
    }
}
