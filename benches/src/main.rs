//! Benchmarks, with the peers measured in the same run.
//!
//! Machines are noisy and shared, so what is reported is never a time alone but a ratio: both
//! sides take turns in one process, and the ratio is that of their medians. The sides are
//!
//! * `ours`: a released engine's file, loaded by the worker as it always is, the state in a map
//!   in memory, no root;
//! * `peer`: `pallet-contracts` 51 in its test externalities, the same contract, `bare_call`;
//! * `floor`: the same WebAssembly in bare `wasmi`, compiled and linked beforehand, its host
//!   functions over a plain map, fuel on: no accounts, no receipts, no ABI.
//!
//! This crate must never know more of an engine than the worker does.

// Ratios are for people; no result of a contract is computed here.
#![allow(clippy::float_arithmetic)]

mod calls;
mod floor;
mod ours;
mod peer;
mod report;
mod timing;

use clap::Parser;
use report::Row;

/// Measures engine 2.0 against its peers
#[derive(Debug, Parser)]
struct Args {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Fewer repetitions
    #[arg(long)]
    quick: bool,
    /// Where the engine files are
    #[arg(long, default_value = "target/engines")]
    engines: std::path::PathBuf,
    /// Only the row of this name
    #[arg(long)]
    only: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let rounds = if args.quick { 30 } else { 150 };
    let mut rows: Vec<Row> = Vec::new();
    for (name, measure) in calls::ROWS {
        if args.only.as_deref().is_none_or(|only| only == *name) {
            eprintln!("measuring {name}");
            rows.push(measure(&args.engines, rounds)?);
        }
    }
    report::print(&rows, args.json)
}
