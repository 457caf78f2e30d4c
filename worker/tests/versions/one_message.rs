//! One message under a newer engine: on the very state that it met, compared with chains on which that engine executed it.

use crate::{
    cluster::{account, run, Cluster, GAS, ID},
    files::{all_versions, built, record_of, V1_0, V1_1, V2_0},
};
use fat_contracts_primitives::{
    contract_address, ClusterMessage, CodeHash, CodeSource, EngineRecord, EngineVersion, Seq,
    Weight,
};
use pallet_fat_contracts::Call;
use pink_capi::types::{Event, Outcome};
use pink_worker_core::{
    exec::MessageReceipt,
    history::{rehearse_message, MessageRehearsal},
    store::{Store, StoreError, StoreOptions},
    WorkerError,
};
use runtime_mock::{runtime::Runtime, Extrinsic, UNIT};

/// Adds its input to what it stores, returns that, and emits it under two topics, the greater one first: 1.0 sorts them.
fn speaker() -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "seal0" "seal_input" (func $input (param i32 i32)))
            (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
            (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "seal0" "seal_deposit_event" (func $event (param i32 i32 i32 i32)))
            (import "env" "memory" (memory 1 1))
            ;; 0: key, 32: counter, 36: its length, 40: input, 104: the input's length, 128: topics
            (data (i32.const 36) "\04\00\00\00")
            (data (i32.const 104) "\40\00\00\00")
            (data (i32.const 128) "\08{}")
            (func (export "deploy"))
            (func (export "call")
                (call $input (i32.const 40) (i32.const 104))
                (drop (call $get (i32.const 0) (i32.const 32) (i32.const 36)))
                (i32.store (i32.const 32)
                    (i32.add (i32.load (i32.const 32)) (i32.load8_u (i32.const 40))))
                (call $set (i32.const 0) (i32.const 32) (i32.const 4))
                (call $event (i32.const 128) (i32.const 65) (i32.const 32) (i32.const 4))
                (call $return (i32.const 0) (i32.const 32) (i32.const 4))))"#,
        r"\ff".repeat(32)
    );
    wat::parse_str(text).expect("a literal")
}

const TOPICS: [[u8; 32]; 2] = [[0xff; 32], [0; 32]];

/// A cluster of 1.0 and one more engine with a speaker, which [`Cluster::calling`] calls.
fn with_speaker() -> Cluster {
    let mut cluster = Cluster::without_contract(vec![built(V1_0), built(V1_1)], 1, Vec::new());
    let code = speaker();
    let code_hash = sp_crypto_hashing::blake2_256(&code).into();
    cluster.counter = contract_address(&account(0), &code_hash, ID, &[]);
    cluster.signed(0, instantiate(code));
    cluster
}

fn instantiate(code: Vec<u8>) -> Call<Runtime> {
    Call::instantiate_contract {
        cluster: ID,
        code: CodeSource::Code(code),
        input: Vec::new(),
        salt: Vec::new(),
        value: 10 * UNIT,
        gas_limit: GAS,
        storage_deposit_limit: None,
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    }
}

fn tried(cluster: &Cluster, seq: Seq, to: EngineVersion) -> Result<MessageRehearsal, WorkerError> {
    let (_, record) = record_of(&built(to));
    rehearse_message(cluster.nodes[0].worker.handle(), seq, to, &record)
}

/// What contracts emitted.
fn emitted(receipt: &MessageReceipt) -> Vec<(Vec<[u8; 32]>, Vec<u8>)> {
    let events = receipt.receipt.events.iter();
    events
        .filter_map(|event| match event {
            Event::ContractEmitted { topics, data, .. } => Some((topics.clone(), data.clone())),
            _ => None,
        })
        .collect()
}

/// The second of a block's three calls, and a later one behind them.
#[test]
fn a_message_is_tried_with_what_came_before_it_and_nothing_that_came_after() {
    let mut cluster = with_speaker();
    let calls = [1, 2, 4].map(|it| Extrinsic::signed(account(0), cluster.calling(&[it])));
    cluster.block(calls.into());
    let second = cluster.last_seq() - 1;
    cluster.call(&[8]);
    cluster.all_run();
    let head = cluster.nodes[0].head();
    let root = cluster.nodes[0].root(head);
    let tried = tried(&cluster, second, V1_1).expect("a rehearsal");
    assert_eq!(cluster.nodes[0].root(head), root, "nothing is changed");
    assert_eq!((tried.from, tried.to), (V1_0, V1_1));
    assert_eq!(tried.block, cluster.block_of(second));
    assert_eq!(tried.upgrade, Outcome::Success);
    assert_eq!(tried.was, cluster.nodes[0].receipt(second));
    let other = tried.other.expect("it was tried");
    assert_eq!((other.seq, other.engine), (second, V1_1));
    // One and two; not four, nor eight.
    assert_eq!(other.receipt.output, [3, 0, 0, 0]);
    let said = |[one, two]: [[u8; 32]; 2]| [(vec![one, two], vec![3, 0, 0, 0])];
    assert_eq!(emitted(&tried.was), said([TOPICS[1], TOPICS[0]]));
    assert_eq!(emitted(&other), said(TOPICS));
    let difference = tried.difference.expect("the topics");
    assert!(!difference.ends_otherwise() && !difference.output && difference.events);

    // Where the cluster really moved between the first call and the second, it is to the picosecond the same.
    let mut moved = with_speaker();
    moved.call(&[1]);
    let at = moved.upgrade(V1_1);
    moved.advance_to(at);
    let really = moved.call(&[2]);
    moved.all_run();
    let really = moved.nodes[0].receipt(really);
    assert_eq!(really.engine, V1_1);
    assert_eq!(really.receipt, other.receipt);
}

