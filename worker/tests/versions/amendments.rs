//! What parks every worker alike: an engine that panics. The workers say so, governance amends the
//! message, and everybody goes on with one root.

use crate::{
    cluster::{account, run, Cluster, ID},
    files::{built, panics_at_a_message, panics_at_its_upgrade, FATAL_AMOUNT, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{ParkCause, Remedy, Seq, Weight};
use pallet_fat_contracts::Call;
use pink_capi::types::Outcome;
use pink_worker_core::{
    exec::with_stack,
    history::{rehearse, rehearse_message, Witness},
    WorkerError,
};
use runtime_mock::{
    runtime::{Convert, FatContracts, OrderingFee},
    workers, Extrinsic,
};

pub(crate) fn amend(seq: Seq, remedy: Remedy) -> Extrinsic {
    Extrinsic::governance(Call::amend {
        cluster: ID,
        seq,
        remedy,
    })
}

/// Every worker parks at a message, for one reason.
#[track_caller]
pub(crate) fn all_park(cluster: &mut Cluster, seq: Seq, cause: ParkCause) {
    for at in 0..cluster.nodes.len() {
        let parked = cluster.turn(at).expect("it can't go on");
        assert_eq!(
            (parked.seq, parked.reason.cause()),
            (Some(seq), Some(cause))
        );
        assert_eq!(cluster.nodes[at].head(), parked.block - 1);
        assert!(!parked.reason.hint().is_empty());
    }
}

/// This many workers say where they stand.
pub(crate) fn report(cluster: &mut Cluster, workers: std::ops::Range<usize>) {
    let reports = workers.map(|at| {
        let parked = cluster.turn(at).expect("it can't go on");
        let cause = parked.reason.cause().expect("one that all have");
        let seq = parked.seq.expect("a message");
        let account = cluster.nodes[at].account.clone();
        workers::report_parked(
            account,
            ID,
            parked.block,
            seq,
            cause,
            cluster.chain.head().number,
        )
    });
    let reports = reports.collect();
    cluster.block(reports);
}

#[test]
fn a_message_that_an_engine_panics_at_is_skipped() {
    let mut cluster = Cluster::new(vec![panics_at_a_message()], 4);
    cluster.call(&[3]);
    let first = cluster.call(&[2]);
    cluster.all_run();
    let fatal = cluster.call(b"panic");
    let later = cluster.call(&[2]);
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);

    // Two of four are no quorum, three are.
    report(&mut cluster, 0..2);
    assert_eq!(cluster.refused(amend(fatal, Remedy::Skip)), "NotParked");
    report(&mut cluster, 2..3);
    cluster.block(vec![amend(fatal, Remedy::Skip)]);
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    let before = cluster.history.last().expect("a block").message_hash;
    cluster.block(Vec::new());
    let delivered = cluster.history.last().expect("a block");
    assert_eq!(delivered.amendments.len(), 1);
    assert_ne!(delivered.message_hash, before, "it is in the history");

    cluster.all_run();
    for node in &cluster.nodes {
        let skipped = node.receipt(fatal).receipt;
        assert!(matches!(&skipped.outcome, Outcome::Rejected(why) if why.error == "Amended"));
        assert_eq!(skipped.gas_consumed.ref_time, 0);
        assert_eq!((skipped.fee, skipped.refund), (0, 0));
        let (was, is) = (node.receipt(first).receipt, node.receipt(later).receipt);
        assert_eq!(is.output, [7, 0, 0, 0], "as if it had never been sent");
        assert!(was.gas_consumed.ref_time > 0);
        assert_eq!(is.gas_consumed, was.gas_consumed);
        node.replays();
    }
    cluster.all_acknowledge();
    let on_chain = cluster.record();
    assert_eq!((on_chain.engine, on_chain.diverged), (V1_0, None));
    cluster.money_is_right();

    // Who comes later and has only the chain's blocks comes to the same.
    let mut newcomer = cluster.newcomer();
    assert!(run(&mut newcomer, &cluster.chain, &cluster.history).is_none());
    let head = newcomer.head();
    assert_eq!(newcomer.root(head), cluster.nodes[0].root(head));
    // No engine executed it, so there is nothing to witness.
    let block = cluster.block_of(fatal);
    let witness = with_stack(|| Witness::record(&newcomer.worker, block, fatal).map(|_| ()));
    let refused = witness.expect("a thread").expect_err("skipped");
    assert!(refused.to_string().contains("no engine"), "{refused}");
    // Nor anything to try under another one.
    let (to, record) = crate::files::record_of(&built(V1_1));
    let refused = rehearse_message(newcomer.worker.handle(), fatal, to, &record);
    assert!(matches!(refused, Err(WorkerError::NotTried { .. })));
}

/// A deposit that no engine takes: the money is back on the chain, and the ledger never had it.
#[test]
fn money_that_a_skipped_message_brought_goes_back() {
    let mut cluster = Cluster::new(vec![panics_at_a_message()], 3);
    let who = account(2);
    // What was paid for its place is gone: it had one.
    // A deposit's block, kind, two accounts and amount: 4 + 1 + 2 · 32 + 16 bytes.
    let weight = FatContracts::queued_weight(&Weight::default(), 85);
    let ordered = OrderingFee::convert(weight);
    let before = cluster.chain.balance(&who) - ordered;
    let transfer = Call::transfer_to_cluster {
        cluster: ID,
        dest: who.clone(),
        amount: FATAL_AMOUNT,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(2, transfer);
    let fatal = cluster.last_seq();
    assert_eq!(cluster.chain.balance(&who), before - FATAL_AMOUNT);
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(fatal, Remedy::Skip)]);
    cluster.block(Vec::new());
    assert_eq!(cluster.chain.balance(&who), before);
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}

