//! `check`: whether what a worker has stored is as it was written.

use super::{
    args::COMMON,
    failure::Failure,
    report::{hex0x, Report},
};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pink_worker_core::history::{check, CheckReport};
use serde_json::{json, Value};
use std::path::PathBuf;

/// The arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Where the worker's data is kept.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub base_path: PathBuf,
    /// Compute the roots anew too, of the last state and of the older ones that are kept.
    #[arg(long)]
    pub deep: bool,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
}

/// Looks through the store.
pub(super) fn run(args: &CheckArgs) -> Result<Report, Failure> {
    let bar = ProgressBar::no_length();
    let bar = match ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    let found = check(&args.base_path, args.deep, |done, all| {
        bar.set_length(all.max(done));
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(report(found?))
}

fn report(found: CheckReport) -> Report {
    let report = match found.damaged.first() {
        None => Report::success(),
        Some(first) => Report::error(
            format!("{}: {}", first.place, first.found),
            Some(
                "restore the base path from a copy, or make a new one and replay the history; \
                 keep this one for inspection"
                    .into(),
            ),
        ),
    };
    let damaged: Vec<Value> = found
        .damaged
        .into_iter()
        .map(|damage| json!({ "place": damage.place, "found": damage.found }))
        .collect();
    report
        .with("blocks", found.blocks)
        .with("root", found.root.map(hex0x))
        .with("computed_root", found.computed_root.map(hex0x))
        .with("damaged", damaged)
}
