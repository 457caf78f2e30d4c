//! What is told as it happens.

use crate::harness::Harness;
use fat_contracts_primitives::AccountId;
use jsonrpsee::{
    core::client::{ClientT, Subscription, SubscriptionClientT},
    core::params::ArrayParams,
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde_json::{json, Value};
use std::time::Duration;
use tokio::runtime::Runtime;

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

pub(crate) async fn client(harness: &Harness) -> WsClient {
    let url = format!("ws://{}", harness.address());
    WsClientBuilder::default().build(url).await.unwrap()
}

pub(crate) async fn next(subscription: &mut Subscription<Value>) -> Value {
    let next = tokio::time::timeout(Duration::from_secs(30), subscription.next());
    next.await
        .expect("in time")
        .expect("a notification")
        .expect("readable")
}

fn code(error: jsonrpsee::core::ClientError) -> i32 {
    match error {
        jsonrpsee::core::ClientError::Call(error) => error.code(),
        other => panic!("{other}"),
    }
}

async fn subscribe(client: &WsClient, what: &str, params: ArrayParams) -> Subscription<Value> {
    let (begin, end) = (
        format!("cluster_v1_subscribe{what}"),
        format!("cluster_v1_unsubscribe{what}"),
    );
    client.subscribe(&begin, params, &end).await.unwrap()
}

#[test]
fn receipts_come_as_blocks_are_executed() {
    let mut harness = Harness::new();
    let runtime = runtime();
    let before = harness.send("increment", ());
    let (client, mut new, mut old) = runtime.block_on(async {
        let client = client(&harness).await;
        let new = subscribe(&client, "Receipts", rpc_params![]).await;
        let old = subscribe(&client, "Receipts", rpc_params![before.block, true]).await;
        (client, new, old)
    });
    let first = runtime.block_on(next(&mut old));
    assert_eq!(
        (&first["event"], &first["seq"]),
        (&json!("receipt"), &json!(before.receipt.seq))
    );
    assert!(!first["proof"]["nodes"].as_array().unwrap().is_empty());
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(harness.send("increment", ()).receipt.seq);
    }
    for subscription in [&mut new, &mut old] {
        for seq in &expected {
            let told = runtime.block_on(next(subscription));
            assert_eq!(
                (&told["event"], &told["seq"]),
                (&json!("receipt"), &json!(seq)),
                "{told}"
            );
            let same = harness.good("cluster_v1_receipt", json!([seq]));
            assert_eq!(told["bytes"], same["bytes"]);
        }
    }
    runtime.block_on(async {
        new.unsubscribe().await.unwrap();
        let ended: Result<bool, _> = client
            .request("cluster_v1_unsubscribeReceipts", rpc_params!["no such one"])
            .await;
        assert!(!ended.unwrap());
        let wrong: Result<Subscription<Value>, _> = client
            .subscribe(
                "cluster_v1_subscribeReceipts",
                rpc_params!["x"],
                "cluster_v1_unsubscribeReceipts",
            )
            .await;
        assert_eq!(code(wrong.unwrap_err()), -32602);
    });
}

