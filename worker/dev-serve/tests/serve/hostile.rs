//! Who asks may be anybody, or mean harm.

use crate::harness::{config, hex0x, post, sign, who, Harness, UNIT};
use jsonrpsee::{core::client::ClientT, rpc_params, ws_client::WsClientBuilder};
use parity_scale_codec::Encode;
use runtime_mock::{runtime::Runtime, RuntimeCall};
use serde_json::{json, Value};
use sp_runtime::generic::Era;
use std::net::TcpStream;

#[test]
fn only_pages_of_this_machine_and_names_of_it() {
    let harness = Harness::start(&config());
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"system_name","params":[]}"#;
    for (host, origin, expected) in [
        ("localhost:9944", None, 200),
        ("127.0.0.1", Some("http://localhost:5173"), 200),
        ("127.0.0.1", Some("http://127.0.0.1:1"), 200),
        ("evil.example", None, 403),
        ("localhost", Some("http://evil.example"), 403),
        ("localhost", Some("null"), 403),
    ] {
        for at in [harness.info.chain, harness.info.rpc] {
            let (status, answer) = post(at, host, origin, body);
            assert_eq!(status, expected, "{host} {origin:?} {answer}");
        }
    }
}

#[test]
fn garbage_is_answered_and_nothing_falls_over() {
    let harness = Harness::start(&config());
    let mut random = fastrand::Rng::with_seed(20_260);
    let mut garbage: Vec<Vec<u8>> = (0..64usize)
        .map(|length| (0..length * 7).map(|_| random.u8(..)).collect())
        .collect();
    garbage.extend([
        b"{".to_vec(),
        b"[]".to_vec(),
        b"[[[[".repeat(5_000),
        br#"{"jsonrpc":"2.0","id":1,"method":"state_call"}"#.to_vec(),
        br#"{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":{"key":1}}"#.to_vec(),
        vec![b'1'; 16 << 20],
    ]);
    for body in garbage {
        let (status, _) = post(harness.info.chain, "localhost", None, &body);
        assert!(
            (200..500).contains(&status) || body.len() > 15 << 20,
            "{status}"
        );
    }
    // Parameters of every kind to every method that takes none of it.
    let names = harness.get("rpc_methods", json!([]));
    let wrong = [
        json!([{}]),
        json!([[]]),
        json!([-1]),
        json!([1.5]),
        json!(["0x0"]),
        json!(["zz"]),
        json!([null, null, null]),
        json!(["0x", "0x", "0x", "0x", "0x"]),
        json!([["0x", "0x"], 1, 2]),
        json!([u64::MAX, u64::MAX]),
        json!({ "a": 1 }),
        json!(["0x", 1_000_000]),
        json!(["Metadata_metadata", "0x"]),
        json!([true]),
    ];
    for name in names["methods"].as_array().expect("names") {
        let name = name.as_str().expect("a name");
        // What does something is tried elsewhere.
        if name.contains("ubscribe") || name.contains("atch") || name.starts_with("dev_") {
            continue;
        }
        for params in &wrong {
            let _ = harness.ask(name, params.clone());
        }
    }
    for name in [
        "dev_mine",
        "dev_revert",
        "dev_increaseTime",
        "dev_fund",
        "dev_setDelays",
        "dev_behind",
        "dev_park",
    ] {
        for params in [
            json!([{}]),
            json!([[]]),
            json!([1.5]),
            json!(["zz"]),
            json!([true]),
        ] {
            assert!(
                harness.ask(name, params.clone()).is_err(),
                "{name} {params}"
            );
        }
    }
    // What the runtime is asked, with whatever input.
    for name in [
        "AccountNonceApi_account_nonce",
        "AuraApi_slot_duration",
        "Core_version",
        "FatContractsApi_cluster",
        "FatContractsApi_contract_address",
        "FatContractsApi_interpreted_engines",
        "FatContractsApi_pending_inputs",
        "FatContractsApi_queue",
        "FatContractsApi_to_acknowledge",
        "Metadata_metadata_at_version",
        "SessionKeys_decode_session_keys",
        "TaggedTransactionQueue_validate_transaction",
        "TransactionPaymentApi_query_info",
        "TransactionPaymentApi_query_weight_to_fee",
        "TransactionPaymentCallApi_query_call_info",
    ] {
        for length in 0..40usize {
            let input: Vec<u8> = (0..length * 3).map(|_| random.u8(..)).collect();
            let _ = harness.ask("state_call", json!([name, hex0x(&input)]));
        }
        let _ = harness.ask("state_call", json!([name, hex0x([255; 64])]));
    }
    assert_eq!(harness.get("system_chain", json!([])), "Pink Development");
}

