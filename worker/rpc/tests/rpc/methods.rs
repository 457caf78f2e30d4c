//! Every method, with what it gives and what it refuses.

use crate::harness::{hex0x, input, Harness, CONSTRUCTOR};
use parity_scale_codec::{DecodeAll, Encode};
use pink_worker_core::exec::MessageReceipt;
use serde_json::{json, Value};

fn number(value: &Value) -> u128 {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn info_says_how_it_stands() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let info = harness.good("cluster_v1_info", json!([]));
    assert_eq!(info["status"], "running");
    assert_eq!(
        (&info["cluster"], &info["engine"]),
        (&json!(1), &json!("2.0"))
    );
    assert_eq!(info["block"], done.block);
    assert_eq!(info["stateRoot"], hex0x(done.root));
    assert_eq!(info["genesis"], hex0x([7; 32]));
    assert_eq!(info["finalized"]["hash"], hex0x(harness.newest()));
    assert_eq!((&info["lag"], &info["ready"]), (&json!(0), &json!(true)));
    assert_eq!(info["nextSeq"], done.receipt.seq + 1);
    let record = harness.node.worker().record(done.block).unwrap().unwrap();
    assert_eq!(info["receiptsRoot"], hex0x(record.receipts_root));
    assert_eq!(
        info,
        harness.good("cluster_v1_info", json!({})),
        "by name as by position"
    );
    assert_eq!(harness.code("cluster_v1_info", json!([1])), -32602);
}

#[test]
fn a_query_sees_what_a_transaction_left_and_leaves_nothing() {
    let mut harness = Harness::new();
    harness.send("increment", ());
    let count = hex0x(input("count", ()));
    let increment = hex0x(input("increment", ()));
    let query = |input: &str| harness.good("cluster_v1_query", json!([harness.to(), input]));
    // ink!'s Ok, and a u32.
    assert_eq!(
        query(&count)["receipt"]["output"],
        hex0x((0u8, 1u32).encode())
    );
    assert_eq!(query(&increment)["receipt"]["outcome"]["type"], "success");
    let answer = query(&count);
    assert_eq!(answer["receipt"]["output"], hex0x((0u8, 1u32).encode()));
    assert_eq!(
        (&answer["engine"], &answer["withheld"]),
        (&json!("2.0"), &json!(false))
    );
    assert_eq!(
        answer["origin"], "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM",
        "nobody"
    );
    // The same by the library, which no RPC is between.
    let direct = harness
        .node
        .queries()
        .query(
            [0; 32],
            harness.contract,
            pink_worker_core::query::InkMessage {
                payload: input("count", ()),
                ..Default::default()
            },
            Default::default(),
        )
        .unwrap();
    assert_eq!(
        number(&answer["receipt"]["gasConsumed"]["refTime"]),
        u128::from(direct.receipt.gas_consumed.ref_time)
    );
    let by_name = json!({ "input": count, "contract": hex0x(harness.contract) });
    assert_eq!(harness.good("cluster_v1_query", by_name), answer);
}

#[test]
fn a_query_can_be_asked_at_a_kept_block() {
    let mut harness = Harness::new();
    let before = harness.send("increment", ()).block;
    harness.send("increment", ());
    let asked = |at: Value| json!({ "contract": harness.to(), "input": hex0x(input("count", ())), "at": at });
    let output =
        |at: Value| harness.good("cluster_v1_query", asked(at))["receipt"]["output"].clone();
    assert_eq!(output(json!(before)), hex0x((0u8, 1u32).encode()));
    assert_eq!(output(Value::Null), hex0x((0u8, 2u32).encode()));
    assert_eq!(harness.code("cluster_v1_query", asked(json!(9_999))), 9003);
}

#[test]
fn queries_are_bounded() {
    let harness = Harness::with(
        crate::harness::config(),
        "[query]\ntimeout_ms = 400\nmax_ref_time = 1000000000000\n",
    );
    let spin = hex0x(input("spin", ()));
    let asked = |more: Value| {
        let mut params = json!({ "contract": harness.to(), "input": spin });
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        params
    };
    let limit = json!({ "gasLimit": { "refTime": "1000000000001", "proofSize": 0 } });
    let error = harness.call("cluster_v1_query", asked(limit)).unwrap_err();
    assert_eq!(error["code"], 9014);
    assert_eq!(error["data"]["details"]["most"]["refTime"], "1000000000000");
    assert_eq!(
        harness.code("cluster_v1_query", asked(json!({ "timeoutMs": 0 }))),
        9012
    );
    // It uses up its gas or its time, whichever is less on this machine.
    match harness.call("cluster_v1_query", asked(json!({}))) {
        Ok(answer) => assert_eq!(answer["receipt"]["outcome"]["type"], "outOfGas"),
        Err(error) => assert_eq!(error["code"], 9012, "{error}"),
    }
}

