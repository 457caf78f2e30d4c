//! Amendments that come after a worker executed their message: it alone had the engine, say, while
//! a quorum stood there. It goes back, executes again what followed, and is where all others are.

use crate::{
    amendments::{amend, report},
    cluster::{run, Cluster, Node, ID},
    codes::Codes,
    disorder::promise,
    files::{built, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, Effect, ParkCause, Remedy, Seq,
};
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::ParkReason,
    history::Witness,
    store::{Store, StoreOptions},
    Imported, Worker,
};
use redb::backends::InMemoryBackend;
use std::fs;
use tempfile::TempDir;

/// The worker that goes on where the others stand.
const FAST: usize = 3;

/// A cluster whose move to 1.1 three of four workers can't do, because they have no file of it. The
/// fourth did it, and executed what came after it. Returns the Upgrade message and the call behind
/// it; governance has decided about the former, in the last block.
pub(crate) fn overtaken(remedy: Remedy) -> (Cluster, Seq, Seq) {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1), built(V2_0)], 4);
    cluster.call(&[5]);
    cluster.all_run();
    cluster.all_acknowledge();
    let at = cluster.upgrade(V1_1);
    for node in &cluster.nodes[..FAST] {
        fs::remove_file(node.place(V1_1)).expect("its file");
    }
    cluster.advance_to(at);
    let moved = cluster.last_seq();
    let later = cluster.call(&[1]);
    cluster.block(Vec::new());
    report(&mut cluster, 0..FAST);
    assert!(cluster.turn(FAST).is_none(), "it has the file");
    let before = cluster.nodes[FAST].receipt(later);
    assert_eq!(before.engine, V1_1);
    assert_eq!(before.receipt.output, [6, 0, 0, 0]);
    cluster.block(vec![amend(moved, remedy)]);
    assert!(cluster.turn(FAST).is_none(), "nothing is delivered yet");
    cluster.block(Vec::new());
    let delivered = cluster.history.last().expect("a block");
    assert_eq!(delivered.amendments, [Amendment { seq: moved, remedy }]);
    (cluster, moved, later)
}

/// The blocks after a worker's last one, as the chain gave them: nobody tells it of amendments but
/// the blocks that deliver them.
fn next(cluster: &Cluster, node: &Node) -> Vec<ClusterBlock> {
    let done = node.head();
    let open = cluster.history.iter().filter(|it| it.number > done);
    open.cloned().collect()
}

#[track_caller]
pub(crate) fn import(worker: &mut Worker, blocks: &[ClusterBlock]) -> Imported {
    let imported = worker.import(blocks, Vec::new(), &Codes);
    imported.expect("the store works")
}

#[test]
fn a_worker_that_went_ahead_goes_back() {
    for remedy in [Remedy::Skip, Remedy::ExecuteFrom(V2_0)] {
        let (mut cluster, moved, later) = overtaken(remedy);
        let at = cluster.block_of(moved);
        let by = cluster.history.last().expect("a block").number;
        let open = next(&cluster, &cluster.nodes[FAST]);
        assert_eq!(open.len(), 1);
        let done = import(&mut cluster.nodes[FAST].worker, &open);
        assert_eq!(done.went_back_to, Some(at - 1));
        let again: Vec<_> = done.executed.iter().map(|it| it.number).collect();
        let all: Vec<_> = (at..=open[0].number).collect();
        assert_eq!(again, all, "what followed is executed again, each once");
        assert!(done.parked.is_none());

        // The others were told of it with the message's block, and stand there no more.
        cluster.all_run();
        let engine = match remedy {
            Remedy::Skip => V1_0,
            Remedy::ExecuteFrom(version) => version,
        };
        let gas = cluster.nodes[0].receipt(later).receipt.gas_consumed;
        assert!(gas.ref_time > 0);
        for node in &cluster.nodes {
            let skipped = node.receipt(moved).receipt.outcome != Outcome::Success;
            assert_eq!(skipped, remedy == Remedy::Skip);
            let next = node.receipt(later);
            assert_eq!(next.engine, engine);
            assert_eq!(next.receipt.output, [6, 0, 0, 0]);
            assert_eq!(next.receipt.gas_consumed, gas);
            let record = node.worker.record(at).expect("memory").expect("executed");
            assert_eq!(record.effects[0], Effect::Amended { seq: moved, by });
            let said = node.worker.checkpoint(at).expect("memory");
            let first = cluster.nodes[0].worker.checkpoint(at).expect("memory");
            assert_eq!(said, first, "one tuple");
            node.replays();
            let head = node.worker.head().expect("memory").expect("blocks");
            assert_eq!(head.2.promised, [], "every promise was kept");
            assert!(node.worker.rewound().expect("memory").is_empty());
        }
        cluster.all_acknowledge();
        assert_eq!(cluster.record().engine, engine);
        cluster.money_is_right();

        // Who has only the chain's blocks, in order, comes to the same by the same way.
        let mut newcomer = cluster.newcomer();
        for block in &cluster.history {
            let done = import(&mut newcomer.worker, std::slice::from_ref(block));
            assert!(done.parked.is_none());
        }
        let head = newcomer.head();
        assert_eq!(newcomer.root(head), cluster.nodes[0].root(head));
        // And so does who gets all of them at once: it never executes the message otherwise.
        let mut newcomer = cluster.newcomer();
        let done = import(&mut newcomer.worker, &cluster.history);
        assert_eq!(done.went_back_to, None);
        assert_eq!(newcomer.root(head), cluster.nodes[0].root(head));
    }
}

