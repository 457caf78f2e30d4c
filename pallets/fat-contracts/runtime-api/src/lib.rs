//! What a node's runtime tells about clusters and engines, to tools that call it with `state_call`.
//!
//! It is for whoever trusts the node: nothing here comes with a proof. A worker reads the same out of the
//! pallet's storage, with proofs.
//!
//! The API is versioned as every runtime API: a function is never changed, only added or replaced under a higher
//! version, and `state_getRuntimeVersion` names the version that a chain has.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
// What the macro generates has no docs of its own.
#![allow(missing_docs)]

extern crate alloc;

use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, Balance, BlockNumber, ClusterBlock, ClusterId, ClusterRecord, CodeSource,
    EngineRecord, EngineVersion, MessageHash, Seq,
};
use parity_scale_codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The most blocks that [`FatContractsApi::pending_inputs`] returns.
pub const MAX_PENDING_INPUTS: u32 = 64;

/// The most checkpoints that [`FatContractsApi::to_acknowledge`] returns.
pub const MAX_TO_ACKNOWLEDGE: u32 = 256;

/// A cluster's queue.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct QueueInfo {
    /// The oldest message that is kept.
    pub first: Seq,
    /// The seq of the next message.
    pub next: Seq,
    /// Bytes of the messages that are kept.
    pub bytes: u64,
    /// The running hash after the newest block that had a message or an amendment.
    pub message_hash: MessageHash,
    /// That block.
    pub block: BlockNumber,
    /// What it costs now to have a message ordered that has no gas limit and is encoded in no bytes, in the
    /// chain's smallest unit.
    pub base_fee: Balance,
}

/// A checkpoint that a worker has to acknowledge.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct DueCheckpoint {
    /// The block.
    pub block: BlockNumber,
    /// The last message up to it.
    pub last_seq: Seq,
    /// The running hash up to it.
    pub message_hash: MessageHash,
}

sp_api::decl_runtime_apis! {
    /// Clusters, engines, and what they wait for.
    ///
    /// Since version 2 the blocks of `pending_inputs` say which extrinsics queued their messages.
    #[api_version(2)]
    pub trait FatContractsApi {
        /// How many clusters were ever made; they are numbered from 1.
        fn cluster_count() -> u64;

        /// The record of a cluster; none if there was never one, or it is gone.
        fn cluster(cluster: ClusterId) -> Option<ClusterRecord>;

        /// All engine records, by version.
        fn engines() -> Vec<(EngineVersion, EngineRecord)>;

        /// The engines under which governance has every worker interpret contracts, ascending by version. Under all others
        /// a worker runs compiled what it can. Results are the same. Since version 2 of this API.
        #[api_version(2)]
        fn interpreted_engines() -> Vec<EngineVersion>;

        /// The engine version of new clusters, once governance has set it.
        fn runtime_version() -> Option<EngineVersion>;

        /// The checkpoints that a worker has to acknowledge, in order: `limit` of them, but at most
        /// [`MAX_TO_ACKNOWLEDGE`].
        fn to_acknowledge(cluster: ClusterId, worker: AccountId, limit: u32) -> Vec<DueCheckpoint>;

        /// The queue of a cluster; none if there is no such cluster.
        fn queue(cluster: ClusterId) -> Option<QueueInfo>;

        /// What blocks after `after` give to the cluster's engine, oldest first: `limit` of them, but at most
        /// [`MAX_PENDING_INPUTS`]. Blocks that give nothing but their number aren't among them. Behind what is
        /// pruned nothing is found: the first one's messages say whether any are missing.
        fn pending_inputs(cluster: ClusterId, after: BlockNumber, limit: u32) -> Vec<ClusterBlock>;

        /// The address that an instantiation will get, if the engine carries it out.
        fn contract_address(
            deployer: AccountId,
            cluster: ClusterId,
            code: CodeSource,
            salt: Vec<u8>,
        ) -> AccountId;
    }
}
