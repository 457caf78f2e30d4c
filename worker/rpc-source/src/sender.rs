//! What is said to the chain goes another way than what is read from it.

use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_worker_core::source::{ParkReport, SendError};
use std::fmt::Debug;

/// What is known of the chain when something is said to it. All of it is proven, but for the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainView {
    /// The final block in whose state it was seen that something is to be said: what a newer one has needs no saying.
    pub block: BlockNumber,
    /// The hash of the chain's genesis block.
    pub genesis: Hash,
    /// The next nonce of whoever signs, in a final block's state.
    pub nonce: Option<u64>,
    /// The BLAKE2b-256 of the metadata that was compared.
    pub metadata: Option<Hash>,
}

/// Signs what a worker says, and brings it into a block. Success means that it is on its way; on whose way
/// the same words still are sends nothing.
#[allow(clippy::missing_errors_doc)] // the error type says it
pub trait Sender: Debug + Send + Sync {
    /// Who signs.
    fn account(&self) -> &AccountId;

    /// See [`acknowledge`](pink_worker_core::source::Voice::acknowledge).
    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &ChainView,
    ) -> Result<(), SendError>;

    /// See [`report_parked`](pink_worker_core::source::Voice::report_parked).
    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        seen: &ChainView,
    ) -> Result<(), SendError>;

    /// See [`announce_engines`](pink_worker_core::source::Voice::announce_engines).
    fn announce_engines(&mut self, files: Vec<Hash>, seen: &ChainView) -> Result<(), SendError>;

    /// See [`register_worker`](pink_worker_core::source::Voice::register_worker).
    fn register_worker(&mut self, seen: &ChainView) -> Result<(), SendError>;

    /// See [`set_worker_key`](pink_worker_core::source::Voice::set_worker_key).
    fn set_worker_key(&mut self, key: EnvelopeKey, seen: &ChainView) -> Result<(), SendError>;

    /// See [`commit_cluster_key`](pink_worker_core::source::Voice::commit_cluster_key).
    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        seen: &ChainView,
    ) -> Result<(), SendError>;

    /// See [`share_cluster_key`](pink_worker_core::source::Voice::share_cluster_key).
    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        seen: &ChainView,
    ) -> Result<(), SendError>;
}