/// The state comes out the same, but the chain asks which amendment it was made under: the block is
/// executed again, and tells the last one.
#[test]
fn an_amendment_that_says_the_same_again_is_another_one() {
    let (cluster, moved, _) = overtaken(Remedy::ExecuteFrom(V2_0));
    let at = cluster.block_of(moved);
    let mut node = cluster.newcomer();
    assert!(import(&mut node.worker, &cluster.history).parked.is_none());
    let told = |node: &Node| {
        let record = node.worker.record(at).expect("memory").expect("executed");
        record.effects[0].clone()
    };
    let first = cluster.history.last().expect("a block");
    let by = first.number;
    assert_eq!(told(&node), Effect::Amended { seq: moved, by });
    let root = node.root(by);

    let mut again = first.clone();
    again.number = by + 1;
    again.read_at = by + 1;
    assert_eq!(again.messages, []);
    again.message_hash = again.fold(&first.message_hash);
    let done = import(&mut node.worker, &[again]);
    assert!(done.parked.is_none());
    assert_eq!(done.went_back_to, Some(at - 1));
    let by = by + 1;
    assert_eq!(told(&node), Effect::Amended { seq: moved, by });
    assert_eq!(node.root(by - 1), root);
}

/// The state that it would have to go back to isn't there any more: it stands at the block that
/// delivers the amendment and says so. Its history can't be repaired; a new one can.
#[test]
fn beyond_the_window_a_worker_says_so() {
    let (cluster, moved, _) = overtaken(Remedy::Skip);
    let at = cluster.block_of(moved);
    let (last, open) = cluster.history.split_last().expect("blocks");
    let behind = last.number - 1 - (at - 1);
    for (window, enough) in [(behind - 1, false), (behind, true)] {
        let options = StoreOptions {
            undo_window: window,
            ..StoreOptions::default()
        };
        let store = Store::with_backend(InMemoryBackend::new(), options).expect("memory");
        let mut node = cluster.newcomer_over(store);
        assert!(import(&mut node.worker, open).parked.is_none());
        let head = node.worker.head().expect("memory");
        let done = import(&mut node.worker, std::slice::from_ref(last));
        if enough {
            assert_eq!(done.went_back_to, Some(at - 1));
            continue;
        }
        assert_eq!(done.went_back_to, None);
        let parked = done.parked.expect("the state is gone");
        assert_eq!((parked.block, parked.seq), (last.number, Some(moved)));
        let late = |reason: &ParkReason| match reason {
            ParkReason::AmendedTooLate { seq, of, oldest } => Some((*seq, *of, *oldest)),
            _ => None,
        };
        assert_eq!(late(&parked.reason), Some((moved, at, at)), "{parked}");
        assert_eq!(parked.reason.cause(), None, "it is this worker's alone");
        assert!(parked.reason.hint().contains("anew"));
        assert_eq!(node.worker.head().expect("memory"), head);
    }
}

