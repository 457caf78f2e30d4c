//! The rent era through the command line: rent, storage, eviction.

use crate::node::{artefact, own_engines, Node};
use serde_json::Value;
use std::{collections::BTreeSet, env, fs};

/// Stores four bytes under a key of 32 times `k` when it is made; its call does nothing.
pub(crate) const HOARDER: &str = r#"(module
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    (data (i32.const 0) "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkgold")
    (func (export "deploy") (call $set (i32.const 0) (i32.const 32) (i32.const 4)))
    (func (export "call")))"#;

#[test]
fn a_contract_that_cannot_pay_becomes_a_tombstone() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let issuance = node.issuance();
    let code = node.file("hoarder.wasm", &wat::parse_str(HOARDER).expect("a literal"));
    node.run(&["upload", &code])
        .error(&["Unsupported", "another engine"]);
    let make = ["instantiate", "--code", &code, "--data", ""];
    let poor = node.run(&make);
    assert_ne!(poor.exit, 0, "nothing to live on: {}", poor.json);

    // Twice the threshold: existential deposit and tombstone deposit.
    let made = node.run(&[&make[..], &["--value", "202_000_000_000"]].concat());
    let contract = made.success().text("address").to_owned();
    let key = "0x".to_owned() + &"6b".repeat(32);
    let stored = node.run(&["storage", &contract, &key]).success();
    assert_eq!(stored.text("value"), "0x676f6c64");
    let none = node
        .run(&["storage", &contract, &"00".repeat(32)])
        .success();
    assert_eq!(none.json["value"], serde_json::Value::Null);

    // This block is paid for.
    assert_eq!(
        node.run(&["rent", &contract]).success().text("verdict"),
        "exempt"
    );
    node.run(&["advance", "1"]).success();
    let rent = node.run(&["rent", &contract]).success();
    assert_eq!(rent.money("threshold"), 101_000_000_000);
    assert_eq!(rent.text("verdict"), "charge");
    let now = rent.json["block"].as_u64().expect("a block");
    let at = rent.json["eviction_at"].as_u64().expect("a block");
    assert!(
        (1_000..10_000).contains(&(at - now)),
        "lives for {}",
        at - now
    );

    let claim = ["claim", &contract, "--from", "//Bob"];
    let early = node.run(&claim).failed("trapped");
    assert!(early.text("error").contains("ContractNotEvictable"));
    node.run(&["advance", &(at - now + 10).to_string()])
        .success();
    assert_eq!(
        node.run(&["rent", &contract]).success().text("verdict"),
        "evict"
    );
    let bob = node.free("//Bob");
    let said = node.run(&claim).success();
    let events = said.json["events"].as_array().expect("a list");
    assert!(
        events.iter().any(|event| event["event"] == "Evicted"),
        "{}",
        said.json
    );
    assert!(node.free("//Bob") > bob - said.money("fee"), "a reward");

    node.run(&["rent", &contract]).error(&["tombstone"]);
    node.run(&["storage", &contract, &key])
        .error(&["tombstone"]);
    assert_eq!(node.issuance(), issuance);
    node.run(&["replay", "--verify"]).success();
}

