//! Between a move from the rent era and the last of its records: whatever is used is used as if it
//! had been converted, and the ends of blocks do the rest.

mod common;

use common::{
    call, file, gas, instantiate,
    puppet::{puppet, Script, READ_ONLY},
    upload, Chain, Tested, ALICE, BOB, GAS_PRICE, MINIMUM, MONEY, NEXT, PER_BYTE, PER_ITEM, RULES,
    TREASURY,
};
use parity_scale_codec::{Decode, Encode};
use pink_engine_deposit::{contract_address, Release, Rules};
use pink_engine_rent::{Account, Alive, Cluster, Contract, Deleted, Prefab};
use pink_engine_sdk::{types::*, Changes, VERSION_KEY};
use std::{collections::BTreeMap, sync::OnceLock};

/// Contracts of the rent era. Puppets couldn't have been made then: that they are there lets tests
/// do with old records whatever today's contracts can do.
const PUPPET: AccountId = [0x11; 32];
const OTHER: AccountId = [0x22; 32];
/// The only one of its code.
const LONELY: AccountId = [0x33; 32];
/// Of code that no new contract may be made of.
const DEPRECATED: AccountId = [0x44; 32];
/// Of code that is none.
const REFUSED: AccountId = [0x55; 32];
/// A tombstone that nobody can build on.
const TOMBSTONE: AccountId = [0x66; 32];
/// The salt with which Alice's puppet would stand where a tombstone is.
const SALT: &[u8] = b"again";
/// What contracts and tombstones have.
const PURSE: Balance = 50_000;

fn blake2_256(bytes: &[u8]) -> Hash {
    let digest = blake2b_simd::Params::new().hash_length(32).hash(bytes);
    digest.as_bytes().try_into().expect("32 bytes")
}

fn script() -> Script {
    Script::new()
}

/// The puppet's code, and the same with a section that says nothing: `\0`, its length, its name.
fn codes() -> [Vec<u8>; 4] {
    let other = [puppet(), vec![0, 2, 1, b'x']].concat();
    let deprecated =
        r#"(import "seal0" "seal_tombstone_deposit" (func $tombstone (param i32 i32)))"#;
    let deprecated = common::wat(&common::module(deprecated, ""));
    [puppet(), other, deprecated, b"whatever it was".to_vec()]
}

fn hashes() -> [Hash; 4] {
    // A large cluster asks often.
    static HASHES: OnceLock<[Hash; 4]> = OnceLock::new();
    *HASHES.get_or_init(|| codes().map(|code| blake2_256(&code)))
}

type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A state of the rent era, written by its own types and by nothing of this one's.
struct Rent(State);

impl Rent {
    fn new(existential_deposit: Balance) -> Self {
        let mut rent = Self(State::new());
        rent.put(VERSION_KEY, Version::new(1, 1));
        let cluster = Cluster {
            id: [0; 32],
            owner: ALICE,
            treasury: TREASURY,
            gas_price: GAS_PRICE,
            deposit_per_item: PER_ITEM,
            deposit_per_byte: PER_BYTE,
            existential_deposit,
            destroyed: false,
        };
        rent.put(b"cluster", cluster);
        rent.put(b"counter", 9u64);
        rent.account(ALICE, MONEY);
        rent.account(BOB, MONEY);
        rent
    }

    fn put(&mut self, key: &[u8], value: impl Encode) {
        self.0.insert(key.to_vec(), value.encode());
    }

    fn account(&mut self, who: AccountId, free: Balance) {
        self.put(&[b"account/", &who[..]].concat(), Account { free });
    }

    fn code(&mut self, code: &[u8], refcount: u64) {
        let hash = blake2_256(code);
        let instrumented = [code, b"and more"].concat();
        let prefab = Prefab {
            schedule_version: 1,
            initial: 1,
            maximum: 16,
            refcount,
            original_len: code.len() as u32,
            instrumented_len: instrumented.len() as u32,
            instrumented_hash: blake2_256(&instrumented),
        };
        self.put(&[b"prefab/", &hash[..]].concat(), prefab);
        self.0.insert([b"code/", &hash[..]].concat(), code.to_vec());
        self.0
            .insert([b"instrumented/", &hash[..]].concat(), instrumented);
    }

    /// A contract with a number of values of 100 bytes.
    fn contract(&mut self, address: AccountId, code_hash: Hash, values: u32) {
        let prefix = blake2_256(&address);
        let record = Contract::Alive(Alive {
            prefix,
            storage_size: 100 * values,
            pair_count: values,
            code_hash,
            rent_allowance: Balance::MAX,
            rent_paid: 3,
            deduct_block: 4,
            last_write: (values > 0).then_some(5),
        });
        self.put(&[b"contract/", &address[..]].concat(), record);
        for value in 0..values {
            let key = [value as u8];
            let digest = blake2b_simd::Params::new().hash_length(16).hash(&key);
            let place = [b"storage/", &prefix[..], digest.as_bytes(), &key].concat();
            self.0.insert(place, vec![7; 100]);
        }
    }

    fn tombstone(&mut self, address: AccountId) {
        self.put(
            &[b"contract/", &address[..]].concat(),
            Contract::Tombstone([8; 32]),
        );
    }

