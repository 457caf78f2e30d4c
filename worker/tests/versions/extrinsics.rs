//! Which extrinsic queued a message is kept with the message's block, and counts for nothing else.

use crate::{
    cluster::{account, run, Cluster, ID},
    files::{built, V1_0, V1_1},
};
use pallet_fat_contracts::Call;
use runtime_mock::{runtime::FatContracts, Extrinsic};

/// By hand: the time is extrinsic 0 of every block, a motion of the council takes four (it is proposed, voted for twice,
/// and closed).
#[test]
fn a_block_says_which_extrinsic_queued_a_message() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 1);
    let call = |input: u8| Extrinsic::signed(account(0), cluster.calling(&[input]));
    let motion = Extrinsic::governance(Call::update_schedule {
        cluster: ID,
        schedule: vec![1],
    });
    let calls = vec![call(1), motion, call(2)];
    let block = cluster.block(calls).head.number;
    let last = cluster.last_seq();
    let expected = [(last - 2, 1), (last - 1, 5), (last, 6)];
    cluster.all_run();
    let input = |cluster: &Cluster, block| {
        let input = cluster.nodes[0].worker.input(block).expect("memory");
        input.expect("executed")
    };
    assert_eq!(input(&cluster, block).extrinsics, expected);

    // The move is a message that no extrinsic queues; the call behind it is of the block's first.
    let at = cluster.upgrade(V1_1);
    cluster.advance_to(at - 1);
    let second = cluster.call(&[3]);
    assert_eq!(cluster.block_of(second), at);
    cluster.all_run();
    let moved = input(&cluster, at);
    assert_eq!(
        (moved.messages.len(), &moved.extrinsics[..]),
        (2, &[(second, 1)][..])
    );

    // Who reads it from a later state has the same.
    let read = |number| cluster.chain.query(|| FatContracts::block_of(ID, number));
    for number in [block, at] {
        let read = read(number).expect("not pruned");
        assert_eq!(read.extrinsics, input(&cluster, number).extrinsics);
    }

    // A worker that isn't told comes to the same.
    let mut history = cluster.history.clone();
    for input in &mut history {
        input.extrinsics.clear();
    }
    let mut other = cluster.newcomer();
    assert!(run(&mut other, &cluster.chain, &history).is_none());
    let head = other.head();
    assert_eq!(other.root(head), cluster.nodes[0].root(head));
    let said = |worker: &pink_worker_core::Worker| worker.checkpoint(head).expect("memory");
    assert_eq!(said(&other.worker), said(&cluster.nodes[0].worker));
    other.replays();
    // And takes what it executed, with extrinsics, for the same again.
    let again = other
        .worker
        .import(&cluster.history, Vec::new(), &crate::codes::Codes);
    let again = again.expect("memory");
    assert!(
        again.parked.is_none() && again.executed.is_empty(),
        "{again:?}"
    );
}
