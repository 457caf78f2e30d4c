//! Contracts that call contracts: who may, what it costs whom, and what is undone.

mod common;

use common::*;
use pink_engine_sdk::types::*;

/// Calls whom the input says, as it says: callee, flags (u32), ref time (u64), value (u128),
/// then the input for the callee. Returns the code, then the callee's output.
const PROXY_IMPORTS: &str = r#"
    (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (import "seal0" "delegate_call" (func $delegate (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "terminate" (func $terminate (param i32 i32)))
    (import "seal0" "caller" (func $caller (param i32 i32)))
    (import "seal0" "address" (func $address (param i32 i32)))
    (import "seal0" "value_transferred" (func $value (param i32 i32)))
    (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
"#;

const PROXY: &str = r#"
    (i32.store (i32.const 9000) (i32.const 1000))
    (i32.store (i32.const 9004) (call $call
        (i32.load (i32.const 36)) (i32.const 4) (i64.load (i32.const 40)) (i32.const 48)
        (i32.const 64) (i32.sub (i32.load (i32.const 0)) (i32.const 60))
        (i32.const 9008) (i32.const 9000)))
    (if (i32.eq (i32.load (i32.const 9000)) (i32.const 1000)) (then (i32.store (i32.const 9000) (i32.const 0))))
    (call $return (i32.const 0) (i32.const 9004) (i32.add (i32.const 4) (i32.load (i32.const 9000))))
"#;

/// The input's first byte: 0 returns caller, address and value; 1 reverts with a byte; 2 traps;
/// 3 writes storage; 4 ends the contract in favour of the account that follows; 5 emits; 6 spins.
const TARGET: &str = r#"
    (local $op i32)
    (local.set $op (i32.load8_u (i32.const 4)))
    (if (i32.eqz (local.get $op)) (then
        (i32.store (i32.const 9000) (i32.const 32)) (call $caller (i32.const 9100) (i32.const 9000))
        (i32.store (i32.const 9000) (i32.const 32)) (call $address (i32.const 9132) (i32.const 9000))
        (i32.store (i32.const 9000) (i32.const 16)) (call $value (i32.const 9164) (i32.const 9000))
        (call $return (i32.const 0) (i32.const 9100) (i32.const 80))))
    (if (i32.eq (local.get $op) (i32.const 1)) (then (call $return (i32.const 1) (i32.const 4) (i32.const 1))))
    (if (i32.eq (local.get $op) (i32.const 2)) (then unreachable))
    (if (i32.eq (local.get $op) (i32.const 3)) (then (drop (call $set (i32.const 4) (i32.const 1) (i32.const 0) (i32.const 8)))))
    (if (i32.eq (local.get $op) (i32.const 4)) (then (call $terminate (i32.const 5) (i32.const 32))))
    (if (i32.eq (local.get $op) (i32.const 5)) (then (call $event (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1))))
    (if (i32.eq (local.get $op) (i32.const 6)) (then (loop (br 0))))
"#;

const ALLOW_REENTRY: u32 = 8;
const READ_ONLY: u32 = 16;

struct Pair {
    chain: Chain,
    proxy: AccountId,
    target: AccountId,
}

impl Pair {
    fn new() -> Self {
        let mut chain = Chain::new();
        let proxy = chain.make_wat(&module(PROXY_IMPORTS, PROXY));
        let target = chain.make_wat(&module(PROXY_IMPORTS, TARGET));
        // Money of its own, so that it can give some.
        chain.deposit(proxy, 1_000_000);
        Self {
            chain,
            proxy,
            target,
        }
    }

    fn send(&mut self, flags: u32, gas: u64, value: Balance, input: &[u8]) -> Receipt {
        let input = through(self.target, flags, gas, value, input);
        self.chain.call(self.proxy, &input)
    }

    /// Code and output of a call that the proxy survives.
    fn run(&mut self, flags: u32, gas: u64, value: Balance, input: &[u8]) -> (u32, Vec<u8>) {
        let receipt = self.send(flags, gas, value, input);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        decode(&receipt)
    }
}

fn through(to: AccountId, flags: u32, gas: u64, value: Balance, input: &[u8]) -> Vec<u8> {
    let mut bytes = to.to_vec();
    bytes.extend(flags.to_le_bytes());
    bytes.extend(gas.to_le_bytes());
    bytes.extend(value.to_le_bytes());
    bytes.extend(input);
    bytes
}

#[track_caller]
fn decode(receipt: &Receipt) -> (u32, Vec<u8>) {
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    let code = u32::from_le_bytes(receipt.output[..4].try_into().unwrap());
    (code, receipt.output[4..].to_vec())
}

#[test]
fn a_callee_knows_caller_and_value() {
    let mut pair = Pair::new();
    let (code, output) = pair.run(0, 0, 77, &[0]);
    assert_eq!(code, 0);
    assert_eq!(output[..32], pair.proxy);
    assert_eq!(output[32..64], pair.target);
    assert_eq!(output[64..], 77u128.to_le_bytes());
    assert_eq!(pair.chain.free(pair.target), MINIMUM + 77);
}

#[test]
fn codes_of_a_call() {
    let mut pair = Pair::new();
    assert_eq!(pair.run(0, 0, 0, &[1]), (2, vec![1]));
    assert_eq!(pair.run(0, 0, 0, &[2]), (1, vec![]));
    // More than the proxy can give.
    assert_eq!(pair.run(0, 0, 2_000_000, &[0]), (5, vec![]));
    assert_eq!(pair.run(0, 1_000_000_000, 0, &[6]), (1, vec![]));
    let nobody = through(NOBODY, 0, 0, 0, &[]);
    let receipt = pair.chain.call(pair.proxy, &nobody);
    assert_eq!(decode(&receipt), (8, vec![]));
    // Money doesn't move on the way to nobody.
    let nobody = through(NOBODY, 0, 0, 100_000, &[]);
    pair.chain.call(pair.proxy, &nobody);
    assert_eq!(pair.chain.free(NOBODY), 0);
}

#[test]
fn unknown_flags_trap() {
    let mut pair = Pair::new();
    assert_eq!(error(&pair.send(32, 0, 0, &[0])), "InvalidCallFlags");
}

#[test]
fn what_a_callee_did_is_undone_alone() {
    let mut pair = Pair::new();
    let receipt = pair.send(0, 0, 50, &[2]);
    assert_eq!(receipt.events.len(), 1, "{receipt:?}");
    assert_eq!(pair.chain.free(pair.target), MINIMUM);
    let receipt = pair.send(0, 0, 50, &[5]);
    // Transfer, event, the two calls; the innermost ends first.
    assert!(matches!(
        receipt.events[..],
        [
            Event::Transfer { .. },
            Event::ContractEmitted { .. },
            Event::Called { .. },
            Event::Called { .. }
        ]
    ));
}

#[test]
fn read_only_goes_down_the_stack() {
    let mut pair = Pair::new();
    assert_eq!(pair.run(READ_ONLY, 0, 0, &[0]).0, 0);
    for op in [3, 4, 5] {
        assert_eq!(pair.run(READ_ONLY, 0, 0, &[op]).0, 1, "{op}");
    }
    assert_eq!(
        error(&pair.send(READ_ONLY, 0, 1, &[0])),
        "StateChangeDenied"
    );
    // Through another proxy, which doesn't say it again.
    let inner = through(pair.target, 0, 0, 0, &[3]);
    let proxy = pair.chain.make_wat(&module(PROXY_IMPORTS, PROXY));
    let receipt = pair
        .chain
        .call(proxy, &through(pair.proxy, READ_ONLY, 0, 0, &inner));
    let (code, output) = decode(&receipt);
    assert_eq!((code, output[0]), (0, 1));
}

#[test]
fn reentrance_needs_leave() {
    let mut pair = Pair::new();
    let proxy = pair.proxy;
    let harmless = through(pair.target, 0, 0, 0, &[0]);
    let itself = |flags| through(proxy, flags, 0, 0, &harmless);
    assert_eq!(
        error(&pair.chain.call(proxy, &itself(0))),
        "ReentranceDenied"
    );
    let receipt = pair.chain.call(proxy, &itself(ALLOW_REENTRY));
    assert_eq!(decode(&receipt).0, 0);
    // By way of another: the one in the middle is ended by the refusal, and tells its caller.
    let other = pair.chain.make_wat(&module(PROXY_IMPORTS, PROXY));
    let back = through(proxy, 0, 0, 0, &harmless);
    for (flags, code) in [(0, 1), (ALLOW_REENTRY, 0)] {
        let receipt = pair.chain.call(proxy, &through(other, flags, 0, 0, &back));
        assert_eq!(decode(&receipt).0, code, "{flags}");
    }
}

#[test]
fn input_is_forwarded_once_and_cloned_often() {
    let mut chain = Chain::new();
    let target = chain.make_wat(&module(
        "",
        "(call $return (i32.const 0) (i32.const 4) (i32.load (i32.const 0)))",
    ));
    let account =
        |who: AccountId| -> String { who.iter().map(|byte| format!("\\{byte:02x}")).collect() };
    let forward = |first: u32, second: u32| {
        module(
            &format!(
                r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
                   (data (i32.const 8100) "{}")"#,
                account(target)
            ),
            &format!(
                r#"(i32.store (i32.const 9000) (i32.const 100))
                (drop (call $call (i32.const {first}) (i32.const 8100) (i64.const 0) (i32.const 8200) (i32.const 0) (i32.const 0) (i32.const 9100) (i32.const 9000)))
                (i32.store (i32.const 9000) (i32.const 100))
                (drop (call $call (i32.const {second}) (i32.const 8100) (i64.const 0) (i32.const 8200) (i32.const 0) (i32.const 0) (i32.const 9100) (i32.const 9000)))
                (call $return (i32.const 0) (i32.const 9100) (i32.load (i32.const 9000)))"#
            ),
        )
    };
    let [clone_forward, forward_clone, forward_forward] =
        [(2, 1), (1, 2), (1, 1)].map(|(first, second)| chain.make_wat(&forward(first, second)));
    assert_eq!(chain.call(clone_forward, b"abc").output, b"abc");
    assert_eq!(error(&chain.call(forward_clone, b"abc")), "InputForwarded");
    assert_eq!(
        error(&chain.call(forward_forward, b"abc")),
        "InputForwarded"
    );
    // A tail call gives the callee's result as its own, and nothing after it runs.
    let tail = chain.make_wat(&forward(4 | 2, 1));
    assert_eq!(chain.call(tail, b"xyz").output, b"xyz");
}

/// Other code, one's own storage, caller and value.
#[test]
fn delegate_calls() {
    let mut chain = Chain::new();
    let target = chain.code(&wat(&module(PROXY_IMPORTS, TARGET)));
    let body = r#"
        (i32.store (i32.const 9500) (i32.const 400))
        (i32.store (i32.const 9504) (call $delegate (i32.load8_u (i32.const 36)) (i32.const 4)
            (i32.const 37) (i32.sub (i32.load (i32.const 0)) (i32.const 33)) (i32.const 9508) (i32.const 9500)))
        (call $return (i32.const 0) (i32.const 9504) (i32.add (i32.const 4) (i32.load (i32.const 9500))))"#;
    let contract = chain.make_wat(&module(PROXY_IMPORTS, body));
    let input = |hash: Hash, flags: u8, rest: &[u8]| {
        let mut bytes = hash.to_vec();
        bytes.push(flags);
        bytes.extend(rest);
        bytes
    };
    let mut message_ = call(contract, &input(target, 0, &[0]));
    message_.value = 99;
    let receipt = chain.send(Message::Call(message_));
    assert_eq!(receipt.output[..4], [0; 4]);
    assert_eq!(receipt.output[4..36], ALICE);
    assert_eq!(receipt.output[36..68], contract);
    assert_eq!(receipt.output[68..], 99u128.to_le_bytes());
    assert!(receipt.events.contains(&Event::DelegateCalled {
        contract,
        code_hash: target
    }));

    chain.call(contract, &input(target, 0, &[3]));
    assert_eq!(chain.contract(contract).unwrap().storage_items, 1);
    let code = |receipt: Receipt| receipt.output[0];
    assert_eq!(code(chain.call(contract, &input([1; 32], 0, &[0]))), 7);
    assert_eq!(code(chain.call(contract, &input(target, 0, &[1]))), 2);
    assert_eq!(code(chain.call(contract, &input(target, 0, &[2]))), 1);
    for flags in [8, 16, 32] {
        let receipt = chain.call(contract, &input(target, flags, &[0]));
        assert_eq!(error(&receipt), "InvalidCallFlags");
    }
    // It isn't the delegate's contract to end: the one that called it still runs.
    let mut end = vec![4];
    end.extend(BOB);
    assert_eq!(code(chain.call(contract, &input(target, 0, &end))), 1);
    assert!(chain.contract(contract).is_some());

    // Floats: in queries alone.
    let mut floats = upload(&wat(&module("(func f64.const 1 drop)", "")));
    floats.determinism = Determinism::Relaxed;
    let relaxed = chain.send(Message::Upload(floats)).code_hash.unwrap();
    let receipt = chain.call(contract, &input(relaxed, 0, &[]));
    assert_eq!(error(&receipt), "Indeterministic");
    let receipt = chain.estimate(contract, &input(relaxed, 0, &[]));
    assert_eq!(error(&receipt), "Indeterministic");
    let receipt = chain.query(contract, &input(relaxed, 0, &[]));
    assert_eq!(receipt.output[..4], [0; 4]);
}

#[test]
fn a_contract_ends_itself_and_only_itself() {
    let mut pair = Pair::new();
    let mut end = vec![4];
    end.extend(CHARLIE);
    // From below, by a call: it is gone for the rest of the message.
    let held = pair.chain.held(pair.target);
    let receipt = pair.send(0, 0, 123, &end);
    assert_eq!(decode(&receipt).0, 0);
    assert_eq!(pair.chain.free(CHARLIE), MINIMUM + 123);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Refund(held));
    assert!(pair.chain.contract(pair.target).is_none());
    assert_eq!(pair.run(0, 0, 0, &[0]).0, 8);
    // The same address again: another storage, and its deposit is its own.
    let mut again = instantiate(Code::Upload(wat(&module(PROXY_IMPORTS, TARGET))), &[]);
    again.salt = (3u64).to_le_bytes().to_vec();
    let receipt = pair.chain.send(Message::Instantiate(again));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
}

/// Written, ended and made again in one message, the contract owes and is owed nothing.
#[test]
fn deposits_of_a_contract_that_ends_in_the_same_message() {
    let mut pair = Pair::new();
    let proxy = pair.proxy;
    // proxy → proxy (write on target) isn't possible in one go: two calls from a third.
    let mut end = vec![4];
    end.extend(ALICE);
    let account =
        |who: AccountId| -> String { who.iter().map(|byte| format!("\\{byte:02x}")).collect() };
    let both = pair.chain.make_wat(&module(
        &format!(
            r#"(import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
               (data (i32.const 8100) "{}") (data (i32.const 8200) "\03") (data (i32.const 8300) "\04{}")"#,
            account(pair.target),
            account(ALICE)
        ),
        r#"(drop (call $call (i32.const 0) (i32.const 8100) (i64.const 0) (i32.const 8400) (i32.const 8200) (i32.const 1) (i32.const -1) (i32.const 0)))
           (drop (call $call (i32.const 0) (i32.const 8100) (i64.const 0) (i32.const 8400) (i32.const 8300) (i32.const 33) (i32.const -1) (i32.const 0)))"#,
    ));
    let (free, held) = (pair.chain.free(ALICE), pair.chain.held(pair.target));
    let receipt = pair.chain.call(both, &[]);
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(receipt.storage_deposit, StorageDeposit::Refund(held));
    assert_eq!(pair.chain.free(ALICE), free + held + MINIMUM - receipt.fee);
    assert_eq!(pair.chain.held(pair.target), 0);
    assert!(pair.chain.contract(proxy).is_some());
    // What it wrote goes at the block's end.
    let items = pair.chain.state().len();
    pair.chain.end_block();
    assert_eq!(pair.chain.state().len(), items - 2);
}

#[test]
fn a_constructor_cant_end_or_call_its_contract() {
    let mut chain = Chain::new();
    let code = wat(&module_with(
        PROXY_IMPORTS,
        "(call $terminate (i32.const 4) (i32.const 32))",
        "",
    ));
    let receipt = chain.instantiate(Code::Upload(code), &BOB);
    assert_eq!(error(&receipt), "TerminatedInConstructor");
    // It isn't there yet for whoever looks, itself included.
    let code = wat(&module_with(
        r#"(import "seal0" "is_contract" (func $is (param i32) (result i32)))
           (import "seal0" "address" (func $address (param i32 i32)))
           (import "seal1" "call" (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store (i32.const 9000) (i32.const 32)) (call $address (i32.const 9100) (i32.const 9000))
           (i32.store8 (i32.const 9200) (call $is (i32.const 9100)))
           (i32.store8 (i32.const 9201) (call $call (i32.const 8) (i32.const 9100) (i64.const 0) (i32.const 9300) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0)))
           (call $return (i32.const 0) (i32.const 9200) (i32.const 2))"#,
        "",
    ));
    let receipt = chain.instantiate(Code::Upload(code), &[]);
    assert_eq!(receipt.output, [0, 8]);
}

/// The story: a contract that ends itself while it waits for a call that it made.
#[test]
fn an_end_below_oneself_is_refused() {
    let mut pair = Pair::new();
    // proxy → target, which calls nobody: instead, the target calls itself through the proxy.
    let mut end = vec![4];
    end.extend(BOB);
    let target = pair.target;
    // A contract that calls back whom the input says, and ends itself if it is asked to.
    let both = pair.chain.make_wat(&module(
        PROXY_IMPORTS,
        r#"(if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 4)) (then (call $terminate (i32.const 5) (i32.const 32))))
           (i32.store (i32.const 9000) (i32.const 32))
           (call $address (i32.const 9100) (i32.const 9000))
           (i32.store8 (i32.const 9200) (i32.const 4))
           (i32.store8 (i32.const 9300) (call $call (i32.const 8) (i32.const 9100) (i64.const 0) (i32.const 9400) (i32.const 9200) (i32.const 33) (i32.const -1) (i32.const 0)))
           (call $return (i32.const 0) (i32.const 9300) (i32.const 1))"#,
    ));
    let receipt = pair.chain.call(both, &[0]);
    // It trapped there. That it was `TerminatedWhileReentrant` is in no receipt: there is always a frame of
    // the contract that waits for the one that it ends, and it is told the code of a trap.
    assert_eq!(receipt.output, [1]);
    assert_eq!(receipt.outcome, Outcome::Success);
    assert!(!receipt
        .events
        .iter()
        .any(|event| matches!(event, Event::Terminated { .. })));
    assert!(pair.chain.contract(both).is_some());
    assert!(pair.chain.contract(target).is_some());
    let receipt = pair.chain.call(both, &end);
    assert_eq!(receipt.outcome, Outcome::Success);
    assert!(pair.chain.contract(both).is_none());
}

/// Money that is sent to where a contract was is a plain account's.
#[test]
fn money_for_a_contract_that_ended_stays_on_its_account() {
    let mut pair = Pair::new();
    let mut end = vec![4];
    end.extend(CHARLIE);
    pair.chain.call(pair.target, &end);
    assert_eq!(pair.chain.free(CHARLIE), MINIMUM);
    pair.chain.deposit(pair.target, 5_000);
    assert_eq!(pair.chain.free(pair.target), 5_000);
    // And can be made use of when the contract is made again.
    let mut again = instantiate(Code::Upload(wat(&module(PROXY_IMPORTS, TARGET))), &[]);
    again.salt = 3u64.to_le_bytes().to_vec();
    let receipt = pair.chain.send(Message::Instantiate(again));
    assert_eq!(receipt.address, Some(pair.target));
    assert_eq!(pair.chain.free(pair.target), 5_000 + MINIMUM);
}

#[test]
fn codes_of_a_transfer() {
    let mut chain = Chain::new();
    let payer = chain.make_wat(&module(
        r#"(import "seal0" "transfer" (func $pay (param i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store8 (i32.const 9100) (call $pay (i32.const 4) (i32.const 32) (i32.const 36) (i32.const 16)))
           (call $return (i32.const 0) (i32.const 9100) (i32.const 1))"#,
    ));
    chain.deposit(payer, 10_000);
    let other = chain.make_wat(&module("", ""));
    let mut pay = |to: AccountId, amount: Balance| {
        let input = [to.to_vec(), amount.to_le_bytes().to_vec()].concat();
        let receipt = chain.call(payer, &input);
        (receipt.output[0], chain.free(to))
    };
    assert_eq!(pay(NOBODY, MINIMUM - 1), (5, 0));
    assert_eq!(pay(NOBODY, MINIMUM), (0, MINIMUM));
    assert_eq!(pay(NOBODY, 0), (0, MINIMUM));
    // To a contract, without running anything of it.
    assert_eq!(pay(other, 5), (0, MINIMUM + 5));
    assert_eq!(pay(payer, 5), (0, MINIMUM + 9_000 - 5));
    assert_eq!(pay(BOB, 9_000), (5, MONEY));
    assert_eq!(pay(BOB, 8_995), (0, MONEY + 8_995));
    assert_eq!(pay(BOB, Balance::MAX), (5, MONEY + 8_995));
}

/// A contract that writes, is entered again from above and writes there as well, has both counted.
#[test]
fn a_frame_below_keeps_what_it_counted() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        PROXY_IMPORTS,
        r#"(drop (call $set (i32.const 4) (i32.const 1) (i32.const 0) (i32.const 10)))
           (if (i32.load8_u (i32.const 4)) (then
             (i32.store8 (i32.const 4) (i32.sub (i32.load8_u (i32.const 4)) (i32.const 1)))
             (i32.store (i32.const 9000) (i32.const 32))
             (call $address (i32.const 9100) (i32.const 9000))
             (drop (call $call (i32.const 8) (i32.const 9100) (i64.const 0) (i32.const 9200) (i32.const 4) (i32.const 1) (i32.const -1) (i32.const 0)))))"#,
    ));
    let base = chain.held(contract);
    let receipt = chain.call(contract, &[4]);
    assert_eq!(receipt.outcome, Outcome::Success);
    let view = chain.contract(contract).unwrap();
    assert_eq!((view.storage_items, view.storage_bytes), (5, 50));
    assert_eq!(chain.held(contract), base + 5 * PER_ITEM + 50 * PER_BYTE);
}