    fn chain<R: Release>(self) -> Chain<R> {
        let chain = Chain::empty();
        *chain.host.state.lock().unwrap() = self.0;
        chain
    }
}

fn built_on() -> AccountId {
    contract_address(&ALICE, &hashes()[0], &[0; 32], SALT)
}

/// Two puppets, a lonely one, one of old and one of refused code, and two tombstones.
fn rent() -> Rent {
    let mut rent = Rent::new(MINIMUM);
    for (code, users) in codes().iter().zip([2, 1, 1, 1]) {
        rent.code(code, users);
    }
    let [code, lonely, deprecated, refused] = hashes();
    rent.contract(PUPPET, code, 4);
    rent.contract(OTHER, code, 0);
    rent.contract(LONELY, lonely, 2);
    rent.contract(DEPRECATED, deprecated, 0);
    rent.contract(REFUSED, refused, 0);
    rent.tombstone(TOMBSTONE);
    rent.tombstone(built_on());
    for who in [
        PUPPET,
        OTHER,
        LONELY,
        DEPRECATED,
        REFUSED,
        TOMBSTONE,
        built_on(),
    ] {
        rent.account(who, PURSE);
    }
    rent
}

fn upgrade<R: Release>(chain: &mut Chain<R>, from: Version) -> Receipt {
    let receipt = chain.send(Message::Upgrade(Upgrade {
        from,
        system_code: None,
    }));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(gas(&receipt), (0, 0));
    receipt
}

/// The cluster right after the move.
fn moved() -> Chain {
    let mut chain = rent().chain();
    let receipt = upgrade(&mut chain, Version::new(1, 1));
    let events = [Event::Upgraded {
        from: Version::new(1, 1),
        to: RULES.version,
    }];
    assert_eq!(receipt.events, events);
    chain
}

/// A cluster like this one, on an engine that knows nothing of it yet.
fn copy<R: Release, S: Release>(of: &Chain<R>) -> Chain<S> {
    let mut copy = Chain::empty();
    *copy.host.state.lock().unwrap() = of.state();
    copy.block = of.block.clone();
    copy.seq = of.seq;
    copy
}

fn is_migrating<R: Release>(chain: &Chain<R>) -> bool {
    chain
        .host
        .state
        .lock()
        .unwrap()
        .contains_key(&b"moving"[..])
}

/// Ends blocks until nothing is left to do, and says what happened in them.
fn walk<R: Release>(chain: &mut Chain<R>) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let receipt = chain.end_block();
        events.extend(receipt.events);
        if receipt.weight == Weight::default() {
            assert!(!is_migrating(chain));
            return events;
        }
    }
}

fn outcome(receipt: &Receipt) -> String {
    match &receipt.outcome {
        Outcome::Success => "success".into(),
        Outcome::Rejected(failure) => failure.error.clone(),
        other => format!("{other:?}"),
    }
}

/// A receipt without what only one of two orders tells: that a tombstone fell, or code was refused.
fn comparable(mut receipt: Receipt) -> Receipt {
    receipt.events.retain(|event| {
        !matches!(
            event,
            Event::TombstoneRemoved { .. } | Event::CodeDisabled { .. }
        )
    });
    receipt
}

fn tells_of_old_records(event: &Event) -> bool {
    matches!(
        event,
        Event::TombstoneRemoved { .. } | Event::CodeDisabled { .. }
    )
}

