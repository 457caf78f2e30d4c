//! The end of a cluster, in two steps: closing, so that people take out what is theirs, and
//! destruction.

use crate::{
    tiers::QueuePriority, upgrades::DropReason, ClusterKeys, Clusters, Config, Error, Event, Held,
    Leavers, Members, Pallet, ParkReports, Queues, SealedKeys, LOG_TARGET,
};
use fat_contracts_primitives::{
    AccountId, ClusterId, ClusterMessage, ClusterRecord, ClusterStatus, Weight as GasWeight,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::Preservation,
        Get,
    },
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_cluster_destroy(
        cluster: ClusterId,
        sweep_to: Option<AccountId>,
    ) -> DispatchResult {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        match record.status {
            ClusterStatus::Active => {
                ensure!(sweep_to.is_none(), Error::<T>::ClosingPeriodNotOver);
                Self::close(cluster, record);
                Ok(())
            }
            ClusterStatus::Closing { since } => {
                if sweep_to.is_some() {
                    let over = since.saturating_add(T::ClosingPeriod::get());
                    ensure!(Self::now() >= over, Error::<T>::ClosingPeriodNotOver);
                } else {
                    let done = Self::confirmed_end(cluster) == Queues::<T>::get(cluster).next;
                    ensure!(
                        done && Held::<T>::get(cluster) == 0,
                        Error::<T>::ClusterNotEmpty
                    );
                }
                Self::destroy(cluster, record, sweep_to)
            }
            ClusterStatus::Destroyed { .. } => Err(Error::<T>::ClusterClosing.into()),
        }
    }

    /// The first step. What is queued still runs, what is scheduled is dropped.
    pub(crate) fn close(cluster: ClusterId, record: ClusterRecord) {
        let since = Self::now();
        let mut record = Self::drop_scheduled(cluster, record, DropReason::Closing);
        Self::drop_pending_prices(cluster);
        record.status = ClusterStatus::Closing { since };
        Clusters::<T>::insert(cluster, record);
        Self::deposit_event(Event::ClusterClosing { cluster });
    }

    /// The second step: the last message, the money that is left, the workers.
    fn destroy(
        cluster: ClusterId,
        mut record: ClusterRecord,
        sweep_to: Option<AccountId>,
    ) -> DispatchResult {
        let message = ClusterMessage::Destroy {
            sweep_to: sweep_to.clone(),
        };
        let seq = Self::enqueue(
            cluster,
            message,
            QueuePriority::System,
            GasWeight::default(),
        )?;
        // Without a sweep there is the escrow's own deposit alone: the owner has it back.
        let dest = sweep_to.unwrap_or_else(|| record.owner.clone());
        let escrow = Self::escrow_account(cluster);
        let rest = T::Currency::total_balance(&escrow);
        T::Currency::transfer(&escrow, &dest, rest, Preservation::Expendable)?;
        Held::<T>::remove(cluster);

        for member in Members::<T>::take(cluster) {
            SealedKeys::<T>::remove(cluster, &member.worker);
            Self::release_worker(&member.worker);
        }
        Leavers::<T>::remove(cluster);
        ParkReports::<T>::remove(cluster);
        ClusterKeys::<T>::remove(cluster);
        Self::leave_engine(record.engine);
        Self::drop_transitions(cluster, |_| true);
        record.pending = None;
        record.diverged = None;
        record.status = ClusterStatus::Destroyed { at: Self::now() };
        Clusters::<T>::insert(cluster, record);
        log::debug!(target: LOG_TARGET, "cluster {cluster}: destroyed by message {seq}");
        Self::deposit_event(Event::ClusterDestroyed {
            cluster,
            seq,
            dest,
            amount: rest,
        });
        Ok(())
    }
}
