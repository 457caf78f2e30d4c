//! What workers say about a cluster's state.

use crate::{
    history::ExpectedCheckpoint, members::ClusterMember, quorum::Settled, Amendments, Config,
    Confirmations, Error, Event, Members, Pallet, Progress, Tallies, Withdrawals,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, Effect, EngineVersion, Hash, StateRoot,
};
use frame_support::{
    ensure, pallet_prelude::*, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use sp_crypto_hashing::blake2_256;

/// The workers that say the same about a checkpoint.
#[derive(
    CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Tally<T: Config> {
    /// Hash of the whole tuple that they reported.
    pub hash: Hash,
    /// The engine in it.
    pub engine: EngineVersion,
    /// The state root in it.
    pub root: StateRoot,
    /// The effects in it.
    pub effects: BoundedVec<Effect, T::MaxEffects>,
    /// Who reported it.
    pub voters: BoundedVec<AccountId, T::MaxMembers>,
}

/// What was confirmed about a checkpoint, for those who come later.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Confirmation {
    /// The tuple with this hash, by a quorum or by governance.
    #[codec(index = 0)]
    Tuple(Hash),
    /// This root, by governance alone: nobody had reported it.
    #[codec(index = 1)]
    Root(StateRoot),
}

impl Confirmation {
    fn agrees(&self, checkpoint: &Checkpoint) -> bool {
        match self {
            Self::Tuple(hash) => *hash == tuple_hash(checkpoint),
            Self::Root(root) => *root == checkpoint.root,
        }
    }
}

/// The hash by which workers agree.
fn tuple_hash(checkpoint: &Checkpoint) -> Hash {
    blake2_256(&checkpoint.encode()).into()
}