type Step = (&'static str, Mode, Message);

/// What can be done with records of the rent era, and how it ends.
fn uses() -> Vec<(&'static str, Vec<Step>)> {
    let [code, lonely, deprecated, refused] = hashes();
    let does = |script: Script| Message::Call(call(PUPPET, &script.0));
    let make = |hash: Hash, salt: &[u8]| {
        let mut message = instantiate(Code::Existing(hash), &[]);
        message.salt = salt.to_vec();
        message
    };
    let with_gas = |mut message: Instantiate, gas_limit| {
        message.gas_limit = gas_limit;
        Message::Instantiate(message)
    };
    // Less than any load.
    let little = Weight::new(19_000_000, 1_000_000);
    let remove = |origin, code_hash| {
        Message::RemoveCode(RemoveCode {
            origin,
            code_hash,
            max_gas_price: GAS_PRICE,
        })
    };
    let ok = |message| ("success", Mode::Transaction, message);
    let ends = |name, message| (name, Mode::Transaction, message);
    let poor = |contract| {
        let mut message = call(contract, &[]);
        message.gas_limit = little;
        Message::Call(message)
    };
    let nothing = script;
    vec![
        ("a call", vec![ok(does(nothing()))]),
        ("a query", vec![("success", Mode::Query, does(nothing()))]),
        (
            "an estimate",
            vec![("success", Mode::Estimating, does(script().set(b"k", 9)))],
        ),
        (
            "a call with little gas",
            vec![ends("OutOfGas", poor(PUPPET))],
        ),
        (
            "a refused contract",
            vec![
                ends("CodeRejected", Message::Call(call(REFUSED, &[]))),
                ends("OutOfGas", poor(REFUSED)),
                ok(does(script().call(0, REFUSED, 0, nothing()))),
                ok(does(script().delegate(0, refused, nothing()))),
                ok(does(script().set_code_hash(refused))),
                ok(does(script().instantiate(
                    refused,
                    0,
                    None,
                    nothing(),
                    b"r",
                ))),
                ok(does(script().lock(refused))),
            ],
        ),
        (
            "an old contract",
            vec![ok(Message::Call(call(DEPRECATED, &[])))],
        ),
        (
            "storage",
            vec![ok(does(script().set(b"new", 100).clear(&[0]).set(&[1], 7)))],
        ),
        (
            "calls of one another",
            vec![ok(does(
                script()
                    .call(0, OTHER, 77, script().set(b"k", 10))
                    .call(READ_ONLY, LONELY, 0, script().balance())
                    .call(0, DEPRECATED, 0, nothing()),
            ))],
        ),
        (
            "what is undone",
            vec![
                ok(does(script().call(
                    0,
                    LONELY,
                    9,
                    script().set(b"k", 1).revert(),
                ))),
                ends(
                    "Reverted",
                    does(script().call(0, LONELY, 9, script().set(b"k", 1)).revert()),
                ),
            ],
        ),
        (
            "payments",
            vec![
                ok(does(script().transfer(OTHER, 5).balance())),
                ok(does(script().transfer(TOMBSTONE, 5))),
                // All that it has, which a contract keeps.
                ok(does(script().transfer(BOB, PURSE - 5))),
                ok(does(script().transfer(BOB, PURSE - 10 - MINIMUM))),
                ok(Message::Deposit(Deposit {
                    dest: OTHER,
                    amount: 3,
                })),
            ],
        ),
        (
            "what the extension knows",
            vec![ok(does(
                [lonely, refused, [1; 32]]
                    .iter()
                    .fold(script().extension(16, &OTHER), |script, hash| {
                        script.extension(19, &(*hash, false).encode())
                    }),
            ))],
        ),
        (
            "an exchange of code",
            vec![
                ok(does(script().set_code_hash(lonely))),
                ok(does(nothing())),
                ok(does(script().set_code_hash(deprecated))),
                ok(does(nothing())),
            ],
        ),
        (
            "delegate calls",
            vec![
                ok(does(script().delegate(0, lonely, script().set(b"k", 3)))),
                ok(does(script().lock(lonely).lock(deprecated))),
                ok(does(script().delegate(0, lonely, nothing()).unlock(lonely))),
            ],
        ),
        (
            "ends",
            vec![
                ok(Message::Call(call(LONELY, &script().terminate(BOB).0))),
                ok(remove(ALICE, lonely)),
                ok(does(script().call(0, OTHER, 0, script().terminate(PUPPET)))),
                ok(does(script().terminate(BOB))),
                ok(remove(ALICE, code)),
            ],
        ),
        (
            "an end that is called off",
            vec![ends(
                "Reverted",
                does(
                    script()
                        .call(0, LONELY, 0, script().terminate(BOB))
                        .revert(),
                ),
            )],
        ),
        (
            "removal",
            vec![
                ends("CodeInUse", remove(ALICE, lonely)),
                ends("CodeInUse", remove(ALICE, refused)),
                ends("CodeInUse", remove(BOB, refused)),
                ends("CodeNotFound", remove(ALICE, [1; 32])),
            ],
        ),
        (
            "an upload of what is there",
            vec![
                ok(Message::Upload(upload(&codes()[0]))),
                ok(Message::Upload(upload(&codes()[1]))),
                // It is checked again, as new code.
                ends("CodeRejected", Message::Upload(upload(&codes()[2]))),
            ],
        ),
        (
            "new contracts",
            vec![
                ok(Message::Instantiate(make(lonely, b"1"))),
                ok(Message::Instantiate(instantiate(
                    Code::Upload(codes()[1].clone()),
                    &script().set(b"k", 5).0,
                ))),
                ok(does(script().instantiate(
                    lonely,
                    9_000,
                    None,
                    nothing(),
                    b"2",
                ))),
                ends("CodeRejected", Message::Instantiate(make(deprecated, b"3"))),
                ends("CodeRejected", Message::Instantiate(make(refused, b"4"))),
                ends(
                    "OutOfGas",
                    with_gas(make(deprecated, b"5"), Weight::new(2, 1 << 20)),
                ),
                ends("OutOfGas", with_gas(make(lonely, b"6"), little)),
                ok(does(script().instantiate(
                    deprecated,
                    9_000,
                    None,
                    nothing(),
                    b"7",
                ))),
            ],
        ),
        (
            "on a tombstone",
            vec![
                ends("Reverted", {
                    let mut message = make(code, SALT);
                    message.input = script().revert().0;
                    Message::Instantiate(message)
                }),
                ends("ContractNotFound", Message::Call(call(built_on(), &[]))),
                ok(does(script().call(0, built_on(), 0, nothing()))),
                ok(Message::Instantiate(make(code, SALT))),
                ends("DuplicateContract", Message::Instantiate(make(code, SALT))),
                ok(Message::Call(call(built_on(), &script().set(b"k", 1).0))),
                ok(Message::Call(call(built_on(), &script().terminate(BOB).0))),
            ],
        ),
    ]
}

/// Every use of an old record, on a cluster that was just moved, and on one where all of them were
/// converted: the same receipts, to the unit of gas, and in the end the same state. Whichever came
/// first, each tombstone and each refused code is told of once.
#[test]
fn gas_and_state_dont_depend_on_the_order() {
    let fresh = moved();
    let mut walked: Chain = copy(&fresh);
    let told = walk(&mut walked);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(tells_of_old_records));
    for (name, steps) in uses() {
        let mut first: Chain = copy(&fresh);
        let mut last: Chain = copy(&walked);
        last.block.number = first.block.number;
        let mut events = Vec::new();
        for (at, (ending, mode, message)) in steps.into_iter().enumerate() {
            let run = |chain: &mut Chain, message: Message| match mode {
                Mode::Transaction => chain.send(message),
                mode => chain.execute(mode, message),
            };
            let before = run(&mut first, message.clone());
            let after = run(&mut last, message);
            assert_eq!(outcome(&before), ending, "{name}, {at}: {before:?}");
            let of_old = |event: &&Event| tells_of_old_records(event);
            events.extend(before.events.iter().filter(of_old).cloned());
            assert!(!after.events.iter().any(tells_of_old_records));
            assert_eq!(comparable(before), after, "{name}, {at}");
            // What is looked at from outside.
            for who in [PUPPET, OTHER, LONELY, REFUSED, TOMBSTONE, built_on()] {
                assert_eq!(first.contract(who), last.contract(who), "{name}, {at}");
                assert_eq!(first.free(who), last.free(who), "{name}, {at}");
                assert_eq!(first.held(who), last.held(who), "{name}, {at}");
            }
        }
        events.extend(walk(&mut first).into_iter().filter(tells_of_old_records));
        walk(&mut last);
        let (states, mut told) = ((first.state(), last.state()), told.clone());
        for (key, value) in &states.0 {
            let key_text = String::from_utf8_lossy(key);
            assert_eq!(Some(value), states.1.get(key), "{name}: {key_text}");
        }
        assert_eq!(states.0.len(), states.1.len(), "{name}");
        let by_name = |event: &Event| format!("{event:?}");
        // A tombstone that was paid meanwhile says so.
        if name == "payments" {
            for event in &mut told {
                if let Event::TombstoneRemoved { contract, balance } = event {
                    *balance += if *contract == TOMBSTONE { 5 } else { 0 };
                }
            }
        }
        told.sort_by_key(by_name);
        events.sort_by_key(by_name);
        assert_eq!(events, told, "{name}");
    }
}

