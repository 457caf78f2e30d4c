//! The life of a cluster on a real chain, with everything that its people and workers do.

use crate::{
    chain::{self, CLUSTER},
    changes,
    harness::{artefact, compare, estimate, place, receipt, replay, whole_receipt, Harness, OWNER},
    newcomers,
    programs::{until, Running},
    signing::pair,
};
use fat_contracts_primitives::{AccountId, EngineVersion};
use pink_capi::types::Outcome;
use runtime_mock::UNIT;
use serde_json::Value;
use sp_core::Pair;
use std::{fs, path::PathBuf};

/// What ink! gives for a `bool` that a message returns: no error of the language, and the value.
const FALSE: [u8; 2] = [0, 0];
const TRUE: [u8; 2] = [0, 1];

/// Two members of the cluster: the second one got its key from the first over the chain.
fn two_workers(harness: &Harness) -> (Running, Running) {
    // What all members have executed is pruned soon: who comes later needs a snapshot.
    harness.admit("//Dave");
    harness.admit("//Eve");
    let one = harness.run("one", "//Dave");
    let key = until("the first member's key", || one.file("cluster.key"));
    let two = harness.run("two", "//Eve");
    let handed = until("the second member's key", || two.file("cluster.key"));
    assert_eq!(handed, key);
    // What the chain knows of it was made of this key, by PROTOCOL §9.
    let seed = hex::decode(key.trim()).expect("hex");
    let text = [&b"pink: commitment to a cluster key"[..], &seed].concat();
    let expected = sp_crypto_hashing::blake2_256(&text).to_vec();
    assert_eq!(chain::commitment(harness.node()), Some(expected));
    (one, two)
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn a_cluster_lives_on_a_real_chain() {
    let harness = Harness::start();
    let (one, two) = two_workers(&harness);

    // Code, a contract of it, and calls.
    let bundle = artefact("flipper.contract");
    let text = fs::read_to_string(&bundle).expect("a bundle");
    let about: Value = serde_json::from_str(&text).expect("JSON");
    let uploaded = harness.tell(OWNER, &["upload", &bundle]);
    let code_hash = about["source"]["hash"].as_str().expect("a hash");
    let make = [
        "instantiate",
        "--code-hash",
        code_hash,
        "--metadata",
        &bundle,
    ];
    let made = harness.tell(
        OWNER,
        &[&make[..], &["--constructor", "new", "--args", "true"]].concat(),
    );
    let flipper = made["address"].as_str().expect("an address");
    let flip = harness.call(flipper, "flipper.contract", &["flip"]);
    let get = harness.call(flipper, "flipper.contract", &["get"]);
    harness.confirmed(get.0);

    // Money that leaves the cluster is there on the chain, all of it.
    let paid = pair("//Scenario//paid").public();
    let (account, address) = (AccountId::new(paid.0), paid.to_string());
    assert_eq!(chain::balance(harness.node(), &account), 0);
    let withdrawn = harness.tell(OWNER, &["withdraw", "3u", "--to", &address]);
    let paid = until("the payout", || {
        Some(chain::balance(harness.node(), &account)).filter(|it| *it > 0)
    });
    assert_eq!(paid, 3 * UNIT);

    // One is gone, and the cluster goes on without it: nothing is confirmed until it is back.
    two.kill();
    let flip_back = harness.call(flipper, "flipper.contract", &["flip"]);
    let get_back = harness.call(flipper, "flipper.contract", &["get"]);
    assert!(chain::confirmed(harness.node()) < flip_back.0);
    let mut two = harness.run("two", "//Eve");
    two.follows(get_back.0);
    harness.confirmed(get_back.0);

    // Both end when they are told to, and have the same.
    let bases = stopped(vec![one, two]);
    for base in &bases {
        for done in [place(&uploaded), place(&made), flip, place(&withdrawn)] {
            assert_eq!(receipt(base, done).0, Outcome::Success, "{done:?}");
        }
        for (message, gives) in [(get, FALSE), (get_back, TRUE)] {
            assert_eq!(receipt(base, message), (Outcome::Success, gives.to_vec()));
        }
        let again = replay(base);
        let replayed = again["replayed_messages"].as_u64();
        assert!(replayed > Some(get_back.1), "{again}");
    }

    // What is foretold is what comes: with as much gas as that, and no more.
    let foretold = estimate(&bases[0], flipper, "flip");
    let required = foretold.gas_required;
    let limit = format!("{},{}", required.ref_time, required.proof_size);
    let with_limit = ["flip", "--gas-limit", &limit];
    let workers = begin(&harness);
    let flip_on = harness.call(flipper, "flipper.contract", &with_limit);
    harness.confirmed(flip_on.0);

    // They move to another engine when both have it.
    let engine = || chain::cluster(harness.node()).engine;
    assert_eq!(engine(), EngineVersion::new(2, 0));
    harness.tell(OWNER, &["upgrade", "2.1"]);
    until("the upgrade", || {
        (engine() == EngineVersion::new(2, 1)).then_some(())
    });
    let mut last = vec![harness.call(flipper, "flipper.contract", &["get"])];
    harness.confirmed(last[0].0);

    let workers = newcomers::join(&harness, workers, flipper);
    last.push(changes::authorities(&harness, flipper));
    changes::foreign(&harness);
    last.push(changes::runtime(&harness, flipper));
    for base in stopped(workers).iter().take(2) {
        let came = whole_receipt(base, flip_on);
        assert_eq!(came.outcome, Outcome::Success);
        assert_eq!(
            (came.gas_consumed, came.storage_deposit),
            (foretold.gas_consumed, foretold.storage_deposit)
        );
        for message in last.iter().rev().take(2) {
            assert_eq!(receipt(base, *message), (Outcome::Success, FALSE.to_vec()));
        }
    }
}

/// The two members, once more.
pub(crate) fn begin(harness: &Harness) -> Vec<Running> {
    vec![harness.run("one", "//Dave"), harness.run("two", "//Eve")]
}

/// Stops workers and compares what they have; gives their base paths.
pub(crate) fn stopped(workers: Vec<Running>) -> Vec<PathBuf> {
    let (mut bases, mut blocks) = (Vec::new(), Vec::new());
    for worker in workers {
        bases.push(worker.base.clone());
        let report = worker.stop();
        assert_eq!(report["cluster"], CLUSTER, "{report}");
        blocks.push(report["block"].as_u64().expect("a number"));
    }
    for (base, block) in bases.iter().zip(&blocks).skip(1) {
        let (status, said) = compare(&bases[0], base);
        assert_eq!((status, &said["equal"]), (0, &true.into()), "{said}");
        assert_eq!(
            said["to"].as_u64().as_ref(),
            Some(block.min(&blocks[0])),
            "{said}"
        );
    }
    bases
}
