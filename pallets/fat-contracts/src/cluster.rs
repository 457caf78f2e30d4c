//! Making clusters, and who may do what in them.

use crate::{
    history::Cursor, terms::UnstaffedPeriod, tiers::QueuePriority, ClusterCount, ClusterProgress,
    Clusters, Config, Engines, Error, Event, Pallet, PinkRuntimeVersion, Progress,
};
use alloc::vec::Vec;
use fat_contracts_primitives::{
    AccountId, Balance, ClusterId, ClusterMessage, ClusterRecord, ClusterStatus, EngineStatus,
    EngineVersion, Permission, Prices, Weight as GasWeight,
};
use frame_support::{
    ensure,
    traits::{EnsureOrigin, Get},
};
use frame_system::ensure_signed;
use sp_runtime::{DispatchError, DispatchResult};

/// What a new cluster is to be; the arguments of `add_cluster`.
pub(crate) struct NewCluster {
    pub(crate) engine: EngineVersion,
    pub(crate) owner: AccountId,
    pub(crate) permission: Permission,
    pub(crate) workers: Vec<AccountId>,
    pub(crate) deposit: Balance,
    pub(crate) prices: Prices,
    pub(crate) treasury: AccountId,
    pub(crate) existential_deposit: Balance,
    pub(crate) engine_config: Vec<u8>,
}

impl<T: Config> Pallet<T> {
    /// Makes a cluster. `payer` gives the escrow's existential deposit and the owner's deposit.
    pub(crate) fn do_add_cluster(payer: &AccountId, new: NewCluster) -> DispatchResult {
        ensure!(
            new.existential_deposit > 0,
            Error::<T>::ZeroExistentialDeposit
        );
        ensure!(
            new.deposit == 0 || new.deposit >= new.existential_deposit,
            Error::<T>::AmountTooLow
        );
        ensure!(
            new.engine_config.len() as u64 <= u64::from(T::MaxEngineConfigBytes::get()),
            Error::<T>::EngineConfigTooLong
        );
        Self::check_prices(&new.prices)?;
        let engine = PinkRuntimeVersion::<T>::get().ok_or(Error::<T>::NoRuntimeVersion)?;
        // Another version reads the configuration, and the code that comes later, otherwise.
        let byte = |number| u8::try_from(number).unwrap_or(u8::MAX);
        ensure!(
            engine == new.engine,
            Error::<T>::NotCurrentVersion {
                major: byte(engine.major),
                minor: byte(engine.minor),
            }
        );
        // It was Active when it was set; it may have been deprecated or revoked since.
        Self::active_engine(engine)?;
        let system_code = Self::system_code_for(engine)?;
        let cluster = ClusterCount::<T>::get()
            .checked_add(1)
            .ok_or(Error::<T>::TooManyClusters)?;

        let message = ClusterMessage::Setup {
            engine,
            owner: new.owner.clone(),
            deposit: new.deposit,
            gas_price: new.prices.gas_price,
            deposit_per_item: new.prices.deposit_per_item,
            deposit_per_byte: new.prices.deposit_per_byte,
            treasury: new.treasury.clone(),
            existential_deposit: new.existential_deposit,
            engine_config: new.engine_config,
            system_code,
        };
        Self::enqueue(
            cluster,
            message,
            QueuePriority::System,
            GasWeight::default(),
        )?;

        let created_at = Self::now();
        // The first checkpoint is the Setup's: it comes after the block before.
        let before = Cursor {
            block: created_at.saturating_sub(1),
            queue_checkpoint: None,
        };
        let progress = ClusterProgress {
            confirmed: before,
            pruned: before,
            unstaffed: Some(UnstaffedPeriod::after(before.block)),
            ..Default::default()
        };
        Progress::<T>::insert(cluster, progress);
        let record = ClusterRecord {
            owner: new.owner.clone(),
            permission: new.permission,
            status: ClusterStatus::Active,
            diverged: None,
            engine,
            pending: None,
            prices: new.prices,
            treasury: new.treasury,
            existential_deposit: new.existential_deposit,
            created_at,
        };
        ClusterCount::<T>::put(cluster);
        Clusters::<T>::insert(cluster, &record);
        Self::use_engine(engine);
        Self::deposit_event(Event::ClusterCreated {
            cluster,
            owner: new.owner,
            engine,
        });
        for worker in new.workers {
            Self::add_member(cluster, &record, worker)?;
        }
        Self::open_escrow(cluster, payer)?;
        Self::note_deposit(cluster, 0, payer.clone(), new.deposit);
        Self::bring_in(cluster, payer, new.deposit)
    }

    /// The record of a cluster that the origin governs: as its owner, or as governance.
    ///
    /// # Errors
    /// `ClusterNotFound`, `NotClusterOwner`, and that of an origin that isn't signed.
    pub(crate) fn governed_cluster(
        origin: T::RuntimeOrigin,
        cluster: ClusterId,
    ) -> Result<ClusterRecord, DispatchError> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        if let Err(origin) = T::GovernanceOrigin::try_origin(origin) {
            let who = ensure_signed(origin)?;
            ensure!(who == record.owner, Error::<T>::NotClusterOwner);
        }
        Ok(record)
    }

    /// Whether the cluster's permission lets `who` upload and instantiate.
    ///
    /// # Errors
    /// `ClusterPermissionDenied`.
    pub(crate) fn ensure_may_deploy(
        record: &ClusterRecord,
        who: &AccountId,
    ) -> Result<(), Error<T>> {
        ensure!(
            record.permission == Permission::Public || record.owner == *who,
            Error::<T>::ClusterPermissionDenied
        );
        Ok(())
    }

    /// A cluster that takes messages of users.
    ///
    /// # Errors
    /// `ClusterNotFound`; `ClusterClosing` unless the message is a withdrawal; `EngineRevoked`.
    pub(crate) fn open_cluster(
        cluster: ClusterId,
        withdrawal: bool,
    ) -> Result<ClusterRecord, Error<T>> {
        let record = Clusters::<T>::get(cluster).ok_or(Error::<T>::ClusterNotFound)?;
        let open = match record.status {
            ClusterStatus::Active => true,
            ClusterStatus::Closing { .. } => withdrawal,
            ClusterStatus::Destroyed { .. } => false,
        };
        ensure!(open, Error::<T>::ClusterClosing);
        let revoked = Engines::<T>::get(record.engine_of_the_tail())
            .is_some_and(|engine| engine.status == EngineStatus::Revoked);
        ensure!(!revoked, Error::<T>::EngineRevoked);
        Ok(record)
    }
}
