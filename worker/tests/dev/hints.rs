//! What to do next, as the command line says it.

use crate::node::{artefact, own_engines, Node, UNIT};

#[test]
fn hints_name_what_the_command_has() {
    let node = Node::new();
    let said = node.run(&["withdraw", "99_000_000u", "--from", "//Bob"]);
    let said = said.error(&["InsufficientBalance", "//Bob has less than that"]);
    let error = said.text("error");
    assert!(!error.contains("--"), "{error}");
    let hash = node.run(&["upload", &artefact("flipper.contract")]);
    let hash = hash.success().text("code_hash").to_owned();
    node.refused(
        &["remove-code", &hash, "--from", "//Bob"],
        &["BadOrigin", "sign with --from as who uploaded the code"],
    );
    let factory = node.deploy("factory", &[&hash]);
    let child = ["true", "0x01"];
    node.call(&factory, "instantiate_child", &child).success();
    let again = node.call(&factory, "instantiate_child", &child);
    assert_ne!(again.exit, 0);
    let error = again.text("error");
    assert!(
        !error.contains("--salt") && !error.contains("--from"),
        "{error}"
    );
}

/// Each error with what would have helped.
#[test]
fn what_governance_and_workers_are_refused_for_says_what_to_do() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init", "--engine", "1.0"]).success();
    node.refused(
        &["upgrade", "9.7"],
        &["EngineNotFound", "then `register 9.7`"],
    );
    node.refused(
        &["register", "1.1"],
        &["EngineExists", "`engines` shows", "`engines --accept X.Y`"],
    );
    node.refused(&["upgrade", "1.0"], &["NotNewer", "`engines` shows"]);
    node.refused(
        &["resolve"],
        &[
            "agree",
            "nothing is to be decided",
            "`status` says `diverged at`",
        ],
    );
    node.run(&["add-worker", "//Dave"]).success();
    node.refused(
        &["add-worker", "//Dave"],
        &["WorkerExists", "`acknowledge WHO` makes it speak"],
    );
    node.refused(
        &["acknowledge", "//Eve"],
        &["waits for nothing from //Eve", "`add-worker` it"],
    );
    node.refused(&["amend", "1", "--skip"], &["NotWaiting", "see `status`"]);
    node.refused(&["amend", "99", "--skip"], &["NotParked", "see `status`"]);
}

/// The chain takes its fee there, whatever is in the cluster.
#[test]
fn who_is_poor_on_the_chain_hears_how_poor() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["true"]);
    let flip = ["call", &flipper, "--message", "flip"];
    // By hand: a ten-thousandth of a unit, and a hundredth for a second: half of one, 290 µs, and 0.26 µs
    // for each of 164 bytes, the selector among them.
    let words = [
        "FundsUnavailable: Funds are unavailable: 5FQzhS8MRMGNZfCxVJaWu4n4Q6jt53zv2hxYguM4Y5fVkcHZ \
         has 0u there, having it ordered costs at most 0.0051033264u, and at least 0.001u stays",
        "bring it money there: `withdraw 1u --to 5FQzhS8M",
    ];
    for command in ["call", "estimate"] {
        let flip = [&[command], &flip[1..], &["--from", "//Nobody"]].concat();
        node.refused(&flip, &words);
        let said = node.run(&flip);
        assert!(!said.text("error").contains("send"), "{}", said.json);
    }
    let code = artefact("token.contract");
    // 290 µs and 160 bytes.
    let fee = "costs at most 0.000103316u, and";
    let hash = format!("0x{}", "11".repeat(32));
    for command in [
        &["remove-code", &hash][..],
        &["withdraw", "1u"],
        &["claim", &flipper],
    ] {
        node.refused(
            &[command, &["--from", "//Nobody"]].concat(),
            &[fee, "withdraw 1u --to"],
        );
    }
    let make = [
        "instantiate",
        "--code",
        &code,
        "--constructor",
        "new",
        "--args",
        "5",
    ];
    let make = [
        &make[..],
        &["--gas-limit", "1_000_000_000", "--from", "//Nobody"],
    ]
    .concat();
    // Two seconds of MiB: 1,500 for each byte of the default's 2,097,152, and of 256 and 160, 7,424 of
    // code and 20 of input.
    node.refused(&make, &["costs at most 0.003257518u", "withdraw 1u --to"]);
    // What is to be brought in is too much, or nothing can be.
    let send = ["transfer", "//Bob", "5u", "--from", "//Nobody"];
    let words = [
        "costs at most 0.000103316u, 5u is to come in, and",
        "withdraw 1u --to",
    ];
    node.refused(&send, &words);
    node.run(&["withdraw", "1u", "--to", "//Nobody"]).success();
    node.refused(&send, &["has 1u there", "send at most 0.998896684u"]);
    let most = ["transfer", "//Bob", "0.998896684u", "--from", "//Nobody"];
    node.run(&most).success();
    let left = node.run(&["accounts", "//Nobody"]).success();
    let left: u128 = left.json["accounts"][0]["on_chain"]
        .as_str()
        .and_then(|left| left.parse().ok())
        .expect("an amount");
    // What stays, and what the message's bytes cost less than the most.
    let stays = UNIT / 1_000;
    assert!((stays..stays + 160 * 2_600).contains(&left), "{left}");
}

