//! What the program is linked from that an operator runs: without the feature `dev`.

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

fn is_of_a_chain(name: &str) -> bool {
    // How a chain describes itself to others.
    if ["frame-decode", "frame-metadata"].contains(&name) {
        return false;
    }
    name.starts_with("frame-")
        || name.starts_with("pallet-")
        || ["runtime-mock", "pink-devchain", "engine-tester"].contains(&name)
}

/// Whether somebody has to take the GPL to have it.
fn is_gpl_only(licence: &str) -> bool {
    let mut choices = licence.split(" OR ").flat_map(|it| it.split('/'));
    choices.all(|it| it.contains("GPL"))
}

#[test]
fn an_operator_s_program_has_nothing_of_a_chain_and_nothing_under_the_gpl() {
    let operator = linked(&["--no-default-features"]);
    assert!(operator.len() > 100, "{}", operator.len());
    for line in &operator {
        let (name, licence) = parts(line);
        assert!(!is_of_a_chain(name), "{line}");
        assert!(!is_gpl_only(licence), "{line}");
    }
    // What is looked for is there, where it is meant to be.
    let developer = linked(&[]);
    let chain = developer.iter().filter(|line| is_of_a_chain(parts(line).0));
    assert!(chain.count() > 5);
}

#[test]
fn licences_are_read_as_choices() {
    assert!(is_gpl_only("GPL-3.0-only"));
    assert!(is_gpl_only("GPL-3.0 OR LGPL-3.0"));
    assert!(!is_gpl_only("Apache-2.0/GPL-3.0"));
    assert!(!is_gpl_only("GPL-3.0 OR Apache-2.0"));
}
