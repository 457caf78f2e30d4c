//! What isn't stable, behind a rule that is off in 2.0, and what is deprecated.

mod common;

use common::*;
use parity_scale_codec::Encode;
use pink_engine_deposit::{Limits, Release, Rules};
use pink_engine_sdk::{types::*, Host};

/// 2.0 with the rule on, and little transient storage.
struct Unstable;

impl Release for Unstable {
    const RULES: Rules = Rules {
        limits: Limits {
            unstable_functions: true,
            transient_bytes: 4096,
            ..RULES.limits
        },
        ..RULES
    };
}

const IMPORTS: &str = r#"
    (import "seal0" "set_transient_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "get_transient_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "contains_transient_storage" (func $contains (param i32 i32) (result i32)))
    (import "seal0" "clear_transient_storage" (func $clear (param i32 i32) (result i32)))
    (import "seal0" "take_transient_storage" (func $take (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "reentrance_count" (func $count (result i32)))
    (import "seal0" "account_reentrance_count" (func $account_count (param i32) (result i32)))
    (import "seal0" "address" (func $address (param i32 i32)))
    (import "seal1" "gas_left" (func $left (param i32 i32)))
    (import "seal1" "weight_to_fee" (func $fee (param i64 i64 i32 i32)))
    (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
"#;

#[test]
fn transient_storage_lasts_a_call_stack() {
    let mut chain: Chain<Unstable> = Chain::with_rules();
    let contract = chain.make_wat(&module(
        IMPORTS,
        r#"(i32.store (i32.const 8000) (i32.const 100))
           (i32.store (i32.const 9100) (call $contains (i32.const 4) (i32.const 3)))
           (i32.store (i32.const 9104) (call $set (i32.const 4) (i32.const 3) (i32.const 0) (i32.const 10)))
           (i32.store (i32.const 9108) (call $contains (i32.const 4) (i32.const 3)))
           (i32.store (i32.const 9112) (call $get (i32.const 4) (i32.const 3) (i32.const 10000) (i32.const 8000)))
           (i32.store (i32.const 9116) (call $take (i32.const 4) (i32.const 3) (i32.const 10000) (i32.const 8000)))
           (i32.store (i32.const 9120) (call $get (i32.const 4) (i32.const 3) (i32.const 10000) (i32.const 8000)))
           (i32.store (i32.const 9124) (call $set (i32.const 4) (i32.const 3) (i32.const 0) (i32.const 5)))
           (i32.store (i32.const 9128) (call $clear (i32.const 4) (i32.const 3)))
           (i32.store (i32.const 9132) (call $set (i32.const 4) (i32.const 3) (i32.const 0) (i32.load (i32.const 7))))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 36))"#,
    ));
    let none = u32::MAX;
    for _ in 0..2 {
        let receipt = chain.call(contract, &[1, 2, 3, 7, 0, 0, 0]);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        let words = [none, none, 10, 0, 0, 3, none, 5, none];
        assert_eq!(receipt.output, words.encode());
    }
    let receipt = chain.call(contract, &[1, 2, 3, 0, 16, 0, 0]);
    assert_eq!(error(&receipt), "OutOfTransientStorage");
}

/// First → other → first: the inner frame sees and replaces the value of the outer one, the other
/// contract sees nothing of it, and what a failing frame wrote is gone.
#[test]
fn transient_storage_is_a_contracts_own_over_its_frames() {
    let mut chain: Chain<Unstable> = Chain::with_rules();
    // Input: 0 the outer frame, then the other's account; 1 the inner frame; 2 one that writes and
    // traps; 3 the other, then whom to call with what follows. A value is read before it is written.
    let contract = |chain: &mut Chain<Unstable>| {
        chain.make_wat(&module(
            IMPORTS,
            r#"(local $op i32)
               (local.set $op (i32.load8_u (i32.const 4)))
               (i32.store (i32.const 8000) (i32.const 8))
               (i32.store (i32.const 9500) (i32.const 0x6b))
               (i32.store (i32.const 9000) (call $get (i32.const 9500) (i32.const 1) (i32.const 9004) (i32.const 8000)))
               (if (i32.eq (local.get $op) (i32.const 0)) (then
                 (i32.store (i32.const 9600) (i32.const 0x0201))
                 (drop (call $set (i32.const 9500) (i32.const 1) (i32.const 9600) (i32.const 2)))
                 (i32.store (i32.const 8004) (i32.const 32))
                 (i32.store8 (i32.const 9700) (i32.const 3))
                 (call $address (i32.const 9701) (i32.const 8004))
                 (i32.store8 (i32.const 9733) (i32.load8_u (i32.const 37)))
                 (i32.store (i32.const 8004) (i32.const 64))
                 (drop (call $call (i32.const 8) (i32.const 5) (i64.const 0) (i32.const 9800) (i32.const 9700) (i32.const 34) (i32.const 9100) (i32.const 8004)))
                 (i32.store (i32.const 8000) (i32.const 8))
                 (i32.store (i32.const 9000) (call $get (i32.const 9500) (i32.const 1) (i32.const 9004) (i32.const 8000)))
                 (call $return (i32.const 0) (i32.const 9000) (i32.const 158))))
               (if (i32.eq (local.get $op) (i32.const 3)) (then
                 (i32.store (i32.const 8004) (i32.const 64))
                 (drop (call $call (i32.const 8) (i32.const 5) (i64.const 0) (i32.const 9800) (i32.const 37) (i32.const 1) (i32.const 9050) (i32.const 8004)))
                 (i32.store (i32.const 8000) (i32.const 8))
                 (i32.store (i32.const 9000) (call $get (i32.const 9500) (i32.const 1) (i32.const 9004) (i32.const 8000)))
                 (call $return (i32.const 0) (i32.const 9000) (i32.const 60))))
               (i32.store (i32.const 9600) (i32.const 3))
               (drop (call $set (i32.const 9500) (i32.const 1) (i32.const 9600) (i32.const 1)))
               (if (i32.eq (local.get $op) (i32.const 2)) (then unreachable))
               (call $return (i32.const 0) (i32.const 9000) (i32.const 8))"#,
        ))
    };
    let (first, other) = (contract(&mut chain), contract(&mut chain));
    for (inner, value) in [(1u8, [3u8, 0]), (2, [1, 2])] {
        let mut input = vec![0];
        input.extend(other);
        input.push(inner);
        let receipt = chain.call(first, &input);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        let output = &receipt.output;
        // The outer frame after the call: success, and the value.
        assert_eq!(output[..4], [0; 4]);
        assert_eq!(output[4], value[0], "{inner}");
        if inner == 2 {
            assert_eq!(output[4..6], value);
        }
        // The other contract: no such key.
        assert_eq!(output[100..104], 3u32.to_le_bytes());
        if inner == 1 {
            // The inner frame found what the outer one had written.
            assert_eq!(output[150..154], [0; 4]);
            assert_eq!(output[154..156], [1, 2]);
        }
    }
}

#[test]
fn reentrance_is_counted() {
    let mut chain: Chain<Unstable> = Chain::with_rules();
    // Calls itself as often as the first byte says, then tells the counts.
    let contract = chain.make_wat(&module(
        IMPORTS,
        r#"(i32.store (i32.const 9000) (i32.const 32))
           (call $address (i32.const 9100) (i32.const 9000))
           (if (i32.load8_u (i32.const 4)) (then
             (i32.store8 (i32.const 4) (i32.sub (i32.load8_u (i32.const 4)) (i32.const 1)))
             (drop (call $call (i32.const 12) (i32.const 9100) (i64.const 0) (i32.const 9200) (i32.const 4) (i32.const 1) (i32.const -1) (i32.const 0)))))
           (i32.store (i32.const 9300) (call $count))
           (i32.store (i32.const 9304) (call $account_count (i32.const 9100)))
           (call $return (i32.const 0) (i32.const 9300) (i32.const 8))"#,
    ));
    for depth in 0..3u8 {
        let receipt = chain.call(contract, &[depth]);
        let counts = [u32::from(depth), u32::from(depth) + 1];
        assert_eq!(receipt.output, counts.encode(), "{receipt:?}");
    }
}

#[test]
fn delegate_calls_are_no_reentrance() {
    let mut chain: Chain<Unstable> = Chain::with_rules();
    let imports = format!(
        r#"{IMPORTS}
        (import "seal0" "delegate_call" (func $delegate (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "seal0" "own_code_hash" (func $hash (param i32 i32)))"#
    );
    // Calls its own code by delegate as often as the first byte says.
    let contract = chain.make_wat(&module(
        &imports,
        r#"(if (i32.load8_u (i32.const 4)) (then
             (i32.store8 (i32.const 4) (i32.sub (i32.load8_u (i32.const 4)) (i32.const 1)))
             (i32.store (i32.const 9000) (i32.const 32))
             (call $hash (i32.const 9100) (i32.const 9000))
             (i32.store (i32.const 9000) (i32.const 4))
             (drop (call $delegate (i32.const 0) (i32.const 9100) (i32.const 4) (i32.const 1) (i32.const 9300) (i32.const 9000)))
             (call $return (i32.const 0) (i32.const 9300) (i32.const 4))))
           (i32.store (i32.const 9300) (call $count))
           (call $return (i32.const 0) (i32.const 9300) (i32.const 4))"#,
    ));
    for depth in 0..3u8 {
        let receipt = chain.call(contract, &[depth]);
        assert_eq!(receipt.output, 0u32.encode(), "{receipt:?}");
    }
}

#[test]
fn both_dimensions_can_be_asked_for() {
    let mut chain: Chain<Unstable> = Chain::with_rules();
    let contract = chain.make_wat(&module(
        IMPORTS,
        r#"(i32.store (i32.const 9000) (i32.const 20))
           (call $left (i32.const 9100) (i32.const 9000))
           (i32.store (i32.const 9004) (i32.const 16))
           (call $fee (i64.const 10) (i64.const 99) (i32.const 9200) (i32.const 9004))
           (call $return (i32.const 0) (i32.const 9200) (i32.const 16))"#,
    ));
    let receipt = chain.call(contract, &[]);
    assert_eq!(receipt.output, (10 * GAS_PRICE).encode());
}

/// Puts a contract into the state as an upgrade would leave it.
fn old_contract(chain: &mut Chain, code: Vec<u8>, status: u8) -> AccountId {
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&code)
        .as_bytes()
        .try_into()
        .unwrap();
    let address = [0x0d; 32];
    let key = |space: &str, name: &Hash| [space.as_bytes(), name].concat();
    let info = (ALICE, 0u128, 1u64, 0u8, code.len() as u32, status).encode();
    let contract = (
        hash,
        0u64,
        None::<Hash>,
        (0u64, 0u64),
        (0u128, 0u128, 0u128),
        0u8,
    )
        .encode();
    let account = (5_000u128, 0u128, 0u128, true).encode();
    let mut changes = vec![
        (key("account/", &address), Some(account)),
        (key("code/", &hash), Some(code)),
        (key("codeinfo/", &hash), Some(info)),
        (key("contract/", &address), Some(contract)),
    ];
    changes.sort();
    chain.host.commit(changes).unwrap();
    address
}

