//! The queue of storage that waits for its deletion.
//!
//! A contract that ends is gone at once; its storage can be large, and is deleted at the ends of
//! blocks. Its prefix is never used again, so nobody sees what is still there. The queue is
//! unbounded, a range of numbered entries, so that nobody can keep a contract from ending.

use crate::state::{Key, DELETION, DELETIONS};
use pink_engine_sdk::Overlay;

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

/// The first entry: its key, and the prefix in it.
pub(crate) fn first_entry(state: &mut Overlay<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
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
