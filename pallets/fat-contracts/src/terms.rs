//! Which workers count at which checkpoint.
//!
//! A worker's *term* says at which checkpoints it counts. Terms are kept until everything that
//! they cover is confirmed, because a checkpoint's quorum is that of its own block: who joins
//! later doesn't count for it, and who leaves later doesn't lower it. Nothing else is written
//! down about who counted when, so there is nothing that could contradict it.

use crate::{
    history::Cursor, Config, Error, Event, Leavers, Members, Pallet, Progress, Workers, LOG_TARGET,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Seq};
use frame_support::{pallet_prelude::*, traits::Get};

/// A worker's term in a cluster.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClusterMember {
    /// The worker.
    pub worker: AccountId,
    /// It counts for checkpoints after this block.
    pub joined: BlockNumber,
    /// The last block for whose checkpoint it counts: the one in which it left, or was found to
    /// disagree with the others.
    pub until: Option<BlockNumber>,
    /// The last checkpoint that it acknowledged, or after which it begins. A worker has one
    /// place: it is the same in all of its terms.
    pub acked: Cursor,
    /// The block in which it was heard last: it acknowledged, or said that it can't go on. A report
    /// that replaces another one isn't heard.
    pub acked_at: BlockNumber,
    /// The last block in which it may acknowledge, once it left.
    pub leaves: Option<BlockNumber>,
    /// The checkpoint at which it was found to disagree with the others: nothing that it said
    /// counts any more.
    pub diverged: Option<BlockNumber>,
    /// Since when it is left out of what it didn't acknowledge, because it was silent for too
    /// long.
    pub lapsed: Option<BlockNumber>,
}

impl ClusterMember {
    /// Whether it is one of the members at a checkpoint's block.
    pub(crate) fn covers(&self, block: BlockNumber) -> bool {
        self.joined < block && self.until.is_none_or(|until| block <= until)
    }

    /// Whether its word about a checkpoint, if there is one, is its word still. It isn't if it was
    /// found to disagree, or was sent back to before that block.
    pub(crate) fn stands_by(&self, block: BlockNumber) -> bool {
        self.diverged.is_none() && self.acked.block >= block
    }

    /// Whether its time to acknowledge what it left behind is over.
    pub(crate) fn is_gone(&self, now: BlockNumber) -> bool {
        self.leaves.is_some_and(|last| now > last)
    }
}

/// A time in which nobody counted. What happened in it falls to those who come first, which is
/// to say, in the same block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct UnstaffedPeriod {
    /// Since when: blocks after this.
    pub after: BlockNumber,
    /// The block in which somebody came.
    pub filled: Option<BlockNumber>,
}

impl UnstaffedPeriod {
    /// An unstaffed period that nobody has ended.
    pub(crate) fn after(after: BlockNumber) -> Self {
        Self {
            after,
            filled: None,
        }
    }
}

/// Whether workers confirmed that there is a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Setup {
    /// Nobody has said yet what came of the Setup message.
    #[default]
    #[codec(index = 0)]
    Unconfirmed,
    /// It was executed. Deposits of earlier messages than this are noted in `Refunds` still,
    /// until they are pruned; they are in the ledger.
    #[codec(index = 1)]
    Done {
        /// The message after the last one with such a note.
        before: Seq,
    },
    /// It was rejected or skipped: there is no ledger, and all deposits go back.
    #[codec(index = 2)]
    Failed,
}

/// How far a cluster's history is confirmed and pruned.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClusterProgress {
    /// The last checkpoint that a quorum confirmed.
    pub confirmed: Cursor,
    /// Everything up to here was pruned.
    pub pruned: Cursor,
    /// When nobody counts, or until somebody came.
    pub unstaffed: Option<UnstaffedPeriod>,
    /// Before the first checkpoint that governance confirmed by a root and whose effects aren't
    /// told, and the block of the last such checkpoint; see `hearing`.
    pub unheard: Option<(Cursor, BlockNumber)>,
    /// What came of the Setup message.
    pub setup: Setup,
    /// The block in which the newest amendment took effect: what was found before is of another
    /// history. 0: none has.
    pub amended_at: BlockNumber,
}

impl ClusterProgress {
    /// Up to where it is confirmed, and known what the history asks of the chain.
    pub(crate) fn heard(&self) -> Cursor {
        self.unheard.map_or(self.confirmed, |(before, _)| before)
    }
}

/// ⌊2n/3⌋ + 1.
pub(crate) fn quorum(members: u32) -> u32 {
    (members.saturating_mul(2) / 3).saturating_add(1)
}

/// How many it takes when `left_out` of the members of a block are left out: a quorum of the others,
/// and never less than a strict majority of all.
pub(crate) fn need(members: u32, left_out: u32) -> u32 {
    let majority = (members / 2).saturating_add(1);
    quorum(members.saturating_sub(left_out)).max(majority)
}

