//! Engines that keep every promise, and engines with one fault each.
//!
//! They are compiled here, because an engine is a file. A test for a fault names every check that
//! has to fail, and no other may: a check that fails for the wrong reason is as bad as one that
//! doesn't fail.

use engine_tester::{run, Abi, Options, Outcome, Report};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// Held while a library is linked and copied: until then they all have one name, and each test may be a process.
fn building() -> File {
    let lock = File::create(folder().join(".lock")).unwrap();
    lock.lock().unwrap();
    lock
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engines");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a compiler; a test without its engine has failed.
fn compile(command: &mut Command) {
    let tool = command.get_program().to_string_lossy().into_owned();
    let done = command.output().unwrap_or_else(|error| {
        panic!("{tool} is needed to build the engines under test: {error}")
    });
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{tool} can't build an engine under test: {said}"
    );
}

/// Builds a crate of the fixtures with a feature; the library.
fn build(package: &str, feature: &str) -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/Cargo.toml");
    let target = folder().join("target");
    let _guard = building();
    compile(
        Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--manifest-path", manifest])
            .args(["--package", &format!("fixture-{package}")])
            .args(["--features", feature])
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_DIR", &target),
    );
    let library = package.replace('-', "_");
    let made = target.join(format!("debug/libfixture_{library}.so"));
    let kept = folder().join(format!("{package}-{feature}.so"));
    std::fs::copy(made, &kept).unwrap();
    kept
}

/// Builds the engine in C from the headers alone.
fn build_c() -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let made = folder().join("tiny.so");
    compile(
        Command::new("cc")
            .args([
                "-std=c11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
            ])
            .args(["-shared", "-fPIC", "-fvisibility=hidden"])
            .arg("-I")
            .arg(format!("{root}/capi/include"))
            .arg("-o")
            .arg(&made)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/c/tiny.c")),
    );
    made
}

fn options() -> Options {
    Options {
        selection: engine_tester::Selection::All,
        timeout: Duration::from_secs(20),
        program: env!("CARGO_BIN_EXE_engine-tester").into(),
        arguments: vec!["--in-this-process".into()],
    }
}

fn test(engine: &Path, options: &Options) -> Report {
    run(engine, options, |_| {}).unwrap()
}

#[test]
fn a_good_engine_of_the_second_abi_passes() {
    let report = test(&build("good", "default"), &options());
    assert_eq!(report.abi, Some(Abi::V2));
    assert!(report.passed(), "{report}");
    assert!(
        report.names(Outcome::Passed).contains(&"poisoned"),
        "the toy panics at garbage"
    );
}

#[test]
fn a_good_engine_of_the_first_abi_passes() {
    let report = test(&build("good", "v1"), &options());
    assert_eq!(report.abi, Some(Abi::V1));
    assert!(report.passed(), "{report}");
}

#[test]
fn an_engine_in_c_passes() {
    let report = test(&build_c(), &options());
    assert_eq!(report.abi, Some(Abi::V2));
    assert!(report.passed(), "{report}");
    // It never panics, and has no contracts.
    assert!(report.names(Outcome::NotApplicable).contains(&"poisoned"));
}

#[test]
fn what_is_no_library_fails_as_that_and_nothing_of_it_runs() {
    let file = folder().join("text.so");
    std::fs::write(&file, "not an engine").unwrap();
    let report = test(&file, &options());
    assert_eq!(report.abi, None);
    assert_eq!(report.names(Outcome::Failed), ["elf"], "{report}");
    assert_eq!(report.names(Outcome::Passed), [] as [&str; 0], "{report}");
}

/// The failed checks of an engine with a fault.
fn faulty(package: &str, fault: &str, expected: &[&str]) {
    let engine = build(package, fault);
    let timeout = match fault {
        "spin" => Duration::from_secs(2),
        _ => options().timeout,
    };
    let report = test(
        &engine,
        &Options {
            timeout,
            ..options()
        },
    );
    assert_eq!(report.names(Outcome::Failed), expected, "{report}");
    assert!(!report.passed());
}

