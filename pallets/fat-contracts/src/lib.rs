//! # Fat contracts
//!
//! Orders contract transactions for workers outside the chain, and governs the engines that
//! execute them.
//!
//! ## Pallet API
//!
//! See [`pallet`]: its [`Config`], [`Call`], [`Event`] and [`Error`]; what a worker reads is in
//! [`Pallet`]. `pallet-fat-contracts` is composed into a chain in the crate `runtime-mock`, which is
//! the example to start from.
//!
//! Somebody calls a contract:
#![doc = docify::embed!("src/tests/docs.rs", a_call_is_ordered)]
//!
//! The owner upgrades a cluster:
#![doc = docify::embed!("src/tests/docs.rs", a_cluster_is_upgraded)]
//!
//! ## Overview
//!
//! A *cluster* is a set of contracts with an owner, prices, and a state that workers keep. The
//! chain holds none of that state. It holds the *queue*: every transaction of the cluster as a
//! message with a sequence number, and the running hash over all of them. And it records which
//! *engine*, by version and file hash, executes which message. Because the order and the engine
//! of every message are on the chain, every worker comes to the same state.
//!
//! The pallet checks rights, takes money and bounds sizes; it never executes a contract and
//! never knows a worker's software, an engine's rules or the form of a contract's code. It keeps
//! no list of contracts: the address of a contract is a function of public parts, emitted when
//! the message is queued, and the engine decides the rest in message order.
//!
//! ## Properties
//!
//! * **Order.** Sequence numbers of a cluster count from 0 without gaps; a message that is
//!   queued is never changed. The running hash commits to all of them, to amendments, and to what
//!   each block that had any of these gives to engines: its number, time, entropy, the versions
//!   that may be asked for, the system code. Whatever can influence a result is in the hash.
//! * **One state is enough.** Messages, inputs of blocks and amendments are kept until the queue checkpoint of
//!   their block is pruned, so a worker reads all that it missed from the newest state alone, with
//!   [`Pallet::queue_checkpoint_blocks`] and [`Pallet::block_of`]. A block without one gives
//!   nothing but its number.
//! * **Money.** The escrow account of a cluster holds the chain's existential deposit and what
//!   the chain owes to the cluster. A message that is refused has moved no money.
//! * **Whose word is taken.** What moves money is told by a quorum of those who were members at its
//!   block, or by a worker that governance chose. A root that governance names confirms the place
//!   in the history and finds who was wrong; it covers no effects: see `hearing`.
//! * **Liveness.** Part of each queue is reserved, in tiers: a crowd of calls can't keep out
//!   withdrawals, these can't keep out the owner, and nobody can keep out an upgrade. So it is with
//!   each block: a quarter of its weight and of its withdrawals is the owner's and governance's, an
//!   eighth the pallet's, and nobody else has more than a quarter alone.
//! * **A price for room.** What a message does is paid in the cluster, and a sender without money
//!   there pays nothing. So ordering is paid on the chain and not given back, by the gas limit, times
//!   a factor that rises while blocks are more than half full: see `ordering`.
//! * **Bounds.** The weight of a call never contains the gas limit, which is paid inside the
//!   cluster; but the limits of a cluster's messages in one block have a bound, so that workers
//!   keep up.
//!
//! What the chain's accounts are is settled: an `AccountId` is 32 bytes, because queued messages
//! contain them, every worker and engine decodes these, and the running hash commits to the bytes. So
//! [`Config`] asks for `AccountId32` instead of being generic over the type.
//!
//! An operator sees what workers disagree about, what is stuck and what couldn't be paid by the log
//! target [`LOG_TARGET`].
//!
//! ## Low level
//!
//! One concept, one file. Engines: `engines`, `genesis`, `upgrades`, `transitions`. Clusters: `cluster`,
//! `contracts`, `prices`, `schedules`, `evictions`, `setup`, `closing`. Order: `queue`, `tiers`, `inputs`, `history`, `amendments`,
//! `pruning`. Workers: `workers`, `members`, `terms`, `parking`, `checkpoints`, `effects`, `quorum`,
//! `resolve`, `hearing`; the key that they share: `keys`. Money: `money`, `ordering`, `payouts`. What a worker reads: `views`; what must always hold:
//! `checks`, `try_state`, `try_terms`, `try_keys`. What calls weigh: `weights`, and `weighing` where it adds up. `calls`, `events`, `errors`, `storage` and `config` are
//! sections of the pallet module.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
// The pallet macros generate public items without docs or Debug, and a missing "# Errors" is
// "## Errors" here, as the guidelines of FRAME ask.
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]
// A call has the arguments that it has: the macro generates functions of them.
#![allow(clippy::too_many_arguments)]

extern crate alloc;

mod amendments;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod checkpoints;
mod checks;
mod closing;
mod cluster;
mod config;
mod contracts;
mod effects;
mod engines;
mod errors;
mod events;
mod evictions;
mod genesis;
mod hearing;
mod history;
mod inputs;
mod keys;
mod members;
pub mod migrations;
mod money;
mod ordering;
mod parking;
mod payouts;
mod prices;
mod pruning;
mod queue;
mod quorum;
mod resolve;
mod schedules;
mod setup;
mod storage;
mod terms;
mod tiers;
mod transitions;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_keys;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_queue;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_terms;
mod types;
mod upgrades;
mod views;
mod weighing;
pub mod weights;
mod workers;

#[cfg(test)]
mod tests;

