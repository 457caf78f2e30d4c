//! What a contract learns about its call, and the order of what happens around it.

use crate::{
    fixtures::{self, through},
    harness::{call, deploy, Harness, Succeed, ALICE, BOB, ED},
};
use parity_scale_codec::{Decode, Encode};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Balance, Call, Event, Message, Receipt};

fn rich<V: Release>() -> Harness<V> {
    let mut harness = Harness::new();
    harness.fund(ALICE, 1_000_000_000);
    harness
}

fn made<V: Release>(harness: &mut Harness<V>, code: &[u8]) -> AccountId {
    let receipt = harness.succeed(deploy(ALICE, code, 1_000_000));
    receipt.address.unwrap()
}

fn asked<T: Decode>(receipt: &Receipt) -> T {
    let mut rest = &receipt.output[..];
    let value = T::decode(&mut rest).unwrap();
    assert!(rest.is_empty());
    value
}

/// Calls a contract that returns what a function says.
fn tell<T: Decode>(harness: &mut Harness<V1_0>, function: &str, value: Balance) -> (AccountId, T) {
    let contract = made(harness, &fixtures::tells(function));
    let receipt = harness.succeed(Call {
        value,
        ..call(ALICE, contract, &[])
    });
    (contract, asked(&receipt))
}

#[test]
fn functions_tell_what_is() {
    let mut harness = rich::<V1_0>();
    harness.go_to_block(12);
    assert_eq!(tell::<AccountId>(&mut harness, "seal_caller", 0).1, ALICE);
    let (contract, told) = tell::<AccountId>(&mut harness, "seal_address", 0);
    assert_eq!(told, contract);
    assert_eq!(
        tell::<Balance>(&mut harness, "seal_value_transferred", 4_321).1,
        4_321_u128
    );
    assert_eq!(
        tell::<Balance>(&mut harness, "seal_minimum_balance", 0).1,
        ED
    );
    assert_eq!(
        tell::<Balance>(&mut harness, "seal_tombstone_deposit", 0).1,
        16_u128
    );
    assert_eq!(tell::<u32>(&mut harness, "seal_block_number", 0).1, 12_u32);
    assert_eq!(
        tell::<u64>(&mut harness, "seal_now", 0).1,
        1_600_000_072_000_u64
    );
    // With the value of the call.
    let (contract, told) = tell::<Balance>(&mut harness, "seal_balance", 100);
    assert_eq!(told, harness.free(&contract));
    let (contract, told) = tell::<Balance>(&mut harness, "seal_rent_allowance", 0);
    assert_eq!(told, harness.alive(&contract).unwrap().rent_allowance);
}

#[test]
fn caller_and_address_in_a_nested_call() {
    let mut harness = rich::<V1_0>();
    let proxy = made(&mut harness, &fixtures::proxy());
    for (function, is_caller) in [("seal_caller", true), ("seal_address", false)] {
        let contract = made(&mut harness, &fixtures::tells(function));
        let input = through(&contract, 0, 0, &[]);
        let receipt = harness.succeed(call(ALICE, proxy, &input));
        let expected = if is_caller { proxy } else { contract };
        assert_eq!(
            receipt.output,
            [&[0, 0, 0, 0, 32, 0, 0, 0][..], &expected].concat()
        );
        assert_eq!(harness.succeed(call(BOB, contract, &[])).output.len(), 32);
    }
}

/// `gas_left` only goes down, and is what the meter says after it was paid for.
#[test]
fn gas_left() {
    let mut harness = rich::<V1_0>();
    let code = fixtures::custom(
        &["seal_gas_left", "seal_return"],
        r#"(data (i32.const 0) "\08") (data (i32.const 4) "\08")"#,
        "",
        "(call $seal_gas_left (i32.const 16) (i32.const 0))
        (call $seal_gas_left (i32.const 24) (i32.const 4))
        (call $seal_return (i32.const 0) (i32.const 16) (i32.const 16))",
    );
    let contract = made(&mut harness, &code);
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    let (first, second) = asked::<(u64, u64)>(&receipt);
    // One function's price; reading the buffer's length was charged and given back.
    assert_eq!(first - second, 2_644_670);
    let block = 1_245_990 + 7 * 1_656 + 3 * 96_395;
    assert_eq!(crate::harness::GAS - first, block + 2_644_670);
    assert_gas!(receipt, 520_914_347);
}

#[test]
fn weight_to_fee() {
    let mut setup = crate::harness::test_setup(&crate::harness::test_config());
    setup.gas_price = 7;
    let mut harness = Harness::<V1_0>::with(setup);
    harness.fund(ALICE, 1_000_000_000_000);
    let code = fixtures::custom(
        &["seal_weight_to_fee", "seal_return"],
        r#"(data (i32.const 0) "\10")"#,
        "",
        "(call $seal_weight_to_fee (i64.const 1000) (i32.const 16) (i32.const 0))
        (call $seal_return (i32.const 0) (i32.const 16) (i32.const 16))",
    );
    let contract = made(&mut harness, &code);
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    assert_eq!(asked::<Balance>(&receipt), 7_000);
    assert_gas!(receipt, 520_580_736);
}

#[test]
fn set_rent_allowance() {
    let mut harness = rich::<V1_0>();
    let code = fixtures::custom(
        &[
            "seal_set_rent_allowance",
            "seal_rent_allowance",
            "seal_return",
        ],
        r#"(data (i32.const 0) "\10") (data (i32.const 64) "\0a")"#,
        "",
        "(call $seal_set_rent_allowance (i32.const 64) (i32.const 16))
        (call $seal_rent_allowance (i32.const 16) (i32.const 0))
        (call $seal_return (i32.const 0) (i32.const 16) (i32.const 16))",
    );
    let contract = made(&mut harness, &code);
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    assert_eq!(asked::<Balance>(&receipt), 10);
    assert_eq!(harness.alive(&contract).unwrap().rent_allowance, 10);
    assert_gas!(receipt, 528_814_637);
}

