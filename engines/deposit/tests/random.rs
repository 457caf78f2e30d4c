//! Ten thousand random operations: money is conserved, holds are what the records say, and two
//! engines agree on every byte.

mod common;

use common::*;
use pink_engine_sdk::{types::*, Engine};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// What is done, in terms of small numbers that are mapped to what there is.
#[derive(Clone, Debug)]
struct Op {
    kind: u8,
    who: u8,
    which: u8,
    input: Vec<u8>,
    amount: u64,
    gas: u64,
    limit: Option<u64>,
}

fn op() -> impl Strategy<Value = Op> {
    (
        0..32u8,
        0..4u8,
        any::<u8>(),
        proptest::collection::vec(any::<u8>(), 0..40),
        prop_oneof![0..5_000u64, Just(0), 0..u64::MAX],
        prop_oneof![0..3_000_000_000u64, Just(20_000_000_000)],
        proptest::option::weighted(0.2, 0..3_000_000u64),
    )
        .prop_map(|(kind, who, which, input, amount, gas, limit)| Op {
            kind,
            who,
            which,
            input,
            amount,
            gas,
            limit,
        })
}

/// A contract that does what its input says, byte by byte: writes, clears, pays, calls, ends
/// itself, makes another, reverts or traps.
fn puppet() -> Vec<u8> {
    wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
           (import "seal1" "clear_storage" (func $clear (param i32 i32) (result i32)))
           (import "seal0" "transfer" (func $transfer (param i32 i32 i32 i32) (result i32)))
           (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
           (import "seal1" "instantiate" (func $make (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
           (import "seal0" "own_code_hash" (func $hash (param i32 i32)))
           (import "seal1" "terminate" (func $end (param i32)))
           (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
           (import "seal0" "caller" (func $caller (param i32 i32)))
           (import "seal0" "lock_delegate_dependency" (func $lock (param i32)))"#,
        // After the first 64 bytes (an account, then a balance, padded) comes the program.
        r#"(local $at i32) (local $op i32)
           (local.set $at (i32.const 68))
           (block $done (loop $next
             (br_if $done (i32.ge_u (local.get $at) (i32.add (i32.const 4) (i32.load (i32.const 0)))))
             (local.set $op (i32.rem_u (i32.load8_u (local.get $at)) (i32.const 12)))
             (local.set $at (i32.add (local.get $at) (i32.const 1)))
             (if (i32.le_u (local.get $op) (i32.const 2)) (then
               (drop (call $set (local.get $at) (i32.const 1) (i32.const 100) (i32.mul (i32.const 7) (i32.load8_u (local.get $at)))))))
             (if (i32.eq (local.get $op) (i32.const 3)) (then
               (drop (call $clear (local.get $at) (i32.const 1)))))
             (if (i32.eq (local.get $op) (i32.const 4)) (then
               (drop (call $transfer (i32.const 4) (i32.const 32) (i32.const 36) (i32.const 16)))))
             (if (i32.eq (local.get $op) (i32.const 5)) (then
               (drop (call $call (i32.const 8) (i32.const 4) (i64.const 0) (i32.const 36) (i32.const 4)
                 (i32.and (i32.load8_u (local.get $at)) (i32.const 127)) (i32.const -1) (i32.const 0)))))
             (if (i32.eq (local.get $op) (i32.const 6)) (then
               (call $end (i32.const 4))))
             (if (i32.eq (local.get $op) (i32.const 7)) (then
               (i32.store (i32.const 9000) (i32.const 32))
               (call $hash (i32.const 9100) (i32.const 9000))
               (drop (call $make (i32.const 9100) (i64.const 0) (i32.const 36) (i32.const 4) (i32.const 70)
                 (i32.const -1) (i32.const 0) (i32.const -1) (i32.const 0) (local.get $at) (i32.const 1)))))
             (if (i32.eq (local.get $op) (i32.const 8)) (then
               (call $event (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8))))
             (if (i32.eq (local.get $op) (i32.const 9)) (then
               (if (i32.lt_u (i32.load8_u (local.get $at)) (i32.const 40)) (then (call $return (i32.const 1) (i32.const 0) (i32.const 0))))))
             (if (i32.eq (local.get $op) (i32.const 10)) (then
               (if (i32.lt_u (i32.load8_u (local.get $at)) (i32.const 40)) (then unreachable))))
             (br $next)))"#,
    ))
}

struct Harness {
    chain: Chain,
    other: Chain,
    hash: Hash,
    contracts: Vec<AccountId>,
    people: [AccountId; 4],
    outcomes: std::collections::BTreeMap<&'static str, u32>,
}

impl Harness {
    fn new() -> Self {
        let mut harness = Self {
            chain: Chain::new(),
            other: Chain::new(),
            hash: [0; 32],
            contracts: Vec::new(),
            people: [ALICE, BOB, CHARLIE, TREASURY],
            outcomes: Default::default(),
        };
        let receipt = harness.send(Message::Upload(upload(&puppet())));
        harness.hash = receipt.code_hash.unwrap();
        harness.send(Message::Deposit(Deposit {
            dest: CHARLIE,
            amount: 20_000_000_000,
        }));
        harness
    }

    /// Sends to both engines. The second forgets its caches now and then.
    fn send(&mut self, message: Message) -> Receipt {
        let receipt = self.chain.send(message.clone());
        if self.chain.seq.is_multiple_of(7) {
            self.other.engine = Engine::new();
        }
        let other = self.other.execute(Mode::Transaction, message);
        assert_eq!(receipt, other);
        let name = match receipt.outcome {
            Outcome::Success => "success",
            Outcome::Reverted => "reverted",
            Outcome::Trapped(_) => "trapped",
            Outcome::OutOfGas => "out of gas",
            Outcome::Rejected(_) => "rejected",
        };
        *self.outcomes.entry(name).or_default() += 1;
        receipt
    }

    /// Anybody: people and contracts, there or not.
    fn somebody(&self, which: u8) -> AccountId {
        let index = usize::from(which) % (self.people.len() + self.contracts.len() + 1);
        match index {
            index if index < 4 => self.people[index],
            index => self
                .contracts
                .get(index - 4)
                .copied()
                .unwrap_or([which; 32]),
        }
    }

    fn step(&mut self, op: &Op) {
        let who = self.people[usize::from(op.who)];
        let somebody = self.somebody(op.which);
        let amount = Balance::from(op.amount);
        let mut program = somebody.to_vec();
        program.extend((amount % 10_000).to_le_bytes());
        program.resize(64, op.which);
        program.extend(&op.input);
        match op.kind {
            0 => {
                self.send(Message::Deposit(Deposit {
                    dest: somebody,
                    amount: amount % 3_000,
                }));
            }
            1 => {
                self.send(Message::Withdraw(Withdraw {
                    from: who,
                    amount,
                    max_gas_price: Balance::MAX,
                }));
            }
            2 => {
                self.send(Message::UpdatePrices(UpdatePrices {
                    gas_price: amount % 5,
                    deposit_per_item: amount % 20_000,
                    deposit_per_byte: amount % 300,
                }));
            }
            3..=8 => {
                let mut make = instantiate(Code::Existing(self.hash), &program);
                make.origin = who;
                make.salt = op.input.clone();
                make.value = amount % 10_000;
                make.max_gas_price = Balance::MAX;
                make.storage_deposit_limit = op.limit.map(Balance::from);
                let made = self.send(Message::Instantiate(make));
                self.contracts.extend(made.address);
            }
            9 => {
                self.chain.end_block();
                self.other.end_block();
            }
            _ => {
                let target = if self.contracts.is_empty() {
                    somebody
                } else {
                    self.contracts[usize::from(op.kind) * 37 % self.contracts.len()]
                };
                let mut message = call(target, &program);
                message.origin = who;
                message.value = amount % 20_000;
                message.gas_limit.ref_time = op.gas;
                message.max_gas_price = Balance::MAX;
                message.storage_deposit_limit = op.limit.map(Balance::from);
                self.send(Message::Call(message));
            }
        }
    }

    /// Each account's holds are what the records of its code and its contract say; contracts
    /// keep the existential deposit; what is counted as storage is there.
    fn check(&self) {
        let state = self.chain.state();
        assert_eq!(state, self.other.state());
        let mut held = 0;
        let mut expected = 0;
        for (key, value) in &state {
            if key.starts_with(b"account/") && key.len() == 40 {
                let who = key[8..].try_into().unwrap();
                held += self.chain.held(who);
                let free = self.chain.free(who);
                assert!(free >= MINIMUM || who == TREASURY, "{who:02x?} has {free}");
            }
            if key.starts_with(b"codeinfo/") {
                expected += u128::from_le_bytes(value[32..48].try_into().unwrap());
            }
            if key.starts_with(b"contract/") && key.len() == 41 {
                let amount =
                    |at: usize| u128::from_le_bytes(value[at..at + 16].try_into().unwrap());
                let word = |at: usize| u64::from_le_bytes(value[at..at + 8].try_into().unwrap());
                // Code hash, nonce, no place from the era of rent, then the counts.
                assert_eq!(value[40], 0);
                let deposit = amount(57) + amount(73) + amount(89);
                let address: AccountId = key[9..].try_into().unwrap();
                assert_eq!(self.chain.held(address), deposit, "{address:02x?}");
                expected += deposit;
                let mut preimage = address.to_vec();
                preimage.extend(&value[32..40]);
                let prefix = blake2b_simd::Params::new().hash_length(32).hash(&preimage);
                let items: Vec<_> = state
                    .iter()
                    .filter(|(key, _)| key.starts_with(prefix.as_bytes()))
                    .collect();
                assert_eq!(items.len() as u64, word(49));
                let bytes: usize = items.iter().map(|(_, value)| value.len()).sum();
                assert_eq!(bytes as u64, word(41));
            }
        }
        assert_eq!(held, expected);
    }
}

#[test]
fn ten_thousand_operations() {
    let config = Config {
        cases: 10,
        failure_persistence: None,
        ..Config::default()
    };
    // The same every time: a failure here is a failure everywhere.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcomes = std::cell::RefCell::new(std::collections::BTreeMap::<String, u32>::new());
    runner
        .run(
            &proptest::collection::vec(op(), 1_000..=1_000),
            |operations| {
                let mut harness = Harness::new();
                for (index, operation) in operations.iter().enumerate() {
                    harness.step(operation);
                    if index % 50 == 49 {
                        harness.check();
                    }
                }
                let mut sums = outcomes.borrow_mut();
                for (name, count) in &harness.outcomes {
                    *sums.entry((*name).into()).or_default() += count;
                }
                *sums.entry("contracts".into()).or_default() += harness.contracts.len() as u32;
                Ok(())
            },
        )
        .unwrap();
    // Operations that all fail would prove nothing.
    let outcomes = outcomes.into_inner();
    println!("{outcomes:?}");
    assert_eq!(outcomes.len(), 6, "{outcomes:?}");
    assert!(outcomes.values().all(|count| *count > 100), "{outcomes:?}");
}
