//! What parks every worker alike can't be undone by a message behind it. Workers report where
//! they stand; on a quorum of equal reports governance may amend the message. An amendment is
//! part of the history: it takes effect at the start of the next block, ahead of its messages,
//! and is folded into the running hash there.

use crate::{
    history::Cursor, transitions::Transition, upgrades::DropReason, AmendedMessages, Amendments,
    BlockAmendments, Clusters, Config, Error, Event, Pallet, ParkReports, Progress, Queues,
    StagedAmendments, Withdrawals, LOG_TARGET,
};
use fat_contracts_primitives::{
    fold_amendment, Amendment, BlockNumber, ClusterId, ClusterMessage, ClusterRecord,
    ClusterStatus, Remedy, Seq,
};
use frame_support::{
    ensure,
    pallet_prelude::*,
    storage::with_storage_layer,
    traits::{ConstU32, DefensiveResult, Get},
};
use sp_runtime::{DispatchError, DispatchResult};

/// The most amendments that take effect in one block.
pub type MaxAmendments = ConstU32<8>;

/// An amendment that took effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Amended {
    /// The block that delivered it.
    pub block: BlockNumber,
    /// What it says.
    pub remedy: Remedy,
}

impl<T: Config> Pallet<T> {
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
                // One that is refused half-way changes nothing: an upgrade that is scheduled stays.
                with_storage_layer(|| {
                    Self::apply_amendment(*cluster, record, block, *amendment)
                        .map_err(DispatchError::from)
                })
                .is_ok()
            });
            if !applied {
                log::warn!(target: LOG_TARGET, "cluster {cluster}: the amendment of message {seq} is dropped ({remedy:?})");
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
        Progress::<T>::mutate(cluster, |progress| progress.amended_at = block);
        // Should it not help, workers have to say so anew. What was said from behind the message is of
        // another history, in which it was executed otherwise.
        ParkReports::<T>::mutate(cluster, |reports| {
            reports.retain(|report| report.seq < seq);
        });
        Self::send_back(cluster, of);
        if remedy == Remedy::Skip {
            Self::skip(cluster, seq);
        }
        log::warn!(target: LOG_TARGET, "cluster {cluster}: message {seq} is amended ({remedy:?})");
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
            list.try_push(amendment).defensive_ok();
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