#[test]
fn logs_are_filtered_and_resumed() {
    let mut harness = Harness::new();
    let runtime = runtime();
    let other = pink_worker_core::accounts::ss58(&AccountId::new([3; 32]));
    let to = harness.to();
    let client = runtime.block_on(client(&harness));
    let mut all = runtime.block_on(subscribe(&client, "Logs", rpc_params![]));
    let mut lines = runtime.block_on(subscribe(
        &client,
        "Logs",
        rpc_params![to.clone(), vec!["log"], 3],
    ));
    let mut nothing = runtime.block_on(subscribe(&client, "Logs", rpc_params![other]));
    harness.send("talk", 3u32);
    let mut told = Vec::new();
    // Lines, and at last what the message gave back.
    while told.last().is_none_or(|it: &Value| it["kind"] != "output") {
        told.push(runtime.block_on(next(&mut all)));
    }
    let numbers: Vec<_> = told
        .iter()
        .map(|it| it["sequence"].as_u64().unwrap())
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{told:?}"
    );
    assert!(told.iter().all(|it| it["event"] == "record"));
    assert_eq!(
        told.iter().filter(|it| it["text"] == "a line").count(),
        3,
        "{told:?}"
    );
    assert_eq!(told.iter().filter(|it| it["kind"] == "output").count(), 1);
    for _ in 0..3 {
        let line = runtime.block_on(next(&mut lines));
        assert_eq!(
            (&line["kind"], &line["text"], &line["contract"]),
            (&json!("log"), &json!("a line"), &json!(to))
        );
        assert_eq!(
            (&line["mode"], &line["level"]),
            (&json!("transaction"), &json!(3))
        );
    }
    // From a number on, the same again.
    let from = numbers[1];
    let mut again = runtime.block_on(subscribe(
        &client,
        "Logs",
        rpc_params![Value::Null, Value::Null, Value::Null, from],
    ));
    for expected in &told[1..] {
        assert_eq!(runtime.block_on(next(&mut again)), *expected);
    }
    let mut restarted = runtime.block_on(subscribe(
        &client,
        "Logs",
        rpc_params![Value::Null, Value::Null, Value::Null, 1_000_000],
    ));
    assert_eq!(
        runtime.block_on(next(&mut restarted)),
        json!({ "event": "restarted" })
    );
    let nothing = runtime
        .block_on(async { tokio::time::timeout(Duration::from_millis(300), nothing.next()).await });
    assert!(nothing.is_err(), "nothing is of that contract");
}

/// What is said in somebody's query is his alone, and the operator's.
#[test]
fn lines_of_queries_are_told_to_the_operator_alone() {
    let runtime = runtime();
    for methods in [
        pink_worker_rpc::Methods::Safe,
        pink_worker_rpc::Methods::Auto,
    ] {
        let config = pink_worker_rpc::RpcConfig {
            methods,
            ..crate::harness::config()
        };
        let mut harness = Harness::with(config, "");
        let client = runtime.block_on(client(&harness));
        let mut lines = runtime.block_on(subscribe(
            &client,
            "Logs",
            rpc_params![Value::Null, vec!["log"]],
        ));
        let talk = crate::harness::hex0x(crate::harness::input("talk", 1u32));
        let answer = harness.good("cluster_v1_query", json!([harness.to(), talk]));
        assert_eq!(answer["log"][0]["text"], "a line");
        harness.send("talk", 1u32);
        let first = runtime.block_on(next(&mut lines));
        let expected = if methods == pink_worker_rpc::Methods::Safe {
            "transaction"
        } else {
            "query"
        };
        assert_eq!(first["mode"], expected, "{first}");
    }
}

#[test]
fn subscriptions_of_a_connection_are_bounded() {
    let config = pink_worker_rpc::RpcConfig {
        max_subscriptions: 2,
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "");
    runtime().block_on(async {
        let client = client(&harness).await;
        let _a = subscribe(&client, "Logs", rpc_params![]).await;
        let b = subscribe(&client, "Receipts", rpc_params![]).await;
        let third: Result<Subscription<Value>, _> = client
            .subscribe(
                "cluster_v1_subscribeLogs",
                rpc_params![],
                "cluster_v1_unsubscribeLogs",
            )
            .await;
        assert_eq!(code(third.unwrap_err()), -32006);
        b.unsubscribe().await.unwrap();
        // The place comes back, if not at once.
        let mut refused = None;
        for _ in 0..100 {
            let again: Result<Subscription<Value>, _> = client
                .subscribe(
                    "cluster_v1_subscribeLogs",
                    rpc_params![],
                    "cluster_v1_unsubscribeLogs",
                )
                .await;
            match again {
                Ok(_) => return,
                Err(error) => refused = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the place doesn't come back: {refused:?}");
    });
}
