//! Weights of `pallet_fat_contracts`, measured by the example `weights` of `runtime-mock`, but for the
//! rows that say that they were estimated or kept; not to be edited. STEPS: `6`, REPEAT: `20`, WORST CASE MAP SIZE: `1000000`.
//!
//! A chain measures with its own node and its own database. Until then: the time is that of native code
//! on a state in memory, times 3 for Wasm; reads and writes are counted, and weighed by the chain's own
//! `DbWeight`. The proof size is the sum over the storage items, each at its `max_size` where the mode says so.
//! Weights that add up from several of these are in `weighing`.

// Executed Command:
// cargo run --release -p runtime-mock --features runtime-benchmarks --example weights

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, unused_imports, missing_docs, missing_debug_implementations)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::RocksDbWeight, Weight}};

/// Weight functions needed for `pallet_fat_contracts`.
pub trait WeightInfo {
	fn register_engine(a: u32, ) -> Weight;
	fn replace_engine(a: u32, ) -> Weight;
	fn set_engine_status() -> Weight;
	fn set_pink_runtime_version() -> Weight;
	fn set_pink_system_code(b: u32, ) -> Weight;
	fn add_cluster(w: u32, ) -> Weight;
	fn cluster_upload_resource(b: u32, ) -> Weight;
	fn instantiate_contract(b: u32, ) -> Weight;
	fn call_contract(b: u32, ) -> Weight;
	fn transfer_to_cluster() -> Weight;
	fn withdraw_from_cluster() -> Weight;
	fn upgrade_runtime(w: u32, ) -> Weight;
	fn cancel_upgrade() -> Weight;
	fn register_worker() -> Weight;
	fn unregister_worker() -> Weight;
	fn serve_owner() -> Weight;
	fn announce_engines() -> Weight;
	fn add_worker_to_cluster() -> Weight;
	fn remove_worker_from_cluster() -> Weight;
	fn acknowledge(c: u32, ) -> Weight;
	fn acknowledge_effects(e: u32, ) -> Weight;
	fn confirm(e: u32, ) -> Weight;
	fn resolve_divergence() -> Weight;
	fn resolve_in_favour() -> Weight;
	fn set_worker_key() -> Weight;
	fn commit_cluster_key() -> Weight;
	fn share_cluster_key() -> Weight;
	fn clear_cluster_key() -> Weight;
	fn report_parked() -> Weight;
	fn amend() -> Weight;
	fn update_prices() -> Weight;
	fn claim_withdrawal() -> Weight;
	fn claim_surcharge() -> Weight;
	fn remove_code() -> Weight;
	fn activate_code() -> Weight;
	fn set_engine_mode() -> Weight;
	fn update_schedule(b: u32, ) -> Weight;
	fn cluster_destroy(w: u32, ) -> Weight;
	fn set_price_bounds() -> Weight;
	fn prune(t: u32, ) -> Weight;
	fn on_initialize(d: u32, ) -> Weight;
	fn on_finalize(c: u32, ) -> Weight;
}

