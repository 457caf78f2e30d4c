//! What a node measures by itself: our own pallet. The others come with weights of their own.

use super::{FatContracts, Runtime};

frame_benchmarking::define_benchmarks!([pallet_fat_contracts, FatContracts]);

pub(super) use {add_benchmarks, list_benchmarks};
