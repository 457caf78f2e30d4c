//! Gas is a function of state, block, message and version, and of nothing else.

mod common;

use common::*;
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{types::*, Engine};

/// Contracts and messages that use most of what there is.
fn menu(chain: &mut Chain) -> Vec<(AccountId, Vec<u8>)> {
    let flipper_code = chain.code(&artefact("flipper"));
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let token = chain.make(&artefact("token"), &message("new", 1_000_000u128));
    let bench = chain.make(&artefact("bench"), &message("new", ()));
    let mut make = instantiate(
        Code::Upload(artefact("factory")),
        &message("new", flipper_code),
    );
    make.value = 1_000_000;
    let factory = chain.send(Message::Instantiate(make)).address.unwrap();
    chain.call(factory, &message("instantiate_child", (true, b"".to_vec())));
    vec![
        (flipper, message("flip", ())),
        (flipper, message("get", ())),
        (flipper, b"none".to_vec()),
        (token, message("transfer", (BOB, 5u128))),
        (token, message("transfer", (BOB, u128::MAX))),
        (token, message("approve", (BOB, 7u128))),
        (bench, message("nothing", ())),
        (bench, message("loop_turns", 100u32)),
        (bench, message("sha256_wasm", 2u32)),
        (bench, message("sha256_host", 2u32)),
        (bench, message("put", 1000u32)),
        (bench, message("read", ())),
        (bench, message("put_many", (0u32, 5u32))),
        (bench, message("read_many", (0u32, 7u32))),
        (bench, message("events", 3u32)),
        (bench, message("nested", (bench, 1u32))),
        (factory, message("flip_child", ())),
        (factory, message("child_value", ())),
        (factory, message("instantiate_child", (true, b"x".to_vec()))),
        (
            factory,
            message("instantiate_child_v1", (true, b"y".to_vec())),
        ),
        (factory, message("attempt", (selector("write"), 0u64))),
        (factory, message("attempt", (selector("trap"), 0u64))),
        (
            factory,
            message("attempt", (selector("fail_after_write"), 0u64)),
        ),
        (factory, message("recurse", 3u32)),
        (factory, message("transfer", (BOB, 5u128))),
        (factory, message("trap", ())),
        (factory, message("spin", ())),
        (factory, message("terminate", CHARLIE)),
    ]
}

/// A worker that has just started, one that has run the same before, and one in between agree.
#[test]
fn cold_is_warm() {
    let mut chain = Chain::new();
    for (contract, input) in menu(&mut chain) {
        let warm = chain.estimate(contract, &input);
        let again = chain.estimate(contract, &input);
        chain.engine = Engine::new();
        assert_eq!(chain.engine.cached_modules(), 0);
        let cold = chain.estimate(contract, &input);
        assert!(chain.engine.cached_modules() > 0);
        assert_eq!(warm, again);
        assert_eq!(warm, cold);
    }
}

/// A worker that has just been started agrees too: the file in a process of its own, which has
/// compiled nothing.
#[test]
fn a_process_that_has_just_started() {
    let mut chain = Chain::new();
    for (contract, input) in menu(&mut chain) {
        let env = Env {
            mode: Mode::Transaction,
            block: chain.block.clone(),
            seq: chain.seq,
        };
        let message_ = Message::Call(call(contract, &input));
        let cold = file::restarted(&chain.host, &env, &message_, either("child", "gas::child"));
        let warm = file::execute(&chain.host, &env, &message_).unwrap();
        assert!(warm.0.gas_consumed.ref_time > 0);
        assert_eq!(cold, warm.encode());
    }
}

/// What [`a_process_that_has_just_started`] starts.
#[test]
#[ignore = "a part of another test, which gives it its work"]
fn child() {
    use std::{fmt::Write, io::Read};
    let mut work = Vec::new();
    std::io::stdin().read_to_end(&mut work).unwrap();
    type Work = (Vec<(Vec<u8>, Vec<u8>)>, Env, Message);
    let (state, env, message): Work = Decode::decode(&mut work.as_slice()).unwrap();
    let host = pink_engine_sdk::MemoryHost::default();
    host.state.lock().unwrap().extend(state);
    let done = file::execute(&host, &env, &message).unwrap().encode();
    let hex = done.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    println!("DONE {hex}");
}

