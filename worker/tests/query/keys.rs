//! The key that a cluster's workers share: what it is for, and what happens without it.

use crate::harness::{input, registry, returned, Harness};
use parity_scale_codec::Encode;
use pink_capi::{types::Outcome, Fault};
use pink_devchain::{DevConfig, DevError, DevNode};
use pink_worker_core::{
    exec::ParkReason, history::replay, query::QueryError, ClusterKey, CLUSTER_KEY_FILE,
};
use std::fs;

fn keep() -> Vec<u8> {
    input("keep_key", b"salt".to_vec())
}

fn kept(harness: &Harness) -> Vec<u8> {
    returned(&harness.query(&input("public_key", ())).receipt)
}

#[test]
fn without_the_key_the_worker_parks_and_with_it_goes_on() {
    let mut with_key = Harness::new("");
    with_key.send(with_key.contract, &keep());

    let aside = |name: &str| format!("{name}.aside");
    let mut harness = Harness::new("").reopened(|base| {
        let key = base.join(CLUSTER_KEY_FILE);
        fs::rename(&key, base.join(aside(CLUSTER_KEY_FILE))).expect("a key");
    });
    // A query fails alone.
    let derive = input("ask", (4u16, b"salt".to_vec().encode()));
    let failed = harness.try_query(&derive, false);
    let no_key = Fault::NoClusterKey;
    assert!(
        matches!(&failed, Err(QueryError::Fault { fault, .. }) if *fault == no_key),
        "{failed:?}"
    );
    let counted = harness.send(harness.contract, &input("increment", ()));
    assert_eq!(counted.outcome, Outcome::Success);
    with_key.send(with_key.contract, &input("increment", ()));
    // A transaction parks: its result would depend on the key.
    let parked = harness.try_send(harness.contract, &keep());
    let Err(DevError::Waiting { parked, .. }) = parked else {
        panic!("{parked:?}");
    };
    assert!(
        matches!(&*parked.reason, ParkReason::Fault { fault, .. } if *fault == no_key),
        "{parked}"
    );
    assert!(parked.to_string().contains("no cluster key"), "{parked}");
    assert!(parked.reason.hint().contains(CLUSTER_KEY_FILE));
    // It is this worker's alone, and nothing for governance.
    assert_eq!(parked.reason.cause(), None);

    let harness = harness.reopened(|base| {
        let key = base.join(CLUSTER_KEY_FILE);
        fs::rename(base.join(aside(CLUSTER_KEY_FILE)), key).expect("the key");
    });
    assert!(harness.node.parked().is_none());
    assert_eq!(kept(&harness), kept(&with_key));
    assert!(!kept(&harness).is_empty());
    for harness in [&harness, &with_key] {
        let worker = harness.node.worker();
        let (head, ..) = worker.head().expect("it reads").expect("a block");
        let report = replay(worker, 0..=head, |_| {}).expect("it replays");
        assert!(report.divergence.is_none(), "{:?}", report.divergence);
    }
}

#[test]
fn another_key_gives_other_keys() {
    let mut first = Harness::new("");
    first.send(first.contract, &keep());
    let mut other = Harness::new("").reopened(|base| {
        ClusterKey::new([9; 32]).keep(base).expect("a key");
    });
    other.send(other.contract, &keep());
    assert_ne!(kept(&first), kept(&other));
    let root = |harness: &Harness| harness.node.worker().head().unwrap().unwrap().1;
    assert_ne!(root(&first), root(&other));
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::TempDir::new().expect("a folder for the test");
    let dev = DevConfig::default();
    drop(DevNode::init(base.path(), registry(), &dev).expect("a chain"));
    let key = base.path().join(CLUSTER_KEY_FILE);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("its owner may");
    let refused = DevNode::open(base.path(), registry()).expect_err("too open");
    assert!(refused.to_string().contains("644"), "{refused}");
    assert!(refused.hint().expect("a hint").contains("chmod 600"));
}