#[test]
fn old_contracts_go_on() {
    let code = wat(&module(
        r#"(import "seal0" "seal_random" (func $random (param i32 i32 i32 i32)))
           (import "seal1" "seal_random" (func $random_1 (param i32 i32 i32 i32)))
           (import "seal0" "seal_tombstone_deposit" (func $tombstone (param i32 i32)))
           (import "seal0" "seal_rent_allowance" (func $allowance (param i32 i32)))
           (import "seal0" "seal_set_rent_allowance" (func $set (param i32 i32)))
           (import "seal0" "seal_restore_to" (func $restore (param i32 i32 i32 i32 i32 i32 i32 i32)))"#,
        r#"(i32.store (i32.const 9000) (i32.const 100))
           (call $random (i32.const 4) (i32.const 5) (i32.const 9100) (i32.const 9000))
           (i32.store (i32.const 9000) (i32.const 100))
           (call $random_1 (i32.const 4) (i32.const 5) (i32.const 9132) (i32.const 9000))
           (i32.store (i32.const 9000) (i32.const 100))
           (call $tombstone (i32.const 9168) (i32.const 9000))
           (i32.store (i32.const 9000) (i32.const 100))
           (call $allowance (i32.const 9184) (i32.const 9000))
           (call $set (i32.const -1) (i32.const -1))
           (call $restore (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1) (i32.const -1))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 100))"#,
    ));
    let mut chain = Chain::new();
    let contract = old_contract(&mut chain, code.clone(), 1);
    let receipt = chain.call(contract, b"alice");
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let output = &receipt.output;
    assert_eq!(output[..32], output[32..64]);
    // BLAKE2b-256 of the block's entropy and the subject, by another implementation.
    let hex: String = output[..32]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hex,
        "d2a42db8a2f10e294fccd38d4d787b782f99127d5fda81556445ff6e6f362cae"
    );
    assert_eq!(output[64..68], chain.block.number.to_le_bytes());
    assert_eq!(output[68..84], [0; 16]);
    assert_eq!(output[84..100], [0xff; 16]);
    // No new one of it.
    let hash = chain.contract(contract).unwrap().code_hash;
    let receipt = chain.instantiate(Code::Existing(hash), &[]);
    assert_eq!(error(&receipt), "CodeRejected");
    let receipt = chain.instantiate(Code::Upload(code.clone()), &[]);
    assert_eq!(error(&receipt), "CodeRejected");
    // Nor is it taken for new code because it is there.
    assert_eq!(error(&chain.upload(&code)), "CodeRejected");
}

