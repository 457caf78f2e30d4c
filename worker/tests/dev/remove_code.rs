//! Code that nothing uses can be removed, through its own extrinsic.

use crate::node::{artefact, Node};

#[test]
fn code_goes_when_nothing_uses_it() {
    let node = Node::new();
    let stored = node
        .run(&["upload", &artefact("flipper.contract")])
        .success();
    let hash = stored.text("code_hash");
    node.refused(&["remove-code", hash, "--from", "//Bob"], &["BadOrigin"]);
    let before = node.free("//Alice");
    let removed = node.run(&["remove-code", hash]).success();
    assert_eq!(
        node.free("//Alice"),
        before + stored.money("storage_deposit") - removed.money("fee")
    );
    node.refused(&["remove-code", hash], &["CodeNotFound"]);

    node.deploy("flipper", &["false"]);
    node.refused(&["remove-code", hash], &["CodeInUse"]);
}
