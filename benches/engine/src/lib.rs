//! The sides of the benchmarks that need no chain: they build without FRAME.
//!
//! * [`Ours`]: an engine's file, loaded by the worker as it always is, the state in a map in
//!   memory, no root;
//! * [`Floor`]: the same WebAssembly in bare `wasmi`, compiled and linked beforehand, its host
//!   functions over a plain map, fuel on: no accounts, no receipts, no ABI;
//! * [`Reader`]: reads of the state through either ABI, and by a call within the process.
//!
//! A [`Subject`] is what they are all made to do.
//!
//! This crate must never know more of an engine than the worker does.

// Ratios are for people; no result of a contract is computed here.
#![allow(clippy::float_arithmetic)]

pub mod bare;
pub mod contracts;
mod floor;
mod ours;
mod reader;
mod subject;
mod timing;

pub use floor::Floor;
use ours::first_block;
pub use ours::{load, prepare, Ours, GAS, USER, WARM_UP};
pub use pink_engine_host::Engine;
pub use reader::{Reader, Side, READS};
pub use subject::{Subject, Work};
pub use timing::{in_turns, in_turns_of, median};