#[test]
fn disabled_code_never_runs() {
    let mut chain = Chain::new();
    let contract = old_contract(&mut chain, b"whatever it was".to_vec(), 2);
    assert_eq!(error(&chain.call(contract, &[])), "CodeRejected");
    let caller = chain.make_wat(&module(
        r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $call (i32.const 0) (i32.const 4) (i64.const 0) (i32.const 9200) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    assert_eq!(chain.call(caller, &contract).output, [8]);
}

/// As the pallet allows it: only code that can't run at all is none.
#[test]
fn code_can_become_an_old_one() {
    let old = wat(&module(
        r#"(import "seal0" "seal_tombstone_deposit" (func $tombstone (param i32 i32)))"#,
        r#"(i32.store (i32.const 9000) (i32.const 16)) (call $tombstone (i32.const 9100) (i32.const 9000))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 16))"#,
    ));
    for (status, code) in [(1, 0u32), (2, 7)] {
        let mut chain = Chain::new();
        let there = old_contract(&mut chain, old.clone(), status);
        let hash = chain.contract(there).unwrap().code_hash;
        let contract = chain.puppet(0);
        let exchange = common::puppet::Script::new().set_code_hash(hash);
        let receipt = chain.call(contract, &exchange.0);
        assert_eq!(receipt.output, code.encode());
        if status == 1 {
            // 20,000,000 ps and 256 bytes for loading it, 170,000 ps and a byte for each of its 268.
            assert_eq!(old.len(), 268);
            assert_eq!(
                gas(&receipt),
                figure(769_430_700 + 20_000_000 + 268 * 170_000, 3_576 + 256 + 268)
            );
            assert_eq!(chain.call(contract, &[]).output, [0; 16]);
        }
    }
}
