use crate::{
    process::{runtime, Node},
    sign::send,
};
use runtime_mock::{RuntimeCall, UNIT};
use serde_json::json;
use sp_runtime::MultiAddress;

/// The chain goes on under the next version of its runtime, and takes transactions that are signed for it.
#[test]
fn the_runtime_is_upgraded() {
    let node = Node::start(&["--alice", "--validator", "--force-authoring"]);
    let version = |rpc: &crate::rpc::Rpc| {
        let head = rpc.call("chain_getFinalizedHead", json!([]));
        let version = rpc.call("state_getRuntimeVersion", json!([head]));
        version["specVersion"].as_u64()
    };
    node.finalized(1);
    assert_eq!(version(&node.rpc), Some(1));
    let code = std::fs::read(runtime("pink_runtime.next.wasm")).expect("the next runtime");
    // It weighs as much as a block, so that nobody calls it by the way.
    let call = RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight {
        call: Box::new(RuntimeCall::System(frame_system::Call::set_code { code })),
        weight: Default::default(),
    });
    send(&node.rpc, "//Alice", call);
    node.wait("the next version", |rpc| {
        (version(rpc) == Some(2)).then_some(())
    });
    let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: MultiAddress::Id([8; 32].into()),
        value: UNIT,
    });
    send(&node.rpc, "//Alice", transfer);
    node.wait("the transfer", |rpc| {
        (rpc.balance(&[8; 32]) == UNIT).then_some(())
    });
}
