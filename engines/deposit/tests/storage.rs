//! A contract's storage: keys, values, lengths, and what is held for it.

mod common;

use common::*;
use pink_engine_sdk::{types::*, Engine};

const IMPORTS: &str = r#"
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "contains_storage" (func $contains (param i32 i32) (result i32)))
    (import "seal1" "clear_storage" (func $clear (param i32 i32) (result i32)))
    (import "seal0" "take_storage" (func $take (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "set_storage" (func $set_fixed_0 (param i32 i32 i32)))
    (import "seal1" "seal_set_storage" (func $set_fixed (param i32 i32 i32) (result i32)))
    (import "seal0" "seal_get_storage" (func $get_fixed (param i32 i32 i32) (result i32)))
    (import "seal0" "contains_storage" (func $contains_fixed (param i32) (result i32)))
    (import "seal0" "clear_storage" (func $clear_fixed (param i32)))
"#;

/// Input: operation (0 set, 1 get, 2 contains, 3 clear, 4 take; +16 for fixed keys, where 5 is
/// the first version of set), length of the key, length of the value (u32 each), the key at 16,
/// the value is that many bytes of memory from 9000 on. Output: the result, then the value.
const BODY: &str = r#"
    (local $r i32) (local $op i32)
    (i32.store (i32.const 8000) (i32.const 40000))
    (local.set $op (i32.load (i32.const 4)))
    (if (i32.eq (local.get $op) (i32.const 0)) (then (local.set $r (call $set (i32.const 16) (i32.load (i32.const 8)) (i32.const 9000) (i32.load (i32.const 12))))))
    (if (i32.eq (local.get $op) (i32.const 1)) (then (local.set $r (call $get (i32.const 16) (i32.load (i32.const 8)) (i32.const 10000) (i32.const 8000)))))
    (if (i32.eq (local.get $op) (i32.const 2)) (then (local.set $r (call $contains (i32.const 16) (i32.load (i32.const 8))))))
    (if (i32.eq (local.get $op) (i32.const 3)) (then (local.set $r (call $clear (i32.const 16) (i32.load (i32.const 8))))))
    (if (i32.eq (local.get $op) (i32.const 4)) (then (local.set $r (call $take (i32.const 16) (i32.load (i32.const 8)) (i32.const 10000) (i32.const 8000)))))
    (if (i32.eq (local.get $op) (i32.const 16)) (then (local.set $r (call $set_fixed (i32.const 16) (i32.const 9000) (i32.load (i32.const 12))))))
    (if (i32.eq (local.get $op) (i32.const 17)) (then (local.set $r (call $get_fixed (i32.const 16) (i32.const 10000) (i32.const 8000)))))
    (if (i32.eq (local.get $op) (i32.const 18)) (then (local.set $r (call $contains_fixed (i32.const 16)))))
    (if (i32.eq (local.get $op) (i32.const 19)) (then (call $clear_fixed (i32.const 16))))
    (if (i32.eq (local.get $op) (i32.const 21)) (then (call $set_fixed_0 (i32.const 16) (i32.const 9000) (i32.load (i32.const 12)))))
    (i32.store (i32.const 9996) (local.get $r))
    (if (i32.eq (i32.load (i32.const 8000)) (i32.const 40000)) (then (i32.store (i32.const 8000) (i32.const 0))))
    (call $return (i32.const 0) (i32.const 9996) (i32.add (i32.const 4) (i32.load (i32.const 8000))))
"#;

const NONE: u32 = u32::MAX;

struct Store {
    chain: Chain,
    contract: AccountId,
}

impl Store {
    fn new() -> Self {
        let mut chain = Chain::new();
        let contract = chain.make_wat(&module(IMPORTS, BODY));
        Self { chain, contract }
    }

    fn input(op: u32, key: &[u8], len: u32) -> Vec<u8> {
        let mut input = Vec::new();
        for word in [op, key.len() as u32, len] {
            input.extend(word.to_le_bytes());
        }
        input.extend(key);
        input
    }

    fn receipt(&mut self, op: u32, key: &[u8], len: u32) -> Receipt {
        self.chain.call(self.contract, &Self::input(op, key, len))
    }

    /// Result and value.
    fn run(&mut self, op: u32, key: &[u8], len: u32) -> (u32, usize) {
        let receipt = self.receipt(op, key, len);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        let result = u32::from_le_bytes(receipt.output[..4].try_into().unwrap());
        (result, receipt.output.len() - 4)
    }

    fn counted(&self) -> (u64, u64) {
        let view = self.chain.contract(self.contract).unwrap();
        (view.storage_bytes, view.storage_items)
    }
}

#[test]
fn variable_keys() {
    let mut store = Store::new();
    let key = b"key";
    assert_eq!(store.run(1, key, 0), (3, 0));
    assert_eq!(store.run(2, key, 0), (NONE, 0));
    assert_eq!(store.run(3, key, 0), (NONE, 0));
    assert_eq!(store.run(4, key, 0), (3, 0));
    assert_eq!(store.run(0, key, 10), (NONE, 0));
    assert_eq!(store.run(0, key, 7), (10, 0));
    assert_eq!(store.run(2, key, 0), (7, 0));
    assert_eq!(store.run(1, key, 0), (0, 7));
    assert_eq!(store.counted(), (7, 1));
    assert_eq!(store.run(4, key, 0), (0, 7));
    assert_eq!(store.run(4, key, 0), (3, 0));
    assert_eq!(store.run(0, key, 5), (NONE, 0));
    assert_eq!(store.run(3, key, 0), (5, 0));
    assert_eq!(store.counted(), (0, 0));
}

/// A value of no bytes is an item.
#[test]
fn empty_values_and_keys() {
    let mut store = Store::new();
    assert_eq!(store.run(0, b"", 0), (NONE, 0));
    assert_eq!(store.run(2, b"", 0), (0, 0));
    assert_eq!(store.run(1, b"", 0), (0, 0));
    assert_eq!(store.counted(), (0, 1));
    assert_eq!(store.run(3, b"", 0), (0, 0));
}

#[test]
fn fixed_keys_are_other_keys() {
    let mut store = Store::new();
    let key = [5; 32];
    assert_eq!(store.run(16, &key, 3), (NONE, 0));
    assert_eq!(store.run(16, &key, 4), (3, 0));
    assert_eq!(store.run(17, &key, 0), (0, 4));
    assert_eq!(store.run(18, &key, 0), (4, 0));
    assert_eq!(store.run(1, &key, 0), (3, 0));
    assert_eq!(store.run(0, &key, 9), (NONE, 0));
    let view = |store: &Store| {
        let contract = store.contract;
        store
            .chain
            .view(|engine, state| engine.contract_storage(state, &contract, &key))
            .unwrap()
            .map(|value| value.len())
    };
    assert_eq!(view(&store), Some(9));
    assert_eq!(store.run(3, &key, 0), (9, 0));
    assert_eq!(view(&store), Some(4));
    assert_eq!(store.run(19, &key, 0), (0, 0));
    assert_eq!(view(&store), None);
    assert_eq!(store.run(21, &key, 6), (0, 0));
    assert_eq!(view(&store), Some(6));
}

#[test]
fn keys_and_values_have_limits() {
    let mut store = Store::new();
    let longest = [1; 128];
    assert_eq!(store.run(0, &longest, 16 * 1024), (NONE, 0));
    // With the result before it, it is more than a transaction returns.
    let input = Store::input(1, &longest, 0);
    let asked = store.chain.query(store.contract, &input);
    assert_eq!(asked.outcome, Outcome::Success);
    assert_eq!(asked.output, [0; 4 + 16 * 1024]);
    let receipt = store.receipt(0, &longest, 16 * 1024 + 1);
    assert_eq!(error(&receipt), "ValueTooLarge");
    for op in [0, 1, 2, 3, 4] {
        let receipt = store.receipt(op, &[1; 129], 1);
        assert_eq!(error(&receipt), "DecodingFailed", "{op}");
    }
    // Whoever looks from outside may ask for the longest key there is, and for no longer one.
    let contract = store.contract;
    let view = |key: &[u8]| {
        let seen = store
            .chain
            .view(|engine, state| engine.contract_storage(state, &contract, key));
        seen.map(|value| value.map(|value| value.len()))
    };
    assert_eq!(view(&longest), Ok(Some(16 * 1024)));
    assert_eq!(view(&[1; 129]), Err(AccessError::BadKey));
}

/// Where the values are in the state, for whoever proves one.
#[test]
fn the_layout_is_as_documented() {
    let mut store = Store::new();
    store.run(0, b"key", 2);
    let prefix = {
        let mut bytes = store.contract.to_vec();
        bytes.extend(1u64.to_le_bytes());
        blake2(&bytes, 32)
    };
    let mut key = prefix;
    key.extend(blake2(b"key", 16));
    key.extend(b"key");
    assert_eq!(store.chain.state().get(&key), Some(&vec![0, 0]));
}

fn blake2(bytes: &[u8], len: usize) -> Vec<u8> {
    blake2b_simd::Params::new()
        .hash_length(len)
        .hash(bytes)
        .as_bytes()
        .to_vec()
}

#[test]
fn storage_is_held_for_and_given_back_pro_rata() {
    let mut store = Store::new();
    let held = |store: &Store| store.chain.held(store.contract);
    let base = held(&store);
    let key = b"key";
    let receipt = store.receipt(0, key, 100);
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Charge(PER_ITEM + 100 * PER_BYTE)
    );
    assert_eq!(held(&store), base + PER_ITEM + 100 * PER_BYTE);

    // At ten times the price, growth costs ten times; what shrinks gives back its part of all.
    store.chain.send(Message::UpdatePrices(UpdatePrices {
        gas_price: GAS_PRICE,
        deposit_per_item: PER_ITEM * 10,
        deposit_per_byte: PER_BYTE * 10,
    }));
    let receipt = store.receipt(0, key, 103);
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Charge(3 * 10 * PER_BYTE)
    );
    let bytes_held = 100 * PER_BYTE + 3 * 10 * PER_BYTE;
    let receipt = store.receipt(0, key, 3);
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Refund(bytes_held * 100 / 103)
    );
    let receipt = store.receipt(3, key, 0);
    assert_eq!(
        receipt.storage_deposit,
        StorageDeposit::Refund(PER_ITEM + bytes_held - bytes_held * 100 / 103)
    );
    assert_eq!(held(&store), base);
}

