//! What every contract engine needs and no rule of consensus.
//!
//! An engine implements [`Engine`], a trait in plain Rust types, and exports itself with
//! [`export_v1!`] or [`export_v2!`]. This crate does the rest:
//!
//! * [`Overlay`]: the state as one message sees it, with nested transactions and one sorted
//!   change set at the end;
//! * [`Host`]: what an engine may ask of the worker, the same for every ABI;
//! * `alloc`: the global allocator, which delegates to the worker's;
//! * [`note`]: the note that lets an engine's file be read without running it;
//! * `guard`: turns a panic into a fault, so that none crosses the border;
//! * [`Shards`]: keeps threads that work at once out of each other's way;
//! * [`wipe`]: cleans a contract's memory for the next call; [`LinearMemories`]: keeps memories for it;
//! * [`rules`](mod@rules): a version's numbers as named rows, of which its cost-table hash is made;
//! * [`EngineCell`]: the one engine of a library, made anew after a panic;
//! * `v1`, `v2`: the glue between an [`Engine`] and each ABI.
//!
//! This crate must never know a rule: no account, no gas, no contract. Two engines of different
//! eras link it, and a change here must not change a result of either.

#![allow(unsafe_code)] // the allocator, the exports, wide registers; see each block

pub mod alloc;
mod cell;
mod dispatcher;
mod engine;
mod guard;
mod host;
mod linear;
pub mod note;
mod overlay;
mod prepare;
pub mod rules;
#[doc(hidden)]
pub mod v1;
#[doc(hidden)]
pub mod v2;
mod value;
mod wipe;

pub use cell::EngineCell;
pub use engine::Engine;
pub use guard::guarded;
pub use host::{generic_ocalls, GenericOcall, Host, MemoryHost};
pub use linear::{LinearMemories, LinearMemory};
pub use overlay::Overlay;
pub use pink_capi as capi;
pub use pink_capi::{
    calls::OCalls,
    types::{self, Changes, Pairs, VERSION_KEY},
    Fault,
};
pub use prepare::{Artefact, ExecutionMode, Prepare};
pub use value::Value;
pub use wipe::wipe;

/// Groups of an engine's threads: about as many as call it at a time.
pub const SHARDS: usize = 4;

/// One of everything for each group of an engine's threads.
pub type Shards<T> = pink_capi::Shards<T, SHARDS>;
