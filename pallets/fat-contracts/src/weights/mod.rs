//! Weights of the calls: the trait, and weights made from measurements.
//!
//! A chain measures the benchmarks with its own node and database. What the pallet brings along
//! is [`SubstrateWeight`]: computation as measured natively, times a margin for Wasm, and the
//! chain's own weights of reads and writes.

mod measured;

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};
use measured::*;

/// Weights of the pallet's calls. `bytes` is the length of what the sender brings.
pub trait WeightInfo {
    /// `register_engine` with so many files.
    fn register_engine(artefacts: u32) -> Weight;
    /// `replace_engine` by a record with so many files.
    fn replace_engine(artefacts: u32) -> Weight;
    /// `set_engine_status`.
    fn set_engine_status() -> Weight;
    /// `set_pink_runtime_version`.
    fn set_pink_runtime_version() -> Weight;
    /// `set_pink_system_code`.
    fn set_pink_system_code(bytes: u32) -> Weight;
    /// `add_cluster` with so many workers.
    fn add_cluster(workers: u32) -> Weight;
    /// `cluster_upload_resource`.
    fn cluster_upload_resource(bytes: u32) -> Weight;
    /// `instantiate_contract`.
    fn instantiate_contract(bytes: u32) -> Weight;
    /// `call_contract`.
    fn call_contract(bytes: u32) -> Weight;
    /// `transfer_to_cluster`.
    fn transfer_to_cluster() -> Weight;
    /// `withdraw_from_cluster`.
    fn withdraw_from_cluster() -> Weight;
    /// `register_worker`.
    fn register_worker() -> Weight;
    /// `unregister_worker`.
    fn unregister_worker() -> Weight;
    /// `serve_owner`.
    fn serve_owner() -> Weight;
    /// `announce_engines`.
    fn announce_engines() -> Weight;
    /// `upgrade_runtime` of a cluster with so many workers.
    fn upgrade_runtime(workers: u32) -> Weight;
    /// `cancel_upgrade`.
    fn cancel_upgrade() -> Weight;
    /// `add_worker_to_cluster`.
    fn add_worker_to_cluster() -> Weight;
    /// `remove_worker_from_cluster`, by which so many checkpoints with so many effects are
    /// confirmed.
    fn remove_worker_from_cluster(confirmed: u32, effects: u32) -> Weight;
    /// `acknowledge` of so many checkpoints that tell of so many effects, by which so many with so
    /// many effects are confirmed, and so many things pruned.
    fn acknowledge(taken: u32, told: u32, confirmed: u32, effects: u32, pruned: u32) -> Weight;
    /// `resolve_divergence`, by which so many more checkpoints with so many effects are confirmed.
    fn resolve_divergence(confirmed: u32, effects: u32) -> Weight;
    /// `resolve_in_favour`, by which so many checkpoints with so many effects are confirmed.
    fn resolve_in_favour(confirmed: u32, effects: u32) -> Weight;
    /// `report_parked`.
    fn report_parked() -> Weight;
    /// `amend`.
    fn amend() -> Weight;
    /// `update_prices`.
    fn update_prices() -> Weight;
    /// `claim_withdrawal`.
    fn claim_withdrawal() -> Weight;
    /// `claim_surcharge`.
    fn claim_surcharge() -> Weight;
    /// `remove_code`.
    fn remove_code() -> Weight;
    /// `update_schedule`.
    fn update_schedule(bytes: u32) -> Weight;
    /// `cluster_destroy` of a cluster with so many workers.
    fn cluster_destroy(workers: u32) -> Weight;
    /// `set_price_bounds`.
    fn set_price_bounds() -> Weight;
    /// `prune` of so many things.
    fn prune(things: u32) -> Weight;
    /// The start of a block in which `due` upgrades, price changes and amendments come.
    fn on_initialize(due: u32) -> Weight;
    /// The end of a block in which something happened to so many clusters, by one sender each.
    fn on_finalize(clusters: u32) -> Weight;
    /// `set_worker_key`.
    fn set_worker_key() -> Weight;
    /// `commit_cluster_key`.
    fn commit_cluster_key() -> Weight;
    /// `share_cluster_key`.
    fn share_cluster_key() -> Weight;
}

/// What one benchmark costs: a base and, for each unit of its parameter, a slope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Measured {
    /// Picoseconds of native computation.
    time_ps: (u64, u64),
    /// Distinct keys read.
    reads: (u64, u64),
    /// Distinct keys written.
    writes: (u64, u64),
    /// Bytes of a proof of the reads.
    proof: (u64, u64),
}

/// How much longer Wasm may take than what was measured.
const WASM_MARGIN: u64 = 3;

/// Weights from measurements, for a chain whose database has these weights.
#[derive(Debug)]
pub struct MeasuredWeight<Db>(PhantomData<Db>);

/// The weights for a chain.
pub type SubstrateWeight<T> = MeasuredWeight<<T as frame_system::Config>::DbWeight>;

/// The base of a benchmark, and so many units of its parameter.
fn row<Db: Get<RuntimeDbWeight>>(measured: &Measured, units: u32) -> Weight {
    let at = |(base, slope): (u64, u64)| base.saturating_add(slope.saturating_mul(units.into()));
    let time = at(measured.time_ps).saturating_mul(WASM_MARGIN);
    let db = Db::get().reads_writes(at(measured.reads), at(measured.writes));
    Weight::from_parts(time, at(measured.proof)).saturating_add(db)
}

