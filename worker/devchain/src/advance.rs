//! Runs of empty blocks.

use crate::{
    node::{inputs_of, BATCH},
    rows, state, DevError, DevNode,
};
use pink_worker_core::{exec::Parked, Imported};

impl DevNode {
    /// Makes empty blocks, each `step_ms` of chain time after the one before, and tells
    /// `progress` how many there are.
    ///
    /// # Errors
    /// [`DevError::Waiting`] if the worker is parked; the blocks are made all the same.
    pub fn advance(
        &mut self,
        blocks: u32,
        step_ms: u64,
        mut progress: impl FnMut(u32),
    ) -> Result<(), DevError> {
        let mut left = blocks;
        let mut parked = None;
        while left > 0 {
            let before = self.source.chain.clone();
            let (made, stopped) = self
                .advance_some(left.min(BATCH), step_ms)
                .inspect_err(|_| self.source.chain = before)?;
            parked = stopped;
            left = left.saturating_sub(made);
            progress(blocks.saturating_sub(left));
        }
        match parked {
            Some(parked) => Err(DevError::Waiting {
                ordered: None,
                parked: parked.into(),
            }),
            None => Ok(()),
        }
    }

    /// Makes empty blocks up to the next checkpoint, or `most` of them: so a checkpoint is
    /// acknowledged in the very next block, however the blocks are ordered.
    fn advance_some(&mut self, most: u32, step_ms: u64) -> Result<(u32, Option<Parked>), DevError> {
        let constants = state::constants();
        let mut made = vec![self.build(step_ms, Vec::new())?];
        while (made.len() as u64) < u64::from(most) {
            let last = made.last().map(|block| &block.clusters);
            let at_checkpoint =
                last.is_some_and(|all| all.iter().any(|it| constants.is_checkpoint(it)));
            if at_checkpoint && self.source.waiting.is_empty() {
                break;
            }
            let now_ms = self.source.chain.head().now_ms.saturating_add(step_ms);
            made.push(self.source.chain.build_block(now_ms, Vec::new())?);
        }
        let count = u32::try_from(made.len()).unwrap_or(most);
        let changes = rows::chain_changes(&made.iter().collect::<Vec<_>>());
        let Imported { parked, .. } = self.import(inputs_of(made), changes)?;
        Ok((count, parked))
    }
}
