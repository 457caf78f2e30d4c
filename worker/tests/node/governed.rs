//! The council admits workers and moves their cluster to another engine; who comes later begins with what one of them
//! serves.

use crate::{
    chain,
    council::carry,
    harness::{receipt, Harness},
    process::{engines, Node, Start},
    programs::{until, Running},
    scenario::stopped,
};
use fat_contracts_primitives::EngineVersion;
use pallet_fat_contracts::{Call, Error};
use pink_capi::types::Outcome;
use runtime_mock::runtime::Runtime;
use sp_runtime::DispatchResult;
use std::{fs, path::PathBuf};

/// How many blocks a motion takes at most, with the shortest notice before it.
const AHEAD: u32 = 10 + 20;

const TO: EngineVersion = EngineVersion::new(2, 0);

fn upgrade(harness: &Harness) -> DispatchResult {
    let upgrade = Call::<Runtime>::upgrade_runtime {
        cluster: chain::CLUSTER,
        to: TO,
        at_block: chain::number(harness.node()) + AHEAD,
    };
    carry(harness.node(), upgrade)
}

/// What the council is told when this many of two have the engine.
fn ready(have: u8) -> DispatchResult {
    Err(Error::<Runtime>::NotEnoughWorkersReady { have, need: 2 }.into())
}

#[test]
#[ignore = "needs PINK_NODE: run by the step `node`"]
fn the_council_admits_workers_and_moves_their_cluster() {
    let harness = Harness::of(Node::start_as(Start {
        engine: "1.1",
        more: &["--state-pruning", "archive"],
        ..Start::default()
    }));
    harness.admit_by_council("//Dave");
    harness.admit_by_council("//Eve");
    // The second one has the old engine alone.
    let old = harness.path("engines");
    fs::create_dir(&old).expect("a directory");
    let file = "libpink.so.1.1";
    fs::copy(engines().join(file), old.join(file)).expect("`cargo xtask engines`");
    let old = old.display().to_string();
    let one = harness.run("one", "//Dave");
    let (base, options) = (harness.path("two"), ["--from", "//Eve", "--engines", &old]);
    let two = Running::start(&base, harness.url(), &options);
    let counter = harness.counter();
    let first = harness.add(&counter, 5);
    harness.confirmed(first.0);

    // Without it nobody decides that they move. The first one may not have announced its files yet.
    let mut told = upgrade(&harness);
    if told == ready(0) {
        told = upgrade(&harness);
    }
    assert_eq!(told, ready(1));
    let record = chain::cluster(harness.node());
    assert_eq!(
        (record.engine, record.pending),
        (EngineVersion::new(1, 1), None)
    );
    two.stop();
    let two = harness.run("two", "//Eve");
    let mut tries = 0;
    while let Err(error) = upgrade(&harness) {
        assert_eq!(Err(error), ready(1));
        tries += 1;
        assert!(tries < 20, "the second one says nothing of its files");
    }
    until("the upgrade", || {
        (chain::cluster(harness.node()).engine == TO).then_some(())
    });
    let second = harness.add(&counter, 6);
    harness.confirmed(second.0);

    for base in newcomer(&harness, one, two, &counter) {
        for (message, sum) in [(first, 5u32), (second, 11)] {
            let expected = (Outcome::Success, sum.to_le_bytes().to_vec());
            assert_eq!(receipt(&base, message), expected);
        }
    }
}

/// A third one, whom the council admits, begins with a snapshot that the first serves: the chain has its first messages
/// no more. Returns what the others have.
fn newcomer(harness: &Harness, one: Running, two: Running, counter: &str) -> [PathBuf; 2] {
    let base = one.base.clone();
    one.stop();
    let serve = [
        "--from",
        "//Dave",
        "--snapshots",
        "127.0.0.1:0",
        "--snapshot-each",
        "1",
    ];
    let mut one = Running::start(&base, harness.url(), &serve);
    let line = one.says("serves snapshots at http://");
    let url = &line[line.find("http://").expect("an address")..];
    let before = harness.add(counter, 7);
    harness.confirmed(before.0);
    one.says("serves a snapshot of block");
    until("pruning", || {
        (u64::from(chain::pruned(harness.node())) >= before.0).then_some(())
    });

    harness.admit_by_council("//Ferdie");
    let sync = ["--from", "//Ferdie", "--sync-from", url.trim()];
    let mut three = Running::start(&harness.path("three"), harness.url(), &sync);
    three.says("begins with a snapshot of block");
    let handed = until("the newcomer's key", || three.file("cluster.key"));
    assert_eq!(Some(handed), one.file("cluster.key"));
    // The quorum of three is all of them.
    let last = harness.add(counter, 8);
    harness.confirmed(last.0);
    three.follows(last.0);
    let bases: [_; 3] = stopped(vec![three, two, one]).try_into().expect("three");
    for base in &bases {
        let sum = 5u32 + 6 + 7 + 8;
        let expected = (Outcome::Success, sum.to_le_bytes().to_vec());
        assert_eq!(receipt(base, last), expected);
    }
    let [_, two, one] = bases;
    [one, two]
}
