//! Types shared by the chain and the workers.
//!
//! The pallet orders messages for clusters of contracts and governs the engines that execute
//! them; a worker reads that order and executes it. Whatever both must understand in the same
//! way to the byte is defined here, once: engine versions and records, the cluster messages and
//! the running hash over them, what a block hands to an engine, checkpoints and their effects.
//!
//! This crate must never know FRAME, a worker, or an engine. It builds without `std`, because a
//! runtime takes it, and holds no logic but codecs, hashes and ordering. Every enum that is
//! stored or hashed has explicit codec indices; an index is never used for a second meaning.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod appended;
mod block;
mod checkpoint;
mod cluster;
mod cluster_key;
mod dev_accounts;
mod engine;
mod message;

pub use address::{cluster_bytes, contract_address, ClusterId};
pub use block::{BlockInput, ClusterBlock};
pub use checkpoint::{Checkpoint, Effect, ParkCause, WithdrawOutcome};
pub use cluster::{
    ClusterRecord, ClusterStatus, PendingUpgrade, Permission, Prices,
    FIRST_MAJOR_WITH_SYSTEM_CONTRACT, SYSTEM_SALT,
};
pub use cluster_key::{
    key_commitment, sealing_info, EnvelopeKey, KeyCommitment, SealedKey, KEY_COMMITMENT_DOMAIN,
    SEALED_KEY_BYTES,
};
pub use dev_accounts::{dev_account, DEV_ACCOUNTS, DEV_ED25519_KEYS};
pub use engine::{Artefact, EngineRecord, EngineStatus, EngineVersion, ExecutionMode, Target};
pub use message::{
    fold_amendment, fold_input, fold_message, Amendment, ClusterMessage, CodeSource, QueuedMessage,
    Remedy, SystemCodeHash, Weight, MAX_AMENDMENTS_OF_BLOCK,
};

/// A 32-byte account of the chain, and of the ledger inside a cluster.
pub type AccountId = sp_core::crypto::AccountId32;
/// An amount in the chain's smallest unit.
pub type Balance = u128;
/// A block height of the chain.
pub type BlockNumber = u32;
/// BLAKE2b-256 over some bytes; the aliases below say over which.
pub type Hash = sp_core::H256;
/// Hash of a contract's code, as uploaded.
pub type CodeHash = Hash;
/// Root of the Substrate trie (layout V1, BLAKE2b-256) over a cluster's state.
pub type StateRoot = Hash;
/// Root of the ordered Substrate trie (layout V1, BLAKE2b-256) over the canonical receipts of a
/// block's messages, each under the SCALE-compact form of its index in the block.
pub type ReceiptsRoot = Hash;
/// Running hash over all messages of a cluster, and over what their blocks gave to engines; see
/// [`ClusterBlock::fold`].
pub type MessageHash = Hash;
/// Position of a message in its cluster's queue, counted from 0 without gaps.
pub type Seq = u64;
