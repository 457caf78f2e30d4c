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
    assert_eq!(on_chain("//Bob") - before, 3 * UNIT as i128);
    assert_eq!(issuance - node.issuance(), 3 * UNIT as i128);
    // More than there is, and nothing is paid.
    let said = node.run(&["withdraw", "99_000_000_000_000_000_000", "--from", "//Bob"]);
    said.error(&["rejected"]);
    assert_eq!(on_chain("//Bob") - before, 3 * UNIT as i128);
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
    node.refused(&["upgrade", "9.9"], &["EngineNotFound", "--accept"]);
    node.refused(&["upgrade", "2.0"], &["NotNewer"]);
    let said = node.run(&["status"]).success();
    assert_eq!(said.json["state"], "running");
    assert_eq!(said.json["pending_upgrade"], serde_json::Value::Null);
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
}
