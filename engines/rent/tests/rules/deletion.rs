//! Storage of ended contracts goes bit by bit, between blocks.

use crate::{
    fixtures,
    harness::{call, claim, deploy, Harness, Succeed, ALICE, DJANGO, THRESHOLD},
};
use parity_scale_codec::Encode;
use pink_engine_rent::{Contract, Deleted, Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Outcome};

const PER_KEY: u64 = 102_295_000;
const PER_ENTRY: u64 = 140_992_000;
const BASE: u64 = 28_733_000;

fn key(number: u32) -> [u8; 32] {
    crate::harness::blake2_256(&number.encode())
}

/// Keys that the limit suffices for, with one contract in the queue.
fn budget(limit: u64) -> u64 {
    (limit - BASE - PER_ENTRY) / PER_KEY
}

/// A contract with a number of items that ended in this block.
fn ended<V: Release>(items: u32, limit: u64) -> (Harness<V>, [u8; 32]) {
    let mut config = crate::harness::test_config();
    config.deletion_weight_limit = limit;
    let mut harness = Harness::<V>::with(crate::harness::test_setup(&config));
    harness.fund(ALICE, 1_000_000);
    harness.fund(DJANGO, 1_000);
    let (address, prefix) = with_items(&mut harness, items, 0);
    harness.succeed(call(ALICE, address, &[]));
    assert!(harness.contract(&address).is_none());
    assert_eq!(left(&harness, &prefix), items as usize, "nothing went yet");
    (harness, prefix)
}

fn with_items<V: Release>(harness: &mut Harness<V>, items: u32, salt: u8) -> (AccountId, [u8; 32]) {
    let mut message = deploy(ALICE, &fixtures::terminator(&DJANGO), THRESHOLD * 100);
    message.salt = vec![salt];
    let address = harness.succeed(message).address.unwrap();
    let mut contract = harness.alive(&address).unwrap();
    for number in 0..items {
        let path = [
            b"storage/",
            &contract.prefix[..],
            &crate::harness::blake2_256(&key(number)),
        ];
        harness.put(&path.concat(), number.encode());
    }
    contract.pair_count = items;
    let prefix = contract.prefix;
    harness.put(
        &[b"contract/", &address[..]].concat(),
        Contract::Alive(contract).encode(),
    );
    (address, prefix)
}

fn left<V: Release>(harness: &Harness<V>, prefix: &[u8; 32]) -> usize {
    let prefix = [b"storage/", &prefix[..]].concat();
    harness
        .state()
        .keys()
        .filter(|key| key.starts_with(&prefix))
        .count()
}

#[test]
fn lazy_removal_works() {
    let (mut harness, prefix) = ended::<V1_0>(1, 500_000_000_000);
    let receipt = harness.end_block();
    assert_eq!(left(&harness, &prefix), 0);
    assert!(harness.get::<Vec<Deleted>>(b"deletion").is_none());
    // The whole budget but what wasn't needed.
    let unused = (budget(500_000_000_000) - 1) * PER_KEY;
    assert_eq!(receipt.weight.ref_time, 500_000_000_000 - unused + BASE);
}

#[test]
fn lazy_removal_partial_remove_works() {
    let limit = 5_000_000_000;
    let keys = u32::try_from(budget(limit)).unwrap();
    let (mut harness, prefix) = ended::<V1_0>(keys + 7, limit);
    let receipt = harness.end_block();
    assert_eq!(receipt.weight.ref_time, limit + BASE);
    assert_eq!(left(&harness, &prefix), 7);
    assert_eq!(
        harness.get::<Vec<Deleted>>(b"deletion"),
        Some(vec![Deleted {
            pair_count: 7,
            prefix
        }])
    );
    harness.end_block();
    assert_eq!(left(&harness, &prefix), 0);
}

