//! Going back.

use crate::world::{bring, by_hand, config, pay, who, World, UNIT};
use jsonrpsee::{
    core::client::{ClientT, Subscription, SubscriptionClientT},
    rpc_params,
    ws_client::WsClientBuilder,
};
use serde_json::{json, Value};

/// What the worker says of itself, as far as it is of the state.
fn state(world: &World) -> (Value, Value, Value) {
    let info = world.worker("cluster_v1_info", json!([]));
    (
        info["stateRoot"].clone(),
        info["nextSeq"].clone(),
        info["block"].clone(),
    )
}

#[test]
fn chain_worker_clock_and_nonces_go_back() {
    let world = World::start(&config());
    world.send("//Bob", bring(UNIT));
    world.until(|world| (world.number("pool") == 0).then_some(()));
    let eve = who("//Eve");
    let head = world.get("chain_getFinalizedHead", json!([]));
    let (before, has, ahead) = (state(&world), world.balance(&eve), world.number("aheadMs"));
    let id = world.get("dev_snapshot", json!([]));
    for _ in 0..3 {
        world.send("//Bob", bring(UNIT));
        world.send("//Bob", pay("//Eve", UNIT));
    }
    world.get("dev_increaseTime", json!([1_000]));
    let later = world.get("dev_snapshot", json!([]));
    world.until(|world| (world.balance(&eve) == has + 3 * UNIT).then_some(()));
    world.until(|world| (state(world).1 != before.1).then_some(()));
    assert_ne!(world.get("chain_getFinalizedHead", json!([])), head);

    assert_eq!(world.get("dev_revert", json!([id])), true);
    assert_eq!(world.get("chain_getFinalizedHead", json!([])), head);
    assert_eq!(
        (state(&world), world.balance(&eve), world.number("aheadMs")),
        (before, has, ahead)
    );
    assert_eq!(world.nonce(&who("//Bob")), 1);
    // Used up, and so are later ones.
    for id in [id, later] {
        assert_eq!(
            world.ask("dev_revert", json!([id])).expect_err("used up")["code"],
            -32050
        );
    }
    // It goes on from there, with the nonces of before, to states that everybody can check.
    world.send("//Bob", bring(5 * UNIT));
    let seq = state(&world).1;
    world.until(|world| {
        (world.number("pool") == 0 && state(world).1 != seq || state(world).1 == json!(8))
            .then_some(())
    });
    let header = world.get("chain_getHeader", json!([]));
    let proof = world.get(
        "state_getReadProof",
        json!([["0x3a636f6465"], world.get("chain_getBlockHash", json!([]))]),
    );
    assert!(
        !proof["proof"].as_array().expect("nodes").is_empty() && header["stateRoot"].is_string()
    );
}

#[test]
fn a_snapshot_of_troubles_is_one_of_troubles() {
    let world = World::start(&by_hand());
    let well = world.get("dev_snapshot", json!([]));
    world.get("dev_park", json!([]));
    let parked = world.get("dev_snapshot", json!([]));
    world.get("dev_heal", json!([]));
    assert_eq!(
        world.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    world.get("dev_revert", json!([parked]));
    assert_eq!(
        world.worker("cluster_v1_info", json!([]))["status"],
        "parked"
    );
    world.get("dev_heal", json!([]));
    assert_eq!(
        world.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    world.get("dev_revert", json!([well]));
    assert_eq!(
        world.worker("cluster_v1_info", json!([]))["status"],
        "running"
    );
    world.get("dev_diverge", json!([]));
}

/// Whoever goes back over a connection has the answer on it; then it ends, and the next one begins with the chain as it is.
#[test]
fn connections_end_after_the_answer() {
    let world = World::start(&by_hand());
    let url = format!("ws://{}", world.info.chain);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let start = world.number("best");
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
