//! The book says what is so: its commands are run, its words for commands are the program's, its runbooks
//! have the sentences that are printed and the alerts that Prometheus is given, and what is made from the sources is current.

mod alerts;
mod cli;
mod configuration;
mod console;
mod pallet;
mod reasons;
mod runbooks;
mod server;
mod unseen;
mod words;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The repository.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the repository")
}

/// Where the book's pages are.
fn book() -> PathBuf {
    root().join("book/src")
}

/// A page.
fn page(name: &str) -> String {
    let path = book().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages of a folder and of those below it.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The blocks of code whose mark begins with this: what else the mark says, and the lines.
fn blocks<'t>(text: &'t str, mark: &str) -> Vec<(&'t str, Vec<&'t str>)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let inside = lines.by_ref().take_while(|line| *line != "```").collect();
        let more = info.strip_prefix(mark);
        if let Some(more) = more.filter(|it| it.is_empty() || it.starts_with(',')) {
            found.push((more.trim_start_matches(','), inside));
        }
    }
    found
}

/// Whether a line is like a pattern, in which `[..]` stands for anything.
fn is_like(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.trim_end().split("[..]");
    let line = line.trim_end();
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Whether lines are like patterns, in which a line of `...` stands for any lines.
fn are_like(patterns: &[&str], lines: &[&str]) -> bool {
    match patterns.split_first() {
        None => lines.is_empty(),
        Some((&"...", rest)) => (0..=lines.len()).any(|at| are_like(rest, &lines[at..])),
        Some((pattern, rest)) => lines
            .split_first()
            .is_some_and(|(line, more)| is_like(pattern, line) && are_like(rest, more)),
    }
}

/// Writes a page that is made, or compares it.
fn write_or_compare(name: &str, text: &str) {
    let place = book().join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&place, text).expect("the page can be written");
    }
    let there = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        there == text,
        "{name} isn't up to date: UPDATE_DOCS=1 cargo test --workspace --test book"
    );
}

#[test]
fn patterns_are_compared() {
    for (pattern, line, like) in [
        ("a", "a  ", true),
        ("a", "ab", false),
        ("a[..]", "abc", true),
        ("[..]c", "abc", true),
        ("a[..]c", "abd", false),
        ("a[..]b[..]c", "a1b2c", true),
        ("a[..]b[..]c", "a1c2b", false),
        ("ab[..]b", "ab", false),
    ] {
        assert_eq!(is_like(pattern, line), like, "{pattern} {line}");
    }
    assert!(are_like(&["a", "...", "c"], &["a", "b", "b", "c"]));
    assert!(are_like(&["a", "...", "c"], &["a", "c"]));
    assert!(!are_like(&["a", "...", "c"], &["a", "c", "d"]));
    assert!(!are_like(&[], &["a"]));
}
