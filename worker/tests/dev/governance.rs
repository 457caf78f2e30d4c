//! What the council and other workers say: records of engines, a worker that is wrong.

use crate::node::{artefact, own_engines, Node, Output};
use serde_json::Value;
use std::fs;

/// The names of a command's events, in order.
fn names(said: &Output) -> Vec<String> {
    let events = said.json["events"].as_array().expect("a list");
    let name = |event: &Value| event["event"].as_str().expect("a name").to_owned();
    events.iter().map(name).collect()
}

fn event<'s>(said: &'s Output, name: &str) -> &'s Value {
    let events = said.json["events"].as_array().expect("a list");
    let found = events.iter().find(|event| event["event"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {}", said.json))
}

#[test]
fn the_council_votes_for_an_engine() {
    let engines = own_engines(&["1.0", "1.1"]);
    let file = engines.path().join("libpink.so.1.1");
    let bytes = fs::read(&file).expect("the engine");
    fs::remove_file(&file).expect("the engine");
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    node.refused(&["upgrade", "1.1"], &["EngineNotFound"]);
    node.refused(&["register", "1.1"], &["there is no engine 1.1"]);
    fs::write(&file, bytes).expect("the engine");
    let said = node.run(&["register", "1.1"]).success();
    let names = names(&said);
    // Before it, the worker confirms what came before.
    let motion: Vec<_> = names
        .iter()
        .skip_while(|name| *name == "CheckpointConfirmed")
        .collect();
    let carried = [
        "Proposed",
        "Voted",
        "Voted",
        "Closed",
        "Approved",
        "EngineRegistered",
        "Executed",
    ];
    assert_eq!(motion, carried);
    assert_eq!(event(&said, "Proposed")["needs"], 2);
    assert_eq!(event(&said, "Closed")["ayes"], 2);
    assert_eq!(event(&said, "EngineRegistered")["version"], "1.1");
    // A record never changes, and is made once.
    node.refused(&["register", "1.1"], &["EngineExists"]);
    node.run(&["upgrade", "1.1"]).success();
    node.run(&["advance", "11"]).success();
    let said = node.run(&["status"]).success();
    assert_eq!(said.text("engine"), "1.1");
}

/// Who interprets is the council's to say: the chain remembers it, and the worker obeys from the next block on.
#[test]
fn the_council_has_an_engine_interpret() {
    let node = Node::empty(own_engines(&["2.0", "2.1"]).keep());
    node.run(&["init", "--engine", "2.0"]).success();
    let interpreted = || {
        let said = node.run(&["engines"]).success();
        let engines = said.json["engines"].as_array().expect("a list").iter();
        engines
            .map(|it| it["to_be_interpreted"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(interpreted(), [false, false]);
    node.refused(
        &["engine-mode", "2.1", "native"],
        &["EngineModeUnchanged", "`engines` shows"],
    );
    node.refused(&["engine-mode", "9.9", "interpreted"], &["EngineNotFound"]);
    let said = node.run(&["engine-mode", "2.1", "interpreted"]).success();
    let carried: Vec<_> = names(&said)
        .into_iter()
        .skip_while(|name| name != "Proposed")
        .collect();
    let expected = [
        "Proposed",
        "Voted",
        "Voted",
        "Closed",
        "Approved",
        "EngineModeSet",
        "Executed",
    ];
    assert_eq!(carried, expected);
    let set = event(&said, "EngineModeSet");
    assert_eq!(
        (&set["version"], &set["mode"]),
        (&"2.1".into(), &"interpreted".into())
    );
    assert_eq!(interpreted(), [false, true]);

    // The worker compiles nothing under it, until the council says otherwise.
    node.run(&["upgrade", "2.1"]).success();
    node.run(&["advance", "12"]).success();
    let code = artefact("flipper.contract");
    let make = |salt: &str| {
        let args = [
            "instantiate",
            "--code",
            &code,
            "--constructor",
            "new",
            "--args",
            "true",
        ];
        node.run(&[&args[..], &["--salt", salt]].concat()).success();
    };
    let compiled = || match fs::read_dir(node.base_path().join("artefacts")) {
        Ok(all) => all
            .filter(|it| it.as_ref().is_ok_and(|it| it.file_name() != "key"))
            .count(),
        Err(_) => 0,
    };
    make("0x01");
    assert_eq!(compiled(), 0);
    node.run(&["engine-mode", "2.1", "native"]).success();
    assert_eq!(interpreted(), [false, false]);
    make("0x02");
    assert_eq!(compiled(), 1);
    node.run(&["replay", "--verify"]).success();
}

/// A worker that names another root stops payouts and moves until the council decided.
#[test]
fn a_worker_that_is_wrong_is_found_out() {
    let engines = own_engines(&["1.0", "1.1"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init", "--engine", "1.0"]).success();
    node.refused(&["resolve"], &["agree"]);
    node.refused(
        &["acknowledge", "//Dave"],
        &["waits for nothing", "add-worker"],
    );
    let said = node.run(&["add-worker", "//Dave"]).success();
    assert_eq!(event(&said, "WorkerAdded")["worker"], "//Dave");

    // As long as it says what is right, both confirm.
    let sent = node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    let block = sent.json["block"].as_u64().expect("a block");
    let root = node.root();
    let said = node.run(&["acknowledge", "//Dave"]).success();
    let confirmed = event(&said, "CheckpointConfirmed");
    assert_eq!(confirmed["of_block"], block);
    assert_eq!(confirmed["root"], *root);

    let sent = node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    let block = sent.json["block"].as_u64().expect("a block");
    let root = node.root();
    let wrong = format!("0x{}", "11".repeat(32));
    let said = node
        .run(&["acknowledge", "//Dave", "--root", &wrong])
        .success();
    assert_eq!(event(&said, "StateDiverged")["root"], wrong);
    assert_eq!(event(&said, "ClusterDiverged")["of_block"], block);
    let status = node.run(&["status"]).success();
    assert_eq!(status.json["diverged_at"], block);
    assert_eq!(status.json["state"], "running");
    node.refused(&["upgrade", "1.1"], &["ClusterDiverged"]);

    let said = node.run(&["resolve"]).success();
    assert_eq!(event(&said, "WorkerDiverged")["worker"], "//Dave");
    let resolved = event(&said, "ResolvedInFavour");
    assert_eq!(resolved["of_block"], block);
    assert_ne!(resolved["worker"], "//Dave");
    // With what the block asks of the chain.
    let confirmed = event(&said, "CheckpointConfirmed");
    assert_eq!(confirmed["root"], *root);
    assert_ne!(confirmed["receipts_root"], Value::Null);
    let status = node.run(&["status"]).success();
    assert_eq!(status.json["diverged_at"], Value::Null);
    // It counts no more.
    node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    node.refused(&["acknowledge", "//Dave"], &["waits for nothing"]);
    node.run(&["upgrade", "1.1"]).success();
    node.run(&["advance", "12"]).success();
    let said = node.run(&["engines"]).success();
    assert_eq!(said.text("confirmed"), "1.1");
    node.run(&["replay", "--verify"]).success();
}

/// The council may say that it was the other one who was right.
#[test]
fn the_council_may_name_any_root() {
    let engines = own_engines(&["1.0"]);
    let node = Node::empty(engines.path().into());
    node.run(&["init"]).success();
    node.run(&["add-worker", "//Dave"]).success();
    node.run(&["transfer", "//Bob", "5_000_000_000"]).success();
    let root = format!("0x{}", "11".repeat(32));
    node.run(&["acknowledge", "//Dave", "--root", &root])
        .success();
    let said = node.run(&["resolve", "--root", &root]).success();
    let wrong = event(&said, "WorkerDiverged")["worker"].clone();
    assert_ne!(wrong, "//Dave", "the development worker is wrong");
}
