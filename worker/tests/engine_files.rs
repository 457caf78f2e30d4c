//! `pink-worker engine …` on a directory with an engine, the same under a wrong name, and a text.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The engine in C, under this name.
fn build(directory: &Path, name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = directory.join(name);
    let done = Command::new("cc")
        .args(["-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-I"])
        .arg(root.join("../capi/include"))
        .arg("-o")
        .arg(&made)
        .arg(root.join("engine-tester/fixtures/c/tiny.c"))
        .output()
        .expect("a C compiler is needed to build the engine under test");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    made
}

/// The exit status and the one JSON object of a command.
fn say(arguments: &[&str]) -> (i32, Value) {
    let done = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .arg("engine")
        .args(arguments)
        .arg("--json")
        .output()
        .expect("the program");
    let text = String::from_utf8_lossy(&done.stdout);
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (done.status.code().expect("an exit status"), json)
}

#[test]
fn files_are_listed_inspected_verified_and_tested() {
    let directory = tempfile::tempdir().expect("a folder");
    let engine = build(directory.path(), "libpink.so.0.1");
    let misnamed = directory.path().join("libpink.so.0.9");
    fs::copy(&engine, &misnamed).expect("a copy");
    fs::write(directory.path().join("libpink.so.3.0"), "text").expect("a file");
    let engine = engine.to_str().expect("a name");

    let folder = directory.path().to_str().expect("a name");
    let (code, list) = say(&["list", "--engines", folder]);
    assert_eq!(code, 0);
    assert_eq!(list["engines"][0]["version"], "0.1");
    assert_eq!(list["engines"][0]["abi"], "2.0");
    let error = |at: usize| list["engines"][at]["error"].to_string();
    assert!(error(1).contains("named after version 0.9 and holds 0.1"));
    assert!(error(2).contains("is not an engine"));

    let (code, facts) = say(&["inspect", engine]);
    assert_eq!(code, 0);
    assert_eq!(facts["exports"][0], "pink_engine_entry_v2");
    assert_eq!(facts["hash"], list["engines"][0]["hash"]);

    let hash = facts["hash"].as_str().expect("a hash");
    assert_eq!(say(&["verify", engine]).0, 0);
    assert_eq!(say(&["verify", engine, "--hash", hash]).0, 0);
    // It is an engine, and no released one.
    let (_, said) = say(&["verify", engine]);
    assert_eq!(
        (&said["verified"], &said["released"]),
        (&true.into(), &false.into())
    );
    let (code, said) = say(&["verify", engine, "--released"]);
    assert_eq!(code, 2);
    assert!(said["error"]
        .to_string()
        .contains("no release of engine 0.1"));
    let other = "0x11".to_owned() + &"00".repeat(31);
    let (code, said) = say(&["verify", engine, "--hash", &other]);
    assert_eq!(code, 2);
    assert!(said["error"].to_string().contains("its hash is"));
    assert_eq!(say(&["verify", misnamed.to_str().expect("a name")]).0, 2);

    let (code, report) = say(&["test", engine]);
    assert_eq!(
        (code, &report["passed"]),
        (0, &Value::Bool(true)),
        "{report}"
    );
    let (code, report) = say(&["test", engine, "--only", "entry-note"]);
    assert_eq!(
        (code, report["checks"].as_array().map(Vec::len)),
        (0, Some(1))
    );
    let (code, list) = say(&["test", "--list"]);
    assert_eq!(code, 0);
    assert!(list["checks"]
        .as_array()
        .is_some_and(|checks| checks.len() > 50));
    let (code, said) = say(&["test", engine, "--only", "no-such-check"]);
    assert_eq!(code, 2);
    assert!(said["error"].to_string().contains("--list"));
}
