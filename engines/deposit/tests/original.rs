//! What tests of `pallet-contracts` 51 assert, asserted here: figures, bytes, events, refusals. The
//! name of each of theirs is in `conformance.toml`. Prices are those of their mock where a figure
//! depends on them.

mod common;

use common::{puppet::*, *};
use parity_scale_codec::Encode;
use pink_engine_deposit::{Deposits, Limits, Release, Rules};
use pink_engine_sdk::types::*;

fn script() -> Script {
    Script::new()
}

/// Two units for an item and one for a byte, an existential deposit of 200: the pallet's mock.
fn mock() -> Chain {
    let mut chain: Chain = Chain::empty();
    let mut setup = chain.setup_message();
    setup.deposit_per_item = 2;
    setup.deposit_per_byte = 1;
    setup.existential_deposit = 200;
    assert_eq!(chain.send(Message::Setup(setup)).outcome, Outcome::Success);
    chain
}

/// Their sequence, their figures, their events. They get 3,899 back where 3,900 were paid, by a
/// rounded ratio ("numeric instability"); here it is exact.
#[test]
fn storage_deposits() {
    let mut chain = mock();
    let contract = chain.puppet(0);
    let mut deposit = chain.held(contract);
    let both = |first, second| script().set(b"1", first).set(b"2", second).0;
    let mut create = call(contract, &both(1_000, 5_000));
    create.value = 42;
    let receipt = chain.send(Message::Call(create));
    let called = Event::Called {
        caller: ALICE,
        contract,
    };
    let held = |amount| Event::StorageDepositTransferredAndHeld {
        from: ALICE,
        to: contract,
        amount,
    };
    let moved = Event::Transfer {
        from: ALICE,
        to: contract,
        amount: 42,
    };
    assert_eq!(receipt.events, [moved, called.clone(), held(6_004)]);
    assert_eq!(gas(&receipt), figure(968_085_200, 3_256));
    deposit += 4 + 1_000 + 5_000;
    assert_eq!(chain.held(contract), deposit);
    let receipt = chain.call(contract, &both(2_000, 4_900));
    assert_eq!(receipt.events, [called.clone(), held(900)]);
    deposit += 1_000 - 100;
    assert_eq!(chain.held(contract), deposit);
    let receipt = chain.call(contract, &both(2_100, 900));
    let released = Event::StorageDepositTransferredAndReleased {
        from: contract,
        to: ALICE,
        amount: 3_900,
    };
    assert_eq!(receipt.events, [called, released]);
    deposit -= 4_000 - 100;
    assert_eq!(chain.held(contract), deposit);
}

/// The value itself, byte by byte.
#[test]
fn a_value_is_read_as_it_was_written() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
           (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
           (import "seal0" "take_storage" (func $take (param i32 i32 i32 i32) (result i32)))"#,
        // Input: one byte for what to do, the key of four bytes, the value.
        r#"(i32.store (i32.const 9000) (i32.const 100))
           (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 0)) (then
             (drop (call $set (i32.const 5) (i32.const 4) (i32.const 9) (i32.sub (i32.load (i32.const 0)) (i32.const 5))))))
           (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 1)) (then
             (drop (call $get (i32.const 5) (i32.const 4) (i32.const 9100) (i32.const 9000)))))
           (if (i32.eq (i32.load8_u (i32.const 4)) (i32.const 2)) (then
             (drop (call $take (i32.const 5) (i32.const 4) (i32.const 9100) (i32.const 9000)))))
           (call $return (i32.const 0) (i32.const 9100) (i32.load (i32.const 9000)))"#,
    ));
    let value: Vec<u8> = (0..32).map(|byte| byte * 7 + 3).collect();
    let with = |op: u8, key: &[u8; 4], rest: &[u8]| [&[op], &key[..], rest].concat();
    chain.call(contract, &with(0, b"one.", &value));
    chain.call(contract, &with(0, b"two.", &[0x22; 32]));
    let read = chain.call(contract, &with(1, b"one.", &[]));
    assert_eq!(read.output, value);
    assert_eq!(gas(&read), figure(246_770_540, 1_284));
    assert_eq!(
        chain.call(contract, &with(1, b"two.", &[])).output,
        [0x22; 32]
    );
    assert_eq!(chain.call(contract, &with(2, b"one.", &[])).output, value);
    // Nothing was written into the buffer.
    let gone = chain.call(contract, &with(1, b"one.", &[]));
    assert_eq!(gone.output, [0; 100]);
}

