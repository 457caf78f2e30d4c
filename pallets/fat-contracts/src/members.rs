//! Who works for a cluster, and how many counted at which block.
//!
//! The number of members is kept by block, because a checkpoint's quorum is that of its own
//! block: who joins later doesn't count for it, and who leaves later doesn't lower it.

use crate::{
    history::Cursor, quorum::Settled, Config, Error, Event, Members, Pallet, ParkReports, Progress,
    Queues, Workers,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, ClusterRecord};
use frame_support::{ensure, pallet_prelude::*, traits::ConstU32};
use sp_runtime::DispatchResult;

/// The most changes of a cluster's membership that can wait for confirmation.
pub type MaxEpochs = ConstU32<MAX_EPOCHS>;

/// See [`MaxEpochs`].
pub(crate) const MAX_EPOCHS: u32 = 64;

/// A worker of a cluster.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClusterMember {
    /// The worker.
    pub worker: AccountId,
    /// It counts for checkpoints after this block.
    pub joined: BlockNumber,
    /// The last checkpoint that it acknowledged, or after which it begins.
    pub acked: Cursor,
    /// The block in which it did.
    pub acked_at: BlockNumber,
    /// The checkpoint at which it was found to disagree with the others: it counts no more.
    pub diverged: Option<BlockNumber>,
}

/// How many members a cluster had, from some block on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Epoch {
    /// For checkpoints of this block and later ones.
    pub from: BlockNumber,
    /// So many.
    pub members: u32,
}

/// What a worker that disagrees had reported ahead: it doesn't count.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Struck {
    /// The worker.
    pub worker: AccountId,
    /// For checkpoints up to this block.
    pub until: BlockNumber,
}

/// A time in which nobody counted. What happened in it falls to those who come first, which is
/// to say, in the same block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Vacancy {
    /// Since when: checkpoints after this.
    pub after: Cursor,
    /// The block in which somebody came.
    pub filled: Option<BlockNumber>,
}

impl Vacancy {
    /// A vacancy that nobody has filled.
    pub(crate) fn after(after: Cursor) -> Self {
        Self {
            after,
            filled: None,
        }
    }
}

/// How far a cluster's history is confirmed and pruned.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClusterProgress {
    /// The last checkpoint that a quorum confirmed.
    pub confirmed: Cursor,
    /// Everything up to here was pruned.
    pub pruned: Cursor,
    /// When nobody counts, or until somebody came.
    pub vacancy: Option<Vacancy>,
    /// Who counted when, in order; the first entry reaches back to the last confirmed one.
    pub epochs: BoundedVec<Epoch, MaxEpochs>,
    /// Reports that don't count any more, because their worker was found to disagree.
    pub struck: BoundedVec<Struck, MaxEpochs>,
}

impl ClusterProgress {
    /// The number of members that counts at a checkpoint.
    pub(crate) fn members_at(&self, block: BlockNumber) -> u32 {
        let before = self.epochs.iter().rev().find(|epoch| epoch.from <= block);
        before.map_or(0, |epoch| epoch.members)
    }

    /// Notes the number of members from some block on. `spare` entries stay free; false if that
    /// can't be.
    fn note(&mut self, from: BlockNumber, members: u32, spare: u32) -> bool {
        match self.epochs.last_mut() {
            Some(last) if last.from == from => last.members = members,
            _ => {
                let free = MAX_EPOCHS.saturating_sub(self.epochs.len() as u32);
                if free <= spare {
                    return false;
                }
                return self.epochs.try_push(Epoch { from, members }).is_ok();
            }
        }
        true
    }

    /// How many of these workers count at a checkpoint.
    pub(crate) fn votes(&self, voters: &[AccountId], block: BlockNumber) -> u32 {
        let struck = |voter: &AccountId| {
            self.struck
                .iter()
                .any(|struck| struck.worker == *voter && block <= struck.until)
        };
        voters.iter().filter(|voter| !struck(voter)).count() as u32
    }

    /// Forgets what no checkpoint after the confirmed one needs.
    pub(crate) fn forget(&mut self) {
        let confirmed = self.confirmed.block;
        self.struck.retain(|struck| struck.until > confirmed);
        let next = self.confirmed.block.saturating_add(1);
        while self.epochs.get(1).is_some_and(|second| second.from <= next) {
            self.epochs.remove(0);
        }
    }
}

/// ⌊2n/3⌋ + 1.
pub(crate) fn quorum(members: u32) -> u32 {
    (members.saturating_mul(2) / 3).saturating_add(1)
}

