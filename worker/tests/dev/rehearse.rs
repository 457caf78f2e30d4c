//! What the last messages would have done under a newer engine.

use crate::{
    node::{own_engines, Node},
    rent::HOARDER,
};
use serde_json::Value;

/// Emits an event with two topics, the greater one first: 1.0 sorts them, 1.1 doesn't.
fn speaker() -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "seal0" "seal_deposit_event" (func $event (param i32 i32 i32 i32)))
            (import "env" "memory" (memory 1 1))
            (data (i32.const 0) "\08{}")
            (func (export "deploy"))
            (func (export "call")
                (call $event (i32.const 0) (i32.const 65) (i32.const 0) (i32.const 2))))"#,
        r"\ff".repeat(32)
    );
    wat::parse_str(text).expect("a literal")
}

/// Does nothing, and has no memory to do it in: 2.0 refuses such code.
const WITHOUT_MEMORY: &str = r#"(module (func (export "deploy")) (func (export "call")))"#;

fn deploy(node: &Node, name: &str, code: &[u8]) -> String {
    let file = node.file(name, code);
    let make = ["instantiate", "--code", &file, "--data", ""];
    let made = node.run(&[&make[..], &["--value", "5_000_000_000_000"]].concat());
    made.success().text("address").to_owned()
}

/// A cluster on 1.0 with two contracts that were called; the silent one, and the message that called it last.
fn with_history() -> (Node, String, String) {
    let node = Node::empty(own_engines(&["1.0", "1.1", "2.0"]).keep());
    node.run(&["init", "--engine", "1.0"]).success();
    let speaker = deploy(&node, "speaker.wasm", &speaker());
    let silent = wat::parse_str(WITHOUT_MEMORY).expect("a literal");
    let silent = deploy(&node, "silent.wasm", &silent);
    for _ in 0..3 {
        node.run(&["call", &speaker, "--data", ""]).success();
    }
    let called = node.run(&["call", &silent, "--data", ""]).success();
    (node, silent, called.json["seq"].to_string())
}

fn list<'v>(said: &'v Value, field: &str) -> &'v [Value] {
    said[field]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

#[test]
fn a_repair_shows_before_it_is_made() {
    let (node, _, _) = with_history();
    let before = node.picture();
    let said = node.run(&["rehearse", "--to", "1.1"]).success();
    assert_eq!(node.picture(), before, "a rehearsal changes nothing");
    let json = &said.json;
    assert_eq!((&json["from"], &json["to"]), (&"1.0".into(), &"1.1".into()));
    // The six deposits of the start, and what was done since.
    assert_eq!(json["outcomes"]["1.0"], json["outcomes"]["1.1"]);
    assert_eq!(
        json["outcomes"]["1.1"]["success"],
        json["rehearsed_messages"]
    );
    // The order of topics is repaired: the three calls of the speaker, and nothing else.
    let differences = list(json, "differences");
    assert_eq!(json["differing_messages"], 3);
    for difference in differences {
        assert_eq!(difference["events_differ"], true, "{difference}");
        assert_eq!(difference["output_differs"], false, "{difference}");
        assert_eq!(difference["other_outcome"], "success", "{difference}");
    }
    assert_eq!(json["gas_ratio"]["p50"], "1.000");
    assert!(json["differing_state_keys"].as_u64().expect("a number") > 0);
    assert_eq!(
        list(json, "state_differences").len() as u64,
        json["differing_state_keys"].as_u64().expect("a number")
    );
    assert_eq!(list(json, "refused_codes").len(), 0);
    let memory = list(json, "memory");
    assert_eq!(memory.len(), 2);
    assert!(memory.iter().all(|it| it["peak_bytes"].as_u64() > Some(0)));

    // The last two messages alone, of which one is the speaker's.
    let said = node
        .run(&["rehearse", "--to", "1.1", "--last", "2"])
        .success();
    assert_eq!(said.json["rehearsed_messages"], 2);
    assert_eq!(said.json["differing_messages"], 1);
}

