//! New schedules, and code that was instrumented under an older one.

use crate::{
    fixtures,
    harness::{blake2_256, call, call_base, deploy, rejected, Harness, Succeed, ALICE},
};
use parity_scale_codec::Encode;
use pink_engine_rent::{Release, Rules, Schedule, V1_0, V1_1};
use pink_engine_sdk::types::{
    Call, Code, Event, Instantiate, Message, Outcome, UpdateSchedule, Weight,
};

/// 169,198,000 ps and 125,833,000 for each KiB.
fn instrument(len: usize) -> u64 {
    169_198_000 + 125_833_000 * (len as u64 / 1024)
}

#[test]
fn reinstrument_does_charge() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 10_000_000);
    let code = fixtures::puppet();
    let address = harness
        .succeed(deploy(ALICE, &code, 100_000))
        .address
        .unwrap();
    let first = harness.succeed(call(ALICE, address, &[0]));
    let second = harness.succeed(call(ALICE, address, &[0]));
    assert_eq!(first.gas_consumed, second.gas_consumed);
    let updated = harness.update_schedule(|_| {});
    assert_eq!(updated.events, [Event::ScheduleUpdated { version: 1 }]);
    assert_eq!(harness.prefab(&code).unwrap().schedule_version, 0);
    let third = harness.succeed(call(ALICE, address, &[0]));
    assert_eq!(
        third.gas_consumed.ref_time,
        second.gas_consumed.ref_time + instrument(code.len())
    );
    assert_eq!(harness.prefab(&code).unwrap().schedule_version, 1);
    let fourth = harness.succeed(call(ALICE, address, &[0]));
    assert_eq!(fourth.gas_consumed, second.gas_consumed);
    assert_gas!(fourth, 528_832_925);
}

#[test]
fn a_new_price_counts_from_the_next_load() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 10_000_000);
    let code = fixtures::custom(&[], "", "", "(drop (i32.add (i32.const 1) (i32.const 2)))");
    let address = harness
        .succeed(deploy(ALICE, &code, 100_000))
        .address
        .unwrap();
    let gas = |harness: &mut Harness<V1_0>| {
        harness
            .succeed(call(ALICE, address, &[]))
            .gas_consumed
            .ref_time
            - call_base(0)
    };
    let block = 1_245_990 + 3 * 1_656;
    assert_eq!(gas(&mut harness), block + 2_249);
    harness.update_schedule(|schedule| schedule.instruction_weights.i64add = 1_000_000);
    assert_eq!(
        gas(&mut harness),
        block + 1_000_000 + instrument(code.len())
    );
    assert_eq!(gas(&mut harness), block + 1_000_000);
}

#[test]
fn schedules_only_grow() {
    let mut harness = Harness::<V1_0>::new();
    let update = |harness: &mut Harness<V1_0>, version: u32| {
        harness.execute(Message::UpdateSchedule(UpdateSchedule {
            schedule: Schedule {
                version,
                ..Schedule::MARCH_2021
            }
            .encode(),
        }))
    };
    assert_eq!(
        rejected(&update(&mut harness, 0)).error,
        "InvalidScheduleVersion"
    );
    assert_eq!(update(&mut harness, 5).outcome, Outcome::Success);
    for version in [0, 4, 5] {
        let receipt = update(&mut harness, version);
        assert_eq!(rejected(&receipt).error, "InvalidScheduleVersion");
    }
    assert_eq!(harness.schedule().version, 5);
}

#[test]
fn what_is_no_schedule_is_rejected() {
    let mut harness = Harness::<V1_0>::new();
    let mut wide = Schedule::MARCH_2021;
    wide.version = 9;
    wide.limits.memory_pages = 65;
    let mut long = Schedule::MARCH_2021.encode();
    long.push(0);
    for schedule in [vec![], vec![1, 2, 3], long, wide.encode()] {
        let receipt = harness.execute(Message::UpdateSchedule(UpdateSchedule { schedule }));
        assert_eq!(rejected(&receipt).error, "InvalidSchedule");
    }
}

