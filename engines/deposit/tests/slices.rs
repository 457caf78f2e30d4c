//! Queries and estimates are held from time to time, to ask whether anybody still waits. What they
//! use must not depend on it, and a transaction must never ask.

mod common;

use common::*;
use pink_engine_sdk::{types::*, Engine, Fault, Overlay};
use std::sync::atomic::Ordering::Relaxed;

/// Runs a loop as often as the input says; then grows its memory, writes a value, and calls the
/// account of the input's next 32 bytes, if there is one, with the input's first four bytes.
fn looper() -> String {
    module(
        r#"(import "seal1" "seal_call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
           (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
        r#"(local $i i32)
           (local.set $i (i32.load (i32.const 4)))
           (loop $again
             (local.set $i (i32.sub (local.get $i) (i32.const 1)))
             (br_if $again (local.get $i)))
           (drop (memory.grow (i32.const 3)))
           (drop (call $set (i32.const 4) (i32.const 4) (i32.const 4) (i32.const 4)))
           (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 4)) (then
             (drop (call $call (i32.const 0) (i32.const 8) (i64.const 0) (i32.const 20000)
               (i32.const 4) (i32.const 4) (i32.const -1) (i32.const 0)))))"#,
    )
}

fn turns(turns: u32, callee: Option<AccountId>) -> Vec<u8> {
    let mut input = turns.to_le_bytes().to_vec();
    input.extend(callee.into_iter().flatten());
    input
}

fn polls(chain: &Chain) -> u64 {
    chain.host.polls.swap(0, Relaxed)
}

#[test]
fn slices_use_the_same_gas_as_one_piece() {
    let mut chain = Chain::new();
    let inner = chain.make_wat(&looper());
    let outer = chain.make_wat(&looper());
    polls(&chain);
    for input in [
        turns(10, None),
        turns(3_000_000, None),
        turns(700_000, Some(inner)),
    ] {
        let estimate = chain.estimate(outer, &input);
        let asked = polls(&chain);
        let query = chain.query(outer, &input);
        polls(&chain);
        let sent = chain.call(outer, &input);
        assert_eq!(polls(&chain), 0, "a transaction asked");
        assert!(asked > 0);
        assert_eq!(sent.outcome, Outcome::Success);
        assert_eq!(estimate.gas_consumed, sent.gas_consumed);
        assert_eq!(estimate.gas_required, sent.gas_required);
        assert_eq!(query.gas_consumed, sent.gas_consumed);
        assert_eq!(query.gas_required, sent.gas_required);
    }
    // The long one was held on its way, not at its two host calls alone.
    chain.estimate(outer, &turns(3_000_000, None));
    assert!(polls(&chain) > 4);
}

#[test]
fn slices_run_out_where_one_piece_does() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&looper());
    let input = turns(1_500_000, None);
    let required = chain.estimate(contract, &input).gas_required.ref_time;
    let base = chain.call(contract, &input);
    let base = base.gas_limit.ref_time - call(contract, &input).gas_limit.ref_time;
    for (limit, enough) in [
        (required, true),
        (required + 999, true),
        (required - 1, false),
        (required / 2, false),
        (base + 1_000_000_000, false),
    ] {
        let message = Call {
            gas_limit: Weight::new(limit - base, GAS.proof_size),
            ..call(contract, &input)
        };
        let estimate = chain.execute(Mode::Estimating, Message::Call(message.clone()));
        let sent = chain.send(Message::Call(message));
        assert_eq!(estimate.outcome, sent.outcome, "{limit}");
        assert_eq!(sent.outcome == Outcome::Success, enough, "{limit}");
        assert_eq!(estimate.gas_consumed, sent.gas_consumed, "{limit}");
        assert_eq!(estimate.gas_required, sent.gas_required, "{limit}");
    }
}

#[test]
fn whoever_called_it_off_gets_no_result() {
    let mut chain = Chain::new();
    let endless = chain.make_wat(&module("", "(loop $again (br $again))"));
    let outer = chain.make_wat(&looper());
    for (contract, input) in [
        (endless, Vec::new()),
        // Held in the callee; the caller doesn't go on with a callee that trapped.
        (outer, turns(1, Some(endless))),
    ] {
        for mode in [Mode::Query, Mode::Estimating] {
            polls(&chain);
            *chain.host.polls_allowed.lock().unwrap() = Some(5);
            let env = Env {
                mode,
                block: chain.block.clone(),
                seq: chain.seq,
            };
            let mut state = Overlay::new(&chain.host);
            let message = Message::Call(call(contract, &input));
            chain.engine.execute(&mut state, &env, message);
            assert_eq!(state.into_changes(), Err(Fault::Cancelled));
            // Nobody was asked again after the answer.
            assert_eq!(polls(&chain), 6);
        }
        *chain.host.polls_allowed.lock().unwrap() = None;
        // The engine is as good as before.
        let query = chain.query(outer, &turns(5, None));
        let sent = chain.call(outer, &turns(5, None));
        assert_eq!(sent.outcome, Outcome::Success);
        assert_eq!(query.gas_consumed, sent.gas_consumed);
    }
}
