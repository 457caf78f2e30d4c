use crate::{
    Amendment, BlockNumber, ClusterId, ClusterMessage, CodeHash, EngineRecord, EngineVersion, Hash,
    MessageHash, Seq,
};
use alloc::vec::Vec;
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// Everything of one chain block that concerns one cluster: what a worker needs to execute it,
/// and all that may influence the result. All of it is the block's post-state.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ClusterBlock {
    /// The cluster.
    pub cluster: ClusterId,
    /// The block's number.
    pub number: BlockNumber,
    /// `Timestamp::now` of the block, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// BLAKE2b-256(the chain's randomness ‖ parent hash).
    pub entropy: Hash,
    /// Versions that the cluster may ask to move to: Active, newer, with a supported path.
    pub upgrade_targets: Vec<EngineVersion>,
    /// Hash of the current system contract code; its bytes are fetched by hash.
    pub system_code: Option<CodeHash>,
    /// The engine records that this block's messages need, by version.
    pub engines: Vec<(EngineVersion, EngineRecord)>,
    /// Amendments that governance made in this block, delivered ahead of the messages; and those
    /// that it made since for messages of this block, if the block wasn't executed yet.
    pub amendments: Vec<Amendment>,
    /// The messages of this block, in order.
    pub messages: Vec<(Seq, ClusterMessage)>,
    /// The running hash after the last message.
    pub message_hash: MessageHash,
}
