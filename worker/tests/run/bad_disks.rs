//! Disks that are full, and disks that can't be written: real ones where the system lets a test have some.

use crate::{
    operating::{error_of, text},
    process::Running,
    Harness,
};
use runtime_mock::Genesis;
use serde_json::Value;
use std::{path::Path, process::Command};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pink-worker");

/// Whether this system lets a test have a file system in a namespace of its own.
fn has_namespaces() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"])
        .output();
    tried.is_ok_and(|it| it.status.success())
}

/// A shell that does something before it becomes the program with the arguments that come.
fn shell(namespace: bool, first: &str) -> Command {
    let mut command = match namespace {
        true => {
            let mut command = Command::new("unshare");
            command.args(["-rm", "sh"]);
            command
        }
        false => Command::new("sh"),
    };
    command.args(["-c", &format!("{first} && exec \"$0\" \"$@\""), PROGRAM]);
    command
}

fn ended(harness: &Harness, base: &Path, shell: Command) -> (i32, Value) {
    let url = harness.endpoint.url();
    Running::start_by(shell, base, &["--chain", &url], &[]).ended()
}

/// A disk of 32 to 100 KiB, or a file that may have no more: the store can't be made or grow, says so, and what was there
/// before is whole.
#[test]
fn a_full_disk_is_named_and_nothing_is_lost() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let path = text(base.path());
    let namespaces = has_namespaces();
    let (limits, says): (Vec<String>, &str) = if namespaces {
        let mount = |size: u32| format!("mount -t tmpfs -o size={size}k tmpfs {path}");
        ([32, 64, 100].map(mount).into(), "disk is full")
    } else {
        eprintln!("no file system can be mounted here: a limit of a file's length stands for it");
        let limit = |blocks: u32| format!("trap '' XFSZ && ulimit -f {blocks}");
        ([64, 640].map(limit).into(), "check the path")
    };
    for limit in limits {
        let (status, report) = ended(&harness, base.path(), shell(namespaces, &limit));
        assert_eq!(status, 2, "{limit}: {report}");
        let error = report["error"].as_str().expect("an error");
        assert!(error.contains("can't"), "{limit}: {error}");
        let hint = error_of(&report);
        assert!(hint.contains(says), "{limit}: {report}");
    }
    // With room it comes to the same, in the same place.
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").1["state_root"], harness.root());
}

/// A file system that is mounted for reading alone. Where none can be mounted, a place where nobody may write, the
/// administrator neither.
#[test]
fn a_disk_that_cant_be_written_is_named() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    let (status, report) = if has_namespaces() {
        let path = text(base.path());
        let first = format!("mount --bind {path} {path} && mount -o remount,bind,ro {path}");
        ended(&harness, base.path(), shell(true, &first))
    } else {
        eprintln!("no file system can be mounted here: /proc stands for it");
        ended(
            &harness,
            Path::new("/proc/pink-worker"),
            shell(false, "true"),
        )
    };
    assert_eq!(status, 2, "{report}");
    let error = report["error"].as_str().expect("an error");
    assert!(error.contains("can't"), "{error}");
    let hint = error_of(&report);
    assert!(
        hint.contains("read-only") || hint.contains("rights") || hint.contains("path"),
        "{report}"
    );
    // Nothing happened to it.
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("it is at block={}", harness.head()));
    assert_eq!(running.stop("TERM").1["state_root"], harness.root());
}
