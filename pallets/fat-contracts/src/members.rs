//! Who works for a cluster, and how they come and go. What a worker counts for, its *term*, is in
//! `terms`.

use crate::{
    quorum::QuorumOutcome,
    terms::{counting, ClusterMember, UnstaffedPeriod},
    Config, Error, Event, Leavers, Members, Pallet, ParkReports, Progress, SealedKeys, WorkerKeys,
    Workers, LOG_TARGET,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, ClusterRecord};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Adds a worker to a cluster. It counts for checkpoints after this block; or, if nobody counts,
    /// for all since somebody did. It begins at the confirmed end of the history all the same, or
    /// before what is unheard: what it says of older checkpoints is on record, so that governance may resolve in its
    /// favour.
    ///
    /// # Errors
    /// `WorkerNotFound`, `WorkerServesAnother`, `WorkerIsBusy`, `TooManyMembers`.
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
        let joined = match &mut progress.unstaffed {
            Some(unstaffed) if unstaffed.filled.is_none_or(|block| block == now) => {
                unstaffed.filled = Some(now);
                unstaffed.after
            }
            _ => {
                progress.unstaffed = None;
                now
            }
        };
        let start = progress.heard();
        // Who comes back goes on where it was.
        let acked = Leavers::<T>::get(cluster)
            .iter()
            .filter(|term| term.worker == worker && term.diverged.is_none())
            .map(|term| term.acked)
            .fold(start, |a, b| if b.block > a.block { b } else { a });
        let member = ClusterMember {
            worker: worker.clone(),
            joined,
            until: None,
            acked,
            acked_at: now,
            leaves: None,
            diverged: None,
            lapsed: None,
        };
        Members::<T>::try_append(cluster, member).map_err(|_| Error::<T>::TooManyMembers)?;
        Progress::<T>::insert(cluster, progress);
        Self::deposit_event(Event::WorkerAdded { cluster, worker });
        Ok(())
    }

    /// Takes a worker from a cluster. What it acknowledged still counts, and it may acknowledge
    /// what is left up to this block for `LeavingPeriod`.
    ///
    /// # Errors
    /// `NotMember`, `TooManyMembershipChanges`.
    pub(crate) fn remove_member(
        cluster: ClusterId,
        worker: AccountId,
    ) -> Result<QuorumOutcome, Error<T>> {
        let now = Self::now();
        let mut members = Members::<T>::get(cluster);
        let at = members
            .iter()
            .position(|member| member.worker == worker)
            .ok_or(Error::<T>::NotMember)?;
        let mut gone = members.remove(at);
        let mut progress = Progress::<T>::get(cluster);
        let counted = gone.diverged.is_none();
        // Whoever ends an unstaffed period and goes in the same block was never there.
        let passing = counted
            && progress
                .unstaffed
                .is_some_and(|unstaffed| unstaffed.filled == Some(now));
        if counted {
            gone.until = Some(now);
            gone.leaves = Some(now.saturating_add(T::LeavingPeriod::get()));
        }
        if counted && counting(&members) == 0 {
            progress.unstaffed = match progress.unstaffed {
                Some(unstaffed) if passing => Some(UnstaffedPeriod::after(unstaffed.after)),
                _ => Some(UnstaffedPeriod::after(now)),
            };
        }
        let covered = gone.until.is_some_and(|until| gone.joined < until);
        if covered && !passing {
            Self::keep_term(cluster, gone, &progress)?;
        }
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| report.worker != worker);
        });
        Members::<T>::insert(cluster, members);
        Progress::<T>::insert(cluster, progress);
        SealedKeys::<T>::remove(cluster, &worker);
        Self::release_worker(&worker);
        Self::deposit_event(Event::WorkerRemoved { cluster, worker });
        // Perhaps nothing can be confirmed without it.
        Ok(Self::settle(cluster))
    }

    /// Lets a worker go where it likes. Its X25519 key goes: should it come back because it has lost the
    /// secret half, nobody is to seal anything to the old one before it has named another.
    pub(crate) fn release_worker(worker: &AccountId) {
        WorkerKeys::<T>::remove(worker);
        Workers::<T>::mutate(worker, |admitted| {
            if let Some(admitted) = admitted {
                admitted.cluster = None;
            }
        });
    }

    /// Leaves workers that disagree with what was confirmed out of everything from now on.
    pub(crate) fn mark_diverged(cluster: ClusterId, block: BlockNumber, wrong: &[AccountId]) {
        let now = Self::now();
        let mut marked = Self::change_terms(cluster, |term| {
            let hit = term.diverged.is_none() && wrong.contains(&term.worker);
            hit.then(|| {
                term.diverged = Some(block);
                term.until = Some(term.until.unwrap_or(now).min(now));
                term.worker.clone()
            })
        });
        marked.sort();
        marked.dedup();
        if marked.is_empty() {
            return;
        }
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| !marked.contains(&report.worker));
        });
        for worker in marked {
            log::warn!(target: LOG_TARGET, "cluster {cluster}: {worker:?} was wrong about block {block}");
            Self::deposit_event(Event::WorkerDiverged {
                cluster,
                block,
                worker,
            });
        }
        if counting(&Members::<T>::get(cluster)) == 0 {
            Progress::<T>::mutate(cluster, |progress| {
                if progress.unstaffed.is_none_or(|it| it.filled.is_some()) {
                    progress.unstaffed = Some(UnstaffedPeriod::after(now));
                }
            });
        }
    }
}
