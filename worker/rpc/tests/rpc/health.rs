//! Alive, and ready: by thresholds, and back again.

use crate::harness::{get, Harness, NOON};
use fat_contracts_primitives::Hash;
use pink_worker_rpc::{Readiness, RpcConfig, Standstill};
use serde_json::Value;
use std::{sync::atomic::Ordering, time::Duration};

#[test]
fn readiness_turns_back() {
    let config = RpcConfig {
        readiness: Readiness {
            max_lag: 2,
            max_age: Some(Duration::from_secs(3_600)),
        },
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "");
    let ready = |expected: bool, why: &str| {
        let (status, text) = get(harness.address(), "/health/readiness");
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(status, if expected { 200 } else { 503 }, "{text}");
        assert_eq!(body["ready"], expected);
        assert!(text.contains(why), "{text}");
        let (status, text) = get(harness.address(), "/health");
        assert_eq!(status, 200, "alive all the same");
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap()["isSyncing"],
            !expected
        );
    };
    let head = harness.node.chain().head();
    ready(true, "[]");
    harness
        .standing
        .set_final(head.number + 2, Hash::repeat_byte(1), NOON);
    ready(true, "[]");
    harness
        .standing
        .set_final(head.number + 3, Hash::repeat_byte(2), NOON);
    ready(false, "3 blocks behind, at most 2");
    let mut harness = harness;
    for _ in 0..3 {
        harness.node.advance(1, 6_000, |_| ()).unwrap();
    }
    let ready = |expected: bool, why: &str| {
        let (status, text) = get(harness.address(), "/health/readiness");
        assert_eq!(status, if expected { 200 } else { 503 }, "{text}");
        assert!(text.contains(why), "{text}");
    };
    ready(true, "[]");
    harness.standing.set_parked(Some(Standstill {
        block: 9,
        seq: None,
        cause: None,
        reason: "/secret/path".into(),
        hint: String::new(),
    }));
    ready(false, "parked before block 9");
    let (_, text) = get(harness.address(), "/health/readiness");
    assert!(!text.contains("secret"), "{text}");
    harness.standing.set_parked(None);
    ready(true, "[]");
    harness.standing.set_unreachable(Some("gone".into()));
    ready(false, "can't be asked");
    harness.standing.set_unreachable(None);
    harness.now.store(NOON + 3_601_000, Ordering::SeqCst);
    ready(false, "3601 s ago");
    harness
        .standing
        .set_final(head.number + 4, Hash::repeat_byte(3), NOON + 3_601_000);
    ready(true, "[]");
    harness.now.store(NOON, Ordering::SeqCst);
    ready(true, "[]");
}

#[test]
fn health_is_asked_by_get() {
    let harness = Harness::new();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let posted = agent
        .post(format!("http://{}/health", harness.address()))
        .send("{}")
        .unwrap();
    assert_eq!(posted.status().as_u16(), 405);
    assert_eq!(
        get(harness.address(), "/").0,
        405,
        "the rest is JSON-RPC, by POST"
    );
}