impl<T: Config> Pallet<T> {
    /// Gives a cluster a worker.
    ///
    /// # Errors
    /// `WorkerNotFound`, `WorkerServesAnother`, `WorkerIsBusy`, `TooManyMembers`,
    /// `TooManyMembershipChanges`.
    pub(crate) fn add_member(
        cluster: ClusterId,
        record: &ClusterRecord,
        worker: AccountId,
    ) -> DispatchResult {
        Workers::<T>::try_mutate(&worker, |admitted| {
            let admitted = admitted.as_mut().ok_or(Error::<T>::WorkerNotFound)?;
            ensure!(
                admitted.serves.as_ref() == Some(&record.owner),
                Error::<T>::WorkerServesAnother
            );
            ensure!(admitted.cluster.is_none(), Error::<T>::WorkerIsBusy);
            admitted.cluster = Some(cluster);
            Ok::<_, Error<T>>(())
        })?;
        let now = Self::now();
        let mut progress = Progress::<T>::get(cluster);
        let mut members = Members::<T>::get(cluster);
        let last_epoch = progress.epochs.last().map_or(0, |epoch| epoch.from);
        let begin = match &mut progress.vacancy {
            Some(vacancy)
                if vacancy.filled.is_none_or(|block| block == now)
                    && last_epoch <= vacancy.after.block.saturating_add(1) =>
            {
                vacancy.filled = Some(now);
                vacancy.after.max(progress.confirmed)
            }
            _ => {
                progress.vacancy = None;
                Self::after_this_block(cluster)
            }
        };
        let member = ClusterMember {
            worker: worker.clone(),
            joined: begin.block,
            acked: begin,
            acked_at: now,
            diverged: None,
        };
        members
            .try_push(member)
            .map_err(|_| Error::<T>::TooManyMembers)?;
        let noted = progress.note(
            begin.block.saturating_add(1),
            counting(&members),
            T::MaxMembers::get(),
        );
        ensure!(noted, Error::<T>::TooManyMembershipChanges);
        Members::<T>::insert(cluster, members);
        Progress::<T>::insert(cluster, progress);
        Self::deposit_event(Event::WorkerAdded { cluster, worker });
        Ok(())
    }

    /// Takes a worker from a cluster. What it acknowledged still counts.
    ///
    /// # Errors
    /// `NotMember`, `TooManyMembershipChanges`.
    pub(crate) fn remove_member(
        cluster: ClusterId,
        worker: AccountId,
    ) -> Result<Settled, Error<T>> {
        let mut members = Members::<T>::get(cluster);
        let at = members
            .iter()
            .position(|member| member.worker == worker)
            .ok_or(Error::<T>::NotMember)?;
        let gone = members.remove(at);
        let mut progress = Progress::<T>::get(cluster);
        let noted = progress.note(
            Self::now().saturating_add(1),
            counting(&members),
            T::MaxMembers::get(),
        );
        ensure!(noted, Error::<T>::TooManyMembershipChanges);
        if counting(&members) == 0 && gone.diverged.is_none() {
            progress.vacancy = Some(Vacancy::after(Self::after_this_block(cluster)));
        }
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| report.worker != worker);
        });
        Members::<T>::insert(cluster, members);
        Progress::<T>::insert(cluster, progress);
        Self::release_worker(&worker);
        Self::deposit_event(Event::WorkerRemoved { cluster, worker });
        // Perhaps it was the one that a quorum waited for.
        Ok(Self::settle(cluster))
    }

    /// Lets a worker go where it likes.
    pub(crate) fn release_worker(worker: &AccountId) {
        Workers::<T>::mutate(worker, |admitted| {
            if let Some(admitted) = admitted {
                admitted.cluster = None;
            }
        });
    }

    /// Leaves workers that disagree with what was confirmed out of everything from now on.
    pub(crate) fn mark_diverged(
        cluster: ClusterId,
        block: BlockNumber,
        members: &mut BoundedVec<ClusterMember, T::MaxMembers>,
        progress: &mut ClusterProgress,
        wrong: &[AccountId],
    ) {
        for member in members.iter_mut() {
            if member.diverged.is_none() && wrong.contains(&member.worker) {
                member.diverged = Some(block);
                // There is room: whoever is struck again was taken in again meanwhile, and that
                // took an epoch.
                let struck = Struck {
                    worker: member.worker.clone(),
                    until: member.acked.block,
                };
                progress.struck.try_push(struck).ok();
                ParkReports::<T>::mutate(cluster, |reports| {
                    reports.retain(|report| report.worker != member.worker);
                });
                Self::deposit_event(Event::WorkerDiverged {
                    cluster,
                    block,
                    worker: member.worker.clone(),
                });
            }
        }
        // Changes that people ask for leave one entry free for each member: this is it.
        progress.note(Self::now().saturating_add(1), counting(members), 0);
        let noticed = progress
            .vacancy
            .is_some_and(|vacancy| vacancy.filled.is_none());
        if counting(members) == 0 && !noticed {
            progress.vacancy = Some(Vacancy::after(Self::after_this_block(cluster)));
        }
    }

    /// The place of this block in the cluster's history, its own checkpoint included.
    fn after_this_block(cluster: ClusterId) -> Cursor {
        Cursor {
            block: Self::now(),
            mark: Some(Queues::<T>::get(cluster).block),
        }
    }
}

/// How many members count.
pub(crate) fn counting(members: &[ClusterMember]) -> u32 {
    let count = members.iter().filter(|m| m.diverged.is_none()).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
