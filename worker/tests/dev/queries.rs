//! `query`: its deadline, what is lent, what is logged, and what it doesn't reach.

use crate::node::{artefact, Node};

fn outside(node: &Node) -> String {
    let code = artefact("outside.contract");
    let made = node.run(&["instantiate", "--code", &code, "--constructor", "default"]);
    made.success().text("address").into()
}

#[test]
fn a_query_ends_at_its_deadline_and_an_estimate_at_its_gas() {
    let node = Node::new();
    let contract = outside(&node);
    let spin = [contract.as_str(), "--message", "spin", "--gas"];
    let long = [&["query"], &spin[..], &["2_000_000_000_000"]].concat();
    let before = node.picture();
    node.run(&[&long[..], &["--deadline-ms", "20"]].concat())
        .error(&["took longer than 20 ms"]);
    node.run(&[&["estimate"], &spin[..], &["1_000_000_000"]].concat())
        .failed("out_of_gas");
    assert_eq!(node.picture(), before);
    assert_eq!(node.ask(&contract, "count", &[]), "Ok(0)");
}

#[test]
fn lines_are_shown_and_money_is_lent() {
    let node = Node::new();
    let contract = outside(&node);
    for command in ["query", "estimate", "call"] {
        let said = node.run(&[command, &contract, "--message", "talk", "--args", "2"]);
        let said = said.success();
        let log = said.json["log"].as_array().expect("lines");
        assert_eq!(log.len(), 2, "{command}");
        assert_eq!(log[0]["text"], "a line");
        assert_eq!(log[0]["level"], "info");
        assert_eq!(log[0]["contract"], contract.as_str());
    }
    let text = node.text(&["query", &contract, "--message", "talk", "--args", "1"]);
    assert!(text.contains("text: a line"), "{text}");

    let free = node.free("//Bob");
    let lend = ["--lend", "50_000_000_000", "--value", "20_000_000_000"];
    let ask = ["query", &contract, "--message", "money", "--from", "//Bob"];
    let said = node.run(&[&ask[..], &lend].concat()).success();
    let left = free + 30_000_000_000;
    assert_eq!(said.text("decoded"), format!("Ok(({left}, 20000000000))"));
    assert_eq!(node.free("//Bob"), free);
}

#[test]
fn the_machine_s_own_network_is_out_of_reach() {
    let node = Node::new();
    let contract = outside(&node);
    let url = "\"http://localhost:1/\"";
    let said = node.ask(&contract, "get", &[url]);
    assert_eq!(said, "Ok((524, NotAllowed))");
    // What the file says has to be right.
    let config = node.base_path().join("worker.toml");
    std::fs::write(&config, "[http]\nallow = true\n").expect("a file");
    node.run(&["query", &contract, "--message", "count"])
        .error(&["worker.toml", "unknown field"]);
}
