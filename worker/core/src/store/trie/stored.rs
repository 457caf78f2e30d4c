//! The trie of the last committed block, as it is in the file.

use std::sync::{Mutex, PoisonError};

use hash_db::Prefix;
use redb::ReadOnlyTable;
use sp_core::{Blake2Hasher, Hasher, H256};
use sp_trie::{DBValue, NodeCodec};
use trie_db::node::Value;
use trie_db::{NibbleSlice, NodeCodec as _, TrieLayout};

use super::Layout;
use crate::store::core::Core;
use crate::store::StoreError;

/// A table from bytes to bytes, as a read transaction sees it.
pub(in crate::store) type ReadTable = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// Where nodes are read from: branches from their rows, leaves from the flat map.
///
/// It also keeps the first failure to read, which has to get past an interface without errors.
pub(in crate::store) struct StoredNodes<'a> {
    core: &'a Core,
    state: &'a ReadTable,
    trie: &'a ReadTable,
    failure: Mutex<Option<StoreError>>,
}

impl<'a> StoredNodes<'a> {
    /// Over the two tables of one read transaction.
    pub(in crate::store) fn new(core: &'a Core, state: &'a ReadTable, trie: &'a ReadTable) -> Self {
        Self {
            core,
            state,
            trie,
            failure: Mutex::new(None),
        }
    }

    /// A branch, from its row.
    pub(super) fn branch(&self, key: &[u8]) -> Option<DBValue> {
        let row = self.trie.get(key).map_err(self.core.error("read"));
        let row = row.map_err(|error| self.fail(error)).ok()?;
        row.map(|row| row.value().to_vec())
    }

    /// A leaf, made of the only key at its place.
    pub(super) fn leaf(&self, hash: &H256, prefix: Prefix<'_>) -> Option<DBValue> {
        // The packed path is also the least key that can lie under it.
        let (bytes, half) = prefix;
        let start: Vec<u8> = bytes.iter().copied().chain(half).collect();
        let find = || -> Result<_, redb::StorageError> {
            self.state.range(start.as_slice()..)?.next().transpose()
        };
        let found = find().map_err(self.core.error("read"));
        let (key, value) = found.map_err(|error| self.fail(error)).ok()??;
        // If it isn't the one, trie and flat map don't belong together, or it is no leaf.
        leaf_node(key.value(), value.value(), hash, prefix)
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

/// Whether a key comes before all that can lie at or below the place of a node.
pub(super) fn lies_before(key: &[u8], (bytes, half): Prefix<'_>) -> bool {
    match key.split_at_checked(bytes.len()) {
        Some((head, rest)) => (head, rest.first().copied()) < (bytes, half),
        None => key < bytes,
    }
}

/// Whether a key lies at or below the place of a node.
pub(super) fn lies_under(key: &[u8], (bytes, half): Prefix<'_>) -> bool {
    let rest = key.strip_prefix(bytes);
    rest.is_some_and(|rest| {
        half.is_none_or(|half| rest.first().is_some_and(|it| it & 0xf0 == half))
    })
}

/// The leaf of a key at the place of a node, if it has the node's hash.
pub(super) fn leaf_node(
    key: &[u8],
    value: &[u8],
    hash: &H256,
    prefix: Prefix<'_>,
) -> Option<DBValue> {
    if !lies_under(key, prefix) {
        return None;
    }
    let depth = prefix.0.len() * 2 + usize::from(prefix.1.is_some());
    let partial = NibbleSlice::new_offset(key, depth);
    let hashed;
    let long = Layout::MAX_INLINE_VALUE.is_some_and(|max| value.len() >= max as usize);
    let value = if long {
        hashed = Blake2Hasher::hash(value);
        Value::Node(hashed.as_bytes())
    } else {
        Value::Inline(value)
    };
    let node = NodeCodec::<Blake2Hasher>::leaf_node(partial.right_iter(), partial.len(), value);
    (Blake2Hasher::hash(&node) == *hash).then_some(node)
}

/// Whether a node is a leaf, by its header: `01` in the two highest bits, or `001` in the three
/// highest when its value stands there by hash.
pub(super) fn is_leaf(node: &[u8]) -> bool {
    let header = node.first().copied().unwrap_or_default();
    header >> 6 == 0b01 || header >> 5 == 0b001
}
