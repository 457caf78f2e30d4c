//! The same on a development chain, as people see it.

use crate::files::{built, panics_at_a_message, V1_1};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// A base path with engines of its own.
struct Dev(TempDir);

impl Dev {
    fn new(files: &[(&str, &Path)]) -> Self {
        let dir = TempDir::new().expect("a folder");
        fs::create_dir(dir.path().join("engines")).expect("a folder");
        for (name, file) in files {
            fs::copy(file, dir.path().join("engines").join(name)).expect("a copy");
        }
        Self(dir)
    }

    fn run(&self, args: &[&str]) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(["dev", "--json", "--base-path"])
            .arg(self.0.path().join("base"))
            .arg("--engines")
            .arg(self.0.path().join("engines"))
            .args(args)
            .output()
            .expect("the program runs");
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    #[track_caller]
    fn success(&self, args: &[&str]) -> Value {
        let said = self.run(args);
        assert_eq!(said["status"], "success", "{said}");
        said
    }
}

/// A call that the engine panics at parks the worker; it says so to the chain by itself, and the
/// council's amendment is obeyed by the next command and by a replay.
#[test]
fn a_parked_message_is_amended() {
    for remedy in [&["--skip"][..], &["--execute-from", "1.1"]] {
        let (first, second) = (panics_at_a_message(), built(V1_1));
        let dev = Dev::new(&[("libpink.so.1.0", &first), ("libpink.so.1.1", &second)]);
        dev.success(&["init", "--engine", "1.0"]);
        let none = dev.run(&["amend", "1", "--skip"]);
        let error = none["error"].as_str().expect("text");
        assert!(
            error.contains("NotParked") || error.contains("NotWaiting"),
            "{error}"
        );

        // No contract is there; the engine doesn't come so far.
        let fatal = ["call", "//Bob", "--data", "0x70616e6963"];
        let said = dev.run(&fatal);
        let error = said["error"].as_str().expect("text");
        assert!(
            error.contains("ordered as message") && error.contains("panicked"),
            "{error}"
        );
        assert!(error.contains("amend"), "{error}");
        let status = dev.success(&["status"]);
        assert_eq!(status["state"], "parked");

        let seq = said["seq"].to_string();
        let amended = dev.success(&[&["amend", &seq][..], remedy].concat());
        let status = dev.success(&["status"]);
        assert_eq!(status["state"], "running", "{status}");
        assert_eq!(status["block"], amended["block"]);
        let engine = if remedy.len() == 1 { "1.0" } else { "1.1" };
        assert_eq!(status["engine"], engine);
        dev.success(&["advance", "3"]);
        let engines = dev.success(&["engines"]);
        assert_eq!(engines["confirmed"], engine);
        dev.success(&["replay", "--verify"]);
    }
}
