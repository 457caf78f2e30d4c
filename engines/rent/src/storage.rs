//! A contract's storage: values under 32-byte keys, and the counts that rent is computed from.

use crate::{
    core::Execution,
    error::Error,
    state::{
        alive, end_of, put_alive, storage_key, storage_prefix, Alive, Deleted, Prefix, DELETION,
    },
};
use pink_engine_sdk::{types::AccountId, Overlay};

/// Pairs that are read at once: with the longest values that a cluster can allow, 64 MiB.
const PAGE: u32 = 64;

/// The value under a contract's key.
pub(crate) fn read<'o>(
    state: &'o mut Overlay<'_>,
    prefix: &Prefix,
    key: &[u8; 32],
) -> Option<&'o [u8]> {
    state.get(&storage_key(prefix, key))
}

impl Execution<'_, '_> {
    /// Writes or removes a value and counts it. Removing what isn't there counts as a write.
    pub(crate) fn write_storage(
        &mut self,
        address: &AccountId,
        key: &[u8; 32],
        value: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        let mut info = alive(self.state, address).ok_or(Error::ContractTrapped)?;
        let key = storage_key(&info.prefix, key);
        let old = self.state.get(&key).map(|value| value.len());
        info.pair_count = match (old.is_some(), value.is_some()) {
            (true, false) => info.pair_count.checked_sub(1),
            (false, true) => info.pair_count.checked_add(1),
            _ => Some(info.pair_count),
        }
        .ok_or(Error::StorageExhausted)?;
        let new = value.as_ref().map_or(0, Vec::len);
        info.storage_size = u32::try_from(old.unwrap_or(0))
            .ok()
            .and_then(|old| info.storage_size.checked_sub(old))
            .and_then(|size| size.checked_add(u32::try_from(new).ok()?))
            .ok_or(Error::StorageExhausted)?;
        info.last_write = Some(self.block.number);
        put_alive(self.state, address, info);
        match value {
            Some(value) => self.state.put(&key, value),
            None => self.state.remove(&key),
        }
        Ok(())
    }

    /// Removes a value without counting it; its length, if there was one.
    pub(crate) fn take_storage(&mut self, prefix: &Prefix, key: &[u8; 32]) -> Option<u32> {
        let key = storage_key(prefix, key);
        let len = self.state.get(&key)?.len();
        self.state.remove(&key);
        // Values are bounded by the cluster's configuration.
        Some(u32::try_from(len).unwrap_or(u32::MAX))
    }

    /// Leaves an ended contract's storage to the work between blocks.
    pub(crate) fn queue_deletion(&mut self, contract: &Alive) -> Result<(), Error> {
        let mut queue = queue(self.state);
        if queue.len() >= self.config.deletion_queue_depth as usize {
            return Err(Error::DeletionQueueFull);
        }
        queue.push(Deleted {
            pair_count: contract.pair_count,
            prefix: contract.prefix,
        });
        self.state.put_as(DELETION, &queue);
        Ok(())
    }

    /// Deletes what waits for it, as far as the weight goes. Returns the weight that was used.
    ///
    /// The entry that was queued first is the first to go; the last one takes its place.
    pub(crate) fn process_deletion_queue(&mut self, limit: u64) -> u64 {
        let base = &self.rules.base;
        let per_key = base.on_initialize_per_trie_key;
        let idle = if self.rules.idle_work_is_reported {
            limit
        } else {
            0
        };
        let mut queue = queue(self.state);
        if queue.is_empty() {
            return idle;
        }
        let decoding = base
            .on_initialize_per_queue_item
            .saturating_mul(queue.len() as u64);
        let keys = limit
            .saturating_sub(base.on_initialize)
            .saturating_sub(decoding)
            .checked_div(per_key)
            .unwrap_or(0);
        let mut keys = u32::try_from(keys).unwrap_or(u32::MAX);
        if keys == 0 {
            return idle;
        }
        while keys > 0 {
            let Some(first) = queue.first_mut() else {
                break;
            };
            let counted = first.pair_count;
            delete(self.state, &first.prefix, keys);
            match counted.checked_sub(keys) {
                Some(left) if left > 0 => first.pair_count = left,
                _ => {
                    queue.swap_remove(0);
                }
            }
            keys = keys.saturating_sub(counted);
        }
        if queue.is_empty() {
            self.state.remove(DELETION)
        } else {
            self.state.put_as(DELETION, &queue)
        }
        limit.saturating_sub(per_key.saturating_mul(u64::from(keys)))
    }
}

fn queue(state: &mut Overlay<'_>) -> Vec<Deleted> {
    state.get_as(DELETION).unwrap_or_default()
}

/// Deletes the first items of a storage.
fn delete(state: &mut Overlay<'_>, prefix: &Prefix, mut items: u32) {
    let prefix = storage_prefix(prefix);
    let end = end_of(&prefix);
    let mut from = prefix;
    while items > 0 {
        let asked = items.min(PAGE);
        let page = state.range(&from, end.as_deref(), asked);
        for (key, _) in &page {
            state.remove(key);
        }
        match page.last() {
            Some((last, _)) if page.len() == asked as usize => {
                from = after(last);
                items = items.saturating_sub(asked);
            }
            _ => return,
        }
    }
}

/// The next possible key.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

/// Calls `visit` with the hashed key and the value of each item of a storage, ascending.
pub(crate) fn walk(
    state: &mut Overlay<'_>,
    prefix: &Prefix,
    mut visit: impl FnMut([u8; 32], Vec<u8>),
) {
    let prefix = storage_prefix(prefix);
    let end = end_of(&prefix);
    let mut from = prefix.clone();
    loop {
        let page = state.range(&from, end.as_deref(), PAGE);
        let full = page.len() == PAGE as usize;
        if let Some((last, _)) = page.last() {
            from = after(last);
        }
        for (key, value) in page {
            if let Ok(hashed) = <[u8; 32]>::try_from(key.get(prefix.len()..).unwrap_or_default()) {
                visit(hashed, value);
            }
        }
        if !full {
            return;
        }
    }
}
