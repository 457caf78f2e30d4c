//! Shadow mode: a pending engine runs every block as well, and nothing of it is kept.

use crate::{
    cluster::{account, Cluster, GAS, ID},
    files::{built, panics_at_its_upgrade, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{contract_address, AccountId, CodeSource};
use pallet_fat_contracts::Call;
use pink_worker_core::{Worker, WorkerError};
use runtime_mock::UNIT;
use std::fs;

/// Emits an event with two topics, the greater one first: 1.0 sorts them, 1.1 is repaired.
fn speaker(cluster: &mut Cluster) -> AccountId {
    let text = format!(
        r#"(module
            (import "seal0" "seal_deposit_event" (func $event (param i32 i32 i32 i32)))
            (import "env" "memory" (memory 1 1))
            (data (i32.const 0) "\08{}")
            (func (export "deploy"))
            (func (export "call")
                (call $event (i32.const 0) (i32.const 65) (i32.const 0) (i32.const 2))))"#,
        r"\ff".repeat(32)
    );
    let code = wat::parse_str(text).expect("a literal");
    let code_hash = sp_crypto_hashing::blake2_256(&code).into();
    let make = Call::instantiate_contract {
        cluster: ID,
        code: CodeSource::Code(code),
        input: Vec::new(),
        salt: vec![1],
        value: 10 * UNIT,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(0, make);
    contract_address(&account(0), &code_hash, ID, &[1])
}

fn speak(cluster: &mut Cluster, contract: &AccountId) {
    let call = Call::call_contract {
        cluster: ID,
        contract: contract.clone(),
        input: Vec::new(),
        value: 0,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    };
    cluster.signed(0, call);
}

/// Turns shadow mode on in a worker.
fn in_shadow_mode(cluster: &mut Cluster, at: usize) {
    let spare = Worker::new(
        pink_worker_core::store::Store::open_in_memory().expect("memory"),
        cluster.nodes[at].worker.registry().another(),
    );
    let worker = std::mem::replace(&mut cluster.nodes[at].worker, spare);
    cluster.nodes[at].worker = worker.with_shadow(true);
}

#[test]
fn a_repair_shows_as_a_divergence_before_the_move() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 3);
    let speaker = speaker(&mut cluster);
    in_shadow_mode(&mut cluster, 0);
    in_shadow_mode(&mut cluster, 1);
    speak(&mut cluster, &speaker);
    cluster.all_run();
    assert_eq!(cluster.nodes[0].worker.shadow().expect("memory"), None);

    let at = cluster.upgrade(V1_1);
    let since = cluster.chain.head().number;
    for round in 0..4u8 {
        speak(&mut cluster, &speaker);
        cluster.call(&[round]);
        // One worker goes block by block, the others in one go.
        assert!(cluster.turn(0).is_none());
    }
    cluster.all_run();
    for at in 0..2 {
        let found = cluster.nodes[at].worker.shadow().expect("memory");
        let found = found.expect("a move is pending");
        assert_eq!((found.to, found.since), (V1_1, since));
        assert_eq!((found.blocks, found.messages, found.differing), (9, 8, 4));
        assert_eq!(found.failure, None);
        let (block, seq) = found.last_difference.expect("the speaker's");
        assert_eq!(block, cluster.block_of(seq));
        assert_eq!(seq, cluster.last_seq() - 1);
    }
    assert_eq!(cluster.nodes[2].worker.shadow().expect("memory"), None);

    // The move comes, and the shadow ends.
    cluster.advance_to(at);
    speak(&mut cluster, &speaker);
    cluster.all_run();
    let before = cluster.nodes[0].worker.shadow().expect("memory");
    speak(&mut cluster, &speaker);
    cluster.all_run();
    assert_eq!(cluster.nodes[0].worker.shadow().expect("memory"), before);
    for node in &cluster.nodes {
        node.replays();
    }
    cluster.all_acknowledge();
    assert_eq!(cluster.record().engine, V1_1);
}

/// A pending engine that panics, or whose file isn't there, is news for the operator and no more.
#[test]
fn a_shadow_that_fails_stops_nothing() {
    let mut cluster = Cluster::new(vec![built(V1_0), panics_at_its_upgrade()], 2);
    in_shadow_mode(&mut cluster, 0);
    cluster.all_run();
    cluster.upgrade(V1_1);
    cluster.call(&[1]);
    cluster.all_run();
    let found = cluster.nodes[0].worker.shadow().expect("memory");
    let found = found.expect("it was tried");
    assert_eq!((found.blocks, found.messages), (0, 0));
    let failure = found.failure.expect("it panics");
    assert!(failure.contains("can't take over"), "{failure}");

    let mut cluster = Cluster::new(vec![built(V1_0), built(V2_0)], 2);
    in_shadow_mode(&mut cluster, 0);
    let place = cluster.nodes[0].place(V2_0);
    fs::remove_file(&place).expect("its file");
    cluster.all_run();
    cluster.upgrade(V2_0);
    cluster.call(&[1]);
    cluster.all_run();
    let failure = |worker: &Worker| -> Result<Option<String>, WorkerError> {
        Ok(worker.shadow()?.and_then(|found| found.failure))
    };
    let why = failure(&cluster.nodes[0].worker).expect("memory");
    assert!(why.expect("it is missing").contains("is missing"));
    // From then on on which it is there, blocks are followed.
    cluster.nodes[0].put(&built(V2_0));
    cluster.call(&[1]);
    cluster.all_run();
    assert_eq!(failure(&cluster.nodes[0].worker).expect("memory"), None);
    let found = cluster.nodes[0].worker.shadow().expect("memory");
    assert_eq!(found.map(|it| (it.blocks, it.messages)), Some((1, 1)));
}

/// What the shadow can't do after a block was committed is no error of the block: its receipts
/// reach whoever gave it.
#[test]
fn a_shadow_that_fails_hides_no_receipts() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 3);
    in_shadow_mode(&mut cluster, 0);
    cluster.all_run();
    cluster.upgrade(V1_1);
    cluster.all_run();
    let called = cluster.call(&[1]);
    let block = cluster.history.last().expect("a block").clone();
    // What is kept of the shadow can't be read any more.
    let broken = pink_worker_core::store::ExtraRow {
        table: "shadow".into(),
        key: b"last".to_vec(),
        value: Some(vec![0xff; 3]),
    };
    let worker = &mut cluster.nodes[0].worker;
    let imported = worker.import(&[block], vec![broken], &crate::codes::Codes);
    let imported = imported.expect("the block is kept");
    let receipts = &imported.executed[0].receipts;
    assert_eq!(receipts.last().map(|it| it.seq), Some(called));
    assert!(worker.shadow().is_err(), "it really can't be read");
    cluster.all_run();
    cluster.all_acknowledge();
    cluster.money_is_right();
}
