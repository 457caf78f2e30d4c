//! Workers: admission, whom they serve, what they have.

use crate::{Config, Error, Event, Pallet, WorkerKeys, WorkerRecord, Workers};
use fat_contracts_primitives::{AccountId, Hash};
use frame_support::{ensure, BoundedVec};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register_worker(worker: AccountId) -> DispatchResult {
        ensure!(
            !Workers::<T>::contains_key(&worker),
            Error::<T>::WorkerExists
        );
        Workers::<T>::insert(&worker, WorkerRecord::default());
        Self::deposit_event(Event::WorkerRegistered { worker });
        Ok(())
    }

    pub(crate) fn do_unregister_worker(worker: AccountId) -> DispatchResult {
        let admitted = Workers::<T>::get(&worker).ok_or(Error::<T>::WorkerNotFound)?;
        ensure!(admitted.cluster.is_none(), Error::<T>::WorkerIsBusy);
        Workers::<T>::remove(&worker);
        WorkerKeys::<T>::remove(&worker);
        Self::deposit_event(Event::WorkerUnregistered { worker });
        Ok(())
    }

    pub(crate) fn do_serve_owner(worker: AccountId, owner: Option<AccountId>) -> DispatchResult {
        Workers::<T>::try_mutate(&worker, |admitted| {
            let admitted = admitted.as_mut().ok_or(Error::<T>::WorkerNotFound)?;
            admitted.serves = owner.clone();
            Ok::<_, Error<T>>(())
        })?;
        Self::deposit_event(Event::ServedOwnerSet { worker, owner });
        Ok(())
    }

    pub(crate) fn do_announce_engines(
        worker: AccountId,
        engines: BoundedVec<Hash, T::MaxAnnounced>,
    ) -> DispatchResult {
        Workers::<T>::try_mutate(&worker, |admitted| {
            let admitted = admitted.as_mut().ok_or(Error::<T>::WorkerNotFound)?;
            admitted.engines = engines;
            Ok::<_, Error<T>>(())
        })?;
        Self::deposit_event(Event::EnginesAnnounced { worker });
        Ok(())
    }
}
