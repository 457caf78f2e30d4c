//! Work of a block's end: deletion of what contracts left behind, and of a destroyed cluster's
//! accounts, and what a move from an older version left to convert; a constant amount of each.

use crate::{
    core::Core,
    deletion::{first_entry, successor},
    migrate,
    state::{is_destroyed, ACCOUNT},
};
use pink_engine_sdk::{
    types::{AccountId, BlockReceipt, Event, Weight},
    Overlay,
};

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
    let time = time.saturating_add(migrate::step(core, state, &mut events));
    BlockReceipt {
        weight: Weight::new(time, 0),
        events,
    }
}

/// Removes accounts of a destroyed cluster, at most `most`, and says how many they were. What
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
