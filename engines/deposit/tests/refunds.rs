//! Refunds of what was written in the same message, by whichever frame.

mod common;

use common::{puppet::*, *};
use pink_engine_sdk::types::*;
use proptest::prelude::*;

fn script() -> Script {
    Script::new()
}

/// The prices of a development chain, where the fault was first seen.
fn dear() -> Chain {
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    setup.deposit_per_item = 10_000_000_000;
    setup.deposit_per_byte = 10_000_000;
    assert_eq!(chain.send(Message::Setup(setup)).outcome, Outcome::Success);
    chain
}

/// A contract writes 1,000 bytes, and a nested frame of its own clears them: nothing is paid and
/// nothing is held, by whichever way the frame came to be.
#[test]
fn a_nested_refund_is_whole() {
    let mut chain = dear();
    let (contract, other) = (chain.puppet(0), chain.puppet(0));
    let hash = chain.contract(contract).unwrap().code_hash;
    const HELD: Balance = 11_070_000_000;
    assert_eq!(chain.held(contract), HELD);
    let write = || script().set(b"k1", 1_000);
    let clear = || script().clear(b"k1");
    let again = |inner| script().call(ALLOW_REENTRY, contract, 0, inner);
    let by_other = |inner| script().call(ALLOW_REENTRY, other, 0, inner);
    let join = |first: Script, second: Script| Script([first.0, second.0].concat());
    let mut costs = Vec::new();
    for ways in [
        join(write(), again(clear())),
        join(write(), script().delegate(0, hash, clear())),
        join(write(), by_other(again(clear()))),
        join(write(), again(again(clear()))),
        join(write(), again(script().delegate(0, hash, clear()))),
        // What is undone in between counts for nothing.
        join(join(write(), again(clear().revert())), again(clear())),
        join(
            join(write(), by_other(again(clear()).trap())),
            again(clear()),
        ),
        // Written in two frames, cleared in a third.
        join(
            write(),
            again(join(script().set(b"k2", 500), again(clear().clear(b"k2")))),
        ),
        // Cleared in two.
        join(
            write().set(b"k2", 500),
            join(again(clear()), again(script().clear(b"k2"))),
        ),
        // From outside, in two calls.
        by_other(join(again(write()), again(clear()))),
    ] {
        let receipt = chain.call(contract, &ways.0);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
        assert_eq!(chain.held(contract), HELD);
        let view = chain.contract(contract).unwrap();
        assert_eq!((view.storage_bytes, view.storage_items), (0, 0));
        costs.push(gas(&receipt).0);
    }
    assert_eq!(costs[0], figure(1_189_366_340, 0));
    assert_eq!(costs[1], figure(1_186_402_440, 0));
}

/// What was there before for nothing takes nothing away from it: a contract of earlier times has
/// storage that nothing is held for.
#[test]
fn a_nested_refund_is_whole_beside_free_storage() {
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    (setup.deposit_per_item, setup.deposit_per_byte) = (0, 0);
    chain.send(Message::Setup(setup));
    let contract = chain.puppet(0);
    chain.call(contract, &script().set(b"old", 5_000).0);
    chain.send(Message::UpdatePrices(UpdatePrices {
        gas_price: GAS_PRICE,
        deposit_per_item: PER_ITEM,
        deposit_per_byte: PER_BYTE,
    }));
    let inner = script().clear(b"new");
    let way = script()
        .set(b"new", 1_000)
        .call(ALLOW_REENTRY, contract, 0, inner);
    let receipt = chain.call(contract, &way.0);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
    assert_eq!(chain.held(contract), 0);
    assert_eq!(gas(&receipt), figure(1_189_391_570, 7_064));
}

/// A limit of the nested frame sees what it frees of its caller's.
#[test]
fn a_nested_limit_counts_what_is_freed_below() {
    let mut chain = Chain::new();
    let (contract, other) = (chain.puppet(0), chain.puppet(0));
    let inner = |limit| {
        let nested = script()
            .clear(b"k")
            .call(0, other, 0, script().set(b"o", 400));
        script()
            .set(b"k", 1_000)
            .call_with(ALLOW_REENTRY, contract, 0, (0, 0), Some(limit), nested)
    };
    // The other one's 50,000 against the 110,000 that were freed.
    let receipt = chain.call(contract, &inner(1).0);
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(50_000));
    assert_eq!(chain.held(other), 107 * PER_BYTE + PER_ITEM + 50_000);
    assert_eq!(gas(&receipt), figure(1_709_731_570, 9_968));
}

