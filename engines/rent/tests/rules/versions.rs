//! 1.0 and 1.1 in one process, the same messages into both: what differs is a named repair.

use crate::{
    fixtures,
    harness::{blake2_256, call, claim, deploy, Harness, State, ALICE, CHARLIE, DJANGO},
    tested::Tested,
};
use pink_engine_rent::{Release, Rules, V1_0, V1_1};
use pink_engine_sdk::{
    types::{AccountId, Env, Message, Mode, Receipt, Upgrade, Version},
    VERSION_KEY,
};

/// Messages that touch everything but the repaired quirks: no rent is charged in a call that
/// fails, no topics, no restoration, no `call_indirect`.
fn scenario<V: Release>() -> (Vec<Receipt>, State, Harness<V>) {
    let mut harness = Harness::<V>::new();
    let mut receipts = vec![
        harness.fund(ALICE, 10_000_000),
        harness.fund(CHARLIE, 10_000_000),
    ];
    let mut made: Vec<AccountId> = Vec::new();
    for code in [
        fixtures::idle(),
        fixtures::tenant(),
        fixtures::puppet(),
        fixtures::proxy(),
        fixtures::terminator(&DJANGO),
    ] {
        let receipt = harness.execute(Message::Instantiate(deploy(ALICE, &code, 200_000)));
        made.push(receipt.address.unwrap());
        receipts.push(receipt);
    }
    for number in [1, 1, 4, 9] {
        harness.go_to_block(number);
        for input in [&[0; 4][..], &[], &[4], &[0, 1, 2]] {
            for contract in &made[..3] {
                receipts.push(harness.execute(Message::Call(call(ALICE, *contract, input))));
            }
        }
        let input = fixtures::through(&made[2], 0, 0, &[1, 7]);
        receipts.push(harness.execute(Message::Call(call(ALICE, made[3], &input))));
    }
    receipts.push(harness.execute(Message::Call(call(ALICE, made[4], &[]))));
    harness.end_block();
    harness.go_to_block(2_000);
    receipts.push(harness.execute(claim(CHARLIE, made[1], false)));
    receipts.push(harness.execute(Message::Call(call(ALICE, made[1], &[]))));
    let state = harness.state();
    (receipts, state, harness)
}

/// 1.1 but for how it instruments: what is left are the repaired quirks.
enum Repaired {}

impl Release for Repaired {
    const RULES: &'static Rules = &Rules {
        version: Rules::V1_0.version,
        upgrades_from: Rules::V1_0.upgrades_from,
        schedule: Rules::V1_0.schedule,
        instrumentation: Rules::V1_0.instrumentation,
        ..Rules::V1_1
    };
}

/// 1.0 but for how it instruments.
enum Reinstrumented {}

impl Release for Reinstrumented {
    const RULES: &'static Rules = &Rules {
        instrumentation: Rules::V1_1.instrumentation,
        schedule: Rules::V1_1.schedule,
        ..Rules::V1_0
    };
}

/// Without the instrumentation and without touching a quirk, 1.0 and 1.1 are the same to the last
/// bit: receipts, gas and state.
#[test]
fn the_versions_differ_in_instrumentation_and_in_repaired_quirks_alone() {
    let (old, old_state, _) = scenario::<V1_0>();
    let (new, new_state, _) = scenario::<Repaired>();
    assert_eq!(old, new);
    assert_eq!(old_state, new_state);
    // And with the instrumentation, 1.1 is what is left.
    let (new, mut new_state, _) = scenario::<V1_1>();
    let (reinstrumented, mut state, _) = scenario::<Reinstrumented>();
    assert_eq!(reinstrumented, new);
    state.remove(VERSION_KEY);
    new_state.remove(VERSION_KEY);
    assert_eq!(state, new_state);
    // It isn't nothing.
    assert_ne!(old_state, new_state);
}

