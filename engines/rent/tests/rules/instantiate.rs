//! Making contracts: addresses, events, code and its users, and what may go wrong.

use crate::{
    fixtures,
    harness::{
        blake2_256, call, code_bytes, deploy, rejected, rent, Harness, Succeed, ALICE, CHARLIE,
        GAS, THRESHOLD,
    },
};
use pink_engine_rent::{Prefab, V1_0, V1_1};
use pink_engine_sdk::types::{Balance, Code, Event, Instantiate, Message, Outcome, Weight};

/// 830,015,000 ps, 167,480,000 for each KiB of code, 2,581,000 for each KiB of salt.
fn base(code: usize, salt: usize) -> u64 {
    830_015_000 + 167_480_000 * (code as u64 / 1024) + 2_581_000 * (salt as u64 / 1024)
}

#[test]
fn instantiate_and_call_and_deposit_event() {
    let mut harness = Harness::<V1_0>::new();
    let code = fixtures::event_from_start();
    let code_hash = blake2_256(&code);
    let funded = harness.fund(ALICE, 1_000_000);
    assert_eq!(
        funded.events,
        [
            Event::NewAccount { account: ALICE },
            Event::Endowed {
                account: ALICE,
                amount: 1_000_000
            },
            Event::Deposited {
                account: ALICE,
                amount: 1_000_000
            },
        ]
    );
    let address = harness.address(&ALICE, &code, &[]);
    let value = THRESHOLD * 100;
    let receipt = harness.succeed(deploy(ALICE, &code, value));
    assert_eq!(
        receipt.events,
        [
            Event::NewAccount { account: address },
            Event::Endowed {
                account: address,
                amount: value
            },
            Event::Transfer {
                from: ALICE,
                to: address,
                amount: value
            },
            Event::CodeStored {
                code_hash,
                deposit_held: 0,
                uploader: ALICE
            },
            Event::ContractEmitted {
                contract: address,
                topics: vec![],
                data: vec![1, 2, 3, 4]
            },
            Event::Instantiated {
                deployer: ALICE,
                contract: address
            },
        ]
    );
    assert_eq!(receipt.address, Some(address));
    assert_eq!(receipt.code_hash, Some(code_hash));
    assert_eq!(receipt.output, [1, 2, 3, 4]);
    assert!(harness.alive(&address).is_some());
    // Eight constants, two calls of imports and a drop's worth of nothing: 1,656 ps a constant,
    // 96,395 a call; a block costs 1,245,990 to count; an event 9,371,260 and 2,451 a byte; a
    // return 4,740,000 and 765 a byte.
    let block = 1_245_990 + 7 * 1_656 + 2 * 96_395;
    let functions = 9_371_260 + 4 * 2_451 + 4_740_000 + 4 * 765;
    let limit = base(code.len(), 0) + GAS;
    assert_eq!(receipt.gas_limit, Weight::new(limit, 0));
    assert_eq!(
        receipt.gas_consumed.ref_time,
        base(code.len(), 0) + block + functions
    );
}

#[test]
fn the_address_is_that_of_every_engine() {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    let code = hex("a3f91e98edc8ccfb035946133027dd5a3f8694c70e7a27ffdf8056f7b9cc40ab");
    let address = blake2_256(&[&ALICE[..], &code, &[0; 32]].concat());
    assert_eq!(address[..8], hex("35db55bc9f81c9b1"));
    // And it is what the engine makes.
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::idle();
    let mut message = deploy(ALICE, &code, 100_000);
    message.salt = b"pepper".to_vec();
    let receipt = harness.succeed(message);
    let expected = [&ALICE[..], &blake2_256(&code), &[0; 32], b"pepper"].concat();
    assert_eq!(receipt.address, Some(blake2_256(&expected)));
    assert_gas!(receipt, 830_015_000);
}

#[test]
fn base_grows_with_whole_kib_of_code_and_salt() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 10_000_000);
    let code = padded(1_100);
    let mut message = deploy(ALICE, &code, 1_000_000);
    message.salt = vec![0; 3_000];
    let receipt = harness.succeed(message);
    assert_eq!(receipt.gas_limit.ref_time, base(1_024, 2_048) + GAS);
    assert_eq!(receipt.gas_consumed.ref_time, base(1_024, 2_048));
}