#[test]
fn contracts_whose_code_is_refused_are_named() {
    let (node, silent, message) = with_history();
    let base_path = node.base_path().display().to_string();
    let stored = ["rehearse", "--base-path", &base_path, "--to", "2.0"];
    let said = node.program(&stored).success();
    let refused = list(&said.json, "refused_codes");
    assert_eq!(refused.len(), 1, "{}", said.json);
    assert_eq!(refused[0]["contracts"], serde_json::json!([silent]));
    assert!(refused[0]["reason"]
        .as_str()
        .is_some_and(|it| !it.is_empty()));
    // It was made and called under 1.0; under 2.0 it can't be made at all.
    assert_eq!(said.json["outcomes"]["1.0"]["rejected"], 0);
    assert_ne!(
        said.json["outcomes"]["2.0"]["success"],
        said.json["rehearsed_messages"]
    );

    // Alone, the call finds the contract there, and can't call it.
    let one = ["rehearse", "--to", "2.0", "--message", &message];
    let before = node.picture();
    let alone = node.run(&one).success().json;
    assert_eq!(node.picture(), before, "a rehearsal changes nothing");
    assert_eq!(alone["seq"].to_string(), message);
    assert_eq!(
        (&alone["from"], &alone["to"]),
        (&"1.0".into(), &"2.0".into())
    );
    assert_eq!(alone["was"]["status"], "success");
    assert_eq!(alone["was"]["engine"], "1.0");
    assert_eq!(alone["outcome_differs"], true);
    let text = node.text(&one);
    assert!(
        text.contains("under 1.0") && text.contains("outcome"),
        "{text}"
    );

    // What was rehearsed is what happens: after the move, its call fails.
    let moved = node.run(&["upgrade", "2.0"]).success();
    let number = |field: &str| moved.json[field].as_u64().expect("a block");
    let wait = number("block") - number("ordered_in");
    node.run(&["advance", &wait.to_string()]).success();
    let said = node.run(&["call", &silent, "--data", ""]);
    assert_ne!(said.text("status"), "success", "{}", said.json);
    assert_eq!(said.text("engine"), "2.0");
    // Its events aside: here the code is converted by the call that finds it.
    let fields = [
        "status",
        "engine",
        "gas_limit",
        "gas_consumed",
        "fee",
        "refund",
    ];
    for field in fields {
        assert_eq!(alone["other"][field], said.json[field], "{field}");
    }
}

#[test]
fn what_cannot_be_rehearsed_is_said() {
    let (node, _, _) = with_history();
    node.refused(
        &["rehearse", "--to", "1.0"],
        &["1.0 isn't newer", "`engines`"],
    );
    node.refused(&["rehearse", "--to", "9.9"], &["there is no engine 9.9"]);
    let one = ["rehearse", "--to", "1.1", "--message"];
    let refused = |seq: &str, words: &[&str]| {
        node.refused(&[&one[..], &[seq]].concat(), words);
    };
    refused("999", &["message 999 isn't executed yet", "wait"]);
    refused("0", &["message 0 can't be tried", "name another one"]);
}

/// Behind an upgrade there is no block of the new version at first, so nothing to compare: that is said, and
/// isn't a success over no blocks.
#[test]
fn a_range_without_blocks_is_refused() {
    let node = Node::empty(own_engines(&["1.0", "1.1", "2.0"]).keep());
    node.run(&["init", "--engine", "1.0"]).success();
    let moved = node.run(&["upgrade", "1.1"]).success();
    let number = |field: &str| moved.json[field].as_u64().expect("a block");
    let wait = number("block") - number("ordered_in");
    node.run(&["advance", &wait.to_string()]).success();
    let words = [
        "there is no block to try",
        "executed by engine 1.1",
        "next message",
    ];
    node.refused(&["rehearse", "--to", "2.0"], &words);
    let base_path = node.base_path().display().to_string();
    let stored = ["rehearse", "--base-path", &base_path, "--to", "2.0"];
    node.program(&stored).error(&words);

    node.run(&["transfer", "//Bob", "1_000_000_000_000"])
        .success();
    let said = node.run(&["rehearse", "--to", "2.0"]).success();
    assert!(said.json["rehearsed_blocks"].as_u64() > Some(0));
    assert!(said.json["rehearsed_messages"].as_u64() > Some(0));
}

