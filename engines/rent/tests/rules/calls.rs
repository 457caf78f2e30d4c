//! Calling contracts: outcomes, gas, money, depth.

use crate::{
    fixtures::{self, making, through},
    harness::{
        blake2_256, call, call_base, deploy, rejected, Harness, Succeed, ALICE, BOB, CHARLIE, GAS,
        THRESHOLD,
    },
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Balance, Call, Message, Outcome, Weight};

fn code_of(receipt: &pink_engine_sdk::types::Receipt) -> u32 {
    u32::from_le_bytes(receipt.output[..4].try_into().unwrap())
}

fn made<V: Release>(harness: &mut Harness<V>, code: &[u8], value: Balance) -> AccountId {
    harness.succeed(deploy(ALICE, code, value)).address.unwrap()
}

fn rich<V: Release>() -> Harness<V> {
    let mut harness = Harness::new();
    harness.fund(ALICE, 1_000_000_000);
    harness
}

#[test]
fn calling_plain_account_fails() {
    let mut harness = rich::<V1_0>();
    for nobody in [BOB, ALICE] {
        let receipt = harness.execute(Message::Call(call(ALICE, nobody, &[])));
        assert_eq!(rejected(&receipt).error, "NotCallable");
    }
}

#[test]
fn run_out_of_gas() {
    let mut harness = rich::<V1_0>();
    let code = fixtures::endless();
    let contract = made(&mut harness, &code, THRESHOLD * 100);
    let before = harness.state();
    let receipt = harness.execute(Message::Call(Call {
        gas_limit: Weight::new(67_500_000, 0),
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(receipt.gas_consumed.ref_time, call_base(0) + 67_500_000);
    assert_eq!(receipt.gas_limit.ref_time, call_base(2_048) + 67_500_000);
    assert_eq!(harness.state(), before, "same block: not even rent");
}

#[test]
fn gas_is_paid_and_the_rest_comes_back() {
    let mut setup = crate::harness::test_setup(&crate::harness::test_config());
    setup.gas_price = 3;
    let mut harness = Harness::<V1_0>::with(setup);
    harness.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut harness, &fixtures::puppet(), 10_000_000);
    for (input, outcome, gas) in [
        (&[0, 1, 2][..], Outcome::Success, 528_834_989),
        (&[1, 3], Outcome::Reverted, 528_833_957),
    ] {
        let before = harness.free(&ALICE);
        let treasury = harness.free(&crate::harness::TREASURY);
        let receipt = harness.execute(Message::Call(call(ALICE, contract, input)));
        assert_eq!(receipt.outcome, outcome);
        assert_eq!(receipt.output, input[1..]);
        let used = receipt.gas_consumed.ref_time;
        assert!(used > call_base(0) && used < call_base(0) + GAS / 100);
        assert_eq!(receipt.fee, Balance::from(used) * 3);
        assert_eq!(harness.free(&ALICE), before - receipt.fee);
        assert_eq!(
            harness.free(&crate::harness::TREASURY),
            treasury + receipt.fee
        );
        assert_eq!(used, gas);
    }
    // Everything, when it is used up.
    let before = harness.free(&ALICE);
    let receipt = harness.execute(Message::Call(call(ALICE, contract, &[3])));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(
        receipt.refund,
        Balance::from(call_base(2_048) - call_base(0)) * 3
    );
    assert_eq!(harness.free(&ALICE), before - receipt.fee);
}

#[test]
fn who_cannot_pay_the_limit_is_rejected() {
    let mut setup = crate::harness::test_setup(&crate::harness::test_config());
    setup.gas_price = 3;
    let mut harness = Harness::<V1_0>::with(setup);
    harness.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut harness, &fixtures::idle(), 10_000_000);
    let whole = Balance::from(call_base(2_048) + GAS) * 3;
    for (has, enough) in [(whole, false), (whole + 49, false), (whole + 50, true)] {
        harness.set_free(&BOB, has);
        let receipt = harness.execute(Message::Call(call(BOB, contract, &[])));
        assert_eq!(receipt.outcome == Outcome::Success, enough, "{has}");
        if !enough {
            assert_eq!(rejected(&receipt).error, "InsufficientBalance");
        }
    }
    let receipt = harness.execute(Message::Call(Call {
        max_gas_price: 2,
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(rejected(&receipt).error, "GasPriceTooHigh");
    let receipt = harness.execute(Message::Call(Call {
        gas_limit: Weight::new(u64::MAX, 0),
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(rejected(&receipt).error, "InsufficientBalance");
}

#[test]
fn deploy_and_call_other_contract() {
    let mut harness = rich::<V1_0>();
    let (caller, maker) = (fixtures::proxy(), fixtures::factory());
    let callee = fixtures::puppet();
    let proxy = made(&mut harness, &caller, 1_000_000);
    let factory = made(&mut harness, &maker, 10_000_000);
    made(&mut harness, &callee, 1_000_000);
    let hash = blake2_256(&callee);
    let make =
        |gas, input: &[u8]| call(ALICE, factory, &making(&hash, gas, 100_000, [1; 4], input));

    // The constructor reverts: nothing is there, its output is, and no address was written.
    let reverted = harness.succeed(make(0, &[1, 17]));
    assert_eq!(code_of(&reverted), 2);
    assert_eq!(reverted.output[4..36], [0; 32]);
    assert_eq!(reverted.output[36..], [1, 0, 0, 0, 17]);
    // It has too little gas.
    let poor = harness.succeed(make(100_000, &[0]));
    assert_eq!(code_of(&poor), 1);
    let balance = harness.free(&factory);
    // It works.
    let works = harness.succeed(make(0, &[0, 18]));
    assert_eq!(code_of(&works), 0);
    let address: AccountId = works.output[4..36].try_into().unwrap();
    assert_eq!(address, harness.address(&factory, &callee, &[1; 4]));
    assert_eq!(works.output[36..], [1, 0, 0, 0, 18]);
    assert_eq!(harness.free(&factory), balance - 100_000);

    // And so for calls.
    let held = harness.free(&address);
    let ask = |gas, value, input: &[u8]| call(ALICE, proxy, &through(&address, gas, value, input));
    let reverted_call = harness.succeed(ask(0, 32_768, &[1, 9]));
    assert_eq!(code_of(&reverted_call), 2);
    assert_eq!(reverted_call.output[4..], [1, 0, 0, 0, 9]);
    assert_eq!(harness.free(&address), held);
    assert_eq!(code_of(&harness.succeed(ask(100_000, 0, &[0]))), 1);
    let called = harness.succeed(ask(0, 32_768, &[0, 8]));
    assert_eq!(code_of(&called), 0);
    assert_eq!(called.output[4..], [1, 0, 0, 0, 8]);
    assert_eq!(harness.free(&address), held + 32_768);
    assert_gas!(reverted, 1_139_235_595);
    assert_gas!(poor, 1_121_300_903);
    assert_gas!(works, 1_139_235_595);
    assert_gas!(called, 851_710_563);
}

#[test]
fn call_return_code() {
    let mut harness = rich::<V1_0>();
    let proxy = made(&mut harness, &fixtures::proxy(), THRESHOLD * 100);
    let ask = |harness: &mut Harness<V1_0>, to: AccountId, value, input: &[u8]| {
        let receipt = harness.succeed(call(ALICE, proxy, &through(&to, 0, value, input)));
        code_of(&receipt)
    };
    // Nobody, and a plain account.
    assert_eq!(ask(&mut harness, [0; 32], 0, &[0]), 8);
    assert_eq!(ask(&mut harness, ALICE, 0, &[0]), 8);
    let puppet = made(&mut harness, &fixtures::puppet(), THRESHOLD * 100);
    // It has the threshold only.
    harness.set_free(&proxy, THRESHOLD);
    assert_eq!(ask(&mut harness, puppet, 100, &[0]), 4);
    // With more, it can.
    harness.set_free(&proxy, THRESHOLD + 1_000);
    assert_eq!(ask(&mut harness, puppet, 100, &[0]), 0);
    assert_eq!(ask(&mut harness, puppet, 100, &[1]), 2);
    assert_eq!(ask(&mut harness, puppet, 100, &[2]), 1);
}

#[test]
fn instantiate_return_code() {
    let mut harness = rich::<V1_0>();
    let factory = made(&mut harness, &fixtures::factory(), THRESHOLD * 100);
    let puppet = fixtures::puppet();
    made(&mut harness, &puppet, 1_000_000);
    let known = blake2_256(&puppet);
    let ask = |harness: &mut Harness<V1_0>, hash, value, input: &[u8]| {
        let input = making(&hash, 0, value, [3; 4], input);
        code_of(&harness.succeed(call(ALICE, factory, &input)))
    };
    harness.set_free(&factory, THRESHOLD);
    assert_eq!(ask(&mut harness, known, 10_000, &[0]), 4);
    harness.set_free(&factory, 1_000_000);
    // Less than the existential deposit for an account that isn't there.
    assert_eq!(ask(&mut harness, known, 49, &[0]), 5);
    assert_eq!(ask(&mut harness, known, THRESHOLD, &[0]), 6);
    assert_eq!(ask(&mut harness, [0; 32], 10_000, &[0]), 7);
    assert_eq!(ask(&mut harness, known, 100_000, &[2]), 1);
    assert_eq!(ask(&mut harness, known, 100_000, &[1]), 2);
    assert_eq!(ask(&mut harness, known, 100_000, &[0]), 0);
    // The address is taken: no code for that, the factory itself traps.
    let again = call(ALICE, factory, &making(&known, 0, 100_000, [3; 4], &[0]));
    let receipt = harness.fail(again, "DuplicateContract");
    assert_gas!(receipt, 1_114_954_536);
}

#[test]
fn transfer_return_code() {
    let mut harness = rich::<V1_0>();
    let payer = made(&mut harness, &fixtures::payer(), THRESHOLD * 100);
    let pay = |harness: &mut Harness<V1_0>, to: AccountId, value: Balance| {
        let input = [&to[..], &value.to_le_bytes()].concat();
        let receipt = harness.succeed(call(ALICE, payer, &input));
        u32::from_le_bytes(receipt.output.try_into().unwrap())
    };
    harness.set_free(&payer, THRESHOLD);
    assert_eq!(pay(&mut harness, CHARLIE, 100), 4);
    harness.set_free(&payer, THRESHOLD + 100);
    // Nothing is reserved in this era: what the ledger refuses is too little for a new account.
    assert_eq!(pay(&mut harness, CHARLIE, 49), 5);
    assert_eq!(pay(&mut harness, CHARLIE, 50), 0);
    assert_eq!(harness.free(&CHARLIE), 50);
    assert_eq!(pay(&mut harness, CHARLIE, 50), 0);
    assert_eq!(pay(&mut harness, CHARLIE, 1), 4);
    assert_eq!(harness.free(&payer), THRESHOLD);
    // Plain accounts get money without running anything; contracts as well.
    harness.set_free(&payer, THRESHOLD + 100);
    assert_eq!(pay(&mut harness, payer, 100), 0, "to itself");
    assert_eq!(harness.free(&payer), THRESHOLD + 100);
}

/// What a failed call leaves behind is rent alone in 1.0 and nothing in 1.1.
#[test]
fn changes_are_reverted_on_failing_call() {
    fn check<V: Release>(rent_stays: bool) {
        let mut harness = rich::<V>();
        let contract = made(&mut harness, &fixtures::puppet(), 100_000);
        for input in [&[5][..], &[2], &[8], &[3], &[6], &[7]] {
            let number = harness.block.number + 1;
            harness.go_to_block(number);
            let (alice, held) = (harness.free(&ALICE), harness.free(&contract));
            let receipt = harness.execute(Message::Call(Call {
                value: 5_000,
                gas_limit: Weight::new(1_000_000_000, 0),
                ..call(ALICE, contract, input)
            }));
            assert_ne!(receipt.outcome, Outcome::Success);
            assert!(receipt.events.is_empty());
            assert_eq!(harness.free(&ALICE), alice, "the value is back");
            assert_eq!(harness.storage(&contract, &[0; 32]), None);
            let paid = held - harness.free(&contract);
            assert_eq!(paid > 0, rent_stays);
            let block = harness.alive(&contract).unwrap().deduct_block;
            assert_eq!(block == harness.block.number, rent_stays);
        }
    }
    check::<V1_0>(true);
    check::<V1_1>(false);
}

#[test]
fn outcomes_have_the_names_of_2021() {
    let mut harness = rich::<V1_0>();
    let contract = made(&mut harness, &fixtures::puppet(), 100_000);
    harness.fail(call(ALICE, contract, &[2]), "ContractTrapped");
    harness.fail(call(ALICE, contract, &[6]), "InputAlreadyRead");
    let receipt = harness.fail(call(ALICE, contract, &[7]), "Other");
    assert_eq!(
        format!("{:?}", receipt.outcome),
        r#"Trapped(Failure { error: "Other", detail: "used reserved bit in return flags" })"#
    );
}

/// A callee that runs out of gas loses what it was given; the caller goes on and keeps what it
/// did before.
#[test]
fn a_nested_out_of_gas_rolls_back_the_callee_alone() {
    let mut harness = rich::<V1_0>();
    let puppet = made(&mut harness, &fixtures::puppet(), 1_000_000);
    let caller = fixtures::custom(
        &["seal_input", "seal_call", "seal_set_storage", "seal_return"],
        r#"(data (i32.const 512) "\03") (data (i32.const 600) "\20")"#,
        "",
        r#"(call $seal_input (i32.const 16) (i32.const 600))
        (call $seal_set_storage (i32.const 1024) (i32.const 8) (i32.const 4))
        (i32.store (i32.const 700) (call $seal_call
            (i32.const 16) (i32.const 32) (i64.const 300000000)
            (i32.const 800) (i32.const 16) (i32.const 512) (i32.const 1)
            (i32.const -1) (i32.const 0)))
        (call $seal_return (i32.const 0) (i32.const 700) (i32.const 4))"#,
    );
    let caller = made(&mut harness, &caller, 1_000_000);
    let receipt = harness.succeed(call(ALICE, caller, &puppet));
    assert_eq!(receipt.output, [1, 0, 0, 0]);
    assert_eq!(harness.storage(&caller, &[0; 32]), Some(vec![0; 4]));
    assert_gas!(receipt, 1_267_290_233);
    // What the callee got is gone, wholly.
    assert!(receipt.gas_consumed.ref_time > call_base(0) + 300_000_000 + 286_670_820);
}

/// Asking for more gas than there is ends the caller, but isn't out of gas: the rest comes back.
#[test]
fn asking_for_more_gas_than_is_left_traps_the_caller() {
    let mut harness = rich::<V1_0>();
    let puppet = made(&mut harness, &fixtures::puppet(), 1_000_000);
    let proxy = made(&mut harness, &fixtures::proxy(), 1_000_000);
    let input = through(&puppet, GAS, 0, &[0]);
    let receipt = harness.fail(call(ALICE, proxy, &input), "OutOfGas");
    assert!(receipt.gas_consumed.ref_time < call_base(0) + GAS / 10);
    assert_gas!(receipt, 674_160_398);
}

/// Reentrancy is allowed, down to the deepest stack.
#[test]
fn max_depth() {
    let mut config = crate::harness::test_config();
    config.max_depth = 5;
    let mut harness = Harness::<V1_0>::with(crate::harness::test_setup(&config));
    harness.fund(ALICE, 1_000_000_000);
    // Counts down in its input's only byte, and calls itself while it isn't zero.
    let code = fixtures::custom(
        &["seal_input", "seal_address", "seal_call"],
        r#"(data (i32.const 0) "\01") (data (i32.const 8) "\20")"#,
        "",
        r#"(call $seal_input (i32.const 16) (i32.const 0))
        (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return)))
        (i32.store8 (i32.const 16) (i32.sub (i32.load8_u (i32.const 16)) (i32.const 1)))
        (call $seal_address (i32.const 32) (i32.const 8))
        (if (call $seal_call
                (i32.const 32) (i32.const 32) (i64.const 0)
                (i32.const 128) (i32.const 16) (i32.const 16) (i32.const 1)
                (i32.const -1) (i32.const 0))
            (then (unreachable)))"#,
    );
    let contract = made(&mut harness, &code, 1_000_000);
    let deepest = harness.succeed(call(ALICE, contract, &[4]));
    // The sixth contract isn't called: an error of the fifth one's, which has no code, so that it
    // traps, and all above it see that.
    let receipt = harness.fail(call(ALICE, contract, &[5]), "ContractTrapped");
    assert_gas!(deepest, 1_194_465_601);
    assert_gas!(receipt, 1_353_639_452);
}

#[test]
fn the_required_limit_is_enough_and_one_less_is_not() {
    let mut harness = rich::<V1_0>();
    let puppet = made(&mut harness, &fixtures::puppet(), 1_000_000);
    let proxy = made(&mut harness, &fixtures::proxy(), 1_000_000);
    for (gas, input) in [(0, &[0, 5][..]), (400_000_000, &[4]), (0, &[1])] {
        let message = call(ALICE, proxy, &through(&puppet, gas, 0, input));
        let estimate = harness.estimate(&Message::Call(message.clone()));
        assert_eq!(estimate.outcome, Outcome::Success);
        let required = estimate.gas_required.ref_time - call_base(2_048);
        assert!(required >= estimate.gas_consumed.ref_time - call_base(0));
        let limited = |limit| {
            Message::Call(Call {
                gas_limit: Weight::new(limit, 0),
                ..message.clone()
            })
        };
        let less = harness.estimate(&limited(required - 1));
        assert_ne!(less.output, estimate.output, "{gas} {input:?}");
        let enough = harness.execute(limited(required));
        assert_eq!(enough.outcome, Outcome::Success);
        assert_eq!(enough.output, estimate.output);
        assert_eq!(enough.gas_consumed, estimate.gas_consumed);
    }
}

/// A query is free, may be lent money, and changes nothing.
#[test]
fn queries() {
    let mut setup = crate::harness::test_setup(&crate::harness::test_config());
    setup.gas_price = 3;
    let mut harness = Harness::<V1_0>::with(setup);
    harness.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut harness, &fixtures::puppet(), 10_000_000);
    let before = harness.state();
    let receipt = harness.query(&Message::Call(Call {
        value: 5_000,
        query_deposit: 5_050,
        max_gas_price: 0,
        ..call(CHARLIE, contract, &[0, 7])
    }));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.output, [7]);
    assert_eq!((receipt.fee, receipt.refund, receipt.gas_price), (0, 0, 0));
    assert_gas!(receipt, 528_833_957);
    assert_eq!(harness.state(), before);
}
