//! What 1.1 has to give for a message, foretold from what 1.0 gave for it: one repair after the
//! other is worked into 1.0's receipt and changes, by arithmetic that shares nothing with the
//! engine. What is left over is explained by nothing.

use super::{
    both::Both,
    kinds::{Kind, HEIR},
    Repair,
};
use crate::harness::{blake2_256, rent, ALICE, PER_BYTE, THRESHOLD, TREASURY};
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_rent::{Account, Alive, Contract, Prefab};
use pink_engine_sdk::types::{AccountId, Balance, Code, Event, Hash, Message, Outcome, Receipt};
use std::collections::{BTreeMap, BTreeSet};

/// Changes by key, without those that change nothing.
pub(super) type Changed = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What an engine gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) receipt: Receipt,
    pub(super) changed: Changed,
}

/// What the test knows of a message.
#[derive(Debug)]
pub(super) struct About<'m> {
    pub(super) message: &'m Message,
    /// The code that it runs.
    pub(super) kind: Kind,
    /// Topics in the contract's order.
    pub(super) topics: &'m [Hash],
}

impl Given {
    fn get<T: DecodeAll>(&self, key: &[u8]) -> Option<T> {
        let value = self.changed.get(key)?.as_ref()?;
        Some(T::decode_all(&mut &value[..]).expect("a record"))
    }

    fn set<T: Encode>(&mut self, key: &[u8], value: &T) {
        self.changed.insert(key.to_vec(), Some(value.encode()));
    }
}

pub(super) fn account_key(who: &AccountId) -> Vec<u8> {
    [b"account/", &who[..]].concat()
}

pub(super) fn contract_key(who: &AccountId) -> Vec<u8> {
    [b"contract/", &who[..]].concat()
}

pub(super) fn prefab_key(hash: &Hash) -> Vec<u8> {
    [b"prefab/", &hash[..]].concat()
}

/// The repairs that make of what 1.0 gave what 1.1 gave.
///
/// # Panics
/// If there is more than they explain.
pub(super) fn explain(
    both: &Both,
    about: &About<'_>,
    old: &Given,
    new: &Given,
) -> BTreeSet<Repair> {
    let mut repairs = BTreeSet::new();
    if ends_elsewhere(both, about, old, new, &mut repairs) {
        return repairs;
    }
    let mut foretold = old.clone();
    for event in &mut foretold.receipt.events {
        if let Event::ContractEmitted { topics, .. } = event {
            assert!(topics.is_sorted(), "1.0 sorts topics");
            if topics[..] != *about.topics {
                *topics = about.topics.to_vec();
                repairs.insert(Repair::TopicsKeepTheirOrder);
            }
        }
    }
    let gas = gas(both, about, old, new, &mut repairs);
    both.pay_more(&mut foretold, gas);
    match old.receipt.outcome {
        Outcome::Success => {
            instrumented(both, about, &mut foretold, new, &mut repairs);
            restored(&mut foretold, &mut repairs);
            exempted(both, &mut foretold, new, &mut repairs);
        }
        _ => no_traces(both, about, &mut foretold, &mut repairs),
    }
    assert_eq!(foretold.receipt, new.receipt, "{about:?}");
    let keys: BTreeSet<_> = foretold.changed.keys().chain(new.changed.keys()).collect();
    for key in keys {
        assert_eq!(
            foretold.changed.get(key),
            new.changed.get(key),
            "{}, {about:?}, explained by {repairs:?} alone",
            key.escape_ascii(),
        );
    }
    repairs
}

