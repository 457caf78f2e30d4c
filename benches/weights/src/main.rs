//! Where the prices of engine 2.x come from.
//!
//! `weights` measures every host function, every function of the extension, frames, messages and
//! the loading of code on the engine's built file, and makes the version's cost table of it.
//! `worst` looks for what takes longest for what it is charged.
//!
//! How a function is measured: a contract calls it in a loop, once with no turn and once with
//! many, by turns; the time of one is the median of the differences, divided by the turns. Done
//! at several sizes, the steepest way up from the smallest is the price per byte. What was
//! measured before and is part of it (the loop, the way to the host, a frame) is subtracted. Times
//! are those of the measuring thread. The state is in memory, and what the store takes is added
//! as stated constants, so that the price doesn't depend on how full this machine's disk is. A row
//! that stands for several functions has the dearest one's price. All of it is multiplied by a
//! stated factor and rounded up to two digits. Proof sizes are counted by hand and kept.
//!
//! Loading code is priced by what it takes cold, on an engine that never saw it, over modules that
//! each have much of one thing: gas must not depend on what a worker has in its cache, and must
//! bound the time of one that has nothing there.
//!
//! Engines have no clock and no floats; this program has both, and is no part of an engine.

#![forbid(unsafe_code)]
// Measurements are for people, and a price is rounded from them once, here.
#![allow(clippy::float_arithmetic)]

#[path = "../../../engines/deposit/tests/common/adversaries.rs"]
mod adversaries;
mod clock;
mod extension;
mod fixture;
mod functions;
mod heavy;
mod loads;
mod messages;
mod metered;
mod offchain;
mod probe;
mod seeds;
mod table;
mod worst;

use anyhow::Context;
use clap::{Parser, Subcommand};
use fat_contracts_primitives::EngineVersion;
use fixture::Subject;
use std::path::{Path, PathBuf};

#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
    /// Prints one JSON object
    #[arg(long, global = true)]
    json: bool,
    /// Fewer repetitions
    #[arg(long, global = true)]
    quick: bool,
    /// Where the engine files are
    #[arg(long, global = true, default_value = "target/engines")]
    engines: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures the cost table, and prints it beside the frozen one
    Weights {
        /// Writes the frozen table anew; never for a released version
        #[arg(long)]
        write: bool,
    },
    /// Time for each unit of gas, the worst first
    Worst {
        /// Of this engine: of 2.1, compiled and interpreted
        #[arg(long, value_name = "X.Y", default_value = "2.0")]
        engine: EngineVersion,
        /// Only what has this in its name
        #[arg(long)]
        only: Option<String>,
    },
    /// What each module takes to load
    Loads,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    pink_engine_host::with_stack(|| run(&args)).context("no thread")?
}

fn run(args: &Args) -> anyhow::Result<()> {
    let rounds = if args.quick { 7 } else { 41 };
    let file = Subject::file(&args.engines, EngineVersion::new(2, 0))?;
    match args.command {
        Command::Weights { write } => {
            let table = table::measure(&file, rounds)?;
            if args.json {
                println!("{}", serde_json::to_string(&table)?)
            } else {
                table.print()
            }
            if write {
                let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("../../engines/deposit/src/versions/v2_0/costs.rs");
                std::fs::write(&path, table.source())
                    .with_context(|| format!("{} can't be written", path.display()))?;
            }
        }
        Command::Worst { engine, ref only } => {
            let rounds = rounds.min(15);
            let rows = if engine == EngineVersion::new(2, 0) {
                file.check_costs()?;
                worst::measure(&file, rounds)?
            } else {
                metered::measure(
                    &Subject::file(&args.engines, engine)?,
                    only.as_deref().unwrap_or_default(),
                    rounds,
                )?
            };
            if args.json {
                println!("{}", serde_json::json!({ "rows": rows }))
            } else {
                worst::print(&rows)
            }
        }
        Command::Loads => {
            for load in loads::measure(&file, rounds.min(9))? {
                println!(
                    "{:>40} {:>7} bytes: cold {:>9.0} ns, {:>6.1} a byte; warm {:>8.0} ns, {:>5.1} a byte; upload {:>6.1} a byte",
                    load.name,
                    load.bytes,
                    load.cold,
                    load.cold / load.bytes,
                    load.warm,
                    load.warm / load.bytes,
                    load.upload / load.bytes
                );
            }
        }
    }
    Ok(())
}
