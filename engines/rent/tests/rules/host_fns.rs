//! Host functions: buffers, events, hashes, and what stops a contract.

use crate::{
    fixtures,
    harness::{call, deploy, Harness, Succeed, ALICE},
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Balance, Event};

fn rich<V: Release>() -> Harness<V> {
    let mut harness = Harness::new();
    harness.fund(ALICE, 1_000_000_000);
    harness
}

fn made<V: Release>(harness: &mut Harness<V>, code: &[u8]) -> AccountId {
    let receipt = harness.succeed(deploy(ALICE, code, 1_000_000));
    receipt.address.unwrap()
}

/// Runs this as a call.
fn run(imports: &[&str], data: &str, body: &str) -> (Harness<V1_0>, AccountId) {
    let mut harness = rich();
    let contract = made(&mut harness, &fixtures::custom(imports, data, "", body));
    (harness, contract)
}

#[test]
fn crypto_hashes() {
    use sp_crypto_hashing::{blake2_128, blake2_256, keccak_256, sha2_256};
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &fixtures::hashes());
    let input = b"_DEAD_BEEF";
    let expected = [
        sha2_256(input).to_vec(),
        keccak_256(input).to_vec(),
        blake2_256(input).to_vec(),
        blake2_128(input).to_vec(),
    ];
    for (which, expected) in expected.iter().enumerate() {
        let receipt = harness.succeed(call(
            ALICE,
            contract,
            &[&[which as u8], &input[..]].concat(),
        ));
        assert_eq!(receipt.output, *expected);
    }
    let receipt = harness.succeed(call(ALICE, contract, b"\x00_DEAD_BEEF"));
    assert_gas!(receipt, 527_265_496);
}

#[test]
fn deposit_event_max_value_limit() {
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &fixtures::sized(true));
    let receipt = harness.succeed(call(ALICE, contract, &16_384_u32.to_le_bytes()));
    assert!(matches!(
        &receipt.events[..],
        [Event::ContractEmitted { data, .. }] if data.len() == 16_384
    ));
    assert_gas!(receipt, 567_770_041);
    let receipt = harness.fail(
        call(ALICE, contract, &16_385_u32.to_le_bytes()),
        "ValueTooLarge",
    );
    assert_gas!(receipt, 567_772_492);
}

#[test]
fn storage_max_value_limit() {
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &fixtures::sized(false));
    harness.set_free(&contract, 10_000_000_000);
    let receipt = harness.succeed(call(ALICE, contract, &16_384_u32.to_le_bytes()));
    assert_eq!(harness.alive(&contract).unwrap().storage_size, 16_384);
    assert_gas!(receipt, 816_871_081);
    let receipt = harness.fail(
        call(ALICE, contract, &16_385_u32.to_le_bytes()),
        "ValueTooLarge",
    );
    assert_gas!(receipt, 816_871_811);
}

/// A contract that emits an event with a number of topics, all different or not.
fn topics(count: u8, duplicate: bool) -> Vec<u8> {
    let topics: String = (0..count)
        .map(|number| {
            let byte = if duplicate { 1 } else { 9 - number };
            format!("\\{byte:02x}").repeat(32)
        })
        .collect();
    fixtures::custom(
        &["seal_deposit_event"],
        &format!(r#"(data (i32.const 0) "\{:02x}{topics}")"#, count * 4),
        "",
        &format!(
            "(call $seal_deposit_event (i32.const 0) (i32.const {}) (i32.const 0) (i32.const 2))",
            1 + 32 * u32::from(count)
        ),
    )
}

#[test]
fn deposit_event_topics() {
    fn emitted<V: Release>() -> Vec<[u8; 32]> {
        let mut harness = rich::<V>();
        let contract = made(&mut harness, &topics(4, false));
        let receipt = harness.succeed(call(ALICE, contract, &[]));
        match &receipt.events[..] {
            [Event::ContractEmitted { topics, .. }] => topics.clone(),
            events => panic!("{events:?}"),
        }
    }
    let order = |bytes: [u8; 4]| bytes.map(|byte| [byte; 32]).to_vec();
    assert_eq!(emitted::<V1_0>(), order([6, 7, 8, 9]), "sorted, as in 2021");
    assert_eq!(
        emitted::<V1_1>(),
        order([9, 8, 7, 6]),
        "the contract's order"
    );
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &topics(5, false));
    let receipt = harness.fail(call(ALICE, contract, &[]), "TooManyTopics");
    assert_gas!(receipt, 1_174_778_221);
    let contract = made(&mut harness, &topics(2, true));
    let receipt = harness.fail(call(ALICE, contract, &[]), "DuplicateTopics");
    assert_gas!(receipt, 781_941_991);
}

/// The price of an event: its own, each topic's, each byte's.
#[test]
fn deposit_event_gas() {
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &topics(4, false));
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    let block = 1_245_990 + 4 * 1_656 + 96_395;
    let event = 9_371_260 + 4 * 130_945_410 + 2 * 2_451;
    assert_eq!(
        receipt.gas_consumed.ref_time,
        crate::harness::call_base(0) + block + event
    );
}

