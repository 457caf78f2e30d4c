//! When workers agree, and when they can't any more.

use crate::{
    checkpoints::{Confirmation, Tally},
    history::ExpectedCheckpoint,
    members::{need, ClusterMember},
    Clusters, Config, Confirmations, Error, Event, Pallet, Progress, Tallies,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterId, ClusterStatus, Effect, StateRoot,
};
use frame_support::{ensure, traits::Get};

/// What one call brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Settled {
    /// So many checkpoints were confirmed.
    pub(crate) confirmed: u32,
    /// With so many effects.
    pub(crate) effects: u32,
}

/// Who counts at a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Electorate {
    /// The members at its block.
    members: u32,
    /// Those of them that are left out: found to disagree, or silent for too long.
    left_out: u32,
    /// Those that may still say something about it.
    waiting: u32,
    /// Those of `left_out` that are among them.
    may_return: u32,
}

impl Electorate {
    fn at(terms: &[ClusterMember], block: BlockNumber, now: BlockNumber) -> Self {
        let mut all = Self::default();
        for term in terms.iter().filter(|term| term.covers(block)) {
            all.members = all.members.saturating_add(1);
            if term.stands_by(block) {
                continue;
            }
            let out = term.diverged.is_some() || term.lapsed.is_some();
            // Who left and came back speaks as a member.
            let back = || {
                terms.iter().any(|other| {
                    other.worker == term.worker
                        && other.leaves.is_none()
                        && other.diverged.is_none()
                })
            };
            let waiting = term.diverged.is_none() && (!term.is_gone(now) || back());
            all.left_out = all.left_out.saturating_add(out.into());
            all.waiting = all.waiting.saturating_add(waiting.into());
            all.may_return = all.may_return.saturating_add((out && waiting).into());
        }
        all
    }

    /// How many have to agree.
    fn need(&self) -> u32 {
        need(self.members, self.left_out)
    }

    /// Whether so many can still become enough, if all that may speak say the same.
    fn is_open(&self, votes: u32) -> bool {
        let left_out = self.left_out.saturating_sub(self.may_return);
        votes.saturating_add(self.waiting) >= need(self.members, left_out)
    }
}

/// Those of a tally's workers whose word it is still.
fn standing<'a, T: Config>(
    terms: &'a [ClusterMember],
    tally: &'a Tally<T>,
    block: BlockNumber,
) -> impl Iterator<Item = &'a AccountId> {
    tally.voters.iter().filter(move |voter| {
        terms
            .iter()
            .any(|term| term.worker == **voter && term.stands_by(block))
    })
}

/// How many members of the checkpoint's block say so.
fn votes<T: Config>(terms: &[ClusterMember], tally: &Tally<T>, block: BlockNumber) -> u32 {
    let count = tally.voters.iter().filter(|voter| {
        terms
            .iter()
            .any(|term| term.worker == **voter && term.covers(block) && term.stands_by(block))
    });
    u32::try_from(count.count()).unwrap_or(u32::MAX)
}

impl<T: Config> Pallet<T> {
    /// Confirms what a quorum agrees about, in order, and notes when no quorum is possible.
    pub(crate) fn settle(cluster: ClusterId) -> Settled {
        Self::settle_after(cluster, Settled::default())
    }

    /// The same after what this call brought about already. Stops after `MaxCheckpoints`, or
    /// `MaxEffects` effects: what is left waits for the next call.
    pub(crate) fn settle_after(cluster: ClusterId, mut settled: Settled) -> Settled {
        Self::note_lapsed(cluster);
        while Self::has_room(&settled) {
            let Some(effects) = Self::settle_one(cluster) else {
                break;
            };
            settled.confirmed = settled.confirmed.saturating_add(1);
            settled.effects = settled.effects.saturating_add(effects);
        }
        settled
    }

    /// Whether a call that brought this about may confirm one more checkpoint.
    fn has_room(settled: &Settled) -> bool {
        settled.confirmed < T::MaxCheckpoints::get() && settled.effects < T::MaxEffects::get()
    }

