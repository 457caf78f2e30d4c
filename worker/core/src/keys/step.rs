//! What a step of the exchange gives: words for the chain, where the worker stands, and why it doesn't
//! go on.

use super::KeyFileError;
use crate::{
    source::{SendError, SourceError, Voice},
    WorkerError,
};
use fat_contracts_primitives::{AccountId, ClusterId, EnvelopeKey, KeyCommitment, SealedKey};
use std::path::PathBuf;

/// Why a worker can't come to its cluster's key, or must not say anything.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A key's file can't be used.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// It has another key than the cluster. What it executes isn't what the others do.
    #[error(
        "cluster {cluster} has a key with the commitment {expected:?}, and the one in {path} has \
         {found:?}",
        path = path.display()
    )]
    OtherKey {
        /// The cluster.
        cluster: ClusterId,
        /// The chain's commitment.
        expected: KeyCommitment,
        /// That of the worker's key.
        found: KeyCommitment,
        /// Where that is kept.
        path: PathBuf,
    },
    /// The worker's store failed.
    #[error(transparent)]
    Worker(#[from] Box<WorkerError>),
    /// The chain gives nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl KeyError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::File(error) => error.hint(),
            Self::OtherKey { path, .. } => format!(
                "move {} away, and the others hand theirs over; what was executed with it may have \
                 to be executed again, in a new base path",
                path.display()
            ),
            Self::Worker(error) => error.hint(),
            Self::Source(_) => "try again later, or with another endpoint".into(),
        }
    }
}

/// Where a worker stands with its cluster's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStanding {
    /// It isn't a member of the cluster that agrees with the others.
    NotMember,
    /// It has the key that the chain has the commitment of.
    Held,
    /// It has a key that nobody has committed to yet: the first member does that.
    Uncommitted,
    /// It is the first member, and says so.
    Committing,
    /// It is the first member, has no key, and hasn't executed yet what is confirmed: perhaps others
    /// did that with a key, so it draws none.
    BehindHistory,
    /// It has no key, and nobody has committed to one.
    WaitsForCommitment,
    /// It has no key, and nobody has sealed it the right one yet.
    WaitsForEnvelope,
    /// It has no key, and what was sealed was sealed to an X25519 key that it hasn't got any more. It has
    /// to leave the cluster and be added again, or to be given the file.
    LostEnvelopeKey,
}

/// What there is to say to the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyWord {
    /// The worker's X25519 key.
    SetKey(EnvelopeKey),
    /// The commitment to the key.
    Commit(KeyCommitment),
    /// The key, sealed to another member.
    Share {
        /// The member.
        to: AccountId,
        /// For it alone.
        sealed: SealedKey,
    },
}

impl KeyWord {
    /// Says it.
    ///
    /// # Errors
    /// The chain can't be asked, or refuses it.
    pub fn say(self, cluster: ClusterId, voice: &mut dyn Voice) -> Result<(), SendError> {
        match self {
            Self::SetKey(key) => voice.set_worker_key(key),
            Self::Commit(commitment) => voice.commit_cluster_key(cluster, commitment),
            Self::Share { to, sealed } => voice.share_cluster_key(cluster, to, sealed),
        }
    }
}
