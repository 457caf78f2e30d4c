//! For each test of the contracts pallet there is one of ours, or a reason why there is none.

use std::{collections::BTreeMap, fs, path::Path};

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

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    #[allow(clippy::disallowed_methods)] // tests read files
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            #[allow(clippy::disallowed_methods)]
            found.push((stem, fs::read_to_string(&path).unwrap()));
        }
    }
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

/// All sources of the rules and of their tests, by the names of their files.
fn all_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    sources(&root.join("src"), &mut found);
    sources(&root.join("tests"), &mut found);
    sources(&root.join("upstream/tests"), &mut found);
    found
}

/// Whether there is a function of this name that is a test, by the attributes above it.
fn is_test(text: &str, function: &str) -> bool {
    text.match_indices(&format!("fn {function}("))
        .any(|(at, _)| {
            let above = text[..at].rsplit('\n').skip(1).map(str::trim);
            let mut attributes =
                above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
            attributes.any(|line| line == "#[test]")
        })
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
    let mut differences = 0;
    for line in include_str!("../src/lib.rs").lines() {
        let cells: Vec<_> = line.split(" | ").collect();
        let [_, _, _, reason, tests] = cells[..] else {
            continue;
        };
        if reason == "reason" {
            continue;
        }
        assert!(!reason.is_empty(), "{line}");
        differences += 1;
        let names: Vec<_> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{line}");
        for name in names {
            let (file, test) = name.split_once("::").expect("a file's and a test's name");
            let is_there = |(stem, text): &(String, String)| stem == file && is_test(text, test);
            assert!(found.iter().any(is_there), "there is no test {name}");
        }
    }
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
        let (module, function) = ours.split_once("::").unwrap();
        assert!(
            found
                .iter()
                .any(|(stem, text)| stem == module && is_test(text, function)),
            "{file} {name}: there is no test {ours}"
        );
    }
}
