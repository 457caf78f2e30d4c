//! Key files that others than their owner may read.

use crate::node::{artefact, engines, Node};
use clap::CommandFactory;
use pink_worker::cli::args::Cli;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    process::Command,
};

/// What only shows something, with arguments. `A` is a contract's address.
const SHOW: [&str; 12] = [
    "query A --message get",
    "estimate A --message flip",
    "estimate-instantiate --code FILE --constructor default --salt 01",
    "accounts",
    "blocks",
    "prices",
    "engines",
    "status",
    "storage A 00000000",
    "rent A",
    "replay --verify",
    "rehearse --to 2.0",
];

/// What signs or writes.
const ACT: [&str; 20] = [
    "upload FILE",
    "activate 0x1111111111111111111111111111111111111111111111111111111111111111",
    "remove-code 0x1111111111111111111111111111111111111111111111111111111111111111",
    "instantiate --code FILE --constructor default --salt 01",
    "call A --message flip",
    "transfer //Bob 1u",
    "advance 1",
    "withdraw 1u",
    "prices --gas-price 11",
    "engines --accept 2.0",
    "engine-mode 2.0 interpreted",
    "register 2.0",
    "add-worker //Dave",
    "acknowledge //Dave",
    "resolve",
    "upgrade 2.0",
    "amend 7 --skip",
    "claim A",
    "status --shadow",
    "accounts --shadow",
];

fn mode(node: &Node, name: &str, mode: u32) {
    let file = node.base_path().join(name);
    fs::set_permissions(file, Permissions::from_mode(mode)).expect("the key's file");
}

#[test]
fn what_only_shows_warns_and_what_acts_is_refused() {
    let named = SHOW.iter().chain(&ACT).map(|line| line.split(' ').next());
    let named: BTreeSet<_> = named.flatten().collect();
    let cli = Cli::command();
    let dev = cli.find_subcommand("dev").expect("dev");
    for command in dev.get_subcommands().map(|it| it.get_name()) {
        // What is served has a base path of its own.
        let known = named.contains(command) || ["init", "help", "serve"].contains(&command);
        assert!(known, "does `{command}` show or act?");
    }

    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let code = artefact("flipper.contract");
    let words = |line: &str| -> Vec<String> {
        let words = line.split(' ').map(|word| match word {
            "A" => flipper.clone(),
            "FILE" => code.clone(),
            word => word.into(),
        });
        words.collect()
    };
    let run = |line: &str| {
        let words = words(line);
        node.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let right: Vec<_> = SHOW.iter().map(|line| run(line)).collect();
    let picture = node.picture();
    for (key, wide) in [("cluster.key", 0o640), ("worker.key", 0o604)] {
        mode(&node, key, wide);
        let found =
            format!("{key} has the permissions {wide:03o}: others than its owner may use the key");
        let help = format!("chmod 600 {}", node.base_path().join(key).display());
        for (line, right) in SHOW.iter().zip(&right) {
            let mut said = run(line);
            let warnings = said
                .json
                .as_object_mut()
                .expect("an object")
                .remove("warnings");
            let warnings = warnings.unwrap_or_else(|| panic!("{line} with {key}: {}", said.json));
            let warnings = warnings.as_array().expect("a list");
            assert_eq!(warnings.len(), 1, "{line}: {warnings:?}");
            let warning = warnings[0].as_str().expect("text");
            assert!(
                warning.contains(&found) && warning.contains(&help),
                "{warning}"
            );
            // Nothing else differs, whatever the command had to say.
            assert_eq!((said.exit, &said.json), (right.exit, &right.json), "{line}");
        }
        for line in ACT {
            run(line).error(&[&found, &help]);
        }
        let base = node.base_path().display().to_string();
        for command in [&["replay", "--verify"][..], &["rehearse", "--to", "2.0"]] {
            // These have no use for the worker's own.
            let said = node.program(&[command, &["--base-path", &base]].concat());
            let warning = said.json["warnings"][0].as_str();
            let warned = warning.is_some_and(|it| it.contains(&found));
            assert_eq!(warned, key == "cluster.key", "{}", said.json);
        }
        // Without --json it is on stderr, and stdout is as always.
        let shown = |mode| {
            self::mode(&node, key, mode);
            let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
                .args(["dev", "--base-path", &base, "accounts"])
                .env("PINK_ENGINES", engines())
                .output()
                .expect("the program runs");
            assert!(output.status.success(), "{output:?}");
            (
                output.stdout,
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        };
        let (text, said) = shown(wide);
        assert!(
            said.starts_with("warning: ") && said.contains(&found) && said.contains(&help),
            "{said}"
        );
        assert_eq!(shown(0o600), (text, String::new()));
    }
    assert_eq!(node.picture(), picture);
    assert_eq!(run("status").json.get("warnings"), None);
}

/// A key that is given by name can be copied to where it is nobody's but the owner's.
#[test]
fn a_key_that_is_given_by_name_is_the_owner_s_alone() {
    let node = Node::empty(engines());
    let key = node.file("key", "5e".repeat(32).as_bytes());
    fs::set_permissions(&key, Permissions::from_mode(0o644)).expect("the key's file");
    node.run(&["init", "--cluster-key", &key])
        .error(&["644", "chmod 600"]);
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("the key's file");
    node.run(&["init", "--cluster-key", &key]).success();
}

/// Looking makes nothing, not even a key that isn't there yet.
#[test]
fn looking_makes_no_key() {
    let node = Node::new();
    let key = node.base_path().join("worker.key");
    fs::remove_file(&key).expect("the key");
    let said = node.run(&["accounts"]).success();
    assert_eq!(said.json.get("warnings"), None::<&Value>);
    assert!(!key.exists());
    node.run(&["advance", "1"]).success();
    assert!(key.exists());
}
