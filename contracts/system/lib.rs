//! System: the contract that speaks for a cluster.
//!
//! Every cluster on an engine 2.x has one, deployed by its owner's account. It knows the owner, the
//! administrators and the contracts that serve the whole cluster (its drivers), and it alone may give the
//! engine certain orders: to send the logs somewhere, to move to a newer engine, to take the chain's newest
//! code for itself.
//!
//! The crate `system-next` compiles these same sources under the next version number.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract(env = pink::PinkEnvironment)]
pub mod system {
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            CallFlags,
        },
        prelude::string::String,
        selector_bytes,
        storage::Mapping,
    };
    use pink::{
        system::{Error, Result, System, Version},
        PinkEnvironment, PinkEvent,
    };

    /// This contract's version, which is its crate's.
    pub const VERSION: Version = (
        number(env!("CARGO_PKG_VERSION_MAJOR")),
        number(env!("CARGO_PKG_VERSION_MINOR")),
    );

    /// The oldest engine that this contract runs on.
    const OLDEST_ENGINE: (u32, u32) = (2, 0);

    /// The driver to which the cluster's logs are sent.
    const LOG_DRIVER: &str = "PinkLogger";

    const fn number(digits: &str) -> u16 {
        match u16::from_str_radix(digits, 10) {
            Ok(number) => number,
            Err(_) => panic!("a part of the crate's version is no number"),
        }
    }

    /// The state. An upgrade finds what an older version wrote, so a field's type and place never change.
    #[ink(storage)]
    pub struct SystemContract {
        owner: AccountId,
        administrators: Mapping<AccountId, ()>,
        drivers: Mapping<String, AccountId>,
    }

    /// An account became an administrator.
    #[ink(event)]
    pub struct AdministratorAdded {
        #[ink(topic)]
        administrator: AccountId,
    }

    /// An account is an administrator no more.
    #[ink(event)]
    pub struct AdministratorRemoved {
        #[ink(topic)]
        administrator: AccountId,
    }

    /// Another contract does a certain service now.
    #[ink(event)]
    pub struct DriverChanged {
        #[ink(topic)]
        name: String,
        previous: Option<AccountId>,
        current: AccountId,
    }

    /// This contract's code was replaced.
    #[ink(event)]
    pub struct Upgraded {
        from: Version,
        to: Version,
    }

    impl SystemContract {
        /// Makes the caller the owner.
        #[ink(constructor)]
        #[allow(clippy::should_implement_trait)]
        pub fn default() -> Self {
            Self {
                owner: Self::env().caller(),
                administrators: Mapping::default(),
                drivers: Mapping::default(),
            }
        }

        fn ensure_owner(&self) -> Result<()> {
            self.ensure(self.env().caller() == self.owner, Error::PermissionDenied)
        }

        fn ensure(&self, condition: bool, error: Error) -> Result<()> {
            if condition {
                Ok(())
            } else {
                Err(error)
            }
        }
    }

    impl System for SystemContract {
        #[ink(message)]
        fn version(&self) -> Version {
            VERSION
        }

        #[ink(message)]
        fn owner(&self) -> AccountId {
            self.owner
        }

        #[ink(message)]
        fn grant_admin(&mut self, account: AccountId) -> Result<()> {
            self.ensure_owner()?;
            self.administrators.insert(account, &());
            self.env().emit_event(AdministratorAdded {
                administrator: account,
            });
            Ok(())
        }

        #[ink(message)]
        fn revoke_admin(&mut self, account: AccountId) -> Result<()> {
            self.ensure_owner()?;
            self.administrators.remove(account);
            self.env().emit_event(AdministratorRemoved {
                administrator: account,
            });
            Ok(())
        }

        #[ink(message)]
        fn is_admin(&self, account: AccountId) -> bool {
            self.administrators.contains(account)
        }

        #[ink(message)]
        fn set_driver(&mut self, name: String, contract: AccountId) -> Result<()> {
            let caller = self.env().caller();
            self.ensure(
                caller == self.owner || self.is_admin(caller),
                Error::PermissionDenied,
            )?;
            let previous = self.drivers.get(&name);
            self.drivers.insert(&name, &contract);
            if name == LOG_DRIVER {
                PinkEvent::SetLogHandler(contract).emit();
            }
            self.env().emit_event(DriverChanged {
                name,
                previous,
                current: contract,
            });
            Ok(())
        }

        #[ink(message)]
        fn get_driver(&self, name: String) -> Option<AccountId> {
            self.drivers.get(&name)
        }

        #[ink(message, payable)]
        fn upgrade_system_contract(&mut self) -> Result<()> {
            self.ensure_owner()?;
            let code_hash = self
                .env()
                .extension()
                .import_latest_system_code(self.env().caller())
                .ok_or(Error::CodeNotFound)?;
            self.env()
                .set_code_hash(&code_hash)
                .map_err(|_| Error::CodeNotFound)?;
            // From here on the state belongs to the new code. This call therefore ends with that one, and
            // as that one: ink! must not write this frame's copy of the state over it, and when the new code
            // reverts, so does the change of code.
            let _ = build_call::<PinkEnvironment>()
                .call(self.env().account_id())
                .call_flags(CallFlags::ALLOW_REENTRY | CallFlags::TAIL_CALL)
                .exec_input(
                    ExecutionInput::new(Selector::new(selector_bytes!(
                        "pink_system::System::do_upgrade"
                    )))
                    .push_arg(VERSION),
                )
                .returns::<Result<()>>()
                .invoke();
            unreachable!("a tail call returns only by failing, and a failure traps")
        }

        #[ink(message)]
        fn do_upgrade(&mut self, from: Version) -> Result<()> {
            self.ensure(
                self.env().caller() == self.env().account_id(),
                Error::PermissionDenied,
            )?;
            let engine = self.env().extension().runtime_version();
            self.ensure(
                engine >= OLDEST_ENGINE && from < VERSION,
                Error::ConditionNotMet,
            )?;
            self.env().emit_event(Upgraded { from, to: VERSION });
            Ok(())
        }

        #[ink(message)]
        fn upgrade_runtime(&mut self, version: (u32, u32)) -> Result<()> {
            self.ensure_owner()?;
            let current = self.env().extension().runtime_version();
            self.ensure(version > current, Error::ConditionNotMet)?;
            PinkEvent::UpgradeRuntimeTo { version }.emit();
            Ok(())
        }

        #[ink(message)]
        fn total_balance_of(&self, account: AccountId) -> Balance {
            self.env().extension().balance_of(account).0
        }

        #[ink(message)]
        fn free_balance_of(&self, account: AccountId) -> Balance {
            self.env().extension().balance_of(account).1
        }

        #[ink(message)]
        fn code_exists(&self, code_hash: Hash) -> bool {
            self.env().extension().code_exists(code_hash, false)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::{
            env::test::{
                default_accounts, recorded_events, register_chain_extension, set_callee,
                set_caller, ChainExtension, DefaultAccounts,
            },
            reflect::DispatchableMessageInfo,
            scale::{Decode, Encode},
        };

        /// An engine 2.0 on which every account has 70 in total and 50 free.
        struct Engine;

        impl ChainExtension for Engine {
            fn ext_id(&self) -> u16 {
                0
            }

            fn call(&mut self, function: u16, input: &[u8], output: &mut Vec<u8>) -> u32 {
                // ink!'s test environment puts the encoded length before the input.
                let input = Vec::<u8>::decode(&mut &input[..]).unwrap();
                match function {
                    16 => (70 as Balance, 50 as Balance).encode_to(output),
                    19 => (input == ([9u8; 32], false).encode()).encode_to(output),
                    20 => None::<Hash>.encode_to(output),
                    21 => (2u32, 0u32).encode_to(output),
                    other => panic!("the contract has no business with function {other}"),
                }
                0
            }
        }

        /// The contract of Alice on that engine.
        fn deploy() -> (SystemContract, DefaultAccounts<PinkEnvironment>) {
            register_chain_extension(Engine);
            let accounts = default_accounts::<PinkEnvironment>();
            set_caller::<PinkEnvironment>(accounts.alice);
            set_callee::<PinkEnvironment>(accounts.django);
            (SystemContract::default(), accounts)
        }

        /// The data of the pink events that were emitted.
        fn orders() -> Vec<Vec<u8>> {
            recorded_events()
                .filter(|event| event.topics == [pink::PINK_TOPIC.to_vec()])
                .map(|event| event.data)
                .collect()
        }

        #[test]
        fn selectors_are_what_engines_and_tools_expect() {
            macro_rules! assert_selectors {
                ($($selector:literal $name:literal),* $(,)?) => {$(
                    let label = <SystemContract as DispatchableMessageInfo<$selector>>::LABEL;
                    assert_eq!(label, concat!("System::", $name));
                )*};
            }
            assert_selectors! {
                0x87c98a8d "version",
                0x9e4f64f5 "owner",
                0x67612061 "grant_admin",
                0x10586a73 "revoke_admin",
                0xf06f050a "is_admin",
                0xaa1e2030 "set_driver",
                0x2740cf0a "get_driver",
                0xaf69ca03 "upgrade_system_contract",
                0x667e0041 "do_upgrade",
                0x317f6bf3 "upgrade_runtime",
                0x5a98f226 "total_balance_of",
                0x8a0d40d7 "free_balance_of",
                0x6fc58436 "code_exists",
            }
        }

        #[ink::test]
        fn only_the_owner_makes_administrators() {
            let (mut system, accounts) = deploy();
            assert_eq!(system.owner(), accounts.alice);
            assert_eq!(system.grant_admin(accounts.bob), Ok(()));
            assert!(system.is_admin(accounts.bob));

            set_caller::<PinkEnvironment>(accounts.bob);
            let denied = Err(Error::PermissionDenied);
            assert_eq!(system.grant_admin(accounts.charlie), denied);
            assert_eq!(system.revoke_admin(accounts.bob), denied);
            assert_eq!(system.upgrade_runtime((2, 1)), denied);
            assert_eq!(system.upgrade_system_contract(), denied);

            set_caller::<PinkEnvironment>(accounts.alice);
            assert_eq!(system.revoke_admin(accounts.bob), Ok(()));
            assert!(!system.is_admin(accounts.bob));
        }

        #[ink::test]
        fn owner_and_administrators_set_drivers() {
            let (mut system, accounts) = deploy();
            let name = || String::from("Clock");
            assert_eq!(system.get_driver(name()), None);
            assert_eq!(system.set_driver(name(), accounts.eve), Ok(()));
            assert_eq!(system.get_driver(name()), Some(accounts.eve));
            assert_eq!(orders(), Vec::<Vec<u8>>::new());

            set_caller::<PinkEnvironment>(accounts.bob);
            let denied = Err(Error::PermissionDenied);
            assert_eq!(system.set_driver(name(), accounts.bob), denied);
            set_caller::<PinkEnvironment>(accounts.alice);
            system.grant_admin(accounts.bob).unwrap();
            set_caller::<PinkEnvironment>(accounts.bob);
            assert_eq!(system.set_driver(LOG_DRIVER.into(), accounts.frank), Ok(()));
            assert_eq!(
                orders(),
                [PinkEvent::SetLogHandler(accounts.frank).encode()]
            );
        }

        #[ink::test]
        fn the_owner_orders_a_newer_engine_only() {
            let (mut system, _) = deploy();
            assert_eq!(system.upgrade_runtime((2, 0)), Err(Error::ConditionNotMet));
            assert_eq!(system.upgrade_runtime((1, 9)), Err(Error::ConditionNotMet));
            assert_eq!(orders(), Vec::<Vec<u8>>::new());
            assert_eq!(system.upgrade_runtime((2, 1)), Ok(()));
            assert_eq!(
                orders(),
                [PinkEvent::UpgradeRuntimeTo { version: (2, 1) }.encode()]
            );
        }

        #[ink::test]
        fn only_this_contract_finishes_an_upgrade() {
            let (mut system, accounts) = deploy();
            assert_eq!(system.upgrade_system_contract(), Err(Error::CodeNotFound));
            assert_eq!(system.do_upgrade((0, 9)), Err(Error::PermissionDenied));
            set_caller::<PinkEnvironment>(accounts.django);
            assert_eq!(system.do_upgrade((0, 9)), Ok(()));
            assert_eq!(system.do_upgrade(VERSION), Err(Error::ConditionNotMet));
        }

        #[ink::test]
        fn balances_and_codes_come_from_the_engine() {
            let (system, accounts) = deploy();
            assert_eq!(system.total_balance_of(accounts.bob), 70);
            assert_eq!(system.free_balance_of(accounts.bob), 50);
            assert!(system.code_exists([9; 32].into()));
            assert!(!system.code_exists([8; 32].into()));
        }
    }
}