#[test]
fn contract_out_of_bounds_access() {
    for body in [
        "(call $seal_set_storage (i32.const 131041) (i32.const 0) (i32.const 1))",
        "(call $seal_set_storage (i32.const 0) (i32.const 131072) (i32.const 1))",
        "(call $seal_set_storage (i32.const -1) (i32.const 0) (i32.const 0))",
        "(call $seal_return (i32.const 0) (i32.const 1) (i32.const 131072))",
        "(call $seal_caller (i32.const 0) (i32.const 131070))",
    ] {
        let imports = ["seal_set_storage", "seal_return", "seal_caller"];
        let (mut harness, contract) = run(&imports, "", body);
        harness.fail(call(ALICE, contract, &[]), "OutOfBounds");
    }
    // A buffer whose end is beyond memory: nothing of it is written.
    let (mut harness, contract) = run(
        &["seal_caller"],
        r#"(data (i32.const 0) "\20")"#,
        "(call $seal_caller (i32.const 131041) (i32.const 0))",
    );
    let receipt = harness.fail(call(ALICE, contract, &[]), "OutOfBounds");
    assert_gas!(receipt, 513_372_927);
}

#[test]
fn a_buffer_that_is_too_small_traps() {
    let (mut harness, contract) = run(
        &["seal_caller"],
        r#"(data (i32.const 0) "\1f")"#,
        "(call $seal_caller (i32.const 16) (i32.const 0))",
    );
    let receipt = harness.fail(call(ALICE, contract, &[]), "OutputBufferTooSmall");
    assert_gas!(receipt, 513_372_927);
}

#[test]
fn contract_decode_failure() {
    for (account, value) in [(31, 16), (33, 16), (32, 15), (32, 17), (32, 8)] {
        let body = format!(
            "(drop (call $seal_transfer
                (i32.const 0) (i32.const {account}) (i32.const 64) (i32.const {value})))"
        );
        let (mut harness, contract) = run(&["seal_transfer"], "", &body);
        harness.fail(call(ALICE, contract, &[]), "DecodingFailed");
    }
}

#[test]
fn a_list_of_topics_must_be_one() {
    // Two topics announced, one there; one announced, and a byte too much.
    for (first, len) in [("08", 33), ("04", 34)] {
        let (mut harness, contract) = run(
            &["seal_deposit_event"],
            &format!(r#"(data (i32.const 0) "\{first}")"#),
            &format!(
                "(call $seal_deposit_event (i32.const 0) (i32.const {len})
                    (i32.const 0) (i32.const 0))"
            ),
        );
        harness.fail(call(ALICE, contract, &[]), "DecodingFailed");
    }
}

#[test]
fn get_storage_puts_data_into_buf() {
    let body = "(call $seal_set_storage (i32.const 1024) (i32.const 64) (i32.const 5))
        (i32.store (i32.const 0) (i32.const 100))
        (if (i32.ne (call $seal_get_storage (i32.const 2048) (i32.const 200) (i32.const 0))
                (i32.const 3))
            (then (unreachable)))
        (if (call $seal_get_storage (i32.const 1024) (i32.const 200) (i32.const 0))
            (then (unreachable)))
        (call $seal_return (i32.const 0) (i32.const 200) (i32.load (i32.const 0)))";
    let (mut harness, contract) = run(
        &["seal_set_storage", "seal_get_storage", "seal_return"],
        r#"(data (i32.const 64) "value") (data (i32.const 2048) "\01")"#,
        body,
    );
    let receipt = harness.succeed(call(ALICE, contract, &[]));
    assert_eq!(receipt.output, b"value");
    assert_gas!(receipt, 871_421_363);
}

/// `seal_println` is for schedules of development; it is free in 1.0.
#[test]
fn println_enabled() {
    fn gas<V: Release>() -> u64 {
        let mut harness = rich::<V>();
        harness.update_schedule(|schedule| schedule.enable_println = true);
        let code = fixtures::custom(
            &["seal_println"],
            r#"(data (i32.const 0) "hello")"#,
            "",
            "(call $seal_println (i32.const 0) (i32.const 5))",
        );
        let contract = made(&mut harness, &code);
        let receipt = harness.succeed(call(ALICE, contract, &[]));
        receipt.gas_consumed.ref_time - crate::harness::call_base(0)
    }
    let block = 1_245_990 + 2 * 1_656 + 96_395;
    assert_eq!(gas::<V1_0>(), block);
    assert_eq!(gas::<V1_1>(), block + 4_740_000 + 5 * 765);
}

/// `call_indirect` costs its number of parameters in 1.0, and its price in 1.1.
#[test]
fn call_indirect() {
    fn gas<V: Release>() -> u64 {
        let mut harness = rich::<V>();
        let code = crate::wasm::wat(
            r#"(module
                (type $t (func (param i32 i32 i32)))
                (table 1 funcref) (elem (i32.const 0) $f)
                (func $f (type $t))
                (func (export "deploy"))
                (func (export "call")
                    (call_indirect (type $t)
                        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))"#,
        );
        let contract = made(&mut harness, &code);
        let receipt = harness.succeed(call(ALICE, contract, &[]));
        receipt.gas_consumed.ref_time - crate::harness::call_base(0)
    }
    // The block of `call`, and nothing for the empty function: its block costs nothing.
    let block = 1_245_990 + 4 * 1_656;
    assert_eq!(gas::<V1_0>(), block + 3);
    assert_eq!(gas::<V1_1>(), block + 194_788 + 3 * 1_719);
}

