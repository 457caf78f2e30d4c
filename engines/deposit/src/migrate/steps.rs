//! What a migration from the rent era leaves to the ends of blocks.
//!
//! The records are walked once, in the order of their keys, a number of them in a block; the place in
//! them is part of the state. Nothing is missed: what is put in front of it is of this era, since
//! nobody writes records of the other one.

use crate::{
    bytes::hex,
    core::Core,
    deletion::successor,
    records,
    state::{is_destroyed, CONTRACT, MOVING, PREFAB},
};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{
    types::{AccountId, Event, Hash},
    Overlay,
};

/// How far the records of the rent era were walked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Migration {
    /// The key from which on records of contracts are still to be walked; `None`: they all were.
    contracts: Option<Vec<u8>>,
    /// The same for code, by the keys of what the rent era knew of it.
    codes: Option<Vec<u8>>,
}

impl Migration {
    /// At the start.
    pub(super) fn start() -> Self {
        Self {
            contracts: Some(CONTRACT.to_vec()),
            codes: Some(PREFAB.to_vec()),
        }
    }
}

/// One block's part of it, and the ref time that counts for it.
pub(crate) fn step(core: &Core, state: &mut Overlay<'_>, events: &mut Vec<Event>) -> u64 {
    let Some(mut moving) = state.get_as::<Migration>(MOVING) else {
        return 0;
    };
    if is_destroyed(state) {
        // Nobody will read them any more.
        state.remove(MOVING);
        return 0;
    }
    let (mut time, told) = (0u64, events.len());
    if let Some(from) = moving.contracts.take() {
        let (next, took) = contracts(core, state, &from, events);
        moving.contracts = next;
        time = time.saturating_add(took);
    }
    if let Some(from) = moving.codes.take() {
        let (next, took) = codes(core, state, &from, events);
        moving.codes = next;
        time = time.saturating_add(took);
    }
    for event in events.iter().skip(told) {
        log(state, event);
    }
    match moving {
        Migration {
            contracts: None,
            codes: None,
        } => state.remove(MOVING),
        moving => state.put_as(MOVING, &moving),
    }
    time
}

/// Tells the operator: no message's receipt has these events.
fn log(state: &mut Overlay<'_>, event: &Event) {
    // As everywhere, warnings are 2 and what is worth knowing 3.
    match event {
        Event::TombstoneRemoved { contract, balance } => {
            let text = format!("a tombstone is removed, and its account keeps {balance}");
            state.host().log(3, Some(contract), &text);
        }
        Event::CodeDisabled { code_hash, reason } => {
            let text = format!("the code {} is refused: {reason}", hex(code_hash));
            state.host().log(2, None, &text);
        }
        _ => {}
    }
}

/// Converts contracts and removes tombstones. Returns where to go on, and the ref time.
fn contracts(
    core: &Core,
    state: &mut Overlay<'_>,
    from: &[u8],
    events: &mut Vec<Event>,
) -> (Option<Vec<u8>>, u64) {
    let most = core.rules.idle.moved_records;
    let page = state.range(from, successor(CONTRACT).as_deref(), most);
    for (key, _) in &page {
        // A contract's storage key may happen to begin like a record; it is longer.
        if let Some(Ok(address)) = key.get(CONTRACT.len()..).map(AccountId::try_from) {
            records::convert_contract(state, &address, events);
        }
    }
    // The record and the account.
    let keys = (page.len() as u64).saturating_mul(2);
    let time = keys.saturating_mul(core.rules.bases.deleted_item.ref_time);
    let next = match page.last() {
        Some((last, _)) if page.len() >= most as usize => Some(behind(last)),
        _ => None,
    };
    (next, time)
}

/// Checks code, until as many bytes as go in a block were begun. Returns where to go on, and the
/// ref time.
fn codes(
    core: &Core,
    state: &mut Overlay<'_>,
    from: &[u8],
    events: &mut Vec<Event>,
) -> (Option<Vec<u8>>, u64) {
    let most = core.rules.idle.moved_codes;
    let page = state.range(from, successor(PREFAB).as_deref(), most);
    let mut left = core.rules.idle.moved_code_bytes;
    let mut time: u64 = 0;
    let mut done: usize = 0;
    for (key, _) in &page {
        if left == 0 {
            break;
        }
        done = done.saturating_add(1);
        let Some(Ok(hash)) = key.get(PREFAB.len()..).map(Hash::try_from) else {
            continue;
        };
        if let Some(info) = core.code_info(state, &hash, false, events) {
            left = left.saturating_sub(info.code_len);
            time = time.saturating_add(core.rules.frames.load.of(info.code_len).ref_time);
        }
        records::forget_rent_code(state, &hash);
    }
    // Three records each.
    let keys = (done as u64).saturating_mul(3);
    let time = time.saturating_add(keys.saturating_mul(core.rules.bases.deleted_item.ref_time));
    let all = done == page.len() && done < most as usize;
    let next = match done.checked_sub(1).and_then(|last| page.get(last)) {
        Some((last, _)) if !all => Some(behind(last)),
        _ => None,
    };
    (next, time)
}

/// The first key behind this one.
fn behind(key: &[u8]) -> Vec<u8> {
    let mut next = key.to_vec();
    next.push(0);
    next
}
