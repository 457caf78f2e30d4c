//! `pallet-contracts` 51 with `pallet-balances`, in test externalities.

use crate::{
    Call, Instantiate, MessageResult, Side, Source, Upload, ALICE, BOB, MINIMUM, MONEY, PER_BYTE,
    PER_ITEM,
};
use frame_support::{
    derive_impl,
    storage::{with_transaction, TransactionOutcome},
    traits::Randomness,
    weights::Weight,
};
use pallet_contracts::chain_extension::{ChainExtension, Environment, Ext, InitState, RetVal};
use pallet_contracts::{
    chain_extension::ReturnFlags, AddressGenerator, Code, CollectEvents, DebugInfo, Determinism,
    ExecReturnValue, Frame, Schedule,
};
use parity_scale_codec::Encode;
use pink_engine_sdk::types::{self, AccountId, Balance, Event, Hash, StorageDeposit};
use sp_io::TestExternalities;
use sp_runtime::{
    testing::H256, traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, Perbill,
};

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

type RuntimeBlock = frame_system::mocking::MockBlockU32<Runtime>;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = RuntimeBlock;
    type AccountId = AccountId32;
    type Lookup = IdentityLookup<AccountId32>;
    type AccountData = pallet_balances::AccountData<u128>;
}

frame_support::parameter_types! {
    pub const ExistentialDeposit: u128 = MINIMUM;
    pub static DepositPerItem: u128 = PER_ITEM;
    pub static DepositPerByte: u128 = PER_BYTE;
    pub const DefaultDepositLimit: u128 = 1024 * 1024 * PER_BYTE + 1024 * PER_ITEM;
    pub static Lockup: Perbill = Perbill::zero();
    pub TheSchedule: Schedule<Runtime> = schedule();
}

