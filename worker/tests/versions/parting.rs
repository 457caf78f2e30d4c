//! Two workers that part: the block and the message at which they do are found, and shown for both.

use crate::{
    cluster::{account, Cluster, Node},
    codes::Codes,
    files::{built, panics_at_a_message, record_of, V1_0},
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock};
use pink_engine_host::EngineRegistry;
use pink_snapshot::{
    compare::{compare, part_in, Comparison, Kind, Local, Remote},
    fetch::FetchConfig,
    serve::{Offer, ServeConfig, Server},
};
use pink_worker_core::{
    exec::with_stack,
    store::{ChangeSet, NewBlock, Store, StoreOptions},
    Worker,
};
use runtime_mock::Extrinsic;
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tempfile::TempDir;

fn local<'n>(node: &'n Node, name: &'n str) -> Local<'n> {
    Local {
        worker: &node.worker,
        name,
        genesis: None,
    }
}

/// The same, whether the other's store is here or asked over HTTP.
#[track_caller]
fn compared(one: &Node, other: &Node) -> Comparison {
    let here = compare(&local(one, "one"), &local(other, "other")).expect("they belong together");
    let reader = other.worker.store().reader().clone();
    let config = ServeConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..ServeConfig::default()
    };
    let server = Server::start(config, Arc::new(Offer::new(Some(reader), None))).expect("a port");
    let url = format!("http://{}", server.address());
    let remote = Remote::new(&url, &FetchConfig::default());
    let there = compare(&local(one, "one"), &remote).expect("it answers");
    assert_eq!(there, here);
    here
}

/// A block of several calls.
fn calls(cluster: &mut Cluster, inputs: &[&[u8]]) {
    let calls = inputs.iter().map(|input| cluster.calling(input));
    let calls = calls.map(|call| Extrinsic::signed(account(0), call));
    cluster.block(calls.collect());
}

/// Executes a history by another file of 1.0 than the chain names.
fn by_other_file(node: &mut Node, history: &[ClusterBlock]) {
    let (_, record) = record_of(&panics_at_a_message());
    let inputs = history.iter().cloned().map(|mut input| {
        for (_, named) in &mut input.engines {
            named.clone_from(&record);
        }
        input
    });
    let inputs: Vec<_> = inputs.collect();
    let done = node
        .worker
        .import(&inputs, Vec::new(), &Codes)
        .expect("memory");
    assert!(done.parked.is_none(), "{:?}", done.parked);
}

#[test]
fn the_message_that_another_file_executes_otherwise_is_found() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 2);
    for i in 0..20 {
        cluster.call(&[i]);
    }
    // The other file gives an output of five bytes where the contract returns four.
    let asked = [&b"output"[..], &5u32.to_le_bytes()].concat();
    calls(&mut cluster, &[&[1], &[2], &asked, &[3], &asked]);
    let seq = cluster.last_seq() - 2;
    let block = cluster.block_of(seq);
    for i in 0..30 {
        cluster.call(&[i]);
    }
    cluster.all_run();
    let mut other = cluster.newcomer();
    other.put(&panics_at_a_message());
    by_other_file(&mut other, &cluster.history);

    let found = compared(&cluster.nodes[0], &other);
    assert_eq!((found.from, found.to, found.ahead), (1, other.head(), 0));
    let parting = found.parting.expect("they part");
    assert_eq!(
        (parting.block, parting.kind, parting.seq),
        (block, Kind::Receipts, Some(seq))
    );
    assert_ne!(parting.one.root, parting.other.root);
    assert_eq!(parting.one.message_hash, parting.other.message_hash);

    let right = &cluster.nodes[0];
    let again = part_in(&right.worker, &other.worker, &parting).expect("both can");
    assert_eq!(again.seq, Some(seq));
    assert!(again.one_reproduced && again.other_reproduced);
    let (ours, theirs) = (again.one.expect("executed"), again.other.expect("executed"));
    // It counted all that came before it.
    let sum: u32 = (0..20).sum::<u32>() + 1 + 2 + u32::from(b'o');
    assert_eq!(ours.receipt.output, sum.to_le_bytes());
    assert_eq!(theirs.receipt.output, [0; 5]);
    assert_eq!((ours.env.seq, theirs.env.seq), (seq, seq));
    assert_eq!(ours.message, theirs.message);
    // Whoever has the released file sees whose word is true.
    let released = right.worker.registry();
    // In a process of his own: nothing is compiled there.
    let released = released
        .get_cold(V1_0, &record_of(&built(V1_0)).1)
        .expect("its file");
    let execute = |witness: &pink_worker_core::history::Witness| {
        with_stack(|| witness.execute(&*released, None)).expect("a thread")
    };
    let (receipt, changes) = execute(&ours).expect("all of it is there");
    assert_eq!(
        (receipt, changes),
        (ours.receipt.clone(), ours.changes.clone())
    );
    // The other one read nothing, so the true one can't be executed on it, or gives something else.
    let wrong = execute(&theirs);
    assert!(wrong.is_err() || wrong.is_ok_and(|(receipt, _)| receipt != theirs.receipt));

    // Who stopped before that is equal, and behind.
    let before: Vec<_> = cluster
        .history
        .iter()
        .filter(|it| it.number < block)
        .cloned()
        .collect();
    let mut behind = cluster.newcomer();
    behind.put(&panics_at_a_message());
    by_other_file(&mut behind, &before);
    let found = compared(right, &behind);
    assert_eq!(found.parting, None);
    assert_eq!(
        (found.to, found.ahead),
        (block - 1, i64::from(right.head() - block + 1))
    );
    let found = compared(&behind, right);
    assert_eq!(
        (found.to, found.ahead),
        (block - 1, -i64::from(right.head() - block + 1))
    );
    assert_eq!(compared(right, &cluster.nodes[1]).parting, None);
}

