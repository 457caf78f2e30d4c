//! Going back.

use crate::harness::{bring, by_hand, config, pay, who, Harness, UNIT};
use jsonrpsee::{
    core::client::{ClientT, Subscription, SubscriptionClientT},
    rpc_params,
    ws_client::WsClientBuilder,
};
use serde_json::{json, Value};

/// What the worker says of itself, as far as it is of the state.
fn state(harness: &Harness) -> (Value, Value, Value) {
    let info = harness.worker("cluster_v1_info", json!([]));
    (
        info["stateRoot"].clone(),
        info["nextSeq"].clone(),
        info["block"].clone(),
    )
}

#[test]
fn chain_worker_clock_and_nonces_go_back() {
    let harness = Harness::start(&config());
    harness.send("//Bob", bring(UNIT));
    harness.until(|harness| (harness.number("pool") == 0).then_some(()));
    let eve = who("//Eve");
    let head = harness.get("chain_getFinalizedHead", json!([]));
    let (before, has, ahead) = (
        state(&harness),
        harness.balance(&eve),
        harness.number("aheadMs"),
    );
    let id = harness.get("dev_snapshot", json!([]));
    for _ in 0..3 {
        harness.send("//Bob", bring(UNIT));
        harness.send("//Bob", pay("//Eve", UNIT));
    }
    harness.get("dev_increaseTime", json!([1_000]));
    let later = harness.get("dev_snapshot", json!([]));
    harness.until(|harness| (harness.balance(&eve) == has + 3 * UNIT).then_some(()));
    harness.until(|harness| (state(harness).1 != before.1).then_some(()));
    assert_ne!(harness.get("chain_getFinalizedHead", json!([])), head);

    assert_eq!(harness.get("dev_revert", json!([id])), true);
    assert_eq!(harness.get("chain_getFinalizedHead", json!([])), head);
    assert_eq!(
        (
            state(&harness),
            harness.balance(&eve),
            harness.number("aheadMs")
        ),
        (before, has, ahead)
    );
    assert_eq!(harness.nonce(&who("//Bob")), 1);
    // Used up, and so are later ones.
    for id in [id, later] {
        assert_eq!(
            harness.ask("dev_revert", json!([id])).expect_err("used up")["code"],
            -32050
        );
    }
    // It goes on from there, with the nonces of before, to states that everybody can check.
    harness.send("//Bob", bring(5 * UNIT));
    let seq = state(&harness).1;
    harness.until(|harness| {
        (harness.number("pool") == 0 && state(harness).1 != seq || state(harness).1 == json!(8))
            .then_some(())
    });
    let header = harness.get("chain_getHeader", json!([]));
    let proof = harness.get(
        "state_getReadProof",
        json!([
            ["0x3a636f6465"],
            harness.get("chain_getBlockHash", json!([]))
        ]),
    );
    assert!(
        !proof["proof"].as_array().expect("nodes").is_empty() && header["stateRoot"].is_string()
    );
}

#[test]
fn a_snapshot_of_troubles_is_one_of_troubles() {
    let harness = Harness::start(&by_hand());
    let well = harness.get("dev_snapshot", json!([]));
    harness.get("dev_park", json!([]));
    let parked = harness.get("dev_snapshot", json!([]));
    harness.get("dev_heal", json!([]));
    assert_eq!(
        harness.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    harness.get("dev_revert", json!([parked]));
    assert_eq!(
        harness.worker("cluster_v1_info", json!([]))["status"],
        "parked"
    );
    harness.get("dev_heal", json!([]));
    assert_eq!(
        harness.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    harness.get("dev_revert", json!([well]));
    assert_eq!(
        harness.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    harness.get("dev_diverge", json!([]));
}

/// Whoever goes back over a connection has the answer on it; then it ends, and the next one begins with the chain as it is.
#[test]
fn connections_end_after_the_answer() {
    let harness = Harness::start(&by_hand());
    let url = format!("ws://{}", harness.info.chain);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let start = harness.number("best");
    runtime.block_on(async {
        let follow = || async {
            let client = WsClientBuilder::default()
                .build(&url)
                .await
                .expect("a connection");
            let told: Subscription<Value> = client
                .subscribe(
                    "chain_subscribeNewHeads",
                    rpc_params![],
                    "chain_unsubscribeNewHeads",
                )
                .await
                .expect("a subscription");
            (client, told)
        };
        let (one, mut told_one) = follow().await;
        let (other, mut told_other) = follow().await;
        let id: u64 = one
            .request("dev_snapshot", rpc_params![])
            .await
            .expect("a snapshot");
        let _: Value = one
            .request("dev_mine", rpc_params![2])
            .await
            .expect("blocks");
        for told in [&mut told_one, &mut told_other] {
            for number in start..=start + 2 {
                let header = told.next().await.expect("a header").expect("one");
                assert_eq!(header["number"], format!("0x{number:x}"));
            }
        }
        let done: bool = one
            .request("dev_revert", rpc_params![id])
            .await
            .expect("an answer");
        assert!(done);
        assert!(told_one.next().await.is_none() && told_other.next().await.is_none());
        one.on_disconnect().await;
        other.on_disconnect().await;
        let (_client, mut told) = follow().await;
        assert_eq!(
            told.next().await.expect("a header").expect("one")["number"],
            format!("0x{start:x}")
        );
    });
}
