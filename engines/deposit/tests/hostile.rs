//! Contracts that mean no good. Each ends in a deterministic outcome, with its gas paid.

mod common;

use common::*;
use pink_engine_sdk::{types::*, Engine};

/// Executes on two engines, one of which has never seen the code.
fn run(chain: &mut Chain, contract: AccountId, input: &[u8]) -> Receipt {
    let warm = chain.estimate(contract, input);
    chain.engine = Engine::new();
    let cold = chain.call(contract, input);
    assert_eq!(warm.outcome, cold.outcome);
    assert_eq!(warm.gas_consumed, cold.gas_consumed);
    cold
}

#[test]
fn loops_recursion_and_traps() {
    let mut chain = Chain::new();
    for (name, imports, body, ends) in [
        ("a loop", "", "(loop (br 0))", "OutOfGas"),
        (
            "a loop of free operators",
            "",
            "(loop (block (block)) nop (br 0))",
            "OutOfGas",
        ),
        (
            "recursion",
            "(func $f (call $f))",
            "(call $f)",
            "ContractTrapped",
        ),
        (
            "recursion with wide frames",
            &format!("(func $f (local {}) (call $f))", "i64 ".repeat(1024)),
            "(call $f)",
            "ContractTrapped",
        ),
        (
            "mutual recursion through a table",
            "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (call_indirect (type $t) (i32.const 0)))",
            "(call $f)",
            "ContractTrapped",
        ),
        ("unreachable", "", "unreachable", "ContractTrapped"),
        (
            "division by zero",
            "",
            "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
            "ContractTrapped",
        ),
        (
            "overflow",
            "",
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            "ContractTrapped",
        ),
        (
            "a read outside",
            "",
            "(drop (i32.load (i32.const -1)))",
            "ContractTrapped",
        ),
        (
            "a write outside",
            "",
            "(i64.store offset=4294967295 (i32.const 8) (i64.const 1))",
            "ContractTrapped",
        ),
        (
            "an empty place in the table",
            "(type $t (func)) (table 2 funcref)",
            "(call_indirect (type $t) (i32.const 1))",
            "ContractTrapped",
        ),
        (
            "a place outside of the table",
            "(type $t (func)) (table 2 funcref)",
            "(call_indirect (type $t) (i32.const 9))",
            "ContractTrapped",
        ),
        (
            "another type in the table",
            "(type $t (func (param i32))) (table 1 funcref) (elem (i32.const 0) $f) (func $f)",
            "(call_indirect (type $t) (i32.const 0) (i32.const 0))",
            "ContractTrapped",
        ),
    ] {
        let contract = chain.make_wat(&module(imports, body));
        let receipt = run(&mut chain, contract, &[]);
        match &receipt.outcome {
            Outcome::OutOfGas => assert_eq!(ends, "OutOfGas", "{name}"),
            Outcome::Trapped(failure) => assert_eq!(failure.error, ends, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn whatever_goes_on_for_ever_ends_with_the_gas() {
    for (name, imports, body) in adversaries() {
        let mut chain = Chain::new();
        let contract = chain.make_wat(&module(&imports, &body));
        let mut message_ = call(contract, &[]);
        message_.gas_limit.ref_time = 2_000_000_000;
        let receipt = chain.send(Message::Call(message_));
        assert_eq!(receipt.outcome, Outcome::OutOfGas, "{name}: {receipt:?}");
    }
}

#[test]
fn a_start_function_runs_first_and_can_end_the_call() {
    let mut chain = Chain::new();
    let start = |body: &str| {
        format!(
            r#"(module (import "env" "memory" (memory 1 1))
                (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
                (data (i32.const 0) "start")
                (func $start {body}) (start $start)
                (func (export "deploy"))
                (func (export "call") (call $return (i32.const 0) (i32.const 1) (i32.const 2))))"#
        )
    };
    let contract = chain.make_wat(&start(""));
    assert_eq!(run(&mut chain, contract, &[]).output, b"ta");
    let ends = start("(call $return (i32.const 0) (i32.const 0) (i32.const 5))");
    let contract = chain.make_wat(&ends);
    assert_eq!(run(&mut chain, contract, &[]).output, b"start");
    for (body, out_of_gas) in [("(loop (br 0))", true), ("unreachable", false)] {
        let receipt = chain.instantiate(Code::Upload(wat(&start(body))), &[]);
        assert_eq!(
            receipt.outcome == Outcome::OutOfGas,
            out_of_gas,
            "{receipt:?}"
        );
        assert_ne!(receipt.outcome, Outcome::Success);
    }
}

#[test]
fn memory_grows_to_its_maximum_and_no_further() {
    let mut chain = Chain::new();
    let text = r#"(module (import "env" "memory" (memory 1 64))
        (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
        (func (export "deploy"))
        (func (export "call") (local $n i32)
            (loop
                (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
                    (then (local.set $n (i32.add (local.get $n) (i32.const 1))) (br 1))))
            (i32.store (i32.const 0) (local.get $n))
            (i32.store (i32.const 4) (memory.grow (i32.const 65535)))
            (i32.store (i32.const 8) (memory.size))
            (call $return (i32.const 0) (i32.const 0) (i32.const 12))))"#;
    let contract = chain.make_wat(text);
    let receipt = run(&mut chain, contract, &[]);
    let words: Vec<u32> = receipt
        .output
        .chunks(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect();
    assert_eq!(words, [63, u32::MAX, 64]);
    // Growing is paid by the page.
    assert!(receipt.gas_consumed.ref_time > 63 * 65536 / 16 * FUEL);
}

/// Every function, with pointers and lengths that nobody has: whatever happens, it ends.
#[test]
fn bad_pointers_in_every_argument() {
    const FUNCTIONS: &[(&str, &str, &str, bool)] = &[
        ("seal0", "set_storage", "iii", false),
        ("seal1", "set_storage", "iii", true),
        ("seal2", "set_storage", "iiii", true),
        ("seal0", "clear_storage", "i", false),
        ("seal1", "clear_storage", "ii", true),
        ("seal0", "get_storage", "iii", true),
        ("seal1", "get_storage", "iiii", true),
        ("seal0", "contains_storage", "i", true),
        ("seal1", "contains_storage", "ii", true),
        ("seal0", "take_storage", "iiii", true),
        ("seal0", "transfer", "iiii", true),
        ("seal0", "call", "iiliiiiii", true),
        ("seal1", "call", "iiliiiii", true),
        ("seal2", "call", "iilliiiiii", true),
        ("seal0", "delegate_call", "iiiiii", true),
        ("seal0", "instantiate", "iiliiiiiiiiii", true),
        ("seal1", "instantiate", "iliiiiiiiii", true),
        ("seal2", "instantiate", "illiiiiiiiiii", true),
        ("seal0", "terminate", "ii", false),
        ("seal1", "terminate", "i", false),
        ("seal0", "input", "ii", false),
        ("seal0", "seal_return", "iii", false),
        ("seal0", "caller", "ii", false),
        ("seal0", "is_contract", "i", true),
        ("seal0", "code_hash", "iii", true),
        ("seal0", "own_code_hash", "ii", false),
        ("seal0", "address", "ii", false),
        ("seal0", "weight_to_fee", "lii", false),
        ("seal0", "gas_left", "ii", false),
        ("seal0", "balance", "ii", false),
        ("seal0", "value_transferred", "ii", false),
        ("seal0", "now", "ii", false),
        ("seal0", "minimum_balance", "ii", false),
        ("seal0", "deposit_event", "iiii", false),
        ("seal0", "block_number", "ii", false),
        ("seal0", "hash_sha2_256", "iii", false),
        ("seal0", "hash_keccak_256", "iii", false),
        ("seal0", "hash_blake2_256", "iii", false),
        ("seal0", "hash_blake2_128", "iii", false),
        ("seal0", "call_chain_extension", "iiiii", true),
        ("seal0", "debug_message", "ii", true),
        ("seal0", "ecdsa_recover", "iii", true),
        ("seal0", "set_code_hash", "i", true),
        ("seal0", "ecdsa_to_eth_address", "ii", true),
        ("seal0", "sr25519_verify", "iiii", true),
        ("seal0", "call_runtime", "ii", true),
        ("seal0", "xcm_execute", "ii", true),
        ("seal0", "xcm_send", "iiii", true),
        ("seal0", "lock_delegate_dependency", "i", false),
        ("seal0", "unlock_delegate_dependency", "i", false),
    ];
    let values = [
        "0",
        "1",
        "65535",
        "65536",
        "1048575",
        "2147483647",
        "-1",
        "-32",
    ];
    let mut chain = Chain::new();
    for (module_name, name, params, result) in FUNCTIONS {
        let types: Vec<&str> = params
            .chars()
            .map(|ty| if ty == 'i' { "i32" } else { "i64" })
            .collect();
        let import = format!(
            r#"(import "{module_name}" "{name}" (func $f (param {}) {}))"#,
            types.join(" "),
            if *result { "(result i32)" } else { "" }
        );
        // One argument at a time, and all at once.
        for place in 0..=params.len() {
            let mut body = String::new();
            for value in values {
                let args: String = types
                    .iter()
                    .enumerate()
                    .map(|(index, ty)| {
                        if index == place || place == params.len() {
                            format!("({ty}.const {value})")
                        } else {
                            format!("({ty}.const 64)")
                        }
                    })
                    .collect();
                body.push_str(&format!(
                    "(if (i32.eq (i32.load8_u (i32.const 4)) (i32.const {})) (then {}))",
                    values.iter().position(|other| *other == value).unwrap(),
                    if *result {
                        format!("(drop (call $f {args}))")
                    } else {
                        format!("(call $f {args})")
                    }
                ));
            }
            let contract = chain.make_wat(&module(&import, &body));
            for index in 0..values.len() {
                let receipt = chain.estimate(contract, &[index as u8]);
                check_receipt(&receipt);
            }
        }
    }
}

/// Nobody stores, emits or asks more than the limits say, and everything is paid for.
#[test]
fn floods() {
    let mut chain = Chain::new();
    let events = chain.make_wat(&module(
        r#"(import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))"#,
        "(loop (call $event (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 16384)) (br 0))",
    ));
    let mut message_ = call(events, &[]);
    message_.gas_limit.ref_time = 300_000_000_000;
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(error(&receipt), "OutOfEvents");
    assert!(receipt.events.is_empty());
    // At least what the version says for each byte.
    assert!(
        receipt.gas_consumed.ref_time
            > 4 * 1024 * 1024 * RULES.host.deposit_event.ref_time_per_byte
    );

    let storage = chain.make_wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
        r#"(loop
            (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
            (drop (call $set (i32.const 4) (i32.const 4) (i32.const 0) (i32.const 16384)))
            (br 0))"#,
    ));
    let items = chain.state().len();
    let receipt = run(&mut chain, storage, &[]);
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(chain.state().len(), items);
}

/// A contract can't take from its caller more than the deposit that was allowed.
#[test]
fn deposits_cant_be_drained() {
    let mut chain = Chain::new();
    let greedy = chain.make_wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
        r#"(drop (call $set (i32.const 4) (i32.const 4) (i32.const 0) (i32.const 16000)))"#,
    ));
    let mut message_ = call(greedy, &[]);
    message_.origin = BOB;
    message_.storage_deposit_limit = Some(1_000);
    let before = chain.free(BOB);
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    assert_eq!(chain.free(BOB), before - receipt.fee);
}

/// The deepest legal nesting, each frame at the bottom of a deep recursion of its own, on a
/// quarter of the stack that the engine asks for: optimized code needs less.
#[test]
fn the_deepest_nesting_fits_the_stack_that_is_asked_for() {
    let deepest = || {
        let mut chain = Chain::new();
        let contract = chain.make_wat(&module(
            r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
               (import "seal0" "address" (func $address (param i32 i32)))
               (func $down (param $left i32) (local i64 i64 i64 i64)
                 (if (local.get $left)
                   (then (call $down (i32.sub (local.get $left) (i32.const 1))))
                   (else
                     (i32.store (i32.const 9000) (i32.const 32))
                     (call $address (i32.const 9100) (i32.const 9000))
                     (i32.store (i32.const 9200) (i32.const 4))
                     (drop (call $call (i32.const 8) (i32.const 9100) (i64.const 0) (i32.const 9300)
                       (i32.const 0) (i32.const 0) (i32.const 9204) (i32.const 9200))))))"#,
            r#"(call $down (i32.const 1000))
               (i32.store (i32.const 9204) (i32.add (i32.load (i32.const 9204)) (i32.const 1)))
               (call $return (i32.const 0) (i32.const 9204) (i32.const 4))"#,
        ));
        let receipt = chain.call(contract, &[]);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        u32::from_le_bytes(receipt.output.try_into().unwrap())
    };
    let stack = Chain::new().engine.info().min_stack_bytes as usize;
    #[allow(clippy::disallowed_methods)] // a test may have threads
    let depth = std::thread::Builder::new()
        .stack_size(stack / 4)
        .spawn(deepest)
        .unwrap()
        .join()
        .unwrap();
    let limit = RULES.limits.call_depth;
    // The frame that would be one too many ends its caller.
    assert_eq!(depth, limit - 1);
}
