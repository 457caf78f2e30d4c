//! Forgetting what is old, if the operator keeps a window of it.
//!
//! Nothing is forgotten by itself. Old blocks go with their receipts, and then the store is as one that began with a
//! snapshot of the newest of them: there is its root and its record, and nothing older. Receipts can go ahead of
//! their blocks; from which block on they are there stands in a table, so that none is taken for a block without
//! messages.

use std::ops::Bound;

use fat_contracts_primitives::{BlockNumber, Seq};

use super::read::Reader;
use super::tables::{self, block_key, block_number, message_key};
use super::types::ExtraRow;
use super::write::{write_extra, Tables};
use super::StoreError;

/// The table, among the callers', and its row: the first block whose receipts are there.
const TABLE: &str = "pruned";
const RECEIPTS_ROW: &[u8] = b"receipts";

/// What is to stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruning {
    /// The number of last blocks, with what was executed in them; `None`: all.
    pub keep_blocks: Option<u32>,
    /// The number of last blocks whose receipts stay; `None`: those of all blocks that stay.
    pub keep_receipts: Option<u32>,
}

/// What was pruned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Blocks.
    pub blocks: u64,
    /// Blocks of which only the receipts went.
    pub receipts: u64,
    /// There is more to prune.
    pub more: bool,
}

/// The blocks up to which rows are deleted.
struct Cutoffs {
    /// What was executed up to this block goes.
    blocks: Option<BlockNumber>,
    /// The receipts up to this block go.
    receipts: Option<BlockNumber>,
}

/// Deletes what is older than what is to stay, in one durable transaction of at most `most` blocks. Nothing of a
/// block after `settled`, and no block whose state can be read or gone back to.
pub(super) fn prune(
    reader: &Reader,
    keep: Pruning,
    settled: BlockNumber,
    most: u32,
) -> Result<Pruned, StoreError> {
    let (Some(first), Some(newest)) = (reader.first_block()?, reader.cursor()?) else {
        return Ok(Pruned::default());
    };
    let oldest = reader.oldest_state()?.unwrap_or(newest.number);
    let place = |keep: Option<u32>, bound: BlockNumber| {
        let place = newest.number.checked_sub(keep?)?;
        Some(place.min(bound))
    };
    // Going back takes inputs, and no receipts.
    let blocks = place(keep.keep_blocks, settled.min(oldest));
    let receipts = place(keep.keep_receipts, settled).max(blocks);
    let begun = reader.receipts_from()?.unwrap_or(first);
    // Of the first block there may be nothing but its root by now.
    let executed = match reader.snapshot_block()? {
        Some(snapshot) => snapshot.saturating_add(1),
        None => first,
    };
    let limit = |from: BlockNumber, place: Option<BlockNumber>| {
        let place = place.filter(|place| *place >= from)?;
        Some(place.min(from.saturating_add(most.saturating_sub(1))))
    };
    let cutoffs = Cutoffs {
        blocks: limit(executed, blocks),
        receipts: limit(begun.max(executed), receipts),
    };
    if cutoffs.blocks.is_none() && cutoffs.receipts.is_none() {
        return Ok(Pruned::default());
    }
    let more = cutoffs.blocks.is_some_and(|it| Some(it) < blocks)
        || cutoffs.receipts.is_some_and(|it| Some(it) < receipts);
    let counted = |from: BlockNumber, place: Option<BlockNumber>| {
        place.map_or(0, |place| {
            u64::from(place.saturating_sub(from)).saturating_add(1)
        })
    };
    let gone = Pruned {
        blocks: counted(executed, cutoffs.blocks),
        receipts: counted(begun.max(executed), cutoffs.receipts),
        more,
    };
    delete_rows(reader, &cutoffs)?;
    tracing::debug!(?gone, blocks = ?cutoffs.blocks, receipts = ?cutoffs.receipts, "pruned");
    Ok(gone)
}

