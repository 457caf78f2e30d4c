//! Going back: the store as it was at the end of an older block.

use fat_contracts_primitives::{BlockNumber, StateRoot};

use super::commit::check_extra;
use super::prune;
use super::read::Reader;
use super::tables::{self, block_key, message_key};
use super::trie::{self, NodeChanges, StoredNodes};
use super::types::{ChangeSet, ExtraRow};
use super::write::{write_extra, Nodes, Tables};
use super::{undo, StoreError};

/// Takes back all blocks after `to`, in one durable transaction. Before the first block the state
/// was empty.
pub(super) fn revert(
    reader: &Reader,
    to: BlockNumber,
    extra: &[ExtraRow],
) -> Result<StateRoot, StoreError> {
    check_extra(extra)?;
    let core = reader.core();
    let target = match reader.block(to)? {
        Some(target) => Some(target.root),
        None if to.checked_add(1) == reader.first_block()?
            && reader.snapshot_block()?.is_none() =>
        {
            Some(trie::empty_root())
        }
        None => None,
    };
    let (Some(newest), Some(target)) = (reader.cursor()?, target) else {
        return Err(reader.no_such_block(to)?);
    };
    let txn = core.begin_write()?;
    {
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
        let undone = tables.take_back(to, newest.number)?;
        let (root, _) = tables.apply_changes(&mut nodes, newest.root, &undone)?;
        if root != target {
            // Dropping the transaction leaves everything as it was.
            let expected = format!("the root {target:?} after reverting to block {to}");
            return Err(core.damaged(&expected, format!("{root:?}")));
        }
        tables.write_nodes(&nodes.changed)?;
    }
    write_extra(core, &txn, &prune::after_revert(reader, to)?)?;
    write_extra(core, &txn, extra)?;
    txn.commit().map_err(core.error("commit to"))?;
    tracing::warn!(from = newest.number, to, root = ?target, "reverted");
    Ok(target)
}

impl Tables<'_, '_> {
    /// Removes the rows of the blocks after `to`, and gives what they replaced.
    fn take_back(&mut self, to: BlockNumber, newest: BlockNumber) -> Result<ChangeSet, StoreError> {
        let error = self.core.error("write to");
        let mut undone = ChangeSet::new();
        for block in (to.saturating_add(1)..=newest).rev() {
            let key = block_key(block);
            {
                let row = self.undo.remove(key).map_err(&error)?;
                let row = row.ok_or(StoreError::Pruned {
                    block: to,
                    oldest: block,
                })?;
                if !undo::merge(row.value(), &mut undone) {
                    let found = format!("other bytes at {block}");
                    return Err(self.core.damaged("an undo record", found));
                }
            }
            self.blocks.remove(key).map_err(&error)?;
            self.inputs.remove(key).map_err(&error)?;
            let receipts = message_key(block, u64::MIN)..=message_key(block, u64::MAX);
            let receipts = self.receipts.retain_in(receipts, |_, _| false);
            receipts.map_err(&error)?;
        }
        Ok(undone)
    }
}
