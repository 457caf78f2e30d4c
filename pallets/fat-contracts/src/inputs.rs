//! What a block gives to engines beside its messages: kept with the block's queue checkpoint, and part of the
//! running hash.
//!
//! All of it is the block's post-state, so it is written at the block's end, once for each cluster
//! to which something happened.

use crate::{
    transitions::MaxTransitions, BlockInputs, Clusters, Config, Engines, InternalError, Pallet,
    PinkSystemCodeHash, Queues, Shares, TouchedClusters, Transitions,
};
use alloc::{collections::BTreeSet, vec::Vec};
use fat_contracts_primitives::{
    fold_input, BlockInput, ClusterId, ClusterRecord, CodeHash, EngineStatus, EngineVersion, Hash,
};
use frame_support::{
    defensive,
    pallet_prelude::*,
    traits::{DefensiveTruncateFrom, Randomness, Time},
    CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use sp_crypto_hashing::blake2_256;

/// The most versions that a cluster may be on the way to: that of each transition, and of an upgrade that
/// isn't queued yet.
pub struct MaxUpgradesUnderWay;

impl Get<u32> for MaxUpgradesUnderWay {
    fn get() -> u32 {
        <MaxTransitions as Get<u32>>::get().saturating_add(1)
    }
}

/// What is kept of a block beside its messages. It begins with the SCALE form of its
/// [`BlockInput`].
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct KeptInput<T: Config> {
    /// The block's number.
    pub number: fat_contracts_primitives::BlockNumber,
    /// Its time, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// Its entropy.
    pub entropy: Hash,
    /// Versions that the cluster may ask to be upgraded to.
    pub upgrade_targets: BoundedVec<EngineVersion, T::MaxEngines>,
    /// Hash of the code of the system contract.
    pub system_code: Option<CodeHash>,
    /// The version that was confirmed last when the block was made. Not part of the input: which
    /// records a worker needs can't be told from a later state.
    pub engine: EngineVersion,
    /// The versions of the upgrades that were under way, each once.
    pub upgrading_to: BoundedVec<EngineVersion, MaxUpgradesUnderWay>,
}

impl<T: Config> KeptInput<T> {
    /// What is folded into the running hash.
    pub fn input(&self) -> BlockInput {
        BlockInput {
            number: self.number,
            now_ms: self.now_ms,
            entropy: self.entropy,
            upgrade_targets: self.upgrade_targets.to_vec(),
            system_code: self.system_code,
        }
    }
}

/// Where clusters can go: the versions that are Active, in order, and from where each migrates the state.
pub(crate) type Paths = Vec<(EngineVersion, Vec<EngineVersion>)>;

impl<T: Config> Pallet<T> {
    /// See [`Paths`].
    pub(crate) fn paths() -> Paths {
        let mut paths: Vec<_> = Engines::<T>::iter()
            .filter(|(_, engine)| engine.status == EngineStatus::Active)
            .map(|(to, engine)| (to, engine.upgrades_from.into_inner()))
            .collect();
        paths.sort();
        paths
    }

    /// What the current block gives to a cluster's engine, as far as it went.
    pub(crate) fn current_input(
        cluster: ClusterId,
        record: &ClusterRecord,
        paths: &Paths,
    ) -> KeptInput<T> {
        let from = record.engine_of_the_tail();
        let targets = paths
            .iter()
            .filter(|(to, upgrades_from)| *to > from && upgrades_from.contains(&from))
            .map(|(to, _)| *to);
        let mut upgrading = BTreeSet::new();
        upgrading.extend(record.pending.map(|pending| pending.to));
        upgrading.extend(
            Transitions::<T>::get(cluster)
                .iter()
                .map(|transition| transition.to),
        );
        KeptInput {
            number: Self::now(),
            now_ms: T::Time::now(),
            entropy: Self::entropy(),
            // There are never more engines than that.
            upgrade_targets: BoundedVec::defensive_truncate_from(targets.collect()),
            system_code: PinkSystemCodeHash::<T>::get(),
            engine: record.engine,
            // As long as the list of transitions, and one more.
            upgrading_to: BoundedVec::defensive_truncate_from(upgrading.into_iter().collect()),
        }
    }

    /// The block's entropy: BLAKE2b-256(randomness ‖ parent hash).
    fn entropy() -> Hash {
        let (random, _) = T::Randomness::random_seed();
        let parent = frame_system::Pallet::<T>::parent_hash();
        let bytes = [random.as_ref(), parent.as_ref()].concat();
        blake2_256(&bytes).into()
    }

    /// The end of a block: its input is kept and folded into the running hash of each cluster to
    /// which something happened, and nobody's share of the block is remembered.
    pub(crate) fn seal_block() {
        let mut touched = TouchedClusters::<T>::drain().peekable();
        if touched.peek().is_none() {
            return;
        }
        let paths = Self::paths();
        for (cluster, ()) in touched {
            // Each sender was noted by an extrinsic of this block, which paid for this.
            let _ = Shares::<T>::clear_prefix(cluster, u32::MAX, None);
            let Some(record) = Clusters::<T>::get(cluster) else {
                Self::internal_error(InternalError::LostCluster);
                defensive!("a cluster that was touched is gone");
                continue;
            };
            let kept = Self::current_input(cluster, &record, &paths);
            Queues::<T>::mutate(cluster, |queue| {
                queue.hash = fold_input(&queue.hash, &kept.input());
                queue.sealed = true;
            });
            BlockInputs::<T>::insert(cluster, kept.number, kept);
        }
    }
}
