//! Workers that begin with a snapshot of a confirmed checkpoint, and go on as if they had executed all of it.

use crate::{
    cluster::{account, run, Cluster, Node, ID},
    files::{all_built, all_versions, built, record_of, V1_0, V1_1, V2_0},
    late::{import, overtaken},
};
use fat_contracts_primitives::{BlockNumber, Remedy};
use pallet_fat_contracts::Confirmation;
use pink_snapshot::{export, install, Confirmed, Expected, SnapshotReader};
use pink_worker_core::{
    exec::{with_stack, ParkReason},
    history::{check, rehearse, replay, Witness},
    store::{Store, StoreError, StoreOptions},
    WorkerError,
};
use runtime_mock::{runtime::FatContracts, workers, Extrinsic};
use std::{io::Cursor, path::Path};
use tempfile::TempDir;

/// What the chain says of its newest confirmed checkpoint.
fn confirmed(cluster: &Cluster) -> (BlockNumber, Expected) {
    let block = cluster.chain.query(|| FatContracts::confirmed_block(ID));
    let block = block.expect("something is confirmed");
    let known = cluster
        .chain
        .query(|| FatContracts::confirmation(ID, block));
    let Some(Confirmation::Tuple(hash)) = known else {
        panic!("{known:?}");
    };
    let expected = Expected {
        genesis: None,
        cluster: Some(ID),
        confirmed: Confirmed::Tuple { block, hash },
    };
    (block, expected)
}

fn snapshot_of(node: &Node, block: BlockNumber) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    export(&node.worker, None, Some(block), &mut out).expect("a kept block");
    out.into_inner()
}

/// A worker that begins with a snapshot.
fn begun(cluster: &Cluster, base: &Path, bytes: &[u8], expected: &Expected) -> Node {
    let options = StoreOptions::default();
    let reader = SnapshotReader::new(bytes).expect("a snapshot");
    install(base, options, reader, expected, |_, _| ()).expect("what was confirmed");
    cluster.newcomer_over(Store::open(base, options).expect("a store"))
}

