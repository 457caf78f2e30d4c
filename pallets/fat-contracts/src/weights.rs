//! Weights of the calls: the trait, and estimates to start with.

use frame_support::weights::Weight;

/// Weights of the pallet's calls. `bytes` is the length of what the sender brings.
pub trait WeightInfo {
    /// `register_engine` with so many files.
    fn register_engine(artefacts: u32) -> Weight;
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
    /// `acknowledge` of so many checkpoints, by which so many with so many effects are confirmed.
    fn acknowledge(taken: u32, confirmed: u32, effects: u32) -> Weight;
    /// `resolve_divergence`, by which so many more checkpoints with so many effects are confirmed.
    fn resolve_divergence(confirmed: u32, effects: u32) -> Weight;
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
    /// `update_schedule`.
    fn update_schedule(bytes: u32) -> Weight;
    /// `cluster_destroy` of a cluster with so many workers.
    fn cluster_destroy(workers: u32) -> Weight;
    /// `set_price_bounds`.
    fn set_price_bounds() -> Weight;
    /// `prune` of so many things.
    fn prune(things: u32) -> Weight;
    /// The start of a block in which so many moves, price changes and amendments are due.
    fn on_initialize(due: u32) -> Weight;
}

/// A call that does `writes` writes, and half as many reads again, and hashes `bytes`.
fn estimate(writes: u64, bytes: u32) -> Weight {
    const BASE_PS: u64 = 10_000_000;
    const WRITE_PS: u64 = 100_000_000;
    const READ_PS: u64 = 25_000_000;
    // Encoding, two hashes and the storing of one byte.
    const BYTE_PS: u64 = 10_000;
    const PROOF_PER_ACCESS: u64 = 4096;
    let reads = writes.saturating_add(writes / 2);
    let time = BASE_PS
        .saturating_add(WRITE_PS.saturating_mul(writes))
        .saturating_add(READ_PS.saturating_mul(reads))
        .saturating_add(BYTE_PS.saturating_mul(u64::from(bytes)));
    Weight::from_parts(time, PROOF_PER_ACCESS.saturating_mul(reads))
}

/// The confirmation of so many checkpoints; an effect may be a transfer.
fn settled(confirmed: u32, effects: u32) -> Weight {
    let checkpoints = u64::from(confirmed).saturating_mul(8);
    let payments = u64::from(effects).saturating_mul(5);
    estimate(checkpoints.saturating_add(payments), 0)
}

impl WeightInfo for () {
    fn register_engine(artefacts: u32) -> Weight {
        estimate(u64::from(artefacts).saturating_add(2), 0)
    }
    fn set_engine_status() -> Weight {
        estimate(1, 0)
    }
    fn set_pink_runtime_version() -> Weight {
        estimate(1, 0)
    }
    fn set_pink_system_code(bytes: u32) -> Weight {
        estimate(2, bytes)
    }
    fn add_cluster(workers: u32) -> Weight {
        estimate(u64::from(workers).saturating_mul(2).saturating_add(8), 0)
    }
    fn cluster_upload_resource(bytes: u32) -> Weight {
        estimate(2, bytes)
    }
    fn instantiate_contract(bytes: u32) -> Weight {
        estimate(2, bytes)
    }
    fn call_contract(bytes: u32) -> Weight {
        estimate(2, bytes)
    }
    fn transfer_to_cluster() -> Weight {
        estimate(5, 0)
    }
    fn withdraw_from_cluster() -> Weight {
        estimate(2, 0)
    }
    fn register_worker() -> Weight {
        estimate(1, 0)
    }
    fn serve_owner() -> Weight {
        estimate(1, 0)
    }
    fn announce_engines() -> Weight {
        estimate(1, 0)
    }
    fn upgrade_runtime(workers: u32) -> Weight {
        estimate(u64::from(workers).saturating_add(5), 0)
    }
    fn cancel_upgrade() -> Weight {
        estimate(2, 0)
    }
    fn add_worker_to_cluster() -> Weight {
        estimate(4, 0)
    }
    fn remove_worker_from_cluster(confirmed: u32, effects: u32) -> Weight {
        settled(confirmed, effects).saturating_add(estimate(6, 0))
    }
    fn acknowledge(taken: u32, confirmed: u32, effects: u32) -> Weight {
        let taken = estimate(u64::from(taken).saturating_mul(4).saturating_add(8), 0);
        settled(confirmed, effects).saturating_add(taken)
    }
    fn resolve_divergence(confirmed: u32, effects: u32) -> Weight {
        settled(confirmed.saturating_add(1), effects)
    }
    fn report_parked() -> Weight {
        estimate(2, 0)
    }
    fn amend() -> Weight {
        estimate(3, 0)
    }
    fn update_prices() -> Weight {
        estimate(3, 0)
    }
    fn claim_withdrawal() -> Weight {
        estimate(4, 0)
    }
    fn claim_surcharge() -> Weight {
        estimate(2, 0)
    }
    fn update_schedule(bytes: u32) -> Weight {
        estimate(2, bytes)
    }
    fn cluster_destroy(workers: u32) -> Weight {
        estimate(u64::from(workers).saturating_add(10), 0)
    }
    fn set_price_bounds() -> Weight {
        estimate(1, 0)
    }
    fn prune(things: u32) -> Weight {
        estimate(u64::from(things).saturating_add(2), 0)
    }
    fn on_initialize(due: u32) -> Weight {
        estimate(u64::from(due).saturating_mul(6).saturating_add(5), 0)
    }
}