fn state(store: &Store, block: BlockNumber) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let snapshot = store.snapshot_at(block).expect("within the window");
    let pairs = snapshot.range(&[], None, usize::MAX).expect("a state");
    pairs
        .iter()
        .map(|(key, value)| (key.to_vec(), value.to_vec()))
        .collect()
}

/// Puts another value into a store, as of a block that it executed.
fn alter(store: &mut Store, block: BlockNumber, alter: impl Fn(&mut BTreeMap<Vec<u8>, Vec<u8>>)) {
    let (before, after) = (state(store, block - 1), state(store, block));
    let mut altered = after.clone();
    alter(&mut altered);
    assert_ne!(altered, after, "nothing was altered");
    let keys = before.keys().chain(altered.keys());
    let changes: ChangeSet = keys
        .filter(|key| before.get(*key) != altered.get(*key))
        .map(|key| (key.clone(), altered.get(key).cloned()))
        .collect();
    let kept = store.block(block).expect("a store").expect("a block");
    let again = NewBlock {
        number: block,
        changes,
        receipts: store.receipts(block).expect("a store"),
        input: store.input(block).expect("a store").expect("executed"),
        record: kept.record,
    };
    store.revert(block - 1, &[]).expect("within the window");
    store.commit(&again.into()).expect("a store");
}

/// A value that came into one of the stores from elsewhere: the block is found, the receipts are the same, and
/// executing it again shows whose state nobody's messages made.
#[test]
fn a_value_that_was_altered_is_no_message_s_doing() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    for i in 0..7 {
        cluster.call(&[i]);
    }
    let block = cluster.history.last().expect("a block").number;
    let base = TempDir::new().expect("a folder");
    let options = StoreOptions::default();
    let store = Store::create(base.path(), options).expect("a store");
    let mut other = cluster.newcomer_over(store);
    let none = crate::cluster::run(&mut other, &cluster.chain, &cluster.history);
    assert!(none.is_none(), "{none:?}");
    drop(other.worker);
    let mut store = Store::open(base.path(), options).expect("a store");
    // The counter, which is 0 + 1 + … + 6.
    let counted = [21, 0, 0, 0];
    alter(&mut store, block, |state| {
        let counter = state.values_mut().find(|value| **value == counted);
        counter.expect("the counter")[0] = 22;
    });
    other.worker = Worker::new(store, EngineRegistry::new(other.engines.path()));
    for i in 0..5 {
        cluster.call(&[i]);
    }
    cluster.all_run();
    let none = crate::cluster::run(&mut other, &cluster.chain, &cluster.history);
    assert!(none.is_none(), "{none:?}");
    let right = &cluster.nodes[0];
    let last = cluster.last_seq();
    assert_eq!(right.receipt(last).receipt.output, [31, 0, 0, 0]);
    assert_eq!(other.receipt(last).receipt.output, [32, 0, 0, 0]);

    let parting = compared(right, &other).parting.expect("they part");
    assert_eq!(
        (parting.block, parting.kind, parting.seq),
        (block, Kind::State, None)
    );
    assert_eq!(parting.one.receipts_root, parting.other.receipts_root);
    let again = part_in(&right.worker, &other.worker, &parting).expect("both can");
    assert_eq!(again.seq, None);
    assert!(again.one_reproduced && !again.other_reproduced, "{again:?}");
    assert!(again.one.is_none() && again.other.is_none());
}

/// Workers of two chains are given different blocks from the first on that isn't the same.
#[test]
fn other_blocks_are_another_history() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 1);
    cluster.call(&[5]);
    cluster.all_run();
    let common = cluster.nodes[0].head();
    let mut other = cluster.newcomer();
    assert!(crate::cluster::run(&mut other, &cluster.chain, &cluster.history).is_none());
    // The chain forks: one block has another call, and one another time.
    let (chain, history) = (cluster.chain.clone(), cluster.history.clone());
    let mut seqs = Vec::new();
    for (input, nodes) in [(&[1][..], 0), (&[2], 1)] {
        cluster.chain = chain.clone();
        cluster.history.clone_from(&history);
        seqs.push(cluster.call(input));
        cluster.call(&[7]);
        let node = match nodes {
            0 => &mut cluster.nodes[0],
            _ => &mut other,
        };
        let none = crate::cluster::run(node, &cluster.chain, &cluster.history);
        assert!(none.is_none(), "{none:?}");
    }
    assert_eq!(seqs[0], seqs[1]);
    let parting = compared(&cluster.nodes[0], &other)
        .parting
        .expect("they part");
    assert_eq!(
        (parting.block, parting.kind, parting.seq),
        (common + 1, Kind::History, Some(seqs[0]))
    );
    assert_ne!(parting.one.message_hash, parting.other.message_hash);
}
