//! Flipper, built with ink! 4: a contract of the generation before today's.
//!
//! Its messages are those of `flipper`, and so are the host functions that it imports.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod flipper {
    /// The state: one boolean.
    #[ink(storage)]
    pub struct Flipper {
        value: bool,
    }

    impl Flipper {
        /// Starts with the given value.
        #[ink(constructor)]
        pub fn new(value: bool) -> Self {
            Self { value }
        }

        /// Starts with `false`.
        #[ink(constructor)]
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
