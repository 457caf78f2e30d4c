//! Nothing of the book goes unseen by a test without a reason: no block for a shell, no image.

use crate::{book, page, pages, root};
use serde_json::Value;
use std::fs;

/// Blocks for a shell that aren't run: the page, the first line, why.
const NOT_RUN: &[(&str, &str, &str)] = &[
    (
        "tutorials/README.md",
        "cargo xtask engines --released",
        "all other pages begin behind it; it builds for minutes, which the steps `engines` and `tests` do",
    ),
    (
        "tutorials/ask-http.md",
        "mkdir -p target/site && echo -n '{\"price\": 42}' > target/site/price",
        "for another terminal; the test serves the same without Python (`server.rs`)",
    ),
    (
        "tutorials/ask-http.md",
        "export SITE=http://127.0.0.1:8000",
        "each command is run by a shell of its own; the test names its own server so",
    ),
    (
        "tutorials/engine.md",
        "cargo xtask deps --write --only 2.1   # lock file and deps.txt, from the root's lock file and the compiler's",
        "it writes into the sources, and builds for minutes; the steps `engines` and `reproduce` do the rest",
    ),
    (
        "runbooks/README.md",
        "pink-worker dev status --base-path DIR",
        "it takes an engine that panics, which no release does; worker/tests/versions has those, and amends",
    ),
    (
        "runbooks/compiler-advisory.md",
        "pink-worker run --interpret …       # or interpret = true in the file of --config, and start it again",
        "it takes a node; worker/tests/dev and worker/prepare switch so, and back",
    ),
    (
        "runbooks/amended-too-late.md",
        "pink-worker run --chain ws://127.0.0.1:9944 --base-path NEW --keystore DIR --sync-from http://192.168.7.2:9734 --from-block HASH",
        "it takes a node and a worker that serves snapshots; worker/tests/node begins one so",
    ),
];

/// Languages in which nobody hides a command.
const NO_SHELL: &[&str] = &["c", "html", "json", "rust", "text", "toml", "ts"];

/// Blocks of pages: the language, and the first line.
fn first_lines(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let mut inside = lines.by_ref().take_while(|line| line.trim_start() != "```");
        let language = info.split(',').next().unwrap_or_default();
        found.push((language, inside.next().unwrap_or_default()));
        inside.for_each(drop);
    }
    found
}

#[test]
fn every_block_for_a_shell_is_run_or_has_a_reason() {
    let mut left: Vec<_> = NOT_RUN
        .iter()
        .map(|(page, line, _)| (*page, *line))
        .collect();
    let mut wrong = Vec::new();
    for path in pages(&book()) {
        let text = fs::read_to_string(&path).expect("a page");
        let name = path.strip_prefix(book()).expect("a page of the book");
        let name = name.to_str().expect("a name in UTF-8");
        for (language, line) in first_lines(&text) {
            // `console` is run: see `every_page_with_commands_is_run`.
            let run = language == "console" || NO_SHELL.contains(&language);
            let known = left
                .iter()
                .position(|it| *it == (name, line))
                .filter(|_| !run);
            if let Some(at) = known {
                left.swap_remove(at);
            } else if !run {
                wrong.push(format!("{name}: ```{language}: {line}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "make them `console` blocks, or give a reason: {wrong:#?}"
    );
    assert!(
        left.is_empty(),
        "there are no such blocks any more: {left:#?}"
    );
}

#[test]
fn blocks_are_found_with_their_language() {
    let text =
        "a\n```sh\none\ntwo\n```\n\n- b\n  ```console,exit=1\n  $ three\n  ```\n```\nfour\n```\n";
    let found = [("sh", "one"), ("console", "  $ three"), ("", "four")];
    assert_eq!(first_lines(text), found);
}

#[test]
fn every_image_is_on_a_page() {
    let texts: String = pages(&book())
        .iter()
        .map(|path| fs::read_to_string(path).expect("a page"))
        .collect();
    let mut seen = 0;
    for file in fs::read_dir(book().join("images")).expect("the images") {
        let name = file.expect("an entry").file_name();
        let name = name.to_str().expect("a name in UTF-8");
        assert!(
            texts.contains(&format!("](../images/{name})")),
            "no page shows {name}"
        );
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}

/// Whoever follows the page has what the client and the console were tested with.
#[test]
fn a_page_installs_what_is_tested() {
    let json = |path: &str| -> Value {
        let text = fs::read_to_string(root().join(path)).expect(path);
        serde_json::from_str(&text).expect("JSON")
    };
    let manifests = ["clients/typescript/package.json", "console/package.json"].map(json);
    let text = page("tutorials/page.md");
    let (_, line) = text.split_once("npm install ./").expect("an installation");
    let line = line.split(')').next().unwrap_or_default();
    let mut words = line.split_whitespace();
    let client = format!(
        "pink-client-{}.tgz",
        manifests[0]["version"].as_str().expect("a version")
    );
    assert_eq!(words.next(), Some(&*client));
    let mut seen = 0;
    for word in words {
        let (name, version) = word.rsplit_once('@').expect("a version");
        let known = manifests
            .iter()
            .find_map(|it| it["devDependencies"][name].as_str());
        assert_eq!(known, Some(version), "{name}");
        seen += 1;
    }
    assert!(seen > 4, "{line}");
}