/// A limit that the sender can't pay besides the value and an existential deposit: refused, and
/// nothing is paid.
#[test]
fn limits_honour_value_holds_and_existential_deposit() {
    let mut chain = mock();
    let contract = chain.puppet(0);
    let write = script().set(b"k", 100).0;
    let gas_limit = Weight::new(either(1, 2) * 1_000_000_000, 100_000);
    let fee = Balance::from((gas_limit.ref_time + call_base(write.len()).ref_time) * 3);
    let ask = |value, limit| {
        let mut message = call(contract, &write);
        message.origin = BOB;
        message.gas_limit = gas_limit;
        message.value = value;
        message.storage_deposit_limit = Some(limit);
        Message::Call(message)
    };
    chain.deposit(BOB, fee + 1_000);
    // 1,000 - 400 - 2 × 200 leave 200.
    let receipt = chain.send(ask(400, 500));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
    assert_eq!(chain.free(BOB), fee + 1_000);
    let receipt = chain.send(ask(0, 601));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
    let receipt = chain.send(ask(400, 201));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
    // What is held can't be spent: code that he uploaded leaves him the existential deposit.
    let code = wat("(module (import \"env\" \"memory\" (memory 1 1)) (func (export \"deploy\")) (func (export \"call\")))");
    let mut own = upload(&code);
    own.origin = BOB;
    let price = Balance::from(storing(&code).ref_time * 3);
    chain.deposit(BOB, price);
    let stored = chain.send(Message::Upload(own));
    assert_eq!(stored.outcome, Outcome::Success);
    let held = chain.held(BOB);
    assert_eq!(held, code.len() as Balance + 62 + 4);
    assert_eq!(chain.free(BOB), fee + 1_000 - held);
    let receipt = chain.send(ask(0, 600 - held + 1));
    assert_eq!(error(&receipt), "StorageDepositNotEnoughFunds");
    let receipt = chain.send(ask(0, 600 - held));
    assert_eq!(receipt.outcome, Outcome::Success);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(102));
    assert_eq!(gas(&receipt), figure(648_644_600, 3_160));
    assert_eq!(chain.free(BOB), fee + 1_000 - held - 102 - receipt.fee);
}

/// Ended and made again at the same address: another prefix, and nothing of the old storage.
#[test]
fn a_contract_that_is_made_again_has_another_storage() {
    let mut chain = Chain::new();
    let code = puppet();
    let make =
        |chain: &mut Chain| chain.instantiate(Code::Upload(code.clone()), &script().set(b"k", 4).0);
    let contract = make(&mut chain).address.unwrap();
    let keys = |chain: &Chain| -> Vec<Vec<u8>> {
        let state = chain.state();
        state
            .keys()
            .filter(|key| key.ends_with(b"k") && key.len() == 49)
            .cloned()
            .collect()
    };
    let first = keys(&chain);
    assert_eq!(first.len(), 1);
    assert_eq!(error(&make(&mut chain)), "DuplicateContract");
    assert_eq!(
        chain.call(contract, &script().terminate(BOB).0).outcome,
        Outcome::Success
    );
    let again = chain.instantiate(Code::Upload(code.clone()), &[]);
    assert_eq!(again.address, Some(contract));
    assert_eq!(gas(&again), figure(1_705_564_000, 3_832));
    // The old value waits for its deletion, and the new contract has none.
    assert_eq!(keys(&chain), first);
    let read = chain.call(contract, &[3, 1, b'k']);
    assert_eq!(read.output[..4], 3u32.to_le_bytes());
    chain.call(contract, &script().set(b"k", 4).0);
    let both = keys(&chain);
    assert_eq!(both.len(), 2);
    chain.end_block();
    let left = keys(&chain);
    assert_eq!(left.len(), 1);
    assert_ne!(left, first);
}