/// What runs in one version alone: a later function, a stack that the newer counter stops, and a
/// contract that can't pay for the longer code.
fn ends_elsewhere(
    both: &Both,
    about: &About<'_>,
    old: &Given,
    new: &Given,
    repairs: &mut BTreeSet<Repair>,
) -> bool {
    let repair = match (&old.receipt.outcome, &new.receipt.outcome) {
        (Outcome::Rejected(failure), _) if about.kind == Kind::Asker => {
            assert_eq!(failure.detail, "module imports a non-existent function");
            assert!(old.changed.is_empty());
            Repair::LaterHostFunctions
        }
        (Outcome::Success, Outcome::Trapped(failure)) if failure.error == "ContractTrapped" => {
            assert!(matches!(about.kind, Kind::Deep(127..=169)), "{about:?}");
            Repair::Instrumentation
        }
        (Outcome::Trapped(was), Outcome::Trapped(is))
            if is.error == "ContractTrapped" && matches!(about.kind, Kind::Deep(170..)) =>
        {
            // Both counters stop it, the newer one earlier.
            assert_eq!(was, is);
            assert!(new.receipt.gas_consumed.ref_time < old.receipt.gas_consumed.ref_time);
            Repair::Instrumentation
        }
        (was, Outcome::Trapped(failure))
            if failure.error == "NotCallable" && *was != new.receipt.outcome =>
        {
            assert!(both.prepares(about, old));
            let (address, code_hash) = both.runs(about, old);
            let was: Prefab = old.get(&prefab_key(&code_hash)).expect("it was prepared");
            let longest = Prefab {
                instrumented_len: was.instrumented_len + MOST_LONGER,
                ..was.clone()
            };
            let contract = both.alive(&address).expect("it lived");
            let (free, since) = (both.free(&address), contract.deduct_block);
            let due = dues(both, &contract, free, since, was.refcount, [&was, &longest]);
            let budget = contract.rent_allowance.min(free - THRESHOLD);
            assert!((due[0]..due[1]).contains(&budget), "{about:?}");
            Repair::Instrumentation
        }
        _ => return false,
    };
    repairs.insert(repair)
}

/// The most bytes by which 1.1 makes any of the contracts here longer than 1.0.
const MOST_LONGER: u32 = 120;

/// Gas that 1.1 takes in addition.
fn gas(
    both: &Both,
    about: &About<'_>,
    old: &Given,
    new: &Given,
    repairs: &mut BTreeSet<Repair>,
) -> u64 {
    let constructor = matches!(about.message, Message::Instantiate(_));
    let called = matches!(about.message, Message::Call(_));
    let mut gas = 0;
    if let (Some(len), true, Outcome::Success) = (about.kind.prints(), called, &old.receipt.outcome)
    {
        gas += 4_740_000 + 765 * len;
        repairs.insert(Repair::PrintlnIsCharged);
    }
    if both.prepares(about, old) && ran(&new.receipt.outcome) {
        let priced = about.kind.priced(constructor);
        let per_local = both.schedule().instruction_weights.call_per_local;
        if priced.locals > 0 && per_local > 0 {
            gas += priced.locals * u64::from(per_local);
            repairs.insert(Repair::Instrumentation);
        }
        if let Some(params) = priced.indirect {
            gas += 194_788 + 1_719 * params - params;
            repairs.insert(Repair::CallIndirect);
        }
    }
    gas
}

/// Whether a contract's code began to run.
fn ran(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Success | Outcome::Reverted => true,
        Outcome::Trapped(failure) => {
            !["NotCallable", "TransferFailed"].contains(&failure.error.as_str())
        }
        Outcome::OutOfGas | Outcome::Rejected(_) => false,
    }
}

/// A failure in 1.1 changes nothing but what the sender and the treasury have.
fn no_traces(both: &Both, about: &About<'_>, old: &mut Given, repairs: &mut BTreeSet<Repair>) {
    let fee = old.receipt.fee;
    let mut changed = Changed::new();
    if fee > 0 {
        for (who, has) in [
            (ALICE, both.free(&ALICE) - fee),
            (TREASURY, both.free(&TREASURY) + fee),
        ] {
            changed.insert(account_key(&who), Some(Account { free: has }.encode()));
        }
    }
    if old.changed != changed {
        let (address, code_hash) = both.runs(about, old);
        let instrumented = [b"instrumented/", &code_hash[..]].concat();
        for key in old.changed.keys() {
            let is_trace = changed.contains_key(key)
                || *key == prefab_key(&code_hash)
                || *key == instrumented
                || *key == contract_key(&address)
                || *key == account_key(&address)
                || key == b"counter";
            assert!(is_trace, "{} is no trace", key.escape_ascii());
        }
        old.changed = changed;
        repairs.insert(Repair::FailureLeavesNoTraces);
    }
}