pub use amendments::{Amended, AmendedBlock, MaxAmendments};
pub use checkpoints::{Confirmation, MaxVoters, Tally};
pub use genesis::{GenesisArtefact, GenesisEngine};
pub use history::{Cursor, ExpectedCheckpoint, QueueCheckpoint};
pub use inputs::KeptInput;
pub use keys::Envelope;
pub use pallet::*;
pub use parking::ParkReport;
pub use payouts::Withdrawal;
pub use prices::PriceRange;
pub use setup::Refund;
pub use terms::{ClusterMember, ClusterProgress, Setup, UnstaffedPeriod};
pub use tiers::{Share, MAX_ACCOUNT_WITHDRAWALS};
pub use transitions::{MaxTransitions, Transition};
pub use types::{MaxTargetBytes, Queue, StoredArtefact, StoredEngine, WorkerRecord};
pub use upgrades::DropReason;
pub use weights::WeightInfo;

/// The target of what the pallet logs, for a node's `-l` option.
pub const LOG_TARGET: &str = "runtime::fat-contracts";

use frame_support::pallet_macros::import_section;

#[import_section(config::config)]
#[import_section(storage::storage)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
    use crate::{
        amendments::*, checkpoints::*, cluster::NewCluster, contracts::Offer,
        genesis::GenesisEngine, history::*, inputs::*, keys::*, parking::*, payouts::*, prices::*,
        quorum::QuorumOutcome, setup::*, terms::*, tiers::*, transitions::*, types::*, upgrades::*,
        weighing::*, weights::WeightInfo,
    };
    use alloc::{string::String, vec::Vec};
    use fat_contracts_primitives::{
        AccountId, Amendment, Artefact, Balance, BlockNumber, Checkpoint, ClusterId, ClusterRecord,
        ClusterStatus, CodeHash, CodeSource, EngineStatus, EngineVersion, EnvelopeKey,
        ExecutionMode, Hash, KeyCommitment, ParkCause, Permission, Prices, ReceiptsRoot, Remedy,
        SealedKey, Seq, StateRoot, Weight as GasWeight,
    };
    use frame_support::{
        dispatch::{Pays, PostDispatchInfo},
        pallet_prelude::*,
        traits::{fungible, OnUnbalanced, Randomness, Time},
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::{traits::Convert, DispatchError, Perbill};

    /// The version of the storage's layout. See [`crate::migrations`].
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What can't be, and was found. Of a chain's storage, if a record is lost; or of what a quorum
    /// of workers says.
    #[derive(
        Clone,
        Copy,
        PartialEq,
        Eq,
        Debug,
        Encode,
        Decode,
        DecodeWithMemTracking,
        MaxEncodedLen,
        TypeInfo,
    )]
    pub enum InternalError {
        /// A cluster that was scheduled for an upgrade is gone, or has none.
        LostUpgrade,
        /// Workers confirmed a withdrawal that nobody asked for.
        UnknownWithdrawal,
        /// Workers confirmed that a cluster runs an engine that isn't registered.
        UnknownEngine,
        /// Something happened to a cluster that isn't there.
        LostCluster,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_now: BlockNumberFor<T>) -> Weight {
            Self::apply_staged_system_code();
            // Amendments come ahead of the messages, upgrades ahead of what runs under them.
            let amended = Self::apply_staged_amendments();
            let due = amended
                .saturating_add(Self::begin_due_upgrades())
                .saturating_add(Self::begin_due_prices());
            // An amendment reads its message, which may be the longest there is, and looks at the
            // workers' reports again.
            let read = T::WeightInfo::cluster_upload_resource(T::MaxMessageBytes::get())
                .saturating_add(T::WeightInfo::amend());
            T::WeightInfo::on_initialize(due)
                .saturating_add(read.saturating_mul(amended.into()))
                .saturating_add(T::WeightInfo::on_finalize(due))
        }

        /// Compose the pallet behind those that call it in hooks of their own: what a cluster is
        /// told after this is refused with `BlockOver`.
        fn on_finalize(_now: BlockNumberFor<T>) {
            Self::seal_block();
        }

        fn integrity_test() {
            Self::check_bounds();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    /// What a chain starts with.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Marks a development chain, for ever.
        pub development: bool,
        /// Code of the system contract; empty: none yet.
        pub system_code: Vec<u8>,
        /// Engines that are registered from the start.
        pub engines: Vec<GenesisEngine>,
        /// The version of new clusters; `None`: nobody can make one yet.
        pub runtime_version: Option<String>,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Development::<T>::put(self.development);
            Pallet::<T>::genesis_engines(&self.engines, self.runtime_version.as_ref());
            if !self.system_code.is_empty() {
                let code_hash = Pallet::<T>::code_hash(&self.system_code);
                match BoundedVec::try_from(self.system_code.clone()) {
                    Ok(code) => {
                        PinkSystemCodes::<T>::insert::<_, BoundedVec<u8, _>>(code_hash, code);
                        PinkSystemCodeHash::<T>::put(code_hash);
                    }
                    // A chain that can't have what its specification says must not start.
                    Err(_) => panic!("the genesis system code is longer than MaxSystemCodeBytes"),
                }
            }
        }
    }

    impl<T: Config> Pallet<T> {
        /// Says that something was found that can't be, to operators and to whoever watches events.
        pub(crate) fn internal_error(what: InternalError) {
            log::error!(target: crate::LOG_TARGET, "internal error: {what:?}");
            Self::deposit_event(Event::InternalError { what });
        }
    }
}