/// Events and money of an end, in their order.
#[test]
fn an_end_tells_in_order() {
    let mut chain = mock();
    chain.deposit(BOB, 1_000_000);
    let contract = chain.puppet(100_000);
    let held = chain.held(contract);
    let before = chain.free(ALICE);
    let receipt = chain.call(contract, &script().terminate(BOB).0);
    assert_eq!(
        receipt.events,
        [
            Event::Terminated {
                contract,
                beneficiary: BOB
            },
            Event::Called {
                caller: ALICE,
                contract
            },
            Event::StorageDepositTransferredAndReleased {
                from: contract,
                to: ALICE,
                amount: held
            },
            Event::KilledAccount { account: contract },
            Event::Transfer {
                from: contract,
                to: BOB,
                amount: 100_200
            }
        ]
    );
    assert_eq!(gas(&receipt), figure(896_150_300, 3_576));
    assert_eq!(chain.free(BOB), 1_100_200);
    assert_eq!(chain.free(ALICE), before + held - receipt.fee);
    assert_eq!((chain.free(contract), chain.contract(contract)), (0, None));
}

/// A parent made its child when it was made, and ends it in one call, in its own favour. What it
/// gets it has when the stack has ended, and not before.
#[test]
fn a_parent_ends_its_child() {
    let mut chain = Chain::new();
    let hash = chain.code(&puppet());
    let make = script().instantiate(hash, 50_000, None, script(), b"\x47\x11");
    let mut parent = instantiate(Code::Existing(hash), &make.0);
    parent.value = 200_000;
    let parent = chain.send(Message::Instantiate(parent)).address.unwrap();
    let child = pink_engine_deposit::contract_address(&parent, &hash, &[0; 32], b"\x47\x11");
    assert_eq!(chain.free(child), 50_000 + MINIMUM);
    assert_eq!(chain.free(parent), 150_000 + MINIMUM);
    let ended = script()
        .call(0, child, 0, script().terminate(parent))
        // It has 150,000 to spend yet.
        .transfer(BOB, 150_001)
        .call(0, child, 0, script());
    let receipt = chain.call(parent, &ended.0);
    assert_eq!(receipt.output, (0u32, 0u32, 5u32, 8u32, 0u32).encode());
    assert_eq!(gas(&receipt), figure(1_406_987_790, 6_768));
    assert_eq!(chain.contract(child), None);
    assert_eq!(chain.free(parent), 200_000 + 2 * MINIMUM);
}

/// What contracts say for debugging: one line for each message, whatever its end, in every mode.
#[test]
fn debug_messages() {
    let mut chain = Chain::new();
    let contract = chain.puppet(0);
    let other = chain.puppet(0);
    let line = |text: &str| vec![(4, Some(contract), text.to_owned())];
    for mode in [Mode::Transaction, Mode::Estimating, Mode::Query] {
        let log = |script: Script| chain.log(mode, call(contract, &script.0));
        assert_eq!(log(script().debug(b"Hello World!")), line("Hello World!"));
        let two = script().debug(b"This is a test").debug(b"More text");
        assert_eq!(log(two.clone()), line("This is a testMore text"));
        assert_eq!(log(two.clone().trap()), line("This is a testMore text"));
        assert_eq!(log(two.clone().revert()), line("This is a testMore text"));
        let nested = script()
            .debug(b"a")
            .call(0, other, 0, script().debug(b"b").trap());
        assert_eq!(log(nested.debug(b"c")), line("abc"));
        assert_eq!(log(script().debug(&[0xfc])), []);
        assert_eq!(log(script()), []);
    }
    // The same price in every mode, and it isn't part of the receipt.
    let script = script().debug(b"Hello World!");
    let sent = chain.call(contract, &script.0);
    assert_eq!((sent.output.clone(), sent.events.len()), (vec![0; 4], 1));
    assert_eq!(gas(&sent), figure(579_384_300, 3_064));
    assert_eq!(gas(&chain.query(contract, &script.0)), gas(&sent));
    assert_eq!(gas(&chain.estimate(contract, &script.0)), gas(&sent));
}