/// Memory, data and globals of one frame never reach the next one that uses what it left behind,
/// however it ended.
#[test]
fn frames_leave_no_trace() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(global $g (mut i32) (i32.const 5)) (data (i32.const 9016) "\07")"#,
        r#"(i32.store (i32.const 9000) (i32.add (i32.load (i32.const 9000)) (i32.const 1)))
           (i32.store (i32.const 65532) (i32.add (i32.load (i32.const 65532)) (i32.const 1)))
           (global.set $g (i32.add (global.get $g) (i32.const 1)))
           (i32.store (i32.const 9004) (i32.load (i32.const 65532)))
           (i32.store (i32.const 9008) (global.get $g))
           (i32.store (i32.const 9012) (memory.size))
           (i32.store (i32.const 9016) (i32.add (i32.load (i32.const 9016)) (i32.const 1)))
           (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 1)) (then (drop (memory.grow (i32.const 1)))))
           (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 2)) (then unreachable))
           (call $return (i32.const 0) (i32.const 9000) (i32.const 20))"#,
    ));
    let mut gas = [None; 3];
    for turn in 0..200u8 {
        let way = turn % 3;
        let receipt = chain.estimate(contract, &[way]);
        let words: Vec<u8> = receipt.output.iter().copied().step_by(4).collect();
        match way {
            2 => assert!(matches!(receipt.outcome, Outcome::Trapped(_)), "{turn}"),
            _ => assert_eq!(words, [1, 1, 6, 1, 8], "{turn}"),
        }
        let first = *gas[usize::from(way)].get_or_insert(receipt.gas_consumed);
        assert_eq!(receipt.gas_consumed, first, "{turn}");
    }
}

#[test]
fn an_estimate_is_the_transaction() {
    let mut chain = Chain::new();
    for (contract, input) in menu(&mut chain) {
        let state = chain.state();
        let estimate = chain.estimate(contract, &input);
        assert_eq!(chain.state(), state, "an estimate changed the state");
        let sent = chain.call(contract, &input);
        assert_eq!(estimate.outcome, sent.outcome);
        assert_eq!(estimate.gas_limit, sent.gas_limit);
        assert_eq!(estimate.gas_consumed, sent.gas_consumed);
        assert_eq!(estimate.gas_required, sent.gas_required);
        assert_eq!(estimate.storage_deposit, sent.storage_deposit);
        assert_eq!(estimate.output, sent.output);
        assert_eq!((estimate.fee, estimate.refund), (sent.fee, sent.refund));
        assert_eq!(estimate.events, sent.events);
    }
}

/// Who couldn't send the transaction hears in the estimate what the transaction would say.
#[test]
fn an_estimate_asks_for_the_sender_s_money() {
    let mut chain = Chain::new();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let mut message_ = call(flipper, &message("flip", ()));
    message_.origin = NOBODY;
    let estimate = chain.execute(Mode::Estimating, Message::Call(message_.clone()));
    let Outcome::Rejected(why) = &estimate.outcome else {
        panic!("{:?}", estimate.outcome);
    };
    assert_eq!(why.error, "InsufficientBalance");
    assert_eq!(
        (estimate.gas_consumed, estimate.fee),
        (Weight::default(), 0)
    );
    let sent = chain.execute(Mode::Transaction, Message::Call(message_));
    assert_eq!(sent, estimate);
}

