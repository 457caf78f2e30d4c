//! A whole state at once: from a snapshot file, or made up for a bench.

use std::cell::RefCell;

use fat_contracts_primitives::StateRoot;
use redb::ReadableTable;

use super::commit::check;
use super::read::Reader;
use super::tables::{self, block_key, block_row};
use super::trie;
use super::types::{NewBlock, Row};
use super::write::Tables;
use super::{StoreError, MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// Fills an empty store with keys in ascending order, in one durable transaction.
///
/// The trie's nodes are written as `sp-trie` finishes them, so memory doesn't grow with the state.
pub(super) fn import(
    reader: &Reader,
    block: &NewBlock,
    state: impl IntoIterator<Item = Row>,
) -> Result<StateRoot, StoreError> {
    let core = reader.core();
    let txn = core.db.begin_write().map_err(core.error("write to"))?;
    let root;
    {
        let mut tables = Tables::open(core, &txn)?;
        if tables.cursor()?.is_some() {
            let reason = "the store holds blocks already".into();
            return Err(StoreError::Import { reason });
        }
        let error = core.error("write to");
        let Tables {
            state: flat, trie, ..
        } = &mut tables;
        let mut last = None;
        // sp-trie asks for one key after the other and can't be told to stop with an error, so the
        // first one ends the keys and is looked at afterwards.
        let failure = RefCell::new(None);
        let written = state.into_iter().map_while(|(key, value)| {
            let mut write = || {
                check("a key of the state", key.len(), MAX_KEY_BYTES)?;
                check("a value of the state", value.len(), MAX_VALUE_BYTES)?;
                if last.as_ref().is_some_and(|last| *last >= key) {
                    let reason = format!("the key 0x{} is out of order", hex::encode(&key));
                    return Err(StoreError::Import { reason });
                }
                flat.insert(key.as_slice(), value.as_slice())
                    .map_err(&error)?;
                last = Some(key.clone());
                Ok(())
            };
            match write() {
                Ok(()) => Some((key, value)),
                Err(error) => {
                    *failure.borrow_mut() = Some(error);
                    None
                }
            }
        });
        let put = |key: &[u8], node: &[u8]| trie.insert(key, node).map(drop).map_err(&error);
        let built = trie::build(written, put);
        if let Some(error) = failure.take() {
            return Err(error);
        }
        root = built?;
        let row = block_row(&root, &block.record);
        let key = block_key(block.number);
        tables.blocks.insert(key, row.as_slice()).map_err(&error)?;
        let input = block.input.as_slice();
        tables.inputs.insert(key, input).map_err(&error)?;
    }
    txn.commit().map_err(core.error("commit to"))?;
    tracing::info!(block = block.number, ?root, "imported a state");
    Ok(root)
}

impl Reader {
    /// Computes the root over all keys anew and compares it with the one of the last block. It
    /// reads the whole state; memory doesn't grow with it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they differ, else as [`cursor`](Self::cursor).
    pub fn verify_root(&self) -> Result<StateRoot, StoreError> {
        self.core().guarded(|| self.computed_root())
    }

    fn computed_root(&self) -> Result<StateRoot, StoreError> {
        let core = self.core();
        let txn = self.begin()?;
        let cursor = self.cursor_in(&txn)?;
        let expected = cursor.map_or_else(trie::empty_root, |cursor| cursor.root);
        let flat = txn.open_table(tables::STATE).map_err(core.error("read"))?;
        let failure = RefCell::new(None);
        let rows = flat.iter().map_err(core.error("read"))?.map_while(|row| {
            let row = row.map_err(core.error("read"));
            let (key, value) = row.map_err(|error| failure.replace(Some(error))).ok()?;
            Some((key.value().to_vec(), value.value().to_vec()))
        });
        let found = trie::build(rows, |_, _| Ok(()));
        match failure.take() {
            Some(error) => Err(error),
            None if found.as_ref().is_ok_and(|found| *found == expected) => found,
            None => Err(core.damaged(
                &format!("a state with the root {expected:?}"),
                format!("one with the root {:?}", found?),
            )),
        }
    }
}
