//! A chain source that lies about amendments: it tells of some that no block ever delivers, keeps
//! those back that were delivered, and tells another story the next time. Whatever it says, a
//! worker that is given the chain's blocks afterwards ends where all others are, by itself.

use crate::{
    cluster::{run, Cluster, Node},
    codes::Codes,
    disorder::promise,
    files::{built, record_of, V1_0, V1_1, V2_0},
    late::{import, overtaken},
};
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, Hash, ParkCause, Remedy, Seq,
};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::Promise,
    store::{Store, StoreOptions},
    Imported, Worker,
};
use redb::backends::InMemoryBackend;
use std::fs;
use tempfile::TempDir;

/// Two calls of the counter, by 5 and by 1, and some empty blocks.
fn calls() -> (Cluster, Seq, Seq) {
    let mut cluster = Cluster::new(vec![built(V1_0)], 3);
    let called = cluster.call(&[5]);
    let later = cluster.call(&[1]);
    for _ in 0..6 {
        cluster.block(Vec::new());
    }
    cluster.all_run();
    (cluster, called, later)
}

/// The blocks of a range as somebody gives them who reads them in the state of a block.
fn read(
    cluster: &Cluster,
    blocks: impl std::ops::RangeBounds<BlockNumber>,
    read_at: BlockNumber,
) -> Vec<ClusterBlock> {
    let of_range = cluster
        .history
        .iter()
        .filter(|it| blocks.contains(&it.number));
    let read = |it: &ClusterBlock| ClusterBlock {
        read_at: read_at.max(it.number),
        ..it.clone()
    };
    of_range.map(read).collect()
}

/// It has what everybody has, and nothing is left of what it was told.
#[track_caller]
fn ends_right(node: &Node, cluster: &Cluster) {
    let head = node.head();
    assert_eq!(Some(head), cluster.history.last().map(|it| it.number));
    for block in 1..=head {
        let (is, right) = (
            node.worker.checkpoint(block),
            cluster.nodes[0].worker.checkpoint(block),
        );
        assert_eq!(
            is.expect("a store"),
            right.expect("memory"),
            "block {block}"
        );
    }
    let (_, _, record) = node.worker.head().expect("a store").expect("blocks");
    assert_eq!(record.promised, []);
    assert!(node.worker.rewound().expect("a store").is_empty());
    node.replays();
}

#[track_caller]
fn output(node: &Node, seq: Seq) -> u8 {
    node.receipt(seq)
        .receipt
        .output
        .first()
        .copied()
        .unwrap_or_default()
}

/// A disorder that is named, and of which nothing is kept.
#[track_caller]
fn refused(node: &mut Node, block: ClusterBlock, words: &str) {
    let before = node.worker.head().expect("a store");
    let done = import(&mut node.worker, &[block]);
    let parked = done.parked.expect("it was taken");
    assert_eq!(parked.reason.cause(), Some(ParkCause::Disorder), "{parked}");
    assert!(
        parked.to_string().contains(words),
        "{words:?} isn't in: {parked}"
    );
    assert_eq!((done.went_back_to, done.executed.len()), (None, 0));
    assert_eq!(node.worker.head().expect("a store"), before);
}

/// The block that is to deliver it never comes, and the source had a head that no chain has. It is
/// found with the first block of somebody who doesn't say so, and after a restart too.
#[test]
fn a_lie_about_a_block_that_never_comes_is_found() {
    let (cluster, called, later) = calls();
    let at = cluster.block_of(called);
    for (by, read_at) in [
        (u32::MAX, u32::MAX),
        (at + 1_000, u32::MAX),
        (at + 9, at + 9),
    ] {
        let base = TempDir::new().expect("a folder");
        let options = StoreOptions::default();
        let store = Store::create(base.path(), options).expect("a store");
        let mut node = cluster.newcomer_over(store);
        let mut lied = read(&cluster, ..=at + 2, read_at);
        let remedy = Remedy::Skip;
        promise(&mut lied[at as usize - 1], by, called, remedy);
        assert!(import(&mut node.worker, &lied).parked.is_none());
        assert_eq!(
            (node.head(), output(&node, later)),
            (at + 2, 1),
            "it is believed"
        );

        let directory = node.worker.registry().directory().to_path_buf();
        drop(node.worker);
        let store = Store::open(base.path(), options).expect("a store");
        node.worker = Worker::new(store, EngineRegistry::new(&directory));
        let done = import(&mut node.worker, &read(&cluster, at + 3.., 0));
        assert_eq!(done.went_back_to, Some(at - 1));
        let amendment = Amendment {
            seq: called,
            remedy,
        };
        assert_eq!(
            done.broken,
            [Promise {
                of: at,
                by,
                amendment
            }]
        );
        assert!(done.parked.is_none(), "{:?}", done.parked);
        assert_eq!((output(&node, called), output(&node, later)), (5, 6));
        ends_right(&node, &cluster);
    }
}