/// What the records of this era are, by hand: nothing of the other one is left.
#[test]
fn what_the_walk_leaves() {
    let mut chain = moved();
    let money = chain.issuance();
    walk(&mut chain);
    assert_eq!(chain.issuance(), money);
    let state = chain.state();
    let hash = hashes()[0];
    let contract = (
        hash,
        0u64,
        Some(blake2_256(&PUPPET)),
        (400u64, 4u64),
        (0u128, 0u128, 0u128),
        Vec::<(Hash, Balance)>::new(),
    );
    let record = |namespace: &str, key: &[u8]| state[&[namespace.as_bytes(), key].concat()].clone();
    assert_eq!(record("contract/", &PUPPET), contract.encode());
    assert_eq!(
        record("account/", &PUPPET),
        (PURSE, 0u128, 0u128, true).encode()
    );
    for (at, (users, status)) in [(2u64, 0u8), (1, 0), (1, 1), (1, 2)]
        .into_iter()
        .enumerate()
    {
        let info = (ALICE, 0u128, users, 0u8, codes()[at].len() as u32, status);
        assert_eq!(record("codeinfo/", &hashes()[at]), info.encode());
        assert_eq!(record("code/", &hashes()[at]), codes()[at]);
    }
    for (key, value) in &state {
        let key = String::from_utf8_lossy(key);
        for gone in ["prefab/", "instrumented/", "moving", "counter", "deletion"] {
            assert!(!key.starts_with(gone), "{key}");
        }
        // A tombstone is 33 bytes, a living contract of the rent era 110 or 114.
        let is_old = key.starts_with("contract/") && [33, 110, 114].contains(&value.len());
        assert!(!is_old, "{key}");
    }
}

