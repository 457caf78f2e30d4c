//! A node whose best block changes sides before anything is final.

use crate::{
    chain,
    harness::{receipt, Harness},
    process::{engines, Node, Start},
    programs::{until, Running},
    signing::submit,
};
use fat_contracts_primitives::Hash;
use pallet_fat_contracts::Call;
use parity_scale_codec::Encode;
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    store::{Store, StoreOptions},
    Worker,
};
use runtime_mock::{runtime::Runtime, RuntimeCall, UNIT};
use serde_json::{json, Value};

/// Makes a block behind another one, which isn't final yet.
fn block(harness: &Harness, parent: Hash) -> Hash {
    let made = harness
        .node()
        .ask("engine_createBlock", json!([true, false, parent]));
    serde_json::from_value(made.expect("a block")["hash"].clone()).expect("a hash")
}

/// The time of a block, as the pallet gives it to engines.
fn time(harness: &Harness, hash: Hash) -> u64 {
    let key = [
        sp_crypto_hashing::twox_128(b"Timestamp"),
        sp_crypto_hashing::twox_128(b"Now"),
    ];
    let key = format!("0x{}", hex::encode(key.concat()));
    let found = harness.node().ask("state_getStorage", json!([key, hash]));
    let found = found.expect("an answer");
    let bytes = hex::decode(found.as_str().expect("hex").trim_start_matches("0x"));
    u64::from_le_bytes(bytes.expect("hex").try_into().expect("a number"))
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn of_two_sides_a_worker_executes_the_final_one() {
    let harness = Harness::of(Node::start_sealing(Start::default()));
    let mut worker = Running::start(&harness.path("worker"), harness.url(), &["--trust-node"]);
    worker.follows(1);
    let deposit = RuntimeCall::from(Call::<Runtime>::transfer_to_cluster {
        cluster: chain::CLUSTER,
        dest: [7; 32].into(),
        amount: UNIT,
        max_ordering_fee: UNIT,
    });
    submit(harness.node(), "//Bob", &deposit.encode());
    let first = harness.node().ask("chain_getBlockHash", json!([1]));
    let first = serde_json::from_value(first.expect("an answer")).expect("a hash");
    // Both sides have the deposit, at other times. The best block is of the first one, and stays there.
    let lost = block(&harness, first);
    let kept = block(&harness, first);
    block(&harness, lost);
    let end = block(&harness, kept);
    assert!(lost != kept && time(&harness, lost) != time(&harness, kept));
    assert_eq!(
        (chain::best(harness.node()), chain::number(harness.node())),
        (3, 1)
    );
    // It has looked since, and nothing is final.
    let looked = |worker: &Running| worker.log().matches("it is at block=1").count();
    let before = looked(&worker);
    let executed = |worker: &Running| worker.log().contains("followed block=2");
    until("another look", || {
        (looked(&worker) > before + 1 || executed(&worker)).then_some(())
    });
    assert!(!executed(&worker), "{}", worker.log());

    let finalized = harness
        .node()
        .ask("engine_finalizeBlock", json!([end, null]));
    assert_eq!(finalized.expect("an answer"), Value::Bool(true));
    worker.follows(3);
    let base = worker.base.clone();
    worker.stop();
    let store = Store::open_read_only(&base, StoreOptions::default()).expect("a store");
    let rested = Worker::new(store, EngineRegistry::new(engines()));
    let input = rested.input(2).expect("a store").expect("executed");
    assert_eq!(input.now_ms, time(&harness, kept));
    let messages = rested.receipts(2).expect("a store");
    assert_eq!(messages.len(), 1, "the deposit, once");
    assert!(rested.receipts(3).expect("a store").is_empty());
    assert_eq!(receipt(&base, (2, messages[0].seq)).0, Outcome::Success);
}