    /// The most effects that one call can bring about.
    pub(crate) fn max_settled_effects() -> u32 {
        T::MaxEffects::get().saturating_mul(2)
    }

    /// Confirms the next checkpoint if a quorum agrees about it. Gives the number of its effects.
    fn settle_one(cluster: ClusterId) -> Option<u32> {
        let next = Self::next_checkpoint(cluster, Progress::<T>::get(cluster).confirmed)?;
        let block = next.cursor.block;
        let terms = Self::terms(cluster);
        let electorate = Electorate::at(&terms, block, Self::now());
        if electorate.members == 0 {
            // Whoever comes first takes it over.
            return None;
        }
        let tallies = Tallies::<T>::get(cluster, block);
        let best = tallies
            .iter()
            .max_by_key(|tally| votes(&terms, tally, block));
        let most = best.map_or(0, |tally| votes(&terms, tally, block));
        if let Some(best) = best.filter(|_| most >= electorate.need()) {
            return Some(Self::confirm(cluster, next, best, &tallies, &terms));
        }
        if !electorate.is_open(most) {
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
    /// Gives the number of its effects.
    fn confirm(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        tally: &Tally<T>,
        tallies: &[Tally<T>],
        terms: &[ClusterMember],
    ) -> u32 {
        let block = checkpoint.cursor.block;
        let wrong: Vec<_> = tallies
            .iter()
            .filter(|other| other.hash != tally.hash)
            .flat_map(|other| standing(terms, other, block).cloned())
            .collect();
        Self::mark_diverged(cluster, block, &wrong);
        let confirmation = Confirmation::Tuple(tally.hash);
        Self::move_confirmed(cluster, checkpoint, confirmation);
        Self::deposit_event(Event::CheckpointConfirmed {
            cluster,
            block,
            last_seq: checkpoint.last_seq,
            root: tally.root,
            receipts_root: Some(tally.receipts_root),
        });
        Self::engine_confirmed(cluster, checkpoint.last_seq, tally.engine);
        Self::bring_about(cluster, &checkpoint, &tally.effects);
        tally.effects.len() as u32
    }

    /// Does what a confirmed checkpoint asks of the chain.
    pub(crate) fn bring_about(
        cluster: ClusterId,
        checkpoint: &ExpectedCheckpoint,
        effects: &[Effect],
    ) {
        if checkpoint.contains(0) {
            Self::setup_confirmed(cluster, effects.contains(&Effect::SetupFailed { seq: 0 }));
        }
        for effect in effects {
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

    /// Moves the confirmed end of the history to a checkpoint. Whatever workers couldn't agree
    /// about up to there is decided thereby.
    fn move_confirmed(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        confirmation: Confirmation,
    ) {
        let block = checkpoint.cursor.block;
        Progress::<T>::mutate(cluster, |progress| {
            if let Confirmation::Root(_) = confirmation {
                let before = progress
                    .unheard
                    .map_or(progress.confirmed, |(first, _)| first);
                progress.unheard = Some((before, block));
            }
            progress.confirmed = checkpoint.cursor;
        });
        Self::forget_terms(cluster, block);
        Tallies::<T>::remove(cluster, block);
        Confirmations::<T>::insert(cluster, block, confirmation);
        Clusters::<T>::mutate(cluster, |record| {
            if let Some(record) = record {
                record.diverged = record.diverged.filter(|diverged| *diverged > block);
            }
        });
    }

    /// Confirms what some workers say, up to a block, whatever others say: as much as one call
    /// may.
    fn confirm_words_of(
        cluster: ClusterId,
        up_to: BlockNumber,
        is_right: impl Fn(&AccountId) -> bool,
    ) -> Settled {
        let mut settled = Settled::default();
        while Self::has_room(&settled) {
            let confirmed = Progress::<T>::get(cluster).confirmed;
            let Some(next) =
                Self::next_checkpoint(cluster, confirmed).filter(|next| next.cursor.block <= up_to)
            else {
                break;
            };
            let block = next.cursor.block;
            let terms = Self::terms(cluster);
            let tallies = Tallies::<T>::get(cluster, block);
            let right = |tally: &Tally<T>| {
                standing(&terms, tally, block)
                    .filter(|voter| is_right(voter))
                    .count()
            };
            let best = tallies.iter().max_by_key(|tally| right(tally));
            let Some(tally) = best.filter(|tally| right(tally) > 0) else {
                break;
            };
            let effects = Self::confirm(cluster, next, tally, &tallies, &terms);
            settled.confirmed = settled.confirmed.saturating_add(1);
            settled.effects = settled.effects.saturating_add(effects);
        }
        settled
    }

    /// A cluster whose confirmed end governance may move.
    fn ensure_resolvable(cluster: ClusterId) -> Result<(), Error<T>> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        let destroyed = matches!(record.status, ClusterStatus::Destroyed { .. });
        ensure!(!destroyed, Error::<T>::NothingToResolve);
        Ok(())
    }

    /// Governance says which root of a block is right.
    pub(crate) fn do_resolve_divergence(
        cluster: ClusterId,
        block: BlockNumber,
        root: StateRoot,
    ) -> Result<Settled, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        let confirmed = Progress::<T>::get(cluster).confirmed;
        let next = Self::next_checkpoint(cluster, confirmed)
            .filter(|next| next.cursor.block <= block)
            .ok_or(Error::<T>::NothingToResolve)?;
        let terms = Self::terms(cluster);
        let tallies = Tallies::<T>::get(cluster, block);
        // Who is right there was right before.
        let right: Vec<_> = tallies
            .iter()
            .filter(|tally| tally.root == root)
            .max_by_key(|tally| standing(&terms, tally, block).count())
            .map(|tally| standing(&terms, tally, block).cloned().collect())
            .unwrap_or_default();
        let settled = if !right.is_empty() {
            Self::confirm_words_of(cluster, block, |worker| right.contains(worker))
        } else {
            // Nobody reported it, so nobody has said yet what the block asks of the chain; and
            // nobody can say what came before.
            ensure!(next.cursor.block == block, Error::<T>::NothingToResolve);
            let wrong: Vec<_> = tallies
                .iter()
                .flat_map(|tally| standing(&terms, tally, block).cloned())
                .collect();
            Self::mark_diverged(cluster, block, &wrong);
            Self::move_confirmed(cluster, next, Confirmation::Root(root));
            Self::deposit_event(Event::CheckpointConfirmed {
                cluster,
                block,
                last_seq: next.last_seq,
                root,
                receipts_root: None,
            });
            Settled {
                confirmed: 1,
                effects: 0,
            }
        };
        ensure!(settled.confirmed > 0, Error::<T>::NothingToResolve);
        let reached = Progress::<T>::get(cluster).confirmed.block;
        if reached == block {
            Self::deposit_event(Event::DivergenceResolved {
                cluster,
                block,
                root,
            });
        }
        Ok(Self::settle_after(cluster, settled))
    }

    /// Governance says which worker is right, up to a block.
    pub(crate) fn do_resolve_in_favour(
        cluster: ClusterId,
        worker: AccountId,
        up_to: BlockNumber,
    ) -> Result<Settled, Error<T>> {
        Self::ensure_resolvable(cluster)?;
        let mut terms = Self::terms(cluster).into_iter();
        let known = terms.any(|term| term.worker == worker && term.diverged.is_none());
        ensure!(known, Error::<T>::NotMember);
        let settled = Self::confirm_words_of(cluster, up_to, |voter| *voter == worker);
        ensure!(settled.confirmed > 0, Error::<T>::NothingToResolve);
        let block = Progress::<T>::get(cluster).confirmed.block;
        Self::deposit_event(Event::ResolvedInFavour {
            cluster,
            worker,
            block,
        });
        Ok(Self::settle_after(cluster, settled))
    }
}
