//! What the command line says: about amounts, arguments, accounts, and what to do next.

use crate::node::{artefact, engines, Node};
use std::{fs, process::Command};

#[test]
fn amounts_are_given_as_they_are_shown() {
    let node = Node::new();
    node.run(&["transfer", "//Bob", "1.5u"]).success();
    node.run(&["transfer", "//Nobody", "1 unit"]).success();
    assert_eq!(node.free("//Nobody"), 1_000_000_000_000);
    node.run(&["transfer", "//Nobody", "0.25 units"]).success();
    assert_eq!(node.free("//Nobody"), 1_250_000_000_000);
    let before = node.free("//Eve");
    node.run(&["transfer", "//Eve", "123_456_789_012_3"])
        .success();
    let shown = node.text(&["accounts", "//Nobody"]);
    assert!(shown.contains(" 1.25u "), "{shown}");
    assert_eq!(node.free("//Eve") - before, 1_234_567_890_123);
    // What is shown, given back word by word.
    let shown = node.text(&["accounts", "//Eve"]);
    let mut lines = shown.lines();
    let line = lines.find(|line| line.contains("//Eve"));
    let free = line.and_then(|line| line.split_whitespace().nth(1));
    let before = (node.free("//Eve"), node.free("//Bob"));
    assert_eq!(before.0, 10_000_001_234_567_890_123);
    let shown = free.expect("an amount");
    let sent = ["transfer", "//Bob", shown, "--from", "//Alice"];
    node.run(&["withdraw", "9_000_000u"]).success();
    node.run(&sent).success();
    assert_eq!(node.free("//Bob") - before.1, before.0);
    node.refused(
        &["transfer", "//Bob", "1.0000000000001u"],
        &["at most 12 digits"],
    );
    node.refused(&["transfer", "//Bob", "1.5"], &["1.5u", "smallest unit"]);
}

#[test]
fn money_for_what_takes_none_is_refused() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let flip = [flipper.as_str(), "--message", "flip", "--value", "1u"];
    for command in ["call", "query", "estimate"] {
        let words = [
            "the message flip takes no money: it isn't payable",
            "leave out --value",
        ];
        node.refused(&[&[command], &flip[..]].concat(), &words);
        // By its selector as well: the metadata knows it.
        let data = [command, &flipper, "--data", "0x633aa551", "--value", "1"];
        node.refused(&data, &words);
    }
    let code = artefact("flipper.contract");
    let make = [
        "--code",
        &*code,
        "--constructor",
        "default",
        "--value",
        "1u",
    ];
    for command in ["instantiate", "estimate-instantiate"] {
        let words = ["the constructor default takes no money"];
        node.refused(&[&[command], &make[..]].concat(), &words);
    }
}

#[test]
fn what_a_contract_could_not_read_is_said() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    for command in ["call", "query", "estimate"] {
        let said = node.run(&[command, &flipper, "--data", "01020304"]);
        let said = said.failed("reverted");
        assert_eq!(said.text("output"), "0x0101");
        assert_eq!(said.text("decoded"), "Err(CouldNotReadInput)");
        assert!(
            said.text("error").contains("no such selector"),
            "{}",
            said.json
        );
    }
    // A known selector with half of its arguments.
    let token = node.deploy("token", &["5"]);
    let said = node
        .run(&["call", &token, "--data", "84a15da100"])
        .failed("reverted");
    assert!(
        said.text("error").contains("arguments don't fit"),
        "{}",
        said.json
    );
    // A contract's own error by its name.
    let said = node
        .call(&token, "transfer", &["//Bob", "6"])
        .failed("reverted");
    assert!(
        said.text("error").contains("Ok(Err(InsufficientBalance))"),
        "{}",
        said.json
    );
}

