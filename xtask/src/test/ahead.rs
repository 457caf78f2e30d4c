//! Building ahead: what later steps run is built beside earlier ones, in the time that they leave a core idle.

use super::Step;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often it is looked whether a build has ended.
const LOOK_EACH: Duration = Duration::from_millis(200);

/// Builds that go on beside the steps, one after the other. Nobody waits for them: a step whose build isn't ready waits for
/// cargo's lock, and one whose build failed builds again, and says why it fails. What goes on ends with this.
pub(super) struct Ahead {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to build what these steps run.
    pub(super) fn start(steps: &[&Step], root: &Path) -> Self {
        Self::of(steps.iter().flat_map(|step| (step.ahead)(root)).collect())
    }

    fn of(commands: Vec<Command>) -> Self {
        let ends = Arc::<AtomicBool>::default();
        let seen = ends.clone();
        let thread = thread::spawn(move || {
            for command in &commands {
                if seen.load(Ordering::Relaxed) {
                    return;
                }
                // A step that needs what isn't there says so.
                if let Ok(child) = patiently(command).spawn() {
                    wait(child, &seen);
                }
            }
        });
        Self {
            ends,
            thread: Some(thread),
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The same, after everything else, and silent.
fn patiently(command: &Command) -> Command {
    let mut patient = Command::new("nice");
    patient.args(["-n", "19"]).arg(command.get_program());
    patient.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => patient.env(name, value),
            None => patient.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        patient.current_dir(folder);
    }
    patient
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    patient
}

fn wait(mut child: Child, ends: &AtomicBool) {
    while matches!(child.try_wait(), Ok(None)) {
        if ends.load(Ordering::Relaxed) {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        thread::sleep(LOOK_EACH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, time::Instant};

    fn sh(script: &str, folder: &Path) -> Command {
        let mut sh = Command::new("sh");
        sh.args(["-c", script]).current_dir(folder).env("WORD", "w");
        sh
    }

    #[test]
    fn one_is_built_after_the_other_whatever_became_of_that() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        let commands = vec![
            sh("echo $WORD >a; exit 1", folder.path()),
            Command::new("/there/is/no/such/program"),
            sh("cat a >b; nice >>b", folder.path()),
        ];
        let ahead = Ahead::of(commands);
        let start = Instant::now();
        while there("b").is_none_or(|b| b.lines().count() < 2) {
            assert!(start.elapsed() < Duration::from_secs(60));
            thread::sleep(LOOK_EACH);
        }
        drop(ahead);
        assert_eq!(there("b").unwrap(), "w\n19\n");
    }

    #[test]
    fn what_goes_on_ends_with_the_steps() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        let ahead = Ahead::of(vec![
            sh("echo >a; exec sleep 600", folder.path()),
            sh("echo >b", folder.path()),
        ]);
        let start = Instant::now();
        while !there("a") {
            assert!(start.elapsed() < Duration::from_secs(60));
            thread::sleep(LOOK_EACH);
        }
        drop(ahead);
        assert!(start.elapsed() < Duration::from_secs(300));
        assert!(!there("b"));
    }
}
