//! Which steps are run where there isn't time for all, and in which order.

use super::{Runs, Step};
use std::time::Duration;

/// Puts those that can wait last, in the order in which it is their turn after as many commits as there are.
pub(super) fn by_turns(steps: &mut Vec<&Step>, commits: usize) {
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
pub(super) struct Budget {
    most: Duration,
    took: Duration,
    /// What that took when it was measured.
    measured: Duration,
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(60).saturating_mul(count)
}

impl Budget {
    pub(super) fn of_minutes(most: u32) -> Self {
        Self {
            most: minutes(most),
            took: Duration::ZERO,
            measured: Duration::ZERO,
        }
    }

    pub(super) fn took(&mut self, step: &Step, time: Duration) {
        self.took = self.took.saturating_add(time);
        self.measured = self.measured.saturating_add(minutes(step.minutes));
    }

    /// Whether a step is to be run: if it ends in time where it takes as much longer as the steps so far did, or can't wait.
    pub(super) fn has_room_for(&self, step: &Step) -> bool {
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

#[cfg(test)]
mod tests {
    use super::{super::steps, *};

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
        let mut time = Budget::of_minutes(75);
        assert!(time.has_room_for(native), "nothing was measured");
        // As long as when it was measured: 27 minutes, then 26.
        time.took(tests, minutes(27));
        assert!(time.has_room_for(node));
        // Twice as long: 54, then 52.
        let mut slow = Budget::of_minutes(75);
        slow.took(tests, minutes(54));
        assert!(!slow.has_room_for(node));
        // 54, then 14.
        assert!(slow.has_room_for(native));
        assert!(slow.has_room_for(tests), "it can't wait");
        // On a machine that has all of it built, everything fits.
        let mut built = Budget::of_minutes(75);
        built.took(tests, Duration::from_secs(9));
        assert!(steps::ALL.iter().all(|step| built.has_room_for(step)));
    }
}
