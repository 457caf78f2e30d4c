//! Everything that CI runs, as steps that can be run one by one.

mod disk;
mod steps;

use crate::{
    error::{Error, Result},
    tree,
};
use std::{
    env,
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names the steps and does nothing
    #[arg(long)]
    list: bool,
    /// This step alone; may be given again
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// One thing that CI checks.
struct Step {
    name: &'static str,
    /// What it checks.
    about: &'static str,
    /// Folders below `target` that no later step reads: they go where the disk is nearly full.
    leaves: &'static [&'static str],
    run: fn(&std::path::Path) -> Result<StepOutcome>,
}

/// How a step ended that found nothing wrong.
enum StepOutcome {
    Passed,
    /// It needs what this machine hasn't got.
    Skipped(String),
}

/// Runs the steps in order, up to the first that fails.
pub(crate) fn run(args: &Args) -> Result<()> {
    if args.list {
        for step in steps::ALL {
            println!("{:<14}{}", step.name, step.about);
        }
        return Ok(());
    }
    let known = |name: &&String| !steps::ALL.iter().any(|step| step.name == **name);
    if let Some(name) = args.only.iter().find(known) {
        return Err(Error::UnknownStep(name.clone()));
    }
    let chosen: Vec<_> = steps::ALL
        .iter()
        .filter(|step| args.only.is_empty() || args.only.iter().any(|name| name == step.name))
        .collect();
    let root = tree::root();
    // What is built once needs no means of building it a second time: they took a third of the disk.
    env::set_var("CARGO_INCREMENTAL", "0");
    disk::warn(&root);
    let mut report = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        eprintln!(
            "==> [{}/{}] {}: {}",
            index + 1,
            chosen.len(),
            step.name,
            step.about
        );
        let start = Instant::now();
        let done = (step.run)(&root);
        let time = clock(start.elapsed());
        disk::make_room(&root, step.leaves);
        let free = disk::free(&root).map_or_else(String::new, |free| format!(", {free} free"));
        let line = match done {
            Ok(StepOutcome::Passed) => format!("{:<14}{time}  passed{free}", step.name),
            Ok(StepOutcome::Skipped(why)) => format!("{:<14}{time}  SKIPPED: {why}", step.name),
            Err(error) => {
                report.push(format!("{:<14}{time}  FAILED{free}", step.name));
                eprintln!("{}", report.join("\n"));
                return Err(Error::Step {
                    step: step.name,
                    source: Box::new(error),
                });
            }
        };
        eprintln!("<== {line}");
        report.push(line);
    }
    eprintln!("{}", report.join("\n"));
    Ok(())
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:>3}:{:02}", seconds / 60, seconds % 60)
}
