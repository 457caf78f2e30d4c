//! The page on the port of JSON-RPC, and the methods that it was made for.

use crate::harness::{config, hex0x, input, Harness};
use fat_contracts_primitives::{CodeHash, CodeSource};
use pallet_fat_contracts::Call;
use parity_scale_codec::{Decode, Encode};
use pink_console::{Console, ConsoleConfig};
use pink_devchain::{CLUSTER, GAS_LIMIT};
use pink_worker_core::history::Witness;
use pink_worker_rpc::{Cors, RpcConfig};
use serde_json::json;
use sp_crypto_hashing::blake2_256;
use std::sync::Arc;

fn page() -> Arc<Console> {
    Arc::new(Console::new(&ConsoleConfig {
        chain: Vec::new(),
        cluster: 1,
        version: "x/1".into(),
    }))
}

fn asked(harness: &Harness, path: &str, headers: &[(&str, &str)]) -> http::Response<ureq::Body> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let mut request = agent.get(format!("http://{}{path}", harness.address()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.call().unwrap()
}

#[test]
fn the_page_is_beside_the_methods_and_only_where_it_is_wanted() {
    let with = Harness::serving(config(), "", Some(page()));
    let gzip = ("accept-encoding", "gzip");
    let response = asked(&with, "/console/", &[gzip]);
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("connect-src 'self';"), "{policy}");
    assert_eq!(asked(&with, "/", &[gzip]).status(), 307);
    assert_eq!(asked(&with, "/health", &[]).status(), 200);
    assert_eq!(
        with.good("system_version", json!([])),
        json!("pink-worker/0.1.0")
    );
    // By a name that somebody made to lead here nobody gets it.
    let strange = asked(&with, "/console/", &[gzip, ("host", "evil.example")]);
    assert_eq!(strange.status(), 403);
    let without = Harness::new();
    assert_ne!(asked(&without, "/console/", &[gzip]).status(), 200);
    assert_ne!(asked(&without, "/", &[gzip]).status(), 307);
}

/// The page asks the server that it came from, whatever other pages may.
#[test]
fn its_own_page_may_ask_by_every_name_that_the_server_has() {
    let strict = || RpcConfig {
        cors: Cors::Origins(Vec::new()),
        hosts: vec!["worker.example".into()],
        ..config()
    };
    let here = [
        ("host", "worker.example"),
        ("origin", "https://worker.example"),
    ];
    let with = Harness::serving(strict(), "", Some(page()));
    let answer = asked(&with, "/health", &here);
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://worker.example"
    );
    let other = [
        ("host", "worker.example"),
        ("origin", "https://other.example"),
    ];
    assert_eq!(asked(&with, "/health", &other).status(), 403);
    let without = Harness::with(strict(), "");
    assert_eq!(asked(&without, "/health", &here).status(), 403);
}

