//! What a development chain does in its first block: a cluster can't be made in the genesis, which is no block and
//! has no time.

use fat_contracts_primitives::{AccountId, Balance};
use frame_support::pallet_prelude::{Decode, DecodeWithMemTracking, Encode, TypeInfo};
use serde::{Deserialize, Serialize};

pub use pallet::*;

/// The first cluster: the arguments of `add_cluster`, on the engine version that is current, open to everyone and
/// without workers.
#[derive(
    Clone,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstCluster {
    /// Who owns it, and signs for it.
    pub owner: AccountId,
    /// What the owner brings into it.
    pub deposit: Balance,
    /// What others bring into it, in the same block.
    pub deposits: alloc::vec::Vec<(AccountId, Balance)>,
    /// Price of a picosecond.
    pub gas_price: Balance,
    /// Price of holding a storage item.
    pub deposit_per_item: Balance,
    /// Price of holding a byte.
    pub deposit_per_byte: Balance,
    /// The ledger account that receives fees.
    pub treasury: AccountId,
    /// The least that a ledger account holds.
    pub existential_deposit: Balance,
}

#[frame_support::pallet]
pub mod pallet {
    use super::FirstCluster;
    use alloc::vec::Vec;
    use fat_contracts_primitives::{AccountId, Balance, Permission};
    use frame_support::pallet_prelude::*;
    use frame_system::{pallet_prelude::*, RawOrigin};
    use pallet_fat_contracts::{ClusterCount, PinkRuntimeVersion};

    #[pallet::pallet]
    #[pallet::without_storage_info]
    pub struct Pallet<T>(_);

    /// Where the cluster is made.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId> + pallet_fat_contracts::Config
    {
    }

    /// What is to be done in the first block.
    #[pallet::storage]
    pub type First<T> = StorageValue<_, FirstCluster>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// What the genesis asked for couldn't be done, and nothing of it was.
        BootstrapFailed { error: DispatchError },
    }

    /// What the chain does in its first block.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The cluster that it makes; none if there is no engine version for new clusters either.
        pub cluster: Option<FirstCluster>,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            // Engines come from whoever makes the chain's specification. Without any there is nothing to make.
            if let (Some(cluster), true) = (&self.cluster, PinkRuntimeVersion::<T>::exists()) {
                First::<T>::put(cluster);
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            let read = T::DbWeight::get().reads(1);
            let Some(first) = First::<T>::take() else {
                return read;
            };
            let made = frame_support::storage::with_storage_layer(|| Self::make(first));
            if let Err(error) = made {
                log::error!(target: pallet_fat_contracts::LOG_TARGET, "the first cluster: {error:?}");
                Self::deposit_event(Event::BootstrapFailed { error });
            }
            // The first block has nothing else to do.
            T::BlockWeights::get().max_block
        }
    }

    impl<T: Config> Pallet<T> {
        fn make(first: FirstCluster) -> DispatchResult {
            type FatContracts<T> = pallet_fat_contracts::Pallet<T>;
            let signed = |who: &AccountId| RawOrigin::Signed(who.clone()).into();
            let engine = PinkRuntimeVersion::<T>::get()
                .ok_or(pallet_fat_contracts::Error::<T>::NoRuntimeVersion)?;
            FatContracts::<T>::add_cluster(
                signed(&first.owner),
                engine,
                first.owner.clone(),
                Permission::Public,
                Vec::new(),
                first.deposit,
                first.gas_price,
                first.deposit_per_item,
                first.deposit_per_byte,
                first.treasury,
                first.existential_deposit,
                Vec::new(),
            )?;
            let cluster = ClusterCount::<T>::get();
            for (who, amount) in first.deposits {
                FatContracts::<T>::transfer_to_cluster(
                    signed(&who),
                    cluster,
                    who.clone(),
                    amount,
                    Balance::MAX,
                )?;
            }
            Ok(())
        }
    }
}
