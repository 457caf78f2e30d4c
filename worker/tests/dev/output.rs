//! How an answer is given: as one JSON object, with these keys, or not at all, and then not with
//! exit status 0.

use crate::node::{artefact, engines, Node};
use clap::CommandFactory;
use pink_worker::cli::args::Cli;
use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    io,
    process::{Command, Output, Stdio},
};

/// The commands that people see, by their path.
fn commands() -> BTreeSet<Vec<String>> {
    let mut left = vec![(Vec::new(), Cli::command())];
    let mut found = BTreeSet::new();
    while let Some((path, command)) = left.pop() {
        let below: Vec<_> = command
            .get_subcommands()
            .filter(|it| !it.is_hide_set() && it.get_name() != "help")
            .map(|it| {
                (
                    [&path[..], &[it.get_name().to_owned()]].concat(),
                    it.clone(),
                )
            })
            .collect();
        // What a shell reads is no object.
        if below.is_empty() && path != ["completions"] {
            found.insert(path);
        }
        left.extend(below);
    }
    found
}

/// Of each command a line that it takes on a chain on 1.1 that has a contract, `FLIPPER`, and no
/// second worker. Not all of them succeed: what a command says then has the same keys.
const LINES: [&str; 68] = [
    "dev init --engine 1.1",
    "dev upload FILE",
    "dev activate 0x1111111111111111111111111111111111111111111111111111111111111111",
    "dev remove-code 0x1111111111111111111111111111111111111111111111111111111111111111",
    "dev instantiate --code FILE --constructor new --args true --value 2u --salt 07",
    "dev call FLIPPER --message flip",
    "dev query FLIPPER --message get",
    "dev estimate FLIPPER --message flip",
    "dev estimate-instantiate --code FILE --constructor new --args true --value 2u --salt 08",
    "dev add-worker //Dave",
    "dev transfer //Bob 1u",
    "dev advance 1",
    "dev accounts",
    "dev blocks",
    "dev withdraw 1u",
    "dev prices",
    "dev prices --gas-price 11",
    "dev engines",
    "dev engine-mode 2.0 interpreted",
    "dev register 1.0",
    "dev acknowledge //Dave",
    "dev resolve",
    "dev upgrade 2.0",
    "dev amend 7 --skip",
    "dev status",
    "dev storage FLIPPER 0x0000000000000000000000000000000000000000000000000000000000000000",
    "dev rent FLIPPER",
    "dev claim FLIPPER",
    "dev replay --verify",
    "dev rehearse --to 2.0",
    "dev serve --chain-port 0 --rpc-port 0",
    "replay --base-path BASE",
    "rehearse --base-path BASE --to 2.0",
    "check --base-path BASE",
    "engine list",
    "engine inspect ENGINE",
    "engine verify ENGINE",
    "engine test ENGINE --only elf",
    "engine test --list",
    "witness record --base-path BASE --block BLOCK --seq SEQ WITNESS",
    "witness execute WITNESS",
    "compare --base-path BASE --with BASE",
    "snapshot export --base-path BASE --out SNAPSHOT",
    "snapshot info SNAPSHOT",
    "snapshot import SNAPSHOT --confirmed-by BASE --base-path NOWHERE",
    "snapshot fetch http://127.0.0.1:9 --confirmed-by BASE --out NOTHING",
    "snapshot serve --base-path BASE --block 99",
    "upload FILE --chain CHAIN --from //Alice",
    "instantiate --code FILE --constructor new --args true --chain CHAIN --from //Alice",
    "call FLIPPER --data 0x00 --chain CHAIN --from //Alice",
    "query FLIPPER --data 0x00 --worker http://127.0.0.1:9",
    "estimate FLIPPER --data 0x00 --worker http://127.0.0.1:9",
    "estimate-instantiate --code FILE --constructor new --args true --worker http://127.0.0.1:9",
    "transfer //Bob 1u --chain CHAIN --from //Alice",
    "withdraw 1u --chain CHAIN --from //Alice",
    "upgrade 2.0 --chain CHAIN --from //Alice",
    "worker admit //Bob --chain CHAIN --from //Alice",
    "worker serve //Bob --chain CHAIN --from //Alice",
    "worker add //Bob --chain CHAIN --from //Alice",
    "key generate --keystore KEYS",
    "key list --keystore KEYS",
    "key insert --keystore KEYS",
    "run --chain ws://127.0.0.1:9 --base-path BASE",
    "config show --base-path BASE",
    "config check --chain ws://127.0.0.1:9 --base-path BASE",
    "db migrate --base-path BASE",
    "db stats --base-path BASE",
    "db purge --base-path BASE --yes",
];

/// Those of the lines that don't succeed there, by their ends, and how they end.
const FAIL: [(&str, i32, &str); 15] = [
    ("init --engine 1.1", 2, "error"),
    ("upload FILE", 2, "error"),
    ("1111", 2, "error"),
    ("register 1.0", 2, "error"),
    ("resolve", 2, "error"),
    ("amend 7 --skip", 2, "error"),
    ("claim FLIPPER", 1, "trapped"),
    // The base path is that of a chain that isn't served.
    ("serve --chain-port 0 --rpc-port 0", 2, "error"),
    // Its block isn't confirmed, nobody is there, and nor is the block.
    ("--base-path NOWHERE", 2, "error"),
    ("--out NOTHING", 2, "error"),
    ("--block 99", 2, "error"),
    // No worker is there, that is no endpoint, nothing is on stdin, and the base path is a development node's.
    ("--worker http://127.0.0.1:9", 2, "error"),
    ("--chain CHAIN --from //Alice", 2, "error"),
    ("key insert --keystore KEYS", 2, "error"),
    ("run --chain ws://127.0.0.1:9 --base-path BASE", 2, "error"),
];

