//! Versions: records, moves, and money on its way back, as far as one engine can show it.

use crate::node::{own_engines, Node, UNIT};

#[test]
fn a_withdrawal_is_paid_once_it_is_confirmed() {
    let node = Node::new();
    let issuance = node.issuance();
    let on_chain = |who: &str| {
        let said = node.run(&["accounts", who]).success();
        let text = said.json["accounts"][0]["on_chain"].as_str().expect("text");
        text.parse::<i128>().expect("a decimal number")
    };
    let before = on_chain("//Bob");
    let said = node
        .run(&["withdraw", "3_000_000_000_000", "--from", "//Bob"])
        .success();
    assert_eq!(said.json["paid"], true);
    // Having it ordered costs a ten-thousandth of a unit.
    let ordered = UNIT as i128 / 10_000;
    assert_eq!(on_chain("//Bob") - before, 3 * UNIT as i128 - ordered);
    assert_eq!(issuance - node.issuance(), 3 * UNIT as i128);
    // More than there is, and nothing is paid.
    let said = node.run(&["withdraw", "99_000_000_000_000_000_000", "--from", "//Bob"]);
    said.error(&["rejected"]);
    assert_eq!(on_chain("//Bob") - before, 3 * UNIT as i128 - 2 * ordered);
}

#[test]
fn prices_change_after_their_notice() {
    let node = Node::new();
    let said = node.run(&["prices", "--gas-price", "11"]).success();
    assert_eq!(said.json["prices"]["gas_price"], "10");
    let from = said.json["pending"]["from_block"]
        .as_u64()
        .expect("a block");
    node.refused(&["prices", "--gas-price", "12"], &["PricesPending"]);
    let now = said.json["block"].as_u64().expect("a block");
    node.run(&["advance", &(from - now).to_string()]).success();
    let said = node.run(&["prices"]).success();
    assert_eq!(said.json["prices"]["gas_price"], "11");
    let token = node.deploy("token", &["1"]);
    let said = node.call(&token, "transfer", &["//Bob", "1"]).success();
    assert_eq!(
        said.money("fee"),
        i128::from(said.ref_time("gas_consumed")) * 11
    );
}

#[test]
fn moves_that_cannot_be_are_refused_by_name() {
    let node = Node::new();
    node.refused(&["upgrade", "1.0"], &["NotNewer"]);
    node.refused(&["upgrade", "9.9"], &["EngineNotFound", "`register 9.9`"]);
    node.refused(&["upgrade", "2.0"], &["NotNewer"]);
    let said = node.run(&["status"]).success();
    assert_eq!(said.json["state"], "running");
    assert_eq!(said.json["pending_upgrade"], serde_json::Value::Null);
}

/// A cluster with some history that moves from 1.0 to 1.1 at its block 15.
fn moved(node: &Node) {
    node.run(&["init", "--engine", "1.0"]).success();
    node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    let said = node.run(&["upgrade", "1.1", "--at", "15"]).success();
    assert_eq!(
        (&said.json["block"], &said.json["ordered_in"]),
        (&15.into(), &4.into())
    );
}

#[test]
fn a_cluster_moves_when_its_block_comes_and_not_before() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    moved(&node);
    node.refused(&["upgrade", "1.1"], &["UpgradePending"]);
    let pending = node.run(&["status"]).success();
    assert_eq!(pending.json["pending_upgrade"]["at"], 15);
    node.run(&["advance", "10"]).success();
    let engine = |node: &Node| node.run(&["status"]).success().text("engine").to_owned();
    assert_eq!(engine(&node), "1.0");
    node.run(&["advance", "1"]).success();
    assert_eq!(engine(&node), "1.1");
    // The worker confirms it in the next block.
    node.run(&["advance", "1"]).success();
    let said = node.run(&["engines"]).success();
    assert_eq!(said.text("confirmed"), "1.1");
    node.refused(&["upgrade", "1.0"], &["NotNewer"]);
    node.run(&["replay", "--verify"]).success();
    node.refused(&["rehearse", "--to", "1.1"], &["1.1 isn't newer"]);
}

/// Holds one byte, which a call turns from 0 to 1 and back, and returns.
const SWITCH: &str = r#"(module
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    (data (i32.const 32) "\01\00\00\00")
    (func (export "deploy") (call $set (i32.const 0) (i32.const 36) (i32.const 1)))
    (func (export "call")
        (drop (call $get (i32.const 0) (i32.const 36) (i32.const 32)))
        (i32.store8 (i32.const 36) (i32.xor (i32.load8_u (i32.const 36)) (i32.const 1)))
        (call $set (i32.const 0) (i32.const 36) (i32.const 1))
        (call $return (i32.const 0) (i32.const 36) (i32.const 1))))"#;