#[test]
fn contracts_are_listed_as_they_were_made() {
    let mut harness = Harness::new();
    let listed = harness.good("cluster_v1_contracts", json!([]));
    let made = listed["contracts"].as_array().unwrap().clone();
    let info = harness.good("cluster_v1_info", json!([]));
    assert_eq!(
        (&listed["next"], &listed["more"]),
        (&info["nextSeq"], &json!(false))
    );
    assert_eq!(listed["oldest"], 0);
    let code = blake2_256(include_bytes!(
        "../../../../contracts/artifacts/outside.wasm"
    ));
    // The system contract, by the Setup, and the harness's own.
    let last = made.last().unwrap();
    assert_eq!(
        (&last["contract"], &last["codeHash"]),
        (&json!(harness.to()), &json!(hex0x(code)))
    );
    assert!(
        made.iter()
            .any(|it| it["contract"] == info["systemContract"]),
        "{made:?}"
    );
    let seq = last["seq"].as_u64().unwrap();
    let receipt = harness.good("cluster_v1_receipt", json!([seq]));
    assert_eq!(
        (&receipt["receipt"]["address"], &receipt["block"]),
        (&last["contract"], &last["block"])
    );
    // From where it ended, nothing; and then what came since, and what a failure didn't make.
    let next = listed["next"].clone();
    assert_eq!(
        harness.good("cluster_v1_contracts", json!([next]))["contracts"],
        json!([])
    );
    let instantiate = |salt: &[u8], input: Vec<u8>| Call::instantiate_contract {
        cluster: CLUSTER,
        code: CodeSource::Hash(CodeHash::from(code)),
        input,
        salt: salt.to_vec(),
        value: 0,
        gas_limit: GAS_LIMIT,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    harness.submit(instantiate(b"a", crate::harness::CONSTRUCTOR.to_vec()));
    harness.submit(instantiate(b"b", vec![0; 4]));
    harness.submit(instantiate(b"c", crate::harness::CONSTRUCTOR.to_vec()));
    let since = harness.good("cluster_v1_contracts", json!([next]));
    let seqs: Vec<_> = since["contracts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["seq"].clone())
        .collect();
    let first = next.as_u64().unwrap();
    assert_eq!(seqs, [json!(first), json!(first + 2)]);
    // One by one.
    let one = harness.good("cluster_v1_contracts", json!({ "from": next, "limit": 1 }));
    assert_eq!(one["contracts"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&one["next"], &one["more"]),
        (&json!(first + 1), &json!(true))
    );
    let all = harness.good("cluster_v1_contracts", json!([u64::MAX]));
    assert_eq!(all["contracts"], json!([]));
    assert_eq!(all["more"], false);
}

#[test]
fn a_message_comes_with_the_checkpoint_that_the_chain_keeps_the_hash_of() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let seq = done.receipt.seq;
    let it = harness.good("cluster_v1_message", json!([seq]));
    assert_eq!(
        (&it["block"], &it["index"], &it["seq"]),
        (&json!(done.block), &json!(0), &json!(seq))
    );
    let message = &it["message"];
    assert_eq!(
        (&message["kind"], &message["contract"]),
        (&json!("call"), &json!(harness.to()))
    );
    assert_eq!(message["input"], hex0x(input("increment", ())));
    assert_eq!(
        message["gasLimit"]["refTime"],
        GAS_LIMIT.ref_time.to_string()
    );
    let said = harness
        .node
        .worker()
        .checkpoint(done.block)
        .unwrap()
        .unwrap();
    assert_eq!(it["checkpoint"], hex0x(said.encode()));
    assert_eq!(said.root, done.root);
    let setup = harness.good("cluster_v1_message", json!([0]));
    assert_eq!(
        (&setup["message"]["kind"], &setup["message"]["engine"]),
        (&json!("setup"), &json!("2.0"))
    );
    assert_eq!(harness.code("cluster_v1_message", json!([999_999])), 9008);
}

#[test]
fn a_witness_is_the_one_that_the_worker_records() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let seq = done.receipt.seq;
    let it = harness.good("worker_v1_witness", json!([seq]));
    let bytes = hex::decode(&it["witness"].as_str().unwrap()[2..]).unwrap();
    let read = Witness::from_bytes(&bytes).unwrap();
    assert_eq!(read.receipt, done.receipt.receipt);
    assert_eq!(read.engine.to_string(), it["engine"]);
    assert_eq!(Witness::decode(&mut &bytes[..]).unwrap(), read);
    assert_eq!(harness.code("worker_v1_witness", json!([999_999])), 9008);
    let safe = Harness::with(
        RpcConfig {
            methods: pink_worker_rpc::Methods::Safe,
            ..config()
        },
        "",
    );
    assert_eq!(safe.code("worker_v1_witness", json!([0])), -32601);
}

#[test]
fn questions_are_counted() {
    let harness = Harness::new();
    let counted = || {
        let it = harness.good("worker_v1_traffic", json!([]));
        (
            it["queries"].as_u64().unwrap(),
            it["estimates"].as_u64().unwrap(),
        )
    };
    assert_eq!(counted(), (0, 0));
    let count = hex0x(input("count", ()));
    harness.good("cluster_v1_query", json!([harness.to(), count]));
    harness.good("cluster_v1_query", json!([harness.to(), count]));
    harness.good("cluster_v1_estimateCall", json!([harness.to(), count]));
    assert_eq!(counted(), (2, 1));
}