/// Nothing is held for what was there. What is added is held for; what is removed then gives back
/// its part of what is held, as of any contract; the end gives back the rest.
#[test]
fn a_migrated_contract_is_held_for_what_it_adds() {
    let mut chain = moved();
    let run = |chain: &mut Chain, script: Script| {
        let receipt = chain.call(PUPPET, &script.0);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        assert!(receipt.gas_consumed.ref_time > 0);
        receipt.storage_deposit
    };
    // Less is free: nothing is held, so nothing comes back.
    let freed = run(&mut chain, script().clear(&[0]));
    assert_eq!(freed, StorageDeposit::default());
    let view = chain.contract(PUPPET).expect("it lives");
    assert_eq!((view.storage_bytes, view.storage_items), (300, 3));
    // 100 bytes and an item more, of 400 bytes and 4 items then.
    let charged = run(&mut chain, script().set(b"new", 100));
    assert_eq!(charged, StorageDeposit::Charge(100 * PER_BYTE + PER_ITEM));
    assert_eq!(chain.held(PUPPET), 20_000);
    // A quarter of the bytes and of the items: an old value gives back as much as a new one.
    let freed = run(&mut chain, script().clear(&[1]));
    assert_eq!(freed, StorageDeposit::Refund(10_000 / 4 + 10_000 / 4));
    assert_eq!(chain.held(PUPPET), 15_000);
    // A value that shrinks from 100 bytes to 10, of 300: 7,500 × 90 ÷ 300.
    let freed = run(&mut chain, script().set(&[2], 10));
    assert_eq!(freed, StorageDeposit::Refund(2_250));
    // The base isn't held either, until the code is exchanged: then as for any contract.
    let exchanged = run(&mut chain, script().set_code_hash(hashes()[1]));
    let base = 107 * PER_BYTE + PER_ITEM;
    assert_eq!(exchanged, StorageDeposit::Charge(base));
    let bob = chain.free(BOB);
    let ended = run(&mut chain, script().terminate(BOB));
    assert_eq!(ended, StorageDeposit::Refund(12_750 + base));
    assert_eq!(chain.free(BOB), bob + PURSE);
    assert_eq!((chain.contract(PUPPET), chain.held(PUPPET)), (None, 0));
    let stored = |chain: &Chain| {
        let prefix = [&b"storage/"[..], &blake2_256(&PUPPET)].concat();
        let keys = chain.state();
        keys.keys().filter(|key| key.starts_with(&prefix)).count()
    };
    assert_eq!(stored(&chain), 3);
    walk(&mut chain);
    assert_eq!(stored(&chain), 0);
}

/// Code of the rent era has as many users as that counted, whoever asks first, and goes with the
/// last of them.
#[test]
fn migrated_code_goes_with_its_last_user() {
    let lonely = hashes()[1];
    let remove = |chain: &mut Chain, origin| {
        let receipt = chain.send(Message::RemoveCode(RemoveCode {
            origin,
            code_hash: lonely,
            max_gas_price: GAS_PRICE,
        }));
        outcome(&receipt)
    };
    let run = |chain: &mut Chain, contract, script: Script| {
        let receipt = chain.call(contract, &script.0);
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        assert!(receipt.gas_consumed.ref_time > 0);
    };
    for walked in [false, true] {
        let mut chain = moved();
        if walked {
            walk(&mut chain);
        }
        // Its contract, and one that depends on it, and one that becomes one of it.
        run(&mut chain, PUPPET, script().lock(lonely));
        run(&mut chain, OTHER, script().set_code_hash(lonely));
        assert_eq!(remove(&mut chain, ALICE), "CodeInUse");
        run(&mut chain, LONELY, script().terminate(BOB));
        assert_eq!(remove(&mut chain, ALICE), "CodeInUse");
        run(&mut chain, OTHER, script().set_code_hash(hashes()[0]));
        assert_eq!(remove(&mut chain, ALICE), "CodeInUse");
        // An end unlocks.
        run(&mut chain, PUPPET, script().terminate(BOB));
        assert_eq!(remove(&mut chain, BOB), "BadOrigin");
        assert_eq!(remove(&mut chain, ALICE), "success");
        let left = chain.state();
        let of_it = left.keys().filter(|key| key.ends_with(&lonely)).count();
        assert_eq!(of_it, 0, "nothing of it is left");
        // It can come again, and is held for then.
        let again = chain.upload(&codes()[1]);
        assert!(matches!(again.storage_deposit, StorageDeposit::Charge(held) if held > 0));
        walk(&mut chain);
        let state = chain.state();
        let record = &state[&[&b"codeinfo/"[..], &lonely].concat()];
        // Its owner, what is held, no user.
        assert_eq!(record[48..56], [0; 8]);
    }
}

/// A contract that is made where a tombstone stands gets its money, and the event that the walk
/// would have told.
#[test]
fn a_contract_on_a_tombstone() {
    let mut chain = moved();
    let mut message = instantiate(Code::Existing(hashes()[0]), &[]);
    message.salt = SALT.to_vec();
    let receipt = chain.send(Message::Instantiate(message));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(receipt.address, Some(built_on()));
    assert!(receipt.gas_consumed.ref_time > 0);
    let fallen = Event::TombstoneRemoved {
        contract: built_on(),
        balance: PURSE,
    };
    assert_eq!(receipt.events[0], fallen);
    assert_eq!(chain.free(built_on()), PURSE + MINIMUM);
    let told = walk(&mut chain);
    assert!(!told.contains(&fallen));
    let other = Event::TombstoneRemoved {
        contract: TOMBSTONE,
        balance: PURSE,
    };
    assert!(told.contains(&other));
}

