//! The contract rules of the storage-deposit era, as a library.
//!
//! An engine library names a [`Release`] and exports [`DepositEngine`] over it; everything that
//! two versions of this era may differ in is in their [`Rules`].
//!
//! ```ignore
//! struct V2_0;
//! impl Release for V2_0 {
//!     const RULES: Rules = Rules::V2_0;
//! }
//! pink_engine_sdk::export_v1!(DepositEngine<V2_0>, V2_0::RULES.version);
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | `rules`, `costs`, `operators` | every number |
//! | `state` | keys and records |
//! | `ledger`, `escrow`, `deposit`, `gas` | money and meters |
//! | `messages` | the way of each message from its checks to its receipt |
//! | `exec` | the machine: frames, calls, new contracts, ends of contracts |
//! | `wasm` | checks of code, compiled modules, running |
//! | `host_fns`, `extension` | what contracts import, and the pink extension |
//! | `coarse` | figures of queries, rounded up |
//! | `idle`, `upgrade`, `views` | ends of blocks, moves to this version, looks from outside |
//!
//! This is consensus code: no result may depend on anything but the state, the block's input,
//! the message, and the version. It must never know a clock, a file, a network, a thread's
//! identity, a hash map's order, or what its own caches hold. It links no FRAME.
#![forbid(unsafe_code)]

#[cfg(feature = "bare")]
pub mod bare;
mod coarse;
mod costs;
mod deposit;
mod engine;
mod error;
mod escrow;
mod exec;
mod extension;
mod gas;
mod hash;
mod host_fns;
mod idle;
mod ledger;
mod messages;
mod operators;
mod rules;
mod signatures;
mod state;
mod upgrade;
mod views;
mod wasm;

pub use costs::{Bases, Cost, FrameCosts, HostCosts};
pub use engine::DepositEngine;
pub use hash::contract_address;
pub use operators::OperatorCosts;
pub use rules::{Deposits, Idle, Interpreter, Limits, Rules};

/// Names a released version of these rules, for the library that exports it.
pub trait Release: Send + Sync + 'static {
    /// Its rules.
    const RULES: Rules;
}