/// What lived on 1.0 lives on 1.1, with what it stored.
#[test]
fn contracts_live_through_a_move() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init", "--engine", "1.0"]).success();
    let code = node.file("switch.wasm", &wat::parse_str(SWITCH).expect("a literal"));
    let make = ["instantiate", "--code", &code, "--data", "", "--value"];
    let made = node.run(&[&make[..], &["5_000_000_000_000"]].concat());
    let switch = made.success().text("address").to_owned();
    let flip = || node.run(&["call", &switch, "--data", ""]).success();
    let said = flip();
    assert_eq!((said.text("engine"), said.text("output")), ("1.0", "0x01"));
    assert_eq!(
        said.money("fee") + said.money("refund"),
        i128::from(said.ref_time("gas_limit")) * 10
    );
    let said = node.run(&["upgrade", "1.1"]).success();
    let at = said.json["block"].as_u64().expect("a block");
    let now = said.json["ordered_in"].as_u64().expect("a block");
    node.run(&["advance", &(at - now).to_string()]).success();
    let key = "00".repeat(32);
    let stored = node.run(&["storage", &switch, &key]).success();
    assert_eq!(
        (stored.text("engine"), stored.text("value")),
        ("1.1", "0x01")
    );
    assert_eq!(flip().text("output"), "0x00");
    assert_eq!(flip().text("engine"), "1.1");
    node.run(&["replay", "--verify"]).success();
}

#[test]
fn a_move_has_its_notice_and_needs_a_worker_that_is_ready() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init", "--engine", "1.0"]).success();
    node.refused(&["upgrade", "1.1", "--at", "12"], &["TooSoon", "--at"]);
    node.refused(
        &["upgrade", "1.1", "--from", "//Bob"],
        &["NotClusterOwner", "//Alice"],
    );
    let file = engines.path().join("libpink.so.1.1");
    let bytes = std::fs::read(&file).expect("the engine");
    std::fs::remove_file(&file).expect("the engine");
    node.refused(
        &["upgrade", "1.1"],
        &["NotEnoughWorkersReady", "Ready: 0, needed: 1"],
    );
    std::fs::write(&file, bytes).expect("the engine");
    // The earliest block allowed: ten after the one in which it is ordered.
    let said = node.run(&["upgrade", "1.1"]).success();
    assert_eq!(
        (&said.json["block"], &said.json["ordered_in"]),
        (&13.into(), &3.into())
    );
}

/// The file is away when the move comes: everything waits, and nothing is lost.
#[test]
fn a_move_waits_for_its_engine() {
    let engines = own_engines(&["1.0", "1.1"]);
    let (late, control) = (
        Node::empty(engines.path().into()),
        Node::empty(own_engines(&["1.0", "1.1"]).keep()),
    );
    moved(&control);
    control.run(&["advance", "150"]).success();
    control
        .run(&["transfer", "//Bob", "5_000_000_000"])
        .success();

    moved(&late);
    let file = engines.path().join("libpink.so.1.1");
    let bytes = std::fs::read(&file).expect("the engine");
    std::fs::remove_file(&file).expect("the engine");
    late.run(&["advance", "150"])
        .error(&["parked before block 15", "engine 1.1", "missing"]);
    let said = late.run(&["transfer", "//Bob", "5_000_000_000"]);
    said.error(&["ordered as message", "the next command executes what waits"]);
    assert_eq!(late.roots(), control.roots()[..14]);
    std::fs::write(&file, bytes).expect("the engine");
    assert_eq!(late.run(&["status"]).success().text("state"), "running");
    assert_eq!(late.roots(), control.roots());
}

/// What was built anew is another file: the chain records it only when it is told to.
#[test]
fn a_file_that_was_built_anew_is_accepted_by_name() {
    let engines = own_engines(&["2.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    let flipper = node.deploy("flipper", &["false"]);
    let file = engines.path().join("libpink.so.2.0");
    let mut bytes = std::fs::read(&file).expect("the engine");
    // Behind its sections a file may hold anything: the code is the same.
    bytes.extend_from_slice(b"another build");
    std::fs::write(&file, bytes).expect("the engine");

    let said = node.run(&["call", &flipper, "--message", "flip"]);
    said.error(&["libpink.so.2.0", "--accept 2.0"]);
    let said = node.run(&["status"]).success();
    assert_eq!(said.json["state"], "parked");
    node.run(&["engines", "--accept", "2.0"]).success();
    let said = node.run(&["status"]).success();
    assert_eq!(said.json["state"], "running", "{}", said.json);
    // What had been ordered meanwhile was executed: once by the parked call.
    assert_eq!(node.ask(&flipper, "get", &[]), "Ok(true)");

    // The older blocks name a file that is gone. The new one gives the same, and that can be seen.
    node.run(&["replay", "--verify"])
        .error(&["another build executed that block", "--current"]);
    node.run(&["replay", "--verify", "--current"]).success();
    let said = node.run(&["rehearse", "--to", "2.0"]);
    said.error(&["2.0 isn't newer"]);
}
