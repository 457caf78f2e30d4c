//! What a block asks of the chain, filtered where it is collected.
//!
//! The chain takes no tuple with an effect that its message can't have, so what an engine reports
//! is never passed through: each kind of message has its own effects, and of a block's requests
//! for another version the first alone is told.

use super::MessageReceipt;
use fat_contracts_primitives::{BlockNumber, ClusterMessage, Effect, Remedy, Seq, WithdrawOutcome};
use pink_capi::types::{self, Outcome};
use pink_engine_host::chain_version;

/// The effects of a block's messages, in their order: [`Effect::Amended`] first for each that is
/// amended, with the block that delivered the amendment, then what came of it.
pub(super) fn of_messages<'m>(
    messages: impl IntoIterator<Item = (&'m ClusterMessage, &'m MessageReceipt)>,
    amendment: impl Fn(Seq) -> Option<(BlockNumber, Remedy)>,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut requested = false;
    for (message, receipt) in messages {
        let (seq, amended) = (receipt.seq, amendment(receipt.seq));
        if let Some((by, _)) = amended {
            effects.push(Effect::Amended { seq, by });
        }
        let skipped = amended.is_some_and(|(_, remedy)| remedy == Remedy::Skip);
        let own = of_kind(message, receipt, skipped);
        let request = || (!requested).then(|| request(receipt)).flatten();
        if let Some(effect) = own.or_else(request) {
            requested |= matches!(effect, Effect::UpgradeRequested { .. });
            effects.push(effect);
        }
    }
    effects
}

/// The effect that every message of a kind has. Of a skipped one the chain knows by itself what
/// it has to do, but for a setup, without which there is no cluster.
fn of_kind(message: &ClusterMessage, receipt: &MessageReceipt, skipped: bool) -> Option<Effect> {
    let seq = receipt.seq;
    let failed = receipt.receipt.outcome != Outcome::Success;
    match message {
        ClusterMessage::Setup { .. } => failed.then_some(Effect::SetupFailed { seq }),
        _ if skipped => None,
        ClusterMessage::Withdraw { .. } => {
            let debited = types::Effect::Withdrawn { debited: true };
            let outcome = if receipt.receipt.effects.contains(&debited) {
                WithdrawOutcome::Debited
            } else {
                WithdrawOutcome::Refused
            };
            Some(Effect::Withdrawn { seq, outcome })
        }
        ClusterMessage::Upgrade { .. } => failed.then_some(Effect::UpgradeFailed { seq }),
        _ => None,
    }
}