/// As long as everybody says that the chain is that far, it may be so.
#[test]
fn what_may_still_be_kept_stands() {
    let (cluster, called, later) = calls();
    let at = cluster.block_of(called);
    let mut node = cluster.newcomer();
    let mut told = read(&cluster, ..=at, at + 5);
    promise(&mut told[at as usize - 1], at + 5, called, Remedy::Skip);
    assert!(import(&mut node.worker, &told).parked.is_none());
    for block in read(&cluster, at + 1..=at + 4, at + 5) {
        let done = import(&mut node.worker, &[block]);
        assert_eq!((done.went_back_to, done.broken.len()), (None, 0));
    }
    assert_eq!(output(&node, later), 1);
    // Here it has to be.
    let done = import(&mut node.worker, &read(&cluster, at + 5.., 0));
    assert_eq!((done.went_back_to, done.broken.len()), (Some(at - 1), 1));
    ends_right(&node, &cluster);
}

/// With a setup that was skipped there is nothing at all to go back to.
#[test]
fn a_lie_about_the_first_block_is_found() {
    let (cluster, called, later) = calls();
    let mut node = cluster.newcomer();
    let mut lied = read(&cluster, ..=cluster.block_of(called), u32::MAX);
    promise(&mut lied[0], u32::MAX, 0, Remedy::Skip);
    assert!(import(&mut node.worker, &lied).parked.is_none());
    assert_eq!(
        node.receipt(called).engine,
        pink_worker_core::exec::NO_ENGINE
    );
    let done = import(
        &mut node.worker,
        &read(&cluster, cluster.block_of(later).., 0),
    );
    assert_eq!((done.went_back_to, done.broken.len()), (Some(0), 1));
    assert!(done.parked.is_none(), "{:?}", done.parked);
    ends_right(&node, &cluster);
}

/// What it takes to undo a lie stays until it is found, however short the window is.
#[test]
fn a_lie_that_outlives_the_window_is_found() {
    let (cluster, called, _) = calls();
    let at = cluster.block_of(called);
    for undo_window in [0, 2] {
        let options = StoreOptions {
            undo_window,
            ..StoreOptions::default()
        };
        let store = Store::with_backend(InMemoryBackend::new(), options).expect("memory");
        let mut node = cluster.newcomer_over(store);
        let by = at + 6;
        let mut lied = read(&cluster, ..by, by);
        promise(&mut lied[at as usize - 1], by, called, Remedy::Skip);
        for block in lied {
            assert!(import(&mut node.worker, &[block]).parked.is_none());
        }
        let done = import(&mut node.worker, &read(&cluster, by.., by));
        assert_eq!((done.went_back_to, done.broken.len()), (Some(at - 1), 1));
        ends_right(&node, &cluster);
    }
}