/// Weights for `pallet_fat_contracts` on a chain with the database that `T` says.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `FatContracts::ArtefactVersions` (r:8 w:8)
	/// Proof: `FatContracts::ArtefactVersions` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::CounterForEngines` (r:1 w:1)
	/// Proof: `FatContracts::CounterForEngines` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[1, 8]`.
	fn register_engine(a: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `255`
		//  Estimated: `6945 + a * (2515 ±0)`
		// Minimum execution time: 3_125_000 picoseconds.
		Weight::from_parts(7_089_723, 6945)
			// Standard Error: 30_984
			.saturating_add(Weight::from_parts(2_147_766, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2515).saturating_mul(a.into()))
	}
	/// Storage: `FatContracts::ArtefactVersions` (r:8 w:16)
	/// Proof: `FatContracts::ArtefactVersions` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Development` (r:1 w:0)
	/// Proof: `FatContracts::Development` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[1, 8]`.
	fn replace_engine(a: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1101`
		//  Estimated: `6942 + a * (2515 ±0)`
		// Minimum execution time: 7_401_000 picoseconds.
		Weight::from_parts(20_311_074, 6942)
			// Standard Error: 28_800
			.saturating_add(Weight::from_parts(2_428_731, 0).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(T::DbWeight::get().writes(9_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2515).saturating_mul(a.into()))
	}
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	fn set_engine_status() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `907`
		//  Estimated: `4466`
		// Minimum execution time: 2_564_000 picoseconds.
		Weight::from_parts(8_022_000, 4466)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkRuntimeVersion` (r:0 w:1)
	/// Proof: `FatContracts::PinkRuntimeVersion` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn set_pink_runtime_version() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `907`
		//  Estimated: `4466`
		// Minimum execution time: 2_363_000 picoseconds.
		Weight::from_parts(7_569_000, 4466)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::NextPinkSystemCodeHash` (r:0 w:1)
	/// Proof: `FatContracts::NextPinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkSystemCodes` (r:0 w:1)
	/// Proof: `FatContracts::PinkSystemCodes` (`max_values`: None, `max_size`: Some(524324), added: 526799, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[1, 524288]`.
	fn set_pink_system_code(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 1_903_000 picoseconds.
		Weight::from_parts(13_627_692, 0)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(6_765, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::ClusterCount` (r:1 w:1)
	/// Proof: `FatContracts::ClusterCount` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:0 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkRuntimeVersion` (r:1 w:0)
	/// Proof: `FatContracts::PinkRuntimeVersion` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PriceBounds` (r:1 w:0)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:0 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:16)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[0, 16]`.
	fn add_cluster(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1404 + w * (131 ±0)`
		//  Estimated: `27342 + w * (5064 ±71)`
		// Minimum execution time: 34_521_000 picoseconds.
		Weight::from_parts(108_418_158, 27342)
			// Standard Error: 102_780
			.saturating_add(Weight::from_parts(9_948_708, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(T::DbWeight::get().writes(11_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(w.into())))
			.saturating_add(Weight::from_parts(0, 5064).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048448]`.
	fn cluster_upload_resource(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 17_426_000 picoseconds.
		Weight::from_parts(53_838_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(11_568, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048320]`.
	fn instantiate_contract(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 19_379_000 picoseconds.
		Weight::from_parts(59_520_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(13_029, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048320]`.
	fn call_contract(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 17_796_000 picoseconds.
		Weight::from_parts(54_501_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(7_443, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn transfer_to_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2406`
		//  Estimated: `28492`
		// Minimum execution time: 34_681_000 picoseconds.
		Weight::from_parts(114_891_000, 28492)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:0 w:1)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn withdraw_from_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 21_111_000 picoseconds.
		Weight::from_parts(67_092_000, 18856)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:0)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[1, 16]`.
	fn upgrade_runtime(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2196 + w * (177 ±0)`
		//  Estimated: `17687 + w * (4615 ±0)`
		// Minimum execution time: 7_140_000 picoseconds.
		Weight::from_parts(36_481_203, 17687)
			// Standard Error: 192_765
			.saturating_add(Weight::from_parts(1_524_522, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 4615).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	fn cancel_upgrade() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `895`
		//  Estimated: `7645`
		// Minimum execution time: 3_335_000 picoseconds.
		Weight::from_parts(10_788_000, 7645)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn register_worker() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `255`
		//  Estimated: `5605`
		// Minimum execution time: 2_013_000 picoseconds.
		Weight::from_parts(6_249_000, 5605)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:1)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn unregister_worker() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2475`
		//  Estimated: `5605`
		// Minimum execution time: 2_574_000 picoseconds.
		Weight::from_parts(8_022_000, 5605)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn serve_owner() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `361`
		//  Estimated: `5605`
		// Minimum execution time: 1_772_000 picoseconds.
		Weight::from_parts(5_529_000, 5605)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn announce_engines() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `361`
		//  Estimated: `5605`
		// Minimum execution time: 2_343_000 picoseconds.
		Weight::from_parts(7_302_000, 5605)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn add_worker_to_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2308`
		//  Estimated: `21967`
		// Minimum execution time: 5_739_000 picoseconds.
		Weight::from_parts(20_037_000, 21967)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:1)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:0)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::SealedKeys` (r:0 w:1)
	/// Proof: `FatContracts::SealedKeys` (`max_values`: None, `max_size`: Some(1857), added: 4332, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:1)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn remove_worker_from_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2613`
		//  Estimated: `36693`
		// Minimum execution time: 16_134_000 picoseconds.
		Weight::from_parts(54_081_000, 36693)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:64 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:64 w:0)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:64 w:64)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// The range of component `c` is `[1, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn acknowledge(c: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2273 + c * (2166 ±0)`
		//  Estimated: `30593 + c * (9598 ±0)`
		// Minimum execution time: 33_350_000 picoseconds.
		Weight::from_parts(419_806_287, 30593)
			// Standard Error: 9_715_350
			.saturating_add(Weight::from_parts(35_675_595, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 9598).saturating_mul(c.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:64 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:1 w:0)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:1 w:0)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Withdrawals` (r:64 w:0)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// The range of component `e` is `[0, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn acknowledge_effects(e: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `4819 + e * (248 ±0)`
		//  Estimated: `44706 + e * (5248 ±3)`
		// Minimum execution time: 32_419_000 picoseconds.
		Weight::from_parts(109_772_568, 44706)
			// Standard Error: 55_446
			.saturating_add(Weight::from_parts(5_031_933, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 5248).saturating_mul(e.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:64 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:1 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:1 w:0)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:64)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:64 w:64)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `e` is `[0, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn confirm(e: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `4171 + e * (120 ±1)`
		//  Estimated: `56195 + e * (5214 ±19)`
		// Minimum execution time: 35_794_000 picoseconds.
		Weight::from_parts(114_501_000, 56195)
			// Standard Error: 15_078_807
			.saturating_add(Weight::from_parts(123_569_514, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 5214).saturating_mul(e.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:0 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:0)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	fn resolve_divergence() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3185`
		//  Estimated: `33741`
		// Minimum execution time: 39_449_000 picoseconds.
		Weight::from_parts(129_945_000, 33741)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:0 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	fn resolve_in_favour() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3810`
		//  Estimated: `40467`
		// Minimum execution time: 29_504_000 picoseconds.
		Weight::from_parts(94_821_000, 40467)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn set_worker_key() -> Weight {
		Weight::from_parts(5418000, 14472)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn commit_cluster_key() -> Weight {
		Weight::from_parts(5418000, 8099)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn share_cluster_key() -> Weight {
		Weight::from_parts(10836000, 16966)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn clear_cluster_key() -> Weight {
		// Taken once for each member that there may be.
		Weight::from_parts(43344000, 8099)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	fn report_parked() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2567`
		//  Estimated: `15918`
		// Minimum execution time: 9_925_000 picoseconds.
		Weight::from_parts(32_358_000, 15918)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:1 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:0)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:1)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	// Measured before it read `AmendedMessages`: that is added by hand.
	fn amend() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3277`
		//  Estimated: `33087`
		// Minimum execution time: 7_071_000 picoseconds.
		Weight::from_parts(22_593_000, 33087)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PendingPrices` (r:1 w:1)
	/// Proof: `FatContracts::PendingPrices` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PriceBounds` (r:1 w:0)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PricesAt` (r:1 w:1)
	/// Proof: `FatContracts::PricesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	fn update_prices() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1408`
		//  Estimated: `17225`
		// Minimum execution time: 4_757_000 picoseconds.
		Weight::from_parts(14_934_000, 17225)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:1 w:1)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn claim_withdrawal() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1599`
		//  Estimated: `16893`
		// Minimum execution time: 16_434_000 picoseconds.
		Weight::from_parts(51_075_000, 16893)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn claim_surcharge() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3032`
		//  Estimated: `23442`
		// Minimum execution time: 14_732_000 picoseconds.
		Weight::from_parts(48_582_000, 23442)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn remove_code() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 12_989_000 picoseconds.
		Weight::from_parts(41_343_000, 18856)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// Estimated by analogy with `remove_code`, not measured: the message has a weight more.
	fn activate_code() -> Weight {
		Weight::from_parts(43_000_000, 18856)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// Estimated by analogy with `set_engine_status`, not measured: that reads and writes a record, this reads one, and reads
	// and writes a list.
	fn set_engine_mode() -> Weight {
		Weight::from_parts(12_000_000, 6500)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 4096]`.
	fn update_schedule(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1590`
		//  Estimated: `11714`
		// Minimum execution time: 5_408_000 picoseconds.
		Weight::from_parts(17_899_827, 11714)
			// Standard Error: 75
			.saturating_add(Weight::from_parts(4_005, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ClusterKeys` (r:0 w:1)
	/// Proof: `FatContracts::ClusterKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:0 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:0 w:1)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:0 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::SealedKeys` (r:0 w:16)
	/// Proof: `FatContracts::SealedKeys` (`max_values`: None, `max_size`: Some(1857), added: 4332, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:16)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:16)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[0, 16]`.
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn cluster_destroy(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2193 + w * (185 ±1)`
		//  Estimated: `26931 + w * (4659 ±6)`
		// Minimum execution time: 21_783_000 picoseconds.
		Weight::from_parts(68_920_215, 26931)
			// Standard Error: 75_465
			.saturating_add(Weight::from_parts(3_621_630, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(T::DbWeight::get().writes(13_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(w.into())))
			.saturating_add(Weight::from_parts(0, 4659).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::PriceBounds` (r:0 w:1)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	fn set_price_bounds() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 1_252_000 picoseconds.
		Weight::from_parts(4_056_000, 0)
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:256)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// The range of component `t` is `[1, 256]`.
	fn prune(t: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1019`
		//  Estimated: `10713`
		// Minimum execution time: 18_959_000 picoseconds.
		Weight::from_parts(123_898_479, 10713)
			// Standard Error: 42_810
			.saturating_add(Weight::from_parts(2_138_904, 0).saturating_mul(t.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(t.into())))
	}
	/// Storage: `FatContracts::Clusters` (r:64 w:64)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:64)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::NextPinkSystemCodeHash` (r:1 w:0)
	/// Proof: `FatContracts::NextPinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PricesAt` (r:1 w:0)
	/// Proof: `FatContracts::PricesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:64)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:64 w:64)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:0)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:64)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:64 w:64)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// The range of component `d` is `[0, 64]`.
	fn on_initialize(d: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1158 + d * (337 ±2)`
		//  Estimated: `14804 + d * (8305 ±12)`
		// Minimum execution time: 861_000 picoseconds.
		Weight::from_parts(2_673_000, 14804)
			// Standard Error: 87_849
			.saturating_add(Weight::from_parts(26_375_826, 0).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(d.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 8305).saturating_mul(d.into()))
	}
	/// Storage: `FatContracts::BlockInputs` (r:0 w:32)
	/// Proof: `FatContracts::BlockInputs` (`max_values`: None, `max_size`: Some(764), added: 3239, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:32 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:64 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkSystemCodeHash` (r:1 w:0)
	/// Proof: `FatContracts::PinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:32 w:32)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:0 w:32)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:32 w:32)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:32 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `System::ParentHash` (r:1 w:0)
	/// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 32]`.
	fn on_finalize(c: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `8483 + c * (344 ±1)`
		//  Estimated: `231941 + c * (10715 ±0)`
		// Minimum execution time: 67_120_000 picoseconds.
		Weight::from_parts(172_560_114, 231941)
			// Standard Error: 328_197
			.saturating_add(Weight::from_parts(23_397_342, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(67_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 10715).saturating_mul(c.into()))
	}
}

// For backwards compatibility and tests.
impl WeightInfo for () {
	/// Storage: `FatContracts::ArtefactVersions` (r:8 w:8)
	/// Proof: `FatContracts::ArtefactVersions` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::CounterForEngines` (r:1 w:1)
	/// Proof: `FatContracts::CounterForEngines` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[1, 8]`.
	fn register_engine(a: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `255`
		//  Estimated: `6945 + a * (2515 ±0)`
		// Minimum execution time: 3_125_000 picoseconds.
		Weight::from_parts(7_089_723, 6945)
			// Standard Error: 30_984
			.saturating_add(Weight::from_parts(2_147_766, 0).saturating_mul(a.into()))
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2515).saturating_mul(a.into()))
	}
	/// Storage: `FatContracts::ArtefactVersions` (r:8 w:16)
	/// Proof: `FatContracts::ArtefactVersions` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Development` (r:1 w:0)
	/// Proof: `FatContracts::Development` (`max_values`: Some(1), `max_size`: Some(1), added: 496, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// The range of component `a` is `[1, 8]`.
	fn replace_engine(a: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1101`
		//  Estimated: `6942 + a * (2515 ±0)`
		// Minimum execution time: 7_401_000 picoseconds.
		Weight::from_parts(20_311_074, 6942)
			// Standard Error: 28_800
			.saturating_add(Weight::from_parts(2_428_731, 0).saturating_mul(a.into()))
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(a.into())))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(a.into())))
			.saturating_add(Weight::from_parts(0, 2515).saturating_mul(a.into()))
	}
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	fn set_engine_status() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `907`
		//  Estimated: `4466`
		// Minimum execution time: 2_564_000 picoseconds.
		Weight::from_parts(8_022_000, 4466)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkRuntimeVersion` (r:0 w:1)
	/// Proof: `FatContracts::PinkRuntimeVersion` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	fn set_pink_runtime_version() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `907`
		//  Estimated: `4466`
		// Minimum execution time: 2_363_000 picoseconds.
		Weight::from_parts(7_569_000, 4466)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::NextPinkSystemCodeHash` (r:0 w:1)
	/// Proof: `FatContracts::NextPinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkSystemCodes` (r:0 w:1)
	/// Proof: `FatContracts::PinkSystemCodes` (`max_values`: None, `max_size`: Some(524324), added: 526799, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[1, 524288]`.
	fn set_pink_system_code(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 1_903_000 picoseconds.
		Weight::from_parts(13_627_692, 0)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(6_765, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::ClusterCount` (r:1 w:1)
	/// Proof: `FatContracts::ClusterCount` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:0 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkRuntimeVersion` (r:1 w:0)
	/// Proof: `FatContracts::PinkRuntimeVersion` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PriceBounds` (r:1 w:0)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:0 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:16)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[0, 16]`.
	fn add_cluster(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1404 + w * (131 ±0)`
		//  Estimated: `27342 + w * (5064 ±71)`
		// Minimum execution time: 34_521_000 picoseconds.
		Weight::from_parts(108_418_158, 27342)
			// Standard Error: 102_780
			.saturating_add(Weight::from_parts(9_948_708, 0).saturating_mul(w.into()))
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(w.into())))
			.saturating_add(Weight::from_parts(0, 5064).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048448]`.
	fn cluster_upload_resource(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 17_426_000 picoseconds.
		Weight::from_parts(53_838_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(11_568, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048320]`.
	fn instantiate_contract(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 19_379_000 picoseconds.
		Weight::from_parts(59_520_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(13_029, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 1048320]`.
	fn call_contract(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 17_796_000 picoseconds.
		Weight::from_parts(54_501_000, 18856)
			// Kept: measured on a machine with nothing else to do.
			.saturating_add(Weight::from_parts(7_443, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn transfer_to_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2406`
		//  Estimated: `28492`
		// Minimum execution time: 34_681_000 picoseconds.
		Weight::from_parts(114_891_000, 28492)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:0 w:1)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn withdraw_from_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 21_111_000 picoseconds.
		Weight::from_parts(67_092_000, 18856)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:0)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[1, 16]`.
	fn upgrade_runtime(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2196 + w * (177 ±0)`
		//  Estimated: `17687 + w * (4615 ±0)`
		// Minimum execution time: 7_140_000 picoseconds.
		Weight::from_parts(36_481_203, 17687)
			// Standard Error: 192_765
			.saturating_add(Weight::from_parts(1_524_522, 0).saturating_mul(w.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 4615).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	fn cancel_upgrade() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `895`
		//  Estimated: `7645`
		// Minimum execution time: 3_335_000 picoseconds.
		Weight::from_parts(10_788_000, 7645)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn register_worker() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `255`
		//  Estimated: `5605`
		// Minimum execution time: 2_013_000 picoseconds.
		Weight::from_parts(6_249_000, 5605)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:1)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn unregister_worker() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2475`
		//  Estimated: `5605`
		// Minimum execution time: 2_574_000 picoseconds.
		Weight::from_parts(8_022_000, 5605)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn serve_owner() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `361`
		//  Estimated: `5605`
		// Minimum execution time: 1_772_000 picoseconds.
		Weight::from_parts(5_529_000, 5605)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn announce_engines() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `361`
		//  Estimated: `5605`
		// Minimum execution time: 2_343_000 picoseconds.
		Weight::from_parts(7_302_000, 5605)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	fn add_worker_to_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2308`
		//  Estimated: `21967`
		// Minimum execution time: 5_739_000 picoseconds.
		Weight::from_parts(20_037_000, 21967)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:1)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:0)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::SealedKeys` (r:0 w:1)
	/// Proof: `FatContracts::SealedKeys` (`max_values`: None, `max_size`: Some(1857), added: 4332, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:1)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:1 w:1)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn remove_worker_from_cluster() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2613`
		//  Estimated: `36693`
		// Minimum execution time: 16_134_000 picoseconds.
		Weight::from_parts(54_081_000, 36693)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:64 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:64 w:0)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:64 w:64)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// The range of component `c` is `[1, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn acknowledge(c: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2273 + c * (2166 ±0)`
		//  Estimated: `30593 + c * (9598 ±0)`
		// Minimum execution time: 33_350_000 picoseconds.
		Weight::from_parts(419_806_287, 30593)
			// Standard Error: 9_715_350
			.saturating_add(Weight::from_parts(35_675_595, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads((3_u64).saturating_mul(c.into())))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 9598).saturating_mul(c.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:64 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:1 w:0)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:1 w:0)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Withdrawals` (r:64 w:0)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// The range of component `e` is `[0, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn acknowledge_effects(e: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `4819 + e * (248 ±0)`
		//  Estimated: `44706 + e * (5248 ±3)`
		// Minimum execution time: 32_419_000 picoseconds.
		Weight::from_parts(109_772_568, 44706)
			// Standard Error: 55_446
			.saturating_add(Weight::from_parts(5_031_933, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(11_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
			.saturating_add(Weight::from_parts(0, 5248).saturating_mul(e.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:64 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:1 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:1 w:0)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:64)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:64 w:64)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `e` is `[0, 64]`.
	// `AmendedMessages` has 4 bytes more than when it was measured: added by hand.
	fn confirm(e: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `4171 + e * (120 ±1)`
		//  Estimated: `56195 + e * (5214 ±19)`
		// Minimum execution time: 35_794_000 picoseconds.
		Weight::from_parts(114_501_000, 56195)
			// Standard Error: 15_078_807
			.saturating_add(Weight::from_parts(123_569_514, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(e.into())))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(e.into())))
			.saturating_add(Weight::from_parts(0, 5214).saturating_mul(e.into()))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:0 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:0)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	fn resolve_divergence() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3185`
		//  Estimated: `33741`
		// Minimum execution time: 39_449_000 picoseconds.
		Weight::from_parts(129_945_000, 33741)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Confirmations` (r:0 w:1)
	/// Proof: `FatContracts::Confirmations` (`max_values`: None, `max_size`: Some(66), added: 2541, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:1 w:0)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:1)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Tallies` (r:1 w:1)
	/// Proof: `FatContracts::Tallies` (`max_values`: None, `max_size`: Some(72125), mode: `Measured`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	fn resolve_in_favour() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3810`
		//  Estimated: `40467`
		// Minimum execution time: 29_504_000 picoseconds.
		Weight::from_parts(94_821_000, 40467)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn set_worker_key() -> Weight {
		Weight::from_parts(5418000, 14472)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn commit_cluster_key() -> Weight {
		Weight::from_parts(5418000, 8099)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn share_cluster_key() -> Weight {
		Weight::from_parts(10836000, 16966)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	// The time is estimated by analogy with `add_worker_to_cluster`, not measured; reads, writes and the sizes
	// of what is read are counted by hand.
	fn clear_cluster_key() -> Weight {
		// Taken once for each member that there may be.
		Weight::from_parts(43344000, 8099)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(17_u64))
	}
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:0)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	fn report_parked() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2567`
		//  Estimated: `15918`
		// Minimum execution time: 9_925_000 picoseconds.
		Weight::from_parts(32_358_000, 15918)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::AmendedMessages` (r:1 w:0)
	/// Proof: `FatContracts::AmendedMessages` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Amendments` (r:1 w:0)
	/// Proof: `FatContracts::Amendments` (`max_values`: None, `max_size`: Some(45), added: 2520, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:1 w:0)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Progress` (r:1 w:0)
	/// Proof: `FatContracts::Progress` (`max_values`: None, `max_size`: Some(71), added: 2546, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:1)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	// Measured before it read `AmendedMessages`: that is added by hand.
	fn amend() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3277`
		//  Estimated: `33087`
		// Minimum execution time: 7_071_000 picoseconds.
		Weight::from_parts(22_593_000, 33087)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PendingPrices` (r:1 w:1)
	/// Proof: `FatContracts::PendingPrices` (`max_values`: None, `max_size`: Some(68), added: 2543, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PriceBounds` (r:1 w:0)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PricesAt` (r:1 w:1)
	/// Proof: `FatContracts::PricesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	fn update_prices() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1408`
		//  Estimated: `17225`
		// Minimum execution time: 4_757_000 picoseconds.
		Weight::from_parts(14_934_000, 17225)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:1 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Refunds` (r:0 w:1)
	/// Proof: `FatContracts::Refunds` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Withdrawals` (r:1 w:1)
	/// Proof: `FatContracts::Withdrawals` (`max_values`: None, `max_size`: Some(81), added: 2556, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn claim_withdrawal() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1599`
		//  Estimated: `16893`
		// Minimum execution time: 16_434_000 picoseconds.
		Weight::from_parts(51_075_000, 16893)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:0)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn claim_surcharge() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `3032`
		//  Estimated: `23442`
		// Minimum execution time: 14_732_000 picoseconds.
		Weight::from_parts(48_582_000, 23442)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:1 w:1)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn remove_code() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2178`
		//  Estimated: `18856`
		// Minimum execution time: 12_989_000 picoseconds.
		Weight::from_parts(41_343_000, 18856)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	// Estimated by analogy with `remove_code`, not measured: the message has a weight more.
	fn activate_code() -> Weight {
		Weight::from_parts(43_000_000, 18856)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	// Estimated by analogy with `set_engine_status`, not measured: that reads and writes a record, this reads one, and reads
	// and writes a list.
	fn set_engine_mode() -> Weight {
		Weight::from_parts(12_000_000, 6500)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[0, 4096]`.
	fn update_schedule(b: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1590`
		//  Estimated: `11714`
		// Minimum execution time: 5_408_000 picoseconds.
		Weight::from_parts(17_899_827, 11714)
			// Standard Error: 75
			.saturating_add(Weight::from_parts(4_005, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	/// Storage: `FatContracts::Clusters` (r:1 w:1)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ClusterKeys` (r:0 w:1)
	/// Proof: `FatContracts::ClusterKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Held` (r:0 w:1)
	/// Proof: `FatContracts::Held` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Leavers` (r:0 w:1)
	/// Proof: `FatContracts::Leavers` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Members` (r:1 w:1)
	/// Proof: `FatContracts::Members` (`max_values`: None, `max_size`: Some(1121), added: 3596, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:1)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::ParkReports` (r:0 w:1)
	/// Proof: `FatContracts::ParkReports` (`max_values`: None, `max_size`: Some(737), added: 3212, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:1)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:1)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:1 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::SealedKeys` (r:0 w:16)
	/// Proof: `FatContracts::SealedKeys` (`max_values`: None, `max_size`: Some(1857), added: 4332, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::WorkerKeys` (r:0 w:16)
	/// Proof: `FatContracts::WorkerKeys` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Workers` (r:16 w:16)
	/// Proof: `FatContracts::Workers` (`max_values`: None, `max_size`: Some(2140), added: 4615, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// The range of component `w` is `[0, 16]`.
	// Database counts corrected by hand: measured before the benchmark set the keys that are removed.
	fn cluster_destroy(w: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `2193 + w * (185 ±1)`
		//  Estimated: `26931 + w * (4659 ±6)`
		// Minimum execution time: 21_783_000 picoseconds.
		Weight::from_parts(68_920_215, 26931)
			// Standard Error: 75_465
			.saturating_add(Weight::from_parts(3_621_630, 0).saturating_mul(w.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(w.into())))
			.saturating_add(RocksDbWeight::get().writes(13_u64))
			.saturating_add(RocksDbWeight::get().writes((3_u64).saturating_mul(w.into())))
			.saturating_add(Weight::from_parts(0, 4659).saturating_mul(w.into()))
	}
	/// Storage: `FatContracts::PriceBounds` (r:0 w:1)
	/// Proof: `FatContracts::PriceBounds` (`max_values`: Some(1), `max_size`: Some(96), added: 591, mode: `MaxEncodedLen`)
	fn set_price_bounds() -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `0`
		//  Estimated: `0`
		// Minimum execution time: 1_252_000 picoseconds.
		Weight::from_parts(4_056_000, 0)
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x95e902066ee0867391be048da3e1a215` (r:1 w:0)
	/// Storage: `FatContracts::Clusters` (r:1 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:256)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:1 w:1)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// The range of component `t` is `[1, 256]`.
	fn prune(t: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1019`
		//  Estimated: `10713`
		// Minimum execution time: 18_959_000 picoseconds.
		Weight::from_parts(123_898_479, 10713)
			// Standard Error: 42_810
			.saturating_add(Weight::from_parts(2_138_904, 0).saturating_mul(t.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(t.into())))
	}
	/// Storage: `FatContracts::Clusters` (r:64 w:64)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:1 w:1)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Messages` (r:0 w:64)
	/// Proof: `FatContracts::Messages` (`max_values`: None, `max_size`: Some(1048612), added: 1051087, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::NextPinkSystemCodeHash` (r:1 w:0)
	/// Proof: `FatContracts::NextPinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PricesAt` (r:1 w:0)
	/// Proof: `FatContracts::PricesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::QueueCheckpoints` (r:0 w:64)
	/// Proof: `FatContracts::QueueCheckpoints` (`max_values`: None, `max_size`: Some(89), added: 2564, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:64 w:64)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::StagedAmendments` (r:1 w:0)
	/// Proof: `FatContracts::StagedAmendments` (`max_values`: Some(1), `max_size`: Some(201), added: 696, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:0 w:64)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:64 w:64)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::UpgradesAt` (r:1 w:1)
	/// Proof: `FatContracts::UpgradesAt` (`max_values`: None, `max_size`: Some(526), added: 3001, mode: `MaxEncodedLen`)
	/// The range of component `d` is `[0, 64]`.
	fn on_initialize(d: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `1158 + d * (337 ±2)`
		//  Estimated: `14804 + d * (8305 ±12)`
		// Minimum execution time: 861_000 picoseconds.
		Weight::from_parts(2_673_000, 14804)
			// Standard Error: 87_849
			.saturating_add(Weight::from_parts(26_375_826, 0).saturating_mul(d.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().reads((3_u64).saturating_mul(d.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((6_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 8305).saturating_mul(d.into()))
	}
	/// Storage: `FatContracts::BlockInputs` (r:0 w:32)
	/// Proof: `FatContracts::BlockInputs` (`max_values`: None, `max_size`: Some(764), added: 3239, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Clusters` (r:32 w:0)
	/// Proof: `FatContracts::Clusters` (`max_values`: None, `max_size`: Some(189), added: 2664, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Engines` (r:64 w:0)
	/// Proof: `FatContracts::Engines` (`max_values`: None, `max_size`: Some(1001), added: 3476, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::PinkSystemCodeHash` (r:1 w:0)
	/// Proof: `FatContracts::PinkSystemCodeHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Queues` (r:32 w:32)
	/// Proof: `FatContracts::Queues` (`max_values`: None, `max_size`: Some(129), added: 2604, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Shares` (r:0 w:32)
	/// Proof: `FatContracts::Shares` (`max_values`: None, `max_size`: Some(84), added: 2559, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::TouchedClusters` (r:32 w:32)
	/// Proof: `FatContracts::TouchedClusters` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
	/// Storage: `FatContracts::Transitions` (r:32 w:0)
	/// Proof: `FatContracts::Transitions` (`max_values`: None, `max_size`: Some(481), added: 2956, mode: `MaxEncodedLen`)
	/// Storage: `System::ParentHash` (r:1 w:0)
	/// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 32]`.
	fn on_finalize(c: u32, ) -> Weight {
		// Proof Size summary in bytes:
		//  Measured:  `8483 + c * (344 ±1)`
		//  Estimated: `231941 + c * (10715 ±0)`
		// Minimum execution time: 67_120_000 picoseconds.
		Weight::from_parts(172_560_114, 231941)
			// Standard Error: 328_197
			.saturating_add(Weight::from_parts(23_397_342, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(67_u64))
			.saturating_add(RocksDbWeight::get().reads((4_u64).saturating_mul(c.into())))
			.saturating_add(RocksDbWeight::get().writes((4_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 10715).saturating_mul(c.into()))
	}
}
