//! The rules, through the files that workers load, with a state in memory.
//!
//! Each message and each view goes through the library and through the built file, which have to
//! give the same: see `tested.rs`. The files are looked for where `PINK_ENGINES` says, or in
//! `target/engines`; without them, or with older ones, the tests fail and say what to run.
//!
//! `conformance.toml` says which test here is the counterpart of which test of 2021.

#[macro_use]
mod harness;

mod calls;
mod cold;
mod conformance;
mod deletion;
mod exec;
mod exempt;
mod figures;
mod fixtures;
mod host_fns;
mod ink;
mod instantiate;
mod ledger;
mod lifecycle;
mod messages;
mod outputs;
mod prepare;
mod rent;
mod repairs;
mod restoration;
mod schedule;
mod select;
mod stack;
mod storage;
mod tested;
mod versions;
mod wasm;
mod worst;