/// Code that the new schedule refuses can't be used until another one takes it; other code goes
/// on.
#[test]
fn refused_code_fails_with_the_reason() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 10_000_000);
    let wide = fixtures::custom(&[], "", "", "(local i64)");
    let table = crate::wasm::wat(
        r#"(module (table 10 funcref) (func (export "deploy")) (func (export "call")))"#,
    );
    let good = harness
        .succeed(deploy(ALICE, &wide, 100_000))
        .address
        .unwrap();
    let bad = harness
        .succeed(deploy(ALICE, &table, 100_000))
        .address
        .unwrap();
    harness.update_schedule(|schedule| schedule.limits.table_size = 9);
    harness.succeed(call(ALICE, good, &[]));
    let receipt = harness.fail(call(ALICE, bad, &[]), "CodeRejected");
    assert!(format!("{:?}", receipt.outcome).contains("table exceeds maximum size allowed"));
    assert_eq!(
        receipt.gas_consumed.ref_time,
        call_base(0) + instrument(table.len())
    );
    // An instantiation of it costs everything, as in 2021.
    let receipt = harness.fail(
        Instantiate {
            code: Code::Existing(blake2_256(&table)),
            salt: vec![1],
            ..deploy(ALICE, &[], 100_000)
        },
        "CodeRejected",
    );
    assert_eq!(receipt.gas_consumed, receipt.gas_limit);
    harness.update_schedule(|schedule| schedule.limits.table_size = 10);
    harness.succeed(call(ALICE, bad, &[]));
}

#[test]
fn instrumenting_again_can_run_out_of_gas() {
    fn check<V: Release>() {
        let mut harness = Harness::<V>::new();
        harness.fund(ALICE, 10_000_000);
        let code = fixtures::puppet();
        let address = harness
            .succeed(deploy(ALICE, &code, 100_000))
            .address
            .unwrap();
        harness.update_schedule(|_| {});
        let before = harness.state();
        let receipt = harness.execute(Message::Call(Call {
            gas_limit: Weight::new(instrument(code.len()) - 1, 0),
            ..call(ALICE, address, &[0])
        }));
        assert_eq!(receipt.outcome, Outcome::OutOfGas);
        assert_eq!(harness.state(), before);
        let receipt = harness.execute(Message::Instantiate(Instantiate {
            gas_limit: Weight::new(1, 0),
            code: Code::Existing(blake2_256(&code)),
            salt: vec![1],
            ..deploy(ALICE, &[], 100_000)
        }));
        assert_eq!(receipt.outcome, Outcome::OutOfGas);
        assert_eq!(receipt.gas_consumed, receipt.gas_limit);
    }
    check::<V1_0>();
    check::<V1_1>();
}

/// Instrumented code is kept though the message that asked for it fails: in 1.0.
#[test]
fn a_failing_message_writes_instrumented_code_back() {
    fn version_after<V: Release>(called: bool) -> u32 {
        let mut harness = Harness::<V>::new();
        harness.fund(ALICE, 10_000_000);
        let code = fixtures::puppet();
        let address = harness
            .succeed(deploy(ALICE, &code, 100_000))
            .address
            .unwrap();
        let before = harness.schedule().version;
        harness.update_schedule(|_| {});
        if called {
            harness.fail(call(ALICE, address, &[2]), "ContractTrapped")
        } else {
            harness.fail(
                Instantiate {
                    code: Code::Existing(blake2_256(&code)),
                    input: vec![2],
                    salt: vec![1],
                    ..deploy(ALICE, &[], 100_000)
                },
                "ContractTrapped",
            )
        };
        harness.prefab(&code).unwrap().schedule_version - before
    }
    for called in [true, false] {
        assert_eq!(version_after::<V1_0>(called), 1);
        assert_eq!(version_after::<V1_1>(called), 0);
    }
}

/// The schedule of March 2021, figure by figure where the reference names one.
#[test]
fn the_default_schedule() {
    let schedule = Rules::V1_0.schedule;
    assert_eq!(schedule.version, 0);
    assert!(!schedule.enable_println);
    let weights = &schedule.instruction_weights;
    let some = [
        weights.i64const,
        weights.call,
        weights.memory_grow,
        weights.i64rotr,
    ];
    assert_eq!(some, [1_656, 96_395, 143_649_282, 2_498]);
    assert_eq!(schedule.host_fn_weights.restore_to_per_delta, 162_361_960);
    assert_eq!(schedule.limits.max_memory_size(), 1 << 20);
    assert_eq!(Rules::V1_1.schedule.version, 1);
    // Its length is part of the protocol: one flag, and numbers.
    assert_eq!(schedule.encode().len(), 4 + 1 + 8 * 4 + 52 * 4 + 52 * 8);
}
