//! Our programs as processes.

use crate::process::engines;
use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a worker may take to stop when it is told to.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// The longest wait for anything else: a busy machine is slow, and nothing here measures it.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pink-worker"));
    command.env("PINK_ENGINES", engines()).stdin(Stdio::null());
    command
}

/// What a command said, and its status.
pub(crate) fn said(arguments: &[&str]) -> (i32, Value) {
    let done = program().args(arguments).output().expect("it starts");
    let json = serde_json::from_slice(&done.stdout).unwrap_or_else(|error| {
        panic!(
            "{arguments:?}: {error}: {}{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        )
    });
    (done.status.code().expect("no signal ended it"), json)
}

/// What a command said that did what it was asked for.
pub(crate) fn success(arguments: &[&str]) -> Value {
    let (status, said) = said(arguments);
    assert_eq!(
        (status, &said["status"]),
        (0, &"success".into()),
        "{arguments:?}: {said}"
    );
    said
}

/// Puts a secret into a directory of keys.
pub(crate) fn insert_key(keystore: &Path, secret: &str) {
    let mut insert = program()
        .args(["key", "insert", "--json", "--keystore"])
        .arg(keystore)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut stdin = insert.stdin.take().expect("a pipe");
    stdin.write_all(secret.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(insert.wait().expect("a child").success());
}

/// Waits until there is something.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A worker that follows the chain. It ends with this.
pub(crate) struct Running {
    child: Child,
    pub(crate) base: PathBuf,
    log: PathBuf,
    out: PathBuf,
}

impl Running {
    /// Keeps its data in `base`, and says what it says in files beside it.
    pub(crate) fn start(base: &Path, url: &str, more: &[&str]) -> Self {
        Self::start_in(base, url, more, &[])
    }

    /// The same with variables of its own.
    pub(crate) fn start_in(
        base: &Path,
        url: &str,
        more: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let (log, out) = (base.with_extension("log"), base.with_extension("json"));
        let file = |path: &Path| fs::File::create(path).expect("a file");
        let child = program()
            .args(["run", "--json", "--chain", url, "--base-path"])
            .arg(base)
            .args(more)
            .env("RUST_LOG", "info,pink_worker=debug")
            .envs(variables.iter().copied())
            .stdout(file(&out))
            .stderr(file(&log))
            .spawn()
            .expect("it starts");
        Self {
            child,
            base: base.into(),
            log,
            out,
        }
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has said this; the line.
    pub(crate) fn says(&mut self, text: &str) -> String {
        until(&format!("{text:?} in {}", self.log.display()), || {
            let ended = self.child.try_wait().expect("a child");
            let log = self.log();
            let found = log.lines().find(|line| line.contains(text));
            assert!(
                ended.is_none() || found.is_some(),
                "it ended, {ended:?}:\n{log}"
            );
            found.map(String::from)
        })
    }

    /// A file of its base path.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.base.join(name)).ok()
    }

    /// Waits until it has followed this block.
    pub(crate) fn follows(&mut self, block: u64) {
        until(&format!("block {block}, in {}", self.log.display()), || {
            let ended = self.child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended, {ended:?}:\n{}", self.log());
            let reached = self.log().lines().rev().find_map(|line| {
                let number = line.split("followed block=").nth(1)?;
                number.split_whitespace().next()?.parse().ok()
            });
            reached.is_some_and(|it: u64| it >= block).then_some(())
        });
    }

    /// Ends it as a loss of power would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child");
    }

    /// Tells it to stop, which it does cleanly and in time; its report.
    pub(crate) fn stop(mut self) -> Value {
        let start = Instant::now();
        let kill = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        assert!(kill.expect("kill is there").success());
        let status = until("the worker's end", || {
            self.child.try_wait().expect("a child")
        });
        let took = start.elapsed();
        assert_eq!(status.code(), Some(0), "{}", self.log());
        assert!(took < STOPS_WITHIN, "{took:?}");
        // Who had to be cut short has no report.
        let out = fs::read_to_string(&self.out).expect("a file");
        let report: Value = serde_json::from_str(&out)
            .unwrap_or_else(|error| panic!("{error}: {out}\n{}", self.log()));
        assert_eq!(report["status"], "success", "{report}");
        report
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let last: Vec<_> = log.lines().rev().take(12).collect();
            let last: Vec<_> = last.into_iter().rev().collect();
            eprintln!("{}:\n{}", self.log.display(), last.join("\n"));
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
