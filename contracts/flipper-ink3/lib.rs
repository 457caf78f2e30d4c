//! Flipper, built with ink! 3: a contract of the days of engines 1.x.
//!
//! It imports host functions from `seal0` alone, under names that begin with `seal_`, so that engines with the
//! rules of March 2021 run it; newer ones still provide these. The selectors are those of `flipper`, but what
//! a message returns isn't wrapped into a result, and keys of the storage have 32 bytes.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

use ink_lang as ink;

#[ink::contract]
pub mod flipper {
    /// The state: one boolean.
    #[ink(storage)]
    pub struct Flipper {
        value: bool,
    }

    impl Flipper {
        /// Starts with the given value.
        #[ink(constructor, payable)]
        pub fn new(value: bool) -> Self {
            Self { value }
        }

        /// Starts with `false`.
        #[ink(constructor, payable)]
        #[allow(clippy::should_implement_trait)]
        pub fn default() -> Self {
            Self::new(false)
        }

        /// Turns the value into its opposite.
        #[ink(message)]
        pub fn flip(&mut self) {
            self.value = !self.value;
        }

        /// Returns the value.
        #[ink(message)]
        pub fn get(&self) -> bool {
            self.value
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink_lang as ink;

        #[ink::test]
        fn default_is_false_and_flip_turns_it() {
            let mut flipper = Flipper::default();
            assert!(!flipper.get());
            flipper.flip();
            assert!(flipper.get());
            flipper.flip();
            assert!(!flipper.get());
        }
    }
}
