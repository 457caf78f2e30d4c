//! What fails leaves nothing behind but its fee.

use crate::node::{artefact, Node};
use std::collections::BTreeSet;

#[test]
fn a_failed_call_changes_two_accounts_and_nothing_else() {
    let node = Node::new();
    let flipper = node
        .run(&["upload", &artefact("flipper.contract")])
        .success();
    let factory = node.deploy("factory", &[flipper.text("code_hash")]);
    for (message, status) in [
        ("fail_after_write", "reverted"),
        ("trap", "trapped"),
        ("spin", "out_of_gas"),
    ] {
        let (alice, before) = (node.free("//Alice"), node.state());
        let said = node.run(&[
            "call",
            &factory,
            "--message",
            message,
            "--gas-limit",
            "5000000000",
        ]);
        let said = said.failed(status);
        assert_eq!(alice - node.free("//Alice"), said.money("fee"), "{message}");
        assert_eq!(said.money("storage_deposit"), 0, "{message}");

        let after = node.state();
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let changed: Vec<_> = keys
            .into_iter()
            .filter(|key| before.get(*key) != after.get(*key))
            .collect();
        assert_eq!(changed.len(), 2, "{message}: {changed:?}");
        for key in changed {
            assert!(key.starts_with(b"account/"), "{message}: {key:?}");
        }
        assert_eq!(node.ask(&factory, "writes", &[]), "Ok(0)");
        assert_eq!(
            node.ask(&factory, "doomed_write_is_there", &[]),
            "Ok(false)"
        );
    }
}

#[test]
fn a_query_changes_nothing() {
    let node = Node::new();
    let flipper = node.deploy("flipper", &["false"]);
    let before = node.picture();
    node.run(&["query", &flipper, "--message", "flip"])
        .success();
    node.run(&["estimate", &flipper, "--message", "flip"])
        .success();
    assert_eq!(node.picture(), before);
    assert_eq!(node.ask(&flipper, "get", &[]), "Ok(false)");
}