/// The pallet's own, but for the memory of a node: frames as many as 2.0's, with code as large, have to
/// fit there, and this runtime has all the memory that it needs. And for 64 pages, as Phala had it.
fn schedule() -> Schedule<Runtime> {
    let mut schedule = Schedule::default();
    schedule.limits.memory_pages = 64;
    schedule.limits.runtime_memory = 1 << 30;
    schedule.limits.validator_runtime_memory = u32::MAX;
    schedule
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type Balance = u128;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Runtime {}

pub struct NoRandomness;

impl Randomness<H256, u32> for NoRandomness {
    fn random(_: &[u8]) -> (H256, u32) {
        Default::default()
    }
}

/// The addresses of clusters.
pub struct Addresses;

impl AddressGenerator<Runtime> for Addresses {
    fn contract_address(deployer: &AccountId32, code: &H256, _: &[u8], salt: &[u8]) -> AccountId32 {
        pink_engine_deposit::contract_address(deployer.as_ref(), &code.0, &[0; 32], salt).into()
    }
}

/// The one function of the pink extension that depends on nothing: the version, whatever the input.
#[derive(Default)]
pub struct AnExtension;

impl ChainExtension<Runtime> for AnExtension {
    fn call<E: Ext<T = Runtime>>(
        &mut self,
        env: Environment<'_, '_, E, InitState>,
    ) -> Result<RetVal, DispatchError> {
        let mut env = env.buf_in_buf_out();
        if (env.ext_id(), env.func_id()) != (0, 21) {
            return Err(DispatchError::Unavailable);
        }
        env.read(env.in_len())?;
        env.write(&(2u32, 0u32).encode(), false, None)?;
        Ok(RetVal::Converging(0))
    }
}

#[derive_impl(pallet_contracts::config_preludes::TestDefaultConfig)]
impl pallet_contracts::Config for Runtime {
    type Currency = Balances;
    type Time = Timestamp;
    type Randomness = NoRandomness;
    type Schedule = TheSchedule;
    // As deep as 2.0, which counts the first frame.
    type CallStack = [Frame<Self>; 23];
    type DepositPerItem = DepositPerItem;
    type DepositPerByte = DepositPerByte;
    type DefaultDepositLimit = DefaultDepositLimit;
    type AddressGenerator = Addresses;
    type ChainExtension = AnExtension;
    type CodeHashLockupDepositPercent = Lockup;
    type WeightPrice = Self;
}

impl sp_runtime::traits::Convert<Weight, u128> for Runtime {
    fn convert(_: Weight) -> u128 {
        0
    }
}

/// More than any length can cost.
const GAS: u64 = 1 << 62;

pub struct Theirs {
    /// The limit of a message, in both dimensions.
    pub gas: u64,
    externalities: TestExternalities,
}

impl Theirs {
    /// Users of code lock up `lockup_percent` percent of its deposit.
    pub fn new(lockup_percent: u32) -> Self {
        let balances = pallet_balances::GenesisConfig::<Runtime> {
            balances: vec![(ALICE.into(), MONEY), (BOB.into(), MONEY)],
            ..Default::default()
        };
        let genesis = RuntimeGenesisConfig {
            balances,
            ..Default::default()
        };
        let storage = genesis.build_storage().expect("a genesis");
        let mut externalities = TestExternalities::new(storage);
        externalities.execute_with(|| System::set_block_number(1));
        DepositPerItem::set(PER_ITEM);
        DepositPerByte::set(PER_BYTE);
        Lockup::set(Perbill::from_percent(lockup_percent));
        Self {
            gas: GAS,
            externalities,
        }
    }

    fn reserved(who: &AccountId) -> Balance {
        System::account(AccountId32::from(*who)).data.reserved
    }

    /// As the extrinsic does it: what fails changes nothing.
    fn dispatch(
        &mut self,
        work: impl FnOnce() -> (
            Result<ExecReturnValue, DispatchError>,
            pallet_contracts::StorageDeposit<u128>,
        ),
    ) -> MessageResult {
        self.externalities.execute_with(|| {
            System::reset_events();
            let (result, deposit) = with_transaction(|| {
                let (result, deposit) = work();
                match &result {
                    Ok(returned) if !returned.did_revert() => {
                        TransactionOutcome::Commit(Ok::<_, DispatchError>((result, deposit)))
                    }
                    _ => TransactionOutcome::Rollback(Ok((result, Default::default()))),
                }
            })
            .expect("not too deep");
            let (outcome, output) = match result {
                Ok(returned) if returned.did_revert() => ("Reverted".into(), returned.data),
                Ok(returned) => ("Success".into(), returned.data),
                Err(error) => (name(error), Vec::new()),
            };
            MessageResult {
                outcome,
                output,
                deposit: match deposit {
                    pallet_contracts::StorageDeposit::Charge(amount) => {
                        StorageDeposit::Charge(amount)
                    }
                    pallet_contracts::StorageDeposit::Refund(amount) => {
                        StorageDeposit::Refund(amount)
                    }
                },
                events: System::events()
                    .into_iter()
                    .filter_map(|record| event(record.event, &record.topics))
                    .collect(),
                money: Vec::new(),
            }
        })
    }
}

/// What a message gives that runs nothing.
fn output(data: Vec<u8>) -> ExecReturnValue {
    ExecReturnValue {
        flags: ReturnFlags::empty(),
        data,
    }
}

fn name(error: DispatchError) -> String {
    match error {
        DispatchError::Module(error) => error.message.unwrap_or("?").into(),
        other => format!("{other:?}"),
    }
}

/// An event in the words of an engine; those that it hasn't got are told by others as well.
fn event(event: RuntimeEvent, topics: &[H256]) -> Option<Event> {
    use frame_system::Event as SystemEvent;
    use pallet_balances::Event as BalancesEvent;
    use pallet_contracts::Event as ContractsEvent;
    Some(match event {
        RuntimeEvent::System(SystemEvent::NewAccount { account }) => Event::NewAccount {
            account: account.into(),
        },
        RuntimeEvent::System(SystemEvent::KilledAccount { account }) => Event::KilledAccount {
            account: account.into(),
        },
        RuntimeEvent::Balances(BalancesEvent::Endowed {
            account,
            free_balance,
        }) => Event::Endowed {
            account: account.into(),
            amount: free_balance,
        },
        RuntimeEvent::Balances(BalancesEvent::DustLost { account, amount }) => Event::DustLost {
            account: account.into(),
            amount,
        },
        RuntimeEvent::Balances(BalancesEvent::Transfer { from, to, amount }) => Event::Transfer {
            from: from.into(),
            to: to.into(),
            amount,
        },
        RuntimeEvent::Contracts(event) => match event {
            ContractsEvent::Instantiated { deployer, contract } => Event::Instantiated {
                deployer: deployer.into(),
                contract: contract.into(),
            },
            ContractsEvent::Terminated {
                contract,
                beneficiary,
            } => Event::Terminated {
                contract: contract.into(),
                beneficiary: beneficiary.into(),
            },
            ContractsEvent::CodeStored {
                code_hash,
                deposit_held,
                uploader,
            } => Event::CodeStored {
                code_hash: code_hash.0,
                deposit_held,
                uploader: uploader.into(),
            },
            ContractsEvent::CodeRemoved {
                code_hash,
                deposit_released,
                remover,
            } => Event::CodeRemoved {
                code_hash: code_hash.0,
                deposit_released,
                remover: remover.into(),
            },
            ContractsEvent::ContractEmitted { contract, data } => Event::ContractEmitted {
                contract: contract.into(),
                topics: topics.iter().map(|topic| topic.0).collect(),
                data,
            },
            ContractsEvent::ContractCodeUpdated {
                contract,
                new_code_hash,
                old_code_hash,
            } => Event::ContractCodeUpdated {
                contract: contract.into(),
                new_code_hash: new_code_hash.0,
                old_code_hash: old_code_hash.0,
            },
            ContractsEvent::Called { caller, contract } => Event::Called {
                caller: caller.account_id().expect("signed").clone().into(),
                contract: contract.into(),
            },
            ContractsEvent::DelegateCalled {
                contract,
                code_hash,
            } => Event::DelegateCalled {
                contract: contract.into(),
                code_hash: code_hash.0,
            },
            ContractsEvent::StorageDepositTransferredAndHeld { from, to, amount } => {
                Event::StorageDepositTransferredAndHeld {
                    from: from.into(),
                    to: to.into(),
                    amount,
                }
            }
            ContractsEvent::StorageDepositTransferredAndReleased { from, to, amount } => {
                Event::StorageDepositTransferredAndReleased {
                    from: from.into(),
                    to: to.into(),
                    amount,
                }
            }
            _ => return None,
        },
        _ => return None,
    })
}

impl Side for Theirs {
    fn upload(&mut self, ask: &Upload<'_>) -> MessageResult {
        let determinism = match ask.determinism {
            types::Determinism::Enforced => Determinism::Enforced,
            types::Determinism::Relaxed => Determinism::Relaxed,
        };
        self.dispatch(|| {
            let stored = Contracts::bare_upload_code(
                ask.origin.into(),
                ask.code.to_vec(),
                ask.limit,
                determinism,
            );
            let deposit = stored.as_ref().map_or(0, |stored| stored.deposit);
            let hash = stored.map(|stored| output(stored.code_hash.0.to_vec()));
            (hash, pallet_contracts::StorageDeposit::Charge(deposit))
        })
    }

    fn remove_code(&mut self, origin: AccountId, hash: Hash) -> MessageResult {
        self.dispatch(|| {
            let before = Self::reserved(&origin);
            let removed = Contracts::remove_code(RuntimeOrigin::signed(origin.into()), H256(hash));
            let released = before - Self::reserved(&origin);
            (
                removed
                    .map(|_| output(Vec::new()))
                    .map_err(|error| error.error),
                pallet_contracts::StorageDeposit::Refund(released),
            )
        })
    }

    fn instantiate(&mut self, ask: &Instantiate<'_>) -> MessageResult {
        let gas = Weight::from_parts(self.gas, self.gas);
        self.dispatch(|| {
            let made = Contracts::bare_instantiate(
                ALICE.into(),
                ask.value,
                gas,
                ask.limit,
                match ask.code {
                    Source::Code(code) => Code::Upload(code.to_vec()),
                    Source::Hash(hash) => Code::Existing(H256(hash)),
                },
                ask.input.to_vec(),
                ask.salt.to_vec(),
                DebugInfo::Skip,
                CollectEvents::Skip,
            );
            (made.result.map(|made| made.result), made.storage_deposit)
        })
    }

    fn call(&mut self, ask: &Call<'_>) -> MessageResult {
        let gas = Weight::from_parts(self.gas, self.gas);
        self.dispatch(|| {
            let called = Contracts::bare_call(
                ask.origin.into(),
                ask.contract.into(),
                ask.value,
                gas,
                ask.limit,
                ask.input.to_vec(),
                DebugInfo::Skip,
                CollectEvents::Skip,
                Determinism::Enforced,
            );
            (called.result, called.storage_deposit)
        })
    }

    fn money(&mut self, who: &AccountId) -> (Balance, Balance) {
        self.externalities.execute_with(|| {
            let account = System::account(AccountId32::from(*who)).data;
            (account.free, account.reserved)
        })
    }

    fn set_prices(&mut self, per_item: Balance, per_byte: Balance) {
        DepositPerItem::set(per_item);
        DepositPerByte::set(per_byte);
    }
}
