//! A worker that runs, asked by many: how many questions it answers, how late, what that does to its memory, and to
//! its blocks.
//!
//! Everything is a process of its own: a node with Aura and GRANDPA, the worker as it is released and as a member of
//! the cluster, and this program, which sends messages to the chain and asks over real connections. The machine may
//! be busy: what is measured is compared with threads that do nothing but count, in turns.

// Ratios are for people; no result of a contract is computed here.
#![allow(clippy::float_arithmetic)]

mod capacity;
mod harness;
mod hour;
mod http;
mod import;
mod load;
mod machine;
mod report;
mod traffic;

use anyhow::Context;
use clap::Parser;
use std::path::PathBuf;

/// Asks a worker that runs, and measures
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    programs: harness::Programs,
    /// Writes what is plotted into this file
    #[arg(long, value_name = "FILE")]
    plots: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Questions a second on one core and on two, and blocks with and without them
    Capacity(capacity::Rounds),
    /// An hour at a fixed rate: memory, and how late answers come
    Hour(hour::Hour),
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut harness = harness::Harness::start(&args.programs)?;
    capacity::answers(&harness)?;
    let done = match args.what {
        What::Capacity(rounds) => capacity::capacity(&mut harness, rounds)
            .and_then(|_| capacity::isolation(&mut harness, rounds))
            .map(drop),
        What::Hour(how) => hour::soak(&mut harness, how, args.plots.as_deref()).map(drop),
    };
    done.with_context(|| harness.log())
}
