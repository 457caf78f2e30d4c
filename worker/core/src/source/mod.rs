//! What a worker asks of a chain, and what drives it through the chain's blocks.
//!
//! [`ChainSource`] is all that the worker knows of a chain: the development chain in process is one,
//! a node over RPC another. [`Follower`] reads blocks from it, has the [`Worker`]
//! execute them, and says to the chain what there is to say. The one doesn't know the other's
//! kind, so what passes a test over one source passes it over every source.

mod error;
mod follower;
#[cfg(test)]
mod tests;
mod voice;
mod word;

pub use error::{PermanentError, SendError, SourceError, TransientError};
pub use follower::{with_rewound, Codes, FollowError, Followed, Follower};
pub use voice::Voice;
pub use word::{say_all, Word};

use crate::{exec::Parked, Worker, WorkerError};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, ClusterId, CodeHash, EngineVersion, EnvelopeKey, Hash,
    KeyCommitment, MessageHash, ParkCause, SealedKey, Seq,
};
use std::fmt::Debug;

/// The last block that a worker executed: what it asks for comes after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Its number; `None` before the first.
    pub block: Option<BlockNumber>,
    /// The running hash after it, which is that of every block after it in which nothing happened.
    pub message_hash: MessageHash,
}

impl Cursor {
    /// Where a worker is.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn of(worker: &Worker) -> Result<Self, WorkerError> {
        Ok(worker
            .head()?
            .map_or_else(Self::default, |(number, _, record)| Self {
                block: Some(number),
                message_hash: record.message_hash,
            }))
    }
}

/// A block that can't be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalized {
    /// Its number.
    pub number: BlockNumber,
    /// The hash of its header.
    pub hash: Hash,
}

/// What the chain waits for from a worker, read in one state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    /// The blocks that are to be acknowledged, in order.
    pub expected: Vec<BlockNumber>,
    /// The messages whose amendments the next block delivers. What was executed without them will be
    /// executed again, so nothing is said of their blocks and of later ones.
    pub amended: Vec<Seq>,
}

/// A member of a cluster that agrees with the others, as the exchange of the cluster's key sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyMember {
    /// The worker.
    pub worker: AccountId,
    /// Its X25519 key, if it has put one on the chain.
    pub key: Option<EnvelopeKey>,
    /// What the worker that asks has sealed to it.
    pub sealed: Option<SealedKey>,
}

/// What the chain has of a cluster's key, read in one state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyState {
    /// The commitment to it; `None`: nobody has made one.
    pub commitment: Option<KeyCommitment>,
    /// The member that makes it.
    pub first: Option<AccountId>,
    /// The block of the last checkpoint that a quorum confirmed.
    pub confirmed: BlockNumber,
    /// The members that agree with the others.
    pub members: Vec<KeyMember>,
    /// What was sealed to the worker that asks, by whom.
    pub envelopes: Vec<(AccountId, SealedKey)>,
}

/// What the chain's runtime fixes and a worker has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainConstants {
    /// Every block whose number is a multiple of it is a checkpoint, even if it is empty.
    pub checkpoint_interval: BlockNumber,
    /// The most checkpoints of one acknowledgement.
    pub max_checkpoints: u32,
    /// The most engine files that a worker may announce.
    pub max_announced: u32,
}

impl ChainConstants {
    /// Whether a block has to be acknowledged.
    pub fn is_checkpoint(&self, block: &ClusterBlock) -> bool {
        // A chain without an interval has no checkpoints but the blocks in which something happened.
        let regular = block.number.checked_rem(self.checkpoint_interval) == Some(0);
        block.touched() || regular
    }
}

/// Where a worker can't go on, as the chain counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParkReport {
    /// The block of the message.
    pub block: BlockNumber,
    /// The message.
    pub seq: Seq,
    /// Why.
    pub cause: ParkCause,
    /// The block in whose state the message was read: it stands there as amended up to that one.
    pub as_of: BlockNumber,
}

