use crate::{process::Node, sign::send};
use runtime_mock::{RuntimeCall, UNIT};
use serde_json::json;
use sp_runtime::MultiAddress;

fn transfer() -> RuntimeCall {
    RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: MultiAddress::Id([9; 32].into()),
        value: UNIT,
    })
}

/// A block for each transaction, final at once, and none without.
#[test]
fn instant_sealing_makes_a_block_for_each_transaction() {
    let node = Node::start(&["--alice", "--validator", "--sealing=instant"]);
    assert_eq!(node.rpc.best_number(), 0);
    // The first block makes the cluster and has no room for anybody's transactions.
    node.rpc
        .call("engine_createBlock", json!([true, true, null]));
    assert_eq!(node.rpc.finalized_number(), 1);
    for sent in 1..=2 {
        send(&node.rpc, "//Alice", transfer());
        node.wait("the transfer", |rpc| {
            (rpc.balance(&[9; 32]) == sent * UNIT).then_some(())
        });
        assert_eq!(node.rpc.finalized_number(), 1 + sent as u64);
    }
}

/// A block for each order, and none without.
#[test]
fn manual_sealing_waits_for_an_order() {
    let node = Node::start(&["--alice", "--validator", "--sealing=manual"]);
    node.rpc
        .call("engine_createBlock", json!([true, true, null]));
    send(&node.rpc, "//Alice", transfer());
    assert_eq!(node.rpc.best_number(), 1);
    let pending = node.rpc.call("author_pendingExtrinsics", json!([]));
    assert_eq!(pending.as_array().map(Vec::len), Some(1));
    node.rpc
        .call("engine_createBlock", json!([true, true, null]));
    assert_eq!(node.rpc.best_number(), 2);
    assert_eq!(node.rpc.balance(&[9; 32]), UNIT);
}