#[test]
fn what_isnt_a_contract_is_said_so() {
    let harness = Harness::new();
    let nobody = hex0x([1; 32]);
    let answer = harness.good("cluster_v1_query", json!([nobody, "0x00000000"]));
    assert_eq!(
        answer["receipt"]["outcome"]["error"], "ContractNotFound",
        "{answer}"
    );
    assert_eq!(harness.code("cluster_v1_contract", json!([nobody])), 9004);
    assert_eq!(
        harness.code("cluster_v1_storage", json!([nobody, "0x00"])),
        9004
    );
    assert_eq!(
        harness.code("cluster_v1_storage", json!([nobody, "0x00", null, true])),
        9004
    );
    for wrong in [
        json!(["5Grw", "0x"]),
        json!([nobody, "0x0"]),
        json!([nobody]),
        json!([nobody, 7]),
        json!("x"),
        json!({ "contract": nobody, "input": "0x", "more": 1 }),
        json!([nobody, "0x", null, 0, 0, null, null, null, null, null]),
    ] {
        assert_eq!(harness.code("cluster_v1_query", wrong), -32602);
    }
}

#[test]
fn an_estimate_is_what_the_transaction_costs() {
    let mut harness = Harness::new();
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    let limit = json!({ "refTime": "500000000000", "proofSize": "2097152" });
    let asked = json!({ "contract": harness.to(), "input": hex0x(input("increment", ())), "origin": alice, "gasLimit": limit });
    let estimate = harness.good("cluster_v1_estimateCall", asked);
    let done = harness.send("increment", ());
    let receipt = &done.receipt.receipt;
    assert_eq!(
        number(&estimate["receipt"]["gasRequired"]["refTime"]),
        u128::from(receipt.gas_required.ref_time)
    );
    assert_eq!(
        number(&estimate["receipt"]["gasRequired"]["proofSize"]),
        u128::from(receipt.gas_required.proof_size)
    );
    assert_eq!(number(&estimate["receipt"]["fee"]), receipt.fee);
    // Nobody signed for Alice: what the contract says to her isn't told.
    assert_eq!(
        (&estimate["withheld"], &estimate["receipt"]["output"]),
        (&json!(true), &json!("0x"))
    );
    assert_eq!(
        (&estimate["receipt"]["events"], &estimate["log"]),
        (&json!([]), &json!([]))
    );
    assert!(!receipt.output.is_empty());
    let nobodys = harness.good(
        "cluster_v1_estimateCall",
        json!([harness.to(), hex0x(input("count", ()))]),
    );
    assert_eq!(nobodys["withheld"], false);
}

#[test]
fn the_making_of_a_contract_is_estimated() {
    let harness = Harness::new();
    let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    let contract = harness.good("cluster_v1_contract", json!([harness.to()]));
    let asked = |code: Value| json!({ "code": code, "input": hex0x(CONSTRUCTOR), "salt": "0x07", "origin": alice });
    let of_hash = harness.good(
        "cluster_v1_estimateInstantiate",
        asked(json!({ "hash": contract["codeHash"] })),
    );
    assert_eq!(
        of_hash["receipt"]["outcome"]["type"], "success",
        "{of_hash}"
    );
    let expected = fat_contracts_primitives::contract_address(
        &pink_devchain::owner(),
        &serde_json::from_value::<fat_contracts_primitives::Hash>(contract["codeHash"].clone())
            .unwrap(),
        1,
        &[7],
    );
    assert_eq!(
        of_hash["receipt"]["address"],
        pink_worker_core::accounts::ss58(&expected)
    );
    let wasm = include_bytes!("../../../../contracts/artifacts/flipper.wasm");
    let new = harness.good(
        "cluster_v1_estimateInstantiate",
        asked(json!({ "upload": hex0x(wasm) })),
    );
    assert_eq!(
        new["receipt"]["codeHash"],
        hex0x(sp_crypto_hashing::blake2_256(wasm)),
        "{new}"
    );
    let none = harness.good(
        "cluster_v1_estimateInstantiate",
        asked(json!({ "hash": hex0x([1; 32]) })),
    );
    assert_eq!(
        none["receipt"]["outcome"]["error"], "CodeNotFound",
        "{none}"
    );
    assert_eq!(
        harness.code(
            "cluster_v1_estimateInstantiate",
            asked(json!({ "other": "0x" }))
        ),
        -32602
    );
}

