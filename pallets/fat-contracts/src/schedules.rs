//! Schedules of engines that have one, put into force by a message.

use crate::{tiers::QueuePriority, Config, Error, Event, Pallet};
use alloc::vec::Vec;
use fat_contracts_primitives::{ClusterId, ClusterMessage, Weight as GasWeight};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_update_schedule(cluster: ClusterId, schedule: Vec<u8>) -> DispatchResult {
        Self::open_cluster(cluster, false)?;
        ensure!(
            schedule.len() as u64 <= u64::from(T::MaxEngineConfigBytes::get()),
            Error::<T>::EngineConfigTooLong
        );
        let message = ClusterMessage::UpdateSchedule { schedule };
        let seq = Self::enqueue(
            cluster,
            message,
            QueuePriority::Privileged,
            GasWeight::default(),
        )?;
        Self::deposit_event(Event::ScheduleQueued { cluster, seq });
        Ok(())
    }
}
