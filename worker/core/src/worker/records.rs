//! What is kept of each block that was executed, and what waits to be executed again.

use super::Worker;
use crate::{
    error::{decode, WorkerError},
    exec::{BlockRecord, MessageReceipt},
};
use fat_contracts_primitives::{BlockNumber, Checkpoint, ClusterBlock, Seq, StateRoot};

/// The store's table of blocks that were taken back: number, big-endian → input.
pub(crate) const REWOUND_TABLE: &str = "rewound";

impl Worker {
    /// The last executed block.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn head(&self) -> Result<Option<(BlockNumber, StateRoot, BlockRecord)>, WorkerError> {
        self.handle.head()
    }

    /// The block of the snapshot that this worker began with; none if it executed the history from its
    /// beginning. What came before it isn't here.
    ///
    /// # Errors
    /// The store failed.
    pub fn snapshot_block(&self) -> Result<Option<BlockNumber>, WorkerError> {
        self.handle.snapshot_block()
    }

    /// Refuses a block that this worker has nothing to execute of: because it came with a snapshot,
    /// or is older than that.
    pub(crate) fn executed_here(&self, block: BlockNumber) -> Result<(), WorkerError> {
        self.handle.executed_here(block)
    }

    /// What is kept of a block beside its receipts.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn record(&self, block: BlockNumber) -> Result<Option<BlockRecord>, WorkerError> {
        self.handle.record(block)
    }

    /// What this worker says to the chain about a block that it executed; none if it didn't yet, or
    /// if what it did rests on an amendment that it was told of and that no block has delivered
    /// yet. Whoever acknowledges what isn't so has diverged for good, so nothing is by hearsay.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        self.handle.checkpoint(block)
    }

    /// The same to hand on with the state: also of the block of the snapshot that this worker began with.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint).
    pub fn kept_checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        self.handle.kept_checkpoint(block)
    }

    /// The receipts of a block, in order.
    ///
    /// # Errors
    /// The store failed, or a receipt can't be read.
    pub fn receipts(&self, block: BlockNumber) -> Result<Vec<MessageReceipt>, WorkerError> {
        self.handle.receipts(block)
    }

    /// The executed block that has a message; none if no block that is kept has it.
    pub(crate) fn block_of(&self, seq: Seq) -> Result<Option<ClusterBlock>, WorkerError> {
        self.handle.block_of(seq)
    }

    /// The input of a block, as it was executed.
    ///
    /// # Errors
    /// The store failed, or the input can't be read.
    pub fn input(&self, block: BlockNumber) -> Result<Option<ClusterBlock>, WorkerError> {
        self.handle.input(block)
    }

    /// Whether a message is behind the snapshot that this worker began with.
    pub(super) fn began_after(&self, seq: Seq) -> Result<bool, WorkerError> {
        let Some(snapshot) = self.snapshot_block()? else {
            return Ok(false);
        };
        let record = self.record(snapshot)?;
        Ok(record.is_some_and(|record| seq < record.next_seq))
    }

    /// Blocks that were taken back and wait to be executed again.
    ///
    /// # Errors
    /// The store failed, or a block can't be read.
    pub fn rewound(&self) -> Result<Vec<ClusterBlock>, WorkerError> {
        let rows = self.store.extra_range(REWOUND_TABLE, &[], usize::MAX)?;
        rows.into_iter()
            .map(|(_, input)| decode(0, "input to be executed again", &input))
            .collect()
    }
}
