//! The rules, through the `Engine` trait and a state in memory.
//!
//! `conformance.toml` says which test here is the counterpart of which test of 2021.

#[macro_use]
mod world;

mod calls;
mod conformance;
mod deletion;
mod exec;
mod figures;
mod fixtures;
mod host_fns;
mod ink;
mod instantiate;
mod ledger;
mod lifecycle;
mod messages;
mod prepare;
mod rent;
mod restoration;
mod schedule;
mod stack;
mod storage;
mod versions;
mod wasm;
