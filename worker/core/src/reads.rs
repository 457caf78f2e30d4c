//! What is kept of executed blocks, for whoever reads in parallel with the worker.

use crate::{
    clock::{step, LastBlock, USUAL_STEP_MS},
    error::{decode, WorkerError},
    exec::{block_of, BlockRecord, MessageReceipt},
    handle::WorkerHandle,
    store::{Reader, StoreError},
};
use fat_contracts_primitives::{
    BlockNumber, Checkpoint, ClusterBlock, ClusterMessage, EngineVersion, Seq, StateRoot,
};
use pink_capi::types::Block;
use pink_engine_host::EngineRegistry;

impl WorkerHandle {
    /// The store, for reading.
    pub fn store(&self) -> &Reader {
        &self.store
    }

    /// Where engines come from.
    pub fn registry(&self) -> &EngineRegistry {
        &self.registry
    }

    /// The last executed block.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn head(&self) -> Result<Option<(BlockNumber, StateRoot, BlockRecord)>, WorkerError> {
        let Some(block) = self.store.cursor()? else {
            return Ok(None);
        };
        let record = decode(block.number, "record", &block.record)?;
        Ok(Some((block.number, block.root, record)))
    }

    /// The block of the snapshot that this worker began with; none if it executed the history from its
    /// beginning. What came before it isn't here.
    ///
    /// # Errors
    /// The store failed.
    pub fn snapshot_block(&self) -> Result<Option<BlockNumber>, WorkerError> {
        Ok(self.store.snapshot_block()?)
    }

    /// Refuses a block that this worker has nothing to execute of: because it came with a snapshot,
    /// or is older than that.
    pub(crate) fn executed_here(&self, block: BlockNumber) -> Result<(), WorkerError> {
        match self.snapshot_block()? {
            Some(snapshot) if block == snapshot => Err(WorkerError::OfSnapshot { block }),
            Some(snapshot) if block < snapshot => {
                Err(StoreError::OlderThanSnapshot { block, snapshot }.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What is kept of a block beside its receipts.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn record(&self, block: BlockNumber) -> Result<Option<BlockRecord>, WorkerError> {
        let stored = self.store.block(block)?;
        stored
            .map(|stored| decode(block, "record", &stored.record))
            .transpose()
    }

    /// What this worker says to the chain about a block that it executed; none if it didn't yet, or
    /// if what it did rests on an amendment that it was told of and that no block has delivered
    /// yet. Whoever acknowledges what isn't so has diverged for good, so nothing is by hearsay.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        // Of what a worker took from others it has nothing to say.
        match self.snapshot_block()? == Some(block) {
            true => Ok(None),
            false => self.kept_checkpoint(block),
        }
    }

    /// The same to hand on with the state: also of the block of the snapshot that this worker began with.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint).
    pub fn kept_checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        let promised = self
            .head()?
            .map_or(Vec::new(), |(_, _, last)| last.promised);
        if promised.iter().any(|it| it.of <= block) {
            return Ok(None);
        }
        let Some(stored) = self.store.block(block)? else {
            return Ok(None);
        };
        let record: BlockRecord = decode(block, "record", &stored.record)?;
        let engine = match record.engine {
            Some(engine) => engine,
            // A setup that was rejected: the cluster stays on the version that it was made with,
            // and can be closed.
            None => match self.made_with()? {
                Some(engine) => engine,
                None => return Ok(None),
            },
        };
        Ok(Some(Checkpoint {
            block,
            last_seq: record.next_seq.saturating_sub(1),
            engine,
            root: stored.root,
            receipts_root: record.receipts_root,
            message_hash: record.message_hash,
            effects: record.effects,
        }))
    }

    /// The version that the cluster was made with.
    fn made_with(&self) -> Result<Option<EngineVersion>, WorkerError> {
        let first = self
            .block_of(0)?
            .and_then(|it| it.messages.into_iter().next());
        Ok(match first {
            Some((_, ClusterMessage::Setup { engine, .. })) => Some(engine),
            _ => None,
        })
    }

    /// The receipts of a block, in order.
    ///
    /// # Errors
    /// The store failed, or a receipt can't be read.
    pub fn receipts(&self, block: BlockNumber) -> Result<Vec<MessageReceipt>, WorkerError> {
        let stored = self.store.receipts(block)?;
        stored
            .into_iter()
            .map(|(_, bytes)| decode(block, "receipt", &bytes))
            .collect()
    }

    /// The input of a block, as it was executed.
    ///
    /// # Errors
    /// The store failed, or the input can't be read.
    pub fn input(&self, block: BlockNumber) -> Result<Option<ClusterBlock>, WorkerError> {
        let stored = self.store.input(block)?;
        stored
            .map(|bytes| decode(block, "input", &bytes))
            .transpose()
    }

    /// The executed block that has a message; none if no block that is kept has it.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn block_of(&self, seq: Seq) -> Result<Option<ClusterBlock>, WorkerError> {
        let Some((head, _, _)) = self.head()? else {
            return Ok(None);
        };
        let Some(first) = self.store.inputs(BlockNumber::MIN, head)?.next() else {
            return Ok(None);
        };
        // The first block after which the message is behind.
        let (mut low, mut high) = (first?.0, head);
        while low < high {
            let middle = low.midpoint(high);
            let behind = self.record(middle)?.is_some_and(|it| it.next_seq > seq);
            if behind {
                high = middle
            } else {
                low = middle.saturating_add(1)
            }
        }
        let found = self.input(low)?;
        Ok(found.filter(|it| it.messages.iter().any(|(it, _)| *it == seq)))
    }

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
        let told = self.last_block_cache.of(input, || {
            let before = if input.now_ms > 0 {
                None
            } else {
                self.block_before(next_seq)?
            };
            let told = before.as_ref().unwrap_or(input);
            Ok::<_, WorkerError>(LastBlock {
                block: block_of(told),
                step_ms: self.step_to(told, next_seq)?,
            })
        })?;
        let step_ms = told.step_ms;
        Ok((told.after(input.number), step_ms))
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
        Ok(before.map_or(USUAL_STEP_MS, |before| step(&before, told)))
    }
}
