//! Who makes blocks and who finalizes them: Aura and GRANDPA, told by sessions.

use super::{Aura, Balances, CouncilMajority, Grandpa, Runtime, RuntimeEvent, Validators};
// What the macro generates names it, and a build for the chain has it from nowhere else.
use alloc::vec::Vec;
use fat_contracts_primitives::AccountId;
use frame_support::traits::{ConstBool, ConstU128, ConstU32, ConstU64, Get};
use sp_runtime::{
    impl_opaque_keys,
    traits::{ConvertInto, OpaqueKeys},
};

impl_opaque_keys! {
    /// What a validator signs with: blocks (sr25519) and votes (ed25519).
    pub struct SessionKeys {
        /// For blocks.
        pub aura: Aura,
        /// For votes.
        pub grandpa: Grandpa,
    }
}

/// The length of a slot in milliseconds, as the genesis says. A chain never changes it: the number of a slot is the
/// time divided by it.
#[derive(Debug)]
pub struct SlotDuration;

impl Get<u64> for SlotDuration {
    fn get() -> u64 {
        crate::validators::SlotMs::<Runtime>::get().max(1)
    }
}

/// Half a slot lies between two blocks, at least; and a millisecond, so that time goes on.
#[derive(Debug)]
pub struct MinimumPeriod;

impl Get<u64> for MinimumPeriod {
    fn get() -> u64 {
        (SlotDuration::get() / 2).max(1)
    }
}

impl pallet_aura::Config for Runtime {
    type AuthorityId = sp_consensus_aura::sr25519::AuthorityId;
    type MaxAuthorities = crate::validators::MaxValidators;
    type DisabledValidators = ();
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = SlotDuration;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = crate::validators::MaxValidators;
    type MaxNominators = ConstU32<0>;
    /// Who votes twice isn't punished: there is no stake.
    type MaxSetIdSessionEntries = ConstU64<0>;
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}

impl crate::validators::Config for Runtime {
    type GovernanceOrigin = CouncilMajority;
}

/// Nothing is held for keys: governance names who validates.
type KeyDeposit = ConstU128<0>;

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Validators;
    type NextSessionRotation = ();
    type SessionManager = Validators;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type WeightInfo = ();
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
}