/// A block that was executed is given again with another story about it. The newest counts, as far
/// as it can be so.
#[test]
fn another_story_about_an_executed_block_is_obeyed() {
    let (cluster, called, later) = calls();
    let at = cluster.block_of(called);
    let all = || read(&cluster, .., 0);
    let truth = || read(&cluster, at..=at, at + 7).remove(0);
    let scenario = |by, remedy| {
        let mut block = truth();
        promise(&mut block, by, called, remedy);
        block
    };
    let mut node = cluster.newcomer();
    assert!(import(&mut node.worker, &all()).parked.is_none());
    let head = node.head();
    let went_back = |done: &Imported| {
        assert!(done.parked.is_none(), "{:?}", done.parked);
        let again: Vec<_> = done.executed.iter().map(|it| it.number).collect();
        assert_eq!(again, (at..=head).collect::<Vec<_>>());
        (done.went_back_to, done.broken.len())
    };
    // From nothing to a promise, from that to another, and to nothing.
    let skip = scenario(head + 2, Remedy::Skip);
    let done = import(&mut node.worker, std::slice::from_ref(&skip));
    assert_eq!(went_back(&done), (Some(at - 1), 0));
    assert_eq!(output(&node, later), 1);
    let done = import(&mut node.worker, &[skip]);
    assert_eq!(
        (done.went_back_to, done.executed.len()),
        (None, 0),
        "the same again"
    );
    let other = scenario(head + 3, Remedy::ExecuteFrom(V1_0));
    let done = import(&mut node.worker, &[other]);
    assert_eq!(went_back(&done), (Some(at - 1), 1));
    assert_eq!(output(&node, later), 6);
    let done = import(&mut node.worker, &[truth()]);
    assert_eq!(went_back(&done), (Some(at - 1), 1));
    ends_right(&node, &cluster);

    // What can't be is refused: here the worker knows better.
    let lies = [
        (
            scenario(head, Remedy::Skip),
            "that block doesn't deliver it",
        ),
        (
            scenario(at + 1, Remedy::Skip),
            "that block doesn't deliver it",
        ),
        (scenario(at, Remedy::Skip), "it isn't a later block"),
    ];
    for (block, words) in lies {
        refused(&mut node, block, words);
    }
    let mut early = scenario(head + 2, Remedy::Skip);
    early.read_at = head + 1;
    refused(&mut node, early, "that block wasn't there yet");
    let mut foreign = truth();
    promise(&mut foreign, head + 2, called + 1, Remedy::Skip);
    refused(&mut node, foreign, "the block has no such message");
    ends_right(&node, &cluster);
}

/// Of amendments that were delivered, some are kept back, some are told wrongly, and some are made
/// up beside them.
#[test]
fn half_a_truth_comes_to_the_whole_of_it() {
    for remedy in [Remedy::Skip, Remedy::ExecuteFrom(V2_0)] {
        let (mut cluster, moved, later) = overtaken(remedy);
        cluster.all_run();
        let (of, by) = (
            cluster.block_of(moved),
            cluster.history.last().expect("blocks").number,
        );
        let other = match remedy {
            Remedy::Skip => Remedy::ExecuteFrom(V2_0),
            Remedy::ExecuteFrom(_) => Remedy::Skip,
        };
        let behind = cluster.block_of(later);
        let scenarios: [&[(BlockNumber, Seq, Remedy)]; 6] = [
            &[],
            &[(of, moved, remedy)],
            &[(of, moved, other)],
            &[(of, moved, remedy), (behind, later, Remedy::Skip)],
            &[(behind, later, Remedy::Skip)],
            &[(of, moved, other), (behind, later, Remedy::Skip)],
        ];
        for (at, scenario) in scenarios.into_iter().enumerate() {
            for batch in [1, 3] {
                let mut node = cluster.newcomer();
                let mut told = read(&cluster, ..by, by);
                for (block, seq, remedy) in scenario {
                    promise(&mut told[*block as usize - 1], by, *seq, *remedy);
                }
                // The records of engines come with it.
                let brought = record_of(&built(V2_0));
                for block in told.iter_mut().filter(|it| it.number >= of) {
                    if !block.engines.iter().any(|(it, _)| *it == V2_0) {
                        block.engines.push(brought.clone());
                    }
                }
                for blocks in told.chunks(batch) {
                    let done = import(&mut node.worker, blocks);
                    assert!(done.parked.is_none(), "{at}: {:?}", done.parked);
                }
                // The chain might take it: that the message is amended is true.
                if let Some((first, ..)) = scenario.first() {
                    let said = |block| node.worker.checkpoint(block).expect("memory");
                    assert_eq!((said(*first), said(by - 1)), (None, None), "{at}");
                    assert!(said(first - 1).is_some(), "{at}");
                }
                let done = import(&mut node.worker, &read(&cluster, by.., 0));
                assert!(done.parked.is_none(), "{at}: {:?}", done.parked);
                let first = scenario.first().map(|(block, ..)| *block);
                let right = scenario == [(of, moved, remedy)];
                let back = match first {
                    _ if right => None,
                    Some(first) if scenario[0] == (of, moved, remedy) => {
                        Some(first.max(behind) - 1)
                    }
                    _ => Some(of - 1),
                };
                assert_eq!(done.went_back_to, back, "{at}");
                ends_right(&node, &cluster);
            }
        }
    }
}

