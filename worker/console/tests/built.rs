//! That what is kept is what was built, from the sources that are here. Whether the sources build to it is checked where
//! npm is: `cargo xtask test console`.

use pink_console::FILES;
use sp_crypto_hashing::blake2_512;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What the page is made from: `console/scripts/embed.mjs` has the same list.
const SOURCES: &[&str] = &[
    "clients/typescript/package-lock.json",
    "clients/typescript/src",
    "console/index.html",
    "console/package-lock.json",
    "console/package.json",
    "console/public",
    "console/src",
    "console/vite.config.ts",
];

/// What a page may weigh, compressed.
const LIMIT: usize = 300 * 1024;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(blake2_512(bytes))
}

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        return found.push(path.into());
    }
    for entry in fs::read_dir(path).unwrap() {
        files(&entry.unwrap().path(), found);
    }
}

fn manifest() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("worker/console/dist/MANIFEST")).unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ').map(String::from);
        (words.next().unwrap(), words.collect())
    };
    text.lines().map(line).collect()
}

#[test]
fn the_page_was_built_from_the_sources_that_are_here() {
    let root = root();
    let mut found = Vec::new();
    for source in SOURCES {
        files(&root.join(source), &mut found);
    }
    let mut lines: Vec<_> = found
        .iter()
        .map(|file| {
            let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
            format!("{name} {}\n", digest(&fs::read(file).unwrap()))
        })
        .collect();
    lines.sort();
    let built_from = &manifest()["sources"][0];
    assert_eq!(
        &digest(lines.concat().as_bytes()),
        built_from,
        "the page's sources changed since it was built: run `cargo xtask console`"
    );
}

#[test]
fn what_is_embedded_is_what_was_built_and_nothing_else() {
    let mut listed = manifest();
    listed.remove("sources").unwrap();
    let names: Vec<_> = listed.keys().map(String::as_str).collect();
    let mut embedded: Vec<_> = FILES.iter().map(|file| file.name).collect();
    embedded.sort_unstable();
    assert_eq!(embedded, names);
    for file in FILES {
        assert_eq!(digest(file.gzip), listed[file.name][1], "{}", file.name);
    }
    let all: usize = FILES.iter().map(|file| file.gzip.len()).sum();
    assert!(all <= LIMIT, "{all} bytes");
}
