use fat_contracts_primitives::{
    BlockNumber, Effect, EngineVersion, MessageHash, Seq, StateRoot, WithdrawOutcome,
};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::{self, Receipt};

/// A message's receipt, with the engine that gave it. Kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MessageReceipt {
    /// The message.
    pub seq: Seq,
    /// The version that executed it.
    pub engine: EngineVersion,
    /// What it gave.
    pub receipt: Receipt,
}

impl MessageReceipt {
    /// What the message asks of the chain.
    pub fn effects(&self) -> impl Iterator<Item = Effect> + '_ {
        let seq = self.seq;
        self.receipt.effects.iter().map(move |effect| match effect {
            types::Effect::Withdrawn { debited } => Effect::Withdrawn {
                seq,
                outcome: match debited {
                    true => WithdrawOutcome::Debited,
                    false => WithdrawOutcome::Refused,
                },
            },
            types::Effect::UpgradeRequested { to } => Effect::UpgradeRequested {
                seq,
                to: EngineVersion::new(to.major, to.minor),
            },
            types::Effect::UpgradeFailed => Effect::UpgradeFailed { seq },
        })
    }
}

/// What is kept of an executed block, beside its receipts.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlockRecord {
    /// The block.
    pub number: BlockNumber,
    /// The version after it.
    pub engine: EngineVersion,
    /// How many messages it had.
    pub messages: u32,
    /// The state root after it.
    pub root: StateRoot,
    /// The running message hash after it.
    pub message_hash: MessageHash,
}
