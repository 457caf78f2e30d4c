//! The trie's nodes as `sp-trie` sees them: what is stored, under what this transaction changes.
//!
//! Only branches are stored. A leaf is a key and its value, and both are in the flat map already,
//! so leaves are made from there when they are asked for; so are the long values that stand in
//! their node by hash. That keeps three of four nodes out of the file.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hash_db::{AsHashDB, HashDB, HashDBRef, Prefix};
use sp_core::{Blake2Hasher, Hasher, H256};
use sp_trie::{prefixed_key, DBValue};

use super::ahead::{self, Ahead};
use super::stored::{is_leaf, leaf_node, lies_before, lies_under, StoredNodes};
use super::Change;
use crate::store::StoreError;

/// A node's row key: sp-trie's prefixed key, the packed path to the node followed by its hash.
///
/// Equal nodes at two places are two rows, so that no row needs a reference count.
pub(super) type RowKey = Vec<u8>;

/// The longest value that is hashed at each place where its leaf may be; a look-up takes as long.
const MAX_TRIED_BYTES: usize = 1024;

/// Nodes written and removed since the last commit.
///
/// They are gathered here and written in one pass at the end, because a node that several blocks
/// of a batch touch is then written once, and the table is walked once from left to right.
#[derive(Debug, Default)]
pub(in crate::store) struct NodeChanges(pub(super) HashMap<RowKey, Option<DBValue>>);

impl NodeChanges {
    /// The rows to write, and with `None` to remove, in order.
    pub(in crate::store) fn rows(&self) -> Vec<(&[u8], Option<&[u8]>)> {
        let nodes = self.0.iter();
        let mut rows: Vec<_> = nodes
            .filter(|(_, node)| !node.as_deref().is_some_and(is_leaf))
            .map(|(key, node)| (key.as_slice(), node.as_deref()))
            .collect();
        rows.sort_unstable();
        rows
    }
}

/// The nodes that one block's update works on.
pub(super) struct BlockNodes<'a> {
    stored: &'a StoredNodes<'a>,
    changed: &'a mut NodeChanges,
    /// What the block changes in the state.
    changes: &'a [Change<'a>],
    /// Branches that were read before the update began.
    ahead: Ahead,
    /// Rows that were read since: of all that is removed, only these and those read ahead are
    /// there to be removed.
    read: Mutex<HashSet<RowKey>>,
}

impl<'a> BlockNodes<'a> {
    pub(super) fn new(
        stored: &'a StoredNodes<'a>,
        changed: &'a mut NodeChanges,
        changes: &'a [Change<'a>],
        root: &H256,
    ) -> Self {
        Self {
            ahead: ahead::read(stored, changed, changes, root),
            stored,
            changed,
            changes,
            read: Mutex::default(),
        }
    }

    /// Whether bytes are a new value of the state and not a node.
    fn is_value(&self, prefix: Prefix<'_>, bytes: &[u8]) -> bool {
        // A value's prefix is its whole key.
        let found = self
            .changes
            .binary_search_by(|change| change.key.cmp(prefix.0));
        let change = found.ok().and_then(|at| self.changes.get(at));
        prefix.1.is_none() && change.is_some_and(|change| change.new == Some(bytes))
    }

    /// The leaf of a changed key as it was before, made of what the flat map had: most leaves that
    /// are asked for are such, and need no look-up.
    fn changed_leaf(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        let first = self
            .changes
            .partition_point(|change| lies_before(change.key, prefix));
        let mut under = self.changes.iter().skip(first);
        let change = under.next().filter(|it| lies_under(it.key, prefix))?;
        // Where two keys part there is a branch, or one of them is new.
        if under.next().is_some_and(|it| lies_under(it.key, prefix)) {
            return None;
        }
        let old = change.old.filter(|old| old.len() <= MAX_TRIED_BYTES)?;
        leaf_node(change.key, old, hash, prefix)
    }

    fn read(&self) -> MutexGuard<'_, HashSet<RowKey>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HashDB<Blake2Hasher, DBValue> for BlockNodes<'_> {
    fn get(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        if *hash == super::empty_root() {
            return Some(super::EMPTY_NODE.to_vec());
        }
        let key = prefixed_key::<Blake2Hasher>(hash, prefix);
        if let Some(node) = self.changed.0.get(&key) {
            return node.clone();
        }
        if let Some(branch) = self.ahead.get(&key) {
            return Some(branch.clone());
        }
        if let Some(leaf) = self.changed_leaf(hash, prefix) {
            return Some(leaf);
        }
        if let Some(branch) = self.stored.branch(&key) {
            self.read().insert(key);
            return Some(branch);
        }
        self.stored.leaf(hash, prefix)
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
        let stored = self.ahead.contains_key(&key) || self.read().contains(&key);
        if stored || self.changed.0.contains_key(&key) {
            self.changed.0.insert(key, None);
        }
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

/// How a state's values are looked up.
pub(in crate::store) type Values<'a> = dyn Fn(&[u8]) -> Result<Option<Vec<u8>>, StoreError> + 'a;

/// All nodes of one state, with its long values out of the flat map.
pub(super) struct StateNodes<'a> {
    pub(super) stored: &'a StoredNodes<'a>,
    pub(super) changed: &'a NodeChanges,
    pub(super) values: &'a Values<'a>,
}

impl HashDBRef<Blake2Hasher, DBValue> for StateNodes<'_> {
    fn get(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        if *hash == super::empty_root() {
            return Some(super::EMPTY_NODE.to_vec());
        }
        let key = prefixed_key::<Blake2Hasher>(hash, prefix);
        let node = match self.changed.0.get(&key) {
            Some(node) => node.clone(),
            None => self.stored.branch(&key),
        };
        let node = node.or_else(|| self.stored.leaf(hash, prefix));
        // A value's prefix is its whole key.
        if node.is_some() || prefix.1.is_some() {
            return node;
        }
        (self.values)(prefix.0).unwrap_or_else(|error| {
            self.stored.fail(error);
            None
        })
    }

    fn contains(&self, hash: &H256, prefix: Prefix<'_>) -> bool {
        HashDBRef::get(self, hash, prefix).is_some()
    }
}
