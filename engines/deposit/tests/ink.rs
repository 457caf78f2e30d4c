//! Real ink! 5 contracts, from upload to receipt.

mod common;

use common::*;
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::types::*;

/// What a message returned, without the layer that says that it was dispatched.
fn output<T: Decode>(receipt: &Receipt) -> T {
    assert_eq!(receipt.output.first(), Some(&0), "{receipt:?}");
    let mut rest = &receipt.output[1..];
    let value = T::decode(&mut rest).unwrap();
    assert!(rest.is_empty(), "{receipt:?}");
    value
}

/// Outcome, gas and output at once: gas is part of what a change must not change by accident.
#[track_caller]
fn expect(receipt: &Receipt, outcome: Outcome, gas: (u64, u64)) {
    assert_eq!(receipt.outcome, outcome, "{receipt:?}");
    let consumed = receipt.gas_consumed;
    assert_eq!(
        (consumed.ref_time, consumed.proof_size),
        figure(gas.0, gas.1)
    );
}

#[test]
fn a_flipper_flips() {
    let mut chain = Chain::new();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let get = chain.query(flipper, &message("get", ()));
    assert!(output::<bool>(&get));
    assert_eq!((get.fee, get.refund, get.gas_price), (0, 0, 0));

    let flip = chain.call(flipper, &message("flip", ()));
    expect(&flip, Outcome::Success, FLIP);
    assert_eq!(flip.storage_deposit, StorageDeposit::Charge(0));
    assert_eq!(
        flip.events,
        [Event::Called {
            caller: ALICE,
            contract: flipper
        }]
    );
    let get = chain.query(flipper, &message("get", ()));
    assert!(!output::<bool>(&get));
}

#[test]
fn a_message_that_nobody_knows_reverts_and_pays() {
    let mut chain = Chain::new();
    let flipper = chain.make(&artefact("flipper"), &message("new", true));
    let before = chain.free(ALICE);
    let receipt = chain.call(flipper, b"\x01\x02\x03\x04");
    assert_eq!(receipt.outcome, Outcome::Reverted);
    // ink!'s LangError::CouldNotReadInput.
    assert_eq!(receipt.output, [1, 1]);
    assert_eq!(chain.free(ALICE), before - receipt.fee);
}

#[test]
fn tokens_move_and_tell() {
    let mut chain = Chain::new();
    let token = chain.make(&artefact("token"), &message("new", 1000u128));
    let sent = chain.call(token, &message("transfer", (BOB, 30u128)));
    expect(&sent, Outcome::Success, TRANSFER);
    assert_eq!(output::<Result<(), u8>>(&sent), Ok(()));
    let emitted: Vec<_> = sent
        .events
        .iter()
        .filter_map(|event| match event {
            Event::ContractEmitted {
                contract,
                topics,
                data,
            } => Some((*contract, topics.clone(), data.clone())),
            _ => None,
        })
        .collect();
    let [(contract, topics, data)] = &emitted[..] else {
        panic!("{emitted:?}")
    };
    assert_eq!(*contract, token);
    assert_eq!(topics.len(), 3);
    assert_eq!(*data, (Some(ALICE), Some(BOB), 30u128).encode());
    // A new item of 16 bytes for Bob.
    assert_eq!(
        sent.storage_deposit,
        StorageDeposit::Charge(PER_ITEM + 16 * PER_BYTE)
    );

    let refused = chain.call(token, &message("transfer", (BOB, 971u128)));
    assert_eq!(refused.outcome, Outcome::Reverted);
    assert_eq!(output::<Result<(), u8>>(&refused), Err(0));
    assert!(refused.events.is_empty());
    for (who, amount) in [(ALICE, 970u128), (BOB, 30)] {
        let balance = chain.query(token, &message("balance_of", who));
        assert_eq!(output::<u128>(&balance), amount);
    }
}

#[test]
fn an_allowance_is_spent_by_another() {
    let mut chain = Chain::new();
    let token = chain.make(&artefact("token"), &message("new", 1000u128));
    let approved = chain.call(token, &message("approve", (BOB, 40u128)));
    assert_eq!(approved.outcome, Outcome::Success);
    let mut spend = call(token, &message("transfer_from", (ALICE, CHARLIE, 25u128)));
    spend.origin = BOB;
    let spent = chain.send(Message::Call(spend.clone()));
    assert_eq!(output::<Result<(), u8>>(&spent), Ok(()));
    let again = chain.send(Message::Call(spend));
    assert_eq!(output::<Result<(), u8>>(&again), Err(1));
    assert_eq!(again.outcome, Outcome::Reverted);
    let left = chain.query(token, &message("allowance", (ALICE, BOB)));
    assert_eq!(output::<u128>(&left), 15);
}

fn factory(chain: &mut Chain) -> AccountId {
    let hash = chain.code(&artefact("flipper"));
    let mut message_ = instantiate(Code::Upload(artefact("factory")), &message("new", hash));
    message_.value = 1_000_000;
    let receipt = chain.send(Message::Instantiate(message_));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    receipt.address.unwrap()
}

