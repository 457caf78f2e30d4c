//! What words are about. The same topic isn't on its way twice.

use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Hash, ParkCause, Seq};

/// What words are about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topic {
    /// What the state of a cluster is after a block.
    Checkpoint {
        /// The cluster.
        cluster: ClusterId,
        /// The block.
        block: BlockNumber,
        /// The BLAKE2b-256 of the checkpoint's SCALE: another one of the same block is another topic.
        tuple: Hash,
    },
    /// Where the worker can't go on.
    Parked {
        /// The cluster.
        cluster: ClusterId,
        /// The message's block.
        block: BlockNumber,
        /// The message.
        seq: Seq,
        /// Why.
        cause: ParkCause,
        /// The block in whose state the message was read.
        as_of: BlockNumber,
    },
    /// Which engine files the worker has: the BLAKE2b-256 of their hashes' SCALE.
    Engines(Hash),
    /// That an account is a worker.
    Worker(AccountId),
    /// Anything else, by a hash of the caller's.
    Other(Hash),
}
