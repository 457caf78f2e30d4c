//! Looking through a whole store for what is damaged.

use std::cell::RefCell;

use fat_contracts_primitives::{BlockNumber, StateRoot};
use redb::{Key, ReadableTable, ReadableTableMetadata, TableDefinition, TableHandle};

use super::read::Reader;
use super::trie;
use super::types::ChangeSet;
use super::{tables, undo, StoreError};

impl Reader {
    /// Has the database verify its own structure and checksums, of all that it holds. Nothing else
    /// may read meanwhile. Of a store that is open for writing, what can be repaired is.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], also when it was repaired; else as [`cursor`](Self::cursor).
    pub fn check_database(&self) -> Result<(), StoreError> {
        self.core().check_integrity()
    }

    /// The names of all tables, the callers' among them, and how many rows each has.
    ///
    /// # Errors
    /// As [`cursor`](Self::cursor).
    pub fn parts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let core = self.core();
        core.guarded(|| {
            let txn = self.begin()?;
            let tables = txn.list_tables().map_err(core.error("read"))?;
            let tables = tables.map(|table| {
                let name = table.name().to_owned();
                let table = txn.open_untyped_table(table).map_err(core.error("read"))?;
                Ok((name, table.len().map_err(core.error("read"))?))
            });
            tables.collect()
        })
    }

    /// Reads every row of a table, told to `read` one by one; the rows of undo records have to be
    /// such.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] at the first row that can't be read, else as
    /// [`cursor`](Self::cursor).
    pub fn scan(&self, part: &str, mut read: impl FnMut()) -> Result<(), StoreError> {
        let core = self.core();
        core.guarded(|| match part {
            "undo" => self.rows::<[u8; 4]>(part, |key, row| {
                read();
                if undo::merge(row, &mut ChangeSet::new()) {
                    Ok(())
                } else {
                    let block = tables::block_number(*key.first_chunk().unwrap_or(&[0; 4]));
                    let found = format!("other bytes at {block}");
                    Err(core.damaged("an undo record", found))
                }
            }),
            "blocks" | "inputs" => self.rows::<[u8; 4]>(part, |_, _| {
                read();
                Ok(())
            }),
            "receipts" => self.rows::<[u8; 12]>(part, |_, _| {
                read();
                Ok(())
            }),
            _ => self.rows::<&[u8]>(part, |_, _| {
                read();
                Ok(())
            }),
        })
    }

    fn rows<K: Key + 'static>(
        &self,
        part: &str,
        mut read: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let core = self.core();
        let table = self
            .begin()?
            .open_table(TableDefinition::<K, &[u8]>::new(part))
            .map_err(core.error("read"))?;
        for row in table.iter().map_err(core.error("read"))? {
            let (key, value) = row.map_err(core.error("read"))?;
            let key = key.value();
            read(K::as_bytes(&key).as_ref(), value.value())?;
        }
        Ok(())
    }

    /// Computes the root over all keys anew and compares it with the one of the last block. It
    /// reads the whole state; memory doesn't grow with it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they differ, else as [`cursor`](Self::cursor).
    pub fn verify_root(&self) -> Result<StateRoot, StoreError> {
        let found = self.recompute_root(|| {})?;
        let cursor = self.cursor()?;
        let expected = cursor.map_or_else(trie::empty_root, |cursor| cursor.root);
        if found == expected {
            Ok(found)
        } else {
            Err(self.core().damaged(
                &format!("a state with the root {expected:?}"),
                format!("one with the root {found:?}"),
            ))
        }
    }

    /// The root over all keys, computed from nothing but them; and every branch of the stored trie
    /// has to be the one over them. `read` is told of every key.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the trie is another one, else as [`cursor`](Self::cursor).
    pub fn recompute_root(&self, mut read: impl FnMut()) -> Result<StateRoot, StoreError> {
        let core = self.core();
        core.guarded(|| {
            let txn = self.begin()?;
            let flat = txn.open_table(tables::STATE).map_err(core.error("read"))?;
            let branches = txn.open_table(tables::TRIE).map_err(core.error("read"))?;
            let failure = RefCell::new(None);
            let rows = flat.iter().map_err(core.error("read"))?.map_while(|row| {
                read();
                let row = row.map_err(core.error("read"));
                let (key, value) = row.map_err(|error| failure.replace(Some(error))).ok()?;
                Some((key.value().to_vec(), value.value().to_vec()))
            });
            let mut expected: u64 = 0;
            let mut other = None;
            let root = trie::build(rows, |key, node| {
                expected = expected.saturating_add(1);
                let stored = branches.get(key).map_err(core.error("read"))?;
                if stored.is_none_or(|stored| stored.value() != node) {
                    other.get_or_insert_with(|| format!("another one at 0x{}", hex::encode(key)));
                }
                Ok(())
            });
            if let Some(error) = failure.take() {
                return Err(error);
            }
            let root = root?;
            let found = branches.len().map_err(core.error("read"))?;
            if found != expected {
                other.get_or_insert_with(|| format!("{found} branches, not {expected}"));
            }
            match other {
                None => Ok(root),
                // The root says more, if it is another one too.
                Some(_) if Some(root) != self.cursor()?.map(|block| block.root) => Ok(root),
                Some(found) => Err(core.damaged("the trie that belongs to the state", found)),
            }
        })
    }

    /// Computes the root of an older state, by its undo records, and compares it with the stored.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they differ; else as [`snapshot_at`](Self::snapshot_at).
    pub fn verify_root_at(&self, block: BlockNumber) -> Result<(), StoreError> {
        let core = self.core();
        core.guarded(|| {
            let snapshot = self.snapshot_at(block)?;
            let found = snapshot.root_with(&ChangeSet::new())?;
            if found == snapshot.root() {
                Ok(())
            } else {
                Err(core.damaged(
                    &format!("undo records that lead to the root of block {block}"),
                    format!("such that lead to {found:?}"),
                ))
            }
        })
    }
}