#[test]
fn a_factory_makes_and_calls_its_child() {
    for (make, flip) in [
        ("instantiate_child", "flip_child"),
        ("instantiate_child_v1", "flip_child_v1"),
    ] {
        let mut chain = Chain::new();
        let factory = factory(&mut chain);
        let code = chain.contract(factory).unwrap();
        let made = chain.call(factory, &message(make, (true, b"salt".to_vec())));
        assert_eq!(made.outcome, Outcome::Success, "{made:?}");
        let child = output::<Result<AccountId, u8>>(&made).unwrap();
        let flipper_hash = chain.contract(child).unwrap().code_hash;
        assert_ne!(flipper_hash, code.code_hash);
        assert_eq!(
            child,
            pink_engine_deposit::contract_address(&factory, &flipper_hash, &[0; 32], b"salt")
        );
        // The origin pays: the existential deposit, the child's record, and its one value.
        let base = PER_ITEM + 107 * PER_BYTE;
        let StorageDeposit::Charge(charged) = made.storage_deposit else {
            panic!("{made:?}")
        };
        assert!(charged >= MINIMUM + base + PER_ITEM + PER_BYTE);
        assert_eq!(chain.held(child), base + PER_ITEM + PER_BYTE);
        assert_eq!(chain.free(child), MINIMUM);

        let flipped = chain.call(factory, &message(flip, ()));
        assert_eq!(output::<Result<(), u8>>(&flipped), Ok(()));
        let value = chain.query(factory, &message("child_value", ()));
        assert_eq!(output::<Result<bool, u8>>(&value), Ok(false));

        let twice = chain.call(factory, &message(make, (true, b"salt".to_vec())));
        assert_eq!(error(&twice), "DuplicateContract");
    }
}

/// What a callee does to itself its caller survives, and only the callee is undone.
#[test]
fn failures_of_a_callee_are_the_callees() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    for (name, gas, ended) in [
        ("write", 0u64, 0u8),
        ("fail_after_write", 0, 1),
        ("trap", 0, 2),
        ("spin", 1_000_000_000, 2),
    ] {
        let input = message("attempt", (selector(name), gas));
        let receipt = chain.call(factory, &input);
        assert_eq!(receipt.outcome, Outcome::Success, "{name}: {receipt:?}");
        assert_eq!(output::<u8>(&receipt), ended, "{name}");
        if name == "spin" {
            assert!(receipt.gas_consumed.ref_time > gas);
            assert!(receipt.gas_consumed.ref_time < gas + either(8, 12) * 1_000_000_000);
        }
        let doomed = chain.query(factory, &message("doomed_write_is_there", ()));
        assert!(!output::<bool>(&doomed), "{name}");
    }
    let writes = chain.query(factory, &message("writes", ()));
    // The caller keeps its own state in the end, and it didn't see the write.
    assert!(output::<u32>(&writes) <= 1);
}

#[test]
fn the_three_bad_ends_of_a_message() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    let spent = |chain: &Chain| chain.free(ALICE);
    let before = (spent(&chain), chain.contract(factory));

    let reverted = chain.call(factory, &message("fail_after_write", ()));
    assert_eq!(reverted.outcome, Outcome::Reverted);
    assert_eq!(output::<Result<(), u8>>(&reverted), Err(4));
    let trapped = chain.call(factory, &message("trap", ()));
    assert_eq!(error(&trapped), "ContractTrapped");
    assert!(trapped.output.is_empty());
    let out = chain.call(factory, &message("spin", ()));
    assert_eq!(out.outcome, Outcome::OutOfGas);
    assert_eq!(out.refund, 0);

    let fees = reverted.fee + trapped.fee + out.fee;
    assert_eq!((spent(&chain) + fees, chain.contract(factory)), before);
    for receipt in [&reverted, &trapped, &out] {
        assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
        assert!(receipt.events.is_empty() && receipt.effects.is_empty());
    }
}

/// The version's depth counts the first frame; the frame that would be one too many ends its
/// caller, and that caller's caller sees a trap.
#[test]
fn recursion_ends_at_the_versions_depth() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    let depth = RULES.limits.call_depth;
    for (asked, deep) in [(3, 3), (depth - 1, depth - 1), (depth, depth - 2)] {
        let receipt = chain.call(factory, &message("recurse", asked));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        assert_eq!(output::<u32>(&receipt), deep);
    }
}

#[test]
fn a_child_with_too_little_gas_traps_alone() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    chain.call(factory, &message("instantiate_child", (true, b"".to_vec())));
    for (gas, trapped) in [(0u64, false), (1_000_000, true), (2_000_000_000, false)] {
        let receipt = chain.call(factory, &message("call_child_with_gas", gas));
        assert_eq!(output::<Result<bool, u8>>(&receipt), Ok(trapped), "{gas}");
    }
    let value = chain.query(factory, &message("child_value", ()));
    assert_eq!(output::<Result<bool, u8>>(&value), Ok(true));
}