#[test]
fn a_newer_engine_takes_over_at_the_message() {
    let files = vec![panics_at_a_message(), built(V1_1), built(V2_0)];
    let mut cluster = Cluster::new(files, 4);
    cluster.call(&[5]);
    cluster.all_run();
    // A move is under way when the message comes that 1.0 can't bear; it is overtaken.
    let at = cluster.upgrade(V1_1);
    let fatal = cluster.call(b"panic");
    let block = cluster.block_of(fatal);
    cluster.advance_to(at);
    let overtaken = cluster.last_seq();
    assert_eq!(overtaken, fatal + 1);
    let later = cluster.call(&[1]);
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(fatal, Remedy::ExecuteFrom(V1_1))]);
    cluster.block(Vec::new());
    cluster.all_run();
    for node in &cluster.nodes {
        let executed = node.receipt(fatal);
        assert_eq!(executed.engine, V1_1);
        assert_eq!(executed.receipt.outcome, Outcome::Success);
        // 5 and the first byte of the text.
        assert_eq!(executed.receipt.output, [5 + b'p', 0, 0, 0]);
        let dropped = node.receipt(overtaken).receipt;
        assert!(matches!(&dropped.outcome, Outcome::Rejected(why) if why.error == "Overtaken"));
        let next = node.receipt(later);
        assert_eq!(next.engine, V1_1);
        assert_eq!(next.receipt.output, [6 + b'p', 0, 0, 0]);
        assert!(next.receipt.gas_consumed.ref_time > 0);
        let record = node.worker.record(block).expect("memory");
        assert_eq!(record.expect("executed").engine, Some(V1_1));
        node.replays();
    }
    cluster.all_acknowledge();
    let on_chain = cluster.record();
    assert_eq!((on_chain.engine, on_chain.pending), (V1_1, None));
    cluster.money_is_right();

    let node = &cluster.nodes[0];
    let same = with_stack(|| {
        let witness = Witness::record(&node.worker, block, fatal).expect("it was executed");
        assert_eq!(witness.engine, V1_1);
        let input = node.worker.input(block).expect("memory").expect("executed");
        let record = input.engines.iter().find(|(version, _)| *version == V1_1);
        let (_, record) = record.expect("it came with the amendment");
        let engine = node.worker.registry().get(V1_1, record).expect("loaded");
        let again = witness
            .execute(&*engine, None)
            .expect("it holds all that is read");
        again == (witness.receipt, witness.changes)
    });
    assert!(same.expect("a thread"));
    let (to, record) = crate::files::record_of(&built(V2_0));
    let rehearsed =
        rehearse(node.worker.handle(), to, &record, 100, |_, _| ()).expect("a rehearsal");
    assert_eq!(rehearsed.from, V1_1);
    // The message that 1.1 executed by the council's word, alone; the move that was overtaken by then is none of 2.0's.
    let handle = node.worker.handle();
    let tried = rehearse_message(handle, fatal, to, &record).expect("a rehearsal");
    assert_eq!((tried.from, &tried.was), (V1_1, &node.receipt(fatal)));
    let other = tried.other.expect("it was tried");
    assert_eq!(
        (other.engine, &other.receipt.output[..]),
        (V2_0, &[5 + b'p', 0, 0, 0][..])
    );
    let refused = rehearse_message(handle, overtaken, to, &record);
    assert!(matches!(refused, Err(WorkerError::NotTried { .. })));
    assert_eq!(rehearsed.upgrade.outcome, Outcome::Success);
    assert!(rehearsed.messages.messages > 0);
}

