//! Rent of a contract that was exempt for a while, the bound of a message's events, a claim for
//! nobody, and a restoration that names no key.

use crate::{
    fixtures,
    harness::{
        call, call_base, claim, code_bytes, deploy, rent, test_config, Harness, Succeed, ALICE,
        BOB, DJANGO,
    },
    wasm::contract,
};
use pink_engine_rent::{Release, Rules, V1_0, V1_1};
use pink_engine_sdk::types::{Balance, Event, Outcome, Weight};

/// Pays what its input says (16 bytes) to whom it says (32 bytes); nothing for no input.
fn payer() -> Vec<u8> {
    contract(
        &["seal_input", "seal_transfer"],
        r#"(func (export "deploy"))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 64))
            (call $seal_input (i32.const 16) (i32.const 0))
            (if (i32.load (i32.const 0))
                (then (if (call $seal_transfer
                        (i32.const 32) (i32.const 32) (i32.const 16) (i32.const 16))
                    (then (unreachable))))))"#,
    )
}

/// Made in block 1 with enough to be exempt; called in 1,000 and drained in 2,000; called in 2,003.
/// Returns what rent was then, and what it is in a block.
fn drained<V: Release>() -> (Balance, Balance) {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000_000);
    harness.fund(BOB, 1_000);
    let code = payer();
    let made = harness.succeed(deploy(ALICE, &code, 100_000_000));
    let address = made.address.unwrap();
    harness.go_to_block(1_000);
    harness.succeed(call(ALICE, address, &[]));
    harness.go_to_block(2_000);
    assert_eq!(harness.alive(&address).unwrap().rent_paid, 0);
    // Enough for the rent of a few blocks, and of two thousand.
    let left: Balance = 3_000_000;
    let input = [&(100_000_000 - left).to_le_bytes()[..], &BOB].concat();
    let receipt = harness.succeed(call(ALICE, address, &input));
    let base = call_base(harness.prefab(&code).unwrap().instrumented_len);
    assert!(receipt.gas_consumed.ref_time > base);
    assert_eq!(harness.free(&address), left);
    harness.go_to_block(2_003);
    let receipt = harness.succeed(call(ALICE, address, &[]));
    assert!(receipt.gas_consumed.ref_time > base);
    let paid = harness.alive(&address).unwrap().rent_paid;
    assert_eq!(harness.free(&address), left - paid);
    assert_eq!(harness.alive(&address).unwrap().deduct_block, 2_003);
    (paid, rent(code_bytes(&harness, &code), 0, left))
}

/// 2021 took the rent of all blocks since the contract was made; the one before counts.
#[test]
fn an_exemption_is_forgotten_in_1_0() {
    let (paid, of_a_block) = drained::<V1_0>();
    assert!(of_a_block > 0);
    assert_eq!(paid, 2_003 * of_a_block);
}

/// 1.1 takes what accrued since.
#[test]
fn an_exemption_is_kept_in_1_1() {
    let (paid, of_a_block) = drained::<V1_1>();
    assert!(of_a_block > 0);
    assert_eq!(paid, 3 * of_a_block);
}

/// Emits as many events of 16,384 bytes as its input says, and reverts afterwards if its fifth
/// byte isn't zero.
fn speaker() -> Vec<u8> {
    contract(
        &["seal_input", "seal_deposit_event", "seal_return"],
        r#"(func (export "deploy"))
        (func (export "call")
            (i32.store (i32.const 0) (i32.const 8))
            (call $seal_input (i32.const 16) (i32.const 0))
            (block $done (loop $again
                (br_if $done (i32.eqz (i32.load (i32.const 16))))
                (call $seal_deposit_event
                    (i32.const 0) (i32.const 0) (i32.const 1024) (i32.const 16384))
                (i32.store (i32.const 16) (i32.sub (i32.load (i32.const 16)) (i32.const 1)))
                (br $again)))
            (call $seal_return (i32.load8_u (i32.const 20)) (i32.const 0) (i32.const 0)))"#,
    )
}