#[test]
fn a_contract_pays_from_what_it_can_spend() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    let paid = chain.call(factory, &message("transfer", (BOB, 1_000u128)));
    assert_eq!(output::<Result<(), u8>>(&paid), Ok(()));
    assert_eq!(chain.free(BOB), MONEY + 1_000);
    // The existential deposit stays.
    let all = chain.free(factory);
    let refused = chain.call(factory, &message("transfer", (BOB, all)));
    assert_eq!(output::<Result<(), u8>>(&refused), Err(3));
    let most = chain.call(factory, &message("transfer", (BOB, all - MINIMUM)));
    assert_eq!(output::<Result<(), u8>>(&most), Ok(()));
    assert_eq!(chain.free(factory), MINIMUM);

    let mut forward = call(factory, &message("forward", CHARLIE));
    forward.value = 5_000;
    let forwarded = chain.send(Message::Call(forward.clone()));
    assert_eq!(output::<Result<(), u8>>(&forwarded), Ok(()));
    assert_eq!(chain.free(CHARLIE), 5_000);
    // Too little for an account that isn't there; the value goes back with the rest.
    forward.value = MINIMUM - 1;
    forward.input = message("forward", NOBODY);
    let refused = chain.send(Message::Call(forward));
    assert_eq!(refused.outcome, Outcome::Reverted);
    assert_eq!((chain.free(NOBODY), chain.free(factory)), (0, MINIMUM));
}

#[test]
fn a_terminated_contract_leaves_nothing() {
    let mut chain = Chain::new();
    let factory = factory(&mut chain);
    let (free, held) = (chain.free(factory), chain.held(factory));
    let alice = chain.free(ALICE);
    let ended = chain.call(factory, &message("terminate", CHARLIE));
    assert_eq!(ended.outcome, Outcome::Success, "{ended:?}");
    assert_eq!(chain.contract(factory), None);
    assert_eq!(chain.free(CHARLIE), free);
    assert_eq!(chain.free(ALICE), alice + held - ended.fee);
    assert_eq!(ended.storage_deposit, StorageDeposit::Refund(held));
    assert_eq!((chain.free(factory), chain.held(factory)), (0, 0));
    let gone = chain.call(factory, &message("writes", ()));
    assert_eq!(error(&gone), "ContractNotFound");
    // Its storage goes at the block's end, and then only what isn't its own is left.
    let items = chain.state().len();
    assert!(chain.end_block().weight.ref_time > 0);
    assert!(chain.state().len() < items);
    assert_eq!(chain.end_block().weight.ref_time, 0);
}

#[test]
fn the_bench_contract_computes_the_same_inside_and_outside() {
    let mut chain = Chain::new();
    let bench = chain.make(&artefact("bench"), &message("new", ()));
    let inside = chain.query(bench, &message("sha256_wasm", 5u32));
    let outside = chain.query(bench, &message("sha256_host", 5u32));
    assert_eq!(output::<Hash>(&inside), output::<Hash>(&outside));
    let big = chain.call(bench, &message("put", 16_000u32));
    assert_eq!(big.outcome, Outcome::Success, "{big:?}");
    let read = chain.query(bench, &message("read", ()));
    assert_eq!(output::<u32>(&read), 16_000);
    let many = chain.call(bench, &message("put_many", (0u32, 50u32)));
    assert_eq!(many.outcome, Outcome::Success);
    let found = chain.query(bench, &message("read_many", (10u32, 100u32)));
    assert_eq!(output::<u32>(&found), 40);
    let ticks = chain.call(bench, &message("events", 3u32));
    assert_eq!(ticks.events.len(), 4);
}

/// Gas of a flip: the base of a call included.
const FLIP: (u64, u64) = (547_799_800, 2_704);
/// Gas of a token transfer to an account that had none.
const TRANSFER: (u64, u64) = (1_703_749_400, 8_832);

/// A contract of ink! 4 does what one of ink! 5 does. One of ink! 3 is of another time: its
/// module still fits, if it imports nothing that is deprecated.
#[test]
fn older_inks() {
    for name in ["flipper-ink4", "flipper-ink3"] {
        let mut chain = Chain::new();
        let flipper = chain.make(&artefact(name), &message("new", true));
        let flip = chain.call(flipper, &message("flip", ()));
        assert_eq!(flip.outcome, Outcome::Success, "{name} {flip:?}");
        let get = chain.query(flipper, &message("get", ()));
        assert_eq!(get.output.last(), Some(&0), "{name}");
        let flip = chain.call(flipper, &message("flip", ()));
        assert_eq!(flip.outcome, Outcome::Success);
        let get = chain.query(flipper, &message("get", ()));
        assert_eq!(get.output.last(), Some(&1), "{name}");
    }
}