#[test]
fn lazy_removal_does_not_use_all_weight() {
    let limit = 5_000_000_000;
    let keys = u32::try_from(budget(limit)).unwrap();
    let (mut harness, prefix) = ended::<V1_0>(keys - 1, limit);
    let receipt = harness.end_block();
    assert_eq!(receipt.weight.ref_time, limit - PER_KEY + BASE);
    assert_eq!(left(&harness, &prefix), 0);
}

/// A limit that doesn't suffice for one key: nothing is deleted.
#[test]
fn lazy_removal_without_budget() {
    let limit = BASE + PER_ENTRY + PER_KEY - 1;
    let (mut harness, prefix) = ended::<V1_0>(3, limit);
    assert_eq!(harness.end_block().weight.ref_time, limit + BASE);
    assert_eq!(left(&harness, &prefix), 3);
    let (mut harness, prefix) = ended::<V1_1>(3, limit);
    assert_eq!(harness.end_block().weight.ref_time, BASE);
    assert_eq!(left(&harness, &prefix), 3);
}

/// 1.0 reports the whole limit for doing nothing, 1.1 nothing; neither depends on the block.
#[test]
fn an_empty_block() {
    fn idle<V: Release>() -> u64 {
        let mut harness = Harness::<V>::new();
        let before = harness.state();
        let mut weights = [1, 2, 70_000].map(|number| {
            harness.go_to_block(number);
            harness.end_block().weight.ref_time
        });
        weights.sort_unstable();
        assert_eq!(weights[0], weights[2]);
        assert_eq!(harness.state(), before);
        weights[0]
    }
    assert_eq!(idle::<V1_0>(), 500_000_000_000 + BASE);
    assert_eq!(idle::<V1_1>(), BASE);
}

/// The first of the queue goes first, and the last one takes its place.
#[test]
fn several_contracts_in_the_queue() {
    let mut config = crate::harness::test_config();
    // Four keys with three entries.
    config.deletion_weight_limit = BASE + 3 * PER_ENTRY + 4 * PER_KEY;
    let mut harness = Harness::<V1_0>::with(crate::harness::test_setup(&config));
    harness.fund(ALICE, 1_000_000);
    harness.fund(DJANGO, 1_000);
    let prefixes: Vec<_> = [2, 3, 5]
        .into_iter()
        .enumerate()
        .map(|(salt, items)| {
            let (address, prefix) = with_items(&mut harness, items, salt as u8);
            harness.succeed(call(ALICE, address, &[]));
            prefix
        })
        .collect();
    harness.end_block();
    let lefts: Vec<_> = prefixes
        .iter()
        .map(|prefix| left(&harness, prefix))
        .collect();
    assert_eq!(lefts, [0, 3, 3], "two of the first, then two of the last");
    for _ in 0..3 {
        harness.end_block();
    }
    let lefts: Vec<_> = prefixes
        .iter()
        .map(|prefix| left(&harness, prefix))
        .collect();
    assert_eq!(lefts, [0, 0, 0]);
    assert!(!harness.state().contains_key(&b"deletion"[..]));
}

#[test]
fn deletion_queue_full() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let (address, _) = with_items(&mut harness, 0, 0);
    let dummy = Deleted {
        pair_count: 0,
        prefix: [0; 32],
    };
    harness.put(b"deletion", vec![dummy; 1024].encode());
    let receipt = harness.fail(call(ALICE, address, &[]), "DeletionQueueFull");
    assert!(harness.alive(&address).is_some());
    assert_gas!(receipt, 1_177_850_932);
    harness.go_to_block(5);
    let receipt = harness.fail(claim(ALICE, address, true), "DeletionQueueFull");
    assert!(harness.alive(&address).is_some());
    assert!(receipt.events.is_empty());
    // Nothing is told of what it used: the whole base.
    assert_eq!(receipt.gas_consumed, receipt.gas_limit);
    // When there is room again, it works.
    harness.end_block();
    assert_eq!(
        harness.execute(claim(ALICE, address, true)).outcome,
        Outcome::Success
    );
}
