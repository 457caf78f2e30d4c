//! Tombstones, and what it takes to bring one back.

use crate::{
    fixtures::{self, delta_key},
    harness::{blake2_256, call, claim, deploy, Harness, Succeed, ALICE, CHARLIE},
};
use pink_engine_rent::{Alive, Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Event, Receipt};

struct Case<V> {
    harness: Harness<V>,
    bob: AccountId,
    django: AccountId,
    /// The restorer, before the attempt.
    before: Alive,
    receipt: Receipt,
}

/// A contract is evicted; another with the same storage, one item more and other code tries to
/// restore it.
fn attempt<V: Release>(different_storage: bool, dirty: bool, code_gone: bool) -> Case<V> {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000);
    harness.fund(CHARLIE, 1_000_000);
    let (tenant, restorer) = (fixtures::tenant(), fixtures::restorer());
    let mut message = deploy(ALICE, &tenant, 30_000);
    message.input = 10_000_u128.to_le_bytes().to_vec();
    let bob = harness.succeed(message.clone()).address.unwrap();
    if !code_gone {
        message.salt = vec![1];
        harness.succeed(message);
        assert_eq!(harness.refcount(&tenant), 2);
    }
    if different_storage {
        harness.succeed(call(ALICE, bob, &[0; 4]));
    }
    harness.go_to_block(27);
    harness.fail(call(ALICE, bob, &[]), "NotCallable");
    harness.succeed(claim(ALICE, bob, true));
    assert!(harness.is_tombstone(&bob));
    assert_eq!(harness.refcount(&tenant), if code_gone { 0 } else { 1 });

    let made = harness.succeed(deploy(CHARLIE, &restorer, 30_000));
    let django = made.address.unwrap();
    if !dirty {
        harness.go_to_block(28);
    }
    let before = harness.alive(&django).unwrap();
    assert_eq!((before.storage_size, before.pair_count), (8, 2));
    let input = [&blake2_256(&tenant)[..], &bob].concat();
    let message = call(ALICE, django, &input);
    let receipt = harness.execute(pink_engine_sdk::types::Message::Call(message));
    Case {
        harness,
        bob,
        django,
        before,
        receipt,
    }
}

fn refused(different_storage: bool, dirty: bool, code_gone: bool, error: &str) {
    let Case {
        harness,
        bob,
        django,
        before,
        receipt,
    } = attempt::<V1_0>(different_storage, dirty, code_gone);
    match &receipt.outcome {
        pink_engine_sdk::types::Outcome::Trapped(failure) => assert_eq!(failure.error, error),
        outcome => panic!("{outcome:?}"),
    }
    assert!(receipt.events.is_empty());
    assert!(harness.is_tombstone(&bob));
    let after = harness.alive(&django).unwrap();
    assert_eq!(after.storage_size, 8);
    assert_eq!(after.prefix, before.prefix);
    assert_eq!(after.deduct_block, harness.block.number);
    assert_eq!(
        harness.storage(&django, &delta_key()),
        Some(vec![40, 0, 0, 0])
    );
}

#[test]
fn restorations_dirty_storage_and_different_storage() {
    refused(true, true, false, "InvalidContractOrigin");
}

#[test]
fn restorations_dirty_storage() {
    refused(false, true, false, "InvalidContractOrigin");
}

#[test]
fn restoration_different_storage() {
    refused(true, false, false, "InvalidTombstone");
}

#[test]
fn restoration_code_evicted() {
    refused(false, false, true, "CodeNotFound");
}

fn restored<V: Release>(items: u32) {
    let Case {
        harness,
        bob,
        django,
        before,
        receipt,
    } = attempt::<V>(false, false, false);
    assert_eq!(receipt.outcome, pink_engine_sdk::types::Outcome::Success);
    let tenant = fixtures::tenant();
    assert_eq!(harness.refcount(&tenant), 2);
    assert_eq!(harness.refcount(&fixtures::restorer()), 0);
    assert_eq!(
        harness.alive(&bob),
        Some(Alive {
            prefix: before.prefix,
            storage_size: 4,
            pair_count: items,
            code_hash: blake2_256(&tenant),
            rent_allowance: 50,
            rent_paid: 0,
            deduct_block: 28,
            last_write: Some(28),
        })
    );
    assert!(harness.contract(&django).is_none());
    assert_eq!(harness.storage(&bob, &delta_key()), None);
    assert_eq!(harness.storage(&bob, &[0; 32]), Some(vec![0; 4]));
    assert_eq!(harness.free(&django), 0);
    assert_eq!(
        receipt.events,
        [
            Event::CodeRemoved {
                code_hash: blake2_256(&fixtures::restorer()),
                deposit_released: 0,
                remover: django,
            },
            Event::KilledAccount { account: django },
            Event::Restored {
                restorer: django,
                dest: bob,
                code_hash: blake2_256(&tenant),
                rent_allowance: 50,
            },
        ]
    );
}

