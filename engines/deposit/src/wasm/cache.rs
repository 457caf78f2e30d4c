//! Compiled modules by code hash. A cache and nothing else: no result depends on what is in it.

use super::module::{Compiled, Shared};
use crate::rules::Rules;
use pink_engine_sdk::types::{Determinism, Hash};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bytes (estimated) that all modules of one engine may take. Not a rule: it bounds a worker's
/// memory, and no result depends on it.
const CAPACITY: usize = 256 * 1024 * 1024;

/// Compiled modules by code hash.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Entries>);

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
    ) -> Result<Shared, String> {
        if let Some(found) = self.locked().touch(hash) {
            return Ok(found);
        }
        // Not under the lock: other threads go on. Two may compile the same; one is kept.
        let code = code().ok_or("the code isn't there")?;
        let compiled = Arc::new(Compiled::stored(rules, &code, determinism)?);
        self.locked().insert(*hash, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// Puts in what was just compiled.
    pub(crate) fn put(&self, hash: Hash, compiled: Compiled) {
        self.locked().insert(hash, Arc::new(compiled));
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> usize {
        self.locked().modules.len()
    }

    fn locked(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
