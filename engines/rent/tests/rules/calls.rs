//! Calling contracts: outcomes, gas, money, depth.

use crate::{
    fixtures::{self, making, through},
    world::{
        blake2_256, call, call_base, deploy, rejected, Succeed, World, ALICE, BOB, CHARLIE, GAS,
        THRESHOLD,
    },
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{AccountId, Balance, Call, Message, Outcome, Weight};

fn code_of(receipt: &pink_engine_sdk::types::Receipt) -> u32 {
    u32::from_le_bytes(receipt.output[..4].try_into().unwrap())
}

fn made<V: Release>(world: &mut World<V>, code: &[u8], value: Balance) -> AccountId {
    world.succeed(deploy(ALICE, code, value)).address.unwrap()
}

fn rich<V: Release>() -> World<V> {
    let mut world = World::new();
    world.fund(ALICE, 1_000_000_000);
    world
}

#[test]
fn calling_plain_account_fails() {
    let mut world = rich::<V1_0>();
    for nobody in [BOB, ALICE] {
        let receipt = world.execute(Message::Call(call(ALICE, nobody, &[])));
        assert_eq!(rejected(&receipt).error, "NotCallable");
    }
}

#[test]
fn run_out_of_gas() {
    let mut world = rich::<V1_0>();
    let code = fixtures::endless();
    let contract = made(&mut world, &code, THRESHOLD * 100);
    let before = world.state();
    let receipt = world.execute(Message::Call(Call {
        gas_limit: Weight::new(67_500_000, 0),
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(receipt.gas_consumed.ref_time, call_base(0) + 67_500_000);
    assert_eq!(receipt.gas_limit.ref_time, call_base(2_048) + 67_500_000);
    assert_eq!(world.state(), before, "same block: not even rent");
}

#[test]
fn gas_is_paid_and_the_rest_comes_back() {
    let mut setup = crate::world::test_setup(&crate::world::test_config());
    setup.gas_price = 3;
    let mut world = World::<V1_0>::with(setup);
    world.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut world, &fixtures::puppet(), 10_000_000);
    for (input, outcome, gas) in [
        (&[0, 1, 2][..], Outcome::Success, 528_834_989),
        (&[1, 3], Outcome::Reverted, 528_833_957),
    ] {
        let before = world.free(&ALICE);
        let treasury = world.free(&crate::world::TREASURY);
        let receipt = world.execute(Message::Call(call(ALICE, contract, input)));
        assert_eq!(receipt.outcome, outcome);
        assert_eq!(receipt.output, input[1..]);
        let used = receipt.gas_consumed.ref_time;
        assert!(used > call_base(0) && used < call_base(0) + GAS / 100);
        assert_eq!(receipt.fee, Balance::from(used) * 3);
        assert_eq!(world.free(&ALICE), before - receipt.fee);
        assert_eq!(world.free(&crate::world::TREASURY), treasury + receipt.fee);
        assert_eq!(used, gas);
    }
    // Everything, when it is used up.
    let before = world.free(&ALICE);
    let receipt = world.execute(Message::Call(call(ALICE, contract, &[3])));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(
        receipt.refund,
        Balance::from(call_base(2_048) - call_base(0)) * 3
    );
    assert_eq!(world.free(&ALICE), before - receipt.fee);
}

#[test]
fn who_cannot_pay_the_limit_is_rejected() {
    let mut setup = crate::world::test_setup(&crate::world::test_config());
    setup.gas_price = 3;
    let mut world = World::<V1_0>::with(setup);
    world.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut world, &fixtures::idle(), 10_000_000);
    let whole = Balance::from(call_base(2_048) + GAS) * 3;
    for (has, enough) in [(whole, false), (whole + 49, false), (whole + 50, true)] {
        world.set_free(&BOB, has);
        let receipt = world.execute(Message::Call(call(BOB, contract, &[])));
        assert_eq!(receipt.outcome == Outcome::Success, enough, "{has}");
        if !enough {
            assert_eq!(rejected(&receipt).error, "InsufficientBalance");
        }
    }
    let receipt = world.execute(Message::Call(Call {
        max_gas_price: 2,
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(rejected(&receipt).error, "GasPriceTooHigh");
    let receipt = world.execute(Message::Call(Call {
        gas_limit: Weight::new(u64::MAX, 0),
        ..call(ALICE, contract, &[])
    }));
    assert_eq!(rejected(&receipt).error, "InsufficientBalance");
}

#[test]
fn deploy_and_call_other_contract() {
    let mut world = rich::<V1_0>();
    let (caller, maker) = (fixtures::proxy(), fixtures::factory());
    let callee = fixtures::puppet();
    let proxy = made(&mut world, &caller, 1_000_000);
    let factory = made(&mut world, &maker, 10_000_000);
    made(&mut world, &callee, 1_000_000);
    let hash = blake2_256(&callee);
    let make =
        |gas, input: &[u8]| call(ALICE, factory, &making(&hash, gas, 100_000, [1; 4], input));

    // The constructor reverts: nothing is there, its output is, and no address was written.
    let reverted = world.succeed(make(0, &[1, 17]));
    assert_eq!(code_of(&reverted), 2);
    assert_eq!(reverted.output[4..36], [0; 32]);
    assert_eq!(reverted.output[36..], [1, 0, 0, 0, 17]);
    // It has too little gas.
    let poor = world.succeed(make(100_000, &[0]));
    assert_eq!(code_of(&poor), 1);
    let balance = world.free(&factory);
    // It works.
    let works = world.succeed(make(0, &[0, 18]));
    assert_eq!(code_of(&works), 0);
    let address: AccountId = works.output[4..36].try_into().unwrap();
    assert_eq!(address, world.address(&factory, &callee, &[1; 4]));
    assert_eq!(works.output[36..], [1, 0, 0, 0, 18]);
    assert_eq!(world.free(&factory), balance - 100_000);

    // And so for calls.
    let held = world.free(&address);
    let ask = |gas, value, input: &[u8]| call(ALICE, proxy, &through(&address, gas, value, input));
    let reverted_call = world.succeed(ask(0, 32_768, &[1, 9]));
    assert_eq!(code_of(&reverted_call), 2);
    assert_eq!(reverted_call.output[4..], [1, 0, 0, 0, 9]);
    assert_eq!(world.free(&address), held);
    assert_eq!(code_of(&world.succeed(ask(100_000, 0, &[0]))), 1);
    let called = world.succeed(ask(0, 32_768, &[0, 8]));
    assert_eq!(code_of(&called), 0);
    assert_eq!(called.output[4..], [1, 0, 0, 0, 8]);
    assert_eq!(world.free(&address), held + 32_768);
    assert_gas!(reverted, 1_139_235_595);
    assert_gas!(poor, 1_121_300_903);
    assert_gas!(works, 1_139_235_595);
    assert_gas!(called, 851_710_563);
}

#[test]
fn call_return_code() {
    let mut world = rich::<V1_0>();
    let proxy = made(&mut world, &fixtures::proxy(), THRESHOLD * 100);
    let ask = |world: &mut World<V1_0>, to: AccountId, value, input: &[u8]| {
        let receipt = world.succeed(call(ALICE, proxy, &through(&to, 0, value, input)));
        code_of(&receipt)
    };
    // Nobody, and a plain account.
    assert_eq!(ask(&mut world, [0; 32], 0, &[0]), 8);
    assert_eq!(ask(&mut world, ALICE, 0, &[0]), 8);
    let puppet = made(&mut world, &fixtures::puppet(), THRESHOLD * 100);
    // It has the threshold only.
    world.set_free(&proxy, THRESHOLD);
    assert_eq!(ask(&mut world, puppet, 100, &[0]), 4);
    // With more, it can.
    world.set_free(&proxy, THRESHOLD + 1_000);
    assert_eq!(ask(&mut world, puppet, 100, &[0]), 0);
    assert_eq!(ask(&mut world, puppet, 100, &[1]), 2);
    assert_eq!(ask(&mut world, puppet, 100, &[2]), 1);
}

#[test]
fn instantiate_return_code() {
    let mut world = rich::<V1_0>();
    let factory = made(&mut world, &fixtures::factory(), THRESHOLD * 100);
    let puppet = fixtures::puppet();
    made(&mut world, &puppet, 1_000_000);
    let known = blake2_256(&puppet);
    let ask = |world: &mut World<V1_0>, hash, value, input: &[u8]| {
        let input = making(&hash, 0, value, [3; 4], input);
        code_of(&world.succeed(call(ALICE, factory, &input)))
    };
    world.set_free(&factory, THRESHOLD);
    assert_eq!(ask(&mut world, known, 10_000, &[0]), 4);
    world.set_free(&factory, 1_000_000);
    // Less than the existential deposit for an account that isn't there.
    assert_eq!(ask(&mut world, known, 49, &[0]), 5);
    assert_eq!(ask(&mut world, known, THRESHOLD, &[0]), 6);
    assert_eq!(ask(&mut world, [0; 32], 10_000, &[0]), 7);
    assert_eq!(ask(&mut world, known, 100_000, &[2]), 1);
    assert_eq!(ask(&mut world, known, 100_000, &[1]), 2);
    assert_eq!(ask(&mut world, known, 100_000, &[0]), 0);
    // The address is taken: no code for that, the factory itself traps.
    let again = call(ALICE, factory, &making(&known, 0, 100_000, [3; 4], &[0]));
    let receipt = world.fail(again, "DuplicateContract");
    assert_gas!(receipt, 1_114_954_536);
}

#[test]
fn transfer_return_code() {
    let mut world = rich::<V1_0>();
    let payer = made(&mut world, &fixtures::payer(), THRESHOLD * 100);
    let pay = |world: &mut World<V1_0>, to: AccountId, value: Balance| {
        let input = [&to[..], &value.to_le_bytes()].concat();
        let receipt = world.succeed(call(ALICE, payer, &input));
        u32::from_le_bytes(receipt.output.try_into().unwrap())
    };
    world.set_free(&payer, THRESHOLD);
    assert_eq!(pay(&mut world, CHARLIE, 100), 4);
    world.set_free(&payer, THRESHOLD + 100);
    // Nothing is reserved in this era: what the ledger refuses is too little for a new account.
    assert_eq!(pay(&mut world, CHARLIE, 49), 5);
    assert_eq!(pay(&mut world, CHARLIE, 50), 0);
    assert_eq!(world.free(&CHARLIE), 50);
    assert_eq!(pay(&mut world, CHARLIE, 50), 0);
    assert_eq!(pay(&mut world, CHARLIE, 1), 4);
    assert_eq!(world.free(&payer), THRESHOLD);
    // Plain accounts get money without running anything; contracts as well.
    world.set_free(&payer, THRESHOLD + 100);
    assert_eq!(pay(&mut world, payer, 100), 0, "to itself");
    assert_eq!(world.free(&payer), THRESHOLD + 100);
}

/// What a failed call leaves behind is rent alone in 1.0 and nothing in 1.1.
#[test]
fn changes_are_reverted_on_failing_call() {
    fn check<V: Release>(rent_stays: bool) {
        let mut world = rich::<V>();
        let contract = made(&mut world, &fixtures::puppet(), 100_000);
        for input in [&[5][..], &[2], &[8], &[3], &[6], &[7]] {
            let number = world.block.number + 1;
            world.go_to_block(number);
            let (alice, held) = (world.free(&ALICE), world.free(&contract));
            let receipt = world.execute(Message::Call(Call {
                value: 5_000,
                gas_limit: Weight::new(1_000_000_000, 0),
                ..call(ALICE, contract, input)
            }));
            assert_ne!(receipt.outcome, Outcome::Success);
            assert!(receipt.events.is_empty());
            assert_eq!(world.free(&ALICE), alice, "the value is back");
            assert_eq!(world.storage(&contract, &[0; 32]), None);
            let paid = held - world.free(&contract);
            assert_eq!(paid > 0, rent_stays);
            let block = world.alive(&contract).unwrap().deduct_block;
            assert_eq!(block == world.block.number, rent_stays);
        }
    }
    check::<V1_0>(true);
    check::<V1_1>(false);
}

#[test]
fn outcomes_have_the_names_of_2021() {
    let mut world = rich::<V1_0>();
    let contract = made(&mut world, &fixtures::puppet(), 100_000);
    world.fail(call(ALICE, contract, &[2]), "ContractTrapped");
    world.fail(call(ALICE, contract, &[6]), "InputAlreadyRead");
    let receipt = world.fail(call(ALICE, contract, &[7]), "Other");
    assert_eq!(
        format!("{:?}", receipt.outcome),
        r#"Trapped(Failure { error: "Other", detail: "used reserved bit in return flags" })"#
    );
}

/// A callee that runs out of gas loses what it was given; the caller goes on and keeps what it
/// did before.
#[test]
fn a_nested_out_of_gas_rolls_back_the_callee_alone() {
    let mut world = rich::<V1_0>();
    let puppet = made(&mut world, &fixtures::puppet(), 1_000_000);
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
    let caller = made(&mut world, &caller, 1_000_000);
    let receipt = world.succeed(call(ALICE, caller, &puppet));
    assert_eq!(receipt.output, [1, 0, 0, 0]);
    assert_eq!(world.storage(&caller, &[0; 32]), Some(vec![0; 4]));
    assert_gas!(receipt, 1_267_290_233);
    // What the callee got is gone, wholly.
    assert!(receipt.gas_consumed.ref_time > call_base(0) + 300_000_000 + 286_670_820);
}

/// Asking for more gas than there is ends the caller, but isn't out of gas: the rest comes back.
#[test]
fn asking_for_more_gas_than_is_left_traps_the_caller() {
    let mut world = rich::<V1_0>();
    let puppet = made(&mut world, &fixtures::puppet(), 1_000_000);
    let proxy = made(&mut world, &fixtures::proxy(), 1_000_000);
    let input = through(&puppet, GAS, 0, &[0]);
    let receipt = world.fail(call(ALICE, proxy, &input), "OutOfGas");
    assert!(receipt.gas_consumed.ref_time < call_base(0) + GAS / 10);
    assert_gas!(receipt, 674_160_398);
}

/// Reentrancy is allowed, down to the deepest stack.
#[test]
fn max_depth() {
    let mut config = crate::world::test_config();
    config.max_depth = 5;
    let mut world = World::<V1_0>::with(crate::world::test_setup(&config));
    world.fund(ALICE, 1_000_000_000);
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
    let contract = made(&mut world, &code, 1_000_000);
    let deepest = world.succeed(call(ALICE, contract, &[4]));
    // The sixth contract isn't called: an error of the fifth one's, which has no code, so that it
    // traps, and all above it see that.
    let receipt = world.fail(call(ALICE, contract, &[5]), "ContractTrapped");
    assert_gas!(deepest, 1_194_465_601);
    assert_gas!(receipt, 1_353_639_452);
}

#[test]
fn the_required_limit_is_enough_and_one_less_is_not() {
    let mut world = rich::<V1_0>();
    let puppet = made(&mut world, &fixtures::puppet(), 1_000_000);
    let proxy = made(&mut world, &fixtures::proxy(), 1_000_000);
    for (gas, input) in [(0, &[0, 5][..]), (400_000_000, &[4]), (0, &[1])] {
        let message = call(ALICE, proxy, &through(&puppet, gas, 0, input));
        let estimate = world.estimate(&Message::Call(message.clone()));
        assert_eq!(estimate.outcome, Outcome::Success);
        let required = estimate.gas_required.ref_time - call_base(2_048);
        assert!(required >= estimate.gas_consumed.ref_time - call_base(0));
        let limited = |limit| {
            Message::Call(Call {
                gas_limit: Weight::new(limit, 0),
                ..message.clone()
            })
        };
        let less = world.estimate(&limited(required - 1));
        assert_ne!(less.output, estimate.output, "{gas} {input:?}");
        let enough = world.execute(limited(required));
        assert_eq!(enough.outcome, Outcome::Success);
        assert_eq!(enough.output, estimate.output);
        assert_eq!(enough.gas_consumed, estimate.gas_consumed);
    }
}

/// A query is free, may be lent money, and changes nothing.
#[test]
fn queries() {
    let mut setup = crate::world::test_setup(&crate::world::test_config());
    setup.gas_price = 3;
    let mut world = World::<V1_0>::with(setup);
    world.fund(ALICE, 1_000_000_000_000);
    let contract = made(&mut world, &fixtures::puppet(), 10_000_000);
    let before = world.state();
    let receipt = world.query(&Message::Call(Call {
        value: 5_000,
        query_deposit: 5_050,
        max_gas_price: 0,
        ..call(CHARLIE, contract, &[0, 7])
    }));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.output, [7]);
    assert_eq!((receipt.fee, receipt.refund, receipt.gas_price), (0, 0, 0));
    assert_gas!(receipt, 528_833_957);
    assert_eq!(world.state(), before);
}
