//! Going back.

use crate::world::{bring, by_hand, config, pay, who, World, UNIT};
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