fn events_are_bounded<V: Release>() {
    // 4 MiB, at 16,384 bytes and 64 for each.
    assert_eq!(V::RULES.event_bytes, 4 * 1024 * 1024);
    let most = 4 * 1024 * 1024 / (16_384 + 64);
    assert_eq!(most, 255);
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000_000);
    let made = harness.succeed(deploy(ALICE, &speaker(), 100_000_000));
    let address = made.address.unwrap();
    let mut say = |count: u32, reverts: u32| {
        let input = [count.to_le_bytes(), reverts.to_le_bytes()].concat();
        let mut message = call(ALICE, address, &input);
        message.gas_limit = Weight::new(50_000_000_000, 0);
        let receipt = harness.execute(pink_engine_sdk::types::Message::Call(message));
        let emitted = receipt.events.iter();
        let emitted = emitted.filter(|event| matches!(event, Event::ContractEmitted { .. }));
        // 9,371,260 ps for each event and 2,451 for each of its bytes.
        let each = 9_371_260 + 2_451 * 16_384;
        assert!(receipt.gas_consumed.ref_time > u64::from(count) * each);
        (emitted.count() as u32, receipt.outcome)
    };
    assert_eq!(say(most, 0), (most, Outcome::Success));
    // What was taken back doesn't count for the next message.
    assert_eq!(say(most, 1), (0, Outcome::Reverted));
    let (emitted, outcome) = say(most + 1, 0);
    assert_eq!(emitted, 0);
    assert!(
        matches!(&outcome, Outcome::Trapped(failure) if failure.error == "OutOfEvents"),
        "{outcome:?}"
    );
}

#[test]
fn events_are_bounded_in_both_versions() {
    events_are_bounded::<V1_0>();
    events_are_bounded::<V1_1>();
}

fn nobodys_claim<V: Release>() {
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000);
    let mut message = deploy(ALICE, &fixtures::tenant(), 30_000);
    message.input = 10_000_u128.to_le_bytes().to_vec();
    let tenant = harness.succeed(message).address.unwrap();
    harness.go_to_block(27);
    let money = harness.total_issuance();
    let receipt = harness.fail(claim(DJANGO, tenant, true), "DeadAccount");
    assert!(harness.is_tombstone(&tenant));
    assert!(receipt
        .events
        .contains(&Event::Evicted { contract: tenant }));
    assert_eq!(
        (harness.free(&DJANGO), harness.total_issuance()),
        (0, money)
    );
    // The whole base: 828,270,000 ps and 5,108,000 for each KiB of the longest code.
    let longest = u64::from(test_config().max_code_size / 1024);
    let base = 828_270_000 + 5_108_000 * longest;
    assert_eq!(receipt.gas_consumed.ref_time, base);
}

/// As in 2021: the reward fails, and the eviction stays.
#[test]
fn a_claim_for_nobody() {
    nobodys_claim::<V1_0>();
    nobodys_claim::<V1_1>();
}

fn no_keys<V: Release>() {
    let code = |count: u32| {
        contract(
            &["seal_restore_to"],
            &format!(
                r#"(func (export "deploy"))
                (func (export "call")
                    (call $seal_restore_to
                        (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 32)
                        (i32.const 0) (i32.const 16) (i32.const 0x7fffffff) (i32.const {count})))"#
            ),
        )
    };
    let mut harness = Harness::<V>::new();
    harness.fund(ALICE, 1_000_000_000);
    for (count, error) in [(0, "InvalidDestinationContract"), (1, "OutOfBounds")] {
        let made = harness.succeed(deploy(ALICE, &code(count), 100_000_000));
        harness.go_to_block(harness.block.number + 1);
        let receipt = harness.fail(call(ALICE, made.address.unwrap(), &[]), error);
        // 834,528,000 ps, and 162,361,960 for a key.
        let least = 834_528_000 + u64::from(count) * 162_361_960;
        assert!(receipt.gas_consumed.ref_time > least);
    }
}

/// Where no key is read, it doesn't matter where the pointer leads.
#[test]
fn a_restoration_that_names_no_key_reads_none() {
    no_keys::<V1_0>();
    no_keys::<V1_1>();
    assert_eq!(Rules::V1_0.event_bytes, Rules::V1_1.event_bytes);
}