impl ParkReport {
    /// What there is to report of a block that was read in this state; `None` if no message is at fault,
    /// or if it is this worker's alone.
    pub fn of(parked: &Parked, as_of: BlockNumber) -> Option<Self> {
        Some(Self {
            block: parked.block,
            seq: parked.seq?,
            cause: parked.reason.cause()?,
            as_of,
        })
    }
}

/// What a worker asks of a chain. What it says goes by a [`Voice`], or by another way that the caller has.
///
/// Every call blocks until it has its answer or has given up; there is no async here, because nothing
/// that a worker does with an answer is. A source over RPC runs its client on threads of its own and
/// has each call wait for them, with a limit of time that ends in [`TransientError::Unreachable`].
///
/// A source checks what it can: over RPC, proofs against the header's state root, and finality against
/// the authorities. The worker checks the rest itself, block by block, and believes no source: see
/// [`Worker::import`](crate::Worker::import). What is read is read in the newest finalized state
/// alone, so no source needs an older one.
///
/// The source knows with which account it signs; see [`account`](Self::account).
#[allow(clippy::missing_errors_doc)] // the error types say it
pub trait ChainSource: Debug + Send + Sync {
    /// Who signs what is sent.
    fn account(&self) -> &AccountId;

    /// What the chain's runtime fixes.
    fn constants(&self) -> Result<ChainConstants, SourceError>;

    /// The newest finalized block. What other calls give is read in its state, or in that of a newer
    /// one; it never goes back.
    fn finalized(&self) -> Result<Finalized, SourceError>;

    /// The cluster's blocks after the cursor, in order and without gaps, at most `limit` of them: none if
    /// the worker has executed all that are finalized, or if there is no such cluster. Each has
    /// the amendments of its messages that came since, and names in `read_at` the block in whose
    /// state it was read. Blocks in which nothing happened to the cluster carry their number and the
    /// running hash before them.
    ///
    /// # Errors
    /// See [`SourceError`]; [`PermanentError::Pruned`] if the chain has the first of them no more.
    fn blocks_after(
        &self,
        cluster: ClusterId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<ClusterBlock>, SourceError>;

    /// A block that the worker kept, as it has to be executed now: with what governance decided about its
    /// messages since.
    fn amended(&self, block: ClusterBlock) -> Result<ClusterBlock, SourceError>;

    /// A system contract code by its hash; `None` if the chain never had it. The worker compares the hash.
    fn system_code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, SourceError>;

    /// The engine versions under which governance has every worker interpret contracts, as of the state in which
    /// blocks were read last, in ascending order.
    fn interpreted(&self) -> Result<Vec<EngineVersion>, SourceError>;

    /// What the chain waits for from a worker of the cluster, at most `limit` checkpoints.
    fn duties(
        &self,
        cluster: ClusterId,
        worker: &AccountId,
        limit: u32,
    ) -> Result<Duties, SourceError>;

    /// The newest block whose checkpoint is confirmed, if the source can say: a worker that has nothing to say
    /// of blocks that it didn't execute goes on behind that, as the chain allows. Who can't say it keeps such a
    /// worker waiting until the chain asks for later blocks by itself.
    fn confirmed(&self, _cluster: ClusterId) -> Result<Option<BlockNumber>, SourceError> {
        Ok(None)
    }

    /// Whether the chain has this report, in whichever state it was made.
    fn knows_report(&self, cluster: ClusterId, report: &ParkReport) -> Result<bool, SourceError>;

    /// What the chain has of a cluster's key, for this worker. It is believed: the key is sealed to
    /// whichever X25519 keys this gives, and what has the commitment that this gives becomes the worker's
    /// key. So a source that isn't the chain itself gives nothing here that it hasn't proven.
    fn cluster_keys(&self, cluster: ClusterId, worker: &AccountId)
        -> Result<KeyState, SourceError>;
}
