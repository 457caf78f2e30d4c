//! When blocks are made, when they are final, and when what was executed is confirmed.

use crate::harness::{bring, by_hand, bytes, config, who, Harness, UNIT};
use jsonrpsee::{
    core::client::{ClientT, Subscription, SubscriptionClientT},
    rpc_params,
    ws_client::WsClientBuilder,
};
use pink_dev_serve::{Mining, ServeConfig};
use serde_json::{json, Value};
use std::time::Duration;

/// The block of the last confirmed checkpoint, as the pallet's storage has it: `Progress.confirmed.block`, which its
/// record begins with.
fn confirmed(harness: &Harness) -> u32 {
    let key = [
        &sp_crypto_hashing::twox_128(b"FatContracts")[..],
        &sp_crypto_hashing::twox_128(b"Progress"),
        &sp_crypto_hashing::twox_64(&1u64.to_le_bytes()),
        &1u64.to_le_bytes(),
    ];
    harness
        .storage::<u32>(&key.concat(), None)
        .expect("progress")
}

#[test]
fn a_block_is_final_and_confirmed_so_many_blocks_later() {
    let harness = Harness::start(&ServeConfig {
        finality_delay: 2,
        confirmation_delay: 4,
        ..by_hand()
    });
    let start = u32::try_from(harness.number("best")).expect("small");
    harness.send("//Bob", bring(UNIT));
    harness.get("dev_mine", json!([1]));
    let block = start + 1;
    let mut seen = Vec::new();
    for after in 0..8u32 {
        let (finalized, executed) = (harness.number("finalized"), harness.number("executed"));
        assert_eq!(finalized, executed, "{after} blocks later");
        assert_eq!(
            finalized,
            u64::from(start.max((block + after).saturating_sub(2))),
            "{after} blocks later"
        );
        seen.push(confirmed(&harness) >= block);
        harness.get("dev_mine", json!([1]));
    }
    // It is executed with the second block after it, said with the fourth, and in the block behind that.
    assert_eq!(seen, [false, false, false, false, false, true, true, true]);
}

#[test]
fn in_instant_mode_blocks_follow_until_nothing_is_open() {
    let harness = Harness::start(&ServeConfig {
        finality_delay: 2,
        confirmation_delay: 2,
        ..config()
    });
    let block = u32::try_from(harness.number("best") + 1).expect("small");
    harness.send("//Bob", bring(UNIT));
    harness.until(|harness| (confirmed(harness) >= block).then_some(()));
    let receipt = harness.worker("cluster_v1_info", json!([]));
    assert!(receipt["block"].as_u64().expect("a block") >= u64::from(block));
    // And then no more.
    let settled = harness.until(|harness| {
        let before = harness.number("best");
        std::thread::sleep(Duration::from_millis(1_500));
        (harness.number("best") == before).then_some(before)
    });
    assert_eq!(harness.number("best"), settled);
}

#[test]
fn blocks_come_by_themselves_or_not_at_all() {
    let harness = Harness::start(&ServeConfig {
        mining: Mining::Interval(50),
        ..config()
    });
    let best = harness.number("best");
    harness.until(|harness| (harness.number("best") > best + 3).then_some(()));
    assert_eq!(harness.get("dev_setBlockTime", json!(["manual"])), "manual");
    harness.send("//Bob", bring(UNIT));
    let best = harness.number("best");
    assert_eq!(
        (harness.number("pool"), harness.nonce(&who("//Bob"))),
        (1, 1)
    );
    // Everything that waits is in one block.
    harness.send("//Charlie", bring(UNIT));
    harness.get("dev_mine", json!([1]));
    assert_eq!(harness.number("best"), best + 1);
    // What the worker says of it waits for the next one.
    assert_eq!(harness.number("pool"), 1);
    assert_eq!(
        harness.get("dev_setBlockTime", json!(["instant"])),
        "instant"
    );
    assert_eq!(harness.number("pool"), 0);
    for wrong in [
        json!([0]),
        json!(["often"]),
        json!([-1]),
        json!([]),
        json!([[]]),
    ] {
        assert_eq!(
            harness
                .ask("dev_setBlockTime", wrong)
                .expect_err("nonsense")["code"],
            -32602
        );
    }
}

/// `Timestamp.Now`.
fn now_ms(harness: &Harness) -> u64 {
    let key = [
        sp_crypto_hashing::twox_128(b"Timestamp"),
        sp_crypto_hashing::twox_128(b"Now"),
    ];
    harness.storage::<u64>(&key.concat(), None).expect("a time")
}