/// Code that was instrumented by this message is another, and rent with it.
fn instrumented(
    both: &Both,
    about: &About<'_>,
    old: &mut Given,
    new: &Given,
    repairs: &mut BTreeSet<Repair>,
) {
    if !both.prepares(about, old) {
        return;
    }
    repairs.insert(Repair::Instrumentation);
    let (address, code_hash) = both.runs(about, old);
    let key = prefab_key(&code_hash);
    let bytes_key = [b"instrumented/", &code_hash[..]].concat();
    let (Some(was), Some(is)) = (old.get::<Prefab>(&key), new.get::<Prefab>(&key)) else {
        return ended_with_its_code(both, about, old, new);
    };
    assert_eq!(
        is,
        Prefab {
            instrumented_len: is.instrumented_len,
            instrumented_hash: is.instrumented_hash,
            ..was.clone()
        }
    );
    let longer = was.instrumented_len + 1..=was.instrumented_len + MOST_LONGER;
    assert!(longer.contains(&is.instrumented_len), "{about:?}");
    let bytes = both.after(new, &bytes_key).expect("it was prepared");
    assert_eq!(bytes.len(), is.instrumented_len as usize);
    assert_eq!(blake2_256(&bytes), is.instrumented_hash);
    assert!(bytes.len() < 1024, "the base doesn't depend on it");
    old.set(&key, &is);
    if both.state().get(&bytes_key) == Some(&bytes) {
        old.changed.remove(&bytes_key)
    } else {
        old.changed.insert(bytes_key, Some(bytes))
    };

    let before = both.alive(&address);
    // What its balance was when rent was charged, and its users as they were counted then.
    let (free, since, users) = match (&before, about.message) {
        (Some(before), _) => (both.free(&address), before.deduct_block, was.refcount),
        (None, Message::Instantiate(message)) => {
            let users = match message.code {
                Code::Upload(_) => was.refcount,
                Code::Existing(_) => was.refcount - 1,
            };
            (message.value, both.block.number - 1, users)
        }
        (None, message) => panic!("{message:?}"),
    };
    let record = both.after(old, &contract_key(&address));
    let record = record.map(|value| Contract::decode_all(&mut &value[..]).expect("a record"));
    let Some(Contract::Alive(after)) = record else {
        // Ended in this very call: what it had less went to its heir.
        assert_eq!(about.kind, Kind::Terminator);
        let due = dues(
            both,
            &before.expect("it lived"),
            free,
            since,
            // It was one of them.
            users + 1,
            [&was, &is],
        );
        return heir_gets_less(both, old, due);
    };
    let counted = before.unwrap_or_else(|| after.clone());
    let [was_due, is_due] = dues(both, &counted, free, since, users, [&was, &is]);
    let paid_before = match both.alive(&address) {
        Some(before) => before.rent_paid,
        None => 0,
    };
    assert_eq!(after.rent_paid - paid_before, was_due, "{about:?}");
    let after = Alive {
        rent_allowance: after.rent_allowance + was_due - is_due,
        rent_paid: after.rent_paid + is_due - was_due,
        // Who pays nothing isn't paid up.
        deduct_block: if is_due > 0 { both.block.number } else { since },
        ..after
    };
    if was_due != is_due {
        old.set(&contract_key(&address), &Contract::Alive(after));
    }
    both.move_rent(old, &address, [was_due, is_due]);
}

