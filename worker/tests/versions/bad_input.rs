//! What people, workers and files may get wrong. Each is a named error or a marked divergence, and
//! nothing is lost. (Files that are missing or spoiled: `parking`. A full queue: the pallet's tests
//! `a_full_queue_takes_no_money` and `an_upgrade_finds_room_in_a_full_queue`; this runtime's queue
//! holds two million messages.)

use crate::{
    cluster::{account, acknowledgement, Cluster, ID},
    files::{built, record_of, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{AccountId, EngineStatus, EngineVersion, ParkCause, Remedy};
use pallet_fat_contracts::{Call, Event};
use pink_capi::types::Outcome;
use pink_engine_host::{EngineError, EngineRegistry};
use runtime_mock::{runtime::Runtime, workers, Block, Extrinsic, RuntimeEvent, UNIT};
use std::fs;
use tempfile::TempDir;

/// A version that nobody registered.
const UNKNOWN: EngineVersion = EngineVersion::new(9, 9);

fn upgrade(to: EngineVersion, at_block: u32) -> Call<Runtime> {
    Call::upgrade_runtime {
        cluster: ID,
        to,
        at_block,
    }
}

fn signed(who: usize, call: Call<Runtime>) -> Extrinsic {
    Extrinsic::signed(account(who), call)
}

fn staffed() -> Cluster {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1), built(V2_0)], 3);
    cluster.call(&[1]);
    cluster.all_run();
    cluster.all_acknowledge();
    cluster
}

fn has(block: &Block, wanted: impl Fn(&Event<Runtime>) -> bool) -> bool {
    let events = block.applied.iter().flat_map(|applied| &applied.events);
    let mut events = events.chain(&block.hook_events);
    events.any(|event| matches!(event, RuntimeEvent::FatContracts(event) if wanted(event)))
}

/// Everything that the chain refuses, by the name that it gives; and afterwards the cluster goes on
/// as if nobody had asked.
#[test]
fn the_chain_refuses_by_name() {
    let mut cluster = staffed();
    let revoke = Call::set_engine_status {
        version: V1_1,
        status: EngineStatus::Revoked,
        force: false,
    };
    cluster.block(vec![Extrinsic::governance(revoke)]);
    let set = |version| Extrinsic::governance(Call::set_pink_runtime_version { version });
    let soon = cluster.chain.head().number + 11;
    let (_, record) = record_of(&built(V2_0));
    let register = |version| Call::register_engine {
        version,
        abi: record.abi,
        upgrades_from: Vec::new(),
        artefacts: record.artefacts.clone(),
    };
    let status = Call::set_engine_status {
        version: V1_0,
        status: EngineStatus::Deprecated,
        force: false,
    };
    let stranger = AccountId::new([77; 32]);
    let join = Call::add_worker_to_cluster {
        cluster: ID,
        worker: stranger.clone(),
    };
    let leave = Call::remove_worker_from_cluster {
        cluster: ID,
        worker: cluster.nodes[0].account.clone(),
    };
    let prices = Call::update_prices {
        cluster: ID,
        gas_price: 2,
        deposit_per_item: 1,
        deposit_per_byte: 1,
    };
    let amend = |seq| Call::amend {
        cluster: ID,
        seq,
        remedy: Remedy::Skip,
    };
    let resolve = Call::resolve_divergence {
        cluster: ID,
        block: 1,
        root: Default::default(),
        as_of: u32::MAX,
    };
    let report = |block, seq| {
        let worker = cluster.nodes[0].account.clone();
        workers::report_parked(worker, ID, block, seq, ParkCause::EnginePanicked, u32::MAX)
    };
    let cases = [
        // Governance names what isn't there, was revoked, or is older.
        (set(UNKNOWN), "EngineNotFound"),
        (set(V1_1), "EngineNotActive"),
        (
            Extrinsic::governance(upgrade(UNKNOWN, soon)),
            "EngineNotFound",
        ),
        (
            Extrinsic::governance(upgrade(V1_1, soon)),
            "EngineNotActive",
        ),
        (Extrinsic::governance(upgrade(V1_0, soon)), "NotNewer"),
        // Too soon, and in the past.
        (signed(0, upgrade(V2_0, soon - 1)), "TooSoon"),
        (signed(0, upgrade(V2_0, 1)), "TooSoon"),
        // Owners and strangers.
        (signed(0, register(UNKNOWN)), "BadOrigin"),
        (signed(0, status), "BadOrigin"),
        (signed(0, amend(1)), "BadOrigin"),
        (signed(0, resolve), "BadOrigin"),
        (signed(1, upgrade(V2_0, soon)), "NotClusterOwner"),
        (
            signed(1, Call::cancel_upgrade { cluster: ID }),
            "NotClusterOwner",
        ),
        (signed(1, join.clone()), "NotClusterOwner"),
        (signed(1, leave), "NotClusterOwner"),
        (signed(1, prices), "NotClusterOwner"),
        (signed(0, join), "WorkerNotFound"),
        (
            Extrinsic::signed(
                stranger,
                Call::announce_engines {
                    engines: Default::default(),
                },
            ),
            "WorkerNotFound",
        ),
        // One version twice, one file as two versions.
        (Extrinsic::governance(register(V2_0)), "EngineExists"),
        (Extrinsic::governance(register(UNKNOWN)), "ArtefactInUse"),
        // Nothing is stuck, or not there.
        (Extrinsic::governance(amend(1)), "NotWaiting"),
        (Extrinsic::governance(amend(99)), "NotParked"),
        (report(99, 1), "NotWaiting"),
        (report(2, 99), "NotWaiting"),
    ];
    for (call, name) in cases {
        let shown = format!("{call:?}");
        assert_eq!(cluster.refused(call), name, "{shown}");
    }
    let later = cluster.call(&[1]);
    cluster.all_run();
    assert_eq!(cluster.nodes[0].receipt(later).receipt.output, [2, 0, 0, 0]);
    cluster.all_acknowledge();
    cluster.money_is_right();
}