/// Where the fee is what is missing, taking out less doesn't help.
#[test]
fn what_a_withdrawal_lacks_is_named() {
    let node = Node::new();
    node.refused(
        &["withdraw", "99_000_000u"],
        &["InsufficientBalance", "take out less"],
    );
    let node = Node::with(&["--gas-price", "999_999_999_999_999_999_999"]);
    let said = node.run(&["withdraw", "1u"]);
    let said = said.error(&["InsufficientBalance", "the fee alone is more", "`prices`"]);
    assert!(!said.text("error").contains("less"), "{}", said.json);
}

#[test]
fn code_of_another_era_is_not_about_floats() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let code = artefact("flipper.contract");
    let make = [
        "instantiate",
        "--code",
        &code,
        "--constructor",
        "new",
        "--args",
        "true",
    ];
    let words = [
        "CodeRejected",
        "ink! 3 are for 1.x, those of ink! 4 and 5 for 2.x",
    ];
    node.refused(&make, &words);
    assert!(!node.run(&make).text("error").contains("float"));
    let floats = r#"(module (func (export "call") (local f32)) (func (export "deploy")))"#;
    let floats = node.file("floats.wasm", &wat::parse_str(floats).expect("a literal"));
    let make = [
        "instantiate",
        "--code",
        &floats,
        "--data",
        "00",
        "--value",
        "2u",
    ];
    node.refused(
        &make,
        &["CodeRejected", "build the contract without floats"],
    );
}

/// From its first block to its restoration, by name.
#[test]
fn a_tombstone_says_that_it_is_one() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let code = artefact("flipper-ink3.contract");
    let make = [
        "instantiate",
        "--code",
        &code,
        "--constructor",
        "new",
        "--args",
        "true",
    ];
    let rich = node.run(&[&make[..], &["--value", "2u", "--salt", "01"]].concat());
    let rich = rich.success().text("address").to_owned();
    let poor = node.run(&[&make[..], &["--value", "0.202u"]].concat());
    let poor = poor.success().text("address").to_owned();

    let claim = |contract: &str| node.run(&["claim", contract, "--from", "//Bob"]);
    let early = claim(&poor).failed("trapped");
    let rent = node.run(&["rent", &poor]).success();
    let (at, now) = (&rent.json["eviction_at"], rent.json["block"].as_u64());
    let wait = at
        .as_u64()
        .zip(now)
        .map(|(at, now)| at - now)
        .expect("blocks");
    for words in [format!("until block {at}"), format!("`advance {wait}`")] {
        assert!(
            early.text("error").contains(&words),
            "{words}: {}",
            early.json
        );
    }
    let never = claim(&rich).failed("trapped");
    assert!(
        never.text("error").contains("pays no rent, and stays"),
        "{}",
        never.json
    );
    claim("//Bob").error(&["no living contract", "check the address"]);

    node.run(&["advance", &(wait + 10).to_string()]).success();
    let evicted = claim(&poor).success();
    let since = format!(
        "{poor} is a tombstone since block {}",
        evicted.json["block"]
    );
    node.run(&["advance", "3"]).success();
    let restore = "another contract can restore it";
    for command in ["call", "query", "estimate"] {
        node.refused(&[command, &poor, "--message", "get"], &[&since, restore]);
        let get = [command, &poor, "--data", "0x2f865bd9"];
        node.run(&get).error(&["NotCallable", &since, restore]);
        let get = [command, "//Bob", "--data", "0x2f865bd9"];
        node.run(&get).error(&["NotCallable", "check the address"]);
    }
    node.refused(&["rent", &poor], &[&since, restore]);
    node.refused(&["storage", &poor, "00"], &[&since, restore]);
    claim(&poor).error(&["ContractNotEvictable", &since, "nothing is left to claim"]);
}
