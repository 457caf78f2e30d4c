//! The program, while it runs.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
};

pub(crate) fn engines() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines")
}

/// A worker that runs; it ends with this.
pub(crate) struct Running {
    child: Child,
    errors: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    pub(crate) fn start(base: &Path, arguments: &[&str]) -> Self {
        Self::start_with(base, arguments, &[])
    }

    /// With variables.
    pub(crate) fn start_with(base: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_by(
            Command::new(env!("CARGO_BIN_EXE_pink-worker")),
            base,
            arguments,
            variables,
        )
    }

    /// By another program that starts it with the arguments that come.
    pub(crate) fn start_by(
        mut command: Command,
        base: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        command.args(["run", "--json", "--base-path"]).arg(base);
        if !arguments.contains(&"--engines") {
            command.arg("--engines").arg(engines());
        }
        if !arguments.iter().any(|it| it.contains("prometheus")) {
            // Many run at a time.
            command.arg("--no-prometheus");
        }
        let mut child = command
            .args(arguments)
            .env("RUST_LOG", "warn,pink_worker=debug")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let errors = BufReader::new(child.stderr.take().expect("a pipe"));
        Self {
            child,
            errors,
            said: String::new(),
        }
    }

    /// Until it says so. Returns the line.
    pub(crate) fn until(&mut self, text: &str) -> String {
        let mut line = String::new();
        while self.errors.read_line(&mut line).expect("text") > 0 {
            let found = line.contains(text);
            self.said.push_str(&line);
            if found {
                return line;
            }
            line.clear();
        }
        panic!("it ended without saying {text:?}:\n{}", self.said);
    }

    /// The process' number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.child.id().to_string())
            .status();
        assert!(kill.expect("kill is there").success());
    }

    /// Tells it to stop.
    pub(crate) fn stop(self, signal: &str) -> (i32, Value) {
        self.signal(signal);
        self.ended()
    }

    /// The same, with all that it said.
    pub(crate) fn stop_saying(mut self, signal: &str) -> (i32, Value, String) {
        self.signal(signal);
        let (status, report) = self.finish();
        (status, report, std::mem::take(&mut self.said))
    }

    /// Ends it at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
    }

    /// Its status and its report, once it ended by itself.
    pub(crate) fn ended(mut self) -> (i32, Value) {
        self.finish()
    }

    fn finish(&mut self) -> (i32, Value) {
        let mut out = String::new();
        let mut stdout = self.child.stdout.take().expect("a pipe");
        stdout.read_to_string(&mut out).expect("text");
        // It doesn't wait for somebody to read this.
        self.errors.read_to_string(&mut self.said).expect("text");
        let status = self.child.wait().expect("a child");
        let report = serde_json::from_str(&out)
            .unwrap_or_else(|error| panic!("{error}: {out}\n{}", self.said));
        (status.code().expect("no signal ended it"), report)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
