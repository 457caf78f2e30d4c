//! What a counter becomes: it counts in steps that its owner sets.
//!
//! It never was constructed where it takes a counter's place: its state is the counter's, and what is new is kept in a
//! place of its own, which is empty at first.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod counter_next {
    use ink::storage::Lazy;

    /// The counter's state, in its order; then what is new. A `Lazy` field has a key of its own, so that the old fields are
    /// read as they were written.
    #[ink(storage)]
    pub struct CounterNext {
        owner: AccountId,
        count: u32,
        /// Nothing: one.
        step: Lazy<u32>,
    }

    /// Why something wasn't done.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The owner alone may do that.
        NotOwner,
        /// It counts no further.
        Overflow,
    }

    impl CounterNext {
        /// Begins at 0. The caller is the owner.
        #[ink(constructor)]
        #[allow(clippy::new_without_default)]
        pub fn new() -> Self {
            Self {
                owner: Self::env().caller(),
                count: 0,
                step: Lazy::default(),
            }
        }

        /// Counts a step further.
        #[ink(message)]
        pub fn increment(&mut self) -> Result<(), Error> {
            self.count = self.count.checked_add(self.step()).ok_or(Error::Overflow)?;
            Ok(())
        }

        /// Returns the count.
        #[ink(message)]
        pub fn get(&self) -> u32 {
            self.count
        }

        /// Returns how far it counts at once.
        #[ink(message)]
        pub fn step(&self) -> u32 {
            self.step.get().unwrap_or(1)
        }

        /// Sets how far it counts at once.
        #[ink(message)]
        pub fn set_step(&mut self, step: u32) -> Result<(), Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            self.step.set(&step);
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
        fn it_counts_in_steps() {
            let accounts = default_accounts::<Env>();
            set_caller::<Env>(accounts.alice);
            let mut counter = CounterNext::new();
            counter.increment().unwrap();
            counter.set_step(u32::MAX - 1).unwrap();
            counter.increment().unwrap();
            assert_eq!(counter.get(), u32::MAX);
            assert_eq!(counter.increment(), Err(Error::Overflow));
            set_caller::<Env>(accounts.bob);
            assert_eq!(counter.set_step(2), Err(Error::NotOwner));
        }
    }
}