/// The first request for another version that was made in a message.
fn request(receipt: &MessageReceipt) -> Option<Effect> {
    let seq = receipt.seq;
    let mut effects = receipt.receipt.effects.iter();
    effects.find_map(|effect| match effect {
        types::Effect::UpgradeRequested { to } => Some(Effect::UpgradeRequested {
            seq,
            to: chain_version(*to),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fat_contracts_primitives::AccountId;
    use fat_contracts_primitives::EngineVersion;
    use pink_capi::types::{Failure, Receipt, Version};

    const TO: EngineVersion = EngineVersion::new(2, 1);

    fn who() -> AccountId {
        AccountId::new([1; 32])
    }

    fn setup() -> ClusterMessage {
        ClusterMessage::Setup {
            engine: EngineVersion::new(1, 0),
            owner: who(),
            deposit: 1,
            gas_price: 1,
            deposit_per_item: 1,
            deposit_per_byte: 1,
            treasury: who(),
            existential_deposit: 1,
            engine_config: Vec::new(),
            system_code: None,
        }
    }

    fn withdraw() -> ClusterMessage {
        ClusterMessage::Withdraw {
            from: who(),
            dest: who(),
            amount: 1,
            max_gas_price: 1,
        }
    }

    fn upgrade() -> ClusterMessage {
        ClusterMessage::Upgrade {
            from: EngineVersion::new(1, 0),
            to: TO,
            system_code: None,
        }
    }

    fn deposit() -> ClusterMessage {
        ClusterMessage::Deposit {
            from: who(),
            dest: who(),
            amount: 1,
        }
    }

    fn collect(
        block: &[(ClusterMessage, Outcome, Vec<types::Effect>)],
        amended: &[(Seq, BlockNumber, Remedy)],
    ) -> Vec<Effect> {
        let receipts: Vec<_> = (0..)
            .zip(block)
            .map(|(seq, (_, outcome, effects))| MessageReceipt {
                seq,
                engine: EngineVersion::new(1, 0),
                receipt: Receipt {
                    outcome: outcome.clone(),
                    effects: effects.clone(),
                    ..Receipt::free()
                },
            })
            .collect();
        let messages = block.iter().map(|(message, ..)| message);
        of_messages(messages.zip(&receipts), |seq| {
            let of = amended.iter().find(|(it, ..)| *it == seq);
            of.map(|(_, by, remedy)| (*by, *remedy))
        })
    }

    fn rejected() -> Outcome {
        Outcome::Rejected(Failure::new("NoCluster", ""))
    }

    fn asks(minor: u32) -> types::Effect {
        types::Effect::UpgradeRequested {
            to: Version::new(2, minor),
        }
    }

    /// Whatever engines report, the chain gets what it can take: the first request of a block, one
    /// effect for a withdrawal or an upgrade, none that a message of its kind can't have.
    #[test]
    fn what_engines_report_is_filtered() {
        let withdrawn = |debited| types::Effect::Withdrawn { debited };
        let success = || Outcome::Success;
        let block = [
            (setup(), success(), vec![asks(1), asks(2)]),
            (deposit(), success(), vec![asks(3), withdrawn(true)]),
            (
                withdraw(),
                success(),
                vec![withdrawn(true), withdrawn(true)],
            ),
            (withdraw(), rejected(), vec![]),
            (upgrade(), success(), vec![types::Effect::UpgradeFailed]),
            (upgrade(), rejected(), vec![]),
            (deposit(), success(), vec![types::Effect::UpgradeFailed]),
        ];
        let (debited, refused) = (WithdrawOutcome::Debited, WithdrawOutcome::Refused);
        let expected = [
            Effect::UpgradeRequested { seq: 0, to: TO },
            Effect::Withdrawn {
                seq: 2,
                outcome: debited,
            },
            Effect::Withdrawn {
                seq: 3,
                outcome: refused,
            },
            Effect::UpgradeFailed { seq: 5 },
        ];
        assert_eq!(collect(&block, &[]), expected);
    }

    /// Without a cluster nothing behind the setup happened, and each message says so.
    #[test]
    fn a_setup_that_failed_is_told_whether_it_was_rejected_or_skipped() {
        let block = [
            (setup(), rejected(), vec![]),
            (withdraw(), rejected(), vec![]),
            (upgrade(), rejected(), vec![]),
        ];
        let behind = [
            Effect::Withdrawn {
                seq: 1,
                outcome: WithdrawOutcome::Refused,
            },
            Effect::UpgradeFailed { seq: 2 },
        ];
        let failed = Effect::SetupFailed { seq: 0 };
        let expected = [&[failed.clone()][..], &behind].concat();
        assert_eq!(collect(&block, &[]), expected);
        let expected = [&[Effect::Amended { seq: 0, by: 7 }, failed][..], &behind].concat();
        assert_eq!(collect(&block, &[(0, 7, Remedy::Skip)]), expected);
    }

    /// An amended message says that it is, and then what came of it; what a skipped one leaves to
    /// do, the chain did when the amendment took effect.
    #[test]
    fn amended_messages_are_told_ahead_of_what_they_did() {
        let block = [
            (setup(), Outcome::Success, vec![]),
            (withdraw(), rejected(), vec![]),
            (upgrade(), rejected(), vec![]),
            (deposit(), Outcome::Success, vec![asks(1)]),
        ];
        let amended = [
            (1, 7, Remedy::Skip),
            (2, 9, Remedy::ExecuteFrom(TO)),
            (3, 7, Remedy::ExecuteFrom(TO)),
        ];
        let expected = [
            Effect::Amended { seq: 1, by: 7 },
            Effect::Amended { seq: 2, by: 9 },
            Effect::UpgradeFailed { seq: 2 },
            Effect::Amended { seq: 3, by: 7 },
            Effect::UpgradeRequested { seq: 3, to: TO },
        ];
        assert_eq!(collect(&block, &amended), expected);
    }
}
