//! Requests drawn from the document's schemas, right ones and wrong ones. None is answered by a panic.
//!
//! 2,000 of them; as many as PINK_RPC_FUZZ says, if it says.

use crate::harness::{hex0x, post, Harness};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{json, Value};

/// What stands where a schema says something: often right, sometimes not.
fn drawn(document: &Value, schema: &Value, known: &[String], depth: u32) -> BoxedStrategy<Value> {
    let right = right(document, schema, known, depth);
    prop_oneof![12 => right, 1 => anything()].boxed()
}

fn right(document: &Value, schema: &Value, known: &[String], depth: u32) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).unwrap();
        return right(document, target, known, depth);
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        if let Some(any) = schema[word].as_array() {
            let any = any.iter().map(|it| right(document, it, known, depth));
            return proptest::strategy::Union::new(any).boxed();
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return proptest::sample::select(values.clone()).boxed();
    }
    if let Some(value) = schema.get("const") {
        return Just(value.clone()).boxed();
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        it => vec![it.clone()],
    };
    let each = types.into_iter().map(|kind| match kind.as_str() {
        Some("integer") => prop_oneof![0u64..40, any::<u64>(), Just(u64::from(u32::MAX))]
            .prop_map(Value::from)
            .boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("null") => Just(Value::Null).boxed(),
        Some("array") if depth < 6 => {
            let of = drawn(document, &schema["items"], known, depth + 1);
            proptest::collection::vec(of, 0..4)
                .prop_map(Value::from)
                .boxed()
        }
        Some("object") if depth < 6 => object(document, schema, known, depth),
        Some("string") => text(schema["pattern"].as_str().unwrap_or_default(), known),
        _ => anything(),
    });
    proptest::strategy::Union::new(each).boxed()
}

fn object(document: &Value, schema: &Value, known: &[String], depth: u32) -> BoxedStrategy<Value> {
    let required: Vec<_> = schema["required"].as_array().cloned().unwrap_or_default();
    let mut fields = Vec::new();
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        let needed = required.iter().any(|it| it == name);
        let there = if needed { 0.95 } else { 0.4 };
        let name = name.clone();
        let value = drawn(document, of, known, depth + 1);
        fields
            .push(proptest::option::weighted(there, value).prop_map(move |it| (name.clone(), it)));
    }
    fields
        .prop_map(|fields| {
            fields
                .into_iter()
                .filter_map(|(name, it)| Some((name, it?)))
                .collect()
        })
        .boxed()
}

fn text(pattern: &str, known: &[String]) -> BoxedStrategy<Value> {
    let known = proptest::sample::select(known.to_vec());
    let known = known.prop_map(Value::from);
    match pattern {
        "" => prop_oneof![
            known,
            any::<String>().prop_map(Value::from),
            Just(json!("2.1"))
        ]
        .boxed(),
        pattern => {
            let drawn = proptest::string::string_regex(pattern.trim_matches(['^', '$'])).unwrap();
            prop_oneof![known, drawn.prop_map(Value::from)].boxed()
        }
    }
}

fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("0x")),
        Just(json!(u64::MAX)),
        Just(json!("0x".to_string() + &"00".repeat(3_000))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((any::<String>(), inner), 0..3)
                .prop_map(|it| it.into_iter().collect()),
        ]
    })
    .boxed()
}

/// A whole request, or something that was one.
fn request(document: &Value, known: &[String]) -> BoxedStrategy<String> {
    let methods = document["methods"].as_array().unwrap();
    let calls = methods.iter().map(|method| {
        let name = method["name"].clone();
        let params: Vec<_> = method["params"]
            .as_array()
            .unwrap()
            .iter()
            .map(|param| drawn(document, &param["schema"], known, 0))
            .collect();
        let names: Vec<String> = method["params"]
            .as_array()
            .unwrap()
            .iter()
            .map(|param| param["name"].as_str().unwrap().into())
            .collect();
        let count = names.len();
        (params, any::<bool>(), 0..=count + 1, anything(), 0..20u8).prop_map(
            move |(values, by_name, some, other, odd)| {
                let params: Value = match (odd, by_name) {
                    (0, _) => other,
                    (_, true) => names.iter().cloned().zip(values).collect(),
                    (_, false) => values
                        .into_iter()
                        .take(some.max(count.min(2)))
                        .collect::<Vec<_>>()
                        .into(),
                };
                json!({ "jsonrpc": "2.0", "id": 1, "method": name, "params": params })
            },
        )
    });
    let one = proptest::strategy::Union::new(calls);
    let one = one.boxed();
    let batch = proptest::collection::vec(one.clone(), 0..5).prop_map(Value::from);
    let whole = prop_oneof![10 => one, 1 => batch];
    (
        whole,
        any::<proptest::sample::Index>(),
        any::<u8>(),
        0..12u8,
    )
        .prop_map(|(it, at, byte, odd)| {
            let mut text = it.to_string().into_bytes();
            let at = at.index(text.len());
            match odd {
                0 => text[at] = byte,
                1 => text.truncate(at),
                _ => {}
            }
            String::from_utf8_lossy(&text).into_owned()
        })
        .boxed()
}

#[test]
fn no_request_is_answered_by_a_panic() {
    let count = std::env::var("PINK_RPC_FUZZ").map_or(2_000, |it| it.parse().unwrap());
    let limits = "[query]\ntimeout_ms = 300\nmax_ref_time = 200000000000\n";
    let mut harness = Harness::with(crate::harness::config(), limits);
    harness.send("increment", ());
    let panics = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = panics.clone();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let name = std::thread::current()
            .name()
            .unwrap_or_default()
            .to_string();
        // Those of tests that run beside this one are their own.
        if ["rpc", "engine", "rpc-news", "rehearsal"].contains(&name.as_str()) {
            noted.lock().unwrap().push(panic.to_string());
        }
        usual(panic);
    }));
    let known = [
        harness.to(),
        hex0x(harness.newest()),
        hex0x(crate::harness::input("count", ())),
        "0x00000000".into(),
    ];
    let document = pink_worker_rpc::openrpc::document();
    let strategy = request(&document, &known);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[14; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut good, mut bad) = (0u64, std::collections::BTreeMap::<i64, u64>::new());
    for number in 0..count {
        let body = strategy.new_tree(&mut runner).unwrap().current();
        let (status, text) = post(harness.address(), body.clone());
        assert!(status < 500, "{number}: {status} {text} to {body}");
        if let Ok(answer) = serde_json::from_str::<Value>(&text) {
            match answer["error"]["code"].as_i64() {
                Some(code) => *bad.entry(code).or_default() += 1,
                None => good += 1,
            }
        }
        assert!(
            panics.lock().unwrap().is_empty(),
            "{number}: {:?} at {body}",
            panics.lock().unwrap()
        );
    }
    println!("{count} requests: {good} with a result, errors {bad:?}");
    // It is no fuzzing if everything is refused at the door, and none if everything is right.
    assert!(good > count / 50, "{good} {bad:?}");
    assert!(
        bad.keys().filter(|code| **code >= 9_000).count() >= 5,
        "{bad:?}"
    );
    assert!(
        !bad.contains_key(&9090),
        "the worker failed at something: {bad:?}"
    );
    harness.good("system_version", json!([]));
}