#[test]
fn what_is_required_suffices_and_one_less_fails() {
    let mut chain = Chain::new();
    for (contract, input) in menu(&mut chain) {
        let estimate = chain.estimate(contract, &input);
        if estimate.outcome != Outcome::Success {
            continue;
        }
        let base = call_base(input.len());
        let mut message_ = call(contract, &input);
        message_.gas_limit = estimate.gas_required.saturating_sub(base);
        let enough = chain.execute(Mode::Estimating, Message::Call(message_.clone()));
        assert_eq!(enough.outcome, Outcome::Success, "{input:02x?}");
        assert_eq!(enough.gas_consumed, estimate.gas_consumed);
        assert_eq!(enough.gas_required, estimate.gas_required);
        message_.gas_limit.ref_time -= 1;
        let less = chain.execute(Mode::Estimating, Message::Call(message_.clone()));
        assert_ne!(less, enough, "{input:02x?}");
        // Those that catch what their callee ran into succeed in another way.
        let catches = ["recurse", "attempt"].map(selector);
        if !catches.iter().any(|name| input.starts_with(name)) {
            assert_ne!(less.outcome, Outcome::Success, "{input:02x?}");
        }
        message_.gas_limit.ref_time += 1;
        message_.gas_limit.proof_size -= 1;
        let less = chain.execute(Mode::Estimating, Message::Call(message_));
        assert_ne!(less, enough, "{input:02x?}");
    }
}

/// Each of `n` equal nested calls costs the same, however many there were.
#[test]
fn gas_is_linear_over_nested_calls() {
    let mut chain = Chain::new();
    let bench = chain.make(&artefact("bench"), &message("new", ()));
    let other = {
        let mut make = instantiate(Code::Upload(artefact("bench")), &message("new", ()));
        make.salt = vec![1];
        chain.send(Message::Instantiate(make)).address.unwrap()
    };
    let gas = |chain: &mut Chain, n: u32| {
        let receipt = chain.estimate(bench, &message("nested", (other, n)));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        receipt.gas_consumed
    };
    let [one, two, nine, ten] = [1, 2, 9, 10].map(|n| gas(&mut chain, n));
    assert_eq!(two.ref_time - one.ref_time, ten.ref_time - nine.ref_time);
    assert_eq!(
        two.proof_size - one.proof_size,
        ten.proof_size - nine.proof_size
    );
}

/// Depth costs what it costs, not its square.
#[test]
fn gas_is_linear_over_depth() {
    let mut chain = Chain::new();
    let code = chain.code(&artefact("flipper"));
    let factory = chain.make(&artefact("factory"), &message("new", code));
    let gas: Vec<u64> = (0..8u32)
        .map(|depth| {
            let receipt = chain.estimate(factory, &message("recurse", depth));
            assert_eq!(receipt.outcome, Outcome::Success);
            receipt.gas_consumed.ref_time
        })
        .collect();
    // From the second on, the frames are alike.
    let steps: Vec<u64> = gas.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.windows(2).all(|pair| pair[0] == pair[1]), "{steps:?}");
}

