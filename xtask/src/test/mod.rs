//! Everything that CI runs, as steps that can be run one by one.

mod ahead;
mod budget;
mod disk;
mod steps;

use crate::{
    error::{Error, Result},
    tree,
};
use ahead::Ahead;
use budget::Budget;
use std::{
    env,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names the steps and does nothing
    #[arg(long)]
    list: bool,
    /// Ends about then: what can wait isn't begun where it would take longer. It has turns, from one commit to the next, and
    /// the report names what wasn't run
    #[arg(long, value_name = "MINUTES")]
    within: Option<u32>,
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
    /// In which runs it is, if not all are in each.
    runs: Runs,
    /// What it took from nothing on two cores, when that was measured last.
    minutes: u32,
    /// What it is going to run, and can be built beside earlier steps.
    ahead: fn(&Path) -> Vec<Command>,
    run: fn(&Path) -> Result<StepOutcome>,
}

/// In which runs a step is, where there isn't time for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runs {
    /// In each.
    Each,
    /// In every other run before what has turns, else behind it: what takes a node.
    OnNode,
    /// In those in which its turn comes: what rarely breaks.
    InTurn,
}

/// How a step ended that found nothing wrong.
enum StepOutcome {
    Passed,
    /// It needs what this machine hasn't got.
    Skipped(String),
}

impl StepOutcome {
    /// Passed, but for what couldn't be tried: a step that left something out says so in the report.
    fn of(untried: &[String]) -> Self {
        if untried.is_empty() {
            return Self::Passed;
        }
        Self::Skipped(format!("a part; {}", untried.join("; ")))
    }
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
    let mut chosen: Vec<_> = steps::ALL
        .iter()
        .filter(|step| args.only.is_empty() || args.only.iter().any(|name| name == step.name))
        .collect();
    let root = tree::root();
    let mut budget = args.within.map(Budget::of_minutes);
    if budget.is_some() {
        budget::by_turns(&mut chosen, tree::commits(&root));
    }
    // What is built once needs no means of building it a second time: they took a third of the disk.
    env::set_var("CARGO_INCREMENTAL", "0");
    disk::warn(&root);
    // One alone is seen to build.
    let _ahead = (chosen.len() > 1).then(|| Ahead::start(&chosen, &root));
    let mut report = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        if budget
            .as_ref()
            .is_some_and(|budget| !budget.has_room_for(step))
        {
            let line = format!("{:<14}      NOT RUN: it waits for another run", step.name);
            eprintln!("<== {line}");
            report.push(line);
            continue;
        }
        eprintln!(
            "==> [{}/{}] {}: {}",
            index + 1,
            chosen.len(),
            step.name,
            step.about
        );
        let start = Instant::now();
        let done = (step.run)(&root);
        let took = start.elapsed();
        if let Some(budget) = &mut budget {
            budget.took(step, took);
        }
        let took = clock(took);
        disk::make_room(&root, step.leaves);
        let free = disk::free(&root).map_or_else(String::new, |free| format!(", {free} free"));
        let line = match done {
            Ok(StepOutcome::Passed) => format!("{:<14}{took}  passed{free}", step.name),
            Ok(StepOutcome::Skipped(why)) => format!("{:<14}{took}  SKIPPED: {why}", step.name),
            Err(error) => {
                report.push(format!("{:<14}{took}  FAILED{free}", step.name));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_left_something_out_hasnt_passed() {
        assert!(matches!(StepOutcome::of(&[]), StepOutcome::Passed));
        let StepOutcome::Skipped(why) = StepOutcome::of(&["no browser".into(), "no node".into()])
        else {
            panic!("it passed");
        };
        assert_eq!(why, "a part; no browser; no node");
    }
}
