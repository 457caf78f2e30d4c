//! Runs of empty blocks.

use crate::{
    acks,
    node::{inputs_of, BATCH},
    rows, DevError, DevNode,
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
            let before = self.chain.clone();
            let (made, stopped) = self
                .advance_some(left.min(BATCH), step_ms)
                .inspect_err(|_| self.chain = before)?;
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

    /// Makes empty blocks up to the next checkpoint, or `most` of them.
    fn advance_some(&mut self, most: u32, step_ms: u64) -> Result<(u32, Option<Parked>), DevError> {
        let mut made = vec![self.build(step_ms, Vec::new())?];
        while (made.len() as u64) < u64::from(most) {
            let last = made.last().map(|block| &block.clusters);
            let at_checkpoint = last.is_some_and(|all| all.iter().any(acks::is_checkpoint));
            if at_checkpoint && self.waiting.is_empty() {
                break;
            }
            let now_ms = self.chain.head().now_ms.saturating_add(step_ms);
            made.push(self.chain.build_block(now_ms, Vec::new())?);
        }
        let count = u32::try_from(made.len()).unwrap_or(most);
        let changes = rows::chain_changes(&made.iter().collect::<Vec<_>>());
        let Imported { parked, .. } = self.import(inputs_of(made), changes)?;
        Ok((count, parked))
    }
}
