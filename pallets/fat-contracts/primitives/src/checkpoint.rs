use crate::{BlockNumber, EngineVersion, MessageHash, ReceiptsRoot, Seq, StateRoot};
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
    /// The root over the receipts of the block's messages; that of an empty trie if it had none.
    pub receipts_root: ReceiptsRoot,
    /// The running message hash after the block.
    pub message_hash: MessageHash,
    /// What the chain has to do about the block, in message order. An amended message has
    /// [`Effect::Amended`] ahead of the one that its execution brings about.
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
    /// The system contract asks for an upgrade to this version. Of a block's requests the first
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
    /// The Setup message was rejected or skipped: there is no cluster, and the chain closes it.
    #[codec(index = 3)]
    SetupFailed {
        /// The Setup message.
        seq: Seq,
    },
    /// The message was skipped, or executed by another version, as governance amended it. A tuple
    /// without this effect, or with another amendment's, was made by a worker that executed
    /// something else.
    #[codec(index = 4)]
    Amended {
        /// The amended message.
        seq: Seq,
        /// The block that delivered the amendment which was obeyed, the last one of the message. A
        /// message has one a block at most, so the two name an amendment.
        by: BlockNumber,
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
    /// The engine can't migrate the state.
    #[codec(index = 3)]
    UpgradeImpossible,
    /// What the chain source gave isn't what the chain ordered: the running hash, a sequence
    /// number, the cluster or the block's number differ.
    #[codec(index = 4)]
    Disorder,
    /// The block's receipts have more bytes than a worker keeps.
    #[codec(index = 5)]
    ReceiptsTooLarge,
    /// The block's changes have more bytes or keys than a worker commits at once.
    #[codec(index = 6)]
    ChangesTooLarge,
    /// The call needs more memory than a worker lends to one call.
    #[codec(index = 7)]
    OutOfMemory,
}
