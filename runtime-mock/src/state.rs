use sp_core::{storage::ChildInfo, storage::StateVersion, Blake2Hasher, H256};
use sp_state_machine::{
    backend::{Backend, BackendTransaction, IterArgs, StorageIterator},
    StorageKey, StorageValue, UsageInfo,
};
use sp_trie::MerkleValue;
use std::{collections::BTreeMap, ops::Bound};

/// What a block changed in the chain's state: key → new value, or none if it is gone. In the
/// order of the keys, each key once.
pub type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// The chain's state as a plain map: a read is one look-up, and there is no trie.
///
/// The runtime runs on it through the same overlay as on a node. There are no child tries: no
/// pallet of this runtime has one.
#[derive(Debug, Default, Clone)]
pub(crate) struct PlainState {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl PlainState {
    /// Applies a block's changes.
    pub(crate) fn apply(&mut self, changes: &Changes) {
        for (key, value) in changes {
            match value {
                Some(value) => self.map.insert(key.clone(), value.clone()),
                None => self.map.remove(key),
            };
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&Vec<u8>> {
        self.map.get(key)
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        self.map.iter()
    }

    /// The first key after `key`.
    fn after(&self, key: &[u8], inclusive: bool) -> Option<(&Vec<u8>, &Vec<u8>)> {
        let from = if inclusive {
            Bound::Included(key)
        } else {
            Bound::Excluded(key)
        };
        self.map.range::<[u8], _>((from, Bound::Unbounded)).next()
    }
}

impl Backend<Blake2Hasher> for PlainState {
    type Error = String;
    type TrieBackendStorage = BackendTransaction<Blake2Hasher>;
    type RawIter = PlainIter;

    fn storage(&self, key: &[u8]) -> Result<Option<StorageValue>, String> {
        Ok(self.map.get(key).cloned())
    }

    fn storage_hash(&self, key: &[u8]) -> Result<Option<H256>, String> {
        let hash = |value: &Vec<u8>| sp_crypto_hashing::blake2_256(value).into();
        Ok(self.map.get(key).map(hash))
    }

    fn exists_storage(&self, key: &[u8]) -> Result<bool, String> {
        Ok(self.map.contains_key(key))
    }

    fn closest_merkle_value(&self, _: &[u8]) -> Result<Option<MerkleValue<H256>>, String> {
        Ok(None)
    }

    fn child_closest_merkle_value(
        &self,
        _: &ChildInfo,
        _: &[u8],
    ) -> Result<Option<MerkleValue<H256>>, String> {
        Ok(None)
    }

    fn child_storage(&self, _: &ChildInfo, _: &[u8]) -> Result<Option<StorageValue>, String> {
        Ok(None)
    }

    fn child_storage_hash(&self, _: &ChildInfo, _: &[u8]) -> Result<Option<H256>, String> {
        Ok(None)
    }

    fn next_storage_key(&self, key: &[u8]) -> Result<Option<StorageKey>, String> {
        Ok(self.after(key, false).map(|(key, _)| key.clone()))
    }

    fn next_child_storage_key(
        &self,
        _: &ChildInfo,
        _: &[u8],
    ) -> Result<Option<StorageKey>, String> {
        Ok(None)
    }

    /// A digest of the changes, in the order of their keys: it costs what the block changed, not
    /// what the chain holds. With the parent's hash in the header, it still commits to the whole
    /// history.
    fn storage_root<'a>(
        &self,
        delta: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
        _: StateVersion,
    ) -> (H256, BackendTransaction<Blake2Hasher>) {
        let changes: BTreeMap<_, _> = delta.collect();
        let digest = sp_crypto_hashing::blake2_256(&parity_scale_codec::Encode::encode(&changes));
        (digest.into(), BackendTransaction::default())
    }

    fn child_storage_root<'a>(
        &self,
        _: &ChildInfo,
        _: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
        _: StateVersion,
    ) -> (H256, bool, BackendTransaction<Blake2Hasher>) {
        (H256::zero(), true, BackendTransaction::default())
    }

    fn raw_iter(&self, args: IterArgs<'_>) -> Result<PlainIter, String> {
        let prefix = args.prefix.unwrap_or_default().to_vec();
        let (next, inclusive) = match args.start_at {
            Some(key) if key > &prefix[..] => (key.to_vec(), !args.start_at_exclusive),
            _ => (prefix.clone(), true),
        };
        Ok(PlainIter {
            prefix,
            next,
            inclusive,
            done: args.child_info.is_some(),
        })
    }

    fn register_overlay_stats(&self, _: &sp_state_machine::StateMachineStats) {}

    fn usage_info(&self) -> UsageInfo {
        UsageInfo::empty()
    }
}

/// Walks the keys under a prefix.
#[derive(Debug)]
pub(crate) struct PlainIter {
    prefix: Vec<u8>,
    next: Vec<u8>,
    inclusive: bool,
    done: bool,
}

impl PlainIter {
    fn step<'a>(&mut self, state: &'a PlainState) -> Option<(&'a Vec<u8>, &'a Vec<u8>)> {
        if self.done {
            return None;
        }
        let found = state
            .after(&self.next, self.inclusive)
            .filter(|(key, _)| key.starts_with(&self.prefix));
        self.inclusive = false;
        match found {
            Some((key, _)) => self.next = key.clone(),
            None => self.done = true,
        }
        found
    }
}

impl StorageIterator<Blake2Hasher> for PlainIter {
    type Backend = PlainState;
    type Error = String;

    fn next_key(&mut self, state: &PlainState) -> Option<Result<StorageKey, String>> {
        self.step(state).map(|(key, _)| Ok(key.clone()))
    }

    fn next_pair(
        &mut self,
        state: &PlainState,
    ) -> Option<Result<(StorageKey, StorageValue), String>> {
        self.step(state)
            .map(|(key, value)| Ok((key.clone(), value.clone())))
    }

    fn was_complete(&self) -> bool {
        self.done
    }
}