#[test]
fn receipts_are_found_either_way() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let by_seq = harness.good("cluster_v1_receipt", json!([done.receipt.seq]));
    assert_eq!(
        by_seq,
        harness.good(
            "cluster_v1_receipt",
            json!({ "block": done.block, "index": harness.extrinsic_of(done.receipt.seq) })
        )
    );
    let bytes = hex::decode(by_seq["bytes"].as_str().unwrap().trim_start_matches("0x")).unwrap();
    assert_eq!(
        MessageReceipt::decode_all(&mut &bytes[..]).unwrap(),
        done.receipt
    );
    assert_eq!(
        (&by_seq["block"], &by_seq["seq"]),
        (&json!(done.block), &json!(done.receipt.seq))
    );
    assert_eq!(by_seq["receipt"]["outcome"]["type"], "success");
    for none in [
        json!([done.receipt.seq + 1]),
        json!([null, done.block + 1, 0]),
        json!([]),
        json!([1, 1, 0]),
        json!([null, 1]),
    ] {
        assert_eq!(harness.code("cluster_v1_receipt", none), 9008);
    }
}

#[test]
fn the_operators_methods_work_where_they_may() {
    let harness = Harness::new();
    let engines = harness.good("worker_v1_engines", json!([]));
    let current: Vec<_> = engines
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["current"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["version"], "2.0");
    let file = std::fs::read(crate::harness::engines().join("libpink.so.2.0")).unwrap();
    assert_eq!(
        current[0]["files"],
        json!([hex0x(sp_crypto_hashing::blake2_256(&file))])
    );
    assert!(current[0]["peakBytes"].as_u64().unwrap() > 0);
    assert_eq!(harness.code("worker_v1_rehearse", json!(["1.0"])), 9031);
    assert_eq!(harness.code("worker_v1_rehearse", json!(["9.9"])), 9030);
    assert_eq!(harness.code("worker_v1_rehearse", json!(["x"])), 9030);
    // Of no block there is nothing to say.
    assert_eq!(harness.code("worker_v1_rehearse", json!(["2.1", 0])), 9003);
    let rehearsal = harness.good("worker_v1_rehearse", json!(["2.1", 10]));
    assert_eq!(
        (&rehearsal["from"], &rehearsal["to"]),
        (&json!("2.0"), &json!("2.1"))
    );
    assert_eq!(rehearsal["upgrade"]["type"], "success", "{rehearsal}");
    assert!(rehearsal["messages"].as_u64().unwrap() > 0);
    harness.good("system_addLogFilter", json!(["pink_worker=debug"]));
    assert_eq!(*harness.filter.0.lock().unwrap(), ["pink_worker=debug"]);
    assert_eq!(harness.code("system_addLogFilter", json!(["?"])), 9041);
    harness.good("system_resetLogFilter", json!([]));
    assert!(harness.filter.0.lock().unwrap().is_empty());
    assert!(harness
        .good("system_version", json!([]))
        .as_str()
        .unwrap()
        .starts_with("pink-worker/"));
    let health = harness.good("system_health", json!([]));
    assert_eq!(
        health,
        json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false })
    );
}

/// Another call comes behind it, and has no part in what is tried.
#[test]
fn one_message_is_rehearsed_alone() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let last = harness.send("increment", ());
    let seq = done.receipt.seq;
    let tried = harness.good("worker_v1_rehearseMessage", json!([seq, "2.1"]));
    let kept = harness.good("cluster_v1_receipt", json!([seq]));
    assert_eq!(tried["was"], kept["receipt"]);
    assert_eq!(
        (&tried["seq"], &tried["block"]),
        (&json!(seq), &json!(done.block))
    );
    assert_eq!(
        (&tried["from"], &tried["to"]),
        (&json!("2.0"), &json!("2.1"))
    );
    assert_eq!(tried["upgrade"]["type"], "success");
    assert_eq!(tried["other"]["outcome"]["type"], "success", "{tried}");
    assert_ne!(tried["other"]["gasConsumed"], tried["was"]["gasConsumed"]);
    // It counts as far as it did then.
    assert_eq!(tried["other"]["output"], tried["was"]["output"]);
    let same = json!({ "outcome": false, "output": false, "events": false });
    assert_eq!(tried["differs"], same);

    let code = |params| harness.code("worker_v1_rehearseMessage", params);
    assert_eq!(code(json!([last.receipt.seq + 1, "2.1"])), 9008);
    assert_eq!(code(json!([seq, "2.0"])), 9031);
    assert_eq!(code(json!([seq, "9.9"])), 9030);
    // The setup.
    assert_eq!(code(json!([0, "2.1"])), 9034);
}

