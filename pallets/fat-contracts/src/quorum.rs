//! When workers agree, and when they can't any more.

use crate::{
    checkpoints::{Confirmation, Tally},
    history::ExpectedCheckpoint,
    terms::{need, ClusterMember},
    Clusters, Config, Confirmations, Event, Pallet, Progress, Tallies, LOG_TARGET,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Effect};
use frame_support::traits::Get;

/// What one call brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct QuorumOutcome {
    /// How many checkpoints were confirmed.
    pub(crate) confirmed: u32,
    /// How many effects they had.
    pub(crate) effects: u32,
}

impl QuorumOutcome {
    /// Counts one more, with `effects` effects.
    pub(crate) fn add(&mut self, effects: u32) {
        self.confirmed = self.confirmed.saturating_add(1);
        self.effects = self.effects.saturating_add(effects);
    }
}

/// Who counts at a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Electorate {
    /// The members at its block.
    pub(crate) members: u32,
    /// Those of them that are left out: found to disagree, or silent for too long.
    left_out: u32,
    /// Those that may still say something about it.
    waiting: u32,
    /// Those of `left_out` that are among them.
    may_return: u32,
}

impl Electorate {
    pub(crate) fn at(terms: &[ClusterMember], block: BlockNumber, now: BlockNumber) -> Self {
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
    pub(crate) fn need(&self) -> u32 {
        need(self.members, self.left_out)
    }

    /// Whether `votes` can still become enough, if all that may speak say the same.
    fn is_open(&self, votes: u32) -> bool {
        let left_out = self.left_out.saturating_sub(self.may_return);
        votes.saturating_add(self.waiting) >= need(self.members, left_out)
    }
}

/// Those of a tally's workers whose word it is still.
pub(crate) fn standing<'a, T: Config>(
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
pub(crate) fn votes<T: Config>(
    terms: &[ClusterMember],
    tally: &Tally<T>,
    block: BlockNumber,
) -> u32 {
    let count = tally.voters.iter().filter(|voter| {
        terms
            .iter()
            .any(|term| term.worker == **voter && term.covers(block) && term.stands_by(block))
    });
    u32::try_from(count.count()).unwrap_or(u32::MAX)
}

impl<T: Config> Pallet<T> {
    /// Confirms what a quorum agrees about, in order, and notes when no quorum is possible. What is
    /// unheard comes first.
    pub(crate) fn settle(cluster: ClusterId) -> QuorumOutcome {
        Self::settle_after(cluster, QuorumOutcome::default())
    }

    /// The same after what this call brought about already. Stops after `MaxCheckpoints`, or
    /// `MaxEffects` effects: what is left waits for the next call.
    pub(crate) fn settle_after(cluster: ClusterId, mut settled: QuorumOutcome) -> QuorumOutcome {
        Self::note_lapsed(cluster);
        while Self::has_room(&settled) {
            let Some(effects) = Self::hear_quorum(cluster).or_else(|| Self::settle_one(cluster))
            else {
                break;
            };
            settled.add(effects);
        }
        settled
    }

    /// Whether a call that brought this about may confirm one more checkpoint.
    pub(crate) fn has_room(settled: &QuorumOutcome) -> bool {
        settled.confirmed < T::MaxCheckpoints::get() && settled.effects < T::MaxEffects::get()
    }

    /// The most effects that one call can bring about.
    pub(crate) fn max_settled_effects() -> u32 {
        T::MaxEffects::get().saturating_mul(2)
    }

    /// Confirms the next checkpoint if a quorum agrees about it. Returns the number of its effects.
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
                log::warn!(target: LOG_TARGET, "cluster {cluster}: no quorum is possible about block {block}");
                Self::deposit_event(Event::ClusterDiverged { cluster, block });
            }
        });
    }

    /// Makes a tuple the truth: marks who said otherwise, and does what it asks of the chain.
    /// Returns the number of its effects.
    pub(crate) fn confirm(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        tally: &Tally<T>,
        tallies: &[Tally<T>],
        terms: &[ClusterMember],
    ) -> u32 {
        let block = checkpoint.cursor.block;
        Self::mark_others(cluster, block, tally, tallies, terms);
        let confirmation = Confirmation::Tuple(tally.hash);
        Self::move_confirmed(cluster, checkpoint, confirmation);
        log::debug!(target: LOG_TARGET, "cluster {cluster}: block {block} is confirmed");
        Self::tell_confirmed(cluster, &checkpoint, tally);
        Self::engine_confirmed(cluster, checkpoint.last_seq, tally.engine);
        Self::bring_about(cluster, &checkpoint, &tally.effects);
        tally.effects.len() as u32
    }

    /// Marks who said something else about a block than what became the truth.
    pub(crate) fn mark_others(
        cluster: ClusterId,
        block: BlockNumber,
        tally: &Tally<T>,
        tallies: &[Tally<T>],
        terms: &[ClusterMember],
    ) {
        let wrong: Vec<_> = tallies
            .iter()
            .filter(|other| other.hash != tally.hash)
            .flat_map(|other| standing(terms, other, block).cloned())
            .collect();
        Self::mark_diverged(cluster, block, &wrong);
    }

    /// Says which tuple is the truth about a checkpoint.
    pub(crate) fn tell_confirmed(
        cluster: ClusterId,
        checkpoint: &ExpectedCheckpoint,
        tally: &Tally<T>,
    ) {
        Self::deposit_event(Event::CheckpointConfirmed {
            cluster,
            block: checkpoint.cursor.block,
            last_seq: checkpoint.last_seq,
            root: tally.root,
            receipts_root: Some(tally.receipts_root),
        });
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
                    log::warn!(target: LOG_TARGET, "cluster {cluster}: the upgrade of message {seq} failed");
                    Self::deposit_event(Event::UpgradeFailed { cluster, seq: *seq });
                }
                Effect::SetupFailed { .. } | Effect::Amended { .. } => {}
            }
        }
    }

    /// Moves the confirmed end of the history to a checkpoint. Whatever workers couldn't agree
    /// about up to there is decided thereby.
    pub(crate) fn move_confirmed(
        cluster: ClusterId,
        checkpoint: ExpectedCheckpoint,
        confirmation: Confirmation,
    ) {
        let block = checkpoint.cursor.block;
        Progress::<T>::mutate(cluster, |progress| {
            if let Confirmation::Root { .. } = confirmation {
                progress.unheard = Some((progress.heard(), block));
            } else {
                Tallies::<T>::remove(cluster, block);
            }
            progress.confirmed = checkpoint.cursor;
        });
        Self::prune_terms(cluster);
        Confirmations::<T>::insert(cluster, block, confirmation);
        Clusters::<T>::mutate(cluster, |record| {
            if let Some(record) = record {
                record.diverged = record.diverged.filter(|diverged| *diverged > block);
            }
        });
    }
}
