//! A chain runtime that composes `pallet-fat-contracts`, and a chain in process that runs it.
//!
//! Read this first to see how the pallet is put into a chain:
//!
//! * [`runtime`] composes the pallet with what a chain has beside it: accounts, a council, Aura and GRANDPA, fees.
//!   What a chain has to decide is there, with a reason for each number. Without the feature `std` the crate is this
//!   alone, and is compiled to the Wasm that a node runs.
//! * [`validators`] and [`bootstrap`] are two small pallets of its own: who makes blocks, and the first cluster of a
//!   development chain.
//! * [`MockChain`] makes blocks of that runtime in process: extrinsics are dispatched for real,
//!   hooks run, headers are the runtime's own. Only three things differ from a node: there are
//!   no signatures and no fees for them (an extrinsic names its origin), no consensus, and the state root in the
//!   header is a digest of the block's changes, because a Merkle trie over the whole state would
//!   cost more than everything else.
//! * [`Genesis`] says what the chain starts with.
//! * [`workers`] has what workers send: admission, announcements, acknowledgements.
//!
//! ```
//! use runtime_mock::{account, runtime::FatContracts, Extrinsic, Genesis, UNIT};
//! use pallet_fat_contracts::Call;
//! use fat_contracts_primitives::{Artefact, EngineVersion};
//!
//! let mut chain = Genesis::development().build()?;
//! let version = EngineVersion::new(1, 0);
//! let artefact = Artefact {
//!     target: "x86_64-unknown-linux-gnu".into(),
//!     hash: Default::default(),
//!     size: 1,
//! };
//! let register = Call::register_engine {
//!     version,
//!     abi: 1,
//!     upgrades_from: vec![],
//!     artefacts: vec![artefact],
//! };
//! let block = chain.build_block(1_000, vec![Extrinsic::governance(register)])?;
//! assert!(block.applied[0].result.is_ok());
//! assert_eq!(chain.query(FatContracts::engines).len(), 1);
//! # let _ = (account("//Alice"), UNIT);
//! # Ok::<(), runtime_mock::ChainError>(())
//! ```
//!
//! This crate must never know a worker, an engine's rules or a database: it gives each block's
//! changes, and whoever keeps them can make the same chain again.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(all(feature = "std", feature = "runtime-benchmarks"))]
pub mod bench;
#[allow(missing_docs, missing_debug_implementations)]
pub mod bootstrap;
#[cfg(feature = "std")]
mod chain;
#[cfg(feature = "std")]
mod extrinsic;
#[cfg(feature = "std")]
mod genesis;
pub mod runtime;
#[cfg(feature = "std")]
mod state;
#[allow(missing_docs, missing_debug_implementations)]
pub mod validators;
#[cfg(feature = "std")]
pub mod workers;

#[cfg(feature = "std")]
pub use chain::{Block, ChainError, Head, MockChain};
#[cfg(feature = "std")]
pub use extrinsic::{Applied, Extrinsic, Origin};
/// Those that a development chain knows.
pub use fat_contracts_primitives::{dev_account as account, DEV_ACCOUNTS};
#[cfg(feature = "std")]
pub use genesis::Genesis;
pub use runtime::{RuntimeCall, RuntimeEvent, EXISTENTIAL_DEPOSIT, UNIT};
#[cfg(feature = "std")]
pub use state::Changes;
