//! The move from the rent era: what was there is there, under the new rules, to the unit.

mod common;

use pink_engine_deposit::{DepositEngine, Release, Rules};
use pink_engine_rent::{RentEngine, V1_0, V1_1};
use pink_engine_sdk::{types::*, Engine, MemoryHost, Overlay, VERSION_KEY};
use std::collections::BTreeMap;

/// The release under test.
#[derive(Debug)]
enum Tested {}

impl Release for Tested {
    const RULES: Rules = common::RULES;
}

const OWNER: AccountId = [1; 32];
const TREASURY: AccountId = [2; 32];
const UNIT: Balance = 1_000_000_000_000;

/// Adds its first input byte to a counter in storage and returns the counter.
const COUNTER: &str = r#"(module
    (import "seal0" "seal_input" (func $input (param i32 i32)))
    (import "seal0" "seal_get_storage" (func $get (param i32 i32 i32) (result i32)))
    (import "seal0" "seal_set_storage" (func $set (param i32 i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1 1))
    (data (i32.const 36) "\04\00\00\00")
    (data (i32.const 104) "\40\00\00\00")
    (func (export "deploy"))
    (func (export "call")
        (call $input (i32.const 40) (i32.const 104))
        (drop (call $get (i32.const 0) (i32.const 32) (i32.const 36)))
        (i32.store (i32.const 32)
            (i32.add (i32.load (i32.const 32)) (i32.load8_u (i32.const 40))))
        (call $set (i32.const 0) (i32.const 32) (i32.const 4))
        (call $return (i32.const 0) (i32.const 32) (i32.const 4))))"#;

/// Valid by the rules of 2021, and not today: it has no memory.
const WITHOUT_MEMORY: &str = r#"(module (func (export "deploy")) (func (export "call")))"#;

struct Cluster {
    host: MemoryHost,
    number: BlockNumber,
}

impl Cluster {
    fn env(&self) -> Env {
        let block = Block {
            number: self.number,
            now_ms: 6_000 * u64::from(self.number),
            entropy: [0; 32],
            upgrade_targets: Vec::new(),
            system_code: None,
        };
        Env {
            mode: Mode::Transaction,
            block,
            seq: 0,
        }
    }

    fn run(&self, engine: &impl Engine, message: Message) -> Receipt {
        let mut state = Overlay::new(&self.host);
        let receipt = engine.execute(&mut state, &self.env(), message.clone());
        let changes = state.into_changes().expect("the host doesn't fail");
        if engine.info().version == common::RULES.version {
            common::file::check(&self.host, &self.env(), &message, &receipt, &changes);
        }
        pink_engine_sdk::Host::commit(&self.host, changes).expect("memory");
        receipt
    }

