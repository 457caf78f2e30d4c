//! What the pallet stores, as a worker reads it.
//!
//! The pallet's own types are bounded by its configuration, and know FRAME. These have the same SCALE
//! form; that they have is compared with the chain's metadata at each upgrade of its runtime, and a test
//! holds them to the pallet's.

use fat_contracts_primitives::{
    AccountId, Artefact, BlockInput, BlockNumber, ClusterId, CodeHash, EngineRecord, EngineStatus,
    EngineVersion, Hash, MessageHash, ParkCause, Remedy, SealedKey, Seq, StateRoot, Weight,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// One file of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StoredArtefact {
    /// The target triple that it was built for.
    pub target: Vec<u8>,
    /// BLAKE2b-256 over the file.
    pub hash: Hash,
    /// Length of the file in bytes.
    pub size: u64,
}

/// An engine version.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StoredEngine {
    /// Major version of the ABI that the file speaks.
    pub abi: u16,
    /// Versions whose state this one can migrate.
    pub upgrades_from: Vec<EngineVersion>,
    /// The built files, one a target.
    pub artefacts: Vec<StoredArtefact>,
    /// Whether it may be named.
    pub status: EngineStatus,
    /// How many clusters run it, or may turn out to run it.
    pub users: u32,
}

impl From<StoredEngine> for EngineRecord {
    fn from(stored: StoredEngine) -> Self {
        let artefacts = stored.artefacts.into_iter().map(|it| Artefact {
            target: String::from_utf8_lossy(&it.target).into_owned(),
            hash: it.hash,
            size: it.size,
        });
        Self {
            abi: stored.abi,
            upgrades_from: stored.upgrades_from,
            artefacts: artefacts.collect(),
            status: stored.status,
        }
    }
}

/// The state of a cluster's queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Queue {
    /// The oldest message that is kept.
    pub first: Seq,
    /// The seq of the next message.
    pub next: Seq,
    /// Bytes of the messages that are kept.
    pub bytes: u64,
    /// The running hash after the block of the last message or amendment.
    pub hash: MessageHash,
    /// That block: the newest queue checkpoint.
    pub block: BlockNumber,
    /// The first message of that block.
    pub block_first: Seq,
    /// The sum of what that block's messages take.
    pub block_weight: Weight,
    /// How many withdrawals are among them.
    pub block_withdrawals: u32,
    /// Bytes of them that are kept.
    pub block_bytes: u64,
    /// That block is over.
    pub sealed: bool,
    /// By how much the fee for ordering was multiplied in that block.
    pub congestion: u128,
}

/// What a block with messages or amendments left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct QueueCheckpoint {
    /// Its first message, if it has one: otherwise the one that came next.
    pub first: Seq,
    /// The seq after its last message.
    pub end: Seq,
    /// Bytes of its messages that are kept.
    pub bytes: u64,
    /// The running hash after it.
    pub message_hash: MessageHash,
    /// The block of the next one.
    pub next: Option<BlockNumber>,
}

/// What is kept of a block beside its messages.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct KeptInput {
    /// The block's number.
    pub number: BlockNumber,
    /// Its time, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// Its entropy.
    pub entropy: Hash,
    /// Versions that the cluster may ask to be upgraded to.
    pub upgrade_targets: Vec<EngineVersion>,
    /// Hash of the code of the system contract.
    pub system_code: Option<CodeHash>,
    /// The version that was confirmed last when the block was made.
    pub engine: EngineVersion,
    /// The versions of the upgrades that were under way.
    pub upgrading_to: Vec<EngineVersion>,
}

impl From<KeptInput> for BlockInput {
    fn from(kept: KeptInput) -> Self {
        Self {
            number: kept.number,
            now_ms: kept.now_ms,
            entropy: kept.entropy,
            upgrade_targets: kept.upgrade_targets,
            system_code: kept.system_code,
        }
    }
}

/// The place of a checkpoint in a cluster's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Place {
    /// The block.
    pub block: BlockNumber,
    /// The newest queue checkpoint up to that block, or, in a place that was set back, the next one.
    pub queue_checkpoint: Option<BlockNumber>,
}

/// A worker's term in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ClusterMember {
    /// The worker.
    pub worker: AccountId,
    /// It counts for checkpoints after this block.
    pub joined: BlockNumber,
    /// The last block for whose checkpoint it counts.
    pub until: Option<BlockNumber>,
    /// The last checkpoint that it acknowledged, or after which it begins.
    pub acked: Place,
    /// The block in which it was heard last.
    pub acked_at: BlockNumber,
    /// The last block in which it may acknowledge, once it left.
    pub leaves: Option<BlockNumber>,
    /// The checkpoint at which it was found to disagree with the others.
    pub diverged: Option<BlockNumber>,
    /// Since when it is left out of what it didn't acknowledge.
    pub lapsed: Option<BlockNumber>,
}

/// A time in which nobody counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct UnstaffedPeriod {
    /// Since when: blocks after this.
    pub after: BlockNumber,
    /// The block in which somebody came.
    pub filled: Option<BlockNumber>,
}

/// Whether workers confirmed that there is a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Setup {
    /// Nobody has said yet what came of the Setup message.
    #[default]
    #[codec(index = 0)]
    Unconfirmed,
    /// It was executed.
    #[codec(index = 1)]
    Done {
        /// The message after the last one whose deposit is noted still.
        before: Seq,
    },
    /// It was rejected or skipped.
    #[codec(index = 2)]
    Failed,
}

/// How far a cluster's history is confirmed and pruned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ClusterProgress {
    /// The last checkpoint that a quorum confirmed.
    pub confirmed: Place,
    /// Everything up to here was pruned.
    pub pruned: Place,
    /// When nobody counts, or until somebody came.
    pub unstaffed: Option<UnstaffedPeriod>,
    /// Before the first checkpoint whose effects aren't told, and the block of the last such one.
    pub unheard: Option<(Place, BlockNumber)>,
    /// What came of the Setup message.
    pub setup: Setup,
    /// The block in which the newest amendment took effect. 0: none has.
    pub amended_at: BlockNumber,
}

/// Where a worker stands that can't execute a message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ParkReport {
    /// The worker.
    pub worker: AccountId,
    /// The block of the message.
    pub block: BlockNumber,
    /// The message.
    pub seq: Seq,
    /// Why.
    pub cause: ParkCause,
}

/// An amendment that took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Amended {
    /// The block that delivered it.
    pub block: BlockNumber,
    /// What it says.
    pub remedy: Remedy,
}

/// An admitted worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerRecord {
    /// The cluster owner that the worker named.
    pub serves: Option<AccountId>,
    /// The cluster that it works for.
    pub cluster: Option<ClusterId>,
    /// Hashes of the engine files that it has.
    pub engines: Vec<Hash>,
}

/// A cluster's seed as a member sealed it to another one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Envelope {
    /// Who sealed it.
    pub from: AccountId,
    /// What only the worker can open to which it was sealed.
    pub sealed: SealedKey,
}

/// What was confirmed of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Confirmation {
    /// The tuple with this hash.
    #[codec(index = 0)]
    Tuple(Hash),
    /// Its place alone, because governance named a root.
    #[codec(index = 1)]
    Root {
        /// The root that it named; `None` for a checkpoint before the one that it named.
        root: Option<StateRoot>,
        /// How many were members at the block.
        members: u32,
    },
}
