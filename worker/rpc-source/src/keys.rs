//! Where a chain's state has what a worker reads.

use fat_contracts_primitives::{
    AccountId, Amendment, BlockNumber, ClusterId, ClusterRecord, CodeHash, EngineVersion,
    EnvelopeKey, KeyCommitment, Seq,
};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use scale_info::{meta_type, MetaType, TypeInfo};
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};
use std::marker::PhantomData;

use crate::stored::{
    Amended, ClusterMember, ClusterProgress, Confirmation, Envelope, KeptInput, ParkReport, Queue,
    QueueCheckpoint, StoredEngine, WorkerRecord,
};

/// The pallet's name in a chain's runtime.
pub(crate) const PALLET: &str = "FatContracts";

/// How a part of a key is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hasher {
    Twox64Concat,
    Blake2_128Concat,
    Identity,
}

impl Hasher {
    fn hash_to(self, part: &[u8], key: &mut Vec<u8>) {
        match self {
            Self::Twox64Concat => key.extend(twox_64(part)),
            Self::Blake2_128Concat => key.extend(blake2_128(part)),
            Self::Identity => {}
        }
        key.extend(part);
    }
}

/// What stands where nothing is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// Nothing.
    Nothing,
    /// This value.
    Default(Vec<u8>),
}

/// A storage item of the pallet, whose keys are `K` and whose values are `V`.
#[derive(Debug)]
pub(crate) struct Item<K, V> {
    pub(crate) name: &'static str,
    pub(crate) hashers: &'static [Hasher],
    of: PhantomData<fn(K) -> V>,
}

/// The parts of a key, each as it is hashed.
pub(crate) trait Parts {
    fn parts(&self) -> Vec<Vec<u8>>;
}

