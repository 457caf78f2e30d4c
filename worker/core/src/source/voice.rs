//! What a worker says to a chain.

use super::{ChainSource, ParkReport, SendError};
use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};

/// A chain that a worker asks and speaks to in one place, like one in process.
#[allow(clippy::missing_errors_doc)] // the error type says it
pub trait Voice: ChainSource {
    /// Says what the cluster's state is after checkpoints, in order and without gaps.
    ///
    /// As with everything that is sent, success means that it is on its way. Whether it took effect shows in
    /// what the chain waits for next; until it does, the same words are sent again, and a source on
    /// whose way they still are sends nothing.
    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<(), SendError>;

    /// Says at which message the worker can't go on.
    fn report_parked(&mut self, cluster: ClusterId, report: ParkReport) -> Result<(), SendError>;

    /// Says which engine files the worker has, instead of what it said before.
    ///
    /// # Errors
    /// See [`SendError`]; [`SendError::TooManyEngines`] beyond [`ChainConstants::max_announced`](super::ChainConstants::max_announced).
    fn announce_engines(&mut self, files: Vec<Hash>) -> Result<(), SendError>;

    /// Asks the chain to admit the worker. Where governance admits workers, it is refused to anybody else.
    fn register_worker(&mut self) -> Result<(), SendError>;

    /// Puts the worker's X25519 key on the chain.
    fn set_worker_key(&mut self, key: EnvelopeKey) -> Result<(), SendError>;

    /// Commits to the cluster's key.
    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
    ) -> Result<(), SendError>;

    /// Hands the cluster's key to another member.
    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
    ) -> Result<(), SendError>;
}
