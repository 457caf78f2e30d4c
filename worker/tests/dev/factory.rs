//! The factory: contracts that make and call contracts.

use crate::node::{artefact, Node};

fn factory(node: &Node) -> String {
    let flipper = node
        .run(&["upload", &artefact("flipper.contract")])
        .success();
    node.deploy("factory", &[flipper.text("code_hash")])
}

#[test]
fn a_factory_makes_a_child_and_calls_it() {
    let node = Node::new();
    let factory = factory(&node);
    let made = node
        .call(&factory, "instantiate_child", &["true", "[1, 2]"])
        .success();
    let events = made.json["events"].as_array().expect("a list");
    let child = events
        .iter()
        .filter(|it| it["event"] == "Instantiated")
        .map(|it| it["contract"].as_str().expect("text").to_owned())
        .next()
        .expect("the child");
    assert_eq!(
        node.ask(&factory, "child", &[]),
        format!("Ok(Some({child}))")
    );
    assert_eq!(node.ask(&factory, "child_value", &[]), "Ok(Ok(true))");
    node.call(&factory, "flip_child", &[]).success();
    assert_eq!(node.ask(&factory, "child_value", &[]), "Ok(Ok(false))");
    // The child's messages are known: its code was uploaded with its metadata.
    node.call(&child, "flip", &[]).success();
    assert_eq!(node.ask(&child, "get", &[]), "Ok(true)");

    // The same salt gives the same address, which is taken: the caller's mistake, and its end.
    let again = node.call(&factory, "instantiate_child", &["true", "[1, 2]"]);
    assert!(again
        .failed("trapped")
        .text("error")
        .contains("DuplicateContract"));
    node.call(&factory, "instantiate_child", &["true", "[1, 3]"])
        .success();
}

#[test]
fn a_callee_that_runs_out_of_gas_is_a_value_for_its_caller() {
    let node = Node::new();
    let factory = factory(&node);
    node.call(&factory, "instantiate_child", &["true", "[]"])
        .success();
    let said = node.call(&factory, "call_child_with_gas", &["1"]).success();
    assert_eq!(said.text("decoded"), "Ok(Ok(true))");
    let said = node.call(&factory, "call_child_with_gas", &["0"]).success();
    assert_eq!(said.text("decoded"), "Ok(Ok(false))");
    assert_eq!(node.ask(&factory, "child_value", &[]), "Ok(Ok(false))");
}

#[test]
fn value_is_passed_on() {
    let node = Node::new();
    let factory = factory(&node);
    let eve = node.free("//Eve");
    let args = ["call", &factory, "--message", "forward", "--args", "//Eve"];
    node.run(&[&args[..], &["--value", "1_000_000_000_000"]].concat())
        .success();
    assert_eq!(node.free("//Eve") - eve, 1_000_000_000_000);
}
