//! 1.0 and 1.1 in one process, the same drawn messages into both, from the same states: whatever
//! differs is one of the repairs that `Rules` names, and each of them comes up.
//!
//! A drawn message is executed by both files on one state, which is that of a cluster of either
//! version but for the version's key. The state goes on as one of the two left it, in turns.

mod explain;
mod kinds;

use crate::{
    figures::Numbers,
    fixtures,
    tested::Tested,
    world::{
        blake2_256, call, claim, deploy, test_config, test_setup, State, ALICE, GAS, TREASURY,
    },
};
use explain::{account_key, contract_key, explain, prefab_key, About, Changed, Given};
use kinds::Kind;
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_rent::{
    Account, Alive, CallIndirect, Contract, Prefab, Release, Rules, Schedule, V1_0, V1_1,
};
use pink_engine_sdk::{
    types::{
        AccountId, Balance, Block, Call, Code, Deposit, Env, Hash, Instantiate, Message, Mode,
        Outcome, UpdateSchedule, Weight,
    },
    Host, MemoryHost, VERSION_KEY,
};
use std::collections::BTreeMap;

/// The repairs, as the fields of `Rules` name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Repair {
    Instrumentation,
    CallIndirect,
    IdleWorkIsNotReported,
    RestoreRecountsItems,
    TopicsKeepTheirOrder,
    FailureLeavesNoTraces,
    PrintlnIsCharged,
    LaterHostFunctions,
}

const REPAIRS: [Repair; 8] = [
    Repair::Instrumentation,
    Repair::CallIndirect,
    Repair::IdleWorkIsNotReported,
    Repair::RestoreRecountsItems,
    Repair::TopicsKeepTheirOrder,
    Repair::FailureLeavesNoTraces,
    Repair::PrintlnIsCharged,
    Repair::LaterHostFunctions,
];

/// Both engines, and one state in two versions.
struct Both {
    old: Tested<V1_0>,
    new: Tested<V1_1>,
    hosts: [MemoryHost; 2],
    block: Block,
    seq: u64,
    made: Vec<(Kind, AccountId)>,
    seen: BTreeMap<Repair, u32>,
    /// Receipts and ends of blocks in which nothing differed.
    equal: u32,
    numbers: Numbers,
}

impl Both {
    fn new(seed: u64) -> Self {
        let mut setup = test_setup(&test_config());
        setup.gas_price = 1;
        let both = Self {
            old: Tested::new(),
            new: Tested::new(),
            hosts: Default::default(),
            block: Block {
                number: 1,
                now_ms: 1_600_000_000_000,
                entropy: [7; 32],
                upgrade_targets: Vec::new(),
                system_code: None,
            },
            seq: 0,
            made: Vec::new(),
            seen: BTreeMap::new(),
            equal: 0,
            numbers: Numbers(seed),
        };
        let message = Message::Setup(setup);
        let env = both.env();
        let (_, changes) = both.old.execute(&both.hosts[0], &env, &message).unwrap();
        both.put(changes.clone());
        let (_, of_new) = both
            .new
            .execute(&MemoryHost::default(), &env, &message)
            .unwrap();
        let differ = changes.iter().zip(&of_new).filter(|(old, new)| old != new);
        let differ: Vec<_> = differ.map(|((key, _), _)| &key[..]).collect();
        assert_eq!(differ, [VERSION_KEY, b"schedule"], "a new cluster's");
        let new_version = V1_1::RULES.version.encode();
        both.put_new(VERSION_KEY, new_version);
        both
    }

    fn env(&self) -> Env {
        Env {
            mode: Mode::Transaction,
            block: self.block.clone(),
            seq: self.seq,
        }
    }

