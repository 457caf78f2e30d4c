//! What the program is linked from: an operator's, with the feature `chain` alone, and a developer's, with `dev` alone.

use std::{collections::BTreeSet, path::Path, process::Command};

/// The packages of the program, from cargo, with features or without.
fn linked(features: &[&str]) -> BTreeSet<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    tree.args([
        "tree",
        "--offline",
        "--locked",
        "--package=pink-worker",
        "--edges=normal",
    ]);
    tree.args(["--prefix=none", "--format={p}\t{l}"])
        .args(features);
    let output = tree.output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(Into::into).collect()
}

/// A package's name and its licence.
fn parts(line: &str) -> (&str, &str) {
    let (package, licence) = line.split_once('\t').expect("two columns");
    (
        package.split(' ').next().expect("a name"),
        licence.trim_end_matches(" (*)"),
    )
}

fn is_of_a_runtime(name: &str) -> bool {
    // Two that read a chain's description of itself; they are no part of one.
    let reads = ["frame-decode", "frame-metadata"].contains(&name);
    (name.starts_with("frame-") && !reads)
        || name.starts_with("pallet-")
        || [
            "runtime-mock",
            "pink-devchain",
            "pink-dev-serve",
            "engine-tester",
        ]
        .contains(&name)
}

/// What speaks to a chain that runs and to other workers. (hyper comes with sp-trie's metrics, whoever asks.)
fn is_of_a_client(name: &str) -> bool {
    ["subxt", "jsonrpsee", "soketto"]
        .iter()
        .any(|it| name.starts_with(it))
        || [
            "pink-daemon",
            "pink-rpc-source",
            "pink-sender",
            "pink-snapshot",
        ]
        .contains(&name)
}

/// Whether somebody has to take the GPL to have it.
fn is_gpl_only(licence: &str) -> bool {
    let mut choices = licence.split(" OR ").flat_map(|it| it.split('/'));
    choices.all(|it| it.contains("GPL"))
}

#[test]
fn an_operator_s_program_has_no_runtime_and_nothing_under_the_gpl() {
    let operator = linked(&["--no-default-features", "--features=chain"]);
    assert!(operator.len() > 100, "{}", operator.len());
    for line in &operator {
        let (name, licence) = parts(line);
        assert!(!is_of_a_runtime(name), "{line}");
        assert!(!is_gpl_only(licence), "{line}");
    }
    // What is looked for is there, where it is meant to be.
    let both = linked(&[]);
    let runtime = both.iter().filter(|line| is_of_a_runtime(parts(line).0));
    assert!(runtime.count() > 5);
}

/// What the demo builds: it waits for no client of a chain.
#[test]
fn a_developer_s_program_has_no_client_of_a_chain() {
    for line in &linked(&["--no-default-features", "--features=dev"]) {
        assert!(!is_of_a_client(parts(line).0), "{line}");
    }
    let both = linked(&[]);
    let client = both.iter().filter(|line| is_of_a_client(parts(line).0));
    assert!(client.count() > 5);
}

#[test]
fn licences_are_read_as_choices() {
    assert!(is_gpl_only("GPL-3.0-only"));
    assert!(is_gpl_only("GPL-3.0 OR LGPL-3.0"));
    assert!(!is_gpl_only("Apache-2.0/GPL-3.0"));
    assert!(!is_gpl_only("GPL-3.0 OR Apache-2.0"));
}
