//! Calls that can't be.

use crate::node::{artefact, engines, Node};

#[test]
fn addresses_payers_and_limits() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["false"]);
    let nobody = format!("0x{}", "22".repeat(32));
    node.refused(
        &["call", &nobody, "--data", "00"],
        &["ContractNotFound", "check the address"],
    );
    node.refused(
        &["call", &nobody, "--message", "flip"],
        &["there is no contract at"],
    );
    let flip = ["call", &flipper, "--message", "flip"];
    let with = |more: &[&str], words: &[&str]| node.refused(&[&flip[..], more].concat(), words);
    // Having it ordered is paid on the chain, whatever is in the cluster.
    with(&["--from", "//Nobody"], &["FundsUnavailable", "withdraw"]);
    with(
        &["--gas-limit", "0"],
        &["ZeroGasLimit", "can execute nothing", "estimate"],
    );
    let max = u64::MAX.to_string();
    with(
        &["--gas-limit", &max],
        &["GasLimitTooHigh", "at most --gas-limit"],
    );
    with(
        &["--gas-limit", &format!("{max},{max}")],
        &["GasLimitTooHigh"],
    );
    let value = u128::MAX.to_string();
    with(&["--value", &value], &["isn't payable", "--value"]);
    let outside = node.run(&[
        "instantiate",
        "--code",
        &artefact("outside.contract"),
        "--constructor",
        "default",
    ]);
    let outside = outside.success().text("address").to_owned();
    node.refused(
        &["call", &outside, "--message", "money", "--value", &value],
        &["FeeOverflow", "--value"],
    );
    with(
        &["--gas-limit", "18446744073709551616"],
        &["at most 18446744073709551615"],
    );
    let args = ["estimate", &flipper, "--message", "flip", "--gas-limit"];
    node.refused(&[&args[..], &["0"]].concat(), &["ZeroGasLimit"]);
    node.refused(&[&args[..], &[&max]].concat(), &["GasLimitTooHigh"]);
    // A query is none of the chain's business: its bound is the operator's.
    let args = ["query", &flipper, "--message", "flip", "--gas-limit"];
    let none = node.run(&[&args[..], &["0"]].concat());
    none.failed("out_of_gas");
    node.refused(
        &[&args[..], &[&max]].concat(),
        &["the gas limit is", "at most"],
    );
    node.refused(
        &["transfer", "//Bob", "99_000_000_000_000_000_000_000"],
        &["the account has less than that", "send at most"],
    );
    node.refused(&["transfer", "//Bob", "1"], &["AmountTooLow", "at least"]);
    node.refused(
        &["transfer", "//Bob", "5_000_000_000", "--from", "//Nobody"],
        &["refused"],
    );
}

#[test]
fn malformed_hex_addresses_and_amounts() {
    let node = Node::new();
    let wrong: [(&[&str], &[&str]); 9] = [
        (&["call", "//Bob", "--data", "0xabc"], &["hex", "3 digits"]),
        (&["call", "//Bob", "--data", "zz"], &["hex"]),
        (
            &["call", "0x1234", "--data", "00"],
            &["32 bytes", "2 bytes"],
        ),
        (&["call", "Bob", "--data", "00"], &["//Name", "SS58"]),
        (
            &[
                "accounts",
                "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ",
            ],
            &["checksum", "mistyped"],
        ),
        (&["transfer", "//Bob", "1.5"], &["smallest unit", "1.5u"]),
        (&["transfer", "//Bob", "-5"], &["-5"]),
        (
            &["instantiate", "--code-hash", "0x12", "--data", "00"],
            &["64 hex digits"],
        ),
        (&["call", "//Bob"], &["--message"]),
    ];
    for (args, words) in wrong {
        node.refused(args, words);
    }
    // Without --json, the same on stderr, and nothing on stdout.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_pink-worker"))
        .args([
            "dev",
            "--base-path",
            "x",
            "call",
            "//Bob",
            "--data",
            "0xabc",
        ])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("hex"));
}

#[test]
fn malformed_metadata_and_arguments() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000"]);
    let transfer = |args: &[&str], words: &[&str]| {
        let call = ["call", &token, "--message", "transfer", "--args"];
        node.refused(&[&call[..], args].concat(), words);
    };
    transfer(
        &["//Bob"],
        &["2 arguments (to: AccountId, value: Balance), 1 given"],
    );
    transfer(&["//Bob", "1", "2"], &["3 given"]);
    transfer(&["//Bob", "1x"], &["\"1x\"", "neither a number"]);
    transfer(&["//Bob", "(1"], &["brackets"]);
    transfer(&["//Bob", "true"], &["value: Balance"]);
    transfer(&["//Bob", "-1"], &["value: Balance"]);
    transfer(&["0x1234", "1"], &["to: AccountId"]);
    transfer(&["5Bob", "1"], &["5Bob"]);
    node.refused(
        &["call", &token, "--message", "tranfser"],
        &["no message \"tranfser\"", "transfer_from", "--data HEX"],
    );
    node.refused(
        &["call", &token, "--message", "new"],
        &["no message \"new\""],
    );

    let call = [
        "call",
        &token,
        "--message",
        "transfer",
        "--args",
        "//Bob",
        "1",
        "--metadata",
    ];
    let metadata = |file: &str, words: &[&str]| {
        node.refused(&[&call[..], &[file]].concat(), words);
    };
    metadata(&node.file("a.json", b"hello"), &["isn't JSON"]);
    metadata(
        &node.file("b.json", b"{}"),
        &["no contract of ink! 3, 4 or 5", "--data HEX"],
    );
    metadata(
        &node.file("c.json", br#"{"version": "4"}"#),
        &["its version is \"4\""],
    );
    metadata("missing.json", &["can't read missing.json"]);
    metadata(
        &artefact("flipper.contract"),
        &["no message \"transfer\"", "flip, get"],
    );
}

#[test]
fn money_that_cannot_be() {
    for (endow, words) in [
        ("//Alice=0", "it owns the cluster"),
        ("//Bob=5", "at least the existential deposit"),
        (
            "//Bob=340282366920938463463374607431768211455",
            "there isn't that much money",
        ),
        ("//Bob", "WHO=AMOUNT"),
    ] {
        let node = Node::empty(engines());
        node.run(&["init", "--engine", "2.0", "--endow", endow])
            .error(&[words]);
        node.run(&["init", "--engine", "2.0", "--endow", "//Bob=0"])
            .success();
        assert_eq!(node.free("//Bob"), 0);
    }
}
