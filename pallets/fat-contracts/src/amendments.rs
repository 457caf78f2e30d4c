//! What parks every worker alike can't be undone by a message behind it. Workers report where
//! they stand; on a quorum of equal reports governance may amend the message. An amendment is
//! part of the history: it takes effect at the start of the next block, ahead of its messages,
//! and is folded into the running hash there.

use crate::{
    members::{counting, quorum},
    upgrades::DropReason,
    Amendments, BlockAmendments, Clusters, Config, Error, Event, Members, Pallet, ParkReports,
    Progress, Queues, StagedAmendments, Withdrawals,
};
use fat_contracts_primitives::{
    fold_amendment, AccountId, Amendment, BlockNumber, ClusterId, ClusterMessage, ClusterStatus,
    EngineVersion, Move, ParkCause, Remedy, Seq,
};
use frame_support::{ensure, pallet_prelude::*, traits::ConstU32};
use sp_runtime::DispatchResult;

/// The most amendments that take effect in one block.
pub type MaxAmendments = ConstU32<8>;

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

/// An amendment that took effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Amended {
    /// The block that delivered it.
    pub block: BlockNumber,
    /// What it says.
    pub remedy: Remedy,
}

impl<T: Config> Pallet<T> {
    /// The seq after the last message that is confirmed.
    pub(crate) fn confirmed_end(cluster: ClusterId) -> Seq {
        let confirmed = Progress::<T>::get(cluster).confirmed;
        let mark = confirmed.mark.and_then(|mark| Self::mark(cluster, mark));
        mark.map_or(0, |mark| mark.end)
    }

