//! Who makes and finalizes blocks, and how fast.
//!
//! The pallet stands where a chain with stakes has its elections: governance names the validators. A session ends
//! when that happened, so that the new set is at work two blocks later; and besides after a number of blocks, which is
//! how new session keys come into force.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use alloc::{collections::BTreeSet, vec::Vec};
    use fat_contracts_primitives::AccountId;
    use frame_support::{pallet_prelude::*, traits::ConstU64};
    use frame_system::pallet_prelude::*;
    use pallet_session::{NextKeys, SessionManager, ShouldEndSession};

    /// The most validators; each vote of each is in every justification.
    pub type MaxValidators = ConstU32<32>;

    /// A slot of a chain whose genesis doesn't say otherwise, in milliseconds.
    pub const DEFAULT_SLOT_MS: u64 = 6_000;

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What a chain decides about its validators.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId>
        + pallet_session::Config<ValidatorId = AccountId>
    {
        /// Who names them.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
    }

    /// The length of a slot in milliseconds.
    #[pallet::storage]
    pub type SlotMs<T> = StorageValue<_, u64, ValueQuery, ConstU64<DEFAULT_SLOT_MS>>;

    /// After how many blocks a session ends by itself; 0: never.
    #[pallet::storage]
    pub type SessionBlocks<T> = StorageValue<_, u32, ValueQuery>;

    /// Validators that were named and that no session was planned with yet.
    #[pallet::storage]
    pub type Named<T> = StorageValue<_, BoundedVec<AccountId, MaxValidators>>;

    /// How many sessions have to end before those that were named are at work: one is planned, the next begins.
    #[pallet::storage]
    pub type Outstanding<T> = StorageValue<_, u8, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// These are the validators two blocks from here.
        ValidatorsNamed { validators: Vec<AccountId> },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// A chain without validators has made its last block.
        NoValidators,
        /// There is a bound on their number.
        TooManyValidators,
        /// One is named twice.
        DuplicateValidator,
        /// One has no session keys.
        NoSessionKeys,
    }

    /// How fast blocks are made.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The length of a slot in milliseconds; 0: six seconds.
        pub slot_ms: u64,
        /// After how many blocks a session ends by itself; 0: never.
        pub session_blocks: u32,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if self.slot_ms > 0 {
                SlotMs::<T>::put(self.slot_ms);
            }
            if self.session_blocks > 0 {
                SessionBlocks::<T>::put(self.session_blocks);
            }
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Names those who make and finalize blocks two blocks from here.
        ///
        /// ## Dispatch Origin
        /// [`Config::GovernanceOrigin`].
        ///
        /// ## Errors
        /// `NoValidators`, `TooManyValidators`, `DuplicateValidator`, `NoSessionKeys`.
        ///
        /// ## Events
        /// `ValidatorsNamed`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::DbWeight::get().reads_writes(validators.len() as u64, 2))]
        pub fn set_validators(origin: OriginFor<T>, validators: Vec<AccountId>) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            ensure!(!validators.is_empty(), Error::<T>::NoValidators);
            let named = BoundedVec::<_, MaxValidators>::try_from(validators.clone())
                .map_err(|_| Error::<T>::TooManyValidators)?;
            let distinct: BTreeSet<_> = named.iter().collect();
            ensure!(
                distinct.len() == named.len(),
                Error::<T>::DuplicateValidator
            );
            for validator in &named {
                ensure!(
                    NextKeys::<T>::contains_key(validator),
                    Error::<T>::NoSessionKeys
                );
            }
            Named::<T>::put(named);
            Outstanding::<T>::put(2);
            Self::deposit_event(Event::ValidatorsNamed { validators });
            Ok(())
        }
    }

    impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for Pallet<T> {
        fn should_end_session(now: BlockNumberFor<T>) -> bool {
            let every = BlockNumberFor::<T>::from(SessionBlocks::<T>::get());
            let zero = BlockNumberFor::<T>::from(0u32);
            Outstanding::<T>::get() > 0 || (every != zero && now % every == zero)
        }
    }

    impl<T: Config> SessionManager<AccountId> for Pallet<T> {
        /// None: those of the session before.
        fn new_session(_: u32) -> Option<Vec<AccountId>> {
            Named::<T>::take().map(BoundedVec::into_inner)
        }

        fn start_session(_: u32) {
            let outstanding = Outstanding::<T>::get();
            if outstanding > 0 {
                Outstanding::<T>::put(outstanding - 1);
            }
        }

        fn end_session(_: u32) {}
    }
}
