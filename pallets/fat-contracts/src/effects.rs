//! What a checkpoint may ask of the chain.

use crate::{
    checkpoints::Confirmation, history::ExpectedCheckpoint, AmendedMessages, Amendments, Config,
    Error, Pallet, Progress, Setup, Withdrawals,
};
use fat_contracts_primitives::{Checkpoint, ClusterId, Effect, Remedy, Seq, WithdrawOutcome};
use frame_support::{ensure, traits::Get};

impl<T: Config> Pallet<T> {
    /// Checks a checkpoint against what the chain knows by itself.
    pub(crate) fn check(
        cluster: ClusterId,
        expected: &ExpectedCheckpoint,
        checkpoint: &Checkpoint,
        known: Option<Confirmation>,
    ) -> Result<(), Error<T>> {
        ensure!(
            checkpoint.last_seq == expected.last_seq
                && checkpoint.message_hash == expected.message_hash,
            Error::<T>::WrongHistory
        );
        let effects = &checkpoint.effects;
        let asked = requests(effects).count();
        ensure!(
            asked as u64 <= u64::from(T::MaxEffects::get()),
            Error::<T>::TooManyEffects
        );
        ensure!(is_ordered(effects), Error::<T>::ImpossibleEffect);
        let here = effects
            .iter()
            .all(|effect| expected.contains(seq_of(effect)));
        // Of a block's requests the first alone is told.
        let requests = effects
            .iter()
            .filter(|effect| matches!(effect, Effect::UpgradeRequested { .. }))
            .count();
        ensure!(here && requests <= 1, Error::<T>::ImpossibleEffect);
        // Who doesn't know of an amendment, or knows of an older one of the same message alone, has
        // executed something else; and where the message was skipped nothing can have come of it.
        let in_force = |seq: Seq| Amendments::<T>::get(cluster, seq);
        for effect in effects {
            let applied = match effect {
                Effect::Amended { seq, by } => in_force(*seq).is_some_and(|it| it.block == *by),
                Effect::SetupFailed { .. } => true,
                other => in_force(seq_of(other)).is_none_or(|it| it.remedy != Remedy::Skip),
            };
            ensure!(applied, Error::<T>::OtherAmendment);
        }
        let amended = AmendedMessages::<T>::get(cluster, checkpoint.block);
        let told = effects.len().saturating_sub(asked);
        ensure!(
            told as u64 >= u64::from(amended),
            Error::<T>::AmendmentMissing
        );
        // Of what a tuple was confirmed about, withdrawals are paid and gone.
        let done = matches!(known, Some(Confirmation::Tuple(_)));
        let failed = Progress::<T>::get(cluster).setup == Setup::Failed;
        let possible = effects.iter().all(|effect| match effect {
            Effect::Withdrawn { seq, outcome } => {
                let debits = *outcome == WithdrawOutcome::Debited;
                done || (Withdrawals::<T>::contains_key(cluster, seq) && !(debits && failed))
            }
            Effect::SetupFailed { seq } => *seq == 0,
            // Checked above.
            Effect::Amended { .. } => true,
            Effect::UpgradeFailed { .. } | Effect::UpgradeRequested { .. } => true,
        });
        ensure!(possible, Error::<T>::ImpossibleEffect);
        Ok(())
    }
}

/// The effects that ask something of the chain.
pub(crate) fn requests(effects: &[Effect]) -> impl Iterator<Item = &Effect> {
    let asks = |effect: &&Effect| !matches!(effect, Effect::Amended { .. });
    effects.iter().filter(asks)
}

/// Whether effects are in message order, none twice. A message may have several, of different
/// kinds; that it was amended comes first.
fn is_ordered(effects: &[Effect]) -> bool {
    let mut before: Option<Seq> = None;
    let mut kinds = 0u8;
    for effect in effects {
        let seq = seq_of(effect);
        if before.is_some_and(|before| seq < before) {
            return false;
        }
        if before != Some(seq) {
            kinds = 0;
        }
        let (kind, first) = match effect {
            Effect::Amended { .. } => (1, true),
            Effect::Withdrawn { .. } => (2, false),
            Effect::UpgradeRequested { .. } => (4, false),
            Effect::UpgradeFailed { .. } => (8, false),
            Effect::SetupFailed { .. } => (16, false),
        };
        if kinds & kind != 0 || (first && kinds != 0) {
            return false;
        }
        kinds |= kind;
        before = Some(seq);
    }
    true
}

/// The message that an effect is about.
fn seq_of(effect: &Effect) -> Seq {
    match effect {
        Effect::Withdrawn { seq, .. }
        | Effect::UpgradeRequested { seq, .. }
        | Effect::UpgradeFailed { seq }
        | Effect::SetupFailed { seq }
        | Effect::Amended { seq, .. } => *seq,
    }
}
