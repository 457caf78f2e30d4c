//! The worst time for gas: programs that were made to take long, and what they take. A table to
//! look at, not a test: `cargo test -p pink-engine-rent --test rules worst -- --ignored --nocapture`.
//!
//! One gas is one picosecond, so more than 1,000 thousandths is slower than the schedule promises. Time is
//! that of the thread on its processor, through the built file, the least of some runs.

use crate::{
    harness::{call, deploy, test_config, test_setup, Harness, State, ALICE, GAS},
    tested::{file, on_its_stack, File},
    wasm::{contract, wat},
};
use pink_engine_host::Session;
use pink_engine_rent::{Release, RentEngine, V1_0, V1_1};
use pink_engine_sdk::{
    types::{AccountId, Call, Env, Message, Mode, Outcome, Weight},
    Engine, Overlay,
};

struct Case {
    name: &'static str,
    code: Vec<u8>,
    /// Whether it calls the contract beside it, which does nothing, in a memory of 16 pages.
    with_address: bool,
}

fn case(name: &'static str, code: Vec<u8>) -> Case {
    Case {
        name,
        code,
        with_address: false,
    }
}

/// A contract whose call does this again and again.
fn again(name: &'static str, parts: &str, body: &str) -> Case {
    let code = wat(&format!(
        r#"(module {parts} (func (export "deploy"))
            (func (export "call") (loop $again {body} (br $again))))"#
    ));
    case(name, code)
}

/// The same with a host function.
fn host(name: &'static str, function: &str, data: &str, body: &str) -> Case {
    let code = contract(
        &[function, "seal_input"],
        &format!(
            r#"{data} (func (export "deploy"))
            (func (export "call")
                (i32.store (i32.const 0) (i32.const 32))
                (call $seal_input (i32.const 16) (i32.const 0))
                (loop $again {body} (br $again)))"#
        ),
    );
    Case {
        with_address: true,
        ..case(name, code)
    }
}

fn cases() -> Vec<Case> {
    let locals = format!("(local {})", "i64 ".repeat(1_024));
    let targets = "0 ".repeat(256);
    vec![
        again("a plain loop", "", ""),
        again("arithmetic", "(global $g (mut i64) (i64.const 3))", "(global.set $g (i64.mul (global.get $g) (global.get $g)))"),
        again("division", "(global $g (mut i64) (i64.const 3))", "(global.set $g (i64.rem_u (i64.const -7) (global.get $g)))"),
        again("loads", r#"(import "env" "memory" (memory 16 16))"#, "(drop (i64.load (i32.const 700001)))"),
        again("br_table", "", &format!("(block (br_table {targets} (i32.const 255)))")),
        again("calls", "(func $f)", "(call $f)"),
        again("calls of 1,024 locals", &format!("(func $f {locals})"), "(call $f)"),
        again(
            "call_indirect",
            "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f)",
            "(call_indirect (type $t) (i32.const 0))",
        ),
        again(
            "call_indirect, 1,024 locals",
            &format!("(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f {locals})"),
            "(call_indirect (type $t) (i32.const 0))",
        ),
        again("memory.grow by nothing", r#"(import "env" "memory" (memory 1 16))"#, "(drop (memory.grow (i32.const 0)))"),
        host("seal_gas_left", "seal_gas_left", "", "(i32.store (i32.const 8) (i32.const 8)) (call $seal_gas_left (i32.const 64) (i32.const 8))"),
        host("seal_balance", "seal_balance", "", "(i32.store (i32.const 8) (i32.const 16)) (call $seal_balance (i32.const 64) (i32.const 8))"),
        host("seal_hash_sha2_256, 64 KiB", "seal_hash_sha2_256", "", "(call $seal_hash_sha2_256 (i32.const 0) (i32.const 65536) (i32.const 64))"),
        host("seal_hash_keccak_256, 64 KiB", "seal_hash_keccak_256", "", "(call $seal_hash_keccak_256 (i32.const 0) (i32.const 65536) (i32.const 64))"),
        host("seal_hash_blake2_256, nothing", "seal_hash_blake2_256", "", "(call $seal_hash_blake2_256 (i32.const 0) (i32.const 0) (i32.const 64))"),
        host("seal_random", "seal_random", "", "(i32.store (i32.const 8) (i32.const 32)) (call $seal_random (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 8))"),
        host("seal_set_storage, 16 KiB", "seal_set_storage", "", "(call $seal_set_storage (i32.const 64) (i32.const 0) (i32.const 16384))"),
        host(
            "seal_set_storage, new items",
            "seal_set_storage",
            "(global $k (mut i32) (i32.const 0))",
            "(i32.store (i32.const 64) (global.get $k)) (global.set $k (i32.add (global.get $k) (i32.const 1)))
             (call $seal_set_storage (i32.const 64) (i32.const 0) (i32.const 1))",
        ),
        host("seal_deposit_event, 16 KiB", "seal_deposit_event", "", "(call $seal_deposit_event (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16384))"),
        host(
            "seal_call, 16 pages of memory",
            "seal_call",
            "",
            "(drop (call $seal_call (i32.const 16) (i32.const 32) (i64.const 0) (i32.const 256)
                (i32.const 16) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0)))",
        ),
    ]
}

