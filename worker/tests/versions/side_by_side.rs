//! All versions in one process, three workers with three stores, one history.

use crate::{
    cluster::{run, Cluster, Node},
    files::{all_built, all_versions},
};
use pink_capi::types::Outcome;
use std::thread;

/// A history that runs through all versions; the messages that were called under each.
fn history() -> (Cluster, Vec<(fat_contracts_primitives::EngineVersion, u64)>) {
    let mut cluster = Cluster::new(all_built(), 3);
    let mut calls = Vec::new();
    let versions = all_versions();
    for (at, version) in versions.iter().copied().enumerate() {
        for round in 1..=3 {
            calls.push((version, cluster.call(&[round])));
        }
        // One worker keeps up, so that the chain hears of each move; the others will come later.
        assert!(cluster.turn(0).is_none());
        let ack = crate::cluster::acknowledgement(&cluster.nodes[0], &cluster.chain);
        cluster.block(ack.into_iter().collect());
        if let Some(next) = versions.get(at + 1).copied() {
            // Two of three don't confirm: the record waits, the schedule doesn't.
            assert!(cluster.turn(1).is_none());
            let ack = crate::cluster::acknowledgement(&cluster.nodes[1], &cluster.chain);
            assert!(cluster.turn(2).is_none());
            let other = crate::cluster::acknowledgement(&cluster.nodes[2], &cluster.chain);
            cluster.block(ack.into_iter().chain(other).collect());
            let at = cluster.upgrade(next);
            cluster.advance_to(at);
            cluster.all_run();
            cluster.all_acknowledge();
        }
    }
    (cluster, calls)
}

#[test]
fn all_versions_and_three_workers_give_one_history() {
    let (mut cluster, calls) = history();
    cluster.all_run();
    cluster.all_acknowledge();
    let all = all_versions();
    assert_eq!(Some(&cluster.record().engine), all.last());
    for node in &cluster.nodes {
        let loaded = node.worker.registry().loaded();
        let versions: Vec<_> = loaded.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, all);
        node.replays();
    }
    cluster.money_is_right();
    let mut sum = 0u32;
    for (at, (version, seq)) in calls.iter().enumerate() {
        sum += at as u32 % 3 + 1;
        let receipt = cluster.nodes[0].receipt(*seq);
        assert_eq!(receipt.engine, *version);
        assert_eq!(receipt.receipt.outcome, Outcome::Success);
        assert_eq!(receipt.receipt.output, sum.to_le_bytes());
        assert!(receipt.receipt.gas_consumed.ref_time > 0);
        for node in &cluster.nodes {
            assert_eq!(node.receipt(*seq), receipt, "gas included");
        }
    }
}

/// At the same time, each on a thread of its own and in portions of its own: so all engines
/// are called at once, each by several threads.
#[test]
fn workers_do_not_disturb_each_other() {
    let (cluster, _) = history();
    let (chain, history) = (&cluster.chain, &cluster.history);
    let mut late: Vec<_> = (0..3).map(|_| cluster.newcomer()).collect();
    thread::scope(|scope| {
        for (portion, node) in [1, 3, 7].into_iter().zip(&mut late) {
            scope.spawn(move || {
                for end in (portion..history.len() + portion).step_by(portion) {
                    let known = &history[..end.min(history.len())];
                    assert!(run(node, chain, known).is_none());
                }
            });
        }
    });
    let first: &Node = &cluster.nodes[0];
    for node in &late {
        assert_eq!(Some(node.head()), history.last().map(|block| block.number));
        for block in history {
            let executed = first.root(block.number);
            assert!(executed.is_none() || executed == node.root(block.number));
            assert_eq!(node.root(block.number), late[0].root(block.number));
        }
    }
}