#[test]
fn restoration_success() {
    // 1.0 goes on counting the item that the delta deleted.
    restored::<V1_0>(2);
    restored::<V1_1>(1);
}

#[test]
fn restoration_costs_gas() {
    let old = attempt::<V1_0>(false, false, false).receipt;
    let failed = attempt::<V1_0>(true, false, false).receipt;
    assert_gas!(old, 1_527_010_858);
    assert_gas!(failed, 1_525_029_990);
}

/// BLAKE2b-256 over the SCALE of the storage's root, as bytes, and the hash of the code.
#[test]
fn a_tombstone_is_a_hash_over_storage_and_code() {
    use pink_engine_rent::Contract;
    use sp_trie::{LayoutV0, TrieConfiguration};
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let mut message = deploy(ALICE, &fixtures::tenant(), 30_000);
    message.input = 10_000_u128.to_le_bytes().to_vec();
    let address = harness.succeed(message).address.unwrap();
    harness.succeed(call(ALICE, address, &[0; 4]));
    harness.go_to_block(27);
    harness.succeed(claim(ALICE, address, true));
    let root = LayoutV0::<sp_core::Blake2Hasher>::trie_root([
        (blake2_256(&[0; 32]), vec![0; 4]),
        (blake2_256(&delta_key()), vec![0; 4]),
    ]);
    let bytes = [
        &[0x80][..],
        root.as_bytes(),
        &blake2_256(&fixtures::tenant()),
    ]
    .concat();
    assert_eq!(
        harness.contract(&address),
        Some(Contract::Tombstone(blake2_256(&bytes)))
    );
}

/// The demonstration's story: money and life after the restoration.
#[test]
fn a_restored_contract_lives_on() {
    let Case {
        mut harness, bob, ..
    } = attempt::<V1_1>(false, false, false);
    let bytes = crate::harness::code_bytes(&harness, &fixtures::tenant()) / 2 + 4;
    let before = harness.free(&bob);
    harness.go_to_block(29);
    // Its allowance of 50 doesn't pay a block.
    let fee = crate::harness::rent(bytes, 1, before);
    assert!(fee > 50);
    harness.fail(call(ALICE, bob, &[]), "NotCallable");
    harness.succeed(claim(ALICE, bob, true));
    assert!(harness.is_tombstone(&bob));
    assert_eq!(harness.free(&bob), before - 50);
}

/// Giving away a contract that is live further down the stack is denied: the same call works as
/// soon as it is the first one.
#[test]
fn a_live_contract_can_not_restore() {
    let Case {
        mut harness,
        bob,
        django,
        ..
    } = attempt::<V1_0>(false, true, false);
    harness.go_to_block(28);
    let input = [&blake2_256(&fixtures::tenant())[..], &bob].concat();
    let again = [&input[..], &[0]].concat();
    let receipt = harness.fail(call(ALICE, django, &again), "ContractTrapped");
    assert!(receipt.events.is_empty());
    assert!(harness.is_tombstone(&bob));
    assert_gas!(receipt, 1_691_279_285);
    let receipt = harness.succeed(call(ALICE, django, &input));
    assert!(harness.alive(&bob).is_some());
    assert_gas!(receipt, 1_527_010_858);
    // And what isn't a tombstone can't be restored.
    let other = harness.succeed(deploy(CHARLIE, &fixtures::restorer(), 30_000));
    harness.go_to_block(29);
    let receipt = harness.fail(
        call(ALICE, other.address.unwrap(), &input),
        "InvalidDestinationContract",
    );
    assert_gas!(receipt, 1_521_658_902);
}