    fn put(&self, changes: impl IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)> + Clone) {
        for host in &self.hosts {
            host.commit(changes.clone().into_iter().collect()).unwrap();
        }
    }

    fn put_new(&self, key: &[u8], value: Vec<u8>) {
        let host = &self.hosts[1];
        host.commit(vec![(key.to_vec(), Some(value))]).unwrap();
    }

    fn state(&self) -> State {
        self.hosts[0].state.lock().unwrap().clone()
    }

    fn get<T: DecodeAll>(&self, key: &[u8]) -> Option<T> {
        let state = self.hosts[0].state.lock().unwrap();
        let value = state.get(key)?;
        Some(T::decode_all(&mut &value[..]).unwrap())
    }

    /// A value after a message.
    fn after(&self, given: &Given, key: &[u8]) -> Option<Vec<u8>> {
        let changed = given.changed.get(key).cloned();
        changed.unwrap_or_else(|| self.state().get(key).cloned())
    }

    fn free(&self, who: &AccountId) -> Balance {
        let account = self.get::<Account>(&account_key(who));
        account.unwrap_or_default().free
    }

    fn alive(&self, who: &AccountId) -> Option<Alive> {
        match self.get(&contract_key(who))? {
            Contract::Alive(alive) => Some(alive),
            Contract::Tombstone(_) => None,
        }
    }

    fn schedule(&self) -> Schedule {
        self.get(b"schedule").unwrap()
    }

    fn prefab(&self, hash: &Hash) -> Option<Prefab> {
        self.get(&prefab_key(hash))
    }

    /// The contract and the code that a message runs.
    fn runs(&self, about: &About<'_>, given: &Given) -> (AccountId, Hash) {
        let code_hash = blake2_256(&about.kind.code());
        let address = match about.message {
            Message::Call(call) => call.contract,
            _ => given.receipt.address.unwrap_or_default(),
        };
        (address, code_hash)
    }

    /// Whether a message instruments the code that it runs: it is new, or older than the schedule.
    fn prepares(&self, about: &About<'_>, given: &Given) -> bool {
        let (_, code_hash) = self.runs(about, given);
        match (self.prefab(&code_hash), about.message) {
            (None, _) => matches!(about.message, Message::Instantiate(_)),
            (Some(prefab), Message::Call(_) | Message::Instantiate(_)) => {
                prefab.schedule_version < self.schedule().version
            }
            _ => false,
        }
    }

    /// The sender uses more gas, and pays for it.
    fn pay_more(&self, given: &mut Given, gas: u64) {
        let cost = Balance::from(gas);
        let receipt = &mut given.receipt;
        receipt.gas_consumed = receipt.gas_consumed.saturating_add(Weight::new(gas, 0));
        receipt.gas_required = receipt.gas_required.saturating_add(Weight::new(gas, 0));
        receipt.fee += cost;
        receipt.refund -= cost;
        self.shift(given, &ALICE, &TREASURY, cost);
    }

    /// An account pays the second rent instead of the first.
    fn move_rent(&self, given: &mut Given, from: &AccountId, [was, is]: [Balance; 2]) {
        match is >= was {
            true => self.shift(given, from, &TREASURY, is - was),
            false => self.shift(given, &TREASURY, from, was - is),
        }
    }

    fn shift(&self, given: &mut Given, from: &AccountId, to: &AccountId, amount: Balance) {
        if amount == 0 {
            return;
        }
        let mut change = |who: &AccountId, change: &dyn Fn(Balance) -> Balance| {
            let key = account_key(who);
            let has = match given.changed.get(&key) {
                Some(Some(value)) => Account::decode_all(&mut &value[..]).unwrap().free,
                Some(None) => 0,
                None => self.free(who),
            };
            let has = Account { free: change(has) };
            given.changed.insert(key, Some(has.encode()));
        };
        change(from, &|has| has - amount);
        change(to, &|has| has + amount);
    }

    /// Without what changes nothing.
    fn changed(&self, changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Changed {
        let state = self.state();
        let changes = changes.into_iter();
        changes
            .filter(|(key, value)| state.get(key) != value.as_ref())
            .collect()
    }

    /// A message into both; what it did, by the one or by the other.
    fn send(&mut self, kind: Kind, topics: &[Hash], message: Message) -> Given {
        let env = self.env();
        let [old, new] = [
            self.old.execute(&self.hosts[0], &env, &message),
            self.new.execute(&self.hosts[1], &env, &message),
        ]
        .map(|done| {
            let (receipt, changes) = done.expect("no fault");
            let changed = self.changed(changes);
            Given { receipt, changed }
        });
        self.seq += 1;
        let about = About {
            message: &message,
            kind,
            topics,
        };
        let repairs = explain(self, &about, &old, &new);
        self.equal += u32::from(repairs.is_empty());
        for repair in repairs {
            *self.seen.entry(repair).or_default() += 1;
        }
        let kept = match self.numbers.below(2) {
            1 if kind != Kind::Asker => new,
            // No state of 1.0 has that code.
            _ => old,
        };
        self.put(kept.changed.clone());
        if let Some(address) = kept.receipt.address {
            self.made.push((kind, address));
        }
        kept
    }

    fn end_block(&mut self, blocks: u32) {
        let empty = !self.state().contains_key(&b"deletion"[..]);
        let (old, old_changes) = self.old.end_block(&self.hosts[0], &self.block);
        let (new, new_changes) = self.new.end_block(&self.hosts[1], &self.block);
        assert_eq!(old_changes, new_changes);
        let mut foretold = old;
        if empty {
            // The whole limit, for nothing.
            foretold.weight.ref_time -= 500_000_000_000;
            *self.seen.entry(Repair::IdleWorkIsNotReported).or_default() += 1;
        }
        assert_eq!(foretold, new);
        self.put(old_changes);
        self.block.number += blocks;
        self.block.now_ms += u64::from(blocks) * 6_000;
    }
}