#[test]
fn the_deposit_limit_is_kept_to_the_unit() {
    let mut store = Store::new();
    let mut input = Vec::new();
    for word in [0u32, 3, 100] {
        input.extend(word.to_le_bytes());
    }
    input.extend(b"key");
    let needed = PER_ITEM + 100 * PER_BYTE;
    let mut message_ = call(store.contract, &input);
    message_.storage_deposit_limit = Some(needed - 1);
    let state = store.chain.contract(store.contract);
    let receipt = store.chain.send(Message::Call(message_.clone()));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    assert_eq!(store.chain.contract(store.contract), state);
    message_.storage_deposit_limit = Some(needed);
    let receipt = store.chain.send(Message::Call(message_));
    assert_eq!(receipt.outcome, Outcome::Success);
}

/// Somebody else frees what Alice paid for: the refund is his.
#[test]
fn a_refund_goes_to_whoever_frees() {
    let mut store = Store::new();
    store.run(0, b"key", 100);
    let mut input = Vec::new();
    for word in [3u32, 3, 0] {
        input.extend(word.to_le_bytes());
    }
    input.extend(b"key");
    let mut message_ = call(store.contract, &input);
    message_.origin = BOB;
    let receipt = store.chain.send(Message::Call(message_));
    let refund = PER_ITEM + 100 * PER_BYTE;
    assert_eq!(receipt.storage_deposit, StorageDeposit::Refund(refund));
    assert_eq!(store.chain.free(BOB), MONEY + refund - receipt.fee);
}
