//! Compiled modules by code hash. A cache and nothing else: no result depends on what is in it.

use super::compiled::{Compiled, Shared};
use crate::versions::Rules;
use pink_engine_sdk::{
    types::{Determinism, Hash},
    Shards,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bytes (estimated) that all modules of one engine may take. Not a rule: it bounds a worker's
/// memory, and no result depends on it.
const CAPACITY: usize = 256 * 1024 * 1024;

/// Calls of one module in a row that a shard answers by itself, before it says again that the
/// module is in use.
const MAX_REPEATS: u32 = 256;

/// Compiled modules by code hash.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: Mutex<Entries>,
    /// The module that each group of threads had last.
    last: Shards<Mutex<Option<Last>>>,
}

/// A module that may be wanted again. It may have left the cache meanwhile.
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

impl Cache {
    /// The module of this code, compiled now if it isn't here.
    ///
    /// # Errors
    /// Why the code is refused.
    pub(crate) fn get(
        &self,
        rules: &Rules,
        hash: &Hash,
        determinism: Determinism,
        code: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Result<Arc<Shared>, String> {
        if let Some(last) = &mut *locked(self.last.local()) {
            if last.hash == *hash && last.repeats < MAX_REPEATS {
                last.repeats = last.repeats.saturating_add(1);
                return Ok(Arc::clone(&last.module));
            }
        }
        let module = Arc::new(self.shared(rules, hash, determinism, code)?);
        *locked(self.last.local()) = Some(Last {
            hash: *hash,
            module: Arc::clone(&module),
            repeats: 0,
        });
        Ok(module)
    }

    fn shared(
        &self,
        rules: &Rules,
        hash: &Hash,
        determinism: Determinism,
        code: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Result<Shared, String> {
        if let Some(found) = locked(&self.entries).touch(hash) {
            return Ok(found);
        }
        // Not under the lock: other threads go on. Two may compile the same; one is kept.
        let code = code().ok_or("the code isn't there")?;
        let compiled = Arc::new(Compiled::stored(rules, &code, determinism)?);
        locked(&self.entries).insert(*hash, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// Of deterministic code that is here, whether it imports what is deprecated. What is here
    /// passed the checks.
    pub(crate) fn known(&self, hash: &Hash) -> Option<bool> {
        let found = locked(&self.entries).touch(hash)?;
        (found.determinism() == Determinism::Enforced).then_some(found.is_deprecated())
    }

    /// Checks code that may have passed the checks of another version alone, and says whether it
    /// imports what is deprecated. `to_be_run`: it is kept, and not compiled again for that.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn check(
        &self,
        rules: &Rules,
        hash: &Hash,
        code: &[u8],
        to_be_run: bool,
    ) -> Result<bool, String> {
        let compiled = Compiled::new(rules, code, Determinism::Enforced)?;
        let deprecated = compiled.is_deprecated();
        if to_be_run {
            self.put(*hash, compiled);
        }
        Ok(deprecated)
    }

    /// Puts in what was just compiled.
    pub(crate) fn put(&self, hash: Hash, compiled: Compiled) {
        locked(&self.entries).insert(hash, Arc::new(compiled));
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> usize {
        locked(&self.entries).modules.len()
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

    fn insert(&mut self, hash: Hash, module: Shared) {
        self.clock = self.clock.saturating_add(1);
        self.weight = self.weight.saturating_add(module.weight());
        if let Some((old, _)) = self.modules.insert(hash, (module, self.clock)) {
            self.weight = self.weight.saturating_sub(old.weight());
        }
        while self.weight > CAPACITY && self.modules.len() > 1 {
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
