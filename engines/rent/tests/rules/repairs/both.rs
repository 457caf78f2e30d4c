//! Both engines on one state.

use super::{
    explain::{account_key, contract_key, explain, prefab_key, About, Changed, Given},
    kinds::Kind,
    Repair,
};
use crate::{
    figures::Numbers,
    harness::{blake2_256, test_config, test_setup, State, ALICE, TREASURY},
    tested::Tested,
};
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_rent::{Account, Alive, Contract, Prefab, Release, Schedule, V1_0, V1_1};
use pink_engine_sdk::{
    types::{AccountId, Balance, Block, Env, Hash, Message, Mode, Weight},
    Host, MemoryHost, VERSION_KEY,
};
use std::collections::BTreeMap;

/// Both engines, and one state in two versions.
pub(super) struct Both {
    pub(super) old: Tested<V1_0>,
    pub(super) new: Tested<V1_1>,
    pub(super) hosts: [MemoryHost; 2],
    pub(super) block: Block,
    pub(super) seq: u64,
    pub(super) made: Vec<(Kind, AccountId)>,
    pub(super) seen: BTreeMap<Repair, u32>,
    /// Receipts and ends of blocks in which nothing differed.
    pub(super) equal: u32,
    pub(super) numbers: Numbers,
}

impl Both {
    pub(super) fn new(seed: u64) -> Self {
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

    pub(super) fn env(&self) -> Env {
        Env {
            mode: Mode::Transaction,
            block: self.block.clone(),
            seq: self.seq,
        }
    }

    pub(super) fn put(
        &self,
        changes: impl IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)> + Clone,
    ) {
        for host in &self.hosts {
            host.commit(changes.clone().into_iter().collect()).unwrap();
        }
    }

    pub(super) fn put_new(&self, key: &[u8], value: Vec<u8>) {
        let host = &self.hosts[1];
        host.commit(vec![(key.to_vec(), Some(value))]).unwrap();
    }

    pub(super) fn state(&self) -> State {
        self.hosts[0].state.lock().unwrap().clone()
    }

    pub(super) fn get<T: DecodeAll>(&self, key: &[u8]) -> Option<T> {
        let state = self.hosts[0].state.lock().unwrap();
        let value = state.get(key)?;
        Some(T::decode_all(&mut &value[..]).unwrap())
    }

    /// A value after a message.
    pub(super) fn after(&self, given: &Given, key: &[u8]) -> Option<Vec<u8>> {
        let changed = given.changed.get(key).cloned();
        changed.unwrap_or_else(|| self.state().get(key).cloned())
    }

    pub(super) fn free(&self, who: &AccountId) -> Balance {
        let account = self.get::<Account>(&account_key(who));
        account.unwrap_or_default().free
    }

    pub(super) fn alive(&self, who: &AccountId) -> Option<Alive> {
        match self.get(&contract_key(who))? {
            Contract::Alive(alive) => Some(alive),
            Contract::Tombstone(_) => None,
        }
    }

    pub(super) fn schedule(&self) -> Schedule {
        self.get(b"schedule").unwrap()
    }

    pub(super) fn prefab(&self, hash: &Hash) -> Option<Prefab> {
        self.get(&prefab_key(hash))
    }

    /// The contract and the code that a message runs.
    pub(super) fn runs(&self, about: &About<'_>, given: &Given) -> (AccountId, Hash) {
        let code_hash = blake2_256(&about.kind.code());
        let address = match about.message {
            Message::Call(call) => call.contract,
            _ => given.receipt.address.unwrap_or_default(),
        };
        (address, code_hash)
    }

    /// Whether a message instruments the code that it runs: it is new, or older than the schedule.
    pub(super) fn prepares(&self, about: &About<'_>, given: &Given) -> bool {
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
    pub(super) fn pay_more(&self, given: &mut Given, gas: u64) {
        let cost = Balance::from(gas);
        let receipt = &mut given.receipt;
        receipt.gas_consumed = receipt.gas_consumed.saturating_add(Weight::new(gas, 0));
        receipt.gas_required = receipt.gas_required.saturating_add(Weight::new(gas, 0));
        receipt.fee += cost;
        receipt.refund -= cost;
        self.shift(given, &ALICE, &TREASURY, cost);
    }

    /// An account pays the second rent instead of the first.
    pub(super) fn move_rent(&self, given: &mut Given, from: &AccountId, [was, is]: [Balance; 2]) {
        if is >= was {
            self.shift(given, from, &TREASURY, is - was)
        } else {
            self.shift(given, &TREASURY, from, was - is)
        }
    }

    pub(super) fn shift(
        &self,
        given: &mut Given,
        from: &AccountId,
        to: &AccountId,
        amount: Balance,
    ) {
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
    pub(super) fn changed(&self, changes: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Changed {
        let state = self.state();
        let changes = changes.into_iter();
        changes
            .filter(|(key, value)| state.get(key) != value.as_ref())
            .collect()
    }

    /// A message into both; what it did, by the one or by the other.
    pub(super) fn send(&mut self, kind: Kind, topics: &[Hash], message: Message) -> Given {
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

    pub(super) fn end_block(&mut self, blocks: u32) {
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
