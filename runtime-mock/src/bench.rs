//! Measures the pallet's benchmarks in process: time, distinct reads and writes.
//!
//! A chain measures with its own node, on its own hardware, with its own database. These figures
//! are what the pallet ships until then: the code is native and the state is in memory, so the
//! time is that of the computation alone, and the database's part is added by the read and the
//! write, as every chain does.

use crate::{
    runtime::{Runtime, RuntimeGenesisConfig},
    state::{PlainIter, PlainState},
};
use frame_benchmarking::{Analysis, BenchmarkParameter, BenchmarkSelector, Benchmarking};
use sp_core::{
    storage::{ChildInfo, StateVersion, TrackedStorageKey},
    Blake2Hasher, H256,
};
use sp_runtime::BuildStorage;
use sp_state_machine::{
    backend::{Backend, BackendTransaction, IterArgs, StorageIterator},
    ChildStorageCollection, Ext, OverlayedChanges, StorageCollection, StorageKey, StorageValue,
    UsageInfo,
};
use sp_trie::MerkleValue;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// Trie nodes on the way to a key, in a state of some thousand keys: what a proof of one read
/// has besides the value.
const PROOF_PER_READ: u32 = 1_024;

/// What one benchmark costs: a base and, for each unit of its parameter, a slope.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Picoseconds of native computation.
    pub time_ps: (u64, u64),
    /// Distinct keys read.
    pub reads: (u64, u64),
    /// Distinct keys written.
    pub writes: (u64, u64),
    /// Bytes of a proof of the reads.
    pub proof: (u64, u64),
}

/// Runs every benchmark of the pallet `repeats` times at six values of its parameter.
///
/// # Errors
/// What a benchmark says when it can't be run.
pub fn measure(repeats: u32) -> Result<BTreeMap<String, Measured>, String> {
    type Pallet = pallet_fat_contracts::Pallet<Runtime>;
    let mut all = BTreeMap::new();
    for benchmark in Pallet::benchmarks(false) {
        let name = String::from_utf8_lossy(&benchmark.name).into_owned();
        let points = match benchmark.components.first() {
            None => vec![vec![]],
            Some((parameter, low, high)) => steps(*parameter, *low, *high),
        };
        let mut results = vec![];
        for point in &points {
            results.extend(run::<Pallet>(&benchmark.name, point, repeats)?);
        }
        let fit = |selector| -> Result<(u64, u64), String> {
            let fitted = Analysis::min_squares_iqr(&results, selector)
                .map_err(|error| format!("{name}: {error}"))?;
            let slope = fitted.slopes.first().copied().unwrap_or_default();
            let narrow = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
            Ok((narrow(fitted.base), narrow(slope)))
        };
        // Times are in nanoseconds; the fit keeps three digits behind the point.
        let (base, slope) = fit(BenchmarkSelector::ExtrinsicTime)?;
        let measured = Measured {
            time_ps: (base, slope),
            reads: fit(BenchmarkSelector::Reads)?,
            writes: fit(BenchmarkSelector::Writes)?,
            proof: fit(BenchmarkSelector::ProofSize)?,
        };
        all.insert(name.clone(), measured);
    }
    Ok(all)
}

/// Six values of a parameter, from its lowest to its highest.
fn steps(
    parameter: BenchmarkParameter,
    low: u32,
    high: u32,
) -> Vec<Vec<(BenchmarkParameter, u32)>> {
    let values: BTreeSet<_> = (0..6u64)
        .map(|step| u64::from(low) + u64::from(high - low) * step / 5)
        .collect();
    let values = values
        .into_iter()
        .filter_map(|value| u32::try_from(value).ok());
    values.map(|value| vec![(parameter, value)]).collect()
}

fn run<B: Benchmarking>(
    name: &[u8],
    point: &[(BenchmarkParameter, u32)],
    repeats: u32,
) -> Result<Vec<frame_benchmarking::BenchmarkResult>, String> {
    let state = CountingState::genesis()?;
    let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
    overlay
        .enter_runtime()
        .map_err(|_| "a fresh overlay that is in use".to_string())?;
    let mut ext = Ext::new(&mut overlay, &state, None);
    sp_externalities::set_and_run_with_externalities(&mut ext, || {
        B::run_benchmark(name, point, &whitelist(), false, repeats)
    })
    .map_err(|error| format!("{}: {error:?}", String::from_utf8_lossy(name)))
}

/// What every block reads and writes anyway.
fn whitelist() -> Vec<TrackedStorageKey> {
    [
        ("System", "Number"),
        ("System", "ExecutionPhase"),
        ("System", "BlockWeight"),
        ("System", "EventCount"),
        ("System", "Events"),
        ("Balances", "TotalIssuance"),
    ]
    .into_iter()
    .map(|(pallet, item)| {
        let parts = [pallet, item].map(|part| sp_crypto_hashing::twox_128(part.as_bytes()));
        TrackedStorageKey::new(parts.concat())
    })
    .collect()
}

/// A state that counts what is read and written.
#[derive(Debug, Default)]
struct CountingState {
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
    fn genesis() -> Result<Self, String> {
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

    fn proof_size(&self) -> Option<u32> {
        let counts = self.counts.borrow();
        let bytes = counts
            .read
            .values()
            .map(|value| *value as u32 + PROOF_PER_READ);
        Some(bytes.sum())
    }

    fn get_read_and_written_keys(&self) -> Vec<(Vec<u8>, u32, u32, bool)> {
        vec![]
    }
}

/// The walk of the state below.
#[derive(Debug)]
struct CountingIter(PlainIter);

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A row for each benchmark, and what it counts is what is known of a simple one: a worker's
    /// record is read and written, and nothing else.
    #[test]
    fn every_benchmark_is_measured() {
        let table = measure(2).expect("figures");
        let benchmarks = pallet_fat_contracts::Pallet::<Runtime>::benchmarks(false);
        assert_eq!(table.len(), benchmarks.len());
        let row = table.get("serve_owner").expect("a row");
        assert_eq!((row.reads, row.writes), ((1, 0), (1, 0)));
        assert!(row.time_ps.0 > 0);
    }
}