/// What doesn't fit any more is dropped, as a whole.
#[test]
fn the_debug_buffer_is_limited() {
    let mut chain = Chain::new();
    let most = RULES.limits.debug_len;
    let contract = chain.make_wat(&format!(
        r#"(module (import "env" "memory" (memory 3 3))
            (import "seal0" "debug_message" (func $debug (param i32 i32) (result i32)))
            (func $fill (param $n i32) (loop
              (i32.store8 (local.get $n) (i32.const 46))
              (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
            (func (export "deploy"))
            (func (export "call")
              (call $fill (i32.const {most}))
              (drop (call $debug (i32.const 1) (i32.const {})))
              (drop (call $debug (i32.const 1) (i32.const 17)))
              (drop (call $debug (i32.const 1) (i32.const 5)))))"#,
        most - 5
    ));
    let log = chain.log(Mode::Transaction, call(contract, &[]));
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].2, ".".repeat(most as usize));
    // Longer than the buffer: as much as fits is read, and paid for.
    let outside = chain.make_wat(
        r#"(module (import "env" "memory" (memory 1 1))
            (import "seal0" "debug_message" (func $debug (param i32 i32) (result i32)))
            (func (export "deploy"))
            (func (export "call") (drop (call $debug (i32.const 65536) (i32.const 1)))))"#,
    );
    let receipt = chain.call(outside, &[]);
    assert_eq!(error(&receipt), "OutOfBounds");
    assert_eq!(gas(&receipt), figure(194_149_100, 887));
}

/// Pointers at the edge, by name: what is decoded and what is copied are told apart.
#[test]
fn names_of_bad_pointers() {
    let mut chain = Chain::new();
    let mut end = |imports: &str, body: &str| {
        let text = format!(
            r#"(module (import "env" "memory" (memory 1 1)) {imports}
                (func (export "deploy")) (func (export "call") {body}))"#
        );
        let contract = chain.make_wat(&text);
        let receipt = chain.call(contract, &[]);
        match &receipt.outcome {
            Outcome::Success => "Success".to_owned(),
            _ => error(&receipt).to_owned(),
        }
    };
    let terminate = r#"(import "seal0" "seal_terminate" (func $end (param i32 i32)))"#;
    let at = |ptr: u32, len: u32| format!("(call $end (i32.const {ptr}) (i32.const {len}))");
    assert_eq!(end(terminate, &at(65_536, 8)), "DecodingFailed");
    assert_eq!(end(terminate, &at(65_505, 32)), "DecodingFailed");
    assert_eq!(end(terminate, &at(65_537, 32)), "OutOfBounds");
    // The length isn't looked at: 32 bytes are read. Alice's nought account gets the money.
    assert_eq!(end(terminate, &at(0, 4)), "Success");
    for (name, params, args) in [
        (
            "ecdsa_recover",
            "i32 i32 i32",
            "(i32.const 65472) (i32.const 0) (i32.const 0)",
        ),
        (
            "ecdsa_recover",
            "i32 i32 i32",
            "(i32.const 0) (i32.const 65505) (i32.const 0)",
        ),
        (
            "ecdsa_to_eth_address",
            "i32 i32",
            "(i32.const 65504) (i32.const 0)",
        ),
        (
            "sr25519_verify",
            "i32 i32 i32 i32",
            "(i32.const 65473) (i32.const 0) (i32.const 1) (i32.const 0)",
        ),
        (
            "sr25519_verify",
            "i32 i32 i32 i32",
            "(i32.const 0) (i32.const 65505) (i32.const 1) (i32.const 0)",
        ),
        (
            "sr25519_verify",
            "i32 i32 i32 i32",
            "(i32.const 0) (i32.const 0) (i32.const 2) (i32.const 65535)",
        ),
    ] {
        let import =
            format!(r#"(import "seal0" "{name}" (func $f (param {params}) (result i32)))"#);
        let body = format!("(drop (call $f {args}))");
        assert_eq!(end(&import, &body), "OutOfBounds", "{name} {args}");
    }
}

