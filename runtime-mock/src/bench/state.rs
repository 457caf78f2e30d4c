//! A state that counts what is read and written, and proves it.

use crate::{
    runtime::RuntimeGenesisConfig,
    state::{PlainIter, PlainState},
};
use parity_scale_codec::Encode;
use sp_core::{
    storage::{ChildInfo, StateVersion, Storage, TrackedStorageKey},
    Blake2Hasher, H256,
};
use sp_runtime::BuildStorage;
use sp_state_machine::{
    backend::{Backend, BackendTransaction, IterArgs, StorageIterator},
    ChildStorageCollection, InMemoryBackend, StorageCollection, StorageKey, StorageValue,
    UsageInfo,
};
use sp_trie::MerkleValue;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// Bytes of a key that name its storage item: two hashes of 16 bytes.
const PREFIX: usize = 32;

/// A state that counts what is read and written.
#[derive(Debug, Default)]
pub(super) struct CountingState {
    genesis: PlainState,
    state: RefCell<PlainState>,
    counts: RefCell<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    read: BTreeMap<Vec<u8>, usize>,
    written: BTreeSet<Vec<u8>>,
    whitelist: Vec<TrackedStorageKey>,
}

impl CountingState {
    /// The state that the chain starts with.
    pub(super) fn genesis() -> Result<Self, String> {
        let storage = RuntimeGenesisConfig::default().build_storage()?;
        let changes = storage
            .top
            .into_iter()
            .map(|(key, value)| (key, Some(value)))
            .collect();
        let mut genesis = PlainState::default();
        genesis.apply(&changes);
        Ok(Self {
            state: RefCell::new(genesis.clone()),
            genesis,
            counts: RefCell::default(),
        })
    }

    /// By storage item, how many bytes of values were read.
    pub(super) fn bytes_read(&self) -> BTreeMap<Vec<u8>, u32> {
        let mut all = BTreeMap::new();
        for (key, value) in &self.counts.borrow().read {
            let bytes: &mut u32 = all.entry(prefix(key)).or_default();
            *bytes = bytes.saturating_add(*value as u32);
        }
        all
    }

    fn note_read(&self, key: &[u8], value: Option<usize>) {
        let mut counts = self.counts.borrow_mut();
        if counts.whitelist.iter().all(|known| known.key != key) {
            counts.read.insert(key.to_vec(), value.unwrap_or_default());
        }
    }
}

impl Backend<Blake2Hasher> for CountingState {
    type Error = String;
    type TrieBackendStorage = BackendTransaction<Blake2Hasher>;
    type RawIter = CountingIter;

    fn storage(&self, key: &[u8]) -> Result<Option<StorageValue>, String> {
        let value = self.state.borrow().storage(key)?;
        self.note_read(key, value.as_ref().map(Vec::len));
        Ok(value)
    }

    fn storage_hash(&self, key: &[u8]) -> Result<Option<H256>, String> {
        self.note_read(key, None);
        self.state.borrow().storage_hash(key)
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
        self.state.borrow().next_storage_key(key)
    }

    fn next_child_storage_key(
        &self,
        _: &ChildInfo,
        _: &[u8],
    ) -> Result<Option<StorageKey>, String> {
        Ok(None)
    }

    fn storage_root<'a>(
        &self,
        _: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
        _: StateVersion,
    ) -> (H256, BackendTransaction<Blake2Hasher>) {
        (H256::zero(), BackendTransaction::default())
    }

    fn child_storage_root<'a>(
        &self,
        _: &ChildInfo,
        _: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
        _: StateVersion,
    ) -> (H256, bool, BackendTransaction<Blake2Hasher>) {
        (H256::zero(), true, BackendTransaction::default())
    }

    fn raw_iter(&self, args: IterArgs<'_>) -> Result<CountingIter, String> {
        Ok(CountingIter(self.state.borrow().raw_iter(args)?))
    }

    fn register_overlay_stats(&self, _: &sp_state_machine::StateMachineStats) {}

    fn usage_info(&self) -> UsageInfo {
        UsageInfo::empty()
    }

    fn wipe(&self) -> Result<(), String> {
        self.state.replace(self.genesis.clone());
        Ok(())
    }

    fn commit(
        &self,
        _: H256,
        _: BackendTransaction<Blake2Hasher>,
        changes: StorageCollection,
        _: ChildStorageCollection,
    ) -> Result<(), String> {
        let mut counts = self.counts.borrow_mut();
        for (key, _) in &changes {
            if counts.whitelist.iter().all(|known| known.key != *key) {
                counts.written.insert(key.clone());
            }
        }
        self.state.borrow_mut().apply(&changes);
        Ok(())
    }

    fn read_write_count(&self) -> (u32, u32, u32, u32) {
        let counts = self.counts.borrow();
        (counts.read.len() as u32, 0, counts.written.len() as u32, 0)
    }

    fn reset_read_write_count(&self) {
        let mut counts = self.counts.borrow_mut();
        counts.read.clear();
        counts.written.clear();
    }

    fn get_whitelist(&self) -> Vec<TrackedStorageKey> {
        self.counts.borrow().whitelist.clone()
    }

    fn set_whitelist(&self, whitelist: Vec<TrackedStorageKey>) {
        self.counts.borrow_mut().whitelist = whitelist;
    }

    /// The size of a proof of what was read, in a trie of this state.
    fn proof_size(&self) -> Option<u32> {
        let counts = self.counts.borrow();
        if counts.read.is_empty() {
            return Some(0);
        }
        let state = self.state.borrow();
        let top = state
            .pairs()
            .map(|(key, value)| (key.clone(), value.clone()));
        let storage = Storage {
            top: top.collect(),
            ..Storage::default()
        };
        let trie = InMemoryBackend::<Blake2Hasher>::from((storage, StateVersion::V1));
        let proof = sp_state_machine::prove_read(trie, counts.read.keys());
        proof.ok().map(|proof| proof.encoded_size() as u32)
    }

    /// By storage item, the distinct keys that were read and written.
    fn get_read_and_written_keys(&self) -> Vec<(Vec<u8>, u32, u32, bool)> {
        let counts = self.counts.borrow();
        let mut items: BTreeMap<Vec<u8>, (u32, u32)> = BTreeMap::new();
        for key in counts.read.keys() {
            items.entry(prefix(key)).or_default().0 += 1;
        }
        for key in &counts.written {
            items.entry(prefix(key)).or_default().1 += 1;
        }
        let items = items.into_iter();
        let items = items.map(|(item, (reads, writes))| (item, reads, writes, false));
        items.collect()
    }
}

fn prefix(key: &[u8]) -> Vec<u8> {
    key.iter().take(PREFIX).copied().collect()
}

/// The walk of the state below.
#[derive(Debug)]
pub(super) struct CountingIter(PlainIter);

impl StorageIterator<Blake2Hasher> for CountingIter {
    type Backend = CountingState;
    type Error = String;

    fn next_key(&mut self, state: &CountingState) -> Option<Result<StorageKey, String>> {
        self.0.next_key(&state.state.borrow())
    }

    fn next_pair(
        &mut self,
        state: &CountingState,
    ) -> Option<Result<(StorageKey, StorageValue), String>> {
        let pair = self.0.next_pair(&state.state.borrow());
        if let Some(Ok((key, value))) = &pair {
            state.note_read(key, Some(value.len()));
        }
        pair
    }

    fn was_complete(&self) -> bool {
        self.0.was_complete()
    }
}
