//! Every call, every error, every bound.

mod amendments;
mod attacks;
mod checkpoints;
mod closing;
mod cluster_keys;
mod clusters;
mod contracts;
mod docs;
mod engines;
mod extrinsics;
mod histories;
mod internal_errors;
mod members;
mod mock;
mod money;
mod ordering;
mod payouts;
mod prices;
mod queue;
mod races;
mod simulation;
mod tiers;
mod upgrades;
mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub(crate) use mock::{benchmark_chain, Test as Runtime};
