//! What the pallet stores, in bounded form.

use crate::{Config, Error};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, Artefact, BlockNumber, ClusterId, EngineRecord, EngineStatus, EngineVersion, Hash,
    MessageHash, Seq, Weight,
};
use frame_support::{pallet_prelude::*, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use sp_runtime::{traits::ConstU32, FixedU128};

/// The longest name of a target, in bytes. Rust's longest triples have about 40.
pub type MaxTargetBytes = ConstU32<64>;

/// One file of an engine; see [`Artefact`].
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StoredArtefact {
    /// The target triple that it was built for.
    pub target: BoundedVec<u8, MaxTargetBytes>,
    /// BLAKE2b-256 over the file.
    pub hash: Hash,
    /// Length of the file in bytes.
    pub size: u64,
}

/// An engine version; see [`EngineRecord`].
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct StoredEngine<T: Config> {
    /// Major version of the ABI that the file speaks.
    pub abi: u16,
    /// Versions whose state this one can migrate.
    pub upgrades_from: BoundedVec<EngineVersion, T::MaxUpgradePaths>,
    /// The built files, one a target.
    pub artefacts: BoundedVec<StoredArtefact, T::MaxArtefacts>,
    /// Whether it may be named.
    pub status: EngineStatus,
    /// How many clusters run it, or may turn out to run it.
    pub users: u32,
}

impl<T: Config> StoredEngine<T> {
    /// The bounded form of a new engine's record.
    ///
    /// # Errors
    /// `NoArtefact`, `TooManyArtefacts`, `TooManyUpgradePaths`, `TargetTooLong`,
    /// `DuplicateTarget`.
    pub(crate) fn new(
        abi: u16,
        upgrades_from: Vec<EngineVersion>,
        artefacts: Vec<Artefact>,
    ) -> Result<Self, Error<T>> {
        ensure!(!artefacts.is_empty(), Error::<T>::NoArtefact);
        let mut stored = BoundedVec::<StoredArtefact, T::MaxArtefacts>::new();
        for Artefact { target, hash, size } in artefacts {
            let target =
                BoundedVec::try_from(target.into_bytes()).map_err(|_| Error::<T>::TargetTooLong)?;
            let twice = stored.iter().any(|known| known.target == target);
            ensure!(!twice, Error::<T>::DuplicateTarget);
            stored
                .try_push(StoredArtefact { target, hash, size })
                .map_err(|_| Error::<T>::TooManyArtefacts)?;
        }
        Ok(Self {
            abi,
            upgrades_from: BoundedVec::try_from(upgrades_from)
                .map_err(|_| Error::<T>::TooManyUpgradePaths)?,
            artefacts: stored,
            status: EngineStatus::Active,
            users: 0,
        })
    }
}

impl<T: Config> From<StoredEngine<T>> for EngineRecord {
    fn from(stored: StoredEngine<T>) -> Self {
        let artefacts = stored.artefacts.into_iter().map(|artefact| Artefact {
            // Only text comes in; see `StoredEngine::new`.
            target: alloc::string::String::from_utf8_lossy(&artefact.target).into_owned(),
            hash: artefact.hash,
            size: artefact.size,
        });
        Self {
            abi: stored.abi,
            upgrades_from: stored.upgrades_from.into_inner(),
            artefacts: artefacts.collect(),
            status: stored.status,
        }
    }
}

/// The state of a cluster's queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Queue {
    /// The oldest message that is kept.
    pub first: Seq,
    /// The seq of the next message.
    pub next: Seq,
    /// Bytes of the messages that are kept.
    pub bytes: u64,
    /// The running hash: after the last message, or after that block once it is over.
    pub hash: MessageHash,
    /// The block of the last message or amendment: the newest queue checkpoint.
    pub block: BlockNumber,
    /// The first message of that block.
    pub block_first: Seq,
    /// The sum of what that block's messages take.
    pub block_weight: Weight,
    /// How many withdrawals are among them.
    pub block_withdrawals: u32,
    /// Bytes of them that are kept.
    pub block_bytes: u64,
    /// That block is over: what it gives to engines is folded into the hash.
    pub sealed: bool,
    /// By how much the fee for ordering was multiplied in that block; 0 counts as 1.
    pub congestion: FixedU128,
}

impl Queue {
    /// How many messages are kept.
    pub fn len(&self) -> u64 {
        self.next.saturating_sub(self.first)
    }

    /// Whether no message is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An admitted worker.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct WorkerRecord<T: Config> {
    /// The cluster owner that the worker named: it joins nobody else's clusters.
    pub serves: Option<AccountId>,
    /// The cluster that it works for; a worker has one at most.
    pub cluster: Option<ClusterId>,
    /// Hashes of the engine files that it has.
    pub engines: BoundedVec<Hash, T::MaxAnnounced>,
}

impl<T: Config> Default for WorkerRecord<T> {
    fn default() -> Self {
        Self {
            serves: None,
            cluster: None,
            engines: BoundedVec::new(),
        }
    }
}
