//! Compiled modules by code hash, as many as there is room for.

use super::compiled::Shared;
use pink_engine_sdk::{types::Hash, Shards};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Calls of one module in a row that a shard answers by itself, before it says again that the
/// module is in use.
const MAX_REPEATS: u32 = 256;

/// Compiled modules by code hash. The least recently used go first.
#[derive(Debug)]
pub(crate) struct Modules {
    /// Bytes (estimated) that all of them may take. Not a rule: it bounds a worker's memory, and no
    /// result depends on it.
    capacity: usize,
    entries: Mutex<Entries>,
    /// The module that each group of threads had last.
    last: Shards<Mutex<Option<Last>>>,
}

/// A module that may be wanted again. It may be gone here meanwhile.
#[derive(Debug)]
struct Last {
    hash: Hash,
    /// Counted here once more, so that threads don't count on the same spot.
    module: Arc<Shared>,
    repeats: u32,
}

#[derive(Debug, Default)]
struct Entries {
    modules: BTreeMap<Hash, (Shared, u64)>,
    weight: usize,
    clock: u64,
}

impl Modules {
    /// None yet.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::default(),
            last: Shards::default(),
        }
    }

    /// The module of this code, if it is here.
    pub(crate) fn find(&self, hash: &Hash) -> Option<Arc<Shared>> {
        if let Some(last) = &mut *locked(self.last.local()) {
            if last.hash == *hash && last.repeats < MAX_REPEATS {
                last.repeats = last.repeats.saturating_add(1);
                return Some(Arc::clone(&last.module));
            }
        }
        self.touch(hash).map(|module| self.remember(hash, module))
    }

    /// The same, without a place of its own for this thread.
    pub(crate) fn touch(&self, hash: &Hash) -> Option<Shared> {
        locked(&self.entries).touch(hash)
    }

    /// Puts in a module, and has it found first by this thread.
    pub(crate) fn insert_and_find(&self, hash: &Hash, module: Shared) -> Arc<Shared> {
        self.insert(*hash, Arc::clone(&module));
        self.remember(hash, module)
    }

    /// Puts in a module.
    pub(crate) fn insert(&self, hash: Hash, module: Shared) {
        locked(&self.entries).insert(hash, module, self.capacity);
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> usize {
        locked(&self.entries).modules.len()
    }

    fn remember(&self, hash: &Hash, module: Shared) -> Arc<Shared> {
        let module = Arc::new(module);
        *locked(self.last.local()) = Some(Last {
            hash: *hash,
            module: Arc::clone(&module),
            repeats: 0,
        });
        module
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Entries {
    fn touch(&mut self, hash: &Hash) -> Option<Shared> {
        self.clock = self.clock.saturating_add(1);
        let (module, used) = self.modules.get_mut(hash)?;
        *used = self.clock;
        Some(Arc::clone(module))
    }

    fn insert(&mut self, hash: Hash, module: Shared, capacity: usize) {
        self.clock = self.clock.saturating_add(1);
        self.weight = self.weight.saturating_add(module.weight());
        if let Some((old, _)) = self.modules.insert(hash, (module, self.clock)) {
            self.weight = self.weight.saturating_sub(old.weight());
        }
        while self.weight > capacity && self.modules.len() > 1 {
            let oldest = self
                .modules
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(hash, _)| *hash);
            let Some((old, _)) = oldest.and_then(|hash| self.modules.remove(&hash)) else {
                return;
            };
            self.weight = self.weight.saturating_sub(old.weight());
        }
    }
}
