//! One message, written down and executed alone.

use crate::node::Node;
use std::fs;

#[test]
fn a_message_is_executed_alone() {
    let node = Node::new();
    let token = node.deploy("token", &["1_000"]);
    let sent = node.call(&token, "transfer", &["//Bob", "5"]).success();
    node.run(&["advance", "3"]).success();
    let (block, seq) = (sent.json["block"].to_string(), sent.json["seq"].to_string());
    let base_path = node.base_path().display().to_string();
    let file = node.dir.path().join("witness").display().to_string();
    let record = [
        "witness",
        "record",
        "--base-path",
        &base_path,
        "--block",
        &block,
        "--seq",
    ];
    node.program(&[&record[..], &[&seq, &file]].concat())
        .success();
    // What is there isn't written over.
    node.program(&[&record[..], &[&seq, &file]].concat())
        .error(&["can't write"]);
    node.program(&[&record[..], &["99", "other"]].concat())
        .error(&["has no message 99"]);

    let said = node.program(&["witness", "execute", &file]).success();
    assert_eq!(said.json["same_receipt"], true);
    assert_eq!(said.json["same_changes"], true);
    assert_eq!(said.json["fee"], sent.json["fee"]);

    let mut bytes = fs::read(&file).expect("the witness");
    bytes.truncate(100);
    let cut = node.file("cut", &bytes);
    node.program(&["witness", "execute", &cut])
        .error(&["not a witness", "witness record"]);
    let none = node.file("none", b"hello");
    node.program(&["witness", "execute", &none])
        .error(&["not a witness"]);
}