#[test]
fn the_clock_is_moved() {
    let harness = Harness::start(&by_hand());
    let before = now_ms(&harness);
    let said = harness.get("dev_increaseTime", json!([86_400]));
    harness.get("dev_mine", json!([1]));
    let after = now_ms(&harness);
    assert!(after >= before + 86_400_000, "{before} {after}");
    assert!(after >= said.as_u64().expect("a time"));
    // Steps are exact.
    harness.get("dev_mine", json!([1, 0]));
    let exact = now_ms(&harness);
    harness.get("dev_mine", json!([3, 6_000]));
    assert_eq!(now_ms(&harness), exact + 18_000);
    assert_eq!(
        harness
            .ask("dev_increaseTime", json!([u64::MAX]))
            .expect_err("too far")["code"],
        -32602
    );
    assert_eq!(
        harness
            .ask("dev_mine", json!([100_000]))
            .expect_err("too many")["code"],
        -32050
    );
}

/// Who follows is told of every block once and in order, of the final ones after the new ones' numbers.
#[test]
fn who_follows_misses_nothing() {
    let harness = Harness::start(&ServeConfig {
        finality_delay: 1,
        ..by_hand()
    });
    let url = format!("ws://{}", harness.info.chain);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let start = harness.number("best");
    runtime.block_on(async {
        let client = WsClientBuilder::default()
            .build(url)
            .await
            .expect("a connection");
        let follow = |name: &'static str, end: &'static str| {
            let client = &client;
            async move {
                let told: Subscription<Value> = client
                    .subscribe(name, rpc_params![], end)
                    .await
                    .expect("a subscription");
                told
            }
        };
        let mut all = follow("chain_subscribeAllHeads", "chain_unsubscribeAllHeads").await;
        let mut last = follow(
            "chain_subscribeFinalizedHeads",
            "chain_unsubscribeFinalizedHeads",
        )
        .await;
        let mut version = follow(
            "state_subscribeRuntimeVersion",
            "state_unsubscribeRuntimeVersion",
        )
        .await;
        let _: Value = client
            .request("dev_mine", rpc_params![200])
            .await
            .expect("blocks");
        for number in start..=start + 200 {
            let header = all
                .next()
                .await
                .expect("a header")
                .expect("one that can be read");
            assert_eq!(header["number"], format!("0x{number:x}"));
        }
        for number in start..start + 200 {
            let header = last
                .next()
                .await
                .expect("a header")
                .expect("one that can be read");
            assert_eq!(header["number"], format!("0x{number:x}"));
        }
        assert_eq!(
            version.next().await.expect("a version").expect("one")["specName"],
            "pink"
        );
        // What changes of a value is told.
        let now = [
            sp_crypto_hashing::twox_128(b"Timestamp"),
            sp_crypto_hashing::twox_128(b"Now"),
        ]
        .concat();
        let key = format!("0x{}", hex::encode(now));
        let mut values: Subscription<Value> = client
            .subscribe(
                "state_subscribeStorage",
                rpc_params![[&key]],
                "state_unsubscribeStorage",
            )
            .await
            .expect("a subscription");
        let first = values.next().await.expect("a value").expect("one");
        let _: Value = client
            .request("dev_mine", rpc_params![1])
            .await
            .expect("a block");
        let second = values.next().await.expect("a value").expect("one");
        assert_eq!(
            (&first["changes"][0][0], &second["changes"][0][0]),
            (&json!(key), &json!(key))
        );
        let time = |value: &Value| {
            let bytes = bytes(value["changes"][0][1].as_str().expect("hex"));
            u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
        };
        assert!(time(&second) > time(&first));
    });
}

/// What becomes of an extrinsic is told, step by step.
#[test]
fn an_extrinsic_is_watched() {
    let harness = Harness::start(&ServeConfig {
        finality_delay: 1,
        ..by_hand()
    });
    let extrinsic = harness.signed("//Bob", bring(UNIT), 0, 0);
    let rival = harness.signed("//Bob", bring(2 * UNIT), 0, UNIT);
    let url = format!("ws://{}", harness.info.chain);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let client = WsClientBuilder::default()
            .build(url)
            .await
            .expect("a connection");
        let watch = |extrinsic: String| {
            let client = &client;
            async move {
                let told: Result<Subscription<Value>, _> = client
                    .subscribe(
                        "author_submitAndWatchExtrinsic",
                        rpc_params![extrinsic],
                        "author_unwatchExtrinsic",
                    )
                    .await;
                told
            }
        };
        let mut first = watch(extrinsic.clone()).await.expect("taken");
        assert_eq!(first.next().await.expect("a status").expect("one"), "ready");
        assert!(watch(extrinsic)
            .await
            .expect_err("known")
            .to_string()
            .contains("already imported"));
        let mut second = watch(rival).await.expect("taken");
        assert!(first.next().await.expect("a status").expect("one")["usurped"].is_string());
        assert_eq!(
            second.next().await.expect("a status").expect("one"),
            "ready"
        );
        let made: Value = client
            .request("dev_mine", rpc_params![1])
            .await
            .expect("a block");
        assert_eq!(
            second.next().await.expect("a status").expect("one")["inBlock"],
            made["hash"]
        );
        let _: Value = client
            .request("dev_mine", rpc_params![1])
            .await
            .expect("a block");
        assert_eq!(
            second.next().await.expect("a status").expect("one")["finalized"],
            made["hash"]
        );
    });
}
