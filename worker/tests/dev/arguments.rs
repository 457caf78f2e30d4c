//! What the command line says about arguments that it can't take.

use crate::node::Node;
use clap::CommandFactory;
use pink_worker::cli::args::Cli;
use std::process::Command;

/// What the program says on stderr.
fn said(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .args(args)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Without an input, both ways of giving one are named, by the names that the command has.
#[test]
fn what_a_contract_is_given_can_be_given_in_two_ways() {
    let node = Node::new();
    let none = "required arguments were not provided";
    for command in ["call", "query", "estimate"] {
        node.refused(&[command, "//Bob"], &[none, "<--message <NAME>|--data <"]);
    }
    for command in ["instantiate", "estimate-instantiate"] {
        let words = [none, "<--constructor <NAME>|--data <"];
        node.refused(&[command, "--code", "file"], &words);
        let shown = Command::new(env!("CARGO_BIN_EXE_pink-worker"))
            .args(["dev", command, "--help"])
            .output()
            .expect("the program runs");
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains("--constructor <NAME>"), "{shown}");
        assert!(!shown.contains("--message"), "{shown}");
    }
    // Either name is taken by either.
    let code = crate::node::artefact("flipper.contract");
    let made = [
        "instantiate",
        "--code",
        &code,
        "--message",
        "new",
        "--args",
        "true",
    ];
    let made = node.run(&made).success();
    node.run(&["query", made.text("address"), "--constructor", "get"])
        .success();
}

/// In every place where a number may stand.
#[test]
fn numbers_below_zero_are_no_options() {
    let mut left = vec![(vec![], Cli::command())];
    let mut tried = 0;
    while let Some((path, command)) = left.pop() {
        for sub in command
            .get_subcommands()
            .filter(|it| it.get_name() != "help")
        {
            left.push((
                [&path[..], &[sub.get_name().to_owned()]].concat(),
                sub.clone(),
            ));
        }
        let places = command
            .get_arguments()
            .filter(|it| it.get_action().takes_values());
        for place in places {
            // A contract's own arguments have a sign.
            if place.get_id() == "args" || command.has_subcommands() {
                continue;
            }
            for number in ["-5", "-5u", "-1.5u", "-5,3", "-0x12", "-1_000"] {
                let option = place.get_long().map(|name| format!("--{name}"));
                let mut words: Vec<&str> = path.iter().map(String::as_str).collect();
                words.extend(option.as_deref());
                words.push(number);
                let said = said(&words);
                let what = option
                    .clone()
                    .unwrap_or_else(|| "there is no number".into());
                assert!(said.contains("below zero"), "{words:?}: {said}");
                assert!(said.contains(&what), "{words:?}: {said}");
                assert!(
                    said.contains(&format!("found {number:?}")),
                    "{words:?}: {said}"
                );
                assert!(!said.contains("tip"), "{words:?}: {said}");
                tried += 1;
            }
        }
    }
    assert!(tried > 400, "{tried}");
}

/// What every command takes doesn't stand among what this one takes.
#[test]
fn a_command_s_own_options_come_first() {
    let mut tried = 0;
    for name in ["dev", "engine", "witness"] {
        let mut cli = Cli::command();
        cli.build();
        let above = cli.find_subcommand(name).expect(name);
        let common: Vec<_> = above
            .get_arguments()
            .filter(|it| it.is_global_set())
            .collect();
        let common: Vec<_> = common.iter().filter_map(|it| it.get_long()).collect();
        for command in above.get_subcommands() {
            let help = command.clone().render_help().to_string();
            let place = |option: &str| {
                help.find(&format!(" --{option} "))
                    .or_else(|| help.find(&format!(" --{option}\n")))
            };
            let own = command.get_arguments().filter_map(|it| it.get_long());
            let own = own.filter(|it| !common.contains(it) && *it != "help");
            let last = own.filter_map(place).max();
            let first = common.iter().filter_map(|it| place(it)).min();
            if let (Some(last), Some(first)) = (last, first) {
                assert!(last < first, "{name} {}: {help}", command.get_name());
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

/// A file that isn't there is the same everywhere.
#[test]
fn a_file_that_is_not_there_is_named_alike() {
    let node = Node::new();
    let token = node.deploy("token", &["5"]);
    let base = node.base_path().display().to_string();
    let there = "witness record --block 3 --seq 6 /nowhere/w --base-path BASE";
    for (line, error) in [
        ("engine inspect /nowhere", "can't read"),
        ("engine verify /nowhere", "can't read"),
        ("engine test /nowhere", "can't read"),
        ("engine list --engines /nowhere", "can't read"),
        ("witness execute /nowhere", "can't read"),
        (
            "witness execute /nowhere --cluster-key /nowhere",
            "can't read",
        ),
        (there, "can't write"),
        (
            "dev --base-path BASE2 init --cluster-key /nowhere",
            "can't read",
        ),
        ("dev --base-path BASE upload /nowhere", "can't read"),
        (
            "dev --base-path BASE instantiate --code /nowhere --constructor new",
            "can't read",
        ),
        (
            "dev --base-path BASE query TOKEN --metadata /nowhere --message flip",
            "can't read",
        ),
        (
            "dev --base-path BASE query TOKEN --data @/nowhere",
            "can't read",
        ),
        (
            "dev --base-path BASE query TOKEN --message balance_of --args @/nowhere",
            "can't read",
        ),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let words: Vec<_> = words
            .iter()
            .map(|word| match *word {
                "BASE" => base.clone(),
                "BASE2" => format!("{base}2"),
                "TOKEN" => token.clone(),
                word => word.into(),
            })
            .collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let said = node.program(&words).error(&[
            &format!("{error} /nowhere"),
            ": No such file or directory (os error 2)",
            if line.contains("--data") {
                "try '--help'"
            } else {
                "check the path"
            },
        ]);
        assert!(
            !said.text("error").contains("entity"),
            "{line}: {}",
            said.json
        );
    }
}

/// What somebody tries first.
#[test]
fn first_steps_are_met_halfway() {
    let nothing = said(&[]);
    assert!(
        nothing.starts_with("error: a command is missing\n"),
        "{nothing}"
    );
    assert!(
        nothing.contains("Usage: pink-worker <COMMAND>"),
        "{nothing}"
    );
    for (line, name) in [
        ("transfer Bob 1u", "//Bob"),
        ("accounts alice", "//Alice"),
        ("call //Bob --message flip --from Eve", "//Eve"),
    ] {
        let words = ["dev", "--base-path", "x"]
            .into_iter()
            .chain(line.split(' '));
        let said = said(&words.collect::<Vec<_>>());
        assert!(
            said.contains(&format!("is {name} meant?")),
            "{line}: {said}"
        );
    }
    assert!(!said(&["dev", "accounts", "nobody"]).contains("meant"));
    for line in [
        "advance x",
        "advance 1.5",
        "advance 1 --seconds 1s",
        "blocks --last all",
        "amend x --skip",
        "upgrade 2.0 --at next",
        "replay --from x",
        "rehearse --to 2.0 --last 1k",
        "query //Bob --message get --deadline-ms 1s",
    ] {
        let words = ["dev"].into_iter().chain(line.split(' '));
        let said = said(&words.collect::<Vec<_>>());
        assert!(said.contains(": expected a whole number"), "{line}: {said}");
    }
}