/// Loading is the caller's: when its gas doesn't suffice for that, it is the caller that ends.
#[test]
fn who_cant_pay_for_loading_is_out_of_gas() {
    let mut chain = Chain::new();
    let (first, second, third) = (chain.puppet(0), chain.puppet(0), chain.puppet(0));
    let load = RULES.frames.load.of(puppet().len() as u32).ref_time;
    let nested = |gas| {
        let inner = script().call(0, third, 0, script());
        script().call_with(0, second, 0, (gas, 0), None, inner)
    };
    // Enough for its own page and host functions, not for another's code: it gets no code 1 for
    // the third, it traps.
    let receipt = chain.call(first, &nested(load).0);
    assert_eq!(receipt.output, [1, 0, 0, 0, 0, 0, 0, 0]);
    // All that it was given is gone.
    let enough = chain.call(first, &nested(0).0);
    assert_eq!(enough.output[..4], [0; 4]);
    let without = chain.call(first, &script().call(0, second, 0, script()).0);
    let spent = gas(&receipt).0 - gas(&without).0;
    assert!(spent < load, "{spent}");
    assert_eq!(gas(&receipt), figure(1_408_274_500, 6_128));
    // The message itself.
    let mut poor = call(first, &script().call(0, second, 0, script()).0);
    poor.gas_limit.ref_time = 2 * load - 1;
    let receipt = chain.send(Message::Call(poor));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(receipt.gas_consumed, receipt.gas_limit);
}

/// One step of a drawn script.
#[derive(Clone, Debug)]
enum Step {
    Set(u8, u32),
    Clear(u8),
    Call(usize, Vec<Step>, bool),
    Delegate(Vec<Step>, bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let leaf = prop_oneof![
        (0u8..4, 0u32..300).prop_map(|(key, len)| Step::Set(key, len)),
        (0u8..4).prop_map(Step::Clear),
    ];
    let step = leaf.prop_recursive(4, 24, 4, |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        prop_oneof![
            3 => (0usize..3, inner.clone(), prop::bool::weighted(0.15))
                .prop_map(|(whom, steps, fails)| Step::Call(whom, steps, fails)),
            1 => (inner, prop::bool::weighted(0.15))
                .prop_map(|(steps, fails)| Step::Delegate(steps, fails)),
        ]
    });
    prop::collection::vec(step, 1..6)
}

fn write(steps: &[Step], fails: bool, contracts: &[AccountId], hash: Hash) -> Script {
    let written = steps.iter().fold(script(), |script, step| match step {
        Step::Set(key, len) => script.set(&[*key], *len),
        Step::Clear(key) => script.clear(&[*key]),
        Step::Call(whom, steps, fails) => {
            let inner = write(steps, *fails, contracts, hash);
            script.call(ALLOW_REENTRY, contracts[*whom], 0, inner)
        }
        Step::Delegate(steps, fails) => {
            script.delegate(0, hash, write(steps, *fails, contracts, hash))
        }
    });
    if fails {
        written.revert()
    } else {
        written
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// At constant prices exactly what is stored is held for, whoever wrote and freed what, in
    /// whichever frames; the record counts what the state has; and the receipt says what moved.
    #[test]
    fn what_is_stored_is_held_for(messages in prop::collection::vec(steps(), 1..4)) {
        let mut chain = Chain::new();
        let contracts: Vec<_> = (0..3).map(|_| chain.puppet(0)).collect();
        let hash = chain.contract(contracts[0]).unwrap().code_hash;
        let base = 107 * PER_BYTE + PER_ITEM;
        let sum = |chain: &Chain| -> Balance { contracts.iter().map(|who| chain.held(*who)).sum() };
        for steps in messages {
            let before = sum(&chain);
            let receipt = chain.call(contracts[0], &write(&steps, false, &contracts, hash).0);
            prop_assert_eq!(&receipt.outcome, &Outcome::Success);
            let moved = match receipt.storage_deposit {
                StorageDeposit::Charge(amount) => before + amount,
                StorageDeposit::Refund(amount) => before - amount,
            };
            prop_assert_eq!(sum(&chain), moved);
            let state = chain.state();
            for (nonce, contract) in (1u64..).zip(&contracts) {
                let view = chain.contract(*contract).unwrap();
                let mut prefix = contract.to_vec();
                prefix.extend(nonce.to_le_bytes());
                let prefix = blake2b_simd::Params::new().hash_length(32).hash(&prefix);
                let values: Vec<usize> = state
                    .iter()
                    .filter(|(key, _)| key.starts_with(prefix.as_bytes()))
                    .map(|(_, value)| value.len())
                    .collect();
                let bytes: usize = values.iter().sum();
                prop_assert_eq!((view.storage_bytes, view.storage_items), (bytes as u64, values.len() as u64));
                let held = base + bytes as Balance * PER_BYTE + values.len() as Balance * PER_ITEM;
                prop_assert_eq!(chain.held(*contract), held);
            }
        }
    }
}
