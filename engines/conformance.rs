//! What rows name has to be there: tests by the names of their files, and tables of differences. Taken in by a test of each
//! library of rules.

use std::{fs, path::Path};

/// Sources, by the names of their files.
pub(crate) struct Sources(Vec<(String, String)>);

impl Sources {
    /// All that lie in these folders of a crate, and below.
    pub(crate) fn of(root: &str, folders: &[&str]) -> Self {
        let mut found = Vec::new();
        for folder in folders {
            collect(&Path::new(root).join(folder), &mut found);
        }
        Self(found)
    }

    /// Whether `file::function` is a test, as `is_test` says of a file's text.
    pub(crate) fn have(&self, name: &str, is_test: impl Fn(&str, &str) -> bool) -> bool {
        let (file, function) = name.split_once("::").expect("a file's and a test's name");
        let mut all = self.0.iter();
        all.any(|(stem, text)| stem == file && is_test(text, function))
    }
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    #[allow(clippy::disallowed_methods)] // tests read files
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            #[allow(clippy::disallowed_methods)]
            found.push((stem, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Whether there is a function of this name that is a test, by the attributes above it.
pub(crate) fn is_test(text: &str, function: &str) -> bool {
    text.match_indices(&format!("fn {function}("))
        .any(|(at, _)| {
            let above = text[..at].rsplit('\n').skip(1).map(str::trim);
            let mut attributes =
                above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
            attributes.any(|line| line == "#[test]")
        })
}

/// The rows of a crate's tables of differences have a reason, and name tests that are there; how many rows there are.
pub(crate) fn differences(text: &str, exists: impl Fn(&str) -> bool) -> usize {
    let mut differences = 0;
    for line in text.lines() {
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
            assert!(exists(name), "there is no test {name}");
        }
    }
    differences
}
