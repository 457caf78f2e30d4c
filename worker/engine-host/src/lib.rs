//! What stands between a worker and its engines: finds the files, refuses wrong ones, loads
//! them, calls them, and serves what they ask for.
//!
//! A dylib in the same address space is trusted code; what is checked here decides *which* code
//! that is, not what it may do. The bytes are read once, compared with the chain's record,
//! looked at as an ELF file, and those very bytes are loaded ([`EngineRegistry`]). From then on
//! everybody else sees [`Engine`], whichever ABI is behind it. What an engine may ask for during
//! a call is a [`Host`]; [`Session`] is the one that works on a state.
//!
//! It must never know a rule of contracts, a block's order, or a disk.

#![allow(unsafe_code)] // the loader and the ABI adapters; every block says what makes it sound

mod allocator;
mod elf;
mod engine;
mod error;
mod host;
mod load;
mod observed;
mod ocalls;
mod offchain;
mod pool;
mod prepare;
mod read;
mod registry;
mod session;
mod stack;
mod state;
mod v1;
mod v2;
mod version;

pub use allocator::{MemoryUse, MEMORY_COUNT_BYTES, QUERY_MEMORY_BYTES, TRANSACTION_MEMORY_BYTES};
pub use elf::{ElfError, ElfFacts};
pub use engine::Engine;
pub use error::EngineError;
pub use host::{Host, MAX_CHANGED_KEYS, MAX_CHANGE_BYTES, MAX_LENT_BYTES};
pub use observed::CallObserver;
pub use offchain::OffchainServices;
pub use pink_capi::types::{Changes, Pairs};
pub use pool::{
    give_way, Pool, PoolError, Started, BACKGROUND_NICENESS, ENGINE_THREAD_STACK_BYTES,
};
pub use prepare::{ExecutionMode, Prepare};
pub use registry::{engine_file_name, inspect, EngineRegistry, FoundFile, TARGET};
pub use session::{LogLine, Session, SystemCodes};
pub use stack::{with_stack, MAX_ENGINE_STACK_BYTES};
pub use state::{BlockState, StateError, StateRead};
pub use version::{abi_version, chain_version};
