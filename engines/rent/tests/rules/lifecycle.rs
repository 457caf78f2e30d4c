//! Contracts that end themselves, or try to.

use crate::{
    fixtures::{self, making, through},
    harness::{
        blake2_256, call, code_bytes, deploy, rent, Harness, Succeed, ALICE, DJANGO, THRESHOLD,
    },
};
use pink_engine_rent::V1_0;
use pink_engine_sdk::types::{AccountId, Event};

fn terminator() -> (Harness<V1_0>, Vec<u8>, AccountId) {
    let mut harness = Harness::new();
    harness.fund(ALICE, 1_000_000);
    harness.fund(DJANGO, 1_000_000);
    let code = fixtures::terminator(&DJANGO);
    let address = harness
        .succeed(deploy(ALICE, &code, 100_000))
        .address
        .unwrap();
    (harness, code, address)
}

#[test]
fn self_destruct_works() {
    let (mut harness, code, address) = terminator();
    let bytes = code_bytes(&harness, &code);
    harness.go_to_block(2);
    let receipt = harness.succeed(call(ALICE, address, &[]));
    let first = rent(bytes, 0, 100_000);
    let left = 100_000 - first - rent(bytes, 0, 100_000 - first);
    assert_eq!(
        receipt.events,
        [
            Event::KilledAccount { account: address },
            Event::Transfer {
                from: address,
                to: DJANGO,
                amount: left
            },
            Event::CodeRemoved {
                code_hash: blake2_256(&code),
                deposit_released: 0,
                remover: address
            },
            Event::Terminated {
                contract: address,
                beneficiary: DJANGO
            },
        ]
    );
    assert!(harness.contract(&address).is_none());
    assert_eq!(harness.free(&DJANGO), 1_000_000 + left);
    assert!(receipt.output.is_empty());
    assert_gas!(receipt, 1_180_683_277);
}

#[test]
fn cannot_self_destruct_while_live() {
    let (mut harness, _, address) = terminator();
    let receipt = harness.fail(call(ALICE, address, &[0]), "ContractTrapped");
    assert!(harness.alive(&address).is_some());
    assert_eq!(harness.free(&DJANGO), 1_000_000);
    assert_gas!(receipt, 1_345_984_012);
}

#[test]
fn cannot_self_destruct_in_constructor() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::terminating_constructor();
    let receipt = harness.fail(deploy(ALICE, &code, 100_000), "NotCallable");
    assert!(receipt.events.is_empty());
    assert_eq!(harness.refcount(&code), 0);
    assert_eq!(harness.free(&ALICE), 1_000_000);
    assert_gas!(receipt, 1_490_092_427);
}

#[test]
fn cannot_self_destruct_through_draning() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let address = harness
        .succeed(deploy(ALICE, &fixtures::payer(), 100_000))
        .address
        .unwrap();
    let all = harness.free(&address);
    for value in [all, all - 1, all - THRESHOLD + 1] {
        let input = [&[0; 32][..], &value.to_le_bytes()].concat();
        let receipt = harness.succeed(call(ALICE, address, &input));
        assert_eq!(receipt.output, [4, 0, 0, 0]);
        assert_eq!(harness.free(&address), all);
    }
}

/// A contract ends another that it made, and sends it money afterwards: that makes a plain
/// account, and no contract.
#[test]
fn destroy_contract_and_transfer_funds() {
    let (mut harness, code, _) = terminator();
    let factory = harness
        .succeed(deploy(ALICE, &fixtures::factory(), 200_000))
        .address
        .unwrap();
    let input = making(&blake2_256(&code), 0, 100_000, [0x47; 4], &[]);
    harness.succeed(call(ALICE, factory, &input));
    let child = harness.address(&factory, &code, &[0x47; 4]);
    assert!(harness.alive(&child).is_some());
    let proxy = harness
        .succeed(deploy(ALICE, &fixtures::proxy(), 200_000))
        .address
        .unwrap();
    let receipt = harness.succeed(call(ALICE, proxy, &through(&child, 0, 0, &[])));
    assert_eq!(receipt.output[..4], [0; 4]);
    assert!(harness.contract(&child).is_none());
    assert_gas!(receipt, 1_351_575_881);
    let payer = harness
        .succeed(deploy(ALICE, &fixtures::payer(), 200_000))
        .address
        .unwrap();
    let input = [&child[..], &1_000_u128.to_le_bytes()].concat();
    let receipt = harness.succeed(call(ALICE, payer, &input));
    assert_eq!(receipt.output, [0; 4]);
    assert_eq!(harness.free(&child), 1_000);
    assert!(harness.contract(&child).is_none());
}

/// The dead account of a contract takes its storage with it only when that is deleted; the
/// address begins anew.
#[test]
fn an_address_that_is_used_again_begins_empty() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 10_000_000);
    harness.fund(DJANGO, 1_000);
    // Stores in its constructor, ends itself when called.
    let code = fixtures::custom(
        &[
            "seal_set_storage",
            "seal_terminate",
            "seal_input",
            "seal_get_storage",
        ],
        r#"(data (i32.const 512) "\04")"#,
        "(if (i32.ne (i32.const 3)
                (call $seal_get_storage (i32.const 1024) (i32.const 600) (i32.const 512)))
            (then (unreachable)))
        (call $seal_set_storage (i32.const 1024) (i32.const 8) (i32.const 4))",
        "(call $seal_terminate (i32.const 200) (i32.const 32))",
    );
    let first = harness
        .succeed(deploy(ALICE, &code, 100_000))
        .address
        .unwrap();
    let prefix = harness.alive(&first).unwrap().prefix;
    harness.succeed(call(ALICE, first, &[]));
    let second = harness
        .succeed(deploy(ALICE, &code, 100_000))
        .address
        .unwrap();
    assert_eq!(first, second);
    assert_ne!(harness.alive(&second).unwrap().prefix, prefix);
    let counter = |number: u64| blake2_256(&[&first[..], &number.to_le_bytes()].concat());
    assert_eq!(prefix, counter(1));
    assert_eq!(harness.alive(&second).unwrap().prefix, counter(2));
}
