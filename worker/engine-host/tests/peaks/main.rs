//! That a query stays within what it may take while it runs, by what the engine held at most in this
//! process: nothing else happens in it.
//!
//! Needs the engines (`cargo xtask engines`).

#[path = "../calls/cluster.rs"]
#[allow(dead_code)] // what the other tests need
mod cluster;

use cluster::{Cluster, Work, V1_0, V1_1, V2_0};
use fat_contracts_primitives::EngineVersion;
use pink_capi::{
    types::{Mode, Outcome},
    Fault,
};
use pink_engine_host::Session;

/// A query is held to its limit while it runs, and not only when it is done: events and storage
/// of more than ten times what it may take.
fn held(version: EngineVersion, work: Work) {
    const LIMIT: u64 = 24 << 20;
    let cluster = Cluster::new(version);
    let call = cluster.call(work);
    let before = cluster.engine.memory().current;
    let ended = cluster.on(Mode::Query, |engine, env| {
        let mut session = Session::reading(&cluster.state, &()).with_memory_bytes(LIMIT);
        engine.execute(&mut session, env, &call)
    });
    let peak = cluster.engine.memory().peak;
    // What a host function takes before the next poll is at most a few of the largest values; lists
    // double when they grow.
    let most = LIMIT + (LIMIT / 2);
    assert!(peak.saturating_sub(before) < most, "{peak} - {before}");
    match (ended, work) {
        (Err(Fault::Memory { used, limit }), _) => {
            assert!(used > limit && used < most, "{used}");
            assert_eq!(limit, LIMIT);
        }
        // Their sum may be bounded by the rules.
        (Ok(receipt), Work::Emit) => assert_ne!(receipt.outcome, Outcome::Success),
        (other, _) => panic!("{other:?}"),
    }
    // Nothing of it is left, and what others do isn't disturbed.
    let small = cluster.attempt(&cluster.call(Work::Nest(0))).unwrap();
    assert_eq!(small.0.outcome, Outcome::Success);
    assert!(cluster.engine.memory().current < before + (4 << 20));
}

#[test]
fn of_events() {
    for version in [V1_0, V1_1, V2_0] {
        held(version, Work::Emit);
    }
}

#[test]
fn of_storage() {
    for version in [V1_0, V1_1, V2_0] {
        held(version, Work::Fill);
    }
}
