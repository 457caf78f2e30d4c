//! What the last messages would have done under a newer engine.

use crate::node::{own_engines, Node};
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

/// A cluster on 1.0 with two contracts that were called.
fn with_history() -> (Node, String) {
    let node = Node::empty(own_engines(&["1.0", "1.1", "2.0"]).keep());
    node.run(&["init", "--engine", "1.0"]).success();
    let speaker = deploy(&node, "speaker.wasm", &speaker());
    let silent = wat::parse_str(WITHOUT_MEMORY).expect("a literal");
    let silent = deploy(&node, "silent.wasm", &silent);
    for _ in 0..3 {
        node.run(&["call", &speaker, "--data", ""]).success();
    }
    node.run(&["call", &silent, "--data", ""]).success();
    (node, silent)
}

fn list<'v>(said: &'v Value, field: &str) -> &'v [Value] {
    said[field]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

#[test]
fn a_repair_shows_before_it_is_made() {
    let (node, _) = with_history();
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
    let (node, silent) = with_history();
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

    // What was rehearsed is what happens: after the move, its call fails.
    let moved = node.run(&["upgrade", "2.0"]).success();
    let number = |field: &str| moved.json[field].as_u64().expect("a block");
    let wait = number("block") - number("ordered_in");
    node.run(&["advance", &wait.to_string()]).success();
    let said = node.run(&["call", &silent, "--data", ""]);
    assert_ne!(said.text("status"), "success", "{}", said.json);
    assert_eq!(said.text("engine"), "2.0");
}

#[test]
fn what_cannot_be_rehearsed_is_said() {
    let (node, _) = with_history();
    node.refused(
        &["rehearse", "--to", "1.0"],
        &["1.0 isn't newer", "`engines`"],
    );
    node.refused(&["rehearse", "--to", "9.9"], &["there is no engine 9.9"]);
}

/// For people it is a table, and no field of the object is lost in it.
#[test]
fn people_get_a_table() {
    let (node, silent) = with_history();
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
