//! When workers agree, and when they can't any more.

use crate::{
    checkpoints::{Confirmation, Tally},
    history::ExpectedCheckpoint,
    members::quorum,
    Clusters, Config, Confirmations, Error, Event, Members, Pallet, Progress, Tallies,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Effect, StateRoot};
use frame_support::{ensure, traits::Get};

/// What one call brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Settled {
    /// So many checkpoints were confirmed.
    pub(crate) confirmed: u32,
    /// With so many effects.
    pub(crate) effects: u32,
}

impl<T: Config> Pallet<T> {
    /// Confirms what a quorum agrees about, in order, and notes when no quorum is possible. Stops
    /// after `MaxCheckpoints`, or `MaxEffects` effects: what is left waits for the next call.
    pub(crate) fn settle(cluster: ClusterId) -> Settled {
        let mut settled = Settled::default();
        while settled.confirmed < T::MaxCheckpoints::get() && settled.effects < T::MaxEffects::get()
        {
            let Some(effects) = Self::settle_one(cluster) else {
                break;
            };
            settled.confirmed = settled.confirmed.saturating_add(1);
            settled.effects = settled.effects.saturating_add(effects);
        }
        settled
    }

    /// The most effects that [`Pallet::settle`] can bring about.
    pub(crate) fn max_settled_effects() -> u32 {
        T::MaxEffects::get().saturating_mul(2)
    }

    /// Confirms the next checkpoint if a quorum agrees about it. Gives the number of its effects.
    fn settle_one(cluster: ClusterId) -> Option<u32> {
        let progress = Progress::<T>::get(cluster);
        let next = Self::next_checkpoint(cluster, progress.confirmed)?;
        let block = next.cursor.block;
        let counted = progress.members_at(block);
        if counted == 0 {
            // Whoever comes first takes it over.
            return None;
        }
        let need = quorum(counted);
        let tallies = Tallies::<T>::get(cluster, block);
        let votes = |tally: &Tally<T>| progress.votes(&tally.voters, block);
        let best = tallies.iter().max_by_key(|tally| votes(tally));
        let most = best.map_or(0, votes);
        if let Some(best) = best.filter(|_| most >= need) {
            Self::confirm(cluster, next, best, &tallies);
            return Some(best.effects.len() as u32);
        }
        let members = Members::<T>::get(cluster);
        let silent = members
            .iter()
            .filter(|m| m.diverged.is_none() && m.joined < block && m.acked.block < block)
            .count() as u32;
        if most.saturating_add(silent) < need {
            Self::note_divergence(cluster, block);
        }
        None
    }

    /// Stops payouts and upgrades until governance decides. Said once.
    fn note_divergence(cluster: ClusterId, block: BlockNumber) {
        Clusters::<T>::mutate(cluster, |record| {
            if let Some(record) = record.as_mut().filter(|record| record.diverged.is_none()) {
                record.diverged = Some(block);
                Self::deposit_event(Event::ClusterDiverged { cluster, block });
            }
        });
    }

    /// Makes a tuple the truth: marks who said otherwise, and does what it asks of the chain.
    fn confirm(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        tally: &Tally<T>,
        tallies: &[Tally<T>],
    ) {
        let wrong: Vec<_> = tallies
            .iter()
            .filter(|other| other.hash != tally.hash)
            .flat_map(|other| other.voters.iter().cloned())
            .collect();
        let confirmation = Confirmation::Tuple(tally.hash);
        Self::move_confirmed(cluster, checkpoint, confirmation, tally.root, &wrong);
        Self::engine_confirmed(cluster, checkpoint.last_seq, tally.engine);
        for effect in &tally.effects {
            match effect {
                Effect::Withdrawn { seq, outcome } => Self::withdrawn(cluster, *seq, *outcome),
                Effect::UpgradeRequested { to, .. } => Self::upgrade_requested(cluster, *to),
                Effect::UpgradeFailed { seq } => {
                    Self::deposit_event(Event::UpgradeFailed { cluster, seq: *seq });
                }
                Effect::SetupFailed { .. } | Effect::Amended { .. } => {}
            }
        }
    }

    /// Moves the confirmed end of the history to a checkpoint.
    fn move_confirmed(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        confirmation: Confirmation,
        root: StateRoot,
        wrong: &[AccountId],
    ) {
        let block = checkpoint.cursor.block;
        let mut progress = Progress::<T>::get(cluster);
        let mut members = Members::<T>::get(cluster);
        progress.confirmed = checkpoint.cursor;
        progress.forget();
        if !wrong.is_empty() {
            Self::mark_diverged(cluster, block, &mut members, &mut progress, wrong);
            Members::<T>::insert(cluster, members);
        }
        Progress::<T>::insert(cluster, progress);
        Tallies::<T>::remove(cluster, block);
        Confirmations::<T>::insert(cluster, block, confirmation);
        Self::deposit_event(Event::CheckpointConfirmed {
            cluster,
            block,
            last_seq: checkpoint.last_seq,
            root,
        });
    }

    /// Governance says which root of a block is right.
    pub(crate) fn do_resolve_divergence(
        cluster: ClusterId,
        block: BlockNumber,
        root: StateRoot,
    ) -> Result<Settled, Error<T>> {
        let mut record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        ensure!(record.diverged == Some(block), Error::<T>::NotDiverged);
        let confirmed = Progress::<T>::get(cluster).confirmed;
        let checkpoint = Self::next_checkpoint(cluster, confirmed)
            .filter(|next| next.cursor.block == block)
            .ok_or(Error::<T>::NotDiverged)?;
        record.diverged = None;
        Clusters::<T>::insert(cluster, record);
        let tallies = Tallies::<T>::get(cluster, block);
        let right = tallies
            .iter()
            .filter(|tally| tally.root == root)
            .max_by_key(|tally| tally.voters.len());
        match right {
            Some(tally) => Self::confirm(cluster, checkpoint, tally, &tallies),
            None => {
                // Nobody reported it, so nobody can say what the block asks of the chain.
                let wrong: Vec<_> = tallies
                    .iter()
                    .flat_map(|tally| tally.voters.iter().cloned())
                    .collect();
                let confirmation = Confirmation::Root(root);
                Self::move_confirmed(cluster, checkpoint, confirmation, root, &wrong);
            }
        }
        Self::deposit_event(Event::DivergenceResolved {
            cluster,
            block,
            root,
        });
        Ok(Self::settle(cluster))
    }
}
