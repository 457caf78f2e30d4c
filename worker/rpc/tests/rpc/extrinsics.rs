//! Receipts by the block and the index of the extrinsic that queued the message.

use crate::harness::{call, config, engines, Counted, Harness};
use fat_contracts_primitives::ClusterBlock;
use pallet_fat_contracts::Call;
use pink_devchain::{owner, CLUSTER};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{StateError, SystemCodes},
    query::{Queries, QueryConfig},
    store::{Pruning, Store},
    Worker,
};
use pink_worker_rpc::{Daemon, Server, StatusBoard};
use runtime_mock::{runtime::Runtime, Extrinsic, UNIT};
use serde_json::{json, Value};
use std::sync::Arc;

const RECEIPT: &str = "cluster_v1_receipt";

fn deposit() -> Extrinsic {
    let call: Call<Runtime> = Call::transfer_to_cluster {
        cluster: CLUSTER,
        dest: owner(),
        amount: UNIT,
        max_ordering_fee: u128::MAX,
    };
    Extrinsic::signed(owner(), call)
}

/// The message that this comes to is queued blocks later, by a hook.
fn new_prices() -> Extrinsic {
    let call: Call<Runtime> = Call::update_prices {
        cluster: CLUSTER,
        gas_price: 11,
        deposit_per_item: UNIT,
        deposit_per_byte: UNIT,
    };
    Extrinsic::signed(owner(), call)
}

#[test]
fn a_receipt_is_found_by_its_extrinsic() {
    let mut harness = Harness::new();
    let extrinsics = vec![deposit(), new_prices(), deposit()];
    let made = harness.node.dispatch(extrinsics, Vec::new()).unwrap();
    let (block, last) = (made.number, made.seq.unwrap());
    let first = last - 1;
    let [one, other] = [first, last].map(|seq| harness.extrinsic_of(seq));
    // By hand: with the prices between them. The block's time is extrinsic 0.
    assert_eq!(other, one + 2);
    assert!(one > 0);
    for (place, (seq, index)) in [(first, one), (last, other)].into_iter().enumerate() {
        let answer = harness.good(RECEIPT, json!([seq]));
        assert_eq!(answer, harness.good(RECEIPT, json!([null, block, index])));
        let named = json!({ "block": block, "index": index, "proof": null });
        assert_eq!(answer, harness.good(RECEIPT, named));
        let extrinsic = json!({ "index": index, "firstSeq": seq, "messages": 1 });
        assert_eq!(answer["extrinsic"], extrinsic);
        assert_eq!(
            (&answer["seq"], &answer["block"]),
            (&json!(seq), &json!(block))
        );
        assert_eq!(answer["index"], place);
        let message = harness.good("cluster_v1_message", json!([seq]));
        assert_eq!(message["extrinsic"], index);
    }
    // The time, the prices, and one that there isn't.
    for index in [0, one + 1, other + 1, u32::MAX] {
        let error = harness
            .call(RECEIPT, json!([null, block, index]))
            .unwrap_err();
        assert_eq!(
            (&error["code"], &error["data"]["name"]),
            (&json!(9009), &json!("NothingQueued"))
        );
        assert_eq!(error["data"]["details"], json!({ "unknown": 0 }));
    }
    // A block that is to come, and one that is older than the cluster.
    assert_eq!(harness.code(RECEIPT, json!([null, block + 1, one])), 9008);
    assert_eq!(harness.code(RECEIPT, json!([null, u32::MAX, one])), 9008);
    assert_eq!(harness.code(RECEIPT, json!([null, 0, one])), 9003);
    for wrong in [
        json!([null, block]),
        json!([null, null, one]),
        json!([last, block, other]),
    ] {
        assert_eq!(harness.code(RECEIPT, wrong), 9008);
    }
    assert_eq!(harness.code(RECEIPT, json!([null, block, -1])), -32602);
}

/// New prices are a message that no extrinsic queues.
#[test]
fn what_a_hook_queued_has_no_extrinsic() {
    let mut harness = Harness::new();
    let next = harness.good("cluster_v1_info", json!([]))["nextSeq"].clone();
    harness
        .node
        .dispatch(vec![new_prices()], Vec::new())
        .unwrap();
    harness.node.advance(11, 6_000, |_| ()).unwrap();
    let answer = harness.good(RECEIPT, json!([next]));
    assert_eq!(answer["extrinsic"], Value::Null);
    let message = harness.good("cluster_v1_message", json!([next]));
    assert_eq!(
        (&message["message"]["kind"], &message["extrinsic"]),
        (&json!("updatePrices"), &Value::Null)
    );
    for index in [0, 1] {
        let error = harness
            .call(RECEIPT, json!([null, answer["block"], index]))
            .unwrap_err();
        assert_eq!(
            (&error["code"], &error["data"]["details"]),
            (&json!(9009), &json!({ "unknown": 1 }))
        );
    }
}

