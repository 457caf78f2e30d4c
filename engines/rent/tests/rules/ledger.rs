//! Money is neither made nor lost, whatever is done. Every message of every test goes through
//! that check; here there are many of them, in no particular order.

use crate::{
    fixtures::{self, making, through},
    harness::{
        blake2_256, call, claim, deploy, test_config, test_setup, Harness, ALICE, BOB, CHARLIE,
        DJANGO,
    },
};
use pink_engine_rent::{Release, V1_0, V1_1};
use pink_engine_sdk::types::{
    AccountId, Balance, Call, Instantiate, Message, Outcome, Weight, Withdraw,
};
use proptest::prelude::*;

/// One thing that somebody does.
#[derive(Clone, Debug)]
enum Step {
    Deposit(usize, Balance),
    Withdraw(usize, Balance),
    Deploy(usize, usize, Balance, u8),
    Call(usize, usize, Balance, Vec<u8>, u64),
    Claim(usize, usize, bool),
    Blocks(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let money = prop_oneof![0_u128..200, 0_u128..2_000_000, Just(1_000_000_000)];
    let input = prop_oneof![
        Just(vec![]),
        (0_u8..9).prop_map(|byte| vec![byte]),
        Just(vec![0; 4]),
        Just(vec![0; 8]),
    ];
    let gas = prop_oneof![0_u64..10_000_000, Just(2_000_000_000)];
    prop_oneof![
        (0_usize..4, money.clone()).prop_map(|(who, amount)| Step::Deposit(who, amount)),
        (0_usize..4, money.clone()).prop_map(|(who, amount)| Step::Withdraw(who, amount)),
        (0_usize..4, 0_usize..6, money.clone(), 0_u8..3)
            .prop_map(|(who, code, value, salt)| Step::Deploy(who, code, value, salt)),
        (0_usize..4, 0_usize..20, money, input, gas)
            .prop_map(|(who, to, value, input, gas)| Step::Call(who, to, value, input, gas)),
        (0_usize..4, 0_usize..20, any::<bool>())
            .prop_map(|(who, to, worker)| Step::Claim(who, to, worker)),
        (1_u32..30).prop_map(Step::Blocks),
    ]
}

fn play<V: Release>(steps: Vec<Step>) {
    let mut setup = test_setup(&test_config());
    setup.gas_price = 1;
    setup.deposit_per_byte = 10;
    let mut harness = Harness::<V>::with(setup);
    let people = [ALICE, BOB, CHARLIE, DJANGO];
    let codes = [
        fixtures::idle(),
        fixtures::tenant(),
        fixtures::puppet(),
        fixtures::terminator(&BOB),
        fixtures::proxy(),
        fixtures::factory(),
    ];
    for who in people {
        harness.fund(who, 100_000_000_000);
    }
    let mut made: Vec<AccountId> = vec![[0; 32]];
    for step in steps {
        match step {
            Step::Deposit(who, amount) => {
                harness.fund(people[who], amount);
            }
            Step::Withdraw(who, amount) => {
                harness.execute(Message::Withdraw(Withdraw {
                    from: people[who],
                    amount,
                    max_gas_price: 1,
                }));
            }
            Step::Deploy(who, code, value, salt) => {
                let receipt = harness.execute(Message::Instantiate(Instantiate {
                    salt: vec![salt],
                    gas_limit: Weight::new(2_000_000_000, 0),
                    ..deploy(people[who], &codes[code], value)
                }));
                made.extend(receipt.address);
            }
            Step::Call(who, to, value, input, gas) => {
                let to = made[to % made.len()];
                // Directly, or by way of every contract that could be a proxy or a factory.
                let other = made[(usize::from(value as u8) + 1) % made.len()];
                let input = match value % 3 {
                    0 => input,
                    1 => through(&other, 0, value / 2, &input),
                    _ => making(&blake2_256(&codes[2]), 0, value / 2, [who as u8; 4], &input),
                };
                harness.execute(Message::Call(Call {
                    value,
                    gas_limit: Weight::new(gas, 0),
                    ..call(people[who], to, &input)
                }));
            }
            Step::Claim(who, to, worker) => {
                let to = made[to % made.len()];
                let receipt = harness.execute(claim(people[who], to, worker));
                if receipt.outcome == Outcome::Success {
                    assert!(harness.is_tombstone(&to));
                }
            }
            Step::Blocks(count) => {
                harness.end_block();
                let number = harness.block.number + count;
                harness.go_to_block(number);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn money_is_conserved(steps in proptest::collection::vec(step(), 1..40)) {
        play::<V1_0>(steps.clone());
        play::<V1_1>(steps);
    }
}