/// It goes back and can't go on, because it lacks the engine that governance named; it is stopped
/// and started again; and it goes on when the file is there, with no help from anybody.
#[test]
fn what_was_taken_back_survives_a_restart() {
    let (cluster, moved, later) = overtaken(Remedy::ExecuteFrom(V2_0));
    let at = cluster.block_of(moved);
    let (last, open) = cluster.history.split_last().expect("blocks");
    let base = TempDir::new().expect("a folder");
    let options = StoreOptions::default();
    let store = Store::create(base.path(), options).expect("a store");
    let mut node = cluster.newcomer_over(store);
    assert!(import(&mut node.worker, open).parked.is_none());
    fs::remove_file(node.place(V2_0)).expect("its file");
    let done = import(&mut node.worker, std::slice::from_ref(last));
    assert_eq!(done.went_back_to, Some(at - 1));
    assert!(done.executed.is_empty());
    let parked = done.parked.expect("it has no 2.0");
    assert_eq!((parked.block, parked.seq), (at, Some(moved)));
    assert_eq!(parked.reason.cause(), Some(ParkCause::EngineMissing));
    let waiting = node.worker.rewound().expect("a store");
    let numbers: Vec<BlockNumber> = waiting.iter().map(|it| it.number).collect();
    assert_eq!(numbers, (at..last.number).collect::<Vec<_>>());

    let directory = node.worker.registry().directory().to_path_buf();
    drop(node.worker);
    let store = Store::open(base.path(), options).expect("a store");
    node.worker = Worker::new(store, EngineRegistry::new(&directory));
    assert_eq!(node.head(), at - 1);
    // It has all that it needs of the older blocks, and knows from the newer one what to do.
    node.put(&built(V2_0));
    let done = import(&mut node.worker, std::slice::from_ref(last));
    assert!(done.parked.is_none(), "{:?}", done.parked);
    assert_eq!(done.went_back_to, None);
    assert_eq!(node.head(), last.number);
    assert_eq!(node.receipt(later).engine, V2_0);
    assert!(node.worker.rewound().expect("a store").is_empty());
    let mut other = cluster.newcomer();
    assert!(run(&mut other, &cluster.chain, &cluster.history).is_none());
    assert_eq!(node.root(last.number), other.root(last.number));
    node.replays();
}

/// What a source says of later amendments is a promise: until the block comes that has to deliver
/// them, the worker does as it was told, and if they don't come, it goes back.
#[test]
fn a_promise_that_is_not_kept_is_undone() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 3);
    let called = cluster.call(&[5]);
    let later = cluster.call(&[1]);
    for _ in 0..3 {
        cluster.block(Vec::new());
    }
    let at = cluster.block_of(called);
    let by = at + 4;
    let mut lied = cluster.history.clone();
    promise(&mut lied[at as usize - 1], by, called, Remedy::Skip);
    assert_eq!(lied[at as usize - 1].number, at);

    // Together with the block that doesn't deliver it, the lie is seen at once.
    let mut node = cluster.newcomer();
    let done = import(&mut node.worker, &lied);
    let parked = done.parked.expect("a contradiction");
    assert_eq!(parked.block, at);
    assert_eq!(parked.reason.cause(), Some(ParkCause::Disorder));
    assert!(
        parked.to_string().contains("doesn't deliver it"),
        "{parked}"
    );

    // Without it, it is believed, but nothing that was built on it is told to the chain.
    let mut node = cluster.newcomer();
    node.account = cluster.nodes[0].account.clone();
    let known = &lied[..by as usize - 1];
    // All of it was read when that block was there.
    let read_at = |it: &ClusterBlock| ClusterBlock {
        read_at: by,
        ..it.clone()
    };
    let known: Vec<_> = known.iter().map(read_at).collect();
    let known = &known[..];
    assert!(import(&mut node.worker, known).parked.is_none());
    assert_eq!(node.receipt(later).receipt.output, [1, 0, 0, 0]);
    for block in at..by {
        assert_eq!(node.worker.checkpoint(block).expect("memory"), None);
    }
    assert!(node.worker.checkpoint(at - 1).expect("memory").is_some());
    let head = node.worker.head().expect("memory").expect("blocks");
    assert_eq!(head.2.promised.len(), 1);
    let done = import(&mut node.worker, &lied[by as usize - 1..]);
    assert_eq!(done.went_back_to, Some(at - 1));
    assert!(done.parked.is_none());
    assert_eq!(node.receipt(called).receipt.output, [5, 0, 0, 0]);
    assert_eq!(node.receipt(later).receipt.output, [6, 0, 0, 0]);
    assert!(node.receipt(later).receipt.gas_consumed.ref_time > 0);
    node.replays();
    cluster.all_run();
    let head = node.head();
    assert_eq!(node.root(head), cluster.nodes[0].root(head));
    cluster.all_acknowledge();
    cluster.money_is_right();
}

/// A message that was executed again has a witness of its new execution, not of the old one.
#[test]
fn history_shows_what_counts() {
    let (mut cluster, moved, later) = overtaken(Remedy::Skip);
    cluster.all_run();
    let node = &cluster.nodes[FAST];
    let record = |seq| {
        let block = cluster.block_of(seq);
        pink_worker_core::exec::with_stack(|| Witness::record(&node.worker, block, seq))
            .expect("a thread")
    };
    assert!(record(moved).is_err(), "no engine executed it");
    assert_eq!(record(later).expect("a witness").engine, V1_0);
    let input = node.worker.input(cluster.block_of(moved)).expect("memory");
    let known = input.expect("executed").amended_later;
    assert_eq!(known.len(), 1, "and the input says why");
    assert_eq!(ID, cluster.history[0].cluster);
}