/// Nanoseconds that this thread has had on its processor.
#[allow(clippy::disallowed_methods)] // a measurement, of no result
fn on_processor() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux kernel");
    let first = text.split(' ').next().expect("a number");
    first.parse().expect("a number")
}

/// Executes messages on one thread; the time that they took, and the gas.
fn timed(file: &File, state: &State, env: &Env, messages: &[Message]) -> (u64, u64) {
    on_its_stack(file, || {
        let begin = on_processor();
        let mut gas = 0;
        for message in messages {
            let mut session = Session::changing(state, &());
            let receipt = file.execute(&mut session, env, message);
            gas += receipt.expect("no fault").gas_consumed.ref_time;
        }
        (on_processor() - begin, gas)
    })
}

/// Thousandths of the time that the gas promises.
fn ratio((nanoseconds, gas): (u64, u64)) -> u64 {
    nanoseconds * 1_000_000 / gas
}

fn cluster<V: Release>() -> Harness<V> {
    let mut config = test_config();
    config.max_code_size = 256 * 1024;
    let mut harness = Harness::with(test_setup(&config));
    harness.fund(ALICE, 1_000_000_000_000);
    harness
}

fn measure<V: Release>(case: &Case) -> u64 {
    let mut harness = cluster::<V>();
    let idle = wat(r#"(module (import "env" "memory" (memory 16 16))
        (func (export "deploy")) (func (export "call")))"#);
    let mut made = |code: &[u8]| -> AccountId {
        let receipt = harness.execute(Message::Instantiate(deploy(ALICE, code, 10_000_000_000)));
        assert_eq!(receipt.outcome, Outcome::Success, "{}", case.name);
        receipt.address.expect("a contract")
    };
    let callee = made(&idle);
    let address = made(&case.code);
    let input = if case.with_address { &callee[..] } else { &[] };
    let message = Message::Call(Call {
        gas_limit: Weight::new(30 * GAS, 0),
        ..call(ALICE, address, input)
    });
    let file = file::<V>().expect("a release");
    let (state, env) = (harness.state(), harness.env(Mode::Transaction));
    let messages = [message];
    let least = (0..3).map(|_| ratio(timed(&file, &state, &env, &messages)));
    least.min().expect("runs")
}

/// Code that has to be compiled for each call: the time of a call, of code that this file has never
/// seen.
fn compiling<V: Release>(functions: fn(u32) -> String) -> u64 {
    const CODES: u32 = 24;
    let harness = cluster::<V>();
    let library = RentEngine::<V>::new();
    let env = harness.env(Mode::Transaction);
    let messages: Vec<_> = (0..CODES)
        .map(|number| {
            let code = wat(&format!(
                r#"(module {} (func (export "deploy")) (func (export "call")))"#,
                functions(number),
            ));
            // Through the library, so that the file doesn't compile it.
            let mut state = Overlay::new(&harness.host);
            let message = Message::Instantiate(deploy(ALICE, &code, 10_000_000_000));
            let receipt = library.execute(&mut state, &env, message);
            harness.commit(state.into_changes().expect("no fault"));
            Message::Call(call(ALICE, receipt.address.expect("a contract"), &[]))
        })
        .collect();
    let file = file::<V>().expect("a release");
    ratio(timed(&file, &harness.state(), &env, &messages))
}

#[test]
#[ignore = "measures time: a table to look at"]
fn worst_time_per_gas() {
    println!(
        "{:36}{:>8}{:>8}",
        "thousandths of the time promised", "1.0", "1.1"
    );
    for case in cases() {
        let (old, new) = (measure::<V1_0>(&case), measure::<V1_1>(&case));
        println!("{:36}{old:>8}{new:>8}", case.name);
    }
    let few_long: fn(u32) -> String = |number| {
        let adds = "(i64.add (i64.const 1)".repeat(60) + "(i64.const 1)" + &")".repeat(60);
        format!("(func (result i64) (i64.add (i64.const {number}) {adds}))").repeat(300)
    };
    let many_short: fn(u32) -> String =
        |number| format!("(func (drop (i32.const {number})))").repeat(4_000);
    for (name, functions) in [
        ("cold code, 300 functions", few_long),
        ("cold code, 4,000 functions", many_short),
    ] {
        let (old, new) = (compiling::<V1_0>(functions), compiling::<V1_1>(functions));
        println!("{name:36}{old:>8}{new:>8}");
    }
}
