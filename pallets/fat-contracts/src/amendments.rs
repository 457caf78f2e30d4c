//! What parks every worker alike can't be undone by a message behind it. Workers report where
//! they stand; on a quorum of equal reports governance may amend the message. An amendment is
//! part of the history: it takes effect at the start of the next block, ahead of its messages,
//! and is folded into the running hash there.

use crate::{
    history::Cursor, terms::need, transitions::Transition, upgrades::DropReason, AmendedMessages,
    Amendments, BlockAmendments, Clusters, Config, Error, Event, Members, Pallet, ParkReports,
    Progress, Queues, StagedAmendments, Withdrawals,
};
use fat_contracts_primitives::{
    fold_amendment, AccountId, Amendment, BlockNumber, ClusterId, ClusterMessage, ClusterRecord,
    ClusterStatus, ParkCause, Remedy, Seq,
};
use frame_support::{
    ensure,
    pallet_prelude::*,
    traits::{ConstU32, Get},
};
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
        let checkpoint = confirmed
            .queue_checkpoint
            .and_then(|checkpoint| Self::queue_checkpoint(cluster, checkpoint));
        checkpoint.map_or(0, |checkpoint| checkpoint.end)
    }

    pub(crate) fn do_report_parked(
        worker: AccountId,
        cluster: ClusterId,
        block: BlockNumber,
        seq: Seq,
        cause: ParkCause,
    ) -> DispatchResult {
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
        Self::parked_in(cluster, seq).is_some()
    }

    /// The block of the message that a quorum of equal reports is about.
    fn parked_in(cluster: ClusterId, seq: Seq) -> Option<BlockNumber> {
        let reports = ParkReports::<T>::get(cluster);
        let here = || reports.iter().filter(|report| report.seq == seq);
        let (mut all, mut left_out) = (0u32, 0u32);
        for member in Members::<T>::get(cluster) {
            if member.diverged.is_none() {
                all = all.saturating_add(1);
                let reports = here().any(|report| report.worker == member.worker);
                let out = member.lapsed.is_some() && !reports;
                left_out = left_out.saturating_add(out.into());
            }
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
        let pending = staged
            .iter()
            .any(|(of, amendment)| (*of, amendment.seq) == (cluster, seq));
        ensure!(!pending, Error::<T>::AmendmentPending);
        ensure!(Self::is_parked(cluster, seq), Error::<T>::NotParked);
        Self::check_remedy(cluster, &record, seq, remedy)?;
        let amendment = Amendment { seq, remedy };
        StagedAmendments::<T>::try_append((cluster, amendment))
            .map_err(|_| Error::<T>::TooManyAmendments)?;
        Self::deposit_event(Event::AmendmentStaged {
            cluster,
            seq,
            remedy,
        });
        Ok(())
    }

    /// Whether a remedy can be applied to a message.
    ///
    /// # Errors
    /// `EngineNotFound`, `EngineNotActive`, `NotNewer`, `UnsupportedUpgradePath`.
    fn check_remedy(
        cluster: ClusterId,
        record: &ClusterRecord,
        seq: Seq,
        remedy: Remedy,
    ) -> Result<(), Error<T>> {
        let Remedy::ExecuteFrom(version) = remedy else {
            return Ok(());
        };
        let engine = Self::active_engine(version)?;
        // What runs at this message: an Upgrade before it counts, the message itself doesn't.
        let from = Self::engine_before(cluster, record.engine, seq);
        ensure!(version > from, Error::<T>::NotNewer);
        ensure!(
            engine.upgrades_from.contains(&from),
            Error::<T>::UnsupportedUpgradePath
        );
        Ok(())
    }

    /// Delivers what was staged in the last block. Returns how many amendments there were.
    pub(crate) fn apply_staged_amendments() -> u32 {
        let staged = StagedAmendments::<T>::take();
        for (cluster, amendment) in &staged {
            let Some(record) = Clusters::<T>::get(cluster)
                .filter(|record| !matches!(record.status, ClusterStatus::Destroyed { .. }))
            else {
                continue;
            };
            // Workers may have gone on meanwhile, or even confirmed the message.
            let Amendment { seq, remedy } = *amendment;
            let waiting = seq >= Self::confirmed_end(*cluster);
            let possible = Self::check_remedy(*cluster, &record, seq, remedy).is_ok();
            let parked = Self::parked_in(*cluster, seq).filter(|_| waiting && possible);
            let applied = parked.is_some_and(|block| {
                Self::apply_amendment(*cluster, record, block, *amendment).is_ok()
            });
            if !applied {
                Self::deposit_event(Event::AmendmentDropped {
                    cluster: *cluster,
                    seq,
                    remedy,
                });
            }
        }
        staged.len() as u32
    }

    /// `of`: the block of the message.
    fn apply_amendment(
        cluster: ClusterId,
        record: ClusterRecord,
        of: BlockNumber,
        amendment: Amendment,
    ) -> Result<(), Error<T>> {
        let Amendment { seq, remedy } = amendment;
        // This alone can be refused, so it comes first.
        if let Remedy::ExecuteFrom(version) = remedy {
            Self::drop_scheduled(cluster, record, DropReason::Amended);
            Self::add_transition(
                cluster,
                Transition {
                    seq,
                    from: None,
                    to: version,
                    at: Self::now(),
                },
            )?;
        }
        Self::deliver(cluster, amendment);
        if !Amendments::<T>::contains_key(cluster, seq) {
            AmendedMessages::<T>::mutate(cluster, of, |count| *count = count.saturating_add(1));
        }
        let block = Self::now();
        Amendments::<T>::insert(cluster, seq, Amended { block, remedy });
        // Should it not help, workers have to say so anew.
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| report.seq != seq);
        });
        Self::send_back(cluster, of);
        if remedy == Remedy::Skip {
            Self::skip(cluster, seq);
        }
        Self::deposit_event(Event::Amended {
            cluster,
            seq,
            remedy,
        });
        Ok(())
    }

    /// What workers said about a block and the ones behind it was said of another history. They go
    /// back to before it and say it anew; all of them, those who are leaving too, have time for it
    /// as if they had just been heard.
    fn send_back(cluster: ClusterId, block: BlockNumber) {
        let now = Self::now();
        let leaves = now.saturating_add(T::LeavingPeriod::get());
        Self::change_terms(cluster, |term| {
            term.diverged.is_none().then(|| {
                if term.acked.block >= block {
                    term.acked = Cursor::before(block);
                }
                term.acked_at = now;
                term.lapsed = None;
                term.leaves = term.leaves.map(|last| last.max(leaves));
            })
        });
        Clusters::<T>::mutate(cluster, |record| {
            if let Some(record) = record {
                record.diverged = record.diverged.filter(|diverged| *diverged < block);
            }
        });
    }

    /// Puts an amendment into the history of this block.
    fn deliver(cluster: ClusterId, amendment: Amendment) {
        let block = Self::now();
        let mut queue = Queues::<T>::get(cluster);
        let opened = Self::open_queue_checkpoint(&mut queue);
        Self::write_queue_checkpoint(cluster, opened);
        queue.hash = fold_amendment(&queue.hash, cluster, block, &amendment);
        Queues::<T>::insert(cluster, queue);
        BlockAmendments::<T>::mutate(cluster, block, |list| {
            // As long as the list of staged ones, so it fits.
            list.try_push(amendment).ok();
        });
    }

    /// What a message that is never executed leaves to do: money that it brought goes back. (The
    /// prices of a skipped UpdatePrices stay on record; the owner's next change repairs that.)
    fn skip(cluster: ClusterId, seq: Seq) {
        for transition in Self::drop_transitions(cluster, |transition| transition.seq == seq) {
            Self::deposit_event(Event::UpgradeDropped {
                cluster,
                to: transition.to,
                reason: DropReason::Amended,
            });
        }
        match Self::message(cluster, seq).map(|queued| queued.message) {
            Some(ClusterMessage::Deposit { from, amount, .. }) => {
                Self::refund_skipped(cluster, seq, from, amount);
            }
            Some(ClusterMessage::Withdraw { .. }) => Withdrawals::<T>::remove(cluster, seq),
            // A skipped Setup gives everything back once workers confirm it: see `setup`.
            _ => {}
        }
    }
}
