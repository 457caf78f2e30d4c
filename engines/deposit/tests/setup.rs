//! The beginning of a cluster, and the ends of its blocks.

mod common;

use common::*;
use parity_scale_codec::Encode;
use pink_engine_sdk::{types::*, Engine};

fn with_system(code: Vec<u8>) -> (Chain, Setup, Hash) {
    let mut chain = Chain::empty();
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&code)
        .as_bytes()
        .try_into()
        .unwrap();
    chain.host.system_codes.insert(hash, code);
    let mut setup = chain.setup_message();
    setup.system_code = Some(hash);
    (chain, setup, hash)
}

/// The flipper has the constructor that system contracts have, `default`.
#[test]
fn the_system_contract_is_deployed_free_and_held_for_nothing() {
    let (mut chain, setup, hash) = with_system(artefact("flipper"));
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!((receipt.fee, receipt.gas_limit), (0, Weight::default()));
    let address = pink_engine_deposit::contract_address(&ALICE, &hash, &[0; 32], b"pink:system");
    assert_eq!(receipt.address, Some(address));
    let view = chain.view(|engine, state| engine.cluster(state)).unwrap();
    assert_eq!(view.system_contract, Some(address));
    assert_eq!(view.version, RULES.version);
    assert_eq!(chain.held(address) + chain.held(ALICE), 0);
    assert_eq!(chain.free(ALICE) + chain.free(address), MONEY);
    let get = chain.query(address, &message("get", ()));
    assert_eq!(get.output, [0, 0]);
}

/// An owner without money has a system contract all the same.
#[test]
fn a_setup_without_money() {
    let (mut chain, mut setup, _) = with_system(artefact("flipper"));
    setup.deposit = 0;
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(chain.issuance(), 0);
}

#[test]
fn a_setup_that_fails_leaves_nothing() {
    // No constructor of that name.
    let (mut chain, setup, _) = with_system(artefact("token"));
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(error(&receipt), "SystemContractFailed");
    assert!(chain.state().is_empty());
    let (mut chain, setup, _) = with_system(b"not code".to_vec());
    let receipt = chain.send(Message::Setup(setup));
    assert_eq!(error(&receipt), "CodeRejected");
    assert!(chain.state().is_empty());
}

#[test]
fn the_engine_describes_itself() {
    let chain = Chain::new();
    let info = chain.engine.info();
    assert_eq!(info.version, RULES.version);
    assert_eq!(info.cost_table_hash, RULES.hash());
    assert!(info.min_stack_bytes >= 1 << 20);
}

/// A contract that leaves a thousand items: each block deletes its budget, and an empty block
/// nothing.
#[test]
fn deletion_takes_its_time() {
    let mut chain = Chain::new();
    let bench = chain.make_wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
           (import "seal1" "terminate" (func $end (param i32)))"#,
        r#"(local $n i32)
           (if (i32.eqz (i32.load (i32.const 0))) (then
             (loop (i32.store (i32.const 100) (local.get $n))
               (drop (call $set (i32.const 100) (i32.const 4) (i32.const 0) (i32.const 8)))
               (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000))))))
           (if (i32.load (i32.const 0)) (then (call $end (i32.const 4))))"#,
    ));
    let before = chain.state().len();
    let filled = chain.call(bench, &[]);
    assert_eq!(filled.outcome, Outcome::Success, "{filled:?}");
    assert_eq!(chain.state().len(), before + 1000);
    let ended = chain.call(bench, &BOB);
    assert_eq!(ended.outcome, Outcome::Success, "{ended:?}");
    assert_eq!(
        ended.storage_deposit,
        StorageDeposit::Refund(1000 * (PER_ITEM + 8 * PER_BYTE) + PER_ITEM + 107 * PER_BYTE)
    );
    // Record and account are gone; the queue has an entry and a counter.
    assert_eq!(chain.state().len(), before + 1000);
    let budget = 512;
    let receipt = chain.end_block();
    assert_eq!(chain.state().len(), before + 1000 - budget);
    assert_eq!(
        receipt.weight.ref_time,
        512 * RULES.bases.deleted_item.ref_time
    );
    let receipt = chain.end_block();
    // The rest, and the entry.
    assert_eq!(chain.state().len(), before - 1);
    assert_eq!(
        receipt.weight.ref_time,
        (1000 - 512 + 1) * RULES.bases.deleted_item.ref_time
    );
    assert_eq!(chain.end_block(), BlockReceipt::default());
}

/// Nobody can keep another from ending by filling the queue, and entries are paid for.
#[test]
fn many_ends_in_one_block() {
    let mut chain = Chain::new();
    let text = module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
           (import "seal1" "terminate" (func $end (param i32)))"#,
        r#"(drop (call $set (i32.const 0) (i32.const 4) (i32.const 0) (i32.const 8)))
           (call $end (i32.const 4))"#,
    );
    let contracts: Vec<AccountId> = (0..40).map(|_| chain.make_wat(&text)).collect();
    let before = chain.state().len();
    for contract in contracts {
        let receipt = chain.call(contract, &BOB);
        assert_eq!(receipt.outcome, Outcome::Success);
    }
    let receipt = chain.end_block();
    assert_eq!(
        receipt.weight.ref_time,
        80 * RULES.bases.deleted_item.ref_time
    );
    // Forty records, forty accounts; the counter is new.
    assert_eq!(chain.state().len(), before - 80 + 1);
}

#[test]
fn events_are_encoded_with_their_index() {
    // Receipts are compared between workers: the encoding is part of the rules.
    let event = Event::Called {
        caller: ALICE,
        contract: BOB,
    };
    assert_eq!(event.encode()[0], 15);
}

/// A cluster may hide what its queries used; transactions and estimates are exact all the same.
#[test]
fn queries_can_be_quantised() {
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    setup.engine_config = vec![1];
    assert_eq!(chain.send(Message::Setup(setup)).outcome, Outcome::Success);
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let flip = message("flip", ());
    let [query, estimate] = [chain.query(flipper, &flip), chain.estimate(flipper, &flip)];
    let sent = chain.call(flipper, &flip);
    assert_eq!(estimate.gas_consumed, sent.gas_consumed);
    assert_eq!(
        query.gas_consumed,
        Weight::new((either(3, 4) << 28) - 1, (1 << 16) - 1)
    );
    assert!(query.gas_consumed.ref_time > sent.gas_consumed.ref_time);
    let StorageDeposit::Charge(shown) = query.storage_deposit else {
        panic!("{query:?}")
    };
    assert!(shown >= 256 * PER_BYTE);

    let mut broken: Chain = Chain::empty();
    let mut setup = broken.setup_message();
    setup.engine_config = vec![1, 2, 3];
    let receipt = broken.send(Message::Setup(setup));
    assert_eq!(error(&receipt), "InvalidEngineConfig");
}
