//! What is seen of a cluster that was destroyed: nothing of its contracts, in every era. The chain
//! gives its workers empty blocks after the last message, in which the engine clears up.

use crate::{
    cluster::{account, Cluster},
    codes::Codes,
    files::{all_versions, built},
};
use fat_contracts_primitives::{ClusterMessage, EngineVersion};
use pink_capi::types::Outcome;
use pink_worker_core::WorkerError;

fn nothing_is_seen(version: EngineVersion) {
    let mut cluster = Cluster::new(vec![built(version)], 1);
    cluster.call(&[7]);
    cluster.all_run();
    let counter: [u8; 32] = *cluster.counter.as_ref();
    let owner: [u8; 32] = *account(0).as_ref();
    let view = cluster.nodes[0].worker.view().expect("a cluster");
    assert!(!view.is_destroyed().expect("the engine answers"));
    let contract = view.contract(&counter).expect("the cluster lives");
    assert_eq!(contract.expect("the counter").storage_items, 1);
    let stored = view.contract_storage(&counter, &[0; 32]).expect("it lives");
    assert_eq!(stored, Ok(Some(vec![7, 0, 0, 0])));
    let before = view.block();

    // The chain's next block, and the one that it makes later, with the last message.
    let next = cluster.last_seq() + 1;
    let mut hash = cluster.history.last().expect("a block").message_hash;
    cluster.block(Vec::new());
    cluster.block(Vec::new());
    let length = cluster.history.len();
    let ends = &mut cluster.history[length - 2..];
    let last = ClusterMessage::Destroy { sweep_to: None };
    ends[0].messages.push((next, last));
    for block in ends.iter_mut() {
        hash = block.fold(&hash);
        block.message_hash = hash;
    }
    let ends = ends.to_vec();
    let worker = &mut cluster.nodes[0].worker;
    let imported = worker.import(&ends, Vec::new(), &Codes).expect("memory");
    assert_eq!(imported.parked.map(|it| it.to_string()), None);
    let destroyed = &imported.executed[0].receipts[0].receipt;
    assert_eq!(destroyed.outcome, Outcome::Success);

    let root = imported.executed[1].root;
    for block in ends.iter().map(|it| it.number) {
        let view = worker.handle().view_at(block).expect("the state is kept");
        assert!(
            view.is_destroyed().expect("the engine answers"),
            "block {block}"
        );
        let gone = |error: WorkerError| {
            assert!(matches!(error, WorkerError::Destroyed), "{error}");
            assert!(error.to_string().contains("the cluster was destroyed"));
        };
        gone(view.contract(&counter).expect_err("it is no more"));
        gone(
            view.contract_storage(&counter, &[0; 32])
                .expect_err("it is no more"),
        );
        gone(view.rent(&counter).expect_err("it is no more"));
        assert_eq!(view.account(&owner).expect("an answer").free, 0);
        assert_eq!(view.total_issuance().expect("an answer"), 0);
    }
    // Looking changed nothing, and what was is still known as of then.
    assert_eq!(worker.head().expect("memory").map(|it| it.1), Some(root));
    let view = worker.handle().view_at(before).expect("the state is kept");
    assert!(view.contract(&counter).expect("it lived").is_some());
}

#[test]
fn a_destroyed_cluster_shows_no_contracts() {
    for version in all_versions() {
        nothing_is_seen(version);
    }
}