impl<T: Config> Pallet<T> {
    /// Takes a worker's checkpoints, in order. Gives what came of it, and how
    /// many things were pruned.
    ///
    /// # Errors
    /// `TooManyCheckpoints`, `NotMember`, `WorkerDiverged`, `CheckpointNotThere`,
    /// `NotNextCheckpoint`, `WrongHistory`, `TooManyEffects`, `ImpossibleEffect`. Then nothing is
    /// taken.
    pub(crate) fn do_acknowledge(
        worker: AccountId,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<(Settled, u32), Error<T>> {
        ensure!(
            !checkpoints.is_empty()
                && checkpoints.len() as u64 <= u64::from(T::MaxCheckpoints::get()),
            Error::<T>::TooManyCheckpoints
        );
        for checkpoint in checkpoints {
            Self::take_checkpoint(&worker, cluster, checkpoint)?;
        }
        let settled = Self::settle(cluster);
        let pruned = Self::prune_some(cluster, T::MaxPrune::get());
        Ok((settled, pruned))
    }

    fn take_checkpoint(
        worker: &AccountId,
        cluster: ClusterId,
        checkpoint: Checkpoint,
    ) -> Result<(), Error<T>> {
        let mut members = Members::<T>::get(cluster);
        let mut progress = Progress::<T>::get(cluster);
        let member = members
            .iter_mut()
            .find(|member| member.worker == *worker)
            .ok_or(Error::<T>::NotMember)?;
        ensure!(member.diverged.is_none(), Error::<T>::WorkerDiverged);
        ensure!(
            checkpoint.block < Self::now(),
            Error::<T>::CheckpointNotThere
        );
        let expected = Self::next_for(cluster, member, &progress)
            .filter(|expected| expected.cursor.block == checkpoint.block)
            .ok_or(Error::<T>::NotNextCheckpoint)?;
        Self::check(cluster, &expected, &checkpoint)?;

        member.acked = expected.cursor;
        member.acked_at = Self::now();
        match Confirmations::<T>::get(cluster, checkpoint.block) {
            Some(confirmation) if confirmation.agrees(&checkpoint) => {}
            Some(_) => {
                Self::deposit_event(Event::StateDiverged {
                    cluster,
                    block: checkpoint.block,
                    worker: worker.clone(),
                    root: checkpoint.root,
                });
                let wrong = [worker.clone()];
                let block = checkpoint.block;
                Self::mark_diverged(cluster, block, &mut members, &mut progress, &wrong);
            }
            None => Self::count(worker, cluster, checkpoint)?,
        }
        Members::<T>::insert(cluster, members);
        Progress::<T>::insert(cluster, progress);
        Ok(())
    }

    /// The checkpoint that a member has to acknowledge next. What was pruned it may skip.
    pub(crate) fn next_for(
        cluster: ClusterId,
        member: &ClusterMember,
        progress: &crate::ClusterProgress,
    ) -> Option<ExpectedCheckpoint> {
        let from = if member.acked.block < progress.pruned.block {
            progress.pruned
        } else {
            member.acked
        };
        Self::next_checkpoint(cluster, from)
    }

    /// Checks a checkpoint against what the chain knows by itself.
    fn check(
        cluster: ClusterId,
        expected: &ExpectedCheckpoint,
        checkpoint: &Checkpoint,
    ) -> Result<(), Error<T>> {
        ensure!(
            checkpoint.last_seq == expected.last_seq
                && checkpoint.message_hash == expected.message_hash,
            Error::<T>::WrongHistory
        );
        ensure!(
            checkpoint.effects.len() as u64 <= u64::from(T::MaxEffects::get()),
            Error::<T>::TooManyEffects
        );
        // A message has one effect at most, and of a block's requests the first alone is told.
        let seqs: Vec<_> = checkpoint.effects.iter().map(effect_seq).collect();
        let ordered = checkpoint.effects.windows(2).all(|pair| {
            let (first, second) = (effect_seq(&pair[0]), effect_seq(&pair[1]));
            let amended = matches!(pair[0], Effect::Amended { .. });
            first < second || (first == second && amended)
        });
        let here = seqs.iter().all(|seq| expected.contains(*seq));
        let mut requests = 0u32;
        let possible = checkpoint.effects.iter().all(|effect| match effect {
            Effect::Withdrawn { seq, .. } => Withdrawals::<T>::contains_key(cluster, seq),
            Effect::UpgradeFailed { .. } => true,
            Effect::SetupFailed { seq } => *seq == 0,
            Effect::Amended { seq } => Amendments::<T>::contains_key(cluster, seq),
            Effect::UpgradeRequested { .. } => {
                requests = requests.saturating_add(1);
                requests == 1
            }
        });
        // Of what is confirmed, withdrawals are paid and gone.
        let known = Confirmations::<T>::contains_key(cluster, checkpoint.block);
        ensure!(
            ordered && here && (possible || known),
            Error::<T>::ImpossibleEffect
        );
        Ok(())
    }

    /// Adds a worker to those who say the same. A second opinion never passes silently.
    fn count(
        worker: &AccountId,
        cluster: ClusterId,
        checkpoint: Checkpoint,
    ) -> Result<(), Error<T>> {
        let hash = tuple_hash(&checkpoint);
        let block = checkpoint.block;
        let mut tallies = Tallies::<T>::get(cluster, block);
        let others = tallies.iter().any(|tally| tally.hash != hash);
        let known = tallies.iter_mut().find(|tally| tally.hash == hash);
        let counted = match known {
            Some(tally) => tally.voters.try_push(worker.clone()).is_ok(),
            None => {
                let effects = BoundedVec::try_from(checkpoint.effects)
                    .map_err(|_| Error::<T>::TooManyEffects)?;
                let tally = Tally {
                    hash,
                    engine: checkpoint.engine,
                    root: checkpoint.root,
                    effects,
                    voters: BoundedVec::truncate_from(alloc::vec![worker.clone()]),
                };
                tallies.try_push(tally).is_ok()
            }
        };
        // Workers that left may have filled it: then a quorum is impossible anyway.
        ensure!(counted, Error::<T>::TooManyMembers);
        Tallies::<T>::insert(cluster, block, tallies);
        if others {
            Self::deposit_event(Event::StateDiverged {
                cluster,
                block,
                worker: worker.clone(),
                root: checkpoint.root,
            });
        }
        Ok(())
    }
}

/// The message that an effect is about.
fn effect_seq(effect: &Effect) -> fat_contracts_primitives::Seq {
    match effect {
        Effect::Withdrawn { seq, .. }
        | Effect::UpgradeRequested { seq, .. }
        | Effect::UpgradeFailed { seq }
        | Effect::SetupFailed { seq }
        | Effect::Amended { seq } => *seq,
    }
}
