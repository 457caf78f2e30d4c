//! The tables within a write transaction.

use fat_contracts_primitives::{BlockNumber, StateRoot};
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::core::Core;
use super::tables::{self, block_key, block_number, block_row, message_key, read_block_row};
use super::trie::{self, Change, NodeChanges, StoredNodes};
use super::types::{ChangeSet, CommittedBlock, ExtraRow, NewBlock};
use super::undo::UndoRow;
use super::StoreError;

/// Undo records dropped with each block: one falls out of the window, the second one lets a
/// window that was made shorter shrink, and neither depends on how many there are.
const PRUNED_PER_BLOCK: usize = 2;

/// Which undo records stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    /// Those of this number of blocks.
    pub(super) window: u32,
    /// Those of this block and of all after it.
    pub(super) from: Option<BlockNumber>,
}

/// The trie's nodes during a transaction.
pub(super) struct Nodes<'a> {
    pub(super) stored: StoredNodes<'a>,
    pub(super) changed: NodeChanges,
}

/// The store's tables within a write transaction.
pub(super) struct Tables<'c, 'txn> {
    pub(super) core: &'c Core,
    pub(super) state: Table<'txn, &'static [u8], &'static [u8]>,
    pub(super) trie: Table<'txn, &'static [u8], &'static [u8]>,
    pub(super) undo: Table<'txn, [u8; 4], &'static [u8]>,
    pub(super) blocks: Table<'txn, [u8; 4], &'static [u8]>,
    pub(super) inputs: Table<'txn, [u8; 4], &'static [u8]>,
    pub(super) receipts: Table<'txn, [u8; 12], &'static [u8]>,
}

impl<'c, 'txn> Tables<'c, 'txn> {
    pub(super) fn open(core: &'c Core, txn: &'txn WriteTransaction) -> Result<Self, StoreError> {
        let error = core.error("write to");
        Ok(Self {
            core,
            state: txn.open_table(tables::STATE).map_err(&error)?,
            trie: txn.open_table(tables::TRIE).map_err(&error)?,
            undo: txn.open_table(tables::UNDO).map_err(&error)?,
            blocks: txn.open_table(tables::BLOCKS).map_err(&error)?,
            inputs: txn.open_table(tables::INPUTS).map_err(&error)?,
            receipts: txn.open_table(tables::RECEIPTS).map_err(&error)?,
        })
    }

    /// The last block before the next one.
    pub(super) fn cursor(&self) -> Result<Option<CommittedBlock>, StoreError> {
        let last = self.blocks.last().map_err(self.core.error("read"))?;
        let Some((key, row)) = last else {
            return Ok(None);
        };
        let record = read_block_row(block_number(key.value()), row.value());
        let record = record.ok_or_else(|| self.core.damaged("a block's record", "other bytes"));
        record.map(Some)
    }

    pub(super) fn apply(
        &mut self,
        nodes: &mut Nodes<'_>,
        block: &NewBlock,
        keep: Keep,
    ) -> Result<StateRoot, StoreError> {
        let cursor = self.cursor()?;
        let root = match &cursor {
            None => trie::empty_root(),
            Some(last) => {
                let expected = last.number.saturating_add(1);
                if block.number != expected {
                    let found = block.number;
                    return Err(StoreError::OutOfOrder { expected, found });
                }
                last.root
            }
        };
        let (root, undo) = self.apply_changes(nodes, root, &block.changes)?;
        let error = self.core.error("write to");
        let key = block_key(block.number);
        // What is left of what was kept has no gap behind it.
        let held = keep.from.is_some_and(|from| from <= block.number);
        if keep.window > 0 || held || self.undo.first().map_err(&error)?.is_some() {
            self.undo.insert(key, undo.bytes()).map_err(&error)?;
        }
        self.prune(block.number, keep)?;
        let row = block_row(&root, &block.record);
        self.blocks.insert(key, row.as_slice()).map_err(&error)?;
        let input = block.input.as_slice();
        self.inputs.insert(key, input).map_err(&error)?;
        for (seq, receipt) in &block.receipts {
            let key = message_key(block.number, *seq);
            let receipt = receipt.as_slice();
            self.receipts.insert(key, receipt).map_err(&error)?;
        }
        Ok(root)
    }

    /// Drops undo records that fell out of the window.
    fn prune(&mut self, newest: BlockNumber, keep: Keep) -> Result<(), StoreError> {
        let error = self.core.error("write to");
        let Some(keep_after) = newest.checked_sub(keep.window) else {
            return Ok(());
        };
        let held = keep.from.map_or(keep_after, |from| from.saturating_sub(1));
        let keep_after = keep_after.min(held);
        for _ in 0..PRUNED_PER_BLOCK {
            let oldest = self.undo.first().map_err(&error)?;
            let oldest = oldest.map(|(key, _)| key.value());
            match oldest {
                Some(key) if block_number(key) <= keep_after => {
                    self.undo.remove(key).map_err(&error)?;
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// Applies changes to the flat map and to the trie; gives the new root and what was replaced.
    pub(super) fn apply_changes(
        &mut self,
        nodes: &mut Nodes<'_>,
        root: StateRoot,
        changes: &ChangeSet,
    ) -> Result<(StateRoot, UndoRow), StoreError> {
        let error = self.core.error("write to");
        let mut undo = UndoRow::default();
        let mut real = Vec::with_capacity(changes.len());
        for (key, new) in changes {
            let new = new.as_deref();
            // One descent both writes the new value and finds the old one.
            let old = match new {
                Some(new) => self.state.insert(key.as_slice(), new),
                None => self.state.remove(key.as_slice()),
            };
            let old = old.map_err(&error)?;
            let old = old.as_ref().map(|old| old.value());
            if old != new {
                undo.push(key, old);
                real.push((key.as_slice(), new));
            }
        }
        let real = real.into_iter().zip(undo.old_values());
        let real: Vec<_> = real
            .map(|((key, new), old)| Change { key, old, new })
            .collect();
        let root = trie::update(&nodes.stored, &mut nodes.changed, root, &real)?;
        Ok((root, undo))
    }

    /// Writes the trie's new nodes and drops its old ones.
    pub(super) fn write_nodes(&mut self, changed: &NodeChanges) -> Result<(), StoreError> {
        let error = self.core.error("write to");
        for (key, node) in changed.rows() {
            match node {
                Some(node) => self.trie.insert(key, node).map(drop).map_err(&error)?,
                None => self.trie.remove(key).map(drop).map_err(&error)?,
            }
        }
        Ok(())
    }
}

/// Writes rows of the user's tables.
pub(super) fn write_extra(
    core: &Core,
    txn: &WriteTransaction,
    rows: &[ExtraRow],
) -> Result<(), StoreError> {
    let error = core.error("write to");
    for rows in rows.chunk_by(|a, b| a.table == b.table) {
        let Some(first) = rows.first() else { continue };
        let name = tables::extra_name(&first.table);
        let definition = TableDefinition::<&[u8], &[u8]>::new(&name);
        let mut table = txn.open_table(definition).map_err(core.error("write to"))?;
        for row in rows {
            let key = row.key.as_slice();
            match row.value.as_deref() {
                Some(value) => table.insert(key, value).map(drop).map_err(&error)?,
                None => table.remove(key).map(drop).map_err(&error)?,
            }
        }
    }
    Ok(())
}
