//! Measures the pallet's benchmarks in process: time, distinct reads and writes, and what a proof
//! of the reads takes.
//!
//! A chain measures with its own node, on its own hardware, with its own database. These figures
//! are what the pallet ships until then: the code is native and the state is in memory, so the
//! time is that of the computation alone, and the database's part is added by the read and the
//! write, as every chain does.

mod estimate;
mod print;
mod state;

use crate::runtime::{AllPalletsWithSystem, Runtime};
use estimate::Estimate;
use frame_benchmarking::{
    Analysis, BenchmarkParameter, BenchmarkResult, BenchmarkSelector, Benchmarking,
};
use frame_support::traits::{StorageInfoTrait, WhitelistedStorageKeys};
pub use print::print;
use sp_core::Blake2Hasher;
use sp_state_machine::{Ext, OverlayedChanges};
use state::CountingState;
use std::collections::BTreeSet;

/// At how many values of its parameter a benchmark runs.
const STEPS: u32 = 6;

/// A figure that depends on at most one parameter: a base and, for each unit, a slope.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fit {
    /// Without any unit.
    pub base: u64,
    /// What each unit adds.
    pub slope: u64,
    /// The slope's standard error.
    pub error: u64,
}

/// The parameter of a benchmark.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its letter.
    pub name: String,
    /// Its lowest and its highest value.
    pub range: (u32, u32),
}

/// What one benchmark costs.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The benchmark's name.
    pub name: String,
    /// Its parameter.
    pub component: Option<Component>,
    /// Picoseconds of native computation.
    pub time: Fit,
    /// Nanoseconds of the fastest run.
    pub fastest: u64,
    /// Distinct keys read.
    pub reads: Fit,
    /// Distinct keys written.
    pub writes: Fit,
    /// Bytes of a proof of the reads, in the state of the benchmark.
    pub recorded: Fit,
    /// Bytes of such a proof at most.
    pub estimated: Fit,
    /// For each storage item, what is done to it and what it adds to the proof.
    pub storage: Vec<String>,
}

/// Runs every benchmark of the pallet `repeats` times at six values of its parameter.
///
/// # Errors
/// What a benchmark says when it can't be run.
pub fn measure(repeats: u32) -> Result<Vec<Measured>, String> {
    type Pallet = pallet_fat_contracts::Pallet<Runtime>;
    let infos = AllPalletsWithSystem::storage_info();
    let mut all = vec![];
    for benchmark in Pallet::benchmarks(false) {
        let name = String::from_utf8_lossy(&benchmark.name).into_owned();
        let (component, points) = match &benchmark.components[..] {
            [] => (None, vec![vec![]]),
            [(parameter, low, high)] => {
                let name = parameter.to_string();
                let range = (*low, *high);
                let points = steps(*parameter, *low, *high);
                (Some(Component { name, range }), points)
            }
            _ => return Err(format!("{name}: more than one parameter")),
        };
        let mut estimate = Estimate::new(&infos, &benchmark.pov_modes);
        let (mut results, mut proofs) = (vec![], vec![]);
        for point in &points {
            let (ran, bytes_read) = run::<Pallet>(&benchmark.name, point, repeats)?;
            for mut result in ran {
                results.push(result.clone());
                result.proof_size = estimate.proof_size(&result, &bytes_read);
                proofs.push(result);
            }
        }
        let fit = |results, selector| fit(results, selector).map_err(|e| format!("{name}: {e}"));
        let fastest = results.iter().map(|result| result.extrinsic_time).min();
        all.push(Measured {
            component,
            time: fit(&results, BenchmarkSelector::ExtrinsicTime)?,
            fastest: narrow(fastest.unwrap_or_default()),
            reads: fit(&results, BenchmarkSelector::Reads)?,
            writes: fit(&results, BenchmarkSelector::Writes)?,
            recorded: fit(&results, BenchmarkSelector::ProofSize)?,
            estimated: fit(&proofs, BenchmarkSelector::ProofSize)?,
            storage: estimate.lines(),
            name,
        });
    }
    Ok(all)
}

/// The straight line through what was measured; the median, if there is no parameter.
fn fit(results: &Vec<BenchmarkResult>, selector: BenchmarkSelector) -> Result<Fit, String> {
    let fitted = Analysis::min_squares_iqr(results, selector).map_err(|error| error.to_string())?;
    let first = |values: Option<&Vec<u128>>| values.and_then(|all| all.first().copied());
    Ok(Fit {
        base: narrow(fitted.base),
        slope: narrow(first(Some(&fitted.slopes)).unwrap_or_default()),
        error: narrow(first(fitted.errors.as_ref()).unwrap_or_default()),
    })
}

fn narrow(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// Values of a parameter, from its lowest to its highest.
fn steps(
    parameter: BenchmarkParameter,
    low: u32,
    high: u32,
) -> Vec<Vec<(BenchmarkParameter, u32)>> {
    let last = u64::from(STEPS - 1);
    let values: BTreeSet<_> = (0..=last)
        .map(|step| u64::from(low) + u64::from(high - low) * step / last)
        .collect();
    let values = values
        .into_iter()
        .filter_map(|value| u32::try_from(value).ok());
    values.map(|value| vec![(parameter, value)]).collect()
}

/// Runs a benchmark at one value; also how many bytes it read of each storage item.
fn run<B: Benchmarking>(
    name: &[u8],
    point: &[(BenchmarkParameter, u32)],
    repeats: u32,
) -> Result<(Vec<BenchmarkResult>, estimate::BytesRead), String> {
    let state = CountingState::genesis()?;
    let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
    overlay
        .enter_runtime()
        .map_err(|_| "a fresh overlay that is in use".to_string())?;
    let mut ext = Ext::new(&mut overlay, &state, None);
    // What every block reads and writes anyway.
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let results = sp_externalities::set_and_run_with_externalities(&mut ext, || {
        B::run_benchmark(name, point, &whitelist, false, repeats)
    })
    .map_err(|error| format!("{}: {error:?}", String::from_utf8_lossy(name)))?;
    Ok((results, state.bytes_read()))
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
        let row = table.iter().find(|row| row.name == "serve_owner");
        let row = row.expect("a row");
        let figures = [row.reads, row.writes].map(|fit| (fit.base, fit.slope));
        assert_eq!(figures, [(1, 0), (1, 0)]);
        assert!(row.time.base > 0);
        // The key behind the item's prefix: a hash of 16 bytes and the account. The record: whom it
        // serves, its cluster, and at most 64 hashes behind a length of two bytes.
        let size = 16 + 32 + 33 + 9 + 2 + 64 * 32;
        let added = size + 15 * 33 * 5;
        let proof = format!(
            "Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some({size}), \
             added: {added}, mode: `MaxEncodedLen`)"
        );
        let storage = "Storage: `FatContracts::Workers` (r:1 w:1)".to_string();
        assert_eq!(row.storage, [storage, proof]);
        assert_eq!(row.estimated.base, added + 15 * 33 * 2);
        assert!(row.recorded.base > 0 && row.recorded.base < row.estimated.base);
        // Every item is known by name, but for a constant of this runtime that its genesis sets.
        let constant = sp_crypto_hashing::twox_128(b":LivenessPeriod:");
        let constant = sp_core::bytes::to_hex(&constant, false);
        for row in &table {
            let unknown = row.storage.iter().filter(|line| line.contains("UNKNOWN"));
            assert!(
                unknown.clone().all(|line| line.contains(&constant)),
                "{row:?}"
            );
        }
    }
}
