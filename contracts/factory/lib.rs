//! Factory: instantiates and calls other contracts, and fails in every way there is.
//!
//! Tests use it for what happens between frames: who pays, what is rolled back, which failures a caller
//! sees and which stop it. Its children are flippers. Whatever can fail inside a callee is answered as a
//! value here, never by a trap of the caller, so that a test can tell the two apart.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod factory {
    use flipper::flipper::FlipperRef;
    use ink::{
        codegen::TraitCallBuilder,
        env::{
            call::{build_call, ExecutionInput, Selector},
            CallFlags, DefaultEnvironment, Error as EnvError, ReturnErrorCode,
        },
        prelude::vec::Vec,
        selector_bytes, ToAccountId,
    };

    /// Written only by messages that fail afterwards, so that an engine has something to roll back. What
    /// ink! keeps of a contract's state is not enough: it isn't written when the message returns an error.
    const DOOMED_KEY: [u8; 6] = *b"doomed";

    /// The state: what children are made of, the newest one, and a counter that shows roll-backs.
    #[ink(storage)]
    pub struct Factory {
        flipper_code_hash: Hash,
        child: Option<FlipperRef>,
        writes: u32,
    }

    /// A flipper was instantiated.
    #[ink(event)]
    pub struct ChildCreated {
        #[ink(topic)]
        child: AccountId,
    }

    /// The counter was written; nobody ever sees this when the message reverted afterwards.
    #[ink(event)]
    pub struct Written {
        writes: u32,
    }

    /// Why a message reverted.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// No flipper was instantiated yet.
        NoChild,
        /// The flipper wasn't instantiated.
        InstantiationFailed,
        /// The callee trapped, ran out of gas, or couldn't be called.
        CallFailed,
        /// Too little balance, or the receiver would stay below the existential deposit.
        TransferFailed,
        /// The message exists to return this.
        Intended,
    }

    /// How a call ended, as its caller sees it.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Outcome {
        /// It returned in order.
        Succeeded,
        /// It undid its changes and returned an error.
        Reverted,
        /// It trapped or ran out of gas.
        Trapped,
        /// Anything else that an engine can answer.
        Other,
    }

    impl Factory {
        /// Will make children from this code. The value given is there to be transferred later.
        #[ink(constructor, payable)]
        pub fn new(flipper_code_hash: Hash) -> Self {
            Self {
                flipper_code_hash,
                child: None,
                writes: 0,
            }
        }

        /// Instantiates a flipper, keeps it as the child, and returns its account.
        #[ink(message)]
        pub fn instantiate_child(
            &mut self,
            value: bool,
            salt: Vec<u8>,
        ) -> Result<AccountId, Error> {
            let child = FlipperRef::new(value)
                .code_hash(self.flipper_code_hash)
                .endowment(0)
                .salt_bytes(salt)
                .try_instantiate();
            self.keep(child)
        }

        /// The same through the older host function, which has a limit in one dimension.
        #[ink(message)]
        pub fn instantiate_child_v1(
            &mut self,
            value: bool,
            salt: Vec<u8>,
        ) -> Result<AccountId, Error> {
            let child = FlipperRef::new(value)
                .instantiate_v1()
                .code_hash(self.flipper_code_hash)
                .endowment(0)
                .salt_bytes(salt)
                .try_instantiate();
            self.keep(child)
        }

        /// Returns the child's account.
        #[ink(message)]
        pub fn child(&self) -> Option<AccountId> {
            self.child.as_ref().map(ToAccountId::to_account_id)
        }

        /// Returns the child's value.
        #[ink(message)]
        pub fn child_value(&self) -> Result<bool, Error> {
            let child = self.child.as_ref().ok_or(Error::NoChild)?;
            match child.call().get().try_invoke() {
                Ok(Ok(value)) => Ok(value),
                _ => Err(Error::CallFailed),
            }
        }

        /// Flips the child.
        #[ink(message)]
        pub fn flip_child(&mut self) -> Result<(), Error> {
            let child = self.child.as_mut().ok_or(Error::NoChild)?;
            match child.call_mut().flip().try_invoke() {
                Ok(Ok(())) => Ok(()),
                _ => Err(Error::CallFailed),
            }
        }

        /// Flips the child through the older host function, which has a limit in one dimension.
        #[ink(message)]
        pub fn flip_child_v1(&mut self) -> Result<(), Error> {
            let flip = build_call::<DefaultEnvironment>()
                .call_v1(self.child().ok_or(Error::NoChild)?)
                .exec_input(ExecutionInput::new(Selector::new(selector_bytes!("flip"))))
                .returns::<()>();
            match flip.try_invoke() {
                Ok(Ok(())) => Ok(()),
                _ => Err(Error::CallFailed),
            }
        }

        /// Flips the child with at most that much `ref_time`, and returns whether the child trapped.
        /// Nought stands for all there is.
        #[ink(message)]
        pub fn call_child_with_gas(&mut self, ref_time: u64) -> Result<bool, Error> {
            let child = self.child.as_mut().ok_or(Error::NoChild)?;
            match child
                .call_mut()
                .flip()
                .ref_time_limit(ref_time)
                .try_invoke()
            {
                Ok(Ok(())) => Ok(false),
                Err(EnvError::ReturnError(ReturnErrorCode::CalleeTrapped)) => Ok(true),
                _ => Err(Error::CallFailed),
            }
        }

        /// Calls a message of this very contract, with at most that much `ref_time`, and returns how that
        /// ended. The message takes no arguments and returns nothing or `Result<(), Error>`.
        #[ink(message)]
        pub fn attempt(&self, selector: [u8; 4], ref_time: u64) -> Outcome {
            let call = build_call::<DefaultEnvironment>()
                .call(self.env().account_id())
                .ref_time_limit(ref_time)
                .call_flags(CallFlags::ALLOW_REENTRY)
                .exec_input(ExecutionInput::new(Selector::new(selector)))
                .returns::<Result<(), Error>>();
            match call.try_invoke() {
                Ok(Ok(Ok(()))) => Outcome::Succeeded,
                Ok(Ok(Err(_))) => Outcome::Reverted,
                Err(EnvError::ReturnError(ReturnErrorCode::CalleeTrapped)) => Outcome::Trapped,
                _ => Outcome::Other,
            }
        }

        /// Passes the value that came with this call on to `to`.
        #[ink(message, payable)]
        pub fn forward(&mut self, to: AccountId) -> Result<(), Error> {
            self.pay(to, self.env().transferred_value())
        }

        /// Pays `to` out of this contract's balance.
        #[ink(message, payable)]
        pub fn transfer(&mut self, to: AccountId, value: Balance) -> Result<(), Error> {
            self.pay(to, value)
        }

        /// Adds one to the counter.
        #[ink(message)]
        pub fn write(&mut self) -> Result<(), Error> {
            self.writes = self.writes.wrapping_add(1);
            self.env().emit_event(Written {
                writes: self.writes,
            });
            Ok(())
        }

        /// Returns how many writes were not rolled back.
        #[ink(message)]
        pub fn writes(&self) -> u32 {
            self.writes
        }

        /// Adds one to the counter, then reverts.
        #[ink(message)]
        pub fn fail_after_write(&mut self) -> Result<(), Error> {
            self.write()?;
            ink::env::set_contract_storage(&DOOMED_KEY, &self.writes);
            Err(Error::Intended)
        }

        /// Returns whether a write of `fail_after_write` or `trap` is in the storage, where it must never be.
        #[ink(message)]
        pub fn doomed_write_is_there(&self) -> bool {
            ink::env::contains_contract_storage(&DOOMED_KEY).is_some()
        }

        /// Writes, then traps.
        #[ink(message)]
        pub fn trap(&mut self) {
            ink::env::set_contract_storage(&DOOMED_KEY, &self.writes);
            panic!("this message exists to trap")
        }

        /// Loops until the gas is used up.
        #[ink(message)]
        #[allow(clippy::empty_loop)]
        pub fn spin(&self) {
            loop {}
        }

        /// Calls itself `n` deep, and returns how many of those calls returned in order.
        #[ink(message)]
        pub fn recurse(&self, n: u32) -> u32 {
            let Some(rest) = n.checked_sub(1) else {
                return 0;
            };
            let call = build_call::<DefaultEnvironment>()
                .call(self.env().account_id())
                .call_flags(CallFlags::ALLOW_REENTRY)
                .exec_input(
                    ExecutionInput::new(Selector::new(selector_bytes!("recurse"))).push_arg(rest),
                )
                .returns::<u32>();
            match call.try_invoke() {
                Ok(Ok(deeper)) => deeper.saturating_add(1),
                _ => 0,
            }
        }

        /// Removes this contract and pays what it has to the beneficiary.
        #[ink(message)]
        pub fn terminate(&mut self, beneficiary: AccountId) {
            self.env().terminate_contract(beneficiary)
        }

        fn keep<E, L>(
            &mut self,
            child: Result<Result<FlipperRef, L>, E>,
        ) -> Result<AccountId, Error> {
            let Ok(Ok(child)) = child else {
                return Err(Error::InstantiationFailed);
            };
            let account = child.to_account_id();
            self.child = Some(child);
            self.env().emit_event(ChildCreated { child: account });
            Ok(account)
        }

        fn pay(&mut self, to: AccountId, value: Balance) -> Result<(), Error> {
            self.env()
                .transfer(to, value)
                .map_err(|_| Error::TransferFailed)
        }
    }
}
