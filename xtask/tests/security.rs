//! `SECURITY.md` promises what tests show: each test that it names has to be there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold no sources of ours.
const APART: &[&str] = &["target", "repo", ".git"];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && !APART.iter().any(|apart| name == *apart) {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// The tests of a file, as `FILE::TEST`. A folder's main file has the folder's name.
fn tests_of(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let stem = path.file_stem().unwrap().to_string_lossy();
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    let name = if ["main", "mod", "tests"].contains(&&*stem) {
        folder.to_string_lossy()
    } else {
        stem
    };
    let mut found = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("#[test]") {
            is_test = true;
        } else if line.starts_with("#[ignore") {
            // What isn't run shows nothing.
            is_test = false;
        } else if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test) {
            let function = rest.split(['(', '<']).next().unwrap_or_default();
            found.push(format!("{name}::{function}"));
            is_test = false;
        }
    }
    found
}

#[test]
fn every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    sources(root, &mut files);
    let tests: BTreeSet<_> = files.iter().flat_map(|path| tests_of(path)).collect();
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| can"));
    let unshown: Vec<_> = rows.filter(|row| !row.contains("::")).collect();
    assert!(unshown.is_empty(), "no test shows it: {unshown:#?}");
    let named: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|name| name.contains("::"))
        .collect();
    assert!(named.len() > 50, "the table isn't read: {named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !tests.contains(**name))
        .collect();
    assert!(missing.is_empty(), "not there, or not run: {missing:?}");
}
