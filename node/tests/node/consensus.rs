use crate::{
    process::Node,
    sign::{pair, send},
};
use parity_scale_codec::{Decode, Encode};
use runtime_mock::{validators, RuntimeCall};
use serde_json::json;
use sp_core::Pair;

/// The council has a second authority named. Two blocks later both make blocks, no block is final without the vote of
/// either, and the number of the set has gone up.
#[test]
fn the_authorities_change() {
    let alice = Node::start(&["--alice", "--validator", "--force-authoring"]);
    let address = alice.address();
    let bob = Node::start(&["--bob", "--validator", "--bootnodes", &address]);
    bob.wait("the other node", |rpc| {
        (rpc.best_number() > 1).then_some(())
    });
    let set = |rpc: &crate::rpc::Rpc| {
        let given = rpc.runtime("GrandpaApi_current_set_id", &[]);
        u64::decode(&mut &given[..]).expect("a number")
    };
    assert_eq!(set(&alice.rpc), 0);
    let validators = ["//Alice", "//Bob"].map(|name| pair(name).public().0.into());
    let named = validators::Call::set_validators {
        validators: validators.to_vec(),
    };
    let call = RuntimeCall::Sudo(pallet_sudo::Call::sudo {
        call: Box::new(RuntimeCall::Validators(named)),
    });
    send(&alice.rpc, "//Alice", call);
    let changed = alice.wait("the new set", |rpc| {
        (set(rpc) == 1).then(|| rpc.best_number())
    });
    // Both nodes finalize what the new set made.
    for node in [&alice, &bob] {
        let (_, justification) = node.finalized(changed + 3);
        // Round, block and height; then the votes.
        let votes = &mut &justification[8 + 32 + 4..];
        let votes = parity_scale_codec::Compact::<u32>::decode(votes).expect("a length");
        assert_eq!(votes.0, 2);
    }
    let given = alice.rpc.runtime("AuraApi_authorities", &().encode());
    assert_eq!(given.len(), 1 + 2 * 32);
}