struct Codes;

impl SystemCodes for Codes {
    fn system_code(&self, _: &[u8; 32]) -> Result<Option<Vec<u8>>, StateError> {
        let code = include_bytes!("../../../../contracts/artifacts/system.wasm");
        Ok(Some(code.to_vec()))
    }
}

/// A worker that is given these blocks, behind a server.
fn serving(blocks: &[ClusterBlock]) -> (Worker, Server) {
    let store = Store::open_in_memory().unwrap();
    let mut worker = Worker::new(store, EngineRegistry::new(engines()));
    let imported = worker.import(blocks, Vec::new(), &Codes).unwrap();
    assert!(imported.parked.is_none(), "{:?}", imported.parked);
    let queries = Queries::new(worker.handle().clone(), QueryConfig::default());
    let daemon = Daemon::new(
        worker.handle().clone(),
        queries,
        CLUSTER,
        StatusBoard::new(),
    );
    let server = Server::start(config(), daemon, Arc::<Counted>::default()).unwrap();
    (worker, server)
}

/// The blocks of a chain whose last has three messages.
fn three_messages() -> Vec<ClusterBlock> {
    let mut harness = Harness::new();
    let extrinsics = vec![deposit(), deposit(), deposit()];
    let made = harness.node.dispatch(extrinsics, Vec::new()).unwrap();
    let worker = harness.node.worker();
    let input = |number| worker.input(number).unwrap();
    (0..=made.number).filter_map(input).collect()
}

/// By its extrinsic the first message of a batch is found, and it says which the others are.
#[test]
fn an_extrinsic_that_queued_several_names_them_all() {
    let mut blocks = three_messages();
    let last = blocks.last_mut().unwrap();
    let (block, first) = (last.number, last.messages[0].0);
    last.extrinsics = vec![(first, 1), (first + 1, 4), (first + 2, 4)];
    let (_worker, server) = serving(&blocks);
    let ask = |params| call(server.address(), RECEIPT, params).unwrap();
    let answer = ask(json!([null, block, 4]));
    let extrinsic = json!({ "index": 4, "firstSeq": first + 1, "messages": 2 });
    assert_eq!(
        (&answer["seq"], &answer["index"]),
        (&json!(first + 1), &json!(1))
    );
    assert_eq!(answer["extrinsic"], extrinsic);
    assert_eq!(ask(json!([first + 2]))["extrinsic"], extrinsic);
    assert_eq!(ask(json!([first]))["extrinsic"]["messages"], 1);
}

/// Nothing is said of what can't be known, and receipts that are forgotten take their extrinsics with them.
#[test]
fn what_is_not_known_any_more_is_told_from_what_never_was() {
    let mut blocks = three_messages();
    let last = blocks.last_mut().unwrap();
    let (block, first) = (last.number, last.messages[0].0);
    // As a worker kept it before it kept extrinsics.
    last.extrinsics.clear();
    let (mut worker, server) = serving(&blocks);
    let ask = |params| call(server.address(), RECEIPT, params);
    let error = ask(json!([null, block, 1])).unwrap_err();
    assert_eq!(
        (&error["code"], &error["data"]["details"]),
        (&json!(9009), &json!({ "unknown": 3 }))
    );
    assert!(ask(json!([first])).unwrap()["extrinsic"].is_null());

    let before = blocks
        .iter()
        .rev()
        .skip(1)
        .find(|it| !it.extrinsics.is_empty());
    let before = before.expect("a block with messages");
    let (seq, index) = before.extrinsics[0];
    let by_extrinsic = json!([null, before.number, index]);
    assert_eq!(ask(by_extrinsic.clone()).unwrap()["seq"], seq);
    let keep = Pruning {
        keep_receipts: Some(1),
        ..Pruning::default()
    };
    let pruned = worker.prune(keep, block, 1_000).unwrap();
    assert!(pruned.receipts > 0);
    for gone in [by_extrinsic, json!([seq])] {
        let error = ask(gone).unwrap_err();
        assert_eq!(
            (&error["code"], &error["data"]["name"]),
            (&json!(9003), &json!("NoBlock"))
        );
    }
    assert_eq!(ask(json!([first])).unwrap()["seq"], first);
}
