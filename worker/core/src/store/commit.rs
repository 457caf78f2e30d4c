//! A batch of blocks as one write transaction: wholly there or not at all.

use fat_contracts_primitives::StateRoot;

use super::read::Reader;
use super::tables;
use super::trie::{NodeChanges, StoredNodes};
use super::types::{BlockBatch, ExtraRow};
use super::write::{write_extra, Keep, Nodes, Tables};
use super::{StoreError, MAX_KEY_BYTES, MAX_NAME_BYTES, MAX_VALUE_BYTES};

/// Commits a batch and gives the root after each of its blocks.
pub(super) fn commit(
    reader: &Reader,
    batch: &BlockBatch,
    keep: Keep,
) -> Result<Vec<StateRoot>, StoreError> {
    check_bounds(batch)?;
    let core = reader.core();
    let txn = core.begin_write()?;
    let mut roots = Vec::with_capacity(batch.blocks.len());
    if !batch.blocks.is_empty() {
        // There is one writer, so what a reader sees now is what the transaction started from.
        let before = reader.begin()?;
        let state = before.open_table(tables::STATE);
        let state = state.map_err(core.error("read"))?;
        let trie = before.open_table(tables::TRIE);
        let trie = trie.map_err(core.error("read"))?;
        let mut nodes = Nodes {
            stored: StoredNodes::new(core, &state, &trie),
            changed: NodeChanges::default(),
        };
        let mut tables = Tables::open(core, &txn)?;
        for block in &batch.blocks {
            roots.push(tables.apply(&mut nodes, block, keep)?);
        }
        tables.write_nodes(&nodes.changed)?;
    }
    write_extra(core, &txn, &batch.extra)?;
    txn.commit().map_err(core.error("commit to"))?;
    Ok(roots)
}

/// Checks every length before anything is written.
pub(super) fn check_bounds(batch: &BlockBatch) -> Result<(), StoreError> {
    for block in &batch.blocks {
        for (key, value) in &block.changes {
            check("a key of the state", key.len(), MAX_KEY_BYTES)?;
            let value = value.as_ref().map_or(0, Vec::len);
            check("a value of the state", value, MAX_VALUE_BYTES)?;
        }
        check("a block's input", block.input.len(), MAX_VALUE_BYTES)?;
        check("a block's record", block.record.len(), MAX_VALUE_BYTES)?;
        for (_, receipt) in &block.receipts {
            check("a receipt", receipt.len(), MAX_VALUE_BYTES)?;
        }
    }
    check_extra(&batch.extra)
}

/// Checks the lengths of the user's rows.
pub(super) fn check_extra(rows: &[ExtraRow]) -> Result<(), StoreError> {
    for row in rows {
        check("a table's name", row.table.len(), MAX_NAME_BYTES)?;
        check("a key of a table", row.key.len(), MAX_VALUE_BYTES)?;
        let value = row.value.as_ref().map_or(0, Vec::len);
        check("a value of a table", value, MAX_VALUE_BYTES)?;
    }
    Ok(())
}

pub(super) fn check(what: &'static str, found: usize, max: usize) -> Result<(), StoreError> {
    if found <= max {
        return Ok(());
    }
    Err(StoreError::TooLong {
        what,
        found: found as u64,
        max: max as u64,
    })
}