/// What differs in receipts and records between 1.0 and 1.1 as they are: gas, and the amounts of
/// rent that follow from the length of instrumented code.
#[test]
fn the_same_messages_into_both() {
    let (old, old_state, _) = scenario::<V1_0>();
    let (new, new_state, _) = scenario::<V1_1>();
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(&new) {
        assert_eq!(old.outcome, new.outcome);
        assert_eq!((&old.output, old.address), (&new.output, new.address));
        assert_eq!(
            (old.gas_limit, old.code_hash),
            (new.gas_limit, new.code_hash)
        );
        assert_eq!(old.events.len(), new.events.len());
    }
    let names = |state: &State| state.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&old_state), names(&new_state), "the same records");
    for (key, _) in old_state
        .iter()
        .filter(|(key, value)| new_state[*key] != **value)
    {
        let name = key.split(|byte| *byte == b'/').next().unwrap();
        let named: [&[u8]; 6] = [
            VERSION_KEY,
            b"schedule",
            b"prefab",
            b"instrumented",
            b"account",
            b"contract",
        ];
        assert!(named.contains(&name), "{key:?}");
    }
}

/// The length of code as it runs is a rule: rent is computed from it.
#[test]
fn instrumented_lengths() {
    let codes = [
        fixtures::idle(),
        fixtures::tenant(),
        fixtures::puppet(),
        fixtures::proxy(),
        fixtures::factory(),
    ];
    let old: Vec<u32> = codes.iter().map(|code| length::<V1_0>(code)).collect();
    let new: Vec<u32> = codes.iter().map(|code| length::<V1_1>(code)).collect();
    assert_eq!(old, LENGTHS_1_0);
    assert_eq!(new, LENGTHS_1_1);
}

const LENGTHS_1_0: [u32; 5] = [74, 445, 709, 312, 341];
const LENGTHS_1_1: [u32; 5] = [134, 551, 818, 388, 424];

/// A cluster moves from 1.0 to 1.1: contracts, money and tombstones stay, code is instrumented
/// again when it is loaded next, and pays for that.
#[test]
fn the_move_to_1_1() {
    let (_, before, harness) = scenario::<V1_0>();
    let old_total = harness.total_issuance();
    let engine = Tested::<V1_1>::new();
    let env = |number: u32| Env {
        mode: Mode::Transaction,
        block: pink_engine_sdk::types::Block {
            number,
            ..harness.block.clone()
        },
        seq: 0,
    };
    let execute = |number: u32, message: Message| {
        let done = engine.execute(&harness.host, &env(number), &message);
        let (receipt, changes) = done.unwrap();
        harness.commit(changes);
        receipt
    };
    let receipt = execute(
        2_000,
        Message::Upgrade(Upgrade {
            from: Version::new(1, 0),
            system_code: None,
        }),
    );
    assert_eq!(receipt.outcome, pink_engine_sdk::types::Outcome::Success);
    let after = harness.state();
    let changed: Vec<_> = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value))
        .map(|(key, _)| &key[..])
        .collect();
    assert_eq!(changed, [VERSION_KEY, b"schedule"]);
    assert_eq!(harness.total_issuance(), old_total);
    let idle = fixtures::idle();
    let contract = harness.address(&ALICE, &idle, &[]);
    let first = execute(10, Message::Call(call(ALICE, contract, &[])));
    let second = execute(10, Message::Call(call(ALICE, contract, &[])));
    assert_eq!(
        first.gas_consumed.ref_time,
        second.gas_consumed.ref_time + 169_198_000
    );
    let prefab = harness.prefab(&idle).unwrap();
    assert_eq!(prefab.schedule_version, 1);
    assert_eq!(prefab.instrumented_len, length::<V1_1>(&idle));
    let running = harness.state()[&[b"instrumented/", &blake2_256(&idle)[..]].concat()].clone();
    assert_eq!(prefab.instrumented_hash, blake2_256(&running));
    assert_eq!(harness.total_issuance(), old_total);
}

fn length<V: Release>(code: &[u8]) -> u32 {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 10_000_000);
    harness.execute(Message::Instantiate(deploy(ALICE, code, 1_000_000)));
    harness.prefab(code).unwrap().instrumented_len
}
