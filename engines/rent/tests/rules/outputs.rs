//! What a message's first frame may return: it is kept with the receipt.

use crate::{
    harness::{call, deploy, Harness, Succeed, ALICE},
    wasm::contract,
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Message, Outcome};

/// 16 KiB: the buffer that ink! encodes what it returns in.
const MOST: u32 = 16_384;

/// Writes to its storage, and returns as many bytes as the first word of its input says, with the
/// second one for flags.
fn returns() -> Vec<u8> {
    contract(
        &["seal_input", "seal_set_storage", "seal_return"],
        r#"(func $run
            (i32.store (i32.const 0) (i32.const 8))
            (call $seal_input (i32.const 16) (i32.const 0))
            (call $seal_set_storage (i32.const 32) (i32.const 16) (i32.const 8))
            (call $seal_return (i32.load (i32.const 20)) (i32.const 0) (i32.load (i32.const 16))))
        (func (export "deploy") (call $run))
        (func (export "call") (call $run))"#,
    )
}

/// Calls the contract of its input with the eight bytes behind its address, and returns how many
/// bytes came.
fn asks_another() -> Vec<u8> {
    contract(
        &["seal_input", "seal_call", "seal_return"],
        r#"(func (export "deploy"))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 40))
            (call $seal_input (i32.const 16) (i32.const 0))
            (i32.store (i32.const 0) (i32.const 30000))
            (if (call $seal_call (i32.const 16) (i32.const 32) (i64.const 0)
                    (i32.const 100) (i32.const 16) (i32.const 48) (i32.const 8)
                    (i32.const 1000) (i32.const 0))
                (then unreachable))
            (call $seal_return (i32.const 0) (i32.const 0) (i32.const 4)))"#,
    )
}

fn asks(len: u32, flags: u32) -> Vec<u8> {
    [len.to_le_bytes(), flags.to_le_bytes()].concat()
}

fn rich<V: Release>() -> Harness<V> {
    let mut harness = Harness::new();
    harness.fund(ALICE, 10_000_000_000);
    harness
}

fn made<V: Release>(harness: &mut Harness<V>, code: &[u8]) -> AccountId {
    let mut message = deploy(ALICE, code, 1_000_000_000);
    message.input = asks(0, 0);
    harness.succeed(message).address.expect("it is made")
}

fn bounded<V: Release>() {
    assert_eq!(V::RULES.output_bytes, MOST);
    let mut harness = rich::<V>();
    let address = made(&mut harness, &returns());
    for (flags, ended) in [(0, Outcome::Success), (1, Outcome::Reverted)] {
        let message = |len| Message::Call(call(ALICE, address, &asks(len, flags)));
        let kept = harness.execute(message(MOST));
        assert_eq!((&kept.outcome, kept.output.len()), (&ended, 16_384));

        let state = harness.state();
        let estimated = harness.estimate(&message(MOST + 1));
        let trapped = harness.fail(message(MOST + 1), "OutputTooLarge");
        assert_eq!(estimated.outcome, trapped.outcome);
        assert_eq!(estimated.gas_consumed, trapped.gas_consumed);
        assert!(trapped.output.is_empty() && trapped.events.is_empty());
        // What the shorter one took, and 765 ps for the byte: the gas is paid, not the limit.
        let gas = kept.gas_consumed.ref_time + 765;
        assert_eq!(trapped.gas_consumed.ref_time, gas);
        assert_eq!(
            harness.state(),
            state,
            "what it wrote is undone; gas is free here"
        );

        // Whoever asks a worker gets what there is.
        let asked = harness.query(&message(MOST + 1));
        assert_eq!((&asked.outcome, asked.output.len()), (&ended, 16_385));
    }
}

#[test]
fn a_transaction_and_an_estimate_return_16_kib_and_no_more() {
    bounded::<V1_0>();
    bounded::<V1_1>();
}

fn bounded_constructors<V: Release>() {
    let mut harness = rich::<V>();
    let mut message = deploy(ALICE, &returns(), 1_000_000_000);
    message.input = asks(MOST + 1, 0);
    let state = harness.state();
    let trapped = harness.fail(message.clone(), "OutputTooLarge");
    assert_eq!((trapped.address, harness.state()), (None, state));
    message.input = asks(MOST, 0);
    let made = harness.succeed(message);
    assert_eq!(made.output.len(), 16_384);
    let gas = made.gas_consumed.ref_time;
    assert_eq!(
        trapped.gas_required.ref_time,
        made.gas_required.ref_time + 765
    );
    assert!(gas > 830_015_000);
}

#[test]
fn a_constructor_returns_no_more() {
    bounded_constructors::<V1_0>();
    bounded_constructors::<V1_1>();
}

fn unbounded_between_contracts<V: Release>() {
    let mut harness = rich::<V>();
    let callee = made(&mut harness, &returns());
    let caller = made(&mut harness, &asks_another());
    let mut ask = |len: u32| {
        let input = [&callee[..], &asks(len, 0)].concat();
        let receipt = harness.succeed(call(ALICE, caller, &input));
        assert_eq!(receipt.output, len.to_le_bytes());
        receipt.gas_consumed.ref_time
    };
    let at_the_bound = ask(MOST);
    assert!(ask(MOST + 10) > at_the_bound + 7_650);
}

/// What contracts return to each other goes into no receipt.
#[test]
fn a_nested_frame_returns_what_it_can() {
    unbounded_between_contracts::<V1_0>();
    unbounded_between_contracts::<V1_1>();
}
