//! Code that the interpreter translates wrongly if it gets it as it is (see `code::barrier`).

mod common;

use common::*;
use pink_engine_sdk::types::*;

/// Says 1 for zero and 2 for everything else, in three ways, of four numbers each.
const KINDS: &str = r#"(module
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    (func $kind (param $n i32) (result i32)
        (select (i32.const 1) (i32.const 2) (i32.eqz (local.get $n))))
    (func $kind_eq (param $n i32) (result i32)
        (select (i32.const 1) (i32.const 2) (i32.eq (local.get $n) (i32.const 0))))
    (func $kind_ne (param $n i32) (result i32)
        (select (i32.const 2) (i32.const 1) (i32.ne (local.get $n) (i32.const 0))))
    (func $put (param $at i32) (param $n i32)
        (i32.store8 (local.get $at) (call $kind (local.get $n)))
        (i32.store8 offset=4 (local.get $at) (call $kind_eq (local.get $n)))
        (i32.store8 offset=8 (local.get $at) (call $kind_ne (local.get $n))))
    (func (export "deploy"))
    (func (export "call")
        (call $put (i32.const 0) (i32.const 0))
        (call $put (i32.const 1) (i32.const 1))
        (call $put (i32.const 2) (i32.const 7))
        (call $put (i32.const 3) (i32.const -1))
        (call $return (i32.const 0) (i32.const 0) (i32.const 12))))"#;

#[test]
fn selects_after_compares_with_zero() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(KINDS);
    let receipt = chain.send(Message::Call(call(contract, &[])));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.output, [1, 2, 2, 2].repeat(3));
    // With orderings it has as many bytes and operators, and no barrier there: as much gas.
    let orderings = KINDS
        .replace("i32.eq ", "i32.le_u ")
        .replace("i32.ne ", "i32.gt_u ");
    let contract = chain.make_wat(&orderings);
    let other = chain.send(Message::Call(call(contract, &[])));
    assert_eq!(other.output, receipt.output);
    assert_eq!(other.gas_consumed, receipt.gas_consumed);
}

/// Conditions that come to their `select` by a way without a barrier, or by one with it that isn't
/// the compare itself: whether `$n` is zero, in each case.
const WAYS: [&str; 14] = [
    "(local.tee $l (i32.eqz (local.get $n)))",
    "(local.set $l (i32.eqz (local.get $n))) (local.get $l)",
    "(local.set $l (i32.eqz (local.get $n))) (local.tee $l (local.get $l))",
    "(i32.eqz (local.get $n)) (local.tee $l) (local.set $l) (local.get $l)",
    "(global.set $g (i32.eqz (local.get $n))) (global.get $g)",
    "(i32.store (i32.const 64) (i32.eqz (local.get $n))) (i32.load (i32.const 64))",
    "(i32.eqz (call $same (local.get $n)))",
    "(call $is_zero (local.get $n))",
    "(block (result i32) (i32.eqz (local.get $n)))",
    "(loop (result i32) (i32.eqz (local.get $n)))",
    "(if (result i32) (local.get $n) (then (i32.const 0)) (else (i32.eqz (local.get $n))))",
    "(i64.eqz (i64.extend_i32_u (i32.ne (local.get $n) (i32.const 0))))",
    "(i32.lt_u (i32.eqz (i32.eqz (local.get $n))) (i32.const 1))",
    "(i32.eqz (local.get $n)) (nop)",
];

#[test]
fn selects_after_every_way_of_a_condition() {
    for way in WAYS {
        let code = format!(
            r#"(module
            (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
            (import "env" "memory" (memory 1 1))
            (global $g (mut i32) (i32.const 0))
            (func $same (param i32) (result i32) (local.get 0))
            (func $is_zero (param i32) (result i32) (i32.eqz (local.get 0)))
            (func $kind (param $n i32) (result i32) (local $l i32)
                (i32.const 1) (i32.const 2) {way} (select))
            (func $put (param $at i32) (param $n i32)
                (i32.store8 (local.get $at) (call $kind (local.get $n))))
            (func (export "deploy"))
            (func (export "call")
                (call $put (i32.const 0) (i32.const 0))
                (call $put (i32.const 1) (i32.const 1))
                (call $put (i32.const 2) (i32.const 7))
                (call $put (i32.const 3) (i32.const -1))
                (call $return (i32.const 0) (i32.const 0) (i32.const 4))))"#
        );
        let mut chain = Chain::new();
        let contract = chain.make_wat(&code);
        let receipt = chain.send(Message::Call(call(contract, &[])));
        assert_eq!(receipt.outcome, Outcome::Success, "{way}");
        assert_eq!(receipt.output, [1, 2, 2, 2], "{way}");
        assert!(receipt.gas_consumed.ref_time > 0);
    }
}