/// The story: an interpreter that kept its fuel while host functions were paid from the same
/// gas could compute on gas that was spent, and what it overran was never charged.
#[test]
fn host_functions_lower_the_fuel_and_running_out_pays_all() {
    let mut chain = Chain::new();
    let spin = chain.make_wat(&module(
        r#"(import "seal0" "hash_keccak_256" (func $hash (param i32 i32 i32)))"#,
        r#"(call $hash (i32.const 0) (i32.const 60000) (i32.const 0)) (loop (br 0))"#,
    ));
    let caller = chain.make_wat(&module(
        r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $call (i32.const 0) (i32.const 4) (i64.const 1000000000) (i32.const 9200) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    let idle = chain.call(caller, &NOBODY);
    let spun = chain.call(caller, &spin);
    assert_eq!(spun.output, [1]);
    let used = spun.gas_consumed.ref_time - idle.gas_consumed.ref_time;
    // All of what the callee was given, and the loading of its code, which the caller pays.
    let hash = chain.contract(spin).unwrap().code_hash;
    let len = chain.state()[&[b"code/".as_slice(), &hash].concat()].len() as u32;
    assert_eq!(used, 1_000_000_000 + RULES.frames.load.of(len).ref_time);
}

/// Pure computation is paid by the operator.
#[test]
fn operators_have_their_price() {
    let mut chain = Chain::new();
    let gas = |chain: &mut Chain, body: &str| {
        let contract = chain.make_wat(&module("", body));
        let receipt = chain.estimate(contract, &[]);
        let code_hash = chain.contract(contract).unwrap().code_hash;
        let len = chain.state()[&[b"code/".as_slice(), &code_hash].concat()].len() as u64;
        receipt.gas_consumed.ref_time - RULES.frames.load.ref_time_per_byte * len
    };
    let nothing = gas(&mut chain, "");
    // In 2.1 the frame is paid as it is: one more for the first eight operands.
    for (body, fuel, frame) in [
        ("nop", 0, 0),
        ("(drop (i32.const 1))", 1, 1),
        ("(drop (i32.add (i32.const 1) (i32.const 2)))", 3, 1),
        ("(drop (i32.div_u (i32.const 4) (i32.const 2)))", 7, 1),
        ("(drop (i64.rem_s (i64.const 4) (i64.const 2)))", 10, 1),
        ("(drop (i32.load (i32.const 0)))", 2, 1),
        ("(i32.store (i32.const 0) (i32.const 0))", 3, 1),
        ("(drop (memory.size))", 2, 1),
        // A page at 16 bytes per fuel (in 2.1 at four), the operator itself, and the constant.
        (
            "(drop (memory.grow (i32.const 1)))",
            200 + 1 + either(65_536 / 16, 16_384),
            1,
        ),
        ("(block (br 0))", 1, 0),
        // In 2.1 up to sixteen targets cost one more.
        ("(block (br_table 0 0 (i32.const 0)))", either(4, 5), 1),
        ("(if (i32.const 1) (then))", 2, 1),
    ] {
        let units = fuel + either(0, frame);
        assert_eq!(gas(&mut chain, body) - nothing, units * FUEL, "{body}");
    }
}

/// A call is priced for the largest frame of the module; in 2.1 for its own.
#[test]
fn large_frames_make_calls_dear() {
    let mut chain = Chain::new();
    let mut gas = |locals: usize| {
        let contract = chain.make_wat(&module(
            &format!("(func $f (local {}))", "i64 ".repeat(locals)),
            "(call $f) (call $f)",
        ));
        let code_hash = chain.contract(contract).unwrap().code_hash;
        let len = chain.state()[&[b"code/".as_slice(), &code_hash].concat()].len() as u64;
        chain.estimate(contract, &[]).gas_consumed.ref_time
            - RULES.frames.load.ref_time_per_byte * len
    };
    // Three calls from the entry, and two of the function.
    let calls = either(5, 2);
    assert_eq!(gas(1024) - gas(0), calls * FUEL * 128);
    assert_eq!(gas(8) - gas(0), calls * FUEL);
}

/// The other half of that story: work after a host function can't be had for what is left of the
/// interpreter's fuel, when less is left of the gas.
#[test]
fn the_last_of_the_work_is_paid_as_well() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "hash_keccak_256" (func $hash (param i32 i32 i32)))"#,
        r#"(local $n i32)
           (call $hash (i32.const 0) (i32.const 60000) (i32.const 0))
           (loop (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 10000))))"#,
    ));
    let all = chain.estimate(contract, &[]);
    assert_eq!(all.outcome, Outcome::Success);
    let mut message_ = call(contract, &[]);
    message_.gas_limit.ref_time = all.gas_consumed.ref_time - call_base(0).ref_time;
    let enough = chain.execute(Mode::Estimating, Message::Call(message_.clone()));
    assert_eq!(enough.outcome, Outcome::Success);
    message_.gas_limit.ref_time -= 1;
    let less = chain.execute(Mode::Estimating, Message::Call(message_));
    assert_eq!(less.outcome, Outcome::OutOfGas);
}
