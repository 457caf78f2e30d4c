//! Counter: counts, and lets its owner exchange its code.
//!
//! A cluster's engine is exchanged by the cluster's owner and keeps every contract as it is; a contract's own code is
//! exchanged by the contract, as here: address, money and storage stay. `counter-next` is what it can become.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod counter {
    /// The state. What comes after it has to be able to read it.
    #[ink(storage)]
    pub struct Counter {
        owner: AccountId,
        count: u32,
    }

    /// The owner gave the contract another code.
    #[ink(event)]
    pub struct CodeChanged {
        #[ink(topic)]
        code_hash: Hash,
    }

    /// Why something wasn't done.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The owner alone may do that.
        NotOwner,
        /// No code with this hash was uploaded.
        NoSuchCode,
        /// It counts no further.
        Overflow,
    }

    impl Counter {
        /// Begins at 0. The caller is the owner.
        #[ink(constructor)]
        #[allow(clippy::new_without_default)]
        pub fn new() -> Self {
            Self {
                owner: Self::env().caller(),
                count: 0,
            }
        }

        /// Counts one further.
        #[ink(message)]
        pub fn increment(&mut self) -> Result<(), Error> {
            self.count = self.count.checked_add(1).ok_or(Error::Overflow)?;
            Ok(())
        }

        /// Returns the count.
        #[ink(message)]
        pub fn get(&self) -> u32 {
            self.count
        }

        /// Gives the contract the code with this hash, from the next call on.
        #[ink(message)]
        pub fn set_code(&mut self, code_hash: Hash) -> Result<(), Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            self.env()
                .set_code_hash(&code_hash)
                .map_err(|_| Error::NoSuchCode)?;
            self.env().emit_event(CodeChanged { code_hash });
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{default_accounts, set_caller},
            DefaultEnvironment as Env,
        };

        #[ink::test]
        fn it_counts_and_obeys_its_owner_alone() {
            let accounts = default_accounts::<Env>();
            set_caller::<Env>(accounts.alice);
            let mut counter = Counter::new();
            counter.increment().unwrap();
            assert_eq!(counter.get(), 1);
            set_caller::<Env>(accounts.bob);
            assert_eq!(counter.set_code(Hash::from([1; 32])), Err(Error::NotOwner));
        }
    }
}