/// What is drawn.
impl Both {
    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.numbers.below(of.len() as u64) as usize]
    }

    /// A contract of this kind: from stored code if there is some, else with its code.
    fn deploy(&mut self, kind: Kind, value: Balance, input: Vec<u8>) -> Given {
        let code = kind.code();
        let hash = blake2_256(&code);
        let message = Instantiate {
            code: match self.prefab(&hash) {
                Some(_) => Code::Existing(hash),
                None => Code::Upload(code),
            },
            input,
            salt: self.seq.to_le_bytes().to_vec(),
            ..deploy(ALICE, &[], value)
        };
        self.send(kind, &[], Message::Instantiate(message))
    }

    fn draw_deploy(&mut self) {
        let small = self.numbers.below(12) as u8;
        let kind = match self.numbers.below(12) {
            0 => Kind::Idle,
            1 | 2 => Kind::Tenant,
            3 | 4 => Kind::Puppet,
            5 => Kind::Proxy,
            6 => Kind::Terminator,
            7 => Kind::Speaker,
            8 => Kind::Printer(small),
            9 => Kind::Indirect(small),
            10 => Kind::Locals(1 + small),
            _ => self.one_of(&[
                Kind::Asker,
                Kind::Deep(100),
                Kind::Deep(150),
                Kind::Deep(200),
            ]),
        };
        let value = self.one_of(&[40, 100_000, 300_000, 100_000_000]);
        let input = match kind {
            Kind::Puppet => vec![self.numbers.below(9) as u8],
            _ => Vec::new(),
        };
        self.deploy(kind, value, input);
    }

    /// Whether no call instruments this code. The price of stale code that is called by another
    /// contract depends on lengths that a failure in 1.1 doesn't show.
    fn is_fresh(&self, kind: Kind) -> bool {
        let prefab = self.prefab(&blake2_256(&kind.code()));
        prefab.is_some_and(|it| it.schedule_version == self.schedule().version)
    }

    fn draw_call(&mut self) {
        let (kind, contract) = self.one_of(&self.made.clone());
        let mut topics = Vec::new();
        let input = match kind {
            Kind::Speaker => {
                topics = (0..self.numbers.below(6))
                    .map(|_| blake2_256(&self.numbers.below(9).to_le_bytes()))
                    .collect();
                topics.encode()
            }
            Kind::Puppet => vec![self.numbers.below(9) as u8, 5, 6],
            Kind::Proxy => {
                let (inner, callee) = self.one_of(&self.made.clone());
                match self.is_fresh(kind) && self.is_fresh(inner) && inner == Kind::Puppet {
                    true => fixtures::through(&callee, 0, 0, &[self.numbers.below(9) as u8]),
                    false => Vec::new(),
                }
            }
            // It would call itself.
            Kind::Terminator if !self.is_fresh(kind) => Vec::new(),
            _ => vec![0; self.one_of(&[0, 4, 8])],
        };
        let limit = self.one_of(&[GAS, GAS, GAS, 100_000]);
        let message = Message::Call(Call {
            gas_limit: Weight::new(limit, 0),
            ..call(ALICE, contract, &input)
        });
        self.send(kind, &topics, message);
    }

    fn draw_claim(&mut self) {
        let (kind, contract) = self.one_of(&self.made.clone());
        let by_worker = self.numbers.below(2) == 0;
        self.send(kind, &[], claim(ALICE, contract, by_worker));
    }

    fn draw_schedule(&mut self) {
        let mut schedule = self.schedule();
        schedule.version += 1;
        schedule.enable_println = true;
        schedule.instruction_weights.call_per_local = self.one_of(&[0, 1_580]);
        let message = Message::UpdateSchedule(UpdateSchedule {
            schedule: schedule.encode(),
        });
        self.send(Kind::Idle, &[], message);
    }

    /// A contract is evicted, and restored by another.
    fn restoration(&mut self) {
        let allowance = 10_000_u128.to_le_bytes().to_vec();
        let evicted = self.deploy(Kind::Tenant, 60_000, allowance);
        // Another, so that the code stays.
        self.deploy(Kind::Tenant, 100_000_000, Vec::new());
        let tombstone = evicted.receipt.address.unwrap();
        self.end_block(1_000);
        let claimed = self.send(Kind::Tenant, &[], claim(ALICE, tombstone, true));
        assert_eq!(claimed.receipt.outcome, Outcome::Success);
        let made = self.deploy(Kind::Restorer, 100_000, Vec::new());
        let restorer = made.receipt.address.unwrap();
        self.end_block(1);
        let input = [&blake2_256(&Kind::Tenant.code())[..], &tombstone].concat();
        let message = Message::Call(call(ALICE, restorer, &input));
        let restored = self.send(Kind::Restorer, &[], message);
        assert_eq!(restored.receipt.outcome, Outcome::Success);
    }
}

