//! `pallet-contracts` 51, in its test externalities.

// What the macros compose has no docs and no `Debug` of its own.
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]

use anyhow::anyhow;
use frame_support::{derive_impl, traits::Randomness, weights::Weight};
use pallet_contracts::{Code, CollectEvents, DebugInfo, Determinism, Frame, Schedule};
use sp_io::TestExternalities;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage};

#[frame_support::runtime]
mod composition {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type Contracts = pallet_contracts::Pallet<Runtime>;
}

type Block = frame_system::mocking::MockBlockU32<Runtime>;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type AccountData = pallet_balances::AccountData<u128>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type Balance = u128;
    type AccountStore = System;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Runtime {}

pub struct NoRandomness;

impl Randomness<sp_runtime::testing::H256, u32> for NoRandomness {
    fn random(_: &[u8]) -> (sp_runtime::testing::H256, u32) {
        Default::default()
    }
}

frame_support::parameter_types! {
    pub TheSchedule: Schedule<Runtime> = Schedule::default();
    pub const DepositPerItem: u128 = 1;
    pub const DepositPerByte: u128 = 1;
    pub const DefaultDepositLimit: u128 = u128::MAX / 8;
}

#[derive_impl(pallet_contracts::config_preludes::TestDefaultConfig)]
impl pallet_contracts::Config for Runtime {
    type Currency = Balances;
    type Time = Timestamp;
    type Randomness = NoRandomness;
    type Schedule = TheSchedule;
    type CallStack = [Frame<Self>; 5];
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type DefaultDepositLimit = DefaultDepositLimit;
    type WeightPrice = Self;
}

impl sp_runtime::traits::Convert<Weight, u128> for Runtime {
    fn convert(weight: Weight) -> u128 {
        weight.ref_time().into()
    }
}

const USER: AccountId32 = AccountId32::new([1; 32]);
const GAS: Weight = Weight::from_parts(2_000_000_000_000, 8 << 20);

pub(crate) struct Peer {
    externalities: TestExternalities,
    contract: AccountId32,
}

impl Peer {
    pub(crate) fn new(code: &[u8], constructor: &[u8]) -> anyhow::Result<Self> {
        let balances = pallet_balances::GenesisConfig::<Runtime> {
            balances: vec![(USER, u128::MAX / 4)],
            ..Default::default()
        };
        let genesis = RuntimeGenesisConfig {
            balances,
            ..Default::default()
        };
        let storage = genesis.build_storage().map_err(|error| anyhow!(error))?;
        let mut externalities = TestExternalities::new(storage);
        externalities.execute_with(|| System::set_block_number(1));
        let mut peer = Self {
            externalities,
            contract: USER,
        };
        peer.contract = peer.instantiate(code, constructor, 0)?;
        Ok(peer)
    }

    /// The contract's address.
    pub(crate) fn address(&self) -> [u8; 32] {
        self.contract.clone().into()
    }

    /// Makes a second contract of the same code, for the first to call.
    pub(crate) fn callee(&mut self, code: &[u8], constructor: &[u8]) -> anyhow::Result<[u8; 32]> {
        Ok(self.instantiate(code, constructor, 1)?.into())
    }

    fn instantiate(
        &mut self,
        code: &[u8],
        constructor: &[u8],
        salt: u8,
    ) -> anyhow::Result<AccountId32> {
        let made = self.externalities.execute_with(|| {
            Contracts::bare_instantiate(
                USER,
                0,
                GAS,
                None,
                Code::Upload(code.to_vec()),
                constructor.to_vec(),
                vec![salt],
                DebugInfo::Skip,
                CollectEvents::Skip,
            )
        });
        let made = made
            .result
            .map_err(|error| anyhow!("instantiate: {error:?}"))?;
        Ok(made.account_id)
    }

    pub(crate) fn call(&mut self, input: &[u8]) -> anyhow::Result<()> {
        let contract = self.contract.clone();
        let result = self.externalities.execute_with(|| {
            // Events would pile up over the calls and make the peer slower than it is.
            System::reset_events();
            Contracts::bare_call(
                USER,
                contract,
                0,
                GAS,
                None,
                input.to_vec(),
                DebugInfo::Skip,
                CollectEvents::Skip,
                Determinism::Enforced,
            )
        });
        let returned = result.result.map_err(|error| anyhow!("call: {error:?}"))?;
        if returned.did_revert() {
            Err(anyhow!("reverted"))
        } else {
            Ok(())
        }
    }
}