/// One worker of four says another root: it is marked, left out, and the others go on.
#[test]
fn a_false_root_marks_its_worker() {
    let mut cluster = Cluster::new(vec![built(V1_0)], 4);
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.call(&[1]);
    cluster.block(Vec::new());
    cluster.all_run();
    let liar = cluster.nodes[3].account.clone();
    let expected = cluster.chain.to_acknowledge(ID, &liar, 16);
    let lies = expected.iter().map(|it| {
        let said = cluster.nodes[3].worker.checkpoint(it.cursor.block);
        let mut said = said.expect("memory").expect("executed");
        said.root = fat_contracts_primitives::StateRoot::repeat_byte(0xbd);
        said
    });
    let mut acks = vec![workers::acknowledge(liar.clone(), ID, lies.collect())];
    // A report for a block that isn't there yet is none.
    let mut early = cluster.nodes[0]
        .worker
        .checkpoint(3)
        .expect("memory")
        .expect("executed");
    early.block = cluster.chain.head().number + 5;
    let first = cluster.nodes[0].account.clone();
    let refused = cluster.refused(workers::acknowledge(first, ID, vec![early]));
    assert_eq!(refused, "CheckpointNotThere");

    let honest = cluster.nodes[..3].iter();
    acks.extend(honest.filter_map(|node| acknowledgement(node, &cluster.chain)));
    let block = cluster.block(acks);
    assert!(has(&block, |event| matches!(
        event,
        Event::StateDiverged { .. }
    )));
    assert!(has(&block, |event| {
        matches!(event, Event::WorkerDiverged { worker, .. } if *worker == liar)
    }));
    assert_eq!(cluster.record().diverged, None, "a quorum of three is left");
    let again = vec![cluster.nodes[3]
        .worker
        .checkpoint(3)
        .expect("memory")
        .expect("executed")];
    let again = workers::acknowledge(liar.clone(), ID, again);
    assert_eq!(cluster.refused(again), "WorkerDiverged");
    cluster.call(&[1]);
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}

/// All that somebody has, twice: the first is paid, once, and the second is refused by the engine.
#[test]
fn a_withdrawal_is_paid_once() {
    let mut cluster = staffed();
    let who = account(3);
    let bring = Call::transfer_to_cluster {
        cluster: ID,
        dest: who.clone(),
        amount: 5 * UNIT,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(3, bring);
    let withdraw = || {
        signed(
            3,
            Call::withdraw_from_cluster {
                cluster: ID,
                dest: account(3),
                amount: 4 * UNIT,
                max_gas_price: None,
                max_ordering_fee: u128::MAX,
            },
        )
    };
    cluster.block(vec![withdraw(), withdraw()]);
    let second = cluster.last_seq();
    let before = cluster.chain.balance(&who);
    cluster.all_run();
    let ended = |seq| cluster.nodes[0].receipt(seq).receipt.outcome;
    assert_eq!(ended(second - 1), Outcome::Success);
    assert!(
        matches!(ended(second), Outcome::Rejected(_)),
        "{:?}",
        ended(second)
    );
    cluster.all_acknowledge();
    assert_eq!(cluster.chain.balance(&who), before + 4 * UNIT);
    for seq in [second - 1, second] {
        let claim = Call::claim_withdrawal { cluster: ID, seq };
        assert_eq!(cluster.refused(signed(3, claim)), "NothingDue");
    }
    cluster.money_is_right();
}

/// One version under two hashes, in one worker: the second is refused, whichever file is there.
#[test]
fn a_version_has_one_hash_in_a_worker() {
    let dir = TempDir::new().expect("a folder");
    let place = dir.path().join("libpink.so.1.0");
    fs::copy(built(V1_0), &place).expect("a copy");
    let (_, first) = record_of(&place);
    let registry = EngineRegistry::new(dir.path());
    registry.get(V1_0, &first).expect("the engine");
    // Behind its sections a file may hold anything: another file, and the same engine.
    let mut bytes = fs::read(&place).expect("the engine");
    bytes.extend_from_slice(b"another build");
    fs::write(&place, bytes).expect("its file");
    let (_, second) = record_of(&place);
    assert_ne!(first, second);
    let error = registry
        .get(V1_0, &second)
        .expect_err("one version, two hashes");
    assert!(matches!(&error, EngineError::TwoHashes { version, .. } if *version == V1_0));
    assert!(
        error.hint().contains("restart the worker"),
        "{}",
        error.hint()
    );
    registry.get(V1_0, &first).expect("what was loaded stays");
    // A worker that starts now may take the other, and no other.
    let fresh = EngineRegistry::new(dir.path());
    assert!(matches!(
        fresh.get(V1_0, &first),
        Err(EngineError::Size { .. })
    ));
    fresh.get(V1_0, &second).expect("the engine");
}
