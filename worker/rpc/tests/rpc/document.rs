//! The document says what the server does; docs/rpc.md says what the document says.

use crate::harness::{hex0x, input, Harness};
use pink_worker_rpc::{openrpc::document, Code};
use serde_json::{json, Value};
use std::collections::BTreeSet;

const BOOK: &str = include_str!("../../../../docs/rpc.md");

fn names(document: &Value) -> BTreeSet<String> {
    let methods = document["methods"].as_array().unwrap().iter();
    methods
        .map(|it| it["name"].as_str().unwrap().to_string())
        .collect()
}

/// A schema with what it refers to.
fn whole(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut schema = schema.clone();
    if let Some(object) = schema.as_object_mut() {
        object.insert("components".into(), document["components"].clone());
    }
    jsonschema::draft7::new(&schema).unwrap()
}

#[test]
fn it_names_what_is_registered() {
    let harness = Harness::new();
    let served = harness.good("rpc.discover", json!([]));
    assert_eq!(served, document());
    let methods = harness.good("rpc_methods", json!([]));
    let registered: BTreeSet<String> = serde_json::from_value(methods["methods"].clone()).unwrap();
    assert_eq!(names(&served), registered);
    assert!(registered.contains("rpc_methods"));
    // Each one is there: it answers something else than that it isn't.
    for name in registered.iter().filter(|it| !it.contains("ubscribe")) {
        if let Err(error) = harness.call(name, json!({ "no such parameter": 1 })) {
            assert_ne!(error["code"], -32601, "{name}");
        }
    }
}

/// The largest amount is one: 2^128 - 1 has 39 digits. As a number only what all readers read the same.
#[test]
fn every_amount_that_is_given_is_one_that_the_document_allows() {
    let document = document();
    let amount = whole(&document, &json!({ "$ref": "#/components/schemas/Amount" }));
    for right in [
        json!("0"),
        json!(u128::MAX.to_string()),
        json!((1u64 << 53) - 1),
    ] {
        assert!(amount.is_valid(&right), "{right}");
    }
    for wrong in [
        json!("1".repeat(40)),
        json!(1u64 << 53),
        json!("-1"),
        json!(""),
    ] {
        assert!(!amount.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn examples_are_as_their_schemas_say_and_can_be_sent() {
    let harness = Harness::new();
    let document = document();
    for method in document["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        let params = method["params"].as_array().unwrap();
        for param in params {
            assert!(!param["schema"].is_null(), "{name} {param}");
        }
        let Some(example) = method.pointer("/examples/0/params") else {
            assert!(name.contains("unsubscribe"), "{name}");
            continue;
        };
        for (given, param) in example.as_array().unwrap().iter().zip(params) {
            assert_eq!(given["name"], param["name"]);
            let validator = whole(&document, &param["schema"]);
            assert!(validator.is_valid(&given["value"]), "{name}: {given}");
        }
        let required = params.iter().filter(|it| it["required"] == true).count();
        let given = example.as_array().unwrap();
        assert!(given.len() >= required, "{name}");
        if method.get("x-unsubscribe").is_some() {
            continue;
        }
        // By position and by name alike: the answer may be an error, but none of the parameters.
        let by_position: Vec<_> = given.iter().map(|it| it["value"].clone()).collect();
        let by_name: Value = given
            .iter()
            .map(|it| {
                (
                    it["name"].as_str().unwrap().to_string(),
                    it["value"].clone(),
                )
            })
            .collect();
        let (a, b) = (
            harness.call(name, by_position.into()),
            harness.call(name, by_name),
        );
        for answer in [&a, &b] {
            if let Err(error) = answer {
                assert_ne!(error["code"], -32602, "{name}: {error}");
            }
        }
        assert_eq!(a.is_ok(), b.is_ok(), "{name}");
    }
}

#[test]
fn results_are_as_their_schemas_say() {
    let mut harness = Harness::new();
    let done = harness.send("increment", ());
    let document = document();
    let count = hex0x(input("count", ()));
    let calls = [
        ("cluster_v1_info", json!([])),
        ("cluster_v1_query", json!([harness.to(), count])),
        ("cluster_v1_estimateCall", json!([harness.to(), count])),
        (
            "cluster_v1_estimateInstantiate",
            json!([{ "hash": hex0x([1; 32]) }, "0x00"]),
        ),
        ("cluster_v1_estimateActivate", json!([hex0x([1; 32])])),
        (
            "cluster_v1_receipt",
            json!([done.receipt.seq, null, null, true]),
        ),
        (
            "cluster_v1_receipt",
            json!([
                null,
                done.block,
                harness.extrinsic_of(done.receipt.seq),
                true
            ]),
        ),
        ("cluster_v1_contract", json!([harness.to()])),
        (
            "cluster_v1_storage",
            json!([harness.to(), "0x00000000", null, true]),
        ),
        ("cluster_v1_contracts", json!([])),
        ("cluster_v1_message", json!([done.receipt.seq])),
        ("cluster_v1_message", json!([0])),
        ("worker_v1_engines", json!([])),
        ("worker_v1_traffic", json!([])),
        ("worker_v1_witness", json!([done.receipt.seq])),
        ("worker_v1_rehearse", json!(["2.1", 3])),
        (
            "worker_v1_rehearseMessage",
            json!([done.receipt.seq, "2.1"]),
        ),
        ("system_health", json!([])),
        ("system_version", json!([])),
        ("system_resetLogFilter", json!([])),
        ("rpc_methods", json!([])),
        ("rpc.discover", json!([])),
    ];
    for (name, params) in calls {
        let methods = document["methods"].as_array().unwrap();
        let method = methods.iter().find(|it| it["name"] == name).unwrap();
        let result = harness.good(name, params);
        let validator = whole(&document, &method["result"]["schema"]);
        let wrong: Vec<_> = validator
            .iter_errors(&result)
            .map(|it| it.to_string())
            .collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}: {result}");
    }
}

#[test]
fn the_book_has_every_method_and_code() {
    let rows: Vec<_> = BOOK
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let document = document();
    for name in names(&document) {
        assert!(
            rows.iter().any(|row| row.contains(&format!("`{name}`"))),
            "docs/rpc.md doesn't have {name}"
        );
    }
    let codes: Vec<_> = BOOK
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            let number: i32 = cells.next()?.parse().ok()?;
            (9_000..10_000).contains(&number).then(|| {
                (
                    number,
                    cells.next().unwrap(),
                    cells.next().unwrap().trim_end_matches(" |"),
                )
            })
        })
        .collect();
    let expected: Vec<_> = Code::ALL
        .iter()
        .map(|code| (*code as i32, format!("`{}`", code.name()), code.meaning()))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(number, name, meaning)| (*number, name.as_str(), *meaning))
        .collect();
    assert_eq!(codes, expected, "docs/rpc.md's table of codes");
    assert_eq!(document["x-errors"].as_array().unwrap().len(), codes.len());
}
