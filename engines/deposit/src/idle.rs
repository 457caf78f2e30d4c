//! Work of a block's end: deletion of what contracts left behind, and of a destroyed cluster's
//! accounts, and what a move from an older version left to convert; a constant amount of each.
//!
//! A contract that ends is gone at once; its storage can be large, and is deleted at the ends of
//! blocks. Its prefix is never used again, so nobody sees what is still there. The queue is
//! unbounded, a range of numbered entries, so that nobody can keep a contract from ending.

use crate::{
    engine::Core,
    state::{is_destroyed, Key, ACCOUNT, DELETION, DELETIONS},
    upgrade,
};
use pink_engine_sdk::{
    types::{AccountId, BlockReceipt, Event, Weight},
    Overlay,
};

/// Queues the storage under a prefix for its deletion.
pub(crate) fn enqueue(state: &mut Overlay<'_>, prefix: &[u8]) {
    let number: u64 = state.get_as(DELETIONS).unwrap_or(0);
    state.put_as(DELETIONS, &number.saturating_add(1));
    // Big-endian, so that the order of keys is the order of time.
    state.put(
        &Key::of(&[DELETION, &number.to_be_bytes()]),
        prefix.to_vec(),
    );
}

/// The work of a block's end.
pub(crate) fn end_block(core: &Core, state: &mut Overlay<'_>) -> BlockReceipt {
    let rules = &core.rules;
    let budget = rules.idle.deleted_items;
    let mut left = budget;
    while left > 0 {
        let Some((entry, prefix)) = first_entry(state) else {
            break;
        };
        let items = state.range(&prefix, successor(&prefix).as_deref(), left);
        for (item, _) in &items {
            state.remove(item);
        }
        let more = items.len() >= left as usize;
        left = left.saturating_sub(items.len() as u32);
        if more {
            break;
        }
        state.remove(&entry);
        // An entry costs as much as an item, or empty ones would be free.
        left = left.saturating_sub(1);
    }
    let mut events = Vec::new();
    if left > 0 && is_destroyed(state) {
        left = left.saturating_sub(empty_ledger(state, left, &mut events));
    }
    let deleted = u64::from(budget.saturating_sub(left));
    let time = deleted.saturating_mul(rules.bases.deleted_item.ref_time);
    let time = time.saturating_add(upgrade::step(core, state, &mut events));
    BlockReceipt {
        weight: Weight::new(time, 0),
        events,
    }
}

/// Removes accounts of a destroyed cluster, at most so many, and says how many they were. What
/// else may lie in their namespace belongs to nobody any more and goes with them.
fn empty_ledger(state: &mut Overlay<'_>, most: u32, events: &mut Vec<Event>) -> u32 {
    let page = state.range(ACCOUNT, successor(ACCOUNT).as_deref(), most);
    let mut removed: u32 = 0;
    for (key, _) in page {
        state.remove(&key);
        removed = removed.saturating_add(1);
        if let Some(Ok(account)) = key.get(ACCOUNT.len()..).map(AccountId::try_from) {
            events.push(Event::KilledAccount { account });
        }
    }
    removed
}

fn first_entry(state: &mut Overlay<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let end = successor(DELETION);
    // A contract's storage key may happen to begin like this; it is longer, and skipped.
    state
        .range(DELETION, end.as_deref(), 4)
        .into_iter()
        .find(|(key, _)| key.len() == DELETION.len().saturating_add(8))
}

/// The first key after all that begin with `prefix`; none if there can't be one.
pub(crate) fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if let Some(more) = last.checked_add(1) {
            next.push(more);
            return Some(next);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_is_behind_all_of_a_prefix() {
        assert_eq!(successor(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(successor(&[1, 255]), Some(vec![2]));
        assert_eq!(successor(&[255, 255]), None);
    }
}