#[test]
fn code_is_shared_and_goes_with_its_last_user() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::terminator(&CHARLIE);
    let hash = blake2_256(&code);
    let salted = |salt: u8, code: Code| Instantiate {
        code,
        salt: vec![salt],
        ..deploy(ALICE, &[], THRESHOLD * 100)
    };
    let first = harness.succeed(salted(0, Code::Upload(code.clone())));
    let stored = |receipt: &pink_engine_sdk::types::Receipt| {
        receipt
            .events
            .iter()
            .any(|event| matches!(event, Event::CodeStored { .. }))
    };
    assert!(stored(&first));
    let second = harness.succeed(salted(1, Code::Upload(code.clone())));
    assert!(!stored(&second), "stored already");
    assert_eq!(harness.refcount(&code), 2);
    let third = harness.succeed(salted(2, Code::Existing(hash)));
    assert_eq!(harness.refcount(&code), 3);
    // 730,996,000 ps and 8,684,000 for each KiB: of the longest code first, of its own then.
    assert_eq!(third.gas_limit.ref_time, 730_996_000 + 2 * 8_684_000 + GAS);
    assert_eq!(third.gas_consumed.ref_time, 730_996_000);

    harness.succeed(call(ALICE, first.address.unwrap(), &[]));
    assert_eq!(harness.refcount(&code), 2);
    harness.go_to_block(40);
    let evict =
        |harness: &mut Harness<V1_0>, who| harness.succeed(crate::harness::claim(ALICE, who, true));
    evict(&mut harness, second.address.unwrap());
    assert_eq!(harness.refcount(&code), 1);
    assert!(harness
        .state()
        .contains_key(&[b"code/", &hash[..]].concat()));
    let last = evict(&mut harness, third.address.unwrap());
    assert_eq!(harness.refcount(&code), 0);
    assert!(last
        .events
        .iter()
        .any(|event| matches!(event, Event::CodeRemoved { code_hash, .. } if *code_hash == hash)));
    for namespace in ["code/", "prefab/", "instrumented/"] {
        let key = [namespace.as_bytes(), &hash].concat();
        assert!(!harness.state().contains_key(&key), "{namespace}");
    }
    assert_gas!(last, 828_270_000);
}

#[test]
fn stored_code_says_what_it_is() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::tenant();
    harness.succeed(deploy(ALICE, &code, 30_000));
    let hash = blake2_256(&code);
    let running: Vec<u8> = harness.state()[&[b"instrumented/", &hash[..]].concat()].clone();
    assert_eq!(
        harness.prefab(&code),
        Some(Prefab {
            schedule_version: 0,
            initial: 2,
            maximum: 2,
            refcount: 1,
            original_len: code.len() as u32,
            instrumented_len: running.len() as u32,
            instrumented_hash: blake2_256(&running),
        })
    );
    assert_eq!(harness.state()[&[b"code/", &hash[..]].concat()], code);
}

#[test]
fn default_rent_allowance_on_instantiate() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::tenant();
    let receipt = harness.succeed(deploy(ALICE, &code, 30_000));
    let address = receipt.address.unwrap();
    let first = rent(code_bytes(&harness, &code) + 4, 1, 30_000);
    let contract = harness.alive(&address).unwrap();
    assert_eq!(contract.rent_allowance, Balance::MAX - first);
    assert_eq!(contract.rent_paid, first);
    assert_eq!(harness.free(&address), 30_000 - first);
    assert_gas!(receipt, 1_127_186_709);
    harness.go_to_block(5);
    harness.succeed(call(ALICE, address, &[]));
    assert!(harness.alive(&address).is_some());
}

#[test]
fn not_deployed_if_endowment_too_low_for_first_rent() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::tenant();
    // As of 2021: counted without the code, and so too low by more than one.
    let first: Balance = (80_000_u128 + 40_000 + 10_000 - 30_000) * 4 / 10_000;
    let mut message = deploy(ALICE, &code, 30_000);
    message.input = (first - 1).to_le_bytes().to_vec();
    let before = harness.state();
    let receipt = harness.fail(message.clone(), "NewContractNotFunded");
    assert_eq!(before, harness.state());
    assert_gas!(receipt, 1_135_682_578);
    // The exact border, with the code.
    harness.succeed(Instantiate {
        input: Vec::new(),
        salt: vec![1],
        ..message.clone()
    });
    let exact = rent(code_bytes(&harness, &code) + 4, 1, 30_000);
    for (allowance, enough) in [(exact - 1, false), (exact, true)] {
        let mut message = message.clone();
        message.input = allowance.to_le_bytes().to_vec();
        let receipt = harness.execute(Message::Instantiate(message));
        assert_eq!(receipt.outcome == Outcome::Success, enough, "{allowance}");
    }
}

#[test]
fn endowment_below_the_threshold() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::idle();
    // Less than the existential deposit: the ledger refuses.
    let receipt = harness.fail(deploy(ALICE, &code, 49), "TransferFailed");
    assert!(receipt.events.is_empty());
    // Between that and the threshold: there is no rent to be had.
    for value in [50, THRESHOLD - 1, THRESHOLD] {
        harness.fail(deploy(ALICE, &code, value), "NewContractNotFunded");
    }
    // Nothing at all is no transfer, but the rent is due all the same.
    let receipt = harness.fail(deploy(ALICE, &code, 0), "NewContractNotFunded");
    // What the sender hasn't got.
    harness.fail(deploy(ALICE, &code, 1_000_001), "TransferFailed");
    // What the sender must keep.
    harness.fail(deploy(ALICE, &code, 999_951), "TransferFailed");
    assert_eq!(harness.free(&ALICE), 1_000_000);
    assert_gas!(receipt, 830_015_000);
}

