//! Where workers stand that can't execute a message, and whether a quorum of them stands there.

use crate::{
    terms::{need, ClusterMember},
    Config, Error, Event, Members, Pallet, ParkReports, Progress, LOG_TARGET,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, ParkCause, Seq};
use frame_support::{ensure, pallet_prelude::*};
use sp_runtime::DispatchResult;

/// Where a worker stands, and why.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ParkReport {
    /// The worker.
    pub worker: AccountId,
    /// The block of the message.
    pub block: BlockNumber,
    /// The message that it can't execute.
    pub seq: Seq,
    /// Why.
    pub cause: ParkCause,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_report_parked(
        worker: AccountId,
        cluster: ClusterId,
        block: BlockNumber,
        seq: Seq,
        cause: ParkCause,
        as_of: BlockNumber,
    ) -> DispatchResult {
        Self::ensure_not_amended_since(cluster, as_of)?;
        let mut members = Members::<T>::get(cluster);
        let member = members
            .iter_mut()
            .find(|member| member.worker == worker)
            .ok_or(Error::<T>::NotMember)?;
        ensure!(member.diverged.is_none(), Error::<T>::WorkerDiverged);
        let there = Self::queue_checkpoint(cluster, block)
            .is_some_and(|checkpoint| (checkpoint.first..checkpoint.end).contains(&seq));
        // Who acknowledged the block has executed it.
        let waiting = there && seq >= Self::confirmed_end(cluster) && !member.stands_by(block);
        ensure!(waiting, Error::<T>::NotWaiting);
        // It is heard once: until it goes on, or is sent back, whatever it reports says no more than
        // that it still stands. Otherwise one that never means to go on would never lapse, and hold
        // up the others for ever. (A report of one that lapsed still counts for an amendment.)
        let stands = ParkReports::<T>::get(cluster)
            .iter()
            .any(|known| known.worker == worker);
        if !stands {
            member.acked_at = Self::now();
            member.lapsed = None;
            Members::<T>::insert(cluster, members);
        }

        // A worker stands in one place: its newer report replaces the older.
        let report = ParkReport {
            worker: worker.clone(),
            block,
            seq,
            cause,
        };
        ParkReports::<T>::try_mutate(cluster, |reports| {
            reports.retain(|known| known.worker != worker);
            reports
                .try_push(report)
                .map_err(|_| Error::<T>::TooManyMembers)
        })?;
        Self::deposit_event(Event::WorkerParked {
            cluster,
            worker,
            block,
            seq,
            cause,
        });
        if Self::is_parked(cluster, seq) {
            log::warn!(target: LOG_TARGET, "cluster {cluster}: no quorum can execute message {seq} ({cause:?})");
            Self::deposit_event(Event::ClusterStuck {
                cluster,
                seq,
                cause,
            });
        }
        Ok(())
    }

    /// Whether what was found in the state of a block is still of this history: no amendment took
    /// effect since.
    pub(crate) fn ensure_not_amended_since(
        cluster: ClusterId,
        as_of: BlockNumber,
    ) -> Result<(), Error<T>> {
        let amended_at = Progress::<T>::get(cluster).amended_at;
        ensure!(as_of >= amended_at, Error::<T>::AmendedSince);
        Ok(())
    }

    /// Whether a quorum is parked at a message up to this one.
    pub(crate) fn is_parked_up_to(cluster: ClusterId, last: Seq) -> bool {
        let (reports, members) = (ParkReports::<T>::get(cluster), Members::<T>::get(cluster));
        reports
            .iter()
            .any(|report| report.seq <= last && stuck_in(&reports, &members, report.seq).is_some())
    }

    /// Whether a quorum of equal reports says that no worker can execute a message: a quorum of
    /// those who work for the cluster now, because they are the ones who stand there.
    pub fn is_parked(cluster: ClusterId, seq: Seq) -> bool {
        Self::parked_in(cluster, seq).is_some()
    }

    /// The block of the message that a quorum of equal reports is about.
    pub(crate) fn parked_in(cluster: ClusterId, seq: Seq) -> Option<BlockNumber> {
        stuck_in(
            &ParkReports::<T>::get(cluster),
            &Members::<T>::get(cluster),
            seq,
        )
    }
}

/// The block of a message at which these reports say that a quorum of these members stands.
fn stuck_in(reports: &[ParkReport], members: &[ClusterMember], seq: Seq) -> Option<BlockNumber> {
    let here = || reports.iter().filter(|report| report.seq == seq);
    let (mut all, mut left_out) = (0u32, 0u32);
    for member in members.iter().filter(|member| member.diverged.is_none()) {
        all = all.saturating_add(1);
        let reports = here().any(|report| report.worker == member.worker);
        let out = member.lapsed.is_some() && !reports;
        left_out = left_out.saturating_add(out.into());
    }
    let need = need(all, left_out);
    let stuck = here().find(|one| {
        let same = here()
            .filter(|other| (other.block, other.cause) == (one.block, one.cause))
            .count() as u32;
        same >= need
    });
    stuck.map(|report| report.block)
}
