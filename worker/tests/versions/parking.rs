//! What keeps one worker from going on: it stands still at the last good block, says what is
//! wrong, and goes on in the same process as soon as the cause is gone.

use crate::{
    cluster::{Cluster, ID},
    files::{built, record_of, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{EngineStatus, ParkCause, Remedy};
use pallet_fat_contracts::Call;
use pink_engine_host::EngineError;
use pink_worker_core::exec::{ParkReason, Parked};
use runtime_mock::{workers, Extrinsic};
use std::{
    fs,
    io::{self, Write},
    sync::{Arc, Mutex},
};

/// Why the engine can't be used, if that is why.
fn engine_error(parked: &Parked) -> &EngineError {
    match &*parked.reason {
        ParkReason::Engine(error) => error,
        other => panic!("{other:?}"),
    }
}

/// A cluster that is to move from 1.0 to 1.1, whose worker 0 has no good file of 1.1; the block of
/// the move.
fn pending() -> (Cluster, u32) {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 3);
    cluster.all_run();
    let at = cluster.upgrade(V1_1);
    cluster.call(&[1]);
    (cluster, at)
}

/// Spoils the file of the coming engine in one way after the other, and repairs it.
#[test]
fn a_worker_goes_on_when_the_file_is_there() {
    type Spoil = fn(&[u8]) -> Option<Vec<u8>>;
    let flip: Spoil = |bytes| {
        let mut other = bytes.to_vec();
        let last = other.len() - 1;
        other[last] ^= 1;
        Some(other)
    };
    let spoils: [(&str, Spoil); 5] = [
        ("is missing; looked for", |_| None),
        ("bytes, the chain's record of engine 1.1 says", |bytes| {
            Some(bytes[1..].to_vec())
        }),
        ("has the hash", flip),
        ("the chain's record of engine 1.1 says", |_| {
            Some(fs::read(built(V1_0)).expect("the engine"))
        }),
        ("13 bytes", |_| Some(b"not an engine".to_vec())),
    ];
    for (words, spoil) in spoils {
        let (mut cluster, at) = pending();
        let good = fs::read(built(V1_1)).expect("the engine");
        let place = cluster.nodes[0].place(V1_1);
        match spoil(&good) {
            None => fs::remove_file(&place).expect("its file"),
            Some(bytes) => fs::write(&place, bytes).expect("its file"),
        }
        // From the first block on that knows of the move, the worker says what is wrong.
        cluster.all_run();
        let pending = cluster.nodes[0].worker.pending_engine().expect("memory");
        let pending = pending.expect("the chain announced it");
        assert_eq!(pending.version, V1_1);
        let problem = pending.problem.expect("it isn't there").to_string();
        assert!(problem.contains(words), "{words:?} isn't in: {problem}");
        let fine = cluster.nodes[1].worker.pending_engine().expect("memory");
        assert!(fine.expect("the same").problem.is_none());

        cluster.advance_to(at);
        let later = cluster.call(&[1]);
        for _ in 0..2 {
            let parked = cluster.turn(0).expect("its engine is missing");
            assert_eq!((parked.cluster, parked.block), (ID, at));
            assert_eq!(parked.reason.cause(), Some(ParkCause::EngineMissing));
            assert!(parked.to_string().contains(words), "{parked}");
            assert!(parked.reason.hint().contains("libpink.so.1.1"));
            assert_eq!(cluster.nodes[0].head(), at - 1);
        }
        // The others don't wait for it.
        assert!(cluster.turn(1).is_none() && cluster.turn(2).is_none());

        fs::write(&place, good).expect("its file");
        assert!(cluster.turn(0).is_none(), "in the same process");
        cluster.roots_are_equal();
        let executed = cluster.nodes[0].receipt(later);
        assert_eq!(
            (executed.engine, &executed.receipt.output[..]),
            (V1_1, &[2, 0, 0, 0][..])
        );
        assert_eq!(executed, cluster.nodes[1].receipt(later));
        cluster.all_acknowledge();
        assert_eq!(cluster.record().engine, V1_1);
        cluster.nodes[0].replays();
    }
}

/// What is written to it, for whoever asks.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The operator is told before the move; the blocks that told of it are kept, and so are their receipts.
#[test]
fn a_missing_engine_is_warned_of_behind_the_commit() {
    let (mut cluster, at) = pending();
    let last = cluster.last_seq();
    fs::remove_file(cluster.nodes[0].place(V1_1)).expect("its file");
    let said = |cluster: &mut Cluster, node: usize| {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let parked = tracing::subscriber::with_default(subscriber, || cluster.turn(node));
        assert!(parked.is_none());
        let bytes = lines.0.lock().expect("no panic").clone();
        String::from_utf8(bytes).expect("text")
    };
    let warning = "the cluster will park at its next move";
    let lines = said(&mut cluster, 0);
    assert!(lines.contains(warning), "{lines}");
    assert!(
        lines.contains("version=1.1") && lines.contains("libpink.so.1.1"),
        "{lines}"
    );
    assert!(cluster.nodes[0].head() < at);
    let kept = cluster.nodes[0].receipt(last);
    // Who has the file says nothing, and has the same.
    let lines = said(&mut cluster, 1);
    assert!(!lines.contains(warning), "{lines}");
    assert_eq!(kept, cluster.nodes[1].receipt(last));
}

/// The bytes that were hashed are the bytes that run: what happens to the file after its check is
/// of no concern.
#[test]
fn a_file_that_is_swapped_after_its_check_changes_nothing() {
    let (mut cluster, at) = pending();
    cluster.all_run();
    // Written over in place, as a careless copy does, and not replaced.
    let place = cluster.nodes[0].place(V1_1);
    fs::write(&place, fs::read(built(V1_0)).expect("the engine")).expect("its file");
    let place = cluster.nodes[1].place(V1_0);
    fs::write(&place, b"gone").expect("its file");
    cluster.advance_to(at);
    cluster.call(&[1]);
    cluster.all_run();
    cluster.all_acknowledge();
    assert_eq!(cluster.record().engine, V1_1);
}

/// The chain's record names an ABI that the file doesn't speak, so no worker can load it: all of
/// them park at the move, say so, and governance lets the cluster stay where it is.
#[test]
fn a_record_with_the_wrong_abi_parks_everybody() {
    let (version, record) = record_of(&built(V2_0));
    for (abi, words) in [(1, "not an engine"), (9, "speaks ABI 9")] {
        let mut wrong = Cluster::new(vec![built(V1_0)], 3);
        let hashes: Vec<_> = record.artefacts.iter().map(|it| it.hash).collect();
        let mut calls = vec![Extrinsic::governance(Call::register_engine {
            version,
            abi,
            upgrades_from: record.upgrades_from.clone(),
            artefacts: record.artefacts.clone(),
        })];
        for node in &wrong.nodes {
            node.put(&built(V2_0));
            calls.push(workers::announce(node.account.clone(), hashes.clone()));
        }
        wrong.block(calls);
        let at = wrong.upgrade(V2_0);
        wrong.advance_to(at);
        let stuck = wrong.last_seq();
        let mut reports = Vec::new();
        for at in 0..3 {
            let parked = wrong.turn(at).expect("it can't be loaded");
            assert!(parked.to_string().contains(words), "{parked}");
            engine_error(&parked);
            let cause = parked.reason.cause().expect("known to the chain");
            let account = wrong.nodes[at].account.clone();
            reports.push(workers::report_parked(
                account,
                ID,
                parked.block,
                stuck,
                cause,
                wrong.chain.head().number,
            ));
        }
        wrong.block(reports);
        wrong.block(vec![Extrinsic::governance(Call::amend {
            cluster: ID,
            seq: stuck,
            remedy: Remedy::Skip,
        })]);
        wrong.block(Vec::new());
        wrong.all_run();
        wrong.all_acknowledge();
        assert_eq!(wrong.record().engine, V1_0);
        assert_eq!(wrong.record().pending, None);
    }
}

/// A revoked version takes nothing new, but what was ordered under it is executed, replayed, and
/// moved away from.
#[test]
fn a_revoked_engine_goes_on_until_the_cluster_is_moved() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 3);
    cluster.all_run();
    cluster.all_acknowledge();
    let ordered = cluster.call(&[7]);
    let status = |status, force| {
        Extrinsic::governance(Call::set_engine_status {
            version: V1_0,
            status,
            force,
        })
    };
    assert_eq!(
        cluster.refused(status(EngineStatus::Revoked, false)),
        "EngineInUse"
    );
    cluster.block(vec![status(EngineStatus::Revoked, true)]);
    cluster.all_run();
    assert_eq!(
        cluster.nodes[0].receipt(ordered).receipt.output,
        [7, 0, 0, 0]
    );
    let call = Call::call_contract {
        cluster: ID,
        contract: cluster.counter.clone(),
        input: vec![1],
        value: 0,
        gas_limit: crate::cluster::GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    let call = Extrinsic::signed(crate::cluster::account(0), call);
    assert_eq!(cluster.refused(call), "EngineRevoked");

    let at = cluster.upgrade(V1_1);
    cluster.advance_to(at);
    let later = cluster.call(&[1]);
    cluster.all_run();
    let executed = cluster.nodes[0].receipt(later);
    assert_eq!(
        (executed.engine, &executed.receipt.output[..]),
        (V1_1, &[8, 0, 0, 0][..])
    );
    cluster.all_acknowledge();
    assert_eq!(cluster.record().engine, V1_1);
    cluster.nodes[0].replays();
}