/// A constructor that reverts: its output, and nothing else.
#[test]
fn a_constructor_that_reverts() {
    let mut chain = Chain::new();
    let code = wat(&module_with(
        "",
        r#"(i32.store (i32.const 100) (i32.const 0x4c494146)) (call $return (i32.const 1) (i32.const 100) (i32.const 4))"#,
        "",
    ));
    let before = chain.free(ALICE);
    let mut make = instantiate(Code::Upload(code), &[]);
    make.value = MINIMUM;
    let receipt = chain.send(Message::Instantiate(make));
    assert_eq!(receipt.outcome, Outcome::Reverted);
    assert_eq!(receipt.output, b"FAIL");
    assert_eq!(gas(&receipt), figure(800_690_400, 1_754));
    assert_eq!(receipt.address, None);
    // The fee is the treasury's first money; there is nothing else to tell.
    let treasury = [
        Event::NewAccount { account: TREASURY },
        Event::Endowed {
            account: TREASURY,
            amount: receipt.fee,
        },
    ];
    assert_eq!(receipt.events, treasury);
    assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
    assert_eq!(chain.free(ALICE), before - receipt.fee);
    assert_eq!(chain.held(ALICE), 0);
    assert!(chain
        .state()
        .keys()
        .all(|key| !key.starts_with(b"code") && !key.starts_with(b"contract")));
}

/// Whoever the message came from, and nobody in between.
#[test]
fn who_is_the_origin() {
    let mut chain = Chain::new();
    let asks = chain.make_wat(&module(
        r#"(import "seal0" "caller_is_origin" (func $origin (result i32)))
           (import "seal0" "caller_is_root" (func $root (result i32)))"#,
        r#"(i32.store (i32.const 9000) (call $origin)) (i32.store (i32.const 9004) (call $root))
           (call $return (i32.const 0) (i32.const 9000) (i32.const 8))"#,
    ));
    let direct = chain.call(asks, &[]);
    assert_eq!(direct.output, (1u32, 0u32).encode());
    assert_eq!(gas(&direct), figure(226_738_800, 1_059));
    let between = chain.puppet(0);
    let through = chain.call(between, &script().call(0, asks, 0, script()).0);
    assert_eq!(through.output, (0u32, 8u32, 0u32, 0u32).encode());
}

/// 2.0 with a lock-up of 30 % and room for one dependency, as their test sets it.
struct Locking;

impl Release for Locking {
    const RULES: Rules = Rules {
        limits: Limits {
            delegate_dependencies: 1,
            ..RULES.limits
        },
        deposits: Deposits {
            lockup_ppm: 300_000,
            ..RULES.deposits
        },
        ..RULES
    };
}

fn lockup(len: usize) -> Balance {
    let deposit = (len as Balance + 62) * PER_BYTE + 2 * PER_ITEM;
    (deposit * 3).div_ceil(10)
}

const BASE: Balance = 107 * PER_BYTE + PER_ITEM;

fn removal(code_hash: Hash) -> Message {
    Message::RemoveCode(RemoveCode {
        origin: ALICE,
        code_hash,
        max_gas_price: GAS_PRICE,
    })
}