fn delete_rows(reader: &Reader, cutoffs: &Cutoffs) -> Result<(), StoreError> {
    let core = reader.core();
    let error = core.error("write to");
    let txn = core.begin_write()?;
    let mut rows = Vec::new();
    {
        let mut tables = Tables::open(core, &txn)?;
        if let Some(to) = cutoffs.blocks {
            let up_to = (Bound::Unbounded, Bound::Included(block_key(to)));
            let before = (Bound::Unbounded, Bound::Excluded(block_key(to)));
            tables
                .inputs
                .retain_in::<[u8; 4], _>(up_to, |_, _| false)
                .map_err(&error)?;
            tables
                .undo
                .retain_in::<[u8; 4], _>(up_to, |_, _| false)
                .map_err(&error)?;
            tables
                .blocks
                .retain_in::<[u8; 4], _>(before, |_, _| false)
                .map_err(&error)?;
        }
        if let Some(to) = cutoffs.receipts.max(cutoffs.blocks) {
            let range = message_key(BlockNumber::MIN, Seq::MIN)..=message_key(to, Seq::MAX);
            tables
                .receipts
                .retain_in(range, |_, _| false)
                .map_err(&error)?;
            rows.push(receipts_row(to.saturating_add(1)));
        }
    }
    write_extra(core, &txn, &rows)?;
    txn.commit().map_err(core.error("commit to"))
}

fn receipts_row(first: BlockNumber) -> ExtraRow {
    ExtraRow {
        table: TABLE.into(),
        key: RECEIPTS_ROW.to_vec(),
        value: Some(block_key(first).to_vec()),
    }
}

/// What a revert to a block has to write: those that follow have their receipts again.
pub(super) fn after_revert(reader: &Reader, to: BlockNumber) -> Result<Vec<ExtraRow>, StoreError> {
    let next = to.saturating_add(1);
    let forgotten = reader.receipts_from()?.filter(|first| *first > next);
    Ok(forgotten.map(|_| receipts_row(next)).into_iter().collect())
}

impl Reader {
    /// The first block whose receipts are kept, if older ones were forgotten.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn receipts_from(&self) -> Result<Option<BlockNumber>, StoreError> {
        let Some(row) = self.extra(TABLE, RECEIPTS_ROW)? else {
            return Ok(None);
        };
        let key = <[u8; 4]>::try_from(row.as_slice());
        let key = key.map_err(|_| self.core().damaged("a block's number", "other bytes"))?;
        Ok(Some(block_number(key)))
    }

    /// Whether a block's receipts were forgotten while the block is still here.
    pub(super) fn without_receipts(
        &self,
        number: BlockNumber,
    ) -> Result<Option<StoreError>, StoreError> {
        let Some(oldest) = self.receipts_from()?.filter(|oldest| number < *oldest) else {
            return Ok(None);
        };
        let table = self.begin()?.open_table(tables::INPUTS);
        let table = table.map_err(self.core().error("read"))?;
        let row = table
            .get(block_key(number))
            .map_err(self.core().error("read"))?;
        Ok(row.map(|_| StoreError::ReceiptsPruned {
            block: number,
            oldest,
        }))
    }

    /// How many rows each of the store's own tables has. Cheap: the numbers are kept.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn row_counts(&self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let sizes = self.stats_of(false)?;
        Ok(sizes
            .into_iter()
            .filter_map(|size| {
                let name = super::TABLES.iter().find(|it| **it == size.name)?;
                Some((*name, size.rows))
            })
            .collect())
    }

    /// What each table takes. Reads the whole file once.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn stats(&self) -> Result<Vec<TableStats>, StoreError> {
        self.stats_of(true)
    }

    fn stats_of(&self, whole: bool) -> Result<Vec<TableStats>, StoreError> {
        use redb::{ReadableTableMetadata, TableHandle};
        let txn = self.begin()?;
        let tables = txn.list_tables().map_err(self.core().error("read"))?;
        let mut stats = Vec::new();
        for table in tables {
            let name = table.name().to_owned();
            let core = self.core();
            let mut found = TableStats {
                name,
                rows: 0,
                bytes: 0,
                overhead: 0,
            };
            let table = txn.open_untyped_table(table).map_err(core.error("read"))?;
            found.rows = table.len().map_err(core.error("read"))?;
            if whole {
                let size = table.stats().map_err(core.error("read"))?;
                found.bytes = size.stored_bytes();
                found.overhead = size
                    .metadata_bytes()
                    .saturating_add(size.fragmented_bytes());
            }
            stats.push(found);
        }
        stats.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(stats)
    }
}

/// What a table takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableStats {
    /// Its name in the file.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Bytes of keys and values.
    pub bytes: u64,
    /// Bytes that keeping them takes beside.
    pub overhead: u64,
}