/// The migration itself panics. Governance skips it, and the cluster stays; or names a version
/// that can do it.
#[test]
fn a_migration_that_cannot_be_done_is_skipped_or_done_by_another() {
    for remedy in [Remedy::Skip, Remedy::ExecuteFrom(V2_0)] {
        let files = vec![built(V1_0), panics_at_its_upgrade(), built(V2_0)];
        let mut cluster = Cluster::new(files, 3);
        cluster.call(&[5]);
        cluster.all_run();
        let at = cluster.upgrade(V1_1);
        cluster.advance_to(at);
        let fatal = cluster.last_seq();
        let later = cluster.call(&[1]);
        all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
        report(&mut cluster, 0..3);
        cluster.block(vec![amend(fatal, remedy)]);
        cluster.block(Vec::new());
        cluster.all_run();
        let (engine, ended) = match remedy {
            Remedy::Skip => (V1_0, false),
            Remedy::ExecuteFrom(version) => (version, true),
        };
        for node in &cluster.nodes {
            let moved = node.receipt(fatal).receipt.outcome == Outcome::Success;
            assert_eq!(moved, ended, "{remedy:?}");
            let next = node.receipt(later);
            assert_eq!(
                (next.engine, &next.receipt.output[..]),
                (engine, &[6, 0, 0, 0][..])
            );
            assert!(next.receipt.gas_consumed.ref_time > 0);
            node.replays();
        }
        cluster.all_acknowledge();
        let on_chain = cluster.record();
        assert_eq!((on_chain.engine, on_chain.pending), (engine, None));
        cluster.money_is_right();
    }
}

/// An amendment may name a version that doesn't take over either: everybody parks again, says so,
/// and governance has another go.
#[test]
fn an_amendment_that_does_not_help_is_followed_by_another() {
    let files = vec![panics_at_a_message(), panics_at_its_upgrade(), built(V2_0)];
    let mut cluster = Cluster::new(files, 3);
    let fatal = cluster.call(b"panic");
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(fatal, Remedy::ExecuteFrom(V1_1))]);
    cluster.block(Vec::new());
    all_park(&mut cluster, fatal, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(fatal, Remedy::ExecuteFrom(V2_0))]);
    cluster.block(Vec::new());
    cluster.all_run();
    let executed = cluster.nodes[0].receipt(fatal);
    assert_eq!(
        (executed.engine, executed.receipt.outcome),
        (V2_0, Outcome::Success)
    );
    cluster.all_acknowledge();
    assert_eq!(cluster.record().engine, V2_0);
    assert!(cluster.chain.query(FatContracts::do_try_state).is_ok());
    cluster.nodes[0].replays();
}

/// The end of a block is no message's own, and yet it has to be reached: at the last one, from which
/// on another version runs.
#[test]
fn a_block_whose_end_panics_is_amended_at_its_last_message() {
    let mut cluster = Cluster::new(vec![panics_at_a_message(), built(V1_1)], 3);
    cluster.call(&[5]);
    cluster.all_run();
    let call = |cluster: &Cluster, input: &[u8]| {
        let call = Call::call_contract {
            cluster: ID,
            contract: cluster.counter.clone(),
            input: input.to_vec(),
            value: 0,
            gas_limit: crate::cluster::GAS,
            storage_deposit_limit: None,
            max_gas_price: None,
            max_ordering_fee: u128::MAX,
        };
        Extrinsic::signed(account(0), call)
    };
    let calls = vec![call(&cluster, b"end"), call(&cluster, &[1])];
    cluster.block(calls);
    let last = cluster.last_seq();
    all_park(&mut cluster, last, ParkCause::EnginePanicked);
    report(&mut cluster, 0..3);
    cluster.block(vec![amend(last, Remedy::ExecuteFrom(V1_1))]);
    cluster.block(Vec::new());
    cluster.all_run();
    for node in &cluster.nodes {
        assert_eq!(node.receipt(last - 1).engine, V1_0);
        let executed = node.receipt(last);
        assert_eq!(executed.engine, V1_1);
        assert_eq!(executed.receipt.output, [6, 0, 0, 0]);
        assert!(executed.receipt.gas_consumed.ref_time > 0);
        node.replays();
    }
    cluster.all_acknowledge();
    assert_eq!(cluster.record().engine, V1_1);
    cluster.money_is_right();
}
