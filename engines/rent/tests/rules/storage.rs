//! What is counted of a contract's storage.

use crate::{
    fixtures,
    harness::{call, deploy, Harness, Succeed, ALICE},
};
use pink_engine_rent::V1_0;
use pink_engine_sdk::types::AccessError;

#[test]
fn storage_size() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let address = harness
        .succeed(deploy(ALICE, &fixtures::tenant(), 30_000))
        .address
        .unwrap();
    let counts = |harness: &Harness<V1_0>| {
        let contract = harness.alive(&address).unwrap();
        (contract.storage_size, contract.pair_count)
    };
    assert_eq!(counts(&harness), (4, 1));
    let set = harness.succeed(call(ALICE, address, &[0; 4]));
    assert_eq!(counts(&harness), (8, 2));
    let clear = harness.succeed(call(ALICE, address, &[0; 8]));
    assert_eq!(counts(&harness), (4, 1));
    // Again is nothing, but a write.
    harness.go_to_block(2);
    harness.succeed(call(ALICE, address, &[0; 8]));
    assert_eq!(counts(&harness), (4, 1));
    assert_eq!(harness.alive(&address).unwrap().last_write, Some(2));
    assert_gas!(set, 807_761_036);
    assert_gas!(clear, 668_898_522);
}

#[test]
fn empty_kv_pairs() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::custom(
        &["seal_set_storage"],
        "",
        "(call $seal_set_storage (i32.const 0) (i32.const 0) (i32.const 0))",
        "",
    );
    let receipt = harness.succeed(deploy(ALICE, &code, 30_000));
    let address = receipt.address.unwrap();
    let contract = harness.alive(&address).unwrap();
    assert_eq!((contract.storage_size, contract.pair_count), (0, 1));
    assert_eq!(harness.storage(&address, &[0; 32]), Some(vec![]));
    assert_gas!(receipt, 1_118_033_173);
}

/// Money that leaves a contract's account takes nothing of its storage with it.
#[test]
fn account_removal_does_not_remove_storage() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let address = harness
        .succeed(deploy(ALICE, &fixtures::tenant(), 30_000))
        .address
        .unwrap();
    harness.set_free(&address, 0);
    assert_eq!(harness.storage(&address, &[0; 32]), Some(vec![0; 4]));
}

#[test]
fn get_storage() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let address = harness
        .succeed(deploy(ALICE, &fixtures::tenant(), 30_000))
        .address
        .unwrap();
    let get = |harness: &Harness<V1_0>, who: &_, key: &[u8]| harness.storage_at(who, key);
    assert_eq!(get(&harness, &address, &[0; 32]), Ok(Some(vec![0; 4])));
    assert_eq!(get(&harness, &address, &[1; 32]), Ok(None));
    assert_eq!(get(&harness, &address, &[0; 31]), Err(AccessError::BadKey));
    assert_eq!(
        get(&harness, &ALICE, &[0; 32]),
        Err(AccessError::DoesntExist)
    );
    let view = harness.contract_view(&address).unwrap();
    assert_eq!(
        (view.storage_bytes, view.storage_items, view.tombstone),
        (4, 1, false)
    );
    assert_eq!(
        view.code_hash,
        crate::harness::blake2_256(&fixtures::tenant())
    );
    harness.go_to_block(400);
    harness.succeed(crate::harness::claim(ALICE, address, true));
    assert_eq!(
        get(&harness, &address, &[0; 32]),
        Err(AccessError::IsTombstone)
    );
    assert!(harness.contract_view(&address).unwrap().tombstone);
}
