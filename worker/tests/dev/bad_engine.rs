//! Engine files that aren't what the chain records.

use crate::node::{engines, own_engines, Node};
use std::{fs, path::Path};
use tempfile::TempDir;

/// Spoils an engine file, given its bytes.
type Spoil = fn(&Path, &[u8]);

const SPOILS: [(Spoil, &[&str]); 5] = [
    (
        |file, _| fs::remove_file(file).expect("the file"),
        &[
            "engine 2.0",
            "is missing; looked for",
            "put the released file",
        ],
    ),
    (
        |file, bytes| fs::write(file, &bytes[..bytes.len() / 2]).expect("the file"),
        &["bytes, the chain's record of engine 2.0 says"],
    ),
    (
        |file, bytes| {
            let mut other = bytes.to_vec();
            let last = other.len() - 1;
            other[last] ^= 1;
            fs::write(file, other).expect("the file");
        },
        &["has the hash", "the chain's record of engine 2.0 says"],
    ),
    (
        // The file of another version, if there is one here.
        |file, bytes| {
            let other = fs::read(engines().join("libpink.so.1.0"));
            fs::write(file, other.unwrap_or_else(|_| bytes[1..].to_vec())).expect("the file");
        },
        &["libpink.so.2.0", "the chain's record of engine 2.0 says"],
    ),
    (
        |file, _| fs::write(file, "not an engine").expect("the file"),
        &["13 bytes, the chain's record"],
    ),
];

/// The cluster stands still, the chain goes on, and when the file is back everything is as if
/// nothing had happened.
#[test]
fn without_its_engine_a_cluster_waits() {
    let control = Node::empty(own_engines(&["2.0"]).keep());
    for (spoil, words) in SPOILS {
        let dir = own_engines(&["2.0"]);
        let node = Node::empty(dir.path().into());
        node.run(&["init"]).success();
        let flipper = node.deploy("flipper", &["false"]);
        let before = node.picture();

        let file = dir.path().join("libpink.so.2.0");
        let bytes = fs::read(&file).expect("the engine");
        spoil(&file, &bytes);
        let said = node
            .run(&["call", &flipper, "--message", "flip"])
            .error(words);
        assert_eq!(said.json["block"], 4, "ordered, though not executed");
        node.run(&["query", &flipper, "--message", "get"])
            .error(words);
        node.run(&["advance", "2"]).error(words);
        let status = node.run(&["status"]).success();
        assert_eq!(status.json["state"], "parked");
        assert_eq!(status.json["waiting_blocks"], 3);
        assert_eq!(status.json["chain_block"], 6);
        assert!(status.text("reason").contains("2.0"), "{}", status.json);

        // The state is as it was.
        assert_eq!(node.root(), before.root);
        fs::write(&file, &bytes).expect("the engine");
        let status = node.run(&["status"]).success();
        assert_eq!(status.json["state"], "running");
        assert_eq!(node.ask(&flipper, "get", &[]), "Ok(true)");

        if !control.base_path().exists() {
            control.run(&["init"]).success();
            let flipper = control.deploy("flipper", &["false"]);
            control
                .run(&["call", &flipper, "--message", "flip"])
                .success();
            control.run(&["advance", "2"]).success();
        }
        assert_eq!(node.roots(), control.roots());
        node.run(&["replay", "--verify"]).success();
    }
}

/// Without an engine that can be used, no chain is made, and nothing stays behind.
#[test]
fn a_chain_does_not_start_on_a_bad_engine() {
    let bytes = fs::read(engines().join("libpink.so.2.0")).expect("the engine");
    let mut cut = bytes.clone();
    cut.truncate(bytes.len() / 2);
    let cases: [(&str, &[u8], &[&str]); 4] = [
        (
            "libpink.so.2.0",
            b"not an engine",
            &["not an engine", "released file"],
        ),
        ("libpink.so.2.0", b"", &["not an engine"]),
        ("libpink.so.2.0", &cut, &["not an engine"]),
        (
            "libpink.so.2.7",
            &bytes,
            &["libpink.so.2.7 holds engine 2.0"],
        ),
    ];
    for (name, bytes, words) in cases {
        let dir = TempDir::new().expect("a folder for the test");
        fs::write(dir.path().join(name), bytes).expect("a file for the test");
        let mut node = Node::empty(dir.path().into());
        node.run(&["init"]).error(words);
        node.engines = engines();
        node.run(&["init", "--engine", "2.0"]).success();
    }
    let dir = TempDir::new().expect("a folder for the test");
    let node = Node::empty(dir.path().into());
    node.run(&["init"])
        .error(&["there is no engine in", "cargo xtask engines", "--engines"]);
    let node = Node::empty(dir.path().join("missing"));
    node.run(&["init"]).error(&["there is no engine in"]);
    let node = Node::empty(engines());
    node.run(&["init", "--engine", "9.9"])
        .error(&["there is no engine 9.9", "2.0"]);
}
