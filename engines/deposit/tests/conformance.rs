//! For each test of the contracts pallet there is one of ours, or a reason why there is none.

#[path = "../../conformance.rs"]
mod named;

use named::{differences, is_test, Sources};
use std::collections::BTreeMap;

/// Rows by file and name; the value says what stands for it.
fn rows(text: &str) -> BTreeMap<(String, String), String> {
    let mut file = String::new();
    let mut rows = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix("[\"")
            .and_then(|line| line.strip_suffix("\"]"))
        {
            file = name.to_owned();
        } else if let Some((name, value)) = line.split_once(" = ") {
            let row = (file.clone(), name.to_owned());
            assert!(
                rows.insert(row, value.to_owned()).is_none(),
                "{file} {name} is there twice"
            );
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
        }
    }
    rows
}

/// What stands between the quotes of `{ key = "…" }`.
fn value<'a>(row: &'a str, key: &str) -> Option<&'a str> {
    row.strip_prefix("{ ")?
        .strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix("\" }")
}

#[test]
fn every_test_of_the_pallet_has_its_row() {
    let rows = rows(include_str!("conformance.toml"));
    let upstream: Vec<(String, String)> = include_str!("upstream.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (file, name) = line.split_once(' ').unwrap();
            (file.to_owned(), name.to_owned())
        })
        .collect();
    for test in &upstream {
        assert!(rows.contains_key(test), "no row for {test:?}");
    }
    assert_eq!(rows.len(), upstream.len(), "a row for no test");
}

/// All sources of the rules and of their tests.
fn all_sources() -> Sources {
    let folders = ["src", "tests", "upstream/tests"];
    Sources::of(env!("CARGO_MANIFEST_DIR"), &folders)
}

#[test]
fn a_test_is_known_by_its_attribute() {
    let text =
        "#[test]\n#[ignore = \"long\"]\nfn one() {}\n\n#[test]\nfn another() {}\nfn helper() {}\n";
    assert!(is_test(text, "one") && is_test(text, "another"));
    assert!(!is_test(text, "helper") && !is_test(text, "none") && !is_test(text, "on"));
}

/// The rows of the crate's tables of differences have a reason and name tests that are there.
#[test]
fn every_difference_has_its_reason_and_its_test() {
    let found = all_sources();
    let differences = differences(include_str!("../src/lib.rs"), |name| {
        found.have(name, is_test)
    });
    assert!(differences > 30, "{differences}");
}

#[test]
fn what_the_rows_name_is_there() {
    let found = all_sources();
    for ((file, name), row) in rows(include_str!("conformance.toml")) {
        if let Some(reason) = value(&row, "none") {
            assert!(reason.len() > 20, "{file} {name}: a reason, please");
            continue;
        }
        let ours = value(&row, "ours").unwrap_or_else(|| panic!("{file} {name}: {row}"));
        assert!(
            found.have(ours, is_test),
            "{file} {name}: there is no test {ours}"
        );
    }
}
