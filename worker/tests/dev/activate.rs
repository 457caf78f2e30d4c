//! Code is activated through its own extrinsic; engines that are too old for it reject it, and nobody stands still.

use crate::node::{artefact, engines, Node};

/// The files are released, and don't know the message: they aren't asked.
#[test]
fn an_engine_that_is_older_than_the_message_rejects_it() {
    for version in ["1.0", "1.1", "2.0"] {
        let node = Node::empty(engines());
        node.run(&["init", "--engine", version]).success();
        let hash = format!("0x{}", "5a".repeat(32));
        let words = ["Unsupported", "activate_code is there since 2.1"];
        node.refused(&["activate", &hash], &words);
        node.refused(
            &["activate", &hash, "--from", "//Bob", "--interpret"],
            &words,
        );
        node.run(&["transfer", "//Bob", "1u"]).success();
        assert!(
            !node.base_path().join("artefacts").exists(),
            "nothing is compiled under {version}"
        );
    }
}

/// The chain's own refusals come before the engine's.
#[test]
fn a_limit_that_no_block_has_room_for_is_refused_by_the_chain() {
    let node = Node::new();
    let stored = node
        .run(&["upload", &artefact("flipper.contract")])
        .success();
    let activate = ["activate", stored.text("code_hash"), "--gas-limit"];
    node.run(&[&activate[..], &["3_000_000_000_000"]].concat())
        .error(&["GasLimitTooHigh"]);
    node.run(&[&activate[..], &["0"]].concat())
        .error(&["ZeroGasLimit"]);
}