#[track_caller]
fn older<T: std::fmt::Debug>(result: Result<T, WorkerError>, words: &str) {
    let error = result.expect_err("it isn't here").to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn a_newcomer_goes_on_from_a_snapshot_and_counts() {
    let (files, versions) = (all_built(), all_versions());
    let mut cluster = Cluster::new(files.clone(), 4);
    cluster.call(&[5]);
    cluster.all_run();
    cluster.all_acknowledge();
    // The last to say so is told of nothing: everybody is past it, and what they are past is pruned.
    let (block, expected) = confirmed(&cluster);
    let bytes = snapshot_of(&cluster.nodes[0], block);
    assert!(cluster.nodes[0].head() > block);
    for node in &cluster.nodes {
        assert!(
            snapshot_of(node, block) == bytes,
            "every worker writes the same file"
        );
    }
    let base = TempDir::new().expect("a folder");
    let mut node = begun(&cluster, base.path(), &bytes, &expected);
    assert_eq!(node.head(), block);
    // What it has can be handed on.
    assert!(snapshot_of(&node, block) == bytes);

    // Through all moves and a few calls.
    cluster.call(&[1]);
    let mut sum = 6;
    for version in versions.iter().skip(1) {
        sum += 2;
        let at = cluster.upgrade(*version);
        cluster.advance_to(at);
        cluster.call(&[2]);
        cluster.all_run();
        cluster.all_acknowledge();
    }
    let last = cluster.last_seq();
    cluster.all_run();
    let none = run(&mut node, &cluster.chain, &cluster.history);
    assert!(none.is_none(), "{none:?}");
    for number in block + 1..=node.head() {
        let full = &cluster.nodes[0];
        assert_eq!(node.root(number), full.root(number), "block {number}");
        let receipts = |node: &Node| node.worker.receipts(number).expect("a store");
        assert_eq!(receipts(&node), receipts(full));
        let said = |node: &Node| node.worker.checkpoint(number).expect("a store");
        assert_eq!(said(&node), said(full));
    }
    let receipt = node.receipt(last);
    assert_eq!(
        (receipt.engine, receipt.receipt.output),
        (versions[versions.len() - 1], vec![sum, 0, 0, 0])
    );
    assert!(receipt.receipt.gas_consumed.ref_time > 0);
    let found = replay(&node.worker, 0..=BlockNumber::MAX, |_| ()).expect("a store");
    assert!(found.divergence.is_none(), "{:?}", found.divergence);
    assert_eq!(found.compared, node.head() - block);

    // It joins, and its word counts.
    let files = files.iter().map(|file| record_of(file).1.artefacts[0].hash);
    let join = workers::add_worker(node.account.clone(), account(0), ID, files.collect());
    cluster.block(join);
    cluster.nodes.push(node);
    cluster.call(&[3]);
    cluster.all_run();
    cluster.all_acknowledge();
    assert!(confirmed(&cluster).0 > block);
    let node = &cluster.nodes[4];
    let left = cluster.chain.to_acknowledge(ID, &node.account, 16);
    assert!(
        left.iter()
            .all(|it| it.cursor.block >= cluster.chain.head().number),
        "{left:?}"
    );
    cluster.money_is_right();
}

#[test]
fn what_is_older_than_the_snapshot_has_a_name() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 1);
    let first = cluster.call(&[5]);
    cluster.call(&[6]);
    cluster.all_run();
    cluster.all_acknowledge();
    let (block, expected) = confirmed(&cluster);
    let bytes = snapshot_of(&cluster.nodes[0], block);
    let base = TempDir::new().expect("a folder");
    let mut node = begun(&cluster, base.path(), &bytes, &expected);
    let snapshot =
        format!("older than the snapshot that this store began with, which is of block {block}");
    let here = "wasn't executed here: its state came with a snapshot";

    // Alone with it, there is a state and nothing that was executed.
    assert_eq!(node.worker.checkpoint(block).expect("a store"), None);
    assert_eq!(node.worker.input(block).expect("a store"), None);
    older(node.worker.view(), here);
    older(
        replay(&node.worker, 0..=BlockNumber::MAX, |_| ()),
        "there is no block from 0",
    );
    let (_, newer) = record_of(&built(V1_1));
    older(
        rehearse(node.worker.handle(), V1_1, &newer, 10, |_, _| ()),
        here,
    );

    assert!(run(&mut node, &cluster.chain, &cluster.history).is_none());
    assert!(node.head() > block);
    assert!(node.worker.view().is_ok());
    older(node.worker.handle().view_at(block), here);
    for old in [0, 1, block - 1] {
        older(node.worker.handle().view_at(old), &snapshot);
        let revert = node.worker.store().can_revert_to(old);
        assert!(!revert.expect("a store"), "{old}");
    }
    assert!(node.worker.store().can_revert_to(block).expect("a store"));
    older(
        replay(&node.worker, 1..=BlockNumber::MAX, |_| ()),
        &snapshot,
    );
    older(replay(&node.worker, 0..=block - 1, |_| ()), &snapshot);
    older(replay(&node.worker, block..=BlockNumber::MAX, |_| ()), here);
    let record = |at, seq| with_stack(|| Witness::record(&node.worker, at, seq)).expect("a thread");
    let old = cluster.block_of(first);
    assert!(record(old, first)
        .expect_err("old")
        .to_string()
        .contains(&snapshot));
    assert!(record(block, first)
        .expect_err("of it")
        .to_string()
        .contains(here));
    assert!(rehearse(node.worker.handle(), V1_1, &newer, 10, |_, _| ()).is_ok());

    // A store that is opened for writing says the same.
    drop(node);
    let mut store = Store::open(base.path(), StoreOptions::default()).expect("a store");
    let before = store.cursor().expect("a store");
    let error = store.revert(block - 1, &[]).expect_err("there is nothing");
    assert!(
        matches!(error, StoreError::OlderThanSnapshot { .. }),
        "{error}"
    );
    assert_eq!(store.cursor().expect("a store"), before);
    assert_eq!(store.revert(block, &[]).expect("back to it"), {
        let snapshot = cluster.nodes[0].root(block);
        snapshot.expect("a root")
    });
    store.close().expect("sound");
    drop(store);
    let checked = check(base.path(), true, |_, _| ()).expect("a store");
    assert_eq!(checked.damaged, []);
    assert_eq!((checked.blocks, checked.computed_root), (1, checked.root));
}

/// The chain confirmed a block after a later one had amended its message: whoever begins with a snapshot of it
/// finds the amendment in a block that it executes, and it is obeyed already.
#[test]
fn an_amendment_of_what_the_snapshot_is_past_was_obeyed_in_it() {
    for remedy in [Remedy::Skip, Remedy::ExecuteFrom(V2_0)] {
        let (mut cluster, moved, _) = overtaken(remedy);
        cluster.all_run();
        let by = cluster.history.last().expect("a block").number;
        cluster.call(&[9]);
        cluster.all_run();
        cluster.all_acknowledge();
        for block in [cluster.block_of(moved), by - 1, by] {
            let root = cluster.nodes[0].root(block).expect("a block");
            let bytes = snapshot_of(&cluster.nodes[0], block);
            let base = TempDir::new().expect("a folder");
            let mut node = begun(&cluster, base.path(), &bytes, &Expected::root(root));
            let next = cluster.history.iter().filter(|it| it.number > block);
            let next: Vec<_> = next.cloned().collect();
            let done = import(&mut node.worker, &next);
            assert!(done.parked.is_none(), "{:?}", done.parked);
            assert_eq!(done.went_back_to, None);
            let head = node.head();
            assert_eq!(node.root(head), cluster.nodes[0].root(head));
        }
    }
}

