//! What systemd's unit allows, and whether the program needs more.

use crate::{process::Running, rpc::address, Harness};
use runtime_mock::Genesis;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// What systemd's groups hold.
const GROUPS: &str = include_str!("syscalls.txt");

/// Values of the unit, by their keys, in order.
fn unit() -> BTreeMap<String, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/systemd/pink-worker.service");
    let text = fs::read_to_string(path).expect("a unit");
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let lines = text.lines().filter(|line| !line.starts_with(['#', '[']));
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        found.entry(key.into()).or_default().push(value.into());
    }
    found
}

/// The system calls of a group, or of a name that is none.
fn expanded(name: &str, into: &mut BTreeSet<String>) {
    if !name.starts_with('@') {
        into.insert(name.into());
        return;
    }
    let mut lines = GROUPS.lines();
    let of = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    for member in of
        .unwrap_or_else(|| panic!("{name} isn't in syscalls.txt"))
        .split(' ')
    {
        expanded(member, into);
    }
}

/// By systemd.exec(5): the first list allows, one that begins with `~` takes away again.
fn allowed(unit: &BTreeMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for line in &unit["SystemCallFilter"] {
        let (taken, names) = match line.strip_prefix('~') {
            Some(names) => (true, names),
            None => (false, line.as_str()),
        };
        let mut set = BTreeSet::new();
        for name in names.split_whitespace() {
            expanded(name, &mut set);
        }
        if taken {
            allowed.retain(|name| !set.contains(name))
        } else {
            allowed.extend(set)
        }
    }
    allowed
}

/// A program that starts another as the unit does.
fn confined(folder: &Path, unit: &BTreeMap<String, Vec<String>>) -> PathBuf {
    let names = allowed(unit);
    // The groups have calls of other machines, too.
    let lines = names
        .iter()
        .map(|name| format!("#ifdef SYS_{name}\nSYS_{name},\n#endif\n"));
    fs::write(folder.join("allowed.h"), lines.collect::<String>()).expect("a file");
    let denied = unit.get("MemoryDenyWriteExecute");
    let writes = !denied.is_some_and(|it| it.iter().any(|it| it == "yes"));
    let program = folder.join("confined");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run/confined.c");
    let made = Command::new("cc")
        .arg(format!("-DWRITE_EXECUTE={}", u8::from(writes)))
        .arg("-I")
        .arg(folder)
        .arg("-o")
        .args([&program, &source])
        .output()
        .expect("a C compiler");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    program
}

/// What isn't allowed is refused with an error that the program can go on with, and what gives way to blocks is allowed.
#[test]
fn the_unit_refuses_and_doesnt_kill() {
    let unit = unit();
    assert_eq!(unit["SystemCallErrorNumber"], ["EPERM"]);
    let allowed = allowed(&unit);
    for name in [
        "setpriority",
        "sched_setaffinity",
        "sched_setscheduler",
        "mprotect",
    ] {
        assert!(allowed.contains(name), "{name}");
    }
    for name in ["ptrace", "bpf", "mount", "init_module", "setuid", "reboot"] {
        assert!(!allowed.contains(name), "{name}");
    }
}

/// All that the program does, with an engine, under the unit's filter; each call beyond it would end the program.
#[test]
fn all_of_it_works_with_what_the_unit_allows() {
    let harness = Harness::begin(Genesis::development());
    let (folder, base) = (TempDir::new(), TempDir::new());
    let (folder, base) = (folder.expect("a directory"), base.expect("a directory"));
    let mut command = Command::new(confined(folder.path(), &unit()));
    command.arg(env!("CARGO_BIN_EXE_pink-worker"));
    let url = harness.endpoint.url();
    let arguments = [
        "--chain",
        &url,
        "--from",
        "//Bob",
        "--rpc-port",
        "0",
        "--prometheus-port",
        "0",
        "--snapshots",
        "127.0.0.1:0",
        "--keep-blocks",
        "300",
    ];
    let mut running = Running::start_by(command, base.path(), &arguments, &[]);
    let line = running.until("metrics at http://");
    let url = address(&mut running);
    running.until(&format!("it is at block={}", harness.head()));
    assert!(crate::operating::metrics(&line)["pink_blocks_executed_total"] > 0.0);
    let client = pink_worker_rpc::client::Client::new(url);
    let bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    let asked = client.call("cluster_v1_query", &json!([bob, "0x00"]));
    assert_eq!(
        asked.expect("an answer")["receipt"]["outcome"]["type"],
        "rejected"
    );
    running.signal("HUP");
    running.until("the configuration was read again");
    let (status, report) = running.stop("TERM");
    assert_eq!((status, &report["state_root"]), (0, &json!(harness.root())));
}