/// Calls in each other, far deeper than a stack is high.
#[test]
fn calls_that_are_nested_too_deep_are_refused() {
    let harness = Harness::start(&config());
    // `Sudo.sudo`, a million times over.
    let sudo = RuntimeCall::from(pallet_sudo::Call::<Runtime>::sudo {
        call: Box::new(RuntimeCall::from(frame_system::Call::<Runtime>::remark {
            remark: vec![],
        })),
    });
    let opener = &sudo.encode()[..2];
    let deep = opener.repeat(1_000_000);
    let answer = harness.ask(
        "state_call",
        json!(["TransactionPaymentCallApi_query_call_info", hex0x(&deep)]),
    );
    assert!(answer.is_err(), "{answer:?}");
    // In an extrinsic: one with as deep a call in it.
    let mut call = RuntimeCall::from(frame_system::Call::<Runtime>::remark { remark: vec![] });
    for _ in 0..300 {
        call = pallet_sudo::Call::<Runtime>::sudo {
            call: Box::new(call),
        }
        .into();
    }
    let genesis = harness.info.genesis;
    let extrinsic = sign("//Alice", call, 9, 0, genesis, (Era::Immortal, genesis)).encode();
    assert_eq!(
        harness.submit(&hex0x(&extrinsic)).expect_err("too deep")["code"],
        1001
    );
    let mut bare = vec![4];
    bare.extend(opener.repeat(1_000_000));
    let mut framed =
        parity_scale_codec::Compact(u32::try_from(bare.len()).expect("small")).encode();
    framed.extend(bare);
    assert_eq!(
        harness.submit(&hex0x(&framed)).expect_err("too deep")["code"],
        1001
    );
    assert!(harness
        .ask("payment_queryInfo", json!([hex0x(&framed)]))
        .is_err());
    let mut input = vec![2];
    input.extend(&framed);
    input.extend([0; 32]);
    let name = "TaggedTransactionQueue_validate_transaction";
    assert!(harness
        .ask("state_call", json!([name, hex0x(&input)]))
        .is_err());
    // As deep as may be is executed.
    let mut call = RuntimeCall::from(frame_system::Call::<Runtime>::remark { remark: vec![] });
    for _ in 0..100 {
        call = pallet_sudo::Call::<Runtime>::sudo {
            call: Box::new(call),
        }
        .into();
    }
    let nonce = harness.nonce(&who("//Alice"));
    harness.send("//Alice", call);
    harness.until(|harness| (harness.number("pool") == 0).then_some(()));
    assert_eq!(harness.nonce(&who("//Alice")), nonce + 1);
    // What changes blocks isn't offered.
    for name in [
        "Core_initialize_block",
        "BlockBuilder_apply_extrinsic",
        "GenesisBuilder_build_state",
        "None_such",
    ] {
        assert!(
            harness.ask("state_call", json!([name, "0x"])).is_err(),
            "{name}"
        );
    }
    // What panics in there is an answer.
    let answer = harness.ask(
        "state_call",
        json!(["AccountNonceApi_account_nonce", "0x00"]),
    );
    assert!(answer.expect_err("no account")["message"]
        .as_str()
        .expect("words")
        .contains("the runtime"));
}

#[test]
fn connections_and_subscriptions_are_bounded() {
    let harness = Harness::start(&config());
    let url = format!("ws://{}", harness.info.chain);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..100 {
            clients.push(
                WsClientBuilder::default()
                    .build(&url)
                    .await
                    .expect("a connection"),
            );
        }
        assert!(WsClientBuilder::default().build(&url).await.is_err());
        let name: Value = clients[0]
            .request("system_name", rpc_params![])
            .await
            .expect("an answer");
        assert_eq!(name, "pink-worker dev serve");
    });
    drop(runtime);
    // They are gone, and others come.
    harness.until(|harness| {
        let (status, _) = post(harness.info.chain, "localhost", None, b"{}");
        (status != 429).then_some(())
    });
    drop(TcpStream::connect(harness.info.chain).expect("a connection"));
    assert_eq!(harness.get("system_chainType", json!([])), "Development");
    let _ = UNIT;
}