/// A root alone is no proof of what else a header says; what follows shows it.
#[test]
fn a_false_running_hash_ends_at_the_next_block() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    cluster.call(&[5]);
    cluster.all_run();
    let block = cluster.nodes[0].head();
    let bytes = snapshot_of(&cluster.nodes[0], block);
    let sound = SnapshotReader::new(&bytes[..]).expect("a snapshot");
    let header = sound.header().clone();
    let pairs: Vec<_> = sound.rows().map(|row| row.expect("a pair")).collect();
    let mut told = header.checkpoint;
    told.message_hash = Default::default();
    let root = told.root;
    let mut out = Cursor::new(Vec::new());
    let rows = pairs.into_iter().map(Ok);
    pink_snapshot::write(None, ID, told, rows, &mut out).expect("its root is right");
    let base = TempDir::new().expect("a folder");
    let mut node = begun(&cluster, base.path(), out.get_ref(), &Expected::root(root));
    cluster.call(&[1]);
    let parked = run(&mut node, &cluster.chain, &cluster.history).expect("it doesn't follow");
    assert!(
        matches!(&*parked.reason, ParkReason::Disorder(_)),
        "{parked}"
    );
    assert_eq!(node.head(), block);
}

/// What can't be said to the chain can't be handed on, either.
#[test]
fn what_rests_on_a_promise_is_not_exported() {
    use crate::disorder::promise;
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    let called = cluster.call(&[5]);
    let at = cluster.block_of(called);
    cluster.block(Vec::<Extrinsic>::new());
    let mut told = cluster.history.clone();
    let by = at + 9;
    promise(&mut told[at as usize - 1], by, called, Remedy::Skip);
    for block in &mut told {
        block.read_at = by;
    }
    let mut node = cluster.newcomer();
    assert!(import(&mut node.worker, &told).parked.is_none());
    let export = |block| export(&node.worker, None, Some(block), Cursor::new(Vec::new()));
    let error = export(at).expect_err("nobody delivered it").to_string();
    assert!(error.contains("rests on an amendment"), "{error}");
    assert!(export(at - 1).is_ok());
    let error = export(at + 7).expect_err("no such block").to_string();
    assert!(error.contains("is not stored"), "{error}");
}

/// A member that lost its store when others had gone on: it begins with a snapshot of what they confirmed, skips that,
/// and its word on the first block that isn't confirmed is taken and counts.
#[test]
fn a_member_that_lost_its_store_skips_what_is_confirmed() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 4);
    cluster.call(&[5]);
    cluster.all_run();
    cluster.all_acknowledge();
    let lost = cluster.nodes.pop().expect("four");
    for i in 0..3 {
        cluster.call(&[i]);
        cluster.all_run();
    }
    cluster.all_acknowledge();
    let (block, expected) = confirmed(&cluster);
    let waits = |cluster: &Cluster| cluster.chain.to_acknowledge(ID, &lost.account, 16);
    assert!(
        waits(&cluster)
            .iter()
            .filter(|it| it.cursor.block <= block)
            .count()
            > 2
    );
    let bytes = snapshot_of(&cluster.nodes[0], block);
    let base = TempDir::new().expect("a folder");
    let mut node = begun(&cluster, base.path(), &bytes, &expected);
    node.account = lost.account.clone();
    cluster.call(&[9]);
    cluster.all_run();
    assert!(run(&mut node, &cluster.chain, &cluster.history).is_none());
    cluster.block(Vec::new());
    let open = waits(&cluster)
        .into_iter()
        .find(|it| it.cursor.block > block);
    let open = open.expect("the last call").cursor.block;
    let said = node
        .worker
        .checkpoint(open)
        .expect("a store")
        .expect("executed");
    let refused = node.worker.kept_checkpoint(block).expect("a store");
    let refused = refused.expect("what it began with");
    let acknowledge = |it| workers::acknowledge(lost.account.clone(), ID, vec![it]);
    assert_eq!(cluster.refused(acknowledge(refused)), "NotNextCheckpoint");
    cluster.block(vec![acknowledge(said)]);
    assert!(waits(&cluster).iter().all(|it| it.cursor.block > open));
}