/// The last user of its code ended in the call that instrumented the code: what rent was more is
/// what its heir got less, and can't be more than the longest code asks for.
fn ended_with_its_code(both: &Both, about: &About<'_>, old: &mut Given, new: &Given) {
    assert_eq!(about.kind, Kind::Terminator);
    let (address, _) = both.runs(about, old);
    let since = both.alive(&address).expect("it lived").deduct_block;
    let heirs = [&*old, new].map(|given| {
        let account = both
            .after(given, &account_key(&HEIR))
            .expect("it got something");
        Account::decode_all(&mut &account[..])
            .expect("a record")
            .free
    });
    let more = heirs[0] - heirs[1];
    let blocks = Balance::from(both.block.number - since);
    assert!(more <= blocks * (Balance::from(MOST_LONGER) * PER_BYTE * 4).div_ceil(10_000));
    heir_gets_less(both, old, [0, more]);
}

/// The second rent instead of the first was paid, and the rest went to the heir.
fn heir_gets_less(both: &Both, given: &mut Given, [was, is]: [Balance; 2]) {
    both.move_rent(given, &HEIR, [was, is]);
    for event in &mut given.receipt.events {
        match event {
            Event::Endowed {
                account: to,
                amount,
            }
            | Event::Transfer { to, amount, .. }
                if *to == HEIR =>
            {
                *amount = *amount + was - is;
            }
            _ => {}
        }
    }
}

/// Rent with the one and with the other code.
fn dues(
    both: &Both,
    contract: &Alive,
    free: Balance,
    since: u32,
    users: u64,
    code: [&Prefab; 2],
) -> [Balance; 2] {
    let blocks = Balance::from(both.block.number - since);
    code.map(|code| {
        let code = Balance::from(code.original_len) + Balance::from(code.instrumented_len);
        let bytes = Balance::from(contract.storage_size) + code / Balance::from(users);
        blocks * rent(bytes, contract.pair_count.into(), free)
    })
}

/// A contract that ran and owed nothing has paid up to now.
fn exempted(both: &Both, old: &mut Given, new: &Given, repairs: &mut BTreeSet<Repair>) {
    let alive = |given: &Given, key: &[u8]| {
        let record = both.after(given, key)?;
        match Contract::decode_all(&mut &record[..]).expect("a record") {
            Contract::Alive(alive) => Some(alive),
            Contract::Tombstone(_) => None,
        }
    };
    for key in new
        .changed
        .keys()
        .filter(|key| key.starts_with(b"contract/"))
    {
        let (Some(was), Some(is)) = (alive(old, key), alive(new, key)) else {
            continue;
        };
        let now = both.block.number;
        if was.deduct_block == now || is.deduct_block != now {
            continue;
        }
        let address = key[b"contract/".len()..].try_into().expect("an address");
        let code: Prefab = new
            .get(&prefab_key(&is.code_hash))
            .or_else(|| both.prefab(&is.code_hash))
            .expect("its code is there");
        // Of one that is made now, what it was given.
        let (before, free) = match both.alive(&address) {
            Some(before) => (before, both.free(&address)),
            None => (
                was.clone(),
                both.after(new, &account_key(&address))
                    .map_or(0, |account| {
                        Account::decode_all(&mut &account[..])
                            .expect("a record")
                            .free
                    }),
            ),
        };
        let due = dues(
            both,
            &before,
            free,
            was.deduct_block,
            code.refcount,
            [&code; 2],
        );
        assert_eq!(due, [0, 0], "it isn't exempt: {}", key.escape_ascii());
        let paid = Alive {
            deduct_block: now,
            ..was
        };
        old.set(key, &Contract::Alive(paid));
        repairs.insert(Repair::ExemptionCountsAsPaid);
    }
}

/// The item that the delta deleted is counted out.
fn restored(old: &mut Given, repairs: &mut BTreeSet<Repair>) {
    for event in old.receipt.events.clone() {
        if let Event::Restored { dest, .. } = event {
            let Some(Contract::Alive(alive)) = old.get(&contract_key(&dest)) else {
                panic!("restored, and not alive");
            };
            let pair_count = alive.pair_count - 1;
            let alive = Alive {
                pair_count,
                ..alive
            };
            old.set(&contract_key(&dest), &Contract::Alive(alive));
            repairs.insert(Repair::RestoreRecountsItems);
        }
    }
}