#[test]
fn arguments_say_what_they_should_have_been() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000"]);
    let long = "7".repeat(100_000);
    for (amount, words) in [
        (
            "340282366920938463463374607431768211456",
            &[
                "transfer takes value: Balance: expected a number from 0 to \
                 340282366920938463463374607431768211455 (u128), found \
                 340282366920938463463374607431768211456",
            ][..],
        ),
        ("0x", &["value: Balance", "found 0x, which is no byte"]),
        (&long, &["found 7777", "… (100000 characters)"]),
    ] {
        let call = [
            "call",
            &token,
            "--message",
            "transfer",
            "--args",
            "//Bob",
            amount,
        ];
        node.refused(&call, words);
        let said = node.run(&call);
        assert!(said.text("error").len() < 600, "{}", said.json);
    }
    node.call(&token, "transfer", &["//Bob", "+7"]).success();
    assert_eq!(node.ask(&token, "balance_of", &["//Bob"]), "Ok(7)");
    let code = artefact("factory.contract");
    let factory = [
        "query",
        &token,
        "--metadata",
        &code,
        "--message",
        "instantiate_child",
    ];
    node.run(&[&factory[..], &["--args", "true"]].concat())
        .error(&["2 arguments (value: bool, salt: Vec<u8>), 1 given"]);
    // Empty bytes are bytes: the message is another contract's, which reads as much.
    node.run(&[&factory[..], &["--args", "true", "0x"]].concat())
        .failed("reverted");
}

/// A message that is longer than a command line can be.
#[test]
fn input_comes_from_files() {
    let node = Node::new();
    let code = artefact("outside.contract");
    let made = node.run(&["instantiate", "--code", &code, "--constructor", "default"]);
    let outside = made.success().text("address").to_owned();
    let selector = sp_crypto_hashing::blake2_256(b"work");
    let input = format!("0x{}03000000\n", hex::encode(&selector[..4]));
    let at = format!("@{}", node.file("input.hex", input.as_bytes()));
    let by_name = node.run(&["query", &outside, "--message", "work", "--args", "3"]);
    let by_name = by_name.success();
    let by_file = node.run(&["query", &outside, "--data", &at]).success();
    assert_eq!(by_file.text("output"), by_name.text("output"));
    assert_eq!(by_file.json["gas_consumed"], by_name.json["gas_consumed"]);
    let large = format!("0x{}", "5a".repeat(200_000));
    let large = format!("@{}", node.file("large.hex", large.as_bytes()));
    let call = ["call", &outside, "--message", "ask", "--args", "0", &large];
    let said = node.run(&call);
    assert!(said.json["gas_consumed"].is_object(), "{}", said.json);
    node.refused(
        &["call", &outside, "--data", "@/nowhere"],
        &["can't read /nowhere"],
    );
    let text = format!("@{}", node.file("text", b"no hex"));
    node.refused(&["call", &outside, "--data", &text], &["hex"]);
}

#[test]
fn accounts_that_are_almost_known_are_named() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let flip = ["call", &flipper, "--message", "flip", "--from"];
    let by = |who: &str| node.run(&[&flip[..], &[who]].concat());
    let said = by("//alice").error(&["//alice is the account 5", "another than //Alice"]);
    assert!(
        said.text("error").contains("capital letters"),
        "{}",
        said.json
    );
    by("//Alcie").error(&["another than //Alice", "mistyped"]);
    // On the chain it can pay for the order.
    node.run(&["withdraw", "5u", "--to", "//Nobody"]).success();
    let other = by("//Nobody").error(&["transfer 5"]);
    assert!(!other.text("error").contains("another than"));
    by("//Bob").success();
}

#[test]
fn queries_are_free_at_any_price() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let price = "999_999_999_999_999_999_999_999_999_999_999";
    let said = node.run(&["prices", "--gas-price", price]).success();
    let at = said.json["pending"]["from_block"]
        .as_u64()
        .expect("a block");
    let now = said.json["block"].as_u64().expect("a block");
    node.run(&["advance", &(at - now).to_string()]).success();
    let said = node.run(&["prices"]).success();
    assert_eq!(said.json["prices"]["gas_price"], price.replace('_', ""));
    assert_eq!(node.ask(&flipper, "get", &[]), "Ok(true)");
    for command in ["call", "estimate"] {
        let flip = [command, &flipper, "--message", "flip"];
        node.refused(&flip, &["FeeOverflow", "lower --value or --gas-limit"]);
    }
}

