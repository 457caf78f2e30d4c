//! Code that the interpreter translates wrongly if it gets it as it is (see `wasm::barrier`).

use crate::{
    harness::{blake2_256, call, call_base, deploy, Harness, Succeed, ALICE},
    wasm::contract,
};
use pink_engine_rent::{Release, V1_0, V1_1};

/// Says 1 for zero and 2 for everything else, in three ways, of four numbers each.
const KINDS: &str = r#"
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
        (call $seal_return (i32.const 0) (i32.const 0) (i32.const 12)))"#;

fn selects_after_compares_with_zero<V: Release>() {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000_000);
    let code = contract(&["seal_return"], KINDS);
    let made = harness.succeed(deploy(ALICE, &code, 100_000_000));
    let receipt = harness.succeed(call(ALICE, made.address.unwrap(), &[]));
    assert_eq!(receipt.output, [1, 2, 2, 2].repeat(3));
    let prefab = harness.prefab(&code).unwrap();
    assert!(receipt.gas_consumed.ref_time > call_base(prefab.instrumented_len));
    // What rent counts and prices go by are the bytes before the barriers.
    let key = [b"instrumented/".as_slice(), &blake2_256(&code)].concat();
    let stored = harness.state().remove(&key).unwrap();
    assert_eq!(stored.len(), prefab.instrumented_len as usize);
    assert_eq!(blake2_256(&stored), prefab.instrumented_hash);
    assert!(!stored
        .windows(4)
        .any(|bytes| bytes == [0x02, 0x40, 0x0b, 0x1b]));
}

#[test]
fn selects_after_compares_with_zero_in_both_versions() {
    selects_after_compares_with_zero::<V1_0>();
    selects_after_compares_with_zero::<V1_1>();
}