/// Where no deposit is asked for existing, a contract of the rent era may have no account. It is a
/// contract's all the same: it isn't new when it is paid, and isn't reaped.
#[test]
fn a_contract_without_an_account() {
    let mut rent = Rent::new(0);
    rent.code(&puppet(), 2);
    rent.contract(PUPPET, hashes()[0], 0);
    rent.contract(OTHER, hashes()[0], 0);
    let mut fresh: Chain = rent.chain();
    upgrade(&mut fresh, Version::new(1, 1));
    let mut walked: Chain = copy(&fresh);
    walk(&mut walked);
    walked.block.number = fresh.block.number;
    for script in [
        script().balance(),
        script().call(0, OTHER, 0, script()),
        script().transfer(BOB, 5),
    ] {
        let mut message = call(PUPPET, &script.0);
        message.value = 5;
        let before = fresh.send(Message::Call(message.clone()));
        assert_eq!(before.outcome, Outcome::Success);
        assert!(before.gas_consumed.ref_time > 0);
        let new =
            |event: &Event| matches!(event, Event::NewAccount { account } if *account != TREASURY);
        assert!(!before.events.iter().any(new), "{before:?}");
        assert_eq!(before, walked.send(Message::Call(message)));
    }
    walk(&mut fresh);
    assert_eq!(fresh.state(), walked.state());
}

/// Code that the walk takes several blocks for, and records as well, with ends of contracts and new
/// ones between: whoever begins again in the middle, on an engine that knows nothing of it, comes
/// to the same blocks.
#[test]
fn the_walk_goes_on_from_the_middle() {
    let mut rent = rent();
    for number in 0..1_200u32 {
        let address = blake2_256(&number.to_le_bytes());
        match number % 3 {
            0 => rent.tombstone(address),
            _ => rent.contract(address, hashes()[0], number % 2),
        }
        rent.account(address, PURSE);
    }
    for number in 0..150u32 {
        rent.code(&number.to_le_bytes(), 1);
    }
    // Two of them are a block's bytes, wherever they come in their page.
    for number in 0..4u32 {
        rent.code(&number.to_le_bytes().repeat(150 * 256), 1);
    }
    let mut chain: Chain = rent.chain();
    upgrade(&mut chain, Version::new(1, 1));
    let message = |block: usize| {
        let script = script().set(b"k", block as u32 + 1).transfer(OTHER, 1);
        Message::Call(call(PUPPET, &script.0))
    };
    let (mut blocks, mut states) = (Vec::new(), vec![copy(&chain)]);
    while is_migrating(&chain) {
        let receipt = chain.send(message(blocks.len()));
        assert_eq!(receipt.outcome, Outcome::Success);
        blocks.push((receipt, chain.end_block()));
        states.push(copy(&chain));
    }
    // 1,207 records, 512 in a block; 158 codes, 64 in a block, but two of the large ones end it.
    assert!((3..=5).contains(&blocks.len()), "{}", blocks.len());
    let told = |name: fn(&Event) -> bool| {
        let events = blocks.iter().flat_map(|(_, end)| &end.events);
        events.filter(|event| name(event)).count()
    };
    assert_eq!(
        told(|event| matches!(event, Event::TombstoneRemoved { .. })),
        402
    );
    assert_eq!(
        told(|event| matches!(event, Event::CodeDisabled { .. })),
        155
    );
    for (from, mut again) in states.into_iter().enumerate() {
        for (at, (receipt, end)) in blocks.iter().enumerate().skip(from) {
            let again: &mut Chain = &mut again;
            assert_eq!(&again.send(message(at)), receipt, "from {from}, {at}");
            assert_eq!(&again.end_block(), end, "from {from}, {at}");
        }
        assert_eq!(again.state(), chain.state(), "from {from}");
    }
}

/// The version that follows the one under test. There is none after 2.1, and so one is made up.
#[derive(Debug)]
struct Newer;

impl Release for Newer {
    const RULES: Rules = if NEXT {
        Rules {
            version: Version::new(2, 2),
            upgrades_from: &[Version::new(1, 1), Version::new(2, 1)],
            ..Rules::V2_1
        }
    } else {
        Rules::V2_1
    };
}

/// A newer version goes on where the walk is, and comes to what it comes to without this one.
#[test]
fn a_newer_version_goes_on_with_the_walk() {
    let many = || {
        let mut rent = rent();
        for number in 0..700u32 {
            rent.contract(blake2_256(&number.to_le_bytes()), hashes()[0], 0);
        }
        rent
    };
    let mut chain: Chain = many().chain();
    upgrade(&mut chain, Version::new(1, 1));
    chain.end_block();
    assert!(is_migrating(&chain));
    let mut newer: Chain<Newer> = copy(&chain);
    upgrade(&mut newer, RULES.version);
    assert!(is_migrating(&newer));
    let receipt = newer.call(PUPPET, &script().set(b"k", 3).0);
    assert_eq!(receipt.outcome, Outcome::Success);
    walk(&mut newer);

    let mut at_once: Chain<Newer> = many().chain();
    upgrade(&mut at_once, Version::new(1, 1));
    walk(&mut at_once);
    let again = at_once.call(PUPPET, &script().set(b"k", 3).0);
    assert_eq!(again.gas_consumed, receipt.gas_consumed);
    assert_eq!(newer.state(), at_once.state());
}

