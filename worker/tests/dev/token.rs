//! The token, from extrinsic to receipt, and what it costs.

use crate::node::{Node, DEFAULT_LIMIT, GAS_PRICE, UNIT};

#[test]
fn a_token_is_deployed_transferred_and_asked() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000_000"]);
    let sent = node.call(&token, "transfer", &["//Bob", "1_000"]).success();
    assert_eq!(sent.text("decoded"), "Ok(Ok())");
    assert_eq!(sent.text("engine"), "2.0");
    let events = sent.json["events"].as_array().expect("a list");
    let emitted = events
        .iter()
        .find(|it| it["event"] == "ContractEmitted")
        .expect("the contract's event");
    let decoded = emitted["decoded"].as_str().expect("text");
    assert!(
        decoded.starts_with("Transfer { from: Some(5Grwva"),
        "{decoded}"
    );
    assert!(decoded.ends_with("value: 1000 }"), "{decoded}");

    assert_eq!(node.ask(&token, "balance_of", &["//Bob"]), "Ok(1000)");
    assert_eq!(node.ask(&token, "balance_of", &["//Alice"]), "Ok(999000)");
    assert_eq!(node.ask(&token, "total_supply", &[]), "Ok(1000000)");

    node.call(&token, "approve", &["//Bob", "5"]).success();
    let spend = |amount| {
        let args = [
            "call",
            &token,
            "--from",
            "//Bob",
            "--message",
            "transfer_from",
        ];
        node.run(&[&args[..], &["--args", "//Alice", "//Eve", amount]].concat())
    };
    let refused = spend("6").failed("reverted");
    assert_eq!(refused.text("decoded"), "Ok(Err(InsufficientAllowance))");
    spend("5").success();
    assert_eq!(node.ask(&token, "balance_of", &["//Eve"]), "Ok(5)");
}

/// Fee and refund are what was prepaid, to the unit, whatever the outcome; the fee is what was
/// used; and no money comes or goes.
#[test]
fn every_unit_is_accounted_for() {
    let node = Node::new();
    let all = node.issuance();
    assert_eq!(all, 6 * 10_000_000 * UNIT as i128);
    let token = node.deploy("token", &["1_000_000"]);
    let factory = {
        let flipper = node.run(&["upload", &crate::node::artefact("flipper.contract")]);
        let hash = flipper.success().text("code_hash").to_owned();
        node.deploy("factory", &[&hash])
    };
    let before = node.free("//Bob");
    let treasury_before = treasury(&node);
    let by_bob = ["--from", "//Bob"];
    let calls: [(&[&str], &str); 5] = [
        (
            &[
                "call",
                &token,
                "--message",
                "transfer",
                "--args",
                "//Eve",
                "0",
            ],
            "success",
        ),
        (
            &[
                "call",
                &token,
                "--message",
                "transfer",
                "--args",
                "//Eve",
                "9",
            ],
            "reverted",
        ),
        (&["call", &factory, "--message", "trap"], "trapped"),
        (
            &[
                "call",
                &factory,
                "--message",
                "spin",
                "--gas-limit",
                "5_000_000_000",
            ],
            "out_of_gas",
        ),
        (
            &["call", &factory, "--message", "write", "--gas-limit", "0,0"],
            "error",
        ),
    ];
    let mut paid = 0;
    for (call, status) in calls {
        let said = node.run(&[call, &by_bob].concat());
        assert_eq!(said.text("status"), status, "{}", said.json);
        if status != "error" {
            let limit = u128::from(said.ref_time("gas_limit"));
            let used = u128::from(said.ref_time("gas_consumed"));
            let (fee, refund) = (said.money("fee"), said.money("refund"));
            assert_eq!(fee + refund, (limit * GAS_PRICE) as i128, "{status}");
            assert_eq!(fee, (used * GAS_PRICE) as i128, "{status}");
            assert!(used <= limit);
            assert_eq!(refund == 0, status == "out_of_gas");
            paid += fee + said.money("storage_deposit");
        }
        assert_eq!(node.issuance(), all, "{status}");
    }
    assert_eq!(before - node.free("//Bob"), paid);
    assert!(treasury(&node) > treasury_before);
}

fn treasury(node: &Node) -> i128 {
    let said = node.run(&["accounts"]).success();
    let accounts = said.json["accounts"].as_array().expect("a list");
    let treasury = accounts.iter().find(|it| it["name"] == "treasury");
    let free = treasury
        .and_then(|it| it["free"].as_str())
        .expect("a treasury");
    free.parse().expect("a decimal number")
}

/// An estimate is the gas of the transaction, to the picosecond, and changes nothing.
#[test]
fn estimates_are_exact() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000"]);
    let args = ["--message", "transfer", "--args", "//Bob", "1"];
    let before = node.picture();
    let estimate = node
        .run(&[&["estimate", &token], &args[..]].concat())
        .success();
    assert_eq!(node.picture(), before);

    let call = node.run(&[&["call", &token], &args[..]].concat()).success();
    for field in [
        "gas_limit",
        "gas_consumed",
        "fee",
        "refund",
        "storage_deposit",
        "output",
    ] {
        assert_eq!(estimate.json[field], call.json[field], "{field}");
    }
    // The base is in the receipt's limit, not in the sender's.
    let base = call.ref_time("gas_limit") - DEFAULT_LIMIT;
    let query = node
        .run(&[&["query", &token], &args[..]].concat())
        .success();
    assert_eq!((query.money("fee"), query.money("refund")), (0, 0));

    let again = node
        .run(&[&["estimate", &token], &args[..]].concat())
        .success();
    let required = again.ref_time("gas_required") - base;
    let proof = again.json["gas_required"]["proof_size"]
        .as_u64()
        .expect("a number");
    let with = |limit: u64| {
        let limit = format!("{limit},{proof}");
        node.run(&[&["estimate", &token, "--gas-limit", &limit], &args[..]].concat())
    };
    with(required).success();
    with(required - 1).failed("out_of_gas");
}

#[test]
fn prices_are_those_of_the_start() {
    let args = [
        "--gas-price",
        "7",
        "--deposit-per-byte",
        "3_000_000",
        "--deposit-per-item",
        "500_000_000",
    ];
    let node = Node::with(&[&args[..], &["--endow", "//Bob=5_000_000_000_000"]].concat());
    assert_eq!(node.free("//Bob"), 5 * UNIT as i128);
    let token = node.deploy("token", &["1_000"]);
    let said = node.call(&token, "transfer", &["//Bob", "1"]).success();
    assert_eq!(
        said.money("fee"),
        i128::from(said.ref_time("gas_consumed")) * 7
    );
    // One more item in the contract's storage, with some bytes.
    let deposit = said.money("storage_deposit") - 500_000_000;
    assert!(deposit > 0 && deposit % 3_000_000 == 0, "{deposit}");
}
