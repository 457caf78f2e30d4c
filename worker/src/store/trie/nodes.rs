//! The trie's nodes as `sp-trie` sees them: what is stored, under what this transaction changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hash_db::{AsHashDB, HashDB, HashDBRef, Prefix};
use redb::ReadOnlyTable;
use sp_core::{Blake2Hasher, Hasher, H256};
use sp_trie::{prefixed_key, DBValue};

use super::super::core::Core;
use super::super::StoreError;
use super::Change;

/// A node's row key: sp-trie's prefixed key, the packed path to the node followed by its hash.
///
/// Equal nodes at two places are two rows, so that no row needs a reference count.
pub(super) type RowKey = Vec<u8>;

/// Nodes written and removed since the last commit, in the order of their rows.
///
/// They are gathered here and written in one pass at the end, because a node that several blocks
/// of a batch touch is then written once, and the table is walked once from left to right.
#[derive(Debug, Default)]
pub(in crate::store) struct NodeChanges(pub(super) BTreeMap<RowKey, Option<DBValue>>);

impl NodeChanges {
    /// The rows to write, and with `None` to remove, in order.
    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        let rows = self.0.iter();
        rows.map(|(key, node)| (key.as_slice(), node.as_deref()))
    }
}

/// Where nodes are read from, and how a failure to read gets past an interface without errors.
pub(in crate::store) struct StoredNodes<'a> {
    core: &'a Core,
    table: &'a ReadOnlyTable<&'static [u8], &'static [u8]>,
    failure: Mutex<Option<StoreError>>,
}

impl<'a> StoredNodes<'a> {
    pub(in crate::store) fn new(
        core: &'a Core,
        table: &'a ReadOnlyTable<&'static [u8], &'static [u8]>,
    ) -> Self {
        Self {
            core,
            table,
            failure: Mutex::new(None),
        }
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<DBValue> {
        match self.table.get(key) {
            Ok(row) => row.map(|row| row.value().to_vec()),
            Err(error) => {
                self.fail(self.core.error("read")(error));
                None
            }
        }
    }

    pub(super) fn fail(&self, error: StoreError) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
    }

    /// The error to report for one of the trie's: a failure to read if there was one, else the
    /// trie and the state contradict each other.
    pub(super) fn error(&self, found: String) -> StoreError {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let damaged = || self.core.damaged("a trie that belongs to the state", found);
        failure.take().unwrap_or_else(damaged)
    }
}

/// The nodes that one block's update works on.
pub(super) struct BlockNodes<'a> {
    pub(super) stored: &'a StoredNodes<'a>,
    pub(super) changed: &'a mut NodeChanges,
    /// What the block changes in the state. Long values stand in the trie by their hash and would
    /// be nodes of their own; they are in the flat table already.
    pub(super) changes: &'a [Change<'a>],
}

impl BlockNodes<'_> {
    fn is_value(&self, prefix: Prefix<'_>, bytes: &[u8]) -> bool {
        // A value's prefix is its whole key.
        let found = self
            .changes
            .binary_search_by(|(key, _)| (*key).cmp(prefix.0));
        let change = found.ok().and_then(|at| self.changes.get(at));
        prefix.1.is_none() && change.is_some_and(|(_, value)| *value == Some(bytes))
    }
}

impl HashDB<Blake2Hasher, DBValue> for BlockNodes<'_> {
    fn get(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        if *hash == super::empty_root() {
            return Some(super::EMPTY_NODE.to_vec());
        }
        let key = prefixed_key::<Blake2Hasher>(hash, prefix);
        match self.changed.0.get(&key) {
            Some(node) => node.clone(),
            None => self.stored.get(&key),
        }
    }

    fn contains(&self, hash: &H256, prefix: Prefix<'_>) -> bool {
        HashDB::get(self, hash, prefix).is_some()
    }

    fn insert(&mut self, prefix: Prefix<'_>, bytes: &[u8]) -> H256 {
        let hash = Blake2Hasher::hash(bytes);
        if !self.is_value(prefix, bytes) {
            self.emplace(hash, prefix, bytes.to_vec());
        }
        hash
    }

    fn emplace(&mut self, hash: H256, prefix: Prefix<'_>, node: DBValue) {
        if hash != super::empty_root() {
            let key = prefixed_key::<Blake2Hasher>(&hash, prefix);
            self.changed.0.insert(key, Some(node));
        }
    }

    fn remove(&mut self, hash: &H256, prefix: Prefix<'_>) {
        let key = prefixed_key::<Blake2Hasher>(hash, prefix);
        self.changed.0.insert(key, None);
    }
}

impl AsHashDB<Blake2Hasher, DBValue> for BlockNodes<'_> {
    fn as_hash_db(&self) -> &dyn HashDB<Blake2Hasher, DBValue> {
        self
    }

    fn as_hash_db_mut<'b>(&'b mut self) -> &'b mut (dyn HashDB<Blake2Hasher, DBValue> + 'b) {
        self
    }
}

/// The nodes of a committed state, with its long values out of the flat table.
pub(super) struct CommittedNodes<'a> {
    pub(super) stored: StoredNodes<'a>,
    pub(super) state: &'a ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl HashDBRef<Blake2Hasher, DBValue> for CommittedNodes<'_> {
    fn get(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        if *hash == super::empty_root() {
            return Some(super::EMPTY_NODE.to_vec());
        }
        let key = prefixed_key::<Blake2Hasher>(hash, prefix);
        let node = self.stored.get(&key);
        if node.is_some() || prefix.1.is_some() {
            return node;
        }
        // A value's prefix is its whole key.
        match self.state.get(prefix.0) {
            Ok(row) => row.map(|row| row.value().to_vec()),
            Err(error) => {
                self.stored.fail(self.stored.core.error("read")(error));
                None
            }
        }
    }

    fn contains(&self, hash: &H256, prefix: Prefix<'_>) -> bool {
        HashDBRef::get(self, hash, prefix).is_some()
    }
}