/// For people it is a table, and no field of the object is lost in it.
#[test]
fn people_get_a_table() {
    let (node, silent, _) = with_history();
    let text = node.text(&["rehearse", "--to", "2.0"]);
    for words in [
        "executed by 1.0 and tried under 2.0",
        "memory at most",
        "p99",
        "messages that differ",
        "state keys that differ",
        "codes that 2.0 refuses: 1",
        &silent,
    ] {
        assert!(text.contains(words), "{words:?} isn't in:\n{text}");
    }
}

/// Tombstones fall at the ends of the blocks behind the move. A rehearsal says which, and what is
/// out of reach then; the move is as it said, and so is its replay.
#[test]
fn each_tombstone_is_named_with_its_money() {
    let node = Node::empty(own_engines(&["1.0", "2.0"]).keep());
    node.run(&["init", "--engine", "1.0"]).success();
    let code = node.file("hoarder.wasm", &wat::parse_str(HOARDER).expect("a literal"));
    let make = ["instantiate", "--code", &code, "--data", "", "--value"];
    let tombstones = ["01", "02"].map(|salt| {
        let made = node.run(&[&make[..], &["202_000_000_000", "--salt", salt]].concat());
        made.success().text("address").to_owned()
    });
    let rich = node.run(&[&make[..], &["2_000_000_000_000"]].concat());
    let rich = rich.success().text("address").to_owned();
    node.run(&["advance", "10000"]).success();
    for contract in &tombstones {
        node.run(&["claim", contract, "--from", "//Bob"]).success();
    }
    node.run(&["transfer", &tombstones[0], "5_000_000_000_000"])
        .success();
    let keeps = tombstones.clone().map(|contract| node.free(&contract));
    assert!(keeps[0] > keeps[1] && keeps[1] > 0, "{keeps:?}");
    let issuance = node.issuance();

    let before = node.picture();
    let said = node.run(&["rehearse", "--to", "2.0"]).success();
    assert_eq!(node.picture(), before, "a rehearsal changes nothing");
    let mut named: Vec<_> = list(&said.json, "tombstones")
        .iter()
        .map(|it| (it["contract"].clone(), it["balance"].clone()))
        .collect();
    let mut expected: Vec<_> = tombstones.iter().zip(keeps).collect();
    expected.sort_by_key(|(contract, _)| contract.to_string());
    named.sort_by_key(|(contract, _)| contract.to_string());
    assert_eq!(named.len(), 2, "{}", said.json);
    for ((contract, balance), (tombstone, keeps)) in named.iter().zip(expected) {
        assert_eq!(contract.as_str(), Some(tombstone.as_str()));
        assert_eq!(balance.as_str(), Some(keeps.to_string().as_str()));
    }
    assert_eq!(list(&said.json, "refused_codes").len(), 0);
    // Two tombstones and a contract: all in one block.
    assert_eq!(said.json["move_blocks"], 1);
    let text = node.text(&["rehearse", "--to", "2.0"]);
    assert!(text.contains("tombstones that 2.0 removes: 2"), "{text}");
    for (contract, keeps) in tombstones.iter().zip(keeps) {
        let line = format!("{contract}: keeps {keeps}, out of reach");
        assert!(text.contains(&line), "{text}");
    }

    let moved = node.run(&["upgrade", "2.0"]).success();
    let number = |field: &str| moved.json[field].as_u64().expect("a block");
    let wait = number("block") - number("ordered_in") + 1;
    node.run(&["advance", &wait.to_string()]).success();
    assert_eq!(
        tombstones.clone().map(|contract| node.free(&contract)),
        keeps
    );
    assert_eq!(node.issuance(), issuance);
    let state = node.state();
    let records = state.keys().filter(|key| key.starts_with(b"contract/"));
    // The one that lives, and the system contract.
    assert_eq!(records.count(), 2);
    assert!(!state.contains_key(&b"moving"[..]));
    node.run(&["call", &tombstones[0], "--data", ""])
        .error(&["there is no contract at"]);
    node.run(&["call", &rich, "--data", ""]).success();
    node.run(&["replay", "--verify"]).success();
}
