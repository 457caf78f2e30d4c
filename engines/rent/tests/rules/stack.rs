//! Recursion: what the injected counter sees, and what it doesn't.

use crate::{
    fixtures,
    harness::{call, deploy, Harness, Succeed, ALICE, GAS},
    tested::Tested,
    wasm::wat,
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{Call, Instantiate, Message, Outcome, Weight};

fn outcome<V: Release>(code: &[u8]) -> Outcome {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 100_000_000);
    let address = harness
        .succeed(deploy(ALICE, code, 1_000_000))
        .address
        .unwrap();
    let mut message = call(ALICE, address, &[]);
    message.gas_limit = Weight::new(100 * GAS, 0);
    let receipt = harness.execute(pink_engine_sdk::types::Message::Call(message));
    receipt.outcome
}

fn is_trap(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Trapped(failure) if failure.error == "ContractTrapped")
}

/// Calls itself a number of times, with this in each frame.
fn recursion(times: u32, locals: &str) -> Vec<u8> {
    wat(&format!(
        r#"(module
        (func $f (param $n i32) {locals}
            (if (local.get $n)
                (then (call $f (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "deploy"))
        (func (export "call") (call $f (i32.const {times}))))"#
    ))
}

/// The counter allows 512. A frame of that function takes 3 in 1.0, and 4 in 1.1, which charges 2
/// for the frame itself and counts one value less; the entry takes its own.
#[test]
fn the_counter_stops_recursion() {
    for (times, old, new) in [
        (126, true, true),
        (127, true, false),
        (169, true, false),
        (170, false, false),
        (100_000, false, false),
    ] {
        let code = recursion(times, "");
        assert_eq!(!is_trap(&outcome::<V1_0>(&code)), old, "{times}");
        assert_eq!(!is_trap(&outcome::<V1_1>(&code)), new, "{times}");
    }
}

/// 1.0 counts locals by groups of one type, 1.1 one by one.
#[test]
fn locals_are_counted() {
    let code = recursion(100, "(local i64 i64 i64 i64 i64 i64 i64 i64)");
    assert!(!is_trap(&outcome::<V1_0>(&code)));
    assert!(is_trap(&outcome::<V1_1>(&code)));
}

/// A function that needs no stack isn't counted in 1.0: the interpreter's own bounds end it. In 1.1
/// each frame counts.
#[test]
fn recursion_that_the_counter_does_not_see_ends_as_well() {
    let code = wat(r#"(module (func $f (call $f)) (func (export "deploy"))
            (func (export "call") (call $f)))"#);
    assert!(is_trap(&outcome::<V1_0>(&code)));
    assert!(is_trap(&outcome::<V1_1>(&code)));
    // Large frames reach the bound of the value stack instead.
    let locals = format!("(local {})", "i64 ".repeat(1_000));
    assert!(is_trap(&outcome::<V1_0>(&recursion(250, &locals))));
}

/// A module whose segments don't fit can't be instantiated, which 2021 calls a validation error.
/// What traps in its start function is a contract that traps.
#[test]
fn modules_that_do_not_begin() {
    let entries = r#"(func (export "deploy")) (func (export "call"))"#;
    for (parts, error) in [
        (
            r#"(import "env" "memory" (memory 1 1)) (data (i32.const 65535) "ab")"#,
            r#"error: "Other", detail: "validation error""#,
        ),
        (
            "(func $f) (table 1 funcref) (elem (i32.const 1) $f)",
            r#"error: "Other", detail: "validation error""#,
        ),
        (
            "(func $start (unreachable)) (start $start)",
            r#"error: "ContractTrapped", detail: """#,
        ),
        (
            r#"(import "env" "memory" (memory 1 1))
            (func $start (drop (i32.load (i32.const 65536)))) (start $start)"#,
            r#"error: "ContractTrapped", detail: """#,
        ),
    ] {
        let code = wat(&format!("(module {parts} {entries})"));
        let mut harness = Harness::<V1_0>::new();
        harness.fund(ALICE, 100_000_000);
        let receipt = harness.execute(Message::Instantiate(deploy(ALICE, &code, 1_000_000)));
        let outcome = format!("{:?}", receipt.outcome);
        assert!(outcome.contains(error), "{outcome}");
        assert!(receipt.gas_consumed.ref_time > 830_000_000);
    }
}

/// Makes another of itself in its constructor, as often as its input says, with what it got but
/// 100,000.
fn constructor_chain() -> Vec<u8> {
    fixtures::custom(
        &["seal_input", "seal_value_transferred", "seal_instantiate"],
        r#"(data (i32.const 0) "\21") (data (i32.const 4) "\10")"#,
        "(call $seal_input (i32.const 16) (i32.const 0))
        (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return)))
        (i32.store8 (i32.const 16) (i32.sub (i32.load8_u (i32.const 16)) (i32.const 1)))
        (call $seal_value_transferred (i32.const 64) (i32.const 4))
        (i64.store (i32.const 64) (i64.sub (i64.load (i32.const 64)) (i64.const 100000)))
        (if (call $seal_instantiate
                (i32.const 17) (i32.const 32) (i64.const 0)
                (i32.const 64) (i32.const 16) (i32.const 16) (i32.const 33)
                (i32.const -1) (i32.const 0) (i32.const -1) (i32.const 0)
                (i32.const 16) (i32.const 1))
            (then (unreachable)))",
        "",
    )
}

/// The deepest stack of contracts, each with a deep stack of functions, on a thread with as much
/// stack as the engine says it needs. The file always runs on such a thread.
#[test]
#[allow(clippy::disallowed_methods)] // the worker's thread, not the engine's
fn the_deepest_nesting_fits_into_the_stack() {
    fn check<V: Release>() {
        let needed = Tested::<V>::new().info().min_stack_bytes;
        let run = || {
            let mut harness = Harness::<V>::new();
            harness.fund(ALICE, 100_000_000);
            let code = fixtures::custom(
                &["seal_input", "seal_address", "seal_call"],
                r#"(data (i32.const 0) "\01") (data (i32.const 8) "\20")
                (func $deep (param $n i32)
                    (if (local.get $n)
                        (then (call $deep (i32.sub (local.get $n) (i32.const 1))))
                        (else (call $next))))
                (func $next
                    (call $seal_address (i32.const 32) (i32.const 8))
                    (if (call $seal_call
                            (i32.const 32) (i32.const 32) (i64.const 0)
                            (i32.const 128) (i32.const 16) (i32.const 16) (i32.const 1)
                            (i32.const -1) (i32.const 0))
                        (then (unreachable))))"#,
                "",
                "(call $seal_input (i32.const 16) (i32.const 0))
                (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return)))
                (i32.store8 (i32.const 16) (i32.sub (i32.load8_u (i32.const 16)) (i32.const 1)))
                (call $deep (i32.const 100))",
            );
            let address = harness
                .succeed(deploy(ALICE, &code, 1_000_000))
                .address
                .unwrap();
            harness.succeed(Call {
                gas_limit: Weight::new(100 * GAS, 0),
                ..call(ALICE, address, &[99])
            });
            let code = constructor_chain();
            harness.succeed(Instantiate {
                gas_limit: Weight::new(1_000 * GAS, 0),
                input: [&[99][..], &crate::harness::blake2_256(&code)].concat(),
                ..deploy(ALICE, &code, 50_000_000)
            });
            assert_eq!(harness.refcount(&code), 100);
        };
        std::thread::Builder::new()
            .stack_size(usize::try_from(needed).unwrap())
            .spawn(run)
            .unwrap()
            .join()
            .unwrap();
    }
    check::<V1_0>();
    check::<V1_1>();
}