#[test]
fn an_address_can_be_used_once() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::tenant();
    let address = harness
        .succeed(deploy(ALICE, &code, 30_000))
        .address
        .unwrap();
    harness.fail(deploy(ALICE, &code, 30_000), "DuplicateContract");
    // Not even while there is a tombstone.
    harness.go_to_block(200);
    harness.succeed(crate::harness::claim(ALICE, address, true));
    assert!(harness.is_tombstone(&address));
    let receipt = harness.fail(deploy(ALICE, &code, 30_000), "DuplicateContract");
    assert_gas!(receipt, 830_015_000);
}

#[test]
fn a_failed_instantiation_can_be_tried_again() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let code = fixtures::puppet();
    let with = |input: &[u8]| Instantiate {
        input: input.to_vec(),
        ..deploy(ALICE, &code, 100_000)
    };
    let before = harness.state();
    let trapped = harness.fail(with(&[2]), "ContractTrapped");
    assert_eq!(harness.state(), before, "not even the counter");
    let reverted = harness.execute(Message::Instantiate(with(&[1, 42])));
    assert_eq!(reverted.outcome, Outcome::Reverted);
    assert_eq!(reverted.output, [42]);
    assert_eq!(reverted.address, None);
    assert!(reverted.events.is_empty());
    let made = harness.succeed(with(&[0, 43]));
    assert_eq!(made.output, [43]);
    assert_gas!(trapped, 841_930_935);
    assert_gas!(reverted, 849_522_957);
    assert_gas!(made, 849_522_957);
}

#[test]
fn a_reverting_constructor_moves_the_counter_in_1_0_alone() {
    fn counter<V: pink_engine_rent::Release>() -> Option<u64> {
        let mut harness = Harness::<V>::new();
        harness.fund(ALICE, 1_000_000);
        let mut message = deploy(ALICE, &fixtures::puppet(), 100_000);
        message.input = vec![1];
        harness.execute(Message::Instantiate(message));
        harness.get(b"counter")
    }
    assert_eq!(counter::<V1_0>(), Some(1));
    assert_eq!(counter::<V1_1>(), None);
}

#[test]
fn code_that_is_too_long_is_rejected() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 100_000_000);
    let long = |len: usize| (0..).map(padded).find(|code| code.len() == len).unwrap();
    // As it comes.
    let receipt = harness.execute(Message::Instantiate(deploy(
        ALICE,
        &long(2_049),
        10_000_000,
    )));
    assert_eq!(rejected(&receipt).error, "CodeTooLarge");
    // As it would run: the stack counter's global alone makes it longer.
    let receipt = harness.execute(Message::Instantiate(deploy(
        ALICE,
        &long(2_048),
        10_000_000,
    )));
    assert_eq!(rejected(&receipt).error, "CodeTooLarge");
    let receipt = harness.succeed(deploy(ALICE, &long(1_990), 10_000_000));
    assert_gas!(receipt, 997_495_000);
}

fn padded(len: usize) -> Vec<u8> {
    let data = format!("(data (i32.const 0) \"{}\")", "x".repeat(len));
    fixtures::custom(&[], &data, "", "")
}

#[test]
fn unknown_code_is_rejected() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 1_000_000);
    let receipt = harness.execute(Message::Instantiate(Instantiate {
        code: Code::Existing([5; 32]),
        ..deploy(ALICE, &[], 100_000)
    }));
    assert_eq!(rejected(&receipt).error, "CodeNotFound");
}

/// Instrumented code may cross a KiB that the uploaded code didn't: then it costs more than was
/// announced, but never more than the limit.
#[test]
fn no_more_than_the_limit_is_paid() {
    let mut harness = Harness::<V1_0>::new();
    harness.fund(ALICE, 100_000_000);
    let code = (0..).map(padded).find(|code| code.len() == 1_020).unwrap();
    let receipt = harness.succeed(deploy(ALICE, &code, 10_000_000));
    assert!(harness.prefab(&code).unwrap().instrumented_len >= 1_024);
    assert_eq!(receipt.gas_limit.ref_time, base(1_020, 0) + GAS);
    assert_eq!(receipt.gas_consumed.ref_time, base(1_024, 0));
    let endless = |len: usize| {
        let data = format!("(data (i32.const 0) \"{}\")", "x".repeat(len));
        fixtures::custom(&[], &data, "(loop $again (br $again))", "")
    };
    let code = (0..).map(endless).find(|code| code.len() == 1_020).unwrap();
    let receipt = harness.execute(Message::Instantiate(deploy(ALICE, &code, 10_000_000)));
    assert_eq!(receipt.outcome, Outcome::OutOfGas);
    assert_eq!(receipt.gas_limit.ref_time, base(1_020, 0) + GAS);
    assert_eq!(receipt.gas_consumed, receipt.gas_limit);
}
