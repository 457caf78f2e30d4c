use fat_contracts_primitives::{Effect, EngineVersion, MessageHash, Seq, WithdrawOutcome};
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

/// What is kept of an executed block beside its receipts, its input and its state root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlockRecord {
    /// The version after it; none before the cluster is set up.
    pub engine: Option<EngineVersion>,
    /// How many messages it had.
    pub messages: u32,
    /// The sequence number of the cluster's next message.
    pub next_seq: Seq,
    /// The running message hash after it.
    pub message_hash: MessageHash,
    /// What it asks of the chain, in message order.
    pub effects: Vec<Effect>,
}
