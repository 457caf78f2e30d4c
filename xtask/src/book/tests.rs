//! The book holds together, whether or not `mdbook` is there.

use super::{beside, links, within};
use crate::{tree, Args};
use clap::CommandFactory;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A page with what it includes, and the folders of the pages among that.
struct Page {
    text: String,
    homes: Vec<PathBuf>,
}

fn book() -> PathBuf {
    tree::root().join("book/src")
}

fn summary() -> BTreeSet<PathBuf> {
    let text = fs::read_to_string(book().join("SUMMARY.md")).unwrap();
    let found = links::of(&text);
    let pages: BTreeSet<_> = found.iter().map(|it| PathBuf::from(it.target)).collect();
    assert_eq!(pages.len(), found.len(), "a page is named twice");
    pages
}

/// What `PATH`, `PATH:LINE`, `PATH:FROM:TO` and `PATH:ANCHOR` stand for.
fn included(from: &Path, what: &str) -> (PathBuf, String) {
    let (path, part) = what.split_once(':').unwrap_or((what, ""));
    let path = from.join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
    let lines: Vec<_> = text.lines().collect();
    let numbers: Result<Vec<usize>, _> = part.split(':').map(str::parse).collect();
    let taken = match (part, numbers) {
        ("", _) => lines.join("\n"),
        (_, Ok(lines_of)) => {
            let (first, last) = (lines_of[0], *lines_of.last().unwrap());
            assert!(0 < first && first <= last && last <= lines.len(), "{what}");
            lines[first - 1..last].join("\n")
        }
        (anchor, Err(_)) => {
            let is = |line: &str, mark: &str| {
                let words: Vec<_> = line.split_whitespace().collect();
                words.windows(2).any(|it| it == [mark, anchor])
            };
            let mut lines = lines.iter();
            lines.find(|it| is(it, "ANCHOR:")).expect(what);
            let inside: Vec<_> = lines
                .by_ref()
                .take_while(|it| !is(it, "ANCHOR_END:"))
                .filter(|it| !it.contains("ANCHOR"))
                .copied()
                .collect();
            assert!(
                lines.next().is_some() || text.contains("ANCHOR_END"),
                "{what}"
            );
            inside.join("\n")
        }
    };
    assert!(!taken.trim().is_empty(), "{what} is empty");
    (path, taken)
}

fn pages() -> BTreeMap<PathBuf, Page> {
    let read = |path: PathBuf| {
        let place = book().join(&path);
        let mut homes = vec![place.parent().unwrap().to_owned()];
        let mut text = String::new();
        let source = fs::read_to_string(&place).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        for line in source.lines() {
            match line
                .strip_prefix("{{#include ")
                .and_then(|it| it.strip_suffix("}}"))
            {
                Some(what) => {
                    let (file, taken) = included(place.parent().unwrap(), what);
                    if file.extension().is_some_and(|ending| ending == "md") {
                        homes.push(file.parent().unwrap().to_owned());
                    }
                    text += &taken;
                }
                None => text += line,
            }
            text.push('\n');
        }
        // Of these mdbook makes something wherever they stand.
        assert!(
            !text.contains("{{#"),
            "{path:?}: an include has a line of its own"
        );
        (path, Page { text, homes })
    };
    summary().into_iter().map(read).collect()
}

#[test]
fn every_page_is_in_the_summary() {
    fn of(folder: &Path, into: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                of(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                into.insert(path.strip_prefix(book()).unwrap().to_owned());
            }
        }
    }
    let mut there = BTreeSet::new();
    of(&book(), &mut there);
    there.remove(Path::new("SUMMARY.md"));
    assert_eq!(there, summary());
    assert!(there.len() > 40, "{}", there.len());
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let headings: BTreeMap<_, _> = pages
        .iter()
        .map(|(path, page)| (path.clone(), links::headings(&page.text)))
        .collect();
    let mut broken = Vec::new();
    let mut inside = 0;
    for (path, page) in &pages {
        for link in links::of(&page.text) {
            let Some((to, heading)) = links::split(link.target) else {
                continue;
            };
            let target = match to {
                "" => path.clone(),
                to => beside(path, to),
            };
            let known = headings.get(&target);
            let right = match (known, heading) {
                (Some(known), Some(heading)) => known.iter().any(|it| it == heading),
                (Some(_), None) => true,
                // Out of the book: there it is text, and in the repository it leads to a file.
                (None, _) => page.homes.iter().any(|home| home.join(to).exists()),
            };
            inside += usize::from(known.is_some());
            if !right {
                broken.push(format!("{}: {}", path.display(), link.target));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(inside > 60, "the links aren't found: {inside}");
}

#[test]
fn commands_of_this_program_are_there() {
    let mut command = Args::command();
    command.build();
    let mut seen = BTreeSet::new();
    for (path, page) in pages() {
        for (at, words) in page.text.match_indices("cargo xtask ") {
            let rest = &page.text[at + words.len()..];
            let line = rest
                .split(['\n', '`', '#', ';', '|', '&', ')'])
                .next()
                .unwrap_or_default();
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            if name.starts_with('…') || name.is_empty() {
                continue;
            }
            let name = name.trim_end_matches([',', '.', ':']);
            let found = command.find_subcommand(name);
            let found = found.unwrap_or_else(|| panic!("{}: cargo xtask {line}", path.display()));
            for flag in words.filter_map(|it| it.strip_prefix("--")) {
                let flag = flag.split('=').next().unwrap_or_default();
                let known = found.get_arguments().any(|it| it.get_long() == Some(flag));
                // Of `bench` all arguments are another program's.
                assert!(
                    known || name == "bench",
                    "{}: cargo xtask {line}",
                    path.display()
                );
            }
            seen.insert(name.to_owned());
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
}

#[test]
fn links_out_of_the_book_lose_their_link() {
    let pages = ["docs/a.md", "b.md"]
        .map(PathBuf::from)
        .into_iter()
        .collect();
    let text =
        "[`x`](../engines/x.rs) [a](a.md#one), [b](../b.md) [c](https://c.example) `[d](d.rs)`\n\
                ```\n[e](e.rs)\n```\n[f [g]](f.rs#1) [here](#there)";
    let kept = "`x` [a](a.md#one), [b](../b.md) [c](https://c.example) `[d](d.rs)`\n\
                ```\n[e](e.rs)\n```\nf [g] [here](#there)";
    assert_eq!(within(Path::new("docs/a.md"), text, &pages), kept);
}

#[test]
fn headings_are_named_as_mdbook_does() {
    let page = "# One `two`, three!\n```\n# no heading\n```\n## Wer's-da_4\n#no\n";
    assert_eq!(links::headings(page), ["one-two-three", "wers-da_4"]);
}