#[test]
fn dependencies_are_locked_and_held_for() {
    let mut chain: Chain<Locking> = Chain::with_rules();
    let callee = wat(&module("", ""));
    let other = chain.code(&wat(&module("", "nop")));
    let contract = chain.puppet(0);
    let own = chain.contract(contract).unwrap().code_hash;
    let base = BASE + lockup(puppet().len());
    assert_eq!(chain.held(contract), base);
    let ask = |chain: &mut Chain<Locking>, script: Script| chain.call(contract, &script.0);
    let hash: Hash = blake2b_simd::Params::new()
        .hash_length(32)
        .hash(&callee)
        .as_bytes()
        .try_into()
        .unwrap();
    assert_eq!(error(&ask(&mut chain, script().lock(hash))), "CodeNotFound");
    chain.code(&callee);
    let locked = ask(&mut chain, script().lock(hash));
    assert_eq!(locked.outcome, Outcome::Success);
    let deposit = lockup(callee.len());
    assert_eq!(locked.storage_deposit, StorageDeposit::Charge(deposit));
    // 20,000,000 ps and 256 bytes for loading it, and 170,000 ps and a byte for each of its 197.
    assert_eq!(callee.len(), 197);
    assert_eq!(
        gas(&locked),
        figure(709_394_300 + 20_000_000 + 197 * 170_000, 3_320 + 256 + 197)
    );
    assert_eq!(chain.held(contract), base + deposit);
    assert_eq!(error(&chain.send(removal(hash))), "CodeInUse");
    for (script, name) in [
        (script().lock(hash), "DelegateDependencyAlreadyExists"),
        (script().lock(own), "CannotAddSelfAsDelegateDependency"),
        (script().lock(other), "MaxDelegateDependenciesReached"),
        (script().unlock(other), "DelegateDependencyNotFound"),
    ] {
        assert_eq!(error(&ask(&mut chain, script)), name);
    }
    let unlocked = ask(&mut chain, script().unlock(hash));
    assert_eq!(unlocked.storage_deposit, StorageDeposit::Refund(deposit));
    assert_eq!(chain.held(contract), base);
    assert_eq!(
        error(&ask(&mut chain, script().unlock(hash))),
        "DelegateDependencyNotFound"
    );
    let mut poor = call(contract, &script().lock(hash).0);
    poor.storage_deposit_limit = Some(deposit - 1);
    let receipt = chain.send(Message::Call(poor));
    assert_eq!(error(&receipt), "StorageDepositLimitExhausted");
    assert_eq!(chain.send(removal(hash)).outcome, Outcome::Success);
    let gone = ask(&mut chain, script().delegate(0, hash, script()));
    assert_eq!(gone.output, (7u32, 0u32).encode());
    // An end gives it all back, the dependency first, and lets the code go.
    chain.code(&callee);
    ask(&mut chain, script().lock(hash));
    let before = chain.free(ALICE);
    let ended = ask(&mut chain, script().terminate(ALICE));
    let released = |amount| Event::StorageDepositTransferredAndReleased {
        from: contract,
        to: ALICE,
        amount,
    };
    assert_eq!(ended.events[2..4], [released(deposit), released(base)]);
    assert_eq!(
        chain.free(ALICE),
        before + MINIMUM + base + deposit - ended.fee
    );
    assert_eq!(chain.send(removal(hash)).outcome, Outcome::Success);
}

#[test]
fn exchanged_code_is_held_for() {
    let mut chain: Chain<Locking> = Chain::with_rules();
    let dummy = wat(&module("", ""));
    let hash = chain.code(&dummy);
    for existing in [false, true] {
        let code = if existing {
            Code::Existing(chain.code(&puppet()))
        } else {
            Code::Upload(puppet())
        };
        let mut make = instantiate(code, &[]);
        make.salt = vec![existing.into()];
        let made = chain.send(Message::Instantiate(make));
        let contract = made.address.unwrap();
        let own = BASE + lockup(puppet().len());
        let code_deposit = (puppet().len() as Balance + 62) * PER_BYTE + 2 * PER_ITEM;
        let extra = if existing { 0 } else { code_deposit };
        assert_eq!(
            made.storage_deposit,
            StorageDeposit::Charge(MINIMUM + own + extra)
        );
        assert_eq!(chain.held(contract), own);
        let exchanged = chain.call(contract, &script().set_code_hash(hash).0);
        assert_eq!(exchanged.output, [0; 4]);
        // Loading the new code, as above.
        assert_eq!(dummy.len(), 197);
        assert_eq!(
            gas(&exchanged),
            figure(769_430_700 + 20_000_000 + 197 * 170_000, 3_576 + 256 + 197)
        );
        let now = BASE + lockup(dummy.len());
        assert_eq!(exchanged.storage_deposit, StorageDeposit::Refund(own - now));
        assert_eq!(chain.held(contract), now);
    }
}

/// Twice the host call is twice the fuel around it and twice its price: nothing is lost or counted
/// twice on the way between the interpreter and the meter.
#[test]
fn gas_is_in_step_with_the_fuel() {
    let mut chain = Chain::new();
    let contract = chain.make_wat(&module(
        r#"(import "seal0" "caller_is_origin" (func $origin (result i32)))"#,
        r#"(local $n i32) (local.set $n (i32.load8_u (i32.const 4)))
           (block (loop (br_if 1 (i32.eqz (local.get $n)))
             (drop (call $origin))
             (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br 0)))"#,
    ));
    let mut used = |times: u8| chain.call(contract, &[times]).gas_consumed.ref_time;
    let [none, once, twice, many] = [0, 1, 2, 200].map(&mut used);
    let host = RULES.host.host_call.ref_time + RULES.host.getter.ref_time;
    let engine = once - none - host;
    assert_eq!(twice - none, 2 * (host + engine));
    assert_eq!(many - none, 200 * (host + engine));
    // eqz, br_if, call, drop, sub, set, br, and what they take from the stack.
    assert_eq!(engine % FUEL, 0);
    // In 2.1: 3 for the loop's block, 3 for the block behind its `br_if`, and 8 for the call; 8 more for
    // what the two do.
    assert_eq!(engine / FUEL, either(18, 3 + 3 + 8 + 8));
    assert_eq!(none, figure(220_541_100, 0));
}

