//! Bench: work of a known size.
//!
//! Benchmarks use it to measure one thing at a time: the cost of a call, of computing, of hashing inside
//! and outside the WebAssembly, of storage, of events, and of nested calls.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod bench {
    use core::hint::black_box;
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            hash::{CryptoHash, Sha2x256},
            DefaultEnvironment,
        },
        prelude::{vec, vec::Vec},
        selector_bytes,
        storage::{Lazy, Mapping},
    };
    use sha2::{Digest, Sha256};

    /// The largest value that [`Bench::put`] writes: ink! encodes into a buffer of 16 KiB, and the
    /// length of the value takes some of it.
    pub const MAX_VALUE: u32 = 16 * 1024 - 16;

    /// The state: one value of any size, and many small ones.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Bench {
        value: Lazy<Vec<u8>>,
        cells: Mapping<u32, [u8; 32]>,
    }

    /// One of the events that were asked for.
    #[ink(event)]
    pub struct Ticked {
        #[ink(topic)]
        index: u32,
    }

    impl Bench {
        /// Starts with nothing stored.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Does nothing: what is measured is the call.
        #[ink(message)]
        pub fn nothing(&self) {}

        /// Turns a loop `n` times; each turn is one step of a linear congruential generator.
        #[ink(message)]
        pub fn loop_turns(&self, n: u32) -> u32 {
            let mut state = 1u32;
            for _ in 0..n {
                // Without the black box, the compiler finds the closed form of some loops.
                state = black_box(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            }
            state
        }

        /// Hashes 32 bytes `n` times with SHA-256 in WebAssembly, each time what the last one gave.
        #[ink(message)]
        pub fn sha256_wasm(&self, n: u32) -> [u8; 32] {
            let mut hash = [0; 32];
            for _ in 0..n {
                hash = Sha256::digest(hash).into();
            }
            hash
        }

        /// The same through the engine's host function.
        #[ink(message)]
        pub fn sha256_host(&self, n: u32) -> [u8; 32] {
            let mut hash = [0; 32];
            for _ in 0..n {
                let input = hash;
                Sha2x256::hash(&input, &mut hash);
            }
            hash
        }

        /// Calls `nothing` of another bench contract `n` times, one after the other.
        #[ink(message)]
        pub fn nested(&self, callee: AccountId, n: u32) {
            for _ in 0..n {
                build_call::<DefaultEnvironment>()
                    .call(callee)
                    .exec_input(ExecutionInput::new(Selector::new(selector_bytes!(
                        "nothing"
                    ))))
                    .returns::<()>()
                    .invoke();
            }
        }

        /// Writes one value of `size` bytes, at most [`MAX_VALUE`].
        #[ink(message)]
        pub fn put(&mut self, size: u32) {
            assert!(size <= MAX_VALUE, "the value doesn't fit ink!'s buffer");
            self.value.set(&vec![0xA5; size as usize]);
        }

        /// Reads that value and returns its size.
        #[ink(message)]
        pub fn read(&self) -> u32 {
            self.value.get().map_or(0, |value| value.len() as u32)
        }

        /// Writes 32 bytes under each of `count` keys, beginning with the key `first`.
        #[ink(message)]
        pub fn put_many(&mut self, first: u32, count: u32) {
            for key in first..first.saturating_add(count) {
                self.cells.insert(key, &[key as u8; 32]);
            }
        }

        /// Reads each of `count` keys, beginning with `first`, and returns how many there are.
        #[ink(message)]
        pub fn read_many(&self, first: u32, count: u32) -> u32 {
            let mut found = 0;
            for key in first..first.saturating_add(count) {
                found += u32::from(self.cells.get(key).is_some());
            }
            found
        }

        /// Emits `n` events, each with its index as a topic.
        #[ink(message)]
        pub fn events(&self, n: u32) {
            for index in 0..n {
                self.env().emit_event(Ticked { index });
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn both_ways_of_hashing_agree() {
            let bench = Bench::new();
            assert_eq!(bench.sha256_wasm(0), [0; 32]);
            assert_eq!(bench.sha256_wasm(3), bench.sha256_host(3));
        }

        #[ink::test]
        fn values_and_cells_are_read_as_written() {
            let mut bench = Bench::new();
            assert_eq!(bench.read(), 0);
            bench.put(MAX_VALUE);
            assert_eq!(bench.read(), MAX_VALUE);
            bench.put_many(5, 10);
            assert_eq!(bench.read_many(0, 100), 10);
        }
    }
}
