//! Who pays deposits, and what they are for.

mod common;

use common::*;
use pink_engine_sdk::types::*;

#[test]
fn an_upload_needs_its_deposit() {
    let mut chain = Chain::new();
    let code = artefact("flipper");
    let deposit = PER_BYTE * (code.len() as Balance + 62) + 2 * PER_ITEM;
    let fee = Balance::from(storing(&code).ref_time) * GAS_PRICE;
    let mut message_ = upload(&code);
    message_.origin = CHARLIE;
    chain.deposit(CHARLIE, fee + deposit + MINIMUM - 1);
    let receipt = chain.send(Message::Upload(message_.clone()));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
    chain.deposit(CHARLIE, 1);
    let receipt = chain.send(Message::Upload(message_));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(
        (chain.free(CHARLIE), chain.held(CHARLIE)),
        (MINIMUM, deposit)
    );
}

/// The existential deposit comes from the origin, on top of whatever the contract is given.
#[test]
fn an_endowment_may_be_below_the_existential_deposit() {
    for value in [0, 1, MINIMUM - 1, MINIMUM] {
        let mut chain = Chain::new();
        let mut make = instantiate(Code::Upload(wat(&module("", ""))), &[]);
        make.value = value;
        let receipt = chain.send(Message::Instantiate(make));
        assert_eq!(receipt.outcome, Outcome::Success);
        assert_eq!(chain.free(receipt.address.unwrap()), MINIMUM + value);
    }
}

/// The origin pays for what is written anywhere, and it is held where it was written.
#[test]
fn the_origin_pays_for_the_callees_storage() {
    let mut chain = Chain::new();
    let code = chain.code(&artefact("flipper"));
    let factory = chain.make(&artefact("factory"), &message("new", code));
    let mut make = call(factory, &message("instantiate_child", (true, vec![1u8])));
    make.origin = BOB;
    let held = chain.held(factory);
    let before = (chain.free(BOB), chain.free(factory));
    let receipt = chain.send(Message::Call(make));
    let StorageDeposit::Charge(charged) = receipt.storage_deposit else {
        panic!("{receipt:?}")
    };
    assert_eq!(chain.free(BOB), before.0 - receipt.fee - charged);
    assert_eq!(chain.free(factory), before.1);
    let child = receipt
        .events
        .iter()
        .find_map(|event| match event {
            Event::Instantiated { contract, .. } => Some(*contract),
            _ => None,
        })
        .unwrap();
    assert_eq!(
        charged,
        chain.held(child) + chain.free(child) + chain.held(factory) - held
    );
}

fn users(chain: &Chain, hash: Hash) -> u64 {
    let value = &chain.state()[&[b"codeinfo/".as_slice(), &hash].concat()];
    u64::from_le_bytes(value[48..56].try_into().unwrap())
}

/// Contracts made, ended, and moved to other code; dependencies locked and let go.
#[test]
fn users_of_code_are_counted() {
    let mut chain = Chain::new();
    let other = chain.code(&wat(&module("", "")));
    let text = module(
        r#"(import "seal0" "set_code_hash" (func $set (param i32) (result i32)))
           (import "seal0" "lock_delegate_dependency" (func $lock (param i32)))
           (import "seal1" "terminate" (func $end (param i32)))"#,
        r#"(local $op i32)
           (local.set $op (i32.load8_u (i32.const 36)))
           (if (i32.eqz (local.get $op)) (then (drop (call $set (i32.const 4)))))
           (if (i32.eq (local.get $op) (i32.const 1)) (then (call $lock (i32.const 4))))
           (if (i32.eq (local.get $op) (i32.const 2)) (then (call $end (i32.const 4))))
           (if (i32.eq (local.get $op) (i32.const 3)) (then (drop (call $set (i32.const 4))) unreachable))"#,
    );
    let contracts: Vec<AccountId> = (0..3).map(|_| chain.make_wat(&text)).collect();
    let hash = chain.contract(contracts[0]).unwrap().code_hash;
    let counts = |chain: &Chain| (users(chain, hash), users(chain, other));
    let with = |first: [u8; 32], op: u8| [first.to_vec(), vec![op]].concat();
    assert_eq!(counts(&chain), (3, 0));
    chain.call(contracts[0], &with(other, 0));
    assert_eq!(counts(&chain), (2, 1));
    chain.call(contracts[1], &with(other, 1));
    assert_eq!(counts(&chain), (2, 2));
    // What fails leaves the counts.
    chain.call(contracts[1], &with(other, 3));
    assert_eq!(counts(&chain), (2, 2));
    chain.call(contracts[1], &with(BOB, 2));
    assert_eq!(counts(&chain), (1, 1));
    chain.call(contracts[2], &with(BOB, 2));
    assert_eq!(counts(&chain), (0, 1));
}

#[test]
fn code_with_floats_is_never_a_contracts() {
    let mut chain = Chain::new();
    let mut floats = upload(&wat(&module("(func f64.const 1 drop)", "")));
    floats.determinism = Determinism::Relaxed;
    let hash = chain.send(Message::Upload(floats)).code_hash.unwrap();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "set_code_hash" (func $set (param i32) (result i32)))"#,
        "(drop (call $set (i32.const 4)))",
    ));
    assert_eq!(error(&chain.call(contract, &hash)), "Indeterministic");
    // Not in a query either.
    assert_eq!(error(&chain.query(contract, &hash)), "Indeterministic");
}