/// 2.0 knows no activation; 2.1 does it. It is tried on a cluster that is at 2.1 by now.
#[test]
fn a_message_that_was_rejected_may_be_taken_by_a_newer_engine() {
    let newest = *all_versions().last().expect("engines");
    let mut cluster = Cluster::new(vec![built(V2_0), built(newest)], 1);
    let hash = code_hash(&cluster);
    cluster.signed(0, activate(hash));
    let seq = cluster.last_seq();
    let at = cluster.upgrade(newest);
    cluster.advance_to(at);
    let moved = cluster.last_seq();
    cluster.signed(0, activate(hash));
    let really = cluster.last_seq();
    cluster.signed(0, activate(hash));
    cluster.all_run();
    let tried = tried(&cluster, seq, newest).expect("a rehearsal");
    let Outcome::Rejected(why) = &tried.was.receipt.outcome else {
        panic!("{:?}", tried.was);
    };
    assert_eq!(why.error, "Unsupported");
    let other = tried.other.expect("it was tried").receipt;
    assert_eq!(other.outcome, Outcome::Success);
    // Ten blocks later, as the rules say.
    let activated = Event::CodeActivated {
        code_hash: hash.0,
        compiled_from: tried.block + 10,
    };
    assert!(other.events.contains(&activated), "{:?}", other.events);
    let difference = tried.difference.expect("its end");
    assert!(difference.ends_otherwise() && !difference.output && !difference.events);
    let really = cluster.nodes[0].receipt(really).receipt;
    let gas = |it: &pink_capi::types::Receipt| {
        let gas = (it.gas_limit, it.gas_consumed, it.gas_required);
        (gas, it.fee, it.refund)
    };
    assert_eq!(gas(&really), gas(&other));
    assert!(other.fee > 0);

    // The move itself is no message that an engine could be tried on; a newer engine is named than that of the message's time.
    let refused = |seq| {
        let error = self::tried(&cluster, seq, newest).expect_err("it can't be tried");
        assert!(!error.hint().is_empty());
        error
    };
    assert!(matches!(refused(moved), WorkerError::NotTried { seq, .. } if seq == moved));
    assert!(matches!(refused(0), WorkerError::NotTried { seq: 0, .. }));
    assert!(matches!(
        refused(moved + 1),
        WorkerError::NotNewer { from, to } if from == newest && to == newest
    ));
}

fn activate(code_hash: CodeHash) -> Call<Runtime> {
    Call::activate_code {
        cluster: ID,
        code_hash,
        gas_limit: Weight {
            ref_time: 500_000_000_000,
            proof_size: GAS.proof_size,
        },
        max_gas_price: None,
        max_ordering_fee: u128::MAX,
    }
}

/// Of the counter.
fn code_hash(cluster: &Cluster) -> CodeHash {
    let mut messages = cluster.history.iter().flat_map(|block| &block.messages);
    let code = messages.find_map(|(_, message)| match message {
        ClusterMessage::Instantiate { code, .. } => Some(code.clone()),
        _ => None,
    });
    match code.expect("the counter was made") {
        CodeSource::Code(code) => sp_crypto_hashing::blake2_256(&code).into(),
        CodeSource::Hash(hash) => hash,
    }
}

#[test]
fn what_cannot_be_tried_is_refused_by_name() {
    let mut cluster = Cluster::new(vec![built(V1_0), built(V1_1)], 1);
    let seq = cluster.call(&[1]);
    assert!(matches!(
        tried(&cluster, seq, V1_1),
        Err(WorkerError::Empty)
    ));
    cluster.all_run();
    assert!(tried(&cluster, seq, V1_1).is_ok());
    let next = seq + 1;
    assert!(matches!(
        tried(&cluster, next, V1_1),
        Err(WorkerError::NotExecuted { seq, next: found }) if (seq, found) == (next, next)
    ));
    // Of 1.1 as if it took nothing over.
    let (_, record) = record_of(&built(V1_1));
    let alone = EngineRecord {
        upgrades_from: Vec::new(),
        ..record.clone()
    };
    let handle = cluster.nodes[0].worker.handle();
    let refused = rehearse_message(handle, seq, V1_1, &alone).map(|_| ());
    assert!(matches!(
        refused,
        Err(WorkerError::NoUpgradePath { from, to }) if (from, to) == (V1_0, V1_1)
    ));

    // The state before a block is kept for as long as the store is told to.
    let options = StoreOptions {
        undo_window: 2,
        ..StoreOptions::default()
    };
    let store = Store::open_in_memory_with(options).expect("memory");
    let mut other = cluster.newcomer_over(store);
    let at = cluster.chain.head().number + 2;
    cluster.advance_to(at);
    assert!(run(&mut other, &cluster.chain, &cluster.history).is_none());
    let refused = rehearse_message(other.worker.handle(), seq, V1_1, &record).map(|_| ());
    assert!(matches!(
        refused,
        Err(WorkerError::Store(StoreError::Pruned { block, .. })) if block == cluster.block_of(seq) - 1
    ));
}
