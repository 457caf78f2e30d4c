//! The life of a cluster through the composed runtime: the council's vote, workers that get
//! ready, the upgrade, what they confirm, a divergence, a payout.

use fat_contracts_primitives::{
    AccountId, Artefact, ClusterMessage, Effect, EngineVersion, Hash, Permission, StateRoot,
    WithdrawOutcome,
};
use pallet_fat_contracts::{Call, Error, Event};
use runtime_mock::{
    account,
    runtime::{FatContracts, Runtime},
    workers, Block, Extrinsic, Genesis, MockChain, RuntimeEvent, UNIT,
};

const V1_0: EngineVersion = EngineVersion::new(1, 0);
const V1_1: EngineVersion = EngineVersion::new(1, 1);

fn who(name: &str) -> AccountId {
    account(name).expect("a development account")
}

fn worker(number: u8) -> AccountId {
    AccountId::new([number; 32])
}

fn file(version: EngineVersion) -> Hash {
    Hash::repeat_byte((version.major * 16 + version.minor) as u8)
}

fn register(version: EngineVersion, upgrades_from: Vec<EngineVersion>) -> Extrinsic {
    let artefact = Artefact {
        target: "x86_64-unknown-linux-gnu".into(),
        hash: file(version),
        size: 1_000,
    };
    Extrinsic::governance(Call::register_engine {
        version,
        abi: 1,
        upgrades_from,
        artefacts: vec![artefact],
    })
}

/// The next block, a second later; every extrinsic must succeed.
fn block(chain: &mut MockChain, extrinsics: Vec<Extrinsic>) -> Block {
    let now_ms = chain.head().now_ms + 1_000;
    let block = chain.build_block(now_ms, extrinsics).expect("a block");
    for applied in &block.applied {
        assert!(applied.result.is_ok(), "{:?}", applied.result);
    }
    block
}

/// A chain with 1.0 and 1.1 and a cluster on 1.0 with three workers that have both.
fn staffed() -> MockChain {
    let mut chain = Genesis::development().build().expect("a genesis");
    let alice = who("//Alice");
    let add = Call::add_cluster {
        engine: V1_0,
        owner: alice.clone(),
        permission: Permission::Public,
        workers: vec![],
        deposit: 100 * UNIT,
        gas_price: 1,
        deposit_per_item: 2,
        deposit_per_byte: 3,
        treasury_account: AccountId::new([9; 32]),
        existential_deposit: 1_000,
        engine_config: vec![],
    };
    let mut extrinsics = vec![
        register(V1_0, vec![]),
        register(V1_1, vec![V1_0]),
        Extrinsic::governance(Call::set_pink_runtime_version { version: V1_0 }),
        Extrinsic::signed(alice.clone(), add),
    ];
    for number in 1..=3 {
        let files = vec![file(V1_0), file(V1_1)];
        extrinsics.extend(workers::add_worker(worker(number), alice.clone(), 1, files));
    }
    block(&mut chain, extrinsics);
    chain
}

/// Each of these workers acknowledges everything that it can.
fn acks(
    chain: &MockChain,
    numbers: &[u8],
    engine: EngineVersion,
    root: u8,
    effects: &[Effect],
) -> Vec<Extrinsic> {
    numbers
        .iter()
        .map(|number| {
            let worker = worker(*number);
            let expected = chain.to_acknowledge(1, &worker, 64);
            let last = expected.len().saturating_sub(1);
            let checkpoints = expected.iter().enumerate().map(|(at, expected)| {
                let effects = if at == last { effects.to_vec() } else { vec![] };
                workers::checkpoint(
                    expected,
                    engine,
                    StateRoot::repeat_byte(root),
                    Hash::zero(),
                    effects,
                )
            });
            workers::acknowledge(worker.clone(), 1, checkpoints.collect())
        })
        .collect()
}

fn has(block: &Block, wanted: impl Fn(&Event<Runtime>) -> bool) -> bool {
    let events = block.applied.iter().flat_map(|applied| &applied.events);
    events
        .chain(&block.hook_events)
        .any(|event| matches!(event, RuntimeEvent::FatContracts(event) if wanted(event)))
}