impl Parts for () {
    fn parts(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

impl<A: Encode> Parts for (A,) {
    fn parts(&self) -> Vec<Vec<u8>> {
        vec![self.0.encode()]
    }
}

impl<A: Encode, B: Encode> Parts for (A, B) {
    fn parts(&self) -> Vec<Vec<u8>> {
        vec![self.0.encode(), self.1.encode()]
    }
}

impl<K: Parts, V: Decode> Item<K, V> {
    const fn new(name: &'static str, hashers: &'static [Hasher]) -> Self {
        Self {
            name,
            hashers,
            of: PhantomData,
        }
    }

    /// The key of a value.
    pub(crate) fn key(&self, parts: K) -> Vec<u8> {
        let mut key = plain(PALLET, self.name);
        for (part, hasher) in parts.parts().iter().zip(self.hashers) {
            hasher.hash_to(part, &mut key);
        }
        key
    }

    /// A value from its bytes, to their end.
    ///
    /// # Errors
    /// It isn't one: what the decoder said.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<V, String> {
        V::decode_all(&mut &bytes[..]).map_err(|error| error.to_string())
    }
}

/// The key of a pallet's item that isn't a map.
pub(crate) fn plain(pallet: &str, item: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

/// The key of an account's record.
pub(crate) fn system_account(account: &AccountId) -> Vec<u8> {
    let mut key = plain("System", "Account");
    Hasher::Blake2_128Concat.hash_to(account.as_ref(), &mut key);
    key
}

/// How an item has to look in a chain's metadata.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) name: &'static str,
    pub(crate) hashers: &'static [Hasher],
    pub(crate) key: MetaType,
    pub(crate) value: MetaType,
    pub(crate) absent: Absent,
    /// A chain may be older than this item: then nothing is stored there.
    pub(crate) optional: bool,
}

impl Expected {
    /// Chains that haven't got it are taken all the same.
    fn or_absent(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

impl<K: TypeInfo + 'static, V: TypeInfo + 'static> Item<K, V> {
    /// Without a value there is nothing.
    fn or_nothing(&self) -> Expected {
        self.expected(Absent::Nothing)
    }

    fn expected(&self, absent: Absent) -> Expected {
        Expected {
            name: self.name,
            hashers: self.hashers,
            key: meta_type::<K>(),
            value: meta_type::<V>(),
            absent,
            optional: false,
        }
    }
}

impl<K: TypeInfo + 'static, V: TypeInfo + Default + Encode + 'static> Item<K, V> {
    /// Without a value there is the default.
    fn or_default(&self) -> Expected {
        self.expected(Absent::Default(V::default().encode()))
    }
}

use Hasher::{Blake2_128Concat, Identity, Twox64Concat};

const BY_ID: &[Hasher] = &[Twox64Concat];
const BY_TWO: &[Hasher] = &[Twox64Concat, Twox64Concat];

pub(crate) const ENGINES: Item<(EngineVersion,), StoredEngine> = Item::new("Engines", BY_ID);
pub(crate) const SYSTEM_CODES: Item<(CodeHash,), Vec<u8>> =
    Item::new("PinkSystemCodes", &[Identity]);
pub(crate) const CLUSTERS: Item<(ClusterId,), ClusterRecord> = Item::new("Clusters", BY_ID);
pub(crate) const QUEUES: Item<(ClusterId,), Queue> = Item::new("Queues", BY_ID);
pub(crate) const MESSAGES: Item<(ClusterId, Seq), Vec<u8>> = Item::new("Messages", BY_TWO);
pub(crate) const BLOCK_INPUTS: Item<(ClusterId, BlockNumber), KeptInput> =
    Item::new("BlockInputs", BY_TWO);
pub(crate) const MEMBERS: Item<(ClusterId,), Vec<ClusterMember>> = Item::new("Members", BY_ID);
pub(crate) const LEAVERS: Item<(ClusterId,), Vec<ClusterMember>> = Item::new("Leavers", BY_ID);
pub(crate) const WORKERS: Item<(AccountId,), WorkerRecord> =
    Item::new("Workers", &[Blake2_128Concat]);
pub(crate) const PROGRESS: Item<(ClusterId,), ClusterProgress> = Item::new("Progress", BY_ID);
pub(crate) const QUEUE_CHECKPOINTS: Item<(ClusterId, BlockNumber), QueueCheckpoint> =
    Item::new("QueueCheckpoints", BY_TWO);
pub(crate) const PARK_REPORTS: Item<(ClusterId,), Vec<ParkReport>> =
    Item::new("ParkReports", BY_ID);
pub(crate) const STAGED: Item<(), Vec<(ClusterId, Amendment)>> = Item::new("StagedAmendments", &[]);
pub(crate) const AMENDMENTS: Item<(ClusterId, Seq), Amended> = Item::new("Amendments", BY_TWO);
pub(crate) const BLOCK_AMENDMENTS: Item<(ClusterId, BlockNumber), Vec<Amendment>> =
    Item::new("BlockAmendments", BY_TWO);
pub(crate) const CONFIRMATIONS: Item<(ClusterId, BlockNumber), Confirmation> =
    Item::new("Confirmations", BY_TWO);
pub(crate) const CLUSTER_KEYS: Item<(ClusterId,), KeyCommitment> = Item::new("ClusterKeys", BY_ID);
pub(crate) const WORKER_KEYS: Item<(AccountId,), EnvelopeKey> =
    Item::new("WorkerKeys", &[Blake2_128Concat]);
pub(crate) const SEALED_KEYS: Item<(ClusterId, AccountId), Vec<Envelope>> =
    Item::new("SealedKeys", &[Twox64Concat, Blake2_128Concat]);

pub(crate) const INTERPRETED: Item<(), Vec<EngineVersion>> = Item::new("InterpretedEngines", &[]);

/// All of them.
pub(crate) fn all() -> Vec<Expected> {
    vec![
        ENGINES.or_nothing(),
        SYSTEM_CODES.or_nothing(),
        CLUSTERS.or_nothing(),
        QUEUES.or_default(),
        MESSAGES.or_nothing(),
        BLOCK_INPUTS.or_nothing(),
        MEMBERS.or_default(),
        LEAVERS.or_default(),
        WORKERS.or_nothing(),
        PROGRESS.or_default(),
        QUEUE_CHECKPOINTS.or_nothing(),
        PARK_REPORTS.or_default(),
        STAGED.or_default(),
        AMENDMENTS.or_nothing(),
        BLOCK_AMENDMENTS.or_default(),
        CONFIRMATIONS.or_nothing(),
        CLUSTER_KEYS.or_nothing(),
        WORKER_KEYS.or_nothing(),
        SEALED_KEYS.or_default(),
        INTERPRETED.or_default().or_absent(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `twox_128("System") ++ twox_128("Account")`, as everybody's documentation has it, and the
    /// hash of Alice's account in it.
    #[test]
    fn keys_are_those_of_substrate() {
        assert_eq!(
            hex::encode(plain("System", "Account")),
            "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9"
        );
        let alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
        let mut key = Vec::new();
        let bytes = hex::decode(alice).expect("hex");
        Blake2_128Concat.hash_to(&bytes, &mut key);
        assert_eq!(
            hex::encode(key),
            format!("de1e86a9a8c739864cf3cc5ec2bea59f{alice}")
        );
    }
}