#[test]
fn random() {
    let body = |module: &str, len: u32| {
        crate::wasm::wat(&format!(
            r#"(module
            (import "{module}" "seal_random" (func $random (param i32 i32 i32 i32)))
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "env" "memory" (memory 1 1))
            (data (i32.const 0) "\40") (data (i32.const 16) "subject")
            (func (export "deploy"))
            (func (export "call")
                (call $random (i32.const 16) (i32.const {len}) (i32.const 64) (i32.const 0))
                (call $return (i32.const 0) (i32.const 64) (i32.load (i32.const 0)))))"#
        ))
    };
    let seed = crate::harness::blake2_256(&[&[7; 32][..], b"subject"].concat());
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &body("seal0", 7));
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    assert_eq!(receipt.output, seed);
    assert_gas!(receipt, 522_132_215);
    let contract = made(&mut harness, &body("seal0", 33));
    harness.fail(call(ALICE, contract, &[]), "RandomSubjectTooLong");
    // 1.1 also says since when.
    let mut harness = rich::<V1_1>();
    harness.go_to_block(9);
    let contract = made(&mut harness, &body("seal1", 7));
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    assert_eq!(receipt.output, (seed, 8_u32).encode());
    assert_gas!(receipt, 522_135_275);
}

#[test]
fn rent_params() {
    let mut harness = rich::<V1_1>();
    let code = fixtures::tells("seal_rent_params");
    let contract = made(&mut harness, &code);
    harness.go_to_block(3);
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    let prefab = harness.prefab(&code).unwrap();
    let free = harness.free(&contract);
    let balances = (free, free, 66_u128, 80_000_u128, 10_000_u128, 10_000_u128);
    let alive = harness.alive(&contract).unwrap();
    let sizes = (0_u32, prefab.original_len + prefab.instrumented_len, 1_u32);
    let expected = (
        balances,
        alive.rent_allowance,
        400_000_u32,
        sizes,
        None::<()>,
    );
    assert_eq!(receipt.output, expected.encode());
    assert_gas!(receipt, 527_773_885);
}

/// The constructor sees its own contract: address, endowment, a full allowance.
#[test]
fn inside_the_constructor() {
    let mut harness = rich::<V1_0>();
    for (function, expected) in [
        ("seal_balance", 123_456_u128.encode()),
        ("seal_value_transferred", 123_456_u128.encode()),
        ("seal_rent_allowance", Balance::MAX.encode()),
        ("seal_caller", ALICE.encode()),
    ] {
        let code = fixtures::custom(
            &[function, "seal_return"],
            "",
            &format!(
                "(i32.store (i32.const 0) (i32.const 64))
                (call ${function} (i32.const 16) (i32.const 0))
                (call $seal_return (i32.const 0) (i32.const 16) (i32.load (i32.const 0)))"
            ),
            "",
        );
        let receipt = harness.succeed(deploy(ALICE, &code, 123_456));
        assert_eq!(receipt.output, expected, "{function}");
    }
}

#[test]
fn a_contract_makes_another() {
    let mut harness = rich::<V1_0>();
    let child = fixtures::puppet();
    made(&mut harness, &child);
    let factory = made(&mut harness, &fixtures::factory());
    let hash = crate::harness::blake2_256(&child);
    let input = fixtures::making(&hash, 0, 100_000, [9; 4], &[0]);
    let receipt = harness.succeed(call(ALICE, factory, &input));
    let address = harness.address(&factory, &child, &[9; 4]);
    assert_eq!(
        receipt.events,
        [
            Event::NewAccount { account: address },
            Event::Endowed {
                account: address,
                amount: 100_000
            },
            Event::Transfer {
                from: factory,
                to: address,
                amount: 100_000
            },
            Event::Instantiated {
                deployer: factory,
                contract: address
            },
        ]
    );
    assert_eq!(harness.refcount(&child), 2);
    assert_gas!(receipt, 1_139_232_061);
    // One that traps leaves nothing, not even events.
    let input = fixtures::making(&hash, 0, 100_000, [8; 4], &[5]);
    let receipt = harness.succeed(call(ALICE, factory, &input));
    assert_eq!(receipt.output[..4], [1, 0, 0, 0]);
    assert!(receipt.events.is_empty());
    assert_eq!(harness.refcount(&child), 2);
    let address = harness.address(&factory, &child, &[8; 4]);
    assert!(harness.contract(&address).is_none());
    assert_gas!(receipt, 1_422_480_316);
}

#[test]
fn values_move_with_calls() {
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &fixtures::puppet());
    let (alice, held) = (harness.free(&ALICE), harness.free(&contract));
    let receipt = harness.succeed(Call {
        value: 55,
        ..call(ALICE, contract, &[0])
    });
    assert_eq!(
        (harness.free(&ALICE), harness.free(&contract)),
        (alice - 55, held + 55)
    );
    assert_eq!(
        receipt.events,
        [Event::Transfer {
            from: ALICE,
            to: contract,
            amount: 55
        }]
    );
    assert_gas!(receipt, 528_832_925);
    let receipt = harness.execute(Message::Call(Call {
        value: alice,
        ..call(ALICE, contract, &[0])
    }));
    assert!(format!("{:?}", receipt.outcome).contains("TransferFailed"));
    assert_gas!(receipt, 509_326_000);
}
