use crate::{BlockNumber, EngineVersion, MessageHash, Seq, StateRoot};
use alloc::vec::Vec;
use parity_scale_codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What a worker says about a cluster's state after a block. Workers agree when the hash of the
/// whole tuple is equal.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Checkpoint {
    /// The block.
    pub block: BlockNumber,
    /// The last message executed.
    pub last_seq: Seq,
    /// The version that the cluster runs after the block.
    pub engine: EngineVersion,
    /// The state root after the block.
    pub root: StateRoot,
    /// The running message hash after the block.
    pub message_hash: MessageHash,
    /// What the chain has to do about the block, in message order: one effect a message at most.
    pub effects: Vec<Effect>,
}

/// A consequence of a message for the chain.
#[derive(
    Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Effect {
    /// A withdrawal was executed.
    #[codec(index = 0)]
    Withdrawn {
        /// The Withdraw message.
        seq: Seq,
        /// Whether the ledger was debited.
        outcome: WithdrawOutcome,
    },
    /// The system contract asks for a move to this version. Of a block's requests the first
    /// alone is reported.
    #[codec(index = 1)]
    UpgradeRequested {
        /// The message in which it asked.
        seq: Seq,
        /// The version it named.
        to: EngineVersion,
    },
    /// An Upgrade message failed, on every worker alike; the cluster stays where it was.
    #[codec(index = 2)]
    UpgradeFailed {
        /// The Upgrade message.
        seq: Seq,
    },
}

/// What became of a withdrawal.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum WithdrawOutcome {
    /// The ledger was debited: the chain owes the money.
    #[codec(index = 0)]
    Debited,
    /// The ledger is as it was: nothing is owed.
    #[codec(index = 1)]
    Refused,
}

/// Why a worker parked a cluster.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ParkCause {
    /// The engine's file isn't there, or isn't the one that the chain recorded.
    #[codec(index = 0)]
    EngineMissing,
    /// The engine panicked.
    #[codec(index = 1)]
    EnginePanicked,
    /// The engine reported a fault of its surroundings.
    #[codec(index = 2)]
    EngineFault,
    /// The engine can't take over the state.
    #[codec(index = 3)]
    UpgradeImpossible,
}