/// One engine executes on several states: forks, rehearsals. That it compiled code for queries of
/// one doesn't make it fit for contracts of another.
#[test]
fn what_was_compiled_elsewhere_makes_no_code_fit() {
    let floats = common::wat(&common::module("", "(drop (f32.const 1))"));
    let mut rent = rent();
    rent.code(&floats, 1);
    rent.contract([0x77; 32], blake2_256(&floats), 0);
    rent.account([0x77; 32], PURSE);
    let mut chain: Chain = rent.chain();
    upgrade(&mut chain, Version::new(1, 1));
    let mut fresh: Chain = copy(&chain);
    let ours = std::mem::replace(
        &mut *chain.host.state.lock().unwrap(),
        Chain::<Tested>::with_rules().state(),
    );
    let stored = chain.send(Message::Upload(Upload {
        determinism: Determinism::Relaxed,
        ..upload(&floats)
    }));
    assert_eq!(stored.outcome, Outcome::Success, "{stored:?}");
    *chain.host.state.lock().unwrap() = ours;
    let call = call([0x77; 32], &[]);
    let receipt = chain.send(Message::Call(call.clone()));
    assert_eq!(outcome(&receipt), "CodeRejected");
    assert_eq!(receipt, fresh.send(Message::Call(call)));
    assert_eq!(walk(&mut chain), walk(&mut fresh));
}

/// Nobody reads the records of a cluster that has ended: it isn't walked.
#[test]
fn a_destroyed_cluster_isnt_walked() {
    let mut chain = moved();
    let ended = chain.send(Message::Destroy(Destroy {}));
    assert_eq!(ended.outcome, Outcome::Success);
    let told = walk(&mut chain);
    assert!(!told.iter().any(tells_of_old_records), "{told:?}");
    let left = chain.state();
    assert!(!left.keys().any(|key| key.starts_with(b"account/")));
}

/// Valid code of a given length, which does nothing and takes its time to be checked.
fn large_code(bytes: usize, number: u8) -> Vec<u8> {
    // 42 01 1a: i64.const 1, drop.
    let leb = |mut value: usize| {
        let mut bytes = Vec::new();
        while value > 127 {
            bytes.push(value as u8 | 128);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    let text = r#"(module (import "env" "memory" (memory 1 1))
        (func (export "deploy")) (func (export "call")) (func) (func) (func) (func) (func))"#;
    let small = common::wat(text);
    // The code section is the last one: 7 bodies of 2 bytes and their lengths, a count, a header.
    let head = &small[..small.len() - (7 * 3 + 1 + 2)];
    let padded = [head, &[0, 5, 1, b'n', number, 0, 0]].concat();
    let body = |bytes: usize| {
        let inner = [&[0][..], &[0x42, 1, 0x1a].repeat(bytes / 3), &[0x0b]].concat();
        [leb(inner.len()), inner].concat()
    };
    let room = bytes - padded.len() - 40;
    let bodies = [vec![2, 0, 0x0b, 2, 0, 0x0b], body(room / 5).repeat(5)].concat();
    let section = [vec![7], bodies].concat();
    [padded, vec![10], leb(section.len()), section].concat()
}

#[derive(Default)]
struct Largest {
    keys: usize,
    bytes: usize,
    events: usize,
}

impl Largest {
    fn see(&mut self, changes: &Changes, events: usize) {
        let size = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
            key.len() + value.as_ref().map_or(0, Vec::len)
        };
        self.keys = self.keys.max(changes.len());
        self.bytes = self.bytes.max(changes.iter().map(size).sum());
        self.events = self.events.max(events);
    }
}