/// The names and the values are what scripts rely on.
#[test]
fn rent_as_json() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let code = node.file("hoarder.wasm", &wat::parse_str(HOARDER).expect("a literal"));
    let make = ["instantiate", "--code", &code, "--data", "", "--value"];
    let made = node.run(&[&make[..], &["2_000_000_000_000"]].concat());
    let rich = made.success().text("address").to_owned();
    let rent = node.run(&["rent", &rich]).success();
    let names: BTreeSet<_> = rent.json.as_object().expect("an object").keys().collect();
    for name in ["eviction_at", "allowance", "paid", "threshold", "verdict"] {
        assert!(names.contains(&name.to_owned()), "{name}: {names:?}");
    }
    // Its money covers its storage: it pays nothing, and never ends.
    assert_eq!(rent.json["eviction_at"], Value::Null);
    assert_eq!(rent.money("paid"), 0);
    assert_eq!(rent.text("allowance"), u128::MAX.to_string());
    assert_eq!(rent.money("threshold"), 101_000_000_000);

    let made = node.run(&[&make[..], &["202_000_000_000", "--salt", "01"]].concat());
    let poor = made.success().text("address").to_owned();
    let rent = node.run(&["rent", &poor]).success();
    // The first block.
    let paid = u128::try_from(rent.money("paid")).expect("an amount");
    assert!(paid > 0);
    assert_eq!(rent.text("allowance"), (u128::MAX - paid).to_string());
    let at = rent.json["eviction_at"].as_u64().expect("a block");

    // Ten thousand empty blocks, in one go: it could pay up to the block that was foretold.
    let now = rent.json["block"].as_u64().expect("a block");
    let said = node.run(&["advance", "10000"]).success();
    assert_eq!(said.json["block"], now + 10_000);
    let rent = node.run(&["rent", &poor]).success();
    assert_eq!((rent.text("verdict"), now < at), ("evict", true));
    node.run(&["rent", "//Bob"])
        .error(&["there is no contract at"]);
    node.run(&["storage", &rich, "00"])
        .error(&["of that length", "32 bytes"]);
    node.run(&["claim", &rich, "--from", "//Bob"])
        .failed("trapped");
    node.run(&["claim", "//Bob"])
        .error(&["ContractNotEvictable"]);
}

/// The text that `contracts/restorer/restorer.wasm` is made from.
const RESTORER: &str = include_str!("../../../contracts/restorer/restorer.wat");

#[test]
fn the_restorer_is_what_its_text_says() {
    let expected = wat::parse_str(RESTORER).expect("a module");
    let path = artefact("../restorer/restorer.wasm");
    if env::var_os("UPDATE_ARTIFACTS").is_some() {
        fs::write(&path, &expected).expect("the artefact");
    }
    let found = fs::read(&path).expect("the artefact");
    assert!(
        found == expected,
        "make it anew: UPDATE_ARTIFACTS=1 cargo test -p pink-worker --test dev restorer"
    );
}

/// The old flipper runs out of rent, and lives again with what it had.
#[test]
fn a_tombstone_is_restored() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let flipper = artefact("flipper-ink3.contract");
    let make = |value: &str, salt: &str| {
        let made = node.run(&[
            "instantiate",
            "--code",
            &flipper,
            "--data",
            "0x9bae9d5e01",
            "--value",
            value,
            "--salt",
            salt,
        ]);
        made.success()
    };
    // Another one, so that the code stays.
    make("2_000_000_000_000", "01");
    let made = make("202_000_000_000", "02");
    let poor = made.text("address");
    node.run(&["advance", "5000"]).success();
    node.run(&["call", poor, "--data", "0x633aa551"])
        .failed("trapped");
    node.run(&["claim", poor, "--from", "//Bob"]).success();
    node.run(&["query", poor, "--data", "0x2f865bd9"])
        .error(&["NotCallable"]);

    let bytes = |field: &str| made.text(field).trim_start_matches("0x");
    let (address, code) = (bytes("address_hex"), bytes("code_hash"));
    let input = format!("0x{address}{code}{}", "ff".repeat(16));
    let restorer = artefact("../restorer/restorer.wasm");
    let restore = |value: &str| {
        let stored = format!("0x{}{value}", "00".repeat(32));
        let made = node.run(&[
            "instantiate",
            "--code",
            &restorer,
            "--data",
            &stored,
            "--value",
            "2_000_000_000_000",
            "--salt",
            value,
        ]);
        let made = made.success();
        node.run(&["call", made.text("address"), "--data", &input])
    };
    // It has to be what the tombstone had.
    let said = restore("00").failed("trapped");
    assert!(said.text("error").contains("InvalidTombstone"));
    let said = restore("01").success();
    let events = said.json["events"].as_array().expect("a list");
    let restored = events.iter().find(|event| event["event"] == "Restored");
    assert_eq!(restored.expect("it lives")["dest"], poor);
    let said = node.run(&["query", poor, "--data", "0x2f865bd9"]).success();
    assert_eq!(said.text("output"), "0x01");
    node.run(&["call", poor, "--data", "0x633aa551"]).success();
    node.run(&["replay", "--verify"]).success();
}