/// The confirmation of so many checkpoints with so many effects between them.
fn settled<Db: Get<RuntimeDbWeight>>(confirmed: u32, effects: u32) -> Weight {
    let one = row::<Db>(&CONFIRM, 0);
    let payments = row::<Db>(&CONFIRM, effects).saturating_sub(one);
    one.saturating_mul(confirmed.into())
        .saturating_add(payments)
}

impl<Db: Get<RuntimeDbWeight>> WeightInfo for MeasuredWeight<Db> {
    fn register_engine(artefacts: u32) -> Weight {
        row::<Db>(&REGISTER_ENGINE, artefacts)
    }
    fn replace_engine(artefacts: u32) -> Weight {
        row::<Db>(&REPLACE_ENGINE, artefacts)
    }
    fn set_engine_status() -> Weight {
        row::<Db>(&SET_ENGINE_STATUS, 0)
    }
    fn set_pink_runtime_version() -> Weight {
        row::<Db>(&SET_PINK_RUNTIME_VERSION, 0)
    }
    fn set_pink_system_code(bytes: u32) -> Weight {
        row::<Db>(&SET_PINK_SYSTEM_CODE, bytes)
    }
    fn add_cluster(workers: u32) -> Weight {
        row::<Db>(&ADD_CLUSTER, workers)
    }
    fn cluster_upload_resource(bytes: u32) -> Weight {
        row::<Db>(&CLUSTER_UPLOAD_RESOURCE, bytes)
    }
    fn instantiate_contract(bytes: u32) -> Weight {
        row::<Db>(&INSTANTIATE_CONTRACT, bytes)
    }
    fn call_contract(bytes: u32) -> Weight {
        row::<Db>(&CALL_CONTRACT, bytes)
    }
    fn transfer_to_cluster() -> Weight {
        row::<Db>(&TRANSFER_TO_CLUSTER, 0)
    }
    fn withdraw_from_cluster() -> Weight {
        row::<Db>(&WITHDRAW_FROM_CLUSTER, 0)
    }
    fn register_worker() -> Weight {
        row::<Db>(&REGISTER_WORKER, 0)
    }
    fn unregister_worker() -> Weight {
        row::<Db>(&UNREGISTER_WORKER, 0)
    }
    fn serve_owner() -> Weight {
        row::<Db>(&SERVE_OWNER, 0)
    }
    fn announce_engines() -> Weight {
        row::<Db>(&ANNOUNCE_ENGINES, 0)
    }
    fn upgrade_runtime(workers: u32) -> Weight {
        row::<Db>(&UPGRADE_RUNTIME, workers)
    }
    fn cancel_upgrade() -> Weight {
        row::<Db>(&CANCEL_UPGRADE, 0)
    }
    fn add_worker_to_cluster() -> Weight {
        row::<Db>(&ADD_WORKER_TO_CLUSTER, 0)
    }
    fn remove_worker_from_cluster(confirmed: u32, effects: u32) -> Weight {
        row::<Db>(&REMOVE_WORKER_FROM_CLUSTER, 0).saturating_add(settled::<Db>(confirmed, effects))
    }
    fn acknowledge(taken: u32, told: u32, confirmed: u32, effects: u32, pruned: u32) -> Weight {
        let none = row::<Db>(&ACKNOWLEDGE_EFFECTS, 0);
        row::<Db>(&ACKNOWLEDGE, taken)
            .saturating_add(row::<Db>(&ACKNOWLEDGE_EFFECTS, told).saturating_sub(none))
            .saturating_add(settled::<Db>(confirmed, effects))
            .saturating_add(row::<Db>(&PRUNE, pruned))
    }
    fn resolve_divergence(confirmed: u32, effects: u32) -> Weight {
        row::<Db>(&RESOLVE_DIVERGENCE, 0).saturating_add(settled::<Db>(confirmed, effects))
    }
    fn resolve_in_favour(confirmed: u32, effects: u32) -> Weight {
        row::<Db>(&RESOLVE_IN_FAVOUR, 0).saturating_add(settled::<Db>(confirmed, effects))
    }
    fn report_parked() -> Weight {
        row::<Db>(&REPORT_PARKED, 0)
    }
    fn amend() -> Weight {
        row::<Db>(&AMEND, 0)
    }
    fn update_prices() -> Weight {
        row::<Db>(&UPDATE_PRICES, 0)
    }
    fn claim_withdrawal() -> Weight {
        row::<Db>(&CLAIM_WITHDRAWAL, 0)
    }
    fn claim_surcharge() -> Weight {
        row::<Db>(&CLAIM_SURCHARGE, 0)
    }
    fn remove_code() -> Weight {
        row::<Db>(&REMOVE_CODE, 0)
    }
    fn update_schedule(bytes: u32) -> Weight {
        row::<Db>(&UPDATE_SCHEDULE, bytes)
    }
    fn cluster_destroy(workers: u32) -> Weight {
        row::<Db>(&CLUSTER_DESTROY, workers)
    }
    fn set_price_bounds() -> Weight {
        row::<Db>(&SET_PRICE_BOUNDS, 0)
    }
    fn prune(things: u32) -> Weight {
        row::<Db>(&PRUNE, things)
    }
    fn on_initialize(due: u32) -> Weight {
        row::<Db>(&ON_INITIALIZE, due)
    }
    fn on_finalize(clusters: u32) -> Weight {
        row::<Db>(&ON_FINALIZE, clusters)
    }
    fn set_worker_key() -> Weight {
        row::<Db>(&SET_WORKER_KEY, 0)
    }
    fn commit_cluster_key() -> Weight {
        row::<Db>(&COMMIT_CLUSTER_KEY, 0)
    }
    fn share_cluster_key() -> Weight {
        row::<Db>(&SHARE_CLUSTER_KEY, 0)
    }
}
