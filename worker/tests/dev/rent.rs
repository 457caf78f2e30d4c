//! The rent era through the command line: rent, storage, eviction.

use crate::node::{own_engines, Node};

/// Stores four bytes under a key of 32 times `k` when it is made; its call does nothing.
const HOARDER: &str = r#"(module
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