/// Locals are cleared at each call: 1.1 prices them.
#[test]
fn locals() {
    fn gas<V: Release>(locals: &str) -> u64 {
        let mut harness = rich::<V>();
        let code = crate::wasm::wat(&format!(
            r#"(module (func $f {locals}) (func (export "deploy"))
                (func (export "call") (call $f)))"#
        ));
        let contract = made(&mut harness, &code);
        let receipt = harness.succeed(call(ALICE, contract, &[]));
        receipt.gas_consumed.ref_time - crate::harness::call_base(0)
    }
    let block = 1_245_990 + 96_395;
    assert_eq!(gas::<V1_0>(""), block);
    assert_eq!(gas::<V1_1>(""), block);
    assert_eq!(gas::<V1_0>("(local i64 i64 i32)"), block);
    assert_eq!(
        gas::<V1_1>("(local i64 i64 i32)"),
        block + 1_245_990 + 3 * 1_580
    );
}

/// The price of each part of a call of another contract.
#[test]
fn seal_call_gas() {
    let mut harness = rich::<V1_0>();
    let code = fixtures::idle();
    let idle = made(&mut harness, &code);
    let body = |value: Balance| {
        let account: String = idle.iter().map(|byte| format!("\\{byte:02x}")).collect();
        fixtures::custom(
            &["seal_call"],
            &format!(r#"(data (i32.const 0) "{account}") (data (i32.const 64) "\{value:02x}")"#),
            "",
            "(drop (call $seal_call (i32.const 0) (i32.const 32) (i64.const 0)
                (i32.const 64) (i32.const 16) (i32.const 0) (i32.const 10)
                (i32.const -1) (i32.const 0)))",
        )
    };
    let length = u64::from(harness.prefab(&code).unwrap().instrumented_len);
    for (value, surcharge) in [(0, 0), (9, 150_571_810)] {
        let caller = made(&mut harness, &body(value));
        let receipt = harness.succeed(call(ALICE, caller, &[]));
        let block = 1_245_990 + 10 * 1_656 + 96_395;
        let function = 154_618_610 + 10 * 585 + surcharge + length * 3_839;
        assert_eq!(
            receipt.gas_consumed.ref_time,
            crate::harness::call_base(0) + block + function
        );
    }
}

/// Each host function with arguments from the edges of what there is, again and again: whatever a
/// contract passes, the message has an outcome, and the harness's checks hold.
#[test]
fn whatever_a_contract_passes() {
    fn check<V: Release>() {
        const EDGES: [i64; 14] = [
            0,
            1,
            4,
            16,
            31,
            32,
            33,
            64,
            65_536,
            131_071,
            131_072,
            1 << 20,
            i32::MAX as i64,
            -1,
        ];
        let mut numbers = crate::figures::Numbers(0x0b5e_55ed);
        for (name, signature) in crate::wasm::SIGNATURES {
            if *name == "seal_println"
                || (*name == "seal_rent_params" && !V::RULES.later_host_functions)
            {
                continue;
            }
            let (params, result) = signature.split_once(')').unwrap();
            let mut calls = String::new();
            for _ in 0..12 {
                let arguments: String = params
                    .split_whitespace()
                    .skip(1)
                    .map(|ty| {
                        let edge = EDGES[numbers.below(EDGES.len() as u64) as usize];
                        format!("({ty}.const {edge}) ")
                    })
                    .collect();
                let call = format!("(call ${name} {arguments})");
                let case = if result.contains("result") {
                    format!("(drop {call})")
                } else {
                    call
                };
                // The first byte of the input says which one is called.
                let number = calls.matches("(if").count();
                calls += &format!(
                    "(if (i32.eq (i32.load8_u (i32.const 200)) (i32.const {number})) (then {case}))"
                );
            }
            let imports = match *name {
                "seal_input" => vec!["seal_input"],
                name => vec![name, "seal_input"],
            };
            let data = r#"(data (i32.const 0) "\20\00\00\00\40") (data (i32.const 196) "\01")"#;
            let body = format!("(call $seal_input (i32.const 200) (i32.const 196)) {calls}");
            let mut harness = rich::<V>();
            let contract = made(&mut harness, &fixtures::custom(&imports, data, "", &body));
            for number in 0..12 {
                let message =
                    pink_engine_sdk::types::Message::Call(call(ALICE, contract, &[number]));
                let receipt = harness.execute(message);
                let base = crate::harness::call_base(0);
                // A contract that ended itself is no contract any more.
                let ended = matches!(
                    receipt.outcome,
                    pink_engine_sdk::types::Outcome::Rejected(_)
                );
                assert!(
                    ended || receipt.gas_consumed.ref_time > base,
                    "{name} {number}"
                );
            }
        }
    }
    check::<V1_0>();
    check::<V1_1>();
}