#[test]
fn a_cluster_moves_when_workers_are_ready_and_confirms_it() {
    let mut chain = staffed();
    let at_block = chain.head().number + 11;
    let upgrade = Extrinsic::signed(
        who("//Alice"),
        Call::upgrade_runtime {
            cluster: 1,
            to: V1_1,
            at_block,
        },
    );
    block(&mut chain, vec![upgrade]);
    let upgraded = loop {
        let block = block(&mut chain, vec![]);
        if block.head.number == at_block {
            break block;
        }
        assert_eq!(block.clusters[0].messages, []);
        // The pending version is known from the first block on.
        assert_eq!(block.clusters[0].engines.len(), 2);
    };
    let given = &upgraded.clusters[0];
    assert!(matches!(
        given.messages[..],
        [(
            1,
            ClusterMessage::Upgrade {
                from: V1_0,
                to: V1_1,
                ..
            }
        )]
    ));
    block(&mut chain, vec![]);
    let extrinsics = acks(&chain, &[1, 2, 3], V1_1, 7, &[]);
    let confirmed = block(&mut chain, extrinsics);
    assert!(has(&confirmed, |event| matches!(
        event,
        Event::RuntimeUpgraded { to: V1_1, .. }
    )));
    for applied in &confirmed.applied {
        let info = applied.result.expect("taken");
        assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
    }
    let record = chain.query(|| FatContracts::cluster(1)).expect("a cluster");
    assert_eq!((record.engine, record.pending), (V1_1, None));
}

/// The figures of the refusal reach whoever asked.
#[test]
fn too_few_ready_workers_are_counted() {
    let mut chain = staffed();
    let quiet = [1, 2].map(|number| workers::announce(worker(number), vec![file(V1_0)]));
    block(&mut chain, quiet.into());
    let upgrade = Extrinsic::governance(Call::upgrade_runtime {
        cluster: 1,
        to: V1_1,
        at_block: 100,
    });
    let refused = chain
        .build_block(1_000_000, vec![upgrade])
        .expect("a block");
    let error = refused.applied[0].result.expect_err("refused").error;
    let expected = Error::<Runtime>::NotEnoughWorkersReady { have: 1, need: 2 };
    assert_eq!(error, expected.into());
}

#[test]
fn a_withdrawal_goes_from_ledger_to_chain() {
    let mut chain = staffed();
    let dest = AccountId::new([77; 32]);
    let withdraw = Call::withdraw_from_cluster {
        cluster: 1,
        dest: dest.clone(),
        amount: 5 * UNIT,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    block(
        &mut chain,
        vec![Extrinsic::signed(who("//Alice"), withdraw)],
    );
    block(&mut chain, vec![]);
    let debited = [Effect::Withdrawn {
        seq: 1,
        outcome: WithdrawOutcome::Debited,
    }];
    // Two of three are no quorum.
    let extrinsics = acks(&chain, &[1, 2], V1_0, 7, &debited);
    block(&mut chain, extrinsics);
    assert_eq!(chain.balance(&dest), 0);
    let extrinsics = acks(&chain, &[3], V1_0, 7, &debited);
    block(&mut chain, extrinsics);
    assert_eq!(chain.balance(&dest), 5 * UNIT);
    assert_eq!(
        chain.balance(&FatContracts::escrow_account(1)),
        95 * UNIT + runtime_mock::EXISTENTIAL_DEPOSIT
    );
}

#[test]
fn a_divergence_is_caught_and_resolved_by_the_council() {
    let mut chain = staffed();
    block(&mut chain, vec![]);
    let extrinsics = acks(&chain, &[1], V1_0, 7, &[]);
    block(&mut chain, extrinsics);
    // Of three, all three have to agree: two opinions are one too many.
    let extrinsics = acks(&chain, &[2], V1_0, 8, &[]);
    let last = block(&mut chain, extrinsics);
    assert!(has(&last, |event| matches!(
        event,
        Event::StateDiverged { block: 1, .. }
    )));
    assert!(has(&last, |event| matches!(
        event,
        Event::ClusterDiverged { block: 1, .. }
    )));
    // As on every chain, what comes after a restart is the same.
    let mut chain = MockChain::import(chain.export()).expect("a chain");
    let resolve = Extrinsic::governance(Call::resolve_divergence {
        cluster: 1,
        block: 1,
        root: StateRoot::repeat_byte(8),
        as_of: chain.head().number,
    });
    let resolved = block(&mut chain, vec![resolve]);
    assert!(has(&resolved, |event| matches!(
        event,
        Event::CheckpointConfirmed { block: 1, .. }
    )));
    let wrong = chain.to_acknowledge(1, &worker(1), 1);
    assert_eq!(wrong, []);
}