impl<T: Config> Pallet<T> {
    /// All terms that may count at a checkpoint which isn't confirmed: of those who left, and of
    /// the members.
    pub(crate) fn terms(cluster: ClusterId) -> Vec<ClusterMember> {
        let mut terms = Leavers::<T>::get(cluster).into_inner();
        terms.extend(Members::<T>::get(cluster));
        terms
    }

    /// The term in which a worker acknowledges: as a member, or as one that left not long ago.
    pub(crate) fn term_of(cluster: ClusterId, worker: &AccountId) -> Option<ClusterMember> {
        let now = Self::now();
        let member = Members::<T>::get(cluster)
            .into_iter()
            .find(|member| member.worker == *worker);
        // Whose admission was taken back has nothing to say any more.
        member.or_else(|| {
            Leavers::<T>::get(cluster)
                .into_iter()
                .rev()
                .find(|term| term.worker == *worker && term.leaves.is_some() && !term.is_gone(now))
                .filter(|_| Workers::<T>::contains_key(worker))
        })
    }

    /// Changes all terms of a cluster, and writes those lists in which something changed. Returns
    /// what `change` returned about each term that it changed.
    pub(crate) fn change_terms<R>(
        cluster: ClusterId,
        mut change: impl FnMut(&mut ClusterMember) -> Option<R>,
    ) -> Vec<R> {
        let mut leavers = Leavers::<T>::get(cluster);
        let left: Vec<_> = leavers.iter_mut().filter_map(&mut change).collect();
        if !left.is_empty() {
            Leavers::<T>::insert(cluster, leavers);
        }
        let mut members = Members::<T>::get(cluster);
        let mut changed: Vec<_> = members.iter_mut().filter_map(&mut change).collect();
        if !changed.is_empty() {
            Members::<T>::insert(cluster, members);
        }
        changed.extend(left);
        changed
    }

    /// Keeps the term of one that left, as long as it covers what isn't confirmed and heard. Where
    /// there is no room, a term of what is confirmed and unheard goes: without it there may be no
    /// quorum there, and then governance chooses.
    pub(crate) fn keep_term(
        cluster: ClusterId,
        term: ClusterMember,
        progress: &ClusterProgress,
    ) -> Result<(), Error<T>> {
        let over =
            |term: &ClusterMember, end: BlockNumber| term.until.is_some_and(|until| until <= end);
        let (heard, confirmed) = (progress.heard().block, progress.confirmed.block);
        if over(&term, heard) {
            return Ok(());
        }
        let mut leavers = Leavers::<T>::get(cluster);
        for end in [heard, confirmed] {
            if leavers.is_full() {
                leavers.retain(|term| !over(term, end));
            }
        }
        if leavers.is_full() && over(&term, confirmed) {
            return Ok(());
        }
        leavers
            .try_push(term)
            .map_err(|_| Error::<T>::TooManyMembershipChanges)?;
        Leavers::<T>::insert(cluster, leavers);
        Ok(())
    }

    /// Prunes terms that cover nothing that waits for confirmation or is unheard, and whose worker
    /// has nothing left to say.
    pub(crate) fn prune_terms(cluster: ClusterId) {
        let now = Self::now();
        let heard = Progress::<T>::get(cluster).heard().block;
        let mut leavers = Leavers::<T>::get(cluster);
        let before = leavers.len();
        leavers.retain(|term| {
            let Some(until) = term.until else { return true };
            let owes = term.diverged.is_none() && !term.is_gone(now) && term.acked.block < until;
            until > heard || owes
        });
        if leavers.len() < before {
            Leavers::<T>::insert(cluster, leavers);
        }
    }

    /// Whether a worker has had something to acknowledge for `LivenessPeriod` and said nothing.
    pub(crate) fn is_silent(
        cluster: ClusterId,
        term: &ClusterMember,
        progress: &ClusterProgress,
    ) -> bool {
        let since = Self::now().saturating_sub(T::LivenessPeriod::get());
        // What came up lately can't have been missed for long.
        term.acked_at < since
            && Self::next_for(cluster, term, progress).is_some_and(|next| next.cursor.block < since)
    }

    /// Notes who is left out from now on, because nothing was heard of it for too long.
    pub(crate) fn note_lapsed(cluster: ClusterId) {
        let now = Self::now();
        let progress = Progress::<T>::get(cluster);
        let lapsed = Self::change_terms(cluster, |term| {
            if term.diverged.is_some() || term.lapsed.is_some() {
                return None;
            }
            let owes = term.until.is_none_or(|until| term.acked.block < until);
            let over = owes && term.is_gone(now);
            (over || Self::is_silent(cluster, term, &progress)).then(|| {
                term.lapsed = Some(now);
                term.worker.clone()
            })
        });
        for worker in lapsed {
            log::warn!(target: LOG_TARGET, "cluster {cluster}: {worker:?} was silent for too long");
            Self::deposit_event(Event::WorkerLapsed { cluster, worker });
        }
    }
}

/// How many members count.
pub(crate) fn counting(members: &[ClusterMember]) -> u32 {
    let count = members.iter().filter(|m| m.diverged.is_none()).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
