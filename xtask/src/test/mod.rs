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
    let mut time = args.within.map(Time::new);
    if time.is_some() {
        by_turns(&mut chosen, tree::commits(&root));
    }
    // What is built once needs no means of building it a second time: they took a third of the disk.
    env::set_var("CARGO_INCREMENTAL", "0");
    disk::warn(&root);
    // One alone is seen to build.
    let _ahead = (chosen.len() > 1).then(|| Ahead::start(&chosen, &root));
    let mut report = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        if time.as_ref().is_some_and(|time| !time.is_left_for(step)) {
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
        if let Some(time) = &mut time {
            time.took(step, took);
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

/// Puts those that can wait last, in the order in which it is their turn after as many commits as there are.
fn by_turns(steps: &mut Vec<&Step>, commits: usize) {
    let mut in_turn: Vec<_> = steps
        .extract_if(.., |step| step.runs == Runs::InTurn)
        .collect();
    if let Some(turn) = (commits / 2).checked_rem(in_turn.len()) {
        in_turn.rotate_left(turn);
    }
    let on_node = steps.extract_if(.., |step| step.runs == Runs::OnNode);
    if commits.is_multiple_of(2) {
        in_turn.splice(0..0, on_node);
    } else {
        in_turn.extend(on_node);
    }
    steps.append(&mut in_turn);
}

/// How long a run may take, and how long it took so far.
struct Time {
    most: Duration,
    took: Duration,
    /// What that took when it was measured.
    measured: Duration,
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(60).saturating_mul(count)
}

impl Time {
    fn new(most: u32) -> Self {
        Self {
            most: minutes(most),
            took: Duration::ZERO,
            measured: Duration::ZERO,
        }
    }

    fn took(&mut self, step: &Step, time: Duration) {
        self.took = self.took.saturating_add(time);
        self.measured = self.measured.saturating_add(minutes(step.minutes));
    }

    /// Whether a step is to be run: if it ends in time where it takes as much longer as the steps so far did, or can't wait.
    fn is_left_for(&self, step: &Step) -> bool {
        let all = self
            .measured
            .saturating_add(minutes(step.minutes))
            .as_secs();
        // Took · all / measured: an integer, like all times here.
        let expected = match self.measured.as_secs() {
            0 => Some(all),
            measured => self
                .took
                .as_secs()
                .saturating_mul(all)
                .checked_div(measured),
        };
        step.runs == Runs::Each || expected.is_some_and(|it| it <= self.most.as_secs())
    }
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:>3}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(commits: usize) -> Vec<&'static str> {
        let mut steps: Vec<_> = steps::ALL.iter().collect();
        by_turns(&mut steps, commits);
        steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn each_step_has_its_turn() {
        let of = |runs| {
            let steps = steps::ALL.iter().filter(move |step| step.runs == runs);
            steps.map(|step| step.name).collect::<Vec<_>>()
        };
        let (each, on_node, in_turn) = (of(Runs::Each), of(Runs::OnNode), of(Runs::InTurn));
        assert_eq!(
            names(0),
            [each.clone(), on_node.clone(), in_turn.clone()].concat()
        );
        assert_eq!(
            names(1),
            [each.clone(), in_turn.clone(), on_node.clone()].concat()
        );
        let before = each.len() + on_node.len();
        let firsts: Vec<_> = (0..in_turn.len())
            .map(|run| names(2 * run)[before])
            .collect();
        assert_eq!(firsts, in_turn);
        let firsts: Vec<_> = (0..in_turn.len())
            .map(|run| names(2 * run + 1)[each.len()])
            .collect();
        assert_eq!(firsts, in_turn);
        by_turns(&mut Vec::new(), 7);
    }

    #[test]
    fn a_step_that_can_wait_is_begun_if_it_ends_in_time() {
        let step = |name| steps::ALL.iter().find(|step| step.name == name).unwrap();
        let (tests, node, native) = (step("tests"), step("node"), step("native"));
        let mut time = Time::new(75);
        assert!(time.is_left_for(native), "nothing was measured");
        // As long as when it was measured: 27 minutes, then 26.
        time.took(tests, minutes(27));
        assert!(time.is_left_for(node));
        // Twice as long: 54, then 52.
        let mut slow = Time::new(75);
        slow.took(tests, minutes(54));
        assert!(!slow.is_left_for(node));
        // 54, then 14.
        assert!(slow.is_left_for(native));
        assert!(slow.is_left_for(tests), "it can't wait");
        // On a machine that has all of it built, everything fits.
        let mut built = Time::new(75);
        built.took(tests, Duration::from_secs(9));
        assert!(steps::ALL.iter().all(|step| built.is_left_for(step)));
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
