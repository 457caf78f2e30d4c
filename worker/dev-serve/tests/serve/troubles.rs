//! What a page's author wants to see: a worker that is parked or behind, a cluster that diverged. The pallet's storage and
//! the worker say so, as they would elsewhere.

use crate::harness::{bring, config, Harness, UNIT};
use fat_contracts_primitives::ClusterRecord;
use pink_dev_serve::ServeConfig;
use serde_json::{json, Value};

fn record(harness: &Harness) -> ClusterRecord {
    let key = [
        &sp_crypto_hashing::twox_128(b"FatContracts")[..],
        &sp_crypto_hashing::twox_128(b"Clusters"),
        &sp_crypto_hashing::twox_64(&1u64.to_le_bytes()),
        &1u64.to_le_bytes(),
    ];
    harness.storage(&key.concat(), None).expect("the cluster")
}

fn info(harness: &Harness) -> Value {
    harness.worker("cluster_v1_info", json!([]))
}

/// A message is executed, and confirmed.
fn works(harness: &Harness) {
    let seq = info(harness)["nextSeq"].as_u64().expect("a number");
    harness.send("//Bob", bring(UNIT));
    harness.until(|harness| (info(harness)["nextSeq"].as_u64() > Some(seq)).then_some(()));
    assert_eq!(record(harness).diverged, None);
    assert_eq!(info(harness)["ready"], true);
}

#[test]
fn parked_again_and_again() {
    let harness = Harness::start(&config());
    for _ in 0..2 {
        let parked = harness.get("dev_park", json!([]));
        let said = info(&harness);
        assert_eq!(
            (&said["status"], &said["ready"]),
            (&json!("parked"), &json!(false))
        );
        assert_eq!(said["parked"]["cause"], "EngineMissing");
        assert_eq!(said["parked"]["seq"], parked["seq"]);
        assert_eq!(record(&harness).engine.to_string(), "2.0");
        assert_eq!(
            harness.ask("dev_park", json!([])).expect_err("it is")["code"],
            -32050
        );
        assert_eq!(
            harness
                .ask("dev_diverge", json!([]))
                .expect_err("it says nothing")["code"],
            -32050
        );
        harness.get("dev_heal", json!(["engine-missing"]));
        assert_eq!(record(&harness).engine.to_string(), "2.0");
        assert_eq!(record(&harness).pending, None);
        works(&harness);
    }
    assert_eq!(
        harness
            .ask("dev_park", json!(["bad mood"]))
            .expect_err("no reason")["code"],
        -32050
    );
}

#[test]
fn diverged_again_and_again() {
    let harness = Harness::start(&config());
    for _ in 0..2 {
        let diverged = harness.get("dev_diverge", json!([]));
        assert_eq!(
            record(&harness).diverged.map(u64::from),
            diverged["diverged"].as_u64()
        );
        assert!(record(&harness).diverged.is_some());
        assert_eq!(
            harness.ask("dev_diverge", json!([])).expect_err("it has")["code"],
            -32050
        );
        harness.get("dev_heal", json!([]));
        assert_eq!(record(&harness).diverged, None);
        works(&harness);
    }
}

#[test]
fn behind_and_with_it_again() {
    // Whatever the delays are.
    let harness = Harness::start(&ServeConfig {
        finality_delay: 1,
        confirmation_delay: 1,
        ..config()
    });
    harness.get("dev_behind", json!([20]));
    let said = info(&harness);
    assert_eq!((&said["lag"], &said["ready"]), (&json!(20), &json!(false)));
    harness.get("dev_mine", json!([5]));
    assert_eq!(info(&harness)["lag"], 20);
    harness.get("dev_heal", json!([]));
    assert_eq!(info(&harness)["lag"], 0);
    works(&harness);
    harness.get("dev_park", json!([]));
    harness.get("dev_heal", json!([]));
    harness.get("dev_diverge", json!([]));
    assert!(record(&harness).diverged.is_some());
    harness.get("dev_heal", json!([]));
    works(&harness);
}
