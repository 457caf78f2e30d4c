//! A node whose pool of transactions is full.

use crate::{
    chain,
    harness::Harness,
    process::{Node, Start},
    programs::{said, until, Running},
    signing::{pair, submit, submit_for, sudo},
};
use fat_contracts_primitives::AccountId;
use pallet_fat_contracts::{Call, Event};
use parity_scale_codec::Encode;
use runtime_mock::{runtime::Runtime, RuntimeCall, RuntimeEvent, UNIT};
use serde_json::{json, Value};
use sp_core::Pair;

const FULL: &str = "its pool of transactions is full";

/// What waits in the pool.
fn pending(harness: &Harness) -> Vec<Value> {
    let pending = harness.node().ask("author_pendingExtrinsics", json!([]));
    pending
        .expect("an answer")
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// It is named, by a command and by a worker, nothing of it is lost or said twice, and the worker goes on following.
#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn what_a_full_pool_has_no_room_for_is_said_later() {
    let harness = Harness::of(Node::start_sealing(Start {
        more: &["--pool-limit", "1"],
        ..Start::default()
    }));
    let dave = AccountId::new(pair("//Dave").public().0);
    let register = RuntimeCall::from(Call::<Runtime>::register_worker {
        worker: dave.clone(),
    });
    submit(harness.node(), "//Alice", &sudo(&register.encode()));
    harness.node().seal().expect("a block");
    until("room", || pending(&harness).is_empty().then_some(()));

    // Somebody pays to be the first.
    let deposit = RuntimeCall::from(Call::<Runtime>::transfer_to_cluster {
        cluster: chain::CLUSTER,
        dest: AccountId::new(pair("//Bob").public().0),
        amount: UNIT,
        max_ordering_fee: UNIT,
    });
    submit_for(harness.node(), "//Bob", &deposit.encode(), UNIT);
    let command = ["transfer", "//Charlie", "1u", "--from", "//Charlie"];
    let chain = ["--chain", harness.url(), "--json"];
    let (status, told) = said(&[&command[..], &chain].concat());
    let error = told["error"].as_str().expect("an error");
    let expected = format!("has no room for transfer_to_cluster: {FULL}");
    assert!(status != 0 && error.contains(&expected), "{told}");
    assert!(error.contains("send it again later"), "{told}");

    let (base, options) = (harness.path("worker"), ["--trust-node", "--from", "//Dave"]);
    let mut worker = Running::start(&base, harness.url(), &options);
    worker.follows(2);
    worker.says(FULL);
    let of_somebody = pending(&harness);
    assert_eq!(of_somebody.len(), 1);
    // There is room, and it says what it had to say.
    harness.node().seal().expect("a block");
    // What is in a block is in the pool for a moment more.
    until("the worker's word", || {
        let pending = pending(&harness);
        (!pending.is_empty() && pending != of_somebody).then_some(())
    });
    harness.node().seal().expect("a block");
    let last = chain::number(harness.node());
    worker.follows(last.into());
    harness.node().seal().expect("a block");
    worker.follows(u64::from(last) + 1);
    until("silence", || pending(&harness).is_empty().then_some(()));
    let all = (1..=last + 1).flat_map(|block| chain::events(harness.node(), block));
    let announced = RuntimeEvent::FatContracts(Event::EnginesAnnounced { worker: dave });
    assert_eq!(all.filter(|event| *event == announced).count(), 1);
    worker.stop();
}
