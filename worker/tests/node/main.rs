//! The programs as an operator runs them, over a real node with Aura and GRANDPA, whose program `PINK_NODE` names.
//! The engines are those of `PINK_ENGINES`. Run by the step `node` of `cargo xtask test`.

#[path = "../../rpc-source/tests/node/process.rs"]
#[allow(dead_code)] // The source's own tests need all of it.
mod process;
#[path = "../../rpc-source/tests/node/signing.rs"]
mod signing;
#[path = "../../rpc-source/tests/support/mod.rs"]
mod support;

mod chain;
mod changes;
mod council;
mod cut;
mod forks;
mod governed;
mod harness;
mod local;
mod newcomers;
mod pallets;
mod pool;
mod programs;
mod same;
mod scenario;
mod troubles;