#[test]
fn every_difference_is_a_named_repair() {
    let mut both = Both::new(0x005e_ed0f_1011);
    let rich = Message::Deposit(Deposit {
        dest: ALICE,
        amount: 1_000_000_000_000_000,
    });
    both.send(Kind::Idle, &[], rich);
    both.draw_schedule();
    for kind in [Kind::Puppet, Kind::Speaker] {
        both.deploy(kind, 100_000_000, Vec::new());
    }
    for _ in 0..1_500 {
        match both.numbers.below(40) {
            0..=9 => both.draw_deploy(),
            10..=30 => both.draw_call(),
            31 | 32 => both.draw_claim(),
            33 => both.draw_schedule(),
            34 => both.restoration(),
            _ => {
                let blocks = 1 + both.numbers.below(30) as u32;
                both.end_block(blocks);
            }
        }
    }
    for repair in REPAIRS {
        let times = both.seen.get(&repair).copied().unwrap_or_default();
        assert!(
            times >= 5,
            "{repair:?} came up {times} times: {:?}",
            both.seen
        );
    }
    assert!(both.equal >= 300, "{} were equal", both.equal);
}

/// The fields of [`Rules`] that differ are those that the repairs are named for; a new one has to
/// be given a name here.
#[test]
fn the_rules_differ_in_the_repairs_alone() {
    let repaired = Rules {
        // What a version is.
        version: Rules::V1_0.version,
        upgrades_from: Rules::V1_0.upgrades_from,
        schedule: Rules::V1_0.schedule,
        // The repairs.
        instrumentation: Rules::V1_0.instrumentation,
        call_indirect: CallIndirect::ParametersOnly,
        idle_work_is_reported: true,
        restore_recounts_items: false,
        topics_keep_their_order: false,
        failure_leaves_traces: true,
        println_is_charged: false,
        later_host_functions: false,
        ..Rules::V1_1
    };
    assert_eq!(repaired.encode(), Rules::V1_0.encode());
}