macro_rules! faults {
    ($package:literal $($test:ident: $fault:literal fails $expected:expr;)+) => {
        $(
            #[test]
            fn $test() {
                faulty($package, $fault, &$expected);
            }
        )+
    };
}

faults! { "bad"
    commit_in_query: "commit-in-query" fails ["commit-allowed"];
    double_free: "double-free" fails ["allocator-use"];
    double_release: "double-release" fails ["host-buffers-released"];
    future_major: "future-major" fails ["entry-abi"];
    // What isn't a cache shows in whatever is repeated.
    keeps_state: "keeps-state" fails ["same-result", "cache-only", "concurrent"];
    leak: "leak" fails ["memory-to-baseline"];
    not_poisoned: "not-poisoned" fails ["poisoned"];
    other_note: "other-note" fails ["entry-note"];
    own_memory: "own-memory" fails ["allocates-through-host"];
    panic_in_create: "panic-in-create" fails ["create-instance"];
    panic_in_execute: "panic-in-execute" fails ["executes"];
    second_symbol: "second-symbol" fails ["exported-symbols"];
    short_struct: "short-struct" fails ["entry-size"];
    spin: "spin" fails ["executes"];
    // A thread that waits holds its memory.
    starts_thread: "starts-thread" fails ["memory-to-baseline", "no-threads"];
    swallows_fault: "swallows-fault" fails ["host-fault-counts"];
    two_commits: "two-commits" fails ["commit-once"];
    unknown_status: "unknown-status" fails ["statuses"];
    unsorted_commit: "unsorted-commit" fails ["commit-form"];
    wrong_magic: "wrong-magic" fails ["entry-magic"];
}

faults! { "bad-v1"
    v1_any_major: "any-major" fails ["init-future-major"];
    v1_keeps_config: "keeps-config" fails ["arguments-borrowed"];
    v1_looks_into_context: "looks-into-context" fails ["context-opaque"];
    v1_no_ecall: "no-ecall" fails ["init-answers"];
    v1_other_abi: "other-abi" fails ["init-abi"];
    v1_other_version: "other-version" fails ["init-note", "describe"];
    v1_polls_early: "polls-early" fails ["init-earlier-minor"];
    v1_reads_null: "reads-null" fails ["init-null"];
    v1_serves_unknown: "serves-unknown" fails ["ecall-unknown"];
    v1_started_again: "started-again" fails ["init-again"];
    v1_takes_short: "takes-short" fails ["init-short-structs"];
    v1_two_replies: "two-replies" fails ["ecall-replies-once"];
    v1_writes_beyond: "writes-beyond" fails ["init-longer-structs"];
}

#[test]
fn the_program_lists_selects_and_says_so_in_json() {
    let program = env!("CARGO_BIN_EXE_engine-tester");
    let say = |arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        (done.status.code(), text)
    };
    let (code, list) = say(&["--list"]);
    assert_eq!(code, Some(0));
    assert_eq!(list.lines().count(), engine_tester::checks().len());
    let engine = build_c();
    let engine = engine.to_str().unwrap();
    let (code, json) = say(&[engine, "--json", "--only", "note"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(code, Some(0));
    assert_eq!(json["passed"], true);
    assert_eq!(json["abi"], 2);
    assert_eq!(json["checks"][0]["name"], "note");
    assert_eq!(json["checks"][0]["outcome"], "passed");
    assert_eq!(json["checks"].as_array().unwrap().len(), 1);
    assert_eq!(say(&[engine, "--only", "no-such-check"]).0, Some(2));
    assert_eq!(say(&["/no/such/file"]).0, Some(2));
    let bad = build("bad", "other-note");
    assert_eq!(say(&[bad.to_str().unwrap(), "--only", "note$"]).0, Some(1));
}
