//! Benchmarks, with the peers measured in the same run.
//!
//! Machines are noisy and shared, so what is reported is never a time alone but a ratio: both
//! sides take turns in one process, and the ratio is that of their medians. The sides that need
//! no chain are in `pink-engine-benches`; here are the peer, `pallet-contracts` 51 in its test
//! externalities, and what needs the worker: its store and its blocks.
//!
//! This crate must never know more of an engine than the worker does.

// Ratios are for people; no result of a contract is computed here.
#![allow(clippy::float_arithmetic)]

mod blocks;
mod calls;
mod checksums;
mod cold;
mod compiled;
mod holders;
mod peer;
pub mod phases;
mod plot;
mod process;
mod queries;
mod reads;
mod report;
mod scale;
mod siege;

use anyhow::Context;
use clap::Parser;
use report::Row;
use std::{cell::OnceCell, path::PathBuf};

/// Measures the engines of 2.x against their peers
#[derive(Debug, Parser)]
pub struct Args {
    /// Prints one JSON object
    #[arg(long)]
    json: bool,
    /// Fewer repetitions, and a million keys instead of ten
    #[arg(long)]
    quick: bool,
    /// Keys of the large state, instead of ten million or `--quick`'s million
    #[arg(long)]
    keys: Option<u32>,
    /// Where the engine files are
    #[arg(long, default_value = "target/engines")]
    engines: PathBuf,
    /// Where the engines are that were made for measuring
    #[arg(long, default_value = "target/fixtures")]
    fixtures: PathBuf,
    /// The program that has a bare compiler, for the row floor21
    #[arg(long, default_value = "target/native-floor/release/pink-native-floor")]
    native: PathBuf,
    /// Only the row of this name; may be given again
    #[arg(long)]
    only: Vec<String>,
    /// Measures what is plotted too, and writes it into this file
    #[arg(long, value_name = "FILE")]
    plots: Option<PathBuf>,
    /// Does one thing in this process and prints what it took; for the rows that need a process
    #[arg(long, hide = true)]
    child: Option<process::Work>,
    /// Where such a process finds what was made for it
    #[arg(long, hide = true, default_value = ".")]
    folder: PathBuf,
}

/// What all rows share.
#[derive(Debug)]
struct Setting {
    engines: PathBuf,
    fixtures: PathBuf,
    native: PathBuf,
    /// How often both sides take their turn.
    rounds: u32,
    /// Keys of the large state.
    keys: u32,
    /// For stores.
    scratch: tempfile::TempDir,
    /// Takes long to make, and two rows need it.
    large: OnceCell<scale::State>,
}

type Measure = fn(&Setting) -> anyhow::Result<Row>;

/// The rows, by the names that the table of what is to be reached gives them.
const ROWS: &[(&str, Measure)] = &[
    ("token", calls::token),
    ("flip", calls::flip),
    ("nested", calls::nested),
    ("compute", calls::compute),
    ("floor", calls::floor),
    ("token21", compiled::token),
    ("flip21", compiled::flip),
    ("nested21", compiled::nested),
    ("compute21", compiled::compute),
    ("sha21", compiled::sha),
    ("phat21", compiled::phat),
    ("floor21", process::floor21),
    ("cold21", process::cold21),
    ("block21", blocks::block21),
    ("read32", reads::read32),
    ("read4k", reads::read4k),
    ("boundary", reads::boundary),
    ("durable", blocks::durable),
    ("checksums", checksums::checksums),
    ("scale", scale::call),
    ("root", scale::root),
    ("queries", queries::queries),
    ("load", process::load),
    ("memory", process::memory),
    ("siege", siege::hour),
];

/// Measures the rows and prints them.
///
/// # Errors
/// A side of a row failed, or there is no such row.
pub fn run(args: Args) -> anyhow::Result<()> {
    if let Some(work) = args.child {
        return work.run(&args.engines, &args.folder);
    }
    let setting = Setting {
        engines: args.engines,
        fixtures: args.fixtures,
        native: args.native,
        rounds: if args.quick { 30 } else { 150 },
        keys: args
            .keys
            .unwrap_or(if args.quick { 1_000_000 } else { 10_000_000 }),
        // Beside the build, where there is room and a disk: the system's own place may be memory.
        scratch: tempfile::tempdir_in("target").context("a folder in target/")?,
        large: OnceCell::new(),
    };
    if let Some(unknown) = args
        .only
        .iter()
        .find(|only| ROWS.iter().all(|(name, _)| name != only))
    {
        let names: Vec<_> = ROWS.iter().map(|(name, _)| *name).collect();
        anyhow::bail!(
            "there is no row {unknown}; the rows are {}",
            names.join(", ")
        );
    }
    let mut rows: Vec<Row> = Vec::new();
    for (name, measure) in ROWS {
        if args.only.is_empty() || args.only.iter().any(|only| only == name) {
            eprintln!("measuring {name}");
            rows.push(measure(&setting).with_context(|| format!("the row {name}"))?);
        }
    }
    report::print(&rows, args.json);
    if let Some(file) = &args.plots {
        plot::all(&setting, file)?;
    }
    Ok(())
}