/// A block that was taken back waits with a lie that nobody tells any more.
#[test]
fn a_lie_about_a_block_that_waits_is_dropped() {
    let (mut cluster, moved, later) = overtaken(Remedy::ExecuteFrom(V2_0));
    let (last, open) = cluster.history.split_last().expect("blocks");
    let (last, mut told) = (last.clone(), open.to_vec());
    let by = last.number + 1;
    for block in &mut told {
        block.read_at = by;
    }
    promise(
        &mut told[cluster.block_of(later) as usize - 1],
        by,
        later,
        Remedy::Skip,
    );
    let mut node = cluster.newcomer();
    fs::remove_file(node.place(V2_0)).expect("its file");
    assert!(import(&mut node.worker, &told).parked.is_none());
    let still = ClusterBlock {
        read_at: by,
        ..last.clone()
    };
    let done = import(&mut node.worker, &[still]);
    assert_eq!(done.went_back_to, Some(cluster.block_of(moved) - 1));
    assert!(done.parked.is_some(), "it has no 2.0");

    node.put(&built(V2_0));
    cluster.block(Vec::new());
    cluster.all_run();
    let truth = cluster.history.last().expect("a block").clone();
    assert_eq!(truth.number, by);
    let done = import(&mut node.worker, &[last, truth]);
    assert!(done.parked.is_none(), "{:?}", done.parked);
    assert_eq!(done.broken.len(), 1);
    ends_right(&node, &cluster);
}

/// The files of an engine are told beside the history as well. What the block says that brings the
/// engine counts.
#[test]
fn a_lie_about_an_engines_files_is_forgotten() {
    let (mut cluster, moved, later) = overtaken(Remedy::ExecuteFrom(V2_0));
    cluster.all_run();
    let (last, open) = cluster.history.split_last().expect("blocks");
    let mut told = open.to_vec();
    let mut false_record = last
        .engines
        .iter()
        .find(|(it, _)| *it == V2_0)
        .expect("it")
        .clone();
    for artefact in &mut false_record.1.artefacts {
        artefact.hash = Hash::repeat_byte(7);
    }
    for seq in [moved, later] {
        let block = &mut told[cluster.block_of(seq) as usize - 1];
        block.engines.push(false_record.clone());
    }
    let mut node = cluster.newcomer();
    assert!(import(&mut node.worker, &told).parked.is_none());
    let done = node
        .worker
        .import(std::slice::from_ref(last), Vec::new(), &Codes);
    let done = done.expect("memory");
    assert!(done.parked.is_none(), "{:?}", done.parked);
    ends_right(&node, &cluster);
    let mut newcomer = cluster.newcomer();
    assert!(run(&mut newcomer, &cluster.chain, &cluster.history).is_none());
    ends_right(&newcomer, &cluster);
}

/// Governance amends a message so that 1.1 executes it, and then an older one so that 2.0 does. Where
/// the younger amendment's version would be a step back there is nothing to take over: the cluster
/// runs something newer already, and goes on with that.
#[test]
fn an_amendment_is_overtaken_by_one_of_an_older_message() {
    let (cluster, called, later) = calls();
    let (first, second) = (cluster.block_of(called), cluster.block_of(later));
    let last = cluster.history.last().expect("a block").number;
    let mut blocks = read(&cluster, .., last + 2);
    for block in &mut blocks {
        for version in [V1_1, V2_0] {
            block.engines.push(record_of(&built(version)));
        }
        match block.number {
            it if it == first => promise(block, last + 2, called, Remedy::ExecuteFrom(V2_0)),
            it if it == second => promise(block, last + 1, later, Remedy::ExecuteFrom(V1_1)),
            _ => {}
        }
    }
    let mut node = cluster.newcomer();
    for version in [V1_1, V2_0] {
        node.put(&built(version));
    }
    let done = import(&mut node.worker, &blocks);
    assert!(done.parked.is_none(), "{:?}", done.parked);
    for (seq, said) in [(called, 5), (later, 6)] {
        assert_eq!(node.receipt(seq).engine, V2_0);
        assert_eq!(output(&node, seq), said);
        assert!(node.receipt(seq).receipt.gas_consumed.ref_time > 0);
    }
}