/// Moves a cluster of a number of records through the file, within the bounds of `docs/limits.md`: a
/// move that changes nine keys and those of the deletion queue, and ends of blocks within their budgets.
fn moves_in_steps(contracts: u32, tombstones: u32, large: u8, large_bytes: usize) {
    let mut rent = rent();
    for number in 0..contracts + tombstones {
        let address = blake2_256(&number.to_le_bytes());
        if number < contracts {
            rent.contract(address, hashes()[0], 0)
        } else {
            rent.tombstone(address)
        }
        rent.account(address, PURSE);
    }
    for number in 0..large {
        rent.code(&large_code(large_bytes, number), 1);
    }
    // The longest deletion queue that the rent era may be configured to.
    let waiting: Vec<Deleted> = (0..2_048u32)
        .map(|number| Deleted {
            pair_count: 1,
            prefix: blake2_256(&number.to_be_bytes()),
        })
        .collect();
    rent.put(b"deletion", waiting);
    let chain: Chain = rent.chain();
    let env = Env {
        mode: Mode::Transaction,
        block: chain.block.clone(),
        seq: 0,
    };
    let message = Message::Upgrade(Upgrade {
        from: Version::new(1, 1),
        system_code: None,
    });
    let money = file::issuance(&chain.host);
    let (receipt, changes) = file::execute(&chain.host, &env, &message).expect("no fault");
    assert_eq!(receipt.outcome, Outcome::Success);
    let mut the_move = Largest::default();
    the_move.see(&changes, receipt.events.len());
    println!(
        "the move: {} keys, {} bytes, {} events",
        the_move.keys, the_move.bytes, the_move.events
    );
    assert!(the_move.keys <= 2_048 + 9, "{} keys", the_move.keys);
    assert!(
        the_move.bytes <= 2_048 * 64 + 1_024,
        "{} bytes",
        the_move.bytes
    );
    commit(&chain, changes);
    let (mut ends, mut blocks, mut fallen, mut refused) = (Largest::default(), 0u32, 0, 0);
    while is_migrating(&chain) {
        let (receipt, changes) = file::end_block(&chain.host, &chain.block);
        ends.see(&changes, receipt.events.len());
        for event in receipt.events {
            match event {
                Event::TombstoneRemoved { balance, .. } => {
                    assert_eq!(balance, PURSE);
                    fallen += 1;
                }
                Event::CodeDisabled { .. } => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        commit(&chain, changes);
        blocks += 1;
    }
    println!(
        "{blocks} blocks, each at most: {} keys, {} bytes, {} events; \
         the file's peak is {} bytes",
        ends.keys,
        ends.bytes,
        ends.events,
        file::file().memory().peak
    );
    let idle = RULES.idle;
    // Two keys for a record, three for a code, one for a deleted entry, and the place.
    let most = 2 * idle.moved_records + 3 * idle.moved_codes + idle.deleted_items + 1;
    assert!(ends.keys <= most as usize, "{} keys", ends.keys);
    assert!(ends.bytes <= 512 * 1024, "{} bytes", ends.bytes);
    let records = contracts + tombstones + 7;
    let of_records = (records + 1).div_ceil(idle.moved_records);
    assert!(blocks <= of_records.max(4 + u32::from(large)), "{blocks}");
    assert_eq!((fallen, refused), (tombstones + 2, 1));
    assert_eq!(file::issuance(&chain.host), money);
    let state = chain.host.state.lock().unwrap();
    for (key, value) in state.iter() {
        let is_old = key.starts_with(b"contract/") && value.len() != 138;
        assert!(!is_old && !key.starts_with(b"prefab/"), "{key:?}");
    }
}

fn commit(chain: &Chain, changes: Changes) {
    pink_engine_sdk::Host::commit(&chain.host, changes).expect("memory");
}

#[test]
fn a_migration_is_done_in_steps() {
    moves_in_steps(2_000, 600, 3, 300 * 1024);
}

/// `cargo test -p pink-engine-deposit --test migration -- --ignored --nocapture` prints what it took.
#[test]
#[ignore = "takes some minutes"]
fn a_move_of_200_000_contracts_is_done_in_steps() {
    let most = RULES.limits.code_len as usize;
    moves_in_steps(200_000, 5_000, 64, most);
}

/// What the rent era counted may be wrong: of code it counts a user too few, of a contract's storage
/// nothing. The owner may then remove code that a contract still is made of; nobody's money is lost by
/// that, because the same code can come again. Storage that isn't counted gives nobody what isn't held.
/// (1.0 and 1.1 count neither too low, as far as is known.)
#[test]
fn what_the_rent_era_counted_wrong_loses_nobodys_money() {
    for walked in [false, true] {
        let mut rent = rent();
        let [code, ..] = codes();
        let [hash, ..] = hashes();
        rent.code(&code, 1);
        rent.contract(PUPPET, hash, 4);
        let key = [b"contract/", &PUPPET[..]].concat();
        let mut uncounted = Contract::decode(&mut &rent.0[&key][..]).expect("a contract");
        if let Contract::Alive(alive) = &mut uncounted {
            (alive.storage_size, alive.pair_count) = (0, 0);
        }
        rent.put(&key, uncounted);
        let mut chain: Chain = rent.chain();
        upgrade(&mut chain, Version::new(1, 1));
        if walked {
            walk(&mut chain);
        }
        let run = |chain: &mut Chain, contract, script: Script| {
            let receipt = chain.call(contract, &script.0);
            assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
            assert!(receipt.gas_consumed.ref_time > 0);
            receipt.storage_deposit
        };
        // Nothing is held: what is removed, or grows and shrinks again, gives nothing.
        assert_eq!(
            run(&mut chain, PUPPET, script().clear(&[0])),
            StorageDeposit::default()
        );
        let charged = run(&mut chain, PUPPET, script().set(&[1], 110));
        assert_eq!(charged, StorageDeposit::Charge(10 * PER_BYTE));
        let freed = run(&mut chain, PUPPET, script().set(&[1], 50));
        assert_eq!(freed, StorageDeposit::Refund(10 * PER_BYTE));
        assert_eq!(chain.held(PUPPET), 0);

        run(&mut chain, OTHER, script().terminate(BOB));
        let removed = chain.send(Message::RemoveCode(RemoveCode {
            origin: ALICE,
            code_hash: hash,
            max_gas_price: GAS_PRICE,
        }));
        assert_eq!(outcome(&removed), "success");
        let before = chain.free(ALICE);
        let dead = chain.call(PUPPET, &script().terminate(BOB).0);
        assert!(matches!(dead.outcome, Outcome::Rejected(_)), "{dead:?}");
        assert_eq!(chain.free(ALICE), before);
        assert_eq!(chain.free(PUPPET), PURSE);
        let again = chain.upload(&code);
        assert_eq!(again.outcome, Outcome::Success, "{again:?}");
        let bob = chain.free(BOB);
        run(&mut chain, PUPPET, script().terminate(BOB));
        assert_eq!(chain.free(BOB), bob + PURSE);
        assert_eq!((chain.contract(PUPPET), chain.held(PUPPET)), (None, 0));
    }
}