    pub(crate) fn do_report_parked(
        worker: AccountId,
        cluster: ClusterId,
        block: BlockNumber,
        seq: Seq,
        cause: ParkCause,
    ) -> DispatchResult {
        let members = Members::<T>::get(cluster);
        let member = members
            .iter()
            .find(|member| member.worker == worker)
            .ok_or(Error::<T>::NotMember)?;
        ensure!(member.diverged.is_none(), Error::<T>::WorkerDiverged);
        let there =
            Self::mark(cluster, block).is_some_and(|mark| (mark.first..mark.end).contains(&seq));
        let waiting = there && seq >= Self::confirmed_end(cluster);
        ensure!(waiting, Error::<T>::NotWaiting);

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
            Self::deposit_event(Event::ClusterStuck {
                cluster,
                seq,
                cause,
            });
        }
        Ok(())
    }

    /// Whether a quorum of equal reports says that no worker can execute a message: a quorum of
    /// those who work for the cluster now, because they are the ones who stand there.
    pub fn is_parked(cluster: ClusterId, seq: Seq) -> bool {
        let need = quorum(counting(&Members::<T>::get(cluster)));
        let reports = ParkReports::<T>::get(cluster);
        let here = || reports.iter().filter(|report| report.seq == seq);
        here().any(|one| {
            let same = here()
                .filter(|other| (other.block, other.cause) == (one.block, one.cause))
                .count() as u32;
            same >= need
        })
    }

    pub(crate) fn do_amend(cluster: ClusterId, seq: Seq, remedy: Remedy) -> DispatchResult {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        ensure!(seq >= Self::confirmed_end(cluster), Error::<T>::NotWaiting);
        // Money that a skipped message brought is back where it came from: that is final.
        let staged = StagedAmendments::<T>::get();
        let skip = Amendment {
            seq,
            remedy: Remedy::Skip,
        };
        let skipped = Self::amendment(cluster, seq) == Some(Remedy::Skip);
        ensure!(
            !skipped && !staged.contains(&(cluster, skip)),
            Error::<T>::AlreadySkipped
        );
        ensure!(Self::is_parked(cluster, seq), Error::<T>::NotParked);
        if let Remedy::ExecuteFrom(version) = remedy {
            let engine = Self::active_engine(version)?;
            // What runs at this message: an Upgrade before it counts, the message itself doesn't.
            let from = match record.pending {
                Some(Move {
                    to,
                    seq: Some(moved),
                    ..
                }) if moved < seq => to,
                _ => record.engine,
            };
            ensure!(version > from, Error::<T>::NotNewer);
            ensure!(
                engine.upgrades_from.contains(&from),
                Error::<T>::UnsupportedUpgradePath
            );
        }
        let amendment = Amendment { seq, remedy };
        StagedAmendments::<T>::try_append((cluster, amendment))
            .map_err(|_| Error::<T>::TooManyAmendments)?;
        // Should it not help, workers have to say so anew.
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| report.seq != seq);
        });
        Self::deposit_event(Event::AmendmentStaged {
            cluster,
            seq,
            remedy,
        });
        Ok(())
    }

    /// Delivers what was staged in the last block. Gives how many amendments there were.
    pub(crate) fn apply_staged_amendments() -> u32 {
        let staged = StagedAmendments::<T>::take();
        for (cluster, amendment) in &staged {
            let destroyed = Clusters::<T>::get(cluster)
                .is_none_or(|record| matches!(record.status, ClusterStatus::Destroyed { .. }));
            if !destroyed {
                Self::apply_amendment(*cluster, *amendment);
            }
        }
        staged.len() as u32
    }

    fn apply_amendment(cluster: ClusterId, amendment: Amendment) {
        let block = Self::now();
        let mut queue = Queues::<T>::get(cluster);
        let opened = Self::open_mark(&mut queue);
        Self::write_mark(cluster, opened);
        queue.hash = fold_amendment(&queue.hash, cluster, block, &amendment);
        Queues::<T>::insert(cluster, queue);
        let Amendment { seq, remedy } = amendment;
        Amendments::<T>::insert(cluster, seq, Amended { block, remedy });
        BlockAmendments::<T>::mutate(cluster, block, |list| {
            // As long as the list of staged ones, so it fits.
            list.try_push(amendment).ok();
        });
        match remedy {
            Remedy::Skip => Self::skip(cluster, seq),
            Remedy::ExecuteFrom(version) => Self::execute_from(cluster, seq, version),
        }
        Self::deposit_event(Event::Amended {
            cluster,
            seq,
            remedy,
        });
    }

    /// What a message that is never executed leaves to do: money that it brought goes back. (The
    /// prices of a skipped UpdatePrices stay on record; the owner's next change repairs that.)
    fn skip(cluster: ClusterId, seq: Seq) {
        match Self::message(cluster, seq).map(|queued| queued.message) {
            Some(ClusterMessage::Deposit { from, amount, .. }) => {
                Self::owe(cluster, seq, from, amount);
            }
            Some(ClusterMessage::Setup { owner, deposit, .. }) if deposit > 0 => {
                Self::owe(cluster, seq, owner, deposit);
            }
            Some(ClusterMessage::Withdraw { .. }) => Withdrawals::<T>::remove(cluster, seq),
            Some(ClusterMessage::Upgrade { to, .. }) => {
                Clusters::<T>::mutate(cluster, |record| {
                    let Some(record) = record else { return };
                    if record.pending.is_some_and(|move_| move_.seq == Some(seq)) {
                        record.pending = None;
                        Self::leave_engine(to);
                    }
                });
                let reason = DropReason::Amended;
                Self::deposit_event(Event::UpgradeDropped {
                    cluster,
                    to,
                    reason,
                });
            }
            _ => {}
        }
    }

    /// From a message on, the cluster runs another version: a move that needs no Upgrade message.
    fn execute_from(cluster: ClusterId, seq: Seq, version: EngineVersion) {
        let Some(record) = Clusters::<T>::get(cluster) else {
            return;
        };
        let mut record = Self::drop_scheduled(cluster, record, DropReason::Amended);
        if let Some(queued) = record.pending {
            Self::leave_engine(queued.to);
        }
        record.pending = Some(Move {
            to: version,
            at: Self::now(),
            seq: Some(seq),
        });
        Self::use_engine(version);
        Clusters::<T>::insert(cluster, record);
    }
}