/// The pallet's own vectors: Alice's signature of "hello world", and an address.
#[test]
fn signatures_of_others() {
    let mut chain = Chain::new();
    let verify = chain.make_wat(&module(
        r#"(import "seal0" "sr25519_verify" (func $verify (param i32 i32 i32 i32) (result i32)))"#,
        r#"(i32.store (i32.const 9000) (call $verify (i32.const 4) (i32.const 68) (i32.const 11) (i32.const 100)))
           (call $return (i32.const 0) (i32.const 9000) (i32.const 4))"#,
    ));
    let signature: [u8; 64] = [
        184, 49, 74, 238, 78, 165, 102, 252, 22, 92, 156, 176, 124, 118, 168, 116, 247, 99, 0, 94,
        2, 45, 9, 170, 73, 222, 182, 74, 60, 32, 75, 64, 98, 174, 69, 55, 83, 85, 180, 98, 208, 75,
        231, 57, 205, 62, 4, 105, 26, 136, 172, 17, 123, 99, 90, 255, 228, 54, 115, 63, 30, 207,
        205, 131,
    ];
    let key: [u8; 32] = [
        212, 53, 147, 199, 21, 253, 211, 28, 97, 20, 26, 189, 4, 169, 159, 214, 130, 44, 133, 88,
        133, 76, 205, 227, 154, 86, 132, 231, 165, 109, 162, 125,
    ];
    let with = |text: &[u8]| [&signature[..], &key, text].concat();
    let good = chain.call(verify, &with(b"hello world"));
    assert_eq!(good.output, 0u32.encode());
    assert_eq!(gas(&good), figure(309_433_500, 1_033));
    assert_eq!(
        chain.call(verify, &with(b"hello worlD")).output,
        12u32.encode()
    );

    let address = chain.make_wat(&module(
        r#"(import "seal0" "ecdsa_to_eth_address" (func $eth (param i32 i32) (result i32)))"#,
        r#"(i32.store (i32.const 9000) (call $eth (i32.const 4) (i32.const 9004)))
           (call $return (i32.const 0) (i32.const 9000) (i32.const 24))"#,
    ));
    let key = hex("028db55b05db86c0b1786ca49f095d76344c9e6056b2f02701a7e7f3c20aabfd91");
    let found = chain.call(address, &key);
    assert_eq!(found.output[..4], [0; 4]);
    assert_eq!(
        found.output[4..],
        hex("09231da7b19A016f9e576d23B16277062F4d46A8")
    );
    assert_eq!(gas(&found), figure(239_996_700, 1_030));
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// A public key that the pallet recovers from this signature, whose recovery id counts as Ethereum
/// does.
#[test]
fn a_key_of_anothers_signature() {
    let mut chain = Chain::new();
    let recover = chain.make_wat(&module(
        r#"(import "seal0" "ecdsa_recover" (func $recover (param i32 i32 i32) (result i32)))"#,
        r#"(i32.store (i32.const 9000) (call $recover (i32.const 4) (i32.const 69) (i32.const 9004)))
           (call $return (i32.const 0) (i32.const 9000) (i32.const 37))"#,
    ));
    let signature = "a1eacb4a936033d405aee7098e3089c9a276c043ef1047d87d56a78b460756f1\
                     21579afb511da004b0ef58d3f4e8e834d3ea6473e62f502c98a63e32080d56af1c";
    let hash = "a21cf4b3604cf4b2bc53e6f88f6a4d75ef5ff4ab415f3e99aea6b61c8249c4d0";
    let found = chain.call(recover, &hex(&format!("{signature}{hash}")));
    assert_eq!(found.output[..4], [0; 4]);
    let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    assert_eq!(found.output[4..], hex(key));
    assert_eq!(gas(&found), figure(682_880_400, 1_031));
}

/// Everything that an instantiation tells, in its order: the account, the value, what the
/// constructor says, and then the deposits.
#[test]
fn an_instantiation_tells_in_order() {
    let mut chain = mock();
    let hash = chain.code(&puppet());
    for value in [0, 5_000] {
        let mut make = instantiate(Code::Existing(hash), &script().event(&[], &[1, 2, 3, 4]).0);
        make.value = value;
        make.salt = vec![u8::from(value > 0)];
        let receipt = chain.send(Message::Instantiate(make));
        let contract = receipt.address.unwrap();
        let moved = |amount| Event::Transfer {
            from: ALICE,
            to: contract,
            amount,
        };
        let mut expected = vec![
            Event::NewAccount { account: contract },
            Event::Endowed {
                account: contract,
                amount: 200,
            },
            moved(200),
        ];
        if value > 0 {
            expected.push(moved(value));
        }
        expected.extend([
            Event::ContractEmitted {
                contract,
                topics: Vec::new(),
                data: vec![1, 2, 3, 4],
            },
            Event::Instantiated {
                deployer: ALICE,
                contract,
            },
            Event::StorageDepositTransferredAndHeld {
                from: ALICE,
                to: contract,
                amount: 107 + 2,
            },
        ]);
        assert_eq!(receipt.events, expected);
        assert_eq!(gas(&receipt), figure(820_217_300, 3_576));
        assert_eq!(chain.free(contract), 200 + value);
        assert_eq!(chain.held(contract), 109);
    }
}

/// What changes no quantity is no charge, and tells of none.
#[test]
fn an_empty_charge_is_none() {
    let mut chain = Chain::new();
    let contract = chain.puppet(0);
    chain.call(contract, &script().set(b"k", 10).0);
    let held = chain.held(contract);
    for nothing in [
        script().set(b"k", 10),
        script().set(b"k", 20).set(b"k", 10),
        script().clear(b"k").set(b"k", 10),
        script().clear(b"x"),
    ] {
        let receipt = chain.call(contract, &nothing.0);
        assert!(matches!(receipt.events[..], [Event::Called { .. }]));
        assert_eq!(receipt.storage_deposit, StorageDeposit::Charge(0));
        assert_eq!(chain.held(contract), held);
    }
}

/// A function is paid for before what it was given is looked at, as there: what is refused for its
/// length, or for where it lies, costs what it would have cost.
#[test]
fn what_is_refused_was_paid_for() {
    let mut chain = Chain::new();
    let set = chain.make_wat(&module(
        r#"(import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))"#,
        "(drop (call $set (i32.const 0) (i32.const 4) (i32.const 0) (i32.load (i32.const 4))))",
    ));
    let mut refused = |len: u32| {
        let receipt = chain.call(set, &len.encode());
        assert_eq!(error(&receipt), "ValueTooLarge");
        receipt.gas_consumed.ref_time
    };
    let [one, two] = [16_385, 16_386].map(&mut refused);
    assert_eq!(two - one, RULES.host.set_storage.ref_time_per_byte);
    // The whole of it: nothing is given back for an old value that nobody looked at.
    let free = chain.call(set, &16_384u32.encode());
    assert_eq!(free.outcome, Outcome::Success);
    assert!(one > free.gas_consumed.ref_time);

    // An end is priced by what is locked, wherever its beneficiary is.
    let other = chain.code(&wat(&module("", "nop")));
    let ends = chain.make_wat(&module(
        r#"(import "seal0" "lock_delegate_dependency" (func $lock (param i32)))
           (import "seal1" "terminate" (func $end (param i32)))"#,
        r#"(if (i32.load (i32.const 0)) (then (call $lock (i32.const 4)))
             (else (call $end (i32.const 65530))))"#,
    ));
    let mut ended = || {
        let receipt = chain.call(ends, &[]);
        assert_eq!(error(&receipt), "DecodingFailed");
        receipt.gas_consumed.ref_time
    };
    let without = ended();
    assert_eq!(chain.call(ends, &other).outcome, Outcome::Success);
    let mut ended = || chain.call(ends, &[]).gas_consumed.ref_time;
    assert_eq!(ended() - without, RULES.host.terminate_dependency.ref_time);
}
