//! Reading what was committed, from any thread.

use std::sync::Arc;

use fat_contracts_primitives::{BlockNumber, Seq};
use redb::{ReadTransaction, ReadableTable, TableDefinition, TableError};

use super::core::Core;
use super::snapshot::Snapshot;
use super::tables::{self, block_key, block_number, message_key, message_seq, read_block_row};
use super::trie::ReadTable;
use super::types::{ChangeSet, CommittedBlock, Row};
use super::undo;
use super::StoreError;

/// A handle for readers: cheap to clone, works in parallel with the writer, and sees what is
/// committed at the moment of each call.
#[derive(Clone, Debug)]
pub struct Reader {
    core: Arc<Core>,
}

impl Reader {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The last committed block; `None` in a store without blocks.
    ///
    /// # Errors
    /// For this and all other methods: [`StoreError::Io`], [`StoreError::Damaged`] or
    /// [`StoreError::Database`] when the file can't be read.
    pub fn cursor(&self) -> Result<Option<CommittedBlock>, StoreError> {
        self.cursor_in(&self.begin()?)
    }

    /// The first block that is stored.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn first_block(&self) -> Result<Option<BlockNumber>, StoreError> {
        let table = self.begin()?.open_table(tables::BLOCKS);
        let table = table.map_err(self.core.error("read"))?;
        let first = table.first().map_err(self.core.error("read"))?;
        Ok(first.map(|(key, _)| block_number(key.value())))
    }

    /// The block of the snapshot that this store began with; `None` if it began with a block that was
    /// executed. Of that block there is a root and a record, and neither input nor receipts.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn snapshot_block(&self) -> Result<Option<BlockNumber>, StoreError> {
        let Some(first) = self.first_block()? else {
            return Ok(None);
        };
        let table = self.begin()?.open_table(tables::INPUTS);
        let table = table.map_err(self.core.error("read"))?;
        let row = table.get(block_key(first));
        let executed = row.map_err(self.core.error("read"))?.is_some();
        Ok((!executed).then_some(first))
    }

    /// The record of a block; `None` when it isn't stored.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn block(&self, number: BlockNumber) -> Result<Option<CommittedBlock>, StoreError> {
        self.block_in(&self.begin()?, number)
    }

    /// The last `count` blocks, oldest first.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn last_blocks(&self, count: usize) -> Result<Vec<CommittedBlock>, StoreError> {
        let table = self.begin()?.open_table(tables::BLOCKS);
        let table = table.map_err(self.core.error("read"))?;
        let rows = table.iter().map_err(self.core.error("read"))?;
        let mut blocks = Vec::new();
        for row in rows.rev().take(count) {
            let (key, row) = row.map_err(self.core.error("read"))?;
            blocks.push(self.record(key.value(), row.value())?);
        }
        blocks.reverse();
        Ok(blocks)
    }

    /// The receipts of a block in the order of its messages; none when it isn't stored.
    ///
    /// # Errors
    /// [`StoreError::ReceiptsPruned`], else as [`cursor`](Self::cursor).
    pub fn receipts(&self, number: BlockNumber) -> Result<Vec<(Seq, Vec<u8>)>, StoreError> {
        if let Some(pruned) = self.without_receipts(number)? {
            return Err(pruned);
        }
        let table = self.begin()?.open_table(tables::RECEIPTS);
        let table = table.map_err(self.core.error("read"))?;
        let keys = message_key(number, Seq::MIN)..=message_key(number, Seq::MAX);
        let rows = table.range(keys).map_err(self.core.error("read"))?;
        rows.map(|row| {
            let (key, receipt) = row.map_err(self.core.error("read"))?;
            Ok((message_seq(key.value()), receipt.value().to_vec()))
        })
        .collect()
    }

    /// The input of a block; `None` when it isn't stored.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn input(&self, number: BlockNumber) -> Result<Option<Vec<u8>>, StoreError> {
        let table = self.begin()?.open_table(tables::INPUTS);
        let table = table.map_err(self.core.error("read"))?;
        let row = table.get(block_key(number));
        let row = row.map_err(self.core.error("read"))?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    /// The inputs of all stored blocks from `from` to `to`, both included, in order and one at a
    /// time. The iterator sees what was committed when it was made.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor), for the call and for each item.
    pub fn inputs(
        &self,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<impl Iterator<Item = Result<(BlockNumber, Vec<u8>), StoreError>>, StoreError> {
        let table = self.begin()?.open_table(tables::INPUTS);
        let table = table.map_err(self.core.error("read"))?;
        let rows = table.range_owned(block_key(from)..=block_key(to.max(from)));
        let rows = rows.map_err(self.core.error("read"))?;
        let core = self.core.clone();
        let rows = rows.map(move |row| {
            let (key, input) = row.map_err(core.error("read"))?;
            Ok((block_number(key.value()), input.value().to_vec()))
        });
        // An upside-down range is an empty one.
        Ok(rows.take(if from <= to { usize::MAX } else { 0 }))
    }

    /// A row of a user's table.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn extra(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(table) = self.open_extra(table)? else {
            return Ok(None);
        };
        let row = table.get(key).map_err(self.core.error("read"))?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    /// The rows of a user's table from `start` on, at most `limit`, in key order.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn extra_range(
        &self,
        table: &str,
        start: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let Some(table) = self.open_extra(table)? else {
            return Ok(Vec::new());
        };
        let rows = table.range(start..).map_err(self.core.error("read"))?;
        rows.take(limit)
            .map(|row| {
                let (key, value) = row.map_err(self.core.error("read"))?;
                Ok((key.value().to_vec(), value.value().to_vec()))
            })
            .collect()
    }

    /// The newest state.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let txn = self.begin()?;
        let newest = self.cursor_in(&txn)?;
        Snapshot::new(
            &self.core,
            &txn,
            newest.as_ref(),
            newest.clone(),
            ChangeSet::new(),
        )
    }

    /// The state at the end of a block: the newest one under the merged undo records. It costs
    /// memory in proportion to what changed since.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBlock`], [`StoreError::Pruned`], else as [`cursor`](Self::cursor).
    pub fn snapshot_at(&self, number: BlockNumber) -> Result<Snapshot, StoreError> {
        let txn = self.begin()?;
        let newest = self.cursor_in(&txn)?;
        let block = self.block_in(&txn, number)?;
        let (Some(newest), Some(block)) = (newest, block) else {
            return Err(self.no_such_block(number)?);
        };
        let undone = self.undone_in(&txn, newest.number, number)?;
        Snapshot::new(&self.core, &txn, Some(&newest), Some(block), undone)
    }

    /// The oldest block whose state can still be read; `None` in a store without blocks.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn oldest_state(&self) -> Result<Option<BlockNumber>, StoreError> {
        let txn = self.begin()?;
        let Some(newest) = self.cursor_in(&txn)? else {
            return Ok(None);
        };
        self.oldest_in(&txn, newest.number).map(Some)
    }

    /// Whether all blocks after `to` can be taken back; `to` may be the one before the first.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn can_revert_to(&self, to: BlockNumber) -> Result<bool, StoreError> {
        let (Some(first), Some(oldest)) = (self.first_block()?, self.oldest_state()?) else {
            return Ok(false);
        };
        if to.checked_add(1) != Some(first) {
            return Ok(to >= oldest);
        }
        let undo = self.begin()?.open_table(tables::UNDO);
        let undo = undo.map_err(self.core.error("read"))?;
        let record = undo.get(block_key(first));
        Ok(record.map_err(self.core.error("read"))?.is_some())
    }

    /// Closes the store for every handle of it, and says whether anything was found damaged, then
    /// or before. What is read later fails. A store that is dropped is closed as well, but can
    /// only log what is wrong.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]. What was committed is safe as far as the file is.
    pub fn close(&self) -> Result<(), StoreError> {
        self.core.close()
    }

    pub(super) fn begin(&self) -> Result<ReadTransaction, StoreError> {
        self.core.begin_read()
    }

    /// Old values that turn the state at `newest` into the one at `number`.
    fn undone_in(
        &self,
        txn: &ReadTransaction,
        newest: BlockNumber,
        number: BlockNumber,
    ) -> Result<ChangeSet, StoreError> {
        let table = txn.open_table(tables::UNDO);
        let table = table.map_err(self.core.error("read"))?;
        let mut undone = ChangeSet::new();
        for block in (number.saturating_add(1)..=newest).rev() {
            let row = table.get(block_key(block));
            let Some(row) = row.map_err(self.core.error("read"))? else {
                return Err(StoreError::Pruned {
                    block: number,
                    oldest: block,
                });
            };
            if !undo::merge(row.value(), &mut undone) {
                return Err(self
                    .core
                    .damaged("an undo record", format!("other bytes at {block}")));
            }
        }
        Ok(undone)
    }

    fn oldest_in(
        &self,
        txn: &ReadTransaction,
        newest: BlockNumber,
    ) -> Result<BlockNumber, StoreError> {
        let undo = txn.open_table(tables::UNDO);
        let undo = undo.map_err(self.core.error("read"))?;
        let first = undo.first().map_err(self.core.error("read"))?;
        let Some((first, _)) = first else {
            return Ok(newest);
        };
        // The record of block n gives the state of block n - 1, if there was one.
        let first = block_number(first.value());
        let before = first.saturating_sub(1);
        Ok(self.block_in(txn, before)?.map_or(first, |_| before))
    }

    pub(super) fn cursor_in(
        &self,
        txn: &ReadTransaction,
    ) -> Result<Option<CommittedBlock>, StoreError> {
        let table = txn.open_table(tables::BLOCKS);
        let table = table.map_err(self.core.error("read"))?;
        let last = table.last().map_err(self.core.error("read"))?;
        last.map(|(key, row)| self.record(key.value(), row.value()))
            .transpose()
    }

    fn block_in(
        &self,
        txn: &ReadTransaction,
        number: BlockNumber,
    ) -> Result<Option<CommittedBlock>, StoreError> {
        let table = txn.open_table(tables::BLOCKS);
        let table = table.map_err(self.core.error("read"))?;
        let row = table.get(block_key(number));
        let row = row.map_err(self.core.error("read"))?;
        row.map(|row| self.record(block_key(number), row.value()))
            .transpose()
    }

    fn record(&self, key: [u8; 4], row: &[u8]) -> Result<CommittedBlock, StoreError> {
        let number = block_number(key);
        read_block_row(number, row).ok_or_else(|| {
            self.core
                .damaged("a block's record", format!("{} bytes", row.len()))
        })
    }

    pub(super) fn no_such_block(&self, block: BlockNumber) -> Result<StoreError, StoreError> {
        if let Some(snapshot) = self.snapshot_block()?.filter(|first| block < *first) {
            return Ok(StoreError::OlderThanSnapshot { block, snapshot });
        }
        let newest = self.cursor()?;
        let held = match newest {
            None => "there is no block yet".into(),
            Some(newest) => format!("the newest is {}", newest.number),
        };
        Ok(StoreError::NoSuchBlock { block, held })
    }

    fn open_extra(&self, name: &str) -> Result<Option<ReadTable>, StoreError> {
        let name = tables::extra_name(name);
        match self.begin()?.open_table(TableDefinition::new(&name)) {
            Ok(table) => Ok(Some(table)),
            // A table appears with its first row.
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(self.core.error("read")(error)),
        }
    }
}