#[test]
fn every_command_s_object_has_a_status_and_an_error() {
    let named = LINES.map(|line| line.split(' ').collect::<Vec<_>>());
    for path in commands() {
        let has = named
            .iter()
            .any(|line| line.starts_with(&path.iter().map(String::as_str).collect::<Vec<_>>()));
        assert!(has, "no line for {path:?}");
    }
    let node = Node::empty(engines());
    node.run(&["init", "--engine", "1.1"]).success();
    let code = artefact("flipper-ink3.contract");
    let made = node.run(&[
        "instantiate",
        "--code",
        &code,
        "--constructor",
        "new",
        "--args",
        "true",
        "--value",
        "2u",
    ]);
    let made = made.success();
    let flipper = made.text("address").to_owned();
    let (block, seq) = (made.json["block"].to_string(), made.json["seq"].to_string());
    let base = node.base_path().display().to_string();
    let engine = engines().join("libpink.so.2.0").display().to_string();
    let witness = node.dir.path().join("witness").display().to_string();
    let snapshot = node.dir.path().join("snapshot").display().to_string();
    let keys = node.dir.path().join("keys").display().to_string();
    let nothing = node.dir.path().join("nothing").display().to_string();
    let mut failed: BTreeSet<(&str, i32, &str)> = BTreeSet::new();
    for line in LINES {
        let mut words: Vec<&str> = Vec::new();
        for word in line.split(' ') {
            words.push(match word {
                "FLIPPER" => &flipper,
                "FILE" => &code,
                "BASE" => &base,
                "BLOCK" => &block,
                "SEQ" => &seq,
                "ENGINE" => &engine,
                "WITNESS" => &witness,
                "SNAPSHOT" => &snapshot,
                "NOTHING" => &nothing,
                "CHAIN" => "nowhere",
                "KEYS" => &keys,
                word => word,
            });
            if word == "dev" {
                words.extend(["--base-path", &base]);
            }
        }
        let said = node.program(&words);
        let status = said.json["status"].as_str();
        let error = said.json.get("error");
        let error = error.unwrap_or_else(|| panic!("{line} has no error: {}", said.json));
        let fails = FAIL.iter().find(|(end, _, _)| line.ends_with(end));
        let expected = fails.map_or((0, "success"), |(_, exit, status)| (*exit, *status));
        assert_eq!(
            (said.exit, status),
            (expected.0, Some(expected.1)),
            "{line}: {}",
            said.json
        );
        assert_eq!(error.is_string(), fails.is_some(), "{line}: {}", said.json);
        failed.extend(fails);
        // What it doesn't know.
        let wrong = node.program(&[&words[..], &["--nonsense"]].concat());
        wrong.error(&["--nonsense"]);
    }
    assert_eq!(failed.len(), FAIL.len());
}

/// A check that isn't passed is exit status 1, and the object says so.
#[test]
fn an_engine_that_fails_its_checks_says_which() {
    let node = Node::empty(engines());
    let file = node.file("libpink.so.2.0", b"\x7fELF and nothing else");
    let said = node.program(&["engine", "test", &file, "--only", "elf"]);
    assert_eq!(
        (said.exit, said.text("status")),
        (1, "failed"),
        "{}",
        said.json
    );
    assert!(said.text("error").contains("elf"), "{}", said.json);
    assert_eq!(said.json["passed"], false);
    assert_eq!(said.json["checks"][0]["outcome"], "failed");
}

/// What people ask for that needs no chain, and what asks one.
fn answers(node: &Node) -> Vec<Vec<String>> {
    let base = node.base_path().display().to_string();
    let lines = [
        "--version",
        "--help",
        "dev call --help",
        "engine list",
        "engine list --json",
        "engine test --list",
        "engine test --list --json",
        "engine test ENGINE --only elf",
        "engine test ENGINE --only elf --json",
        "dev --base-path BASE status",
        "dev --base-path BASE status --json",
        "dev --base-path BASE advance 1 --json",
        "dev --base-path BASE status --nonsense --json",
        "check --base-path BASE",
    ];
    let engine = engines().join("libpink.so.2.0").display().to_string();
    let words = lines.map(|line| {
        let words = line.split(' ').map(|word| match word {
            "BASE" => base.clone(),
            "ENGINE" => engine.clone(),
            word => word.into(),
        });
        words.collect()
    });
    words.into()
}

fn run_into(node: &Node, args: &[String], stdout: Stdio) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .args(args)
        .env("PINK_ENGINES", &node.engines)
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(|child| child.wait_with_output())
        .expect("the program runs")
}

#[test]
fn what_can_not_be_written_is_no_success() {
    let node = Node::new();
    for args in answers(&node) {
        let full = OpenOptions::new().write(true).open("/dev/full");
        let output = run_into(&node, &args, full.expect("Linux has it").into());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        for words in [
            "can't write the answer",
            "No space left",
            "the disk is full",
        ] {
            assert!(said.contains(words), "{args:?}: {said}");
        }
    }
    // What was asked for was done all the same.
    let made = node.run(&["status"]).success().json["block"].as_u64();
    assert_eq!(made, Some(3));
}

/// `| head` is no failure.
#[test]
fn a_reader_that_went_away_is_no_failure() {
    let node = Node::new();
    for args in answers(&node) {
        let (reader, writer) = io::pipe().expect("a pipe");
        drop(reader);
        let output = run_into(&node, &args, writer.into());
        let said = String::from_utf8_lossy(&output.stderr);
        let expected = if args.iter().any(|it| it == "--nonsense") {
            2
        } else {
            0
        };
        assert_eq!(output.status.code(), Some(expected), "{args:?}: {said}");
        assert!(said.is_empty(), "{args:?}: {said}");
    }
}
