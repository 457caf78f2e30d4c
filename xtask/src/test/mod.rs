//! Everything that CI runs, as steps that can be run one by one.

mod ahead;
mod disk;
mod steps;

use crate::{
    error::{Error, Result},
    tree,
};
use ahead::Ahead;
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
    /// Begins no step later than this that can wait, as most of what rarely breaks can: they have turns, from one commit
    /// to the next, and the report names those that weren't run
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
    /// Whether it can wait for another run: what rarely breaks and takes long.
    spare: bool,
    /// What it is going to run, and can be built beside earlier steps.
    ahead: fn(&Path) -> Vec<Command>,
    run: fn(&Path) -> Result<StepOutcome>,
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
    let most = args
        .within
        .map(|minutes| Duration::from_secs(u64::from(minutes) * 60));
    if most.is_some() {
        by_turns(&mut chosen, tree::commits(&root));
    }
    let began = Instant::now();
    // What is built once needs no means of building it a second time: they took a third of the disk.
    env::set_var("CARGO_INCREMENTAL", "0");
    disk::warn(&root);
    // One alone is seen to build.
    let _ahead = (chosen.len() > 1).then(|| Ahead::start(&chosen, &root));
    let mut report = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        if step.spare && most.is_some_and(|most| began.elapsed() >= most) {
            report.push(format!(
                "{:<14} NOT RUN: it waits for another run",
                step.name
            ));
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

/// Puts those that can wait last, each the first of them after as many commits as there are.
fn by_turns(steps: &mut [&Step], commits: usize) {
    steps.sort_by_key(|step| step.spare);
    let first = steps.partition_point(|step| !step.spare);
    let spare = &mut steps[first..];
    if let Some(turn) = commits.checked_rem(spare.len()) {
        spare.rotate_left(turn);
    }
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:>3}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_that_can_wait_is_the_first_of_them_once() {
        let firsts = |commits| {
            let mut steps: Vec<_> = steps::ALL.iter().collect();
            by_turns(&mut steps, commits);
            let split = steps.iter().position(|step| step.spare).unwrap();
            assert!(steps[split..].iter().all(|step| step.spare));
            let names: Vec<_> = steps[..split].iter().map(|step| step.name).collect();
            let always = steps::ALL.iter().filter(|step| !step.spare);
            assert_eq!(names, always.map(|step| step.name).collect::<Vec<_>>());
            steps[split].name
        };
        let spare: Vec<_> = steps::ALL.iter().filter(|step| step.spare).collect();
        let turns: Vec<_> = (0..spare.len()).map(firsts).collect();
        assert_eq!(
            turns,
            spare.iter().map(|step| step.name).collect::<Vec<_>>()
        );
        assert_eq!(firsts(spare.len()), spare[0].name);
        by_turns(&mut [], 7);
    }

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
