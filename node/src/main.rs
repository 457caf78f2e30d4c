//! A Substrate node whose runtime orders contract transactions.
//!
//! It is for development and tests: its presets' accounts are known to everyone. The runtime's Wasm comes from a file
//! (`--runtime`), so that a new runtime needs no new node; engines come from the `engines.json` that
//! `cargo xtask engines` writes (`--engines`).

#![forbid(unsafe_code)]

mod cli;
mod consensus;
mod rpc;
mod sealing;
mod service;
mod spec;

use sc_cli::SubstrateCli;

fn main() -> sc_cli::Result<()> {
    cli::run(cli::Cli::from_args())
}
