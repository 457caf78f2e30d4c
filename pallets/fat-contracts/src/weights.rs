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
    /// What every block costs.
    fn on_initialize() -> Weight;
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
    fn on_initialize() -> Weight {
        estimate(2, 0)
    }
}