    fn look<T>(&self, look: impl FnOnce(&mut Overlay<'_>) -> T) -> T {
        look(&mut Overlay::new(&self.host))
    }

    /// What contracts of the rent era stored.
    fn stored(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let pairs =
            pink_engine_sdk::Host::range(&self.host, b"storage/", Some(b"storage0"), u32::MAX);
        pairs.expect("memory").into_iter().collect()
    }

    /// How many, without a copy of them.
    fn keys_stored(&self) -> usize {
        let state = self.host.state.lock().expect("no panic");
        state
            .keys()
            .filter(|key| key.starts_with(b"storage/"))
            .count()
    }

    /// The one tombstone, and what it has.
    fn tombstone(&self, engine: &impl Engine) -> (AccountId, Balance) {
        let state = self.host.state.lock().expect("no panic").clone();
        let records = state.keys().filter(|key| key.starts_with(b"contract/"));
        let all: Vec<AccountId> = records
            .map(|key| key[9..].try_into().expect("32 bytes"))
            .collect();
        let tombstone = all.into_iter().find(|contract| {
            let view = self.look(|state| engine.contract(state, contract));
            view.is_some_and(|view| view.tombstone)
        });
        let tombstone = tombstone.expect("there is one");
        let balance = self.look(|state| engine.account(state, &tombstone)).free;
        (tombstone, balance)
    }

    fn end_block(&mut self, engine: &impl Engine) -> Vec<Event> {
        self.number += 1;
        let mut state = Overlay::new(&self.host);
        let receipt = engine.end_block(&mut state, &self.env().block);
        let changes = state.into_changes().expect("the host doesn't fail");
        common::file::check_end(&self.host, &self.env().block, &receipt, &changes);
        pink_engine_sdk::Host::commit(&self.host, changes).expect("memory");
        receipt.events
    }

    /// How many users each code has, by its record.
    fn users(&self) -> Vec<u64> {
        let state = self.host.state.lock().expect("no panic");
        let records = state
            .iter()
            .filter(|(key, _)| key.starts_with(b"codeinfo/"));
        records
            .map(|(_, record)| u64::from_le_bytes(record[48..56].try_into().expect("8 bytes")))
            .collect()
    }

    fn keys(&self) -> Vec<String> {
        let pairs = pink_engine_sdk::Host::range(&self.host, &[], None, u32::MAX).expect("memory");
        pairs
            .iter()
            .map(|(key, _)| String::from_utf8_lossy(key).into_owned())
            .collect()
    }
}

fn instantiate(code: &str, salt: u8) -> Message {
    Message::Instantiate(Instantiate {
        origin: OWNER,
        code: Code::Upload(wat::parse_str(code).expect("a literal")),
        input: Vec::new(),
        salt: vec![salt],
        value: UNIT / 4,
        gas_limit: Weight::new(50_000_000_000, 1 << 20),
        storage_deposit_limit: None,
        max_gas_price: 1,
    })
}

fn call(contract: AccountId, add: u8) -> Message {
    Message::Call(Call {
        origin: OWNER,
        contract,
        input: vec![add],
        value: 0,
        gas_limit: Weight::new(50_000_000_000, 1 << 20),
        storage_deposit_limit: None,
        max_gas_price: 1,
        query_deposit: 0,
    })
}

/// A cluster of the rent era with two counters, one of which is a tombstone, and a contract whose
/// code is refused today. Returns the living counter and the refused one.
fn rent_cluster(engine: &impl Engine) -> (Cluster, AccountId, AccountId) {
    let mut cluster = Cluster {
        host: MemoryHost::default(),
        number: 1,
    };
    let setup = Message::Setup(Setup {
        cluster: [7; 32],
        owner: OWNER,
        deposit: 1_000_000 * UNIT,
        gas_price: 1,
        deposit_per_item: UNIT / 100,
        deposit_per_byte: UNIT / 100_000,
        treasury: TREASURY,
        existential_deposit: UNIT / 1000,
        engine_config: Vec::new(),
        system_code: None,
    });
    assert_eq!(cluster.run(engine, setup).outcome, Outcome::Success);
    let mut made = Vec::new();
    for (code, salt) in [(COUNTER, 0), (COUNTER, 1), (WITHOUT_MEMORY, 2)] {
        let receipt = cluster.run(engine, instantiate(code, salt));
        assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
        made.push(receipt.address.expect("an address"));
    }
    for contract in &made[..2] {
        let receipt = cluster.run(engine, call(*contract, 5));
        assert_eq!(
            (receipt.outcome, receipt.output),
            (Outcome::Success, vec![5, 0, 0, 0])
        );
        assert!(receipt.gas_consumed.ref_time > 0);
    }
    // The second one is left to its rent until it can be evicted; the others get money.
    for contract in [made[0], made[2]] {
        let deposit = Message::Deposit(Deposit {
            dest: contract,
            amount: 1000 * UNIT,
        });
        assert_eq!(cluster.run(engine, deposit).outcome, Outcome::Success);
    }
    cluster.number = 1_000_000;
    let claim = Message::ClaimSurcharge(ClaimSurcharge {
        origin: OWNER,
        contract: made[1],
        by_worker: true,
        max_gas_price: 1,
    });
    let receipt = cluster.run(engine, claim);
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    (cluster, made[0], made[2])
}

fn upgrade(from: Version) -> Message {
    Message::Upgrade(Upgrade {
        from,
        system_code: None,
    })
}

fn moves_with_all_its_data(old: &impl Engine) {
    let (mut cluster, counter, refused) = rent_cluster(old);
    let new = DepositEngine::<Tested>::new();
    let from = old.info().version;
    // It gets more, like the one of the report.
    let old_tombstone = cluster.tombstone(old);
    let more = Message::Deposit(Deposit {
        dest: old_tombstone.0,
        amount: 7 * UNIT,
    });
    assert_eq!(cluster.run(old, more).outcome, Outcome::Success);
    let money = cluster.look(|state| old.total_issuance(state));
    let owner = cluster.look(|state| old.account(state, &OWNER));
    let stored = cluster.stored();
    // The counter's, and the evicted one's, which waits for its deletion.
    assert_eq!(stored.len(), 2);

    let receipt = cluster.run(&new, upgrade(from));
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(
        (receipt.fee, receipt.gas_consumed),
        (0, Weight::default()),
        "an upgrade is free"
    );
    let to = common::RULES.version;
    // Records are left to the ends of blocks, but nobody sees a tombstone any more.
    assert_eq!(receipt.events, [Event::Upgraded { from, to }]);
    let (tombstone, balance) = (old_tombstone.0, 7 * UNIT + old_tombstone.1);
    let kept = cluster.look(|state| new.account(state, &tombstone));
    assert_eq!(kept.free, balance);
    let view = cluster.look(|state| new.contract(state, &tombstone));
    assert!(view.is_none());
    assert_eq!(
        cluster.look(|state| state.get_as::<Version>(VERSION_KEY)),
        Some(to)
    );

    // Money is where it was, and nothing is held for the past.
    assert_eq!(cluster.look(|state| new.total_issuance(state)), money);
    assert_eq!(cluster.look(|state| new.account(state, &OWNER)), owner);
    let view = cluster
        .look(|state| new.contract(state, &counter))
        .expect("it lives");
    assert_eq!(
        (view.storage_bytes, view.storage_items, view.tombstone),
        (4, 1, false)
    );

    // The counter goes on where it was.
    let receipt = cluster.run(&new, call(counter, 3));
    assert_eq!(
        (&receipt.outcome, &receipt.output[..]),
        (&Outcome::Success, &[8, 0, 0, 0][..])
    );
    assert!(receipt.gas_consumed.ref_time > 0);
    // What today's rules refuse is kept, and can't be called.
    assert!(cluster
        .look(|state| new.contract(state, &refused))
        .is_some());
    let receipt = cluster.run(&new, call(refused, 0));
    assert!(
        matches!(receipt.outcome, Outcome::Rejected(_)),
        "{receipt:?}"
    );
    assert_eq!(receipt.fee, 0);

    // Storage is where it was. Nothing else of the old era's is left after some blocks.
    let mut events = Vec::new();
    for _ in 0..4 {
        events.extend(cluster.end_block(&new));
    }
    // A tombstone's money stays where it is, and the event says how much that is.
    let tombstones = events.iter().filter_map(|event| match event {
        Event::TombstoneRemoved { contract, balance } => Some((*contract, *balance)),
        _ => None,
    });
    assert_eq!(tombstones.collect::<Vec<_>>(), [(tombstone, balance)]);
    let kept = cluster.look(|state| new.account(state, &tombstone));
    assert_eq!(kept.free, balance);
    let disabled = events.iter();
    let disabled = disabled.filter(|event| matches!(event, Event::CodeDisabled { .. }));
    assert_eq!(disabled.count(), 1);
    // The rent era counted two users of the counter's code, of which one was evicted.
    let users: Vec<u64> = cluster.users();
    assert_eq!(users.iter().sum::<u64>(), 2, "{users:?}");
    let left: Vec<_> = cluster.stored().into_iter().collect();
    let [(key, value)] = &left[..] else {
        panic!("{left:?}");
    };
    assert!(stored.contains_key(key));
    assert_eq!(value, &[8, 0, 0, 0]);
    for namespace in [
        "deletion/",
        "prefab/",
        "instrumented/",
        "config",
        "schedule",
        "counter",
        "moving",
    ] {
        let left: Vec<_> = cluster
            .keys()
            .into_iter()
            .filter(|key| key.starts_with(namespace))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn from_1_0() {
    moves_with_all_its_data(&RentEngine::<V1_0>::new());
}

#[test]
fn from_1_1() {
    moves_with_all_its_data(&RentEngine::<V1_1>::new());
}

/// A version whose state 2.0 can't read is refused, on every worker alike, with the state as it
/// was.
#[test]
fn unknown_versions_are_refused() {
    let old = RentEngine::<V1_0>::new();
    let (cluster, counter, _) = rent_cluster(&old);
    let before = cluster.keys();
    let new = DepositEngine::<Tested>::new();
    for from in [
        Version::new(0, 9),
        common::RULES.version,
        Version::new(3, 0),
    ] {
        let receipt = cluster.run(&new, upgrade(from));
        assert!(
            matches!(receipt.outcome, Outcome::Rejected(_)),
            "{receipt:?}"
        );
        assert_eq!(receipt.effects, vec![Effect::UpgradeFailed]);
        assert_eq!(receipt.gas_consumed, Weight::default());
    }
    assert_eq!(cluster.keys(), before);
    let receipt = cluster.run(&old, call(counter, 1));
    assert_eq!(receipt.output, vec![6, 0, 0, 0]);
    assert!(receipt.gas_consumed.ref_time > 0);
}

/// A state of a number of MiB of storage, in values of 16 KiB, is taken over, called, and its contract
/// ended and deleted. Returns what the move changed in the state, in bytes.
fn a_large_state(mebibytes: u32) -> usize {
    let old = RentEngine::<V1_0>::new();
    let (mut cluster, counter, _) = rent_cluster(&old);
    let record: pink_engine_rent::Contract = cluster
        .look(|state| state.get_as(&[b"contract/", &counter[..]].concat()))
        .expect("it is there");
    let pink_engine_rent::Contract::Alive(alive) = record else {
        panic!("{record:?}");
    };
    let prefix = [b"storage/".as_slice(), &alive.prefix].concat();
    let before = cluster.keys_stored() as u32;
    {
        let mut state = cluster.host.state.lock().expect("no panic");
        for number in 0..mebibytes * 64 {
            let mut key = prefix.clone();
            key.extend([0xaa; 28]);
            key.extend(number.to_be_bytes());
            state.insert(key, vec![number as u8; 16 * 1024]);
        }
    }
    let keys = cluster.keys_stored();
    assert_eq!(keys as u32, mebibytes * 64 + before);
    let new = DepositEngine::<Tested>::new();
    let message = upgrade(old.info().version);
    let changed = {
        let mut state = Overlay::new(&cluster.host);
        let _ = new.execute(&mut state, &cluster.env(), message.clone());
        let changes = state.into_changes().expect("the host doesn't fail");
        changes
            .iter()
            .map(|(key, value)| key.len() + value.as_ref().map_or(0, |value| value.len()))
            .sum()
    };
    let receipt = cluster.run(&new, message);
    assert_eq!(receipt.outcome, Outcome::Success, "{receipt:?}");
    assert_eq!(cluster.keys_stored(), keys);
    let receipt = cluster.run(&new, call(counter, 3));
    assert_eq!(receipt.output, vec![8, 0, 0, 0]);
    assert!(receipt.gas_consumed.ref_time > 0);
    cluster.end_block(&new);
    println!(
        "{mebibytes} MiB: the move changes {changed} bytes, the file's peak is {} bytes",
        common::file::file().memory().peak
    );
    changed
}

/// Beyond what a host lends an engine in a call: 256 MiB.
#[test]
fn a_state_of_300_mib_moves() {
    assert!(a_large_state(300) < 64 * 1024);
}

/// `cargo test -p pink-engine-deposit --test upgrade -- --ignored --nocapture` prints what it took.
#[test]
#[ignore = "takes 3 GiB of memory"]
fn a_state_of_1_gib_moves() {
    assert!(a_large_state(1024) < 64 * 1024);
}

/// A contract's storage may begin like the records that go after the move. It stays, and nothing
/// behind it waits for ever: there are as many such items as codes that are checked in a block.
#[test]
fn storage_that_looks_like_records_doesnt_stop_deletion() {
    let old = RentEngine::<V1_1>::new();
    let (mut cluster, _, _) = rent_cluster(&old);
    let new = DepositEngine::<Tested>::new();
    let receipt = cluster.run(&new, upgrade(old.info().version));
    assert_eq!(receipt.outcome, Outcome::Success);
    let alike: Vec<Vec<u8>> = (0..64)
        .map(|number| [&b"prefab/"[..], &[0; 56], &[number]].concat())
        .collect();
    {
        let mut state = cluster.host.state.lock().expect("no panic");
        for key in &alike {
            state.insert(key.clone(), vec![1]);
        }
    }
    for _ in 0..8 {
        cluster.end_block(&new);
    }
    let state = cluster.host.state.lock().expect("no panic");
    assert!(alike.iter().all(|key| state.contains_key(key)));
    let waiting = state
        .keys()
        .filter(|key| key.starts_with(b"deletion/") || key.starts_with(b"moving"));
    assert_eq!(waiting.count(), 0);
    let old = state.keys().filter(|key| key.starts_with(b"prefab/"));
    assert_eq!(old.count(), alike.len());
}