#[test]
fn announced_prices_say_when_they_come() {
    let node = Node::new();
    let said = node.run(&["prices", "--gas-price", "11"]).success();
    let at = said.json["pending"]["from_block"]
        .as_u64()
        .expect("a block");
    let now = said.json["block"].as_u64().expect("a block");
    let words = [
        "PricesPending".to_owned(),
        format!("come in block {at}, the last block is {now}"),
        format!("`advance {}`", at - now),
    ];
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    node.refused(&["prices", "--gas-price", "12"], &words);
}

#[test]
fn a_bundle_of_other_code_is_refused() {
    let node = Node::new();
    let bundle = fs::read(artefact("flipper.contract")).expect("the flipper");
    let mut bundle: serde_json::Value = serde_json::from_slice(&bundle).expect("JSON");
    let token = fs::read(artefact("token.wasm")).expect("the token");
    bundle["source"]["wasm"] = format!("0x{}", hex::encode(token)).into();
    let file = node.file("mixed.contract", bundle.to_string().as_bytes());
    let words = [
        "contradicts itself",
        "source.hash is \"0x2a719c70",
        "is 0xc22ea59a",
    ];
    node.refused(&["upload", &file], &words);
    node.refused(
        &["instantiate", "--code", &file, "--constructor", "default"],
        &words,
    );
}

#[test]
fn the_base_path_may_follow_the_command() {
    let node = Node::new();
    let path = node.base_path().display().to_string();
    let said = node
        .program(&["dev", "status", "--base-path", &path])
        .success();
    assert_eq!(said.text("state"), "running");
    node.program(&["dev", "status"])
        .error(&["--base-path is missing", "before or after"]);
    let there = engines().display().to_string();
    let said = node.program(&["dev", "--engines", &there, "status", "--base-path", &path]);
    said.success();
}

/// Colours are for terminals: stderr is a pipe here.
#[test]
fn what_is_not_a_terminal_gets_no_colours() {
    let node = Node::new();
    let run = |colour: Option<&str>, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pink-worker"));
        command
            .args(["dev", "--base-path"])
            .arg(node.base_path())
            .args(args)
            .env("PINK_ENGINES", &node.engines)
            .env("RUST_LOG", "trace");
        match colour {
            Some(value) => command.env("NO_COLOR", value),
            None => command.env_remove("NO_COLOR"),
        };
        command.output().expect("the program runs")
    };
    for colour in [None, Some("1"), Some("")] {
        for args in [
            &["advance", "1"][..],
            &["transfer", "//Bob", "x"],
            &["status"],
        ] {
            let output = run(colour, args);
            if args[0] == "advance" {
                assert!(!output.stderr.is_empty(), "nothing was logged");
            }
            for text in [&output.stderr, &output.stdout] {
                assert!(!text.contains(&0x1b), "{}", String::from_utf8_lossy(text));
            }
        }
    }
}

#[test]
fn bad_accounts_in_the_configuration_are_named() {
    let node = Node::new();
    let path = node.base_path().join("worker.toml");
    fs::write(
        &path,
        "[http]\nenabled = true\n\n[cache.weights]\n5Bad = 7\n",
    )
    .expect("a file");
    node.run(&["status"]).error(&[
        "worker.toml",
        "line 5",
        "5Bad",
        "an SS58 address",
        "64 hex digits",
    ]);
    fs::write(&path, "[cache.weights]\n\"0x12\" = 7\n").expect("a file");
    node.run(&["status"]).error(&["line 2", "0x12", "1 bytes"]);
}

/// Whatever is asked for, `--json` gives one object with these keys.
#[test]
fn every_answer_has_a_status_and_an_error() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let flip = ["--message", "flip"];
    for command in ["call", "query", "estimate"] {
        let said = node.run(&[&[command, &flipper], &flip[..]].concat());
        for key in [
            "status",
            "error",
            "engine",
            "block",
            "gas_limit",
            "gas_consumed",
            "gas_price",
        ] {
            assert!(said.json.get(key).is_some(), "{command} has no {key}");
        }
        assert_eq!(said.json.get("gas_required").is_some(), command != "call");
        assert_eq!(said.json.get("state_root").is_some(), command == "call");
    }
}