#[test]
fn unsafe_methods_are_apart() {
    let harness = Harness::with(
        pink_worker_rpc::RpcConfig {
            methods: pink_worker_rpc::Methods::Safe,
            ..crate::harness::config()
        },
        "",
    );
    for method in [
        "worker_v1_rehearse",
        "worker_v1_rehearseMessage",
        "system_addLogFilter",
        "system_resetLogFilter",
    ] {
        let error = harness.call(method, json!(["2.1"])).unwrap_err();
        assert_eq!(error["code"], -32601);
        let text = error["message"].as_str().unwrap();
        assert!(
            text.contains("unsafe") && text.contains("--rpc-methods"),
            "{text}"
        );
    }
    let batch = json!([{ "jsonrpc": "2.0", "id": 1, "method": "system_resetLogFilter" }]);
    let (_, text) = harness.post(batch.to_string());
    assert!(text.contains("-32601"), "{text}");
    harness.good("worker_v1_engines", json!([]));
    assert_eq!(harness.code("no_such_method", json!([])), -32601);
    let calls = harness.seen.calls.lock().unwrap();
    assert_eq!(calls.get(&("unknown".into(), Some(-32601))), Some(&1));
    assert!(!calls.keys().any(|(name, _)| name == "no_such_method"));
}

/// Posts a call to an address, with headers.
fn posted(address: std::net::SocketAddr, headers: &str, method: &str) -> String {
    use std::io::{Read, Write};
    let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\"}}");
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// Whether an unsafe method is answered.
fn is_trusted(address: std::net::SocketAddr, headers: &str) -> bool {
    let answer = posted(address, headers, "system_resetLogFilter");
    if answer.contains("-32601") {
        false
    } else {
        assert!(answer.contains("\"result\":null"), "{answer}");
        true
    }
}

/// All that comes by a proxy comes from this machine.
#[test]
fn auto_trusts_who_is_here_and_nobody_behind_a_proxy() {
    use pink_worker_rpc::{Cors, Methods, RateLimit, RpcConfig};
    let harness = Harness::new();
    assert!(is_trusted(harness.address(), ""));
    for header in [
        "X-Forwarded-For: 203.0.113.9",
        "x-forwarded-for: 127.0.0.1",
        "Forwarded: for=203.0.113.9;proto=https",
        "X-Real-IP: 203.0.113.9",
        "X-Forwarded-Host: worker.example",
        "X-Forwarded-Proto: https",
        "Via: 1.1 proxy",
    ] {
        assert!(
            !is_trusted(harness.address(), &format!("{header}\r\n")),
            "{header}"
        );
    }
    // Nor is he told what is the operator's.
    harness.standing.set_fee_balance(Some(123_456));
    let told = |headers: &str| posted(harness.address(), headers, "cluster_v1_info");
    assert!(
        told("").contains("\"feeBalance\":\"123456\""),
        "{}",
        told("")
    );
    assert!(told("Forwarded: for=203.0.113.9\r\n").contains("\"feeBalance\":null"));
    let config = crate::harness::config;
    let named = RpcConfig {
        hosts: vec!["worker.example".into()],
        ..config()
    };
    let behind = RpcConfig {
        rate: RateLimit {
            trust_proxy: true,
            ..RateLimit::default()
        },
        ..config()
    };
    let pages = RpcConfig {
        cors: Cors::All,
        ..config()
    };
    let outside = RpcConfig {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..config()
    };
    for (name, config) in [
        ("named", named),
        ("behind", behind),
        ("pages", pages),
        ("outside", outside),
    ] {
        let harness = Harness::with(config.clone(), "");
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], harness.address().port()));
        assert!(!is_trusted(here, ""), "{name}");
        drop(harness);
        let chosen = RpcConfig {
            methods: Methods::Unsafe,
            ..config
        };
        let harness = Harness::with(chosen, "");
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], harness.address().port()));
        assert!(
            is_trusted(here, "X-Forwarded-For: 203.0.113.9\r\n"),
            "{name}, and the operator says so"
        );
    }
}
