//! Compiled modules of an engine. A cache and nothing else: no result depends on what is in it.

use super::{
    compiled::{Compiled, Prices, Shared},
    Modules,
};
use crate::{hash::blake2_256, versions::Rules};
use pink_engine_sdk::types::{Determinism, Hash};
use std::sync::Arc;

/// Why code that is stored can't be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotReady {
    /// It isn't what the state says that it is.
    Broken(String),
    /// An earlier version's rules took it, and what this one makes of it can't be run.
    Refused(String),
}

/// Bytes (estimated) that all modules of one engine may take.
const CAPACITY: usize = 256 * 1024 * 1024;

/// Translated modules by code hash.
#[derive(Debug)]
pub(crate) struct Cache {
    interpreted: Modules,
    /// Those that count by the prices of compiled code, and are interpreted all the same.
    compiled: Modules,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            interpreted: Modules::new(CAPACITY),
            compiled: Modules::new(CAPACITY / 4),
        }
    }
}

impl Cache {
    /// The module of this code, translated now if it isn't here.
    ///
    /// # Errors
    /// Why the code is refused.
    pub(crate) fn get(
        &self,
        rules: &'static Rules,
        hash: &Hash,
        (determinism, prices): (Determinism, Prices),
        code: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Result<Arc<Shared>, NotReady> {
        let modules = match prices {
            Prices::Interpreted => &self.interpreted,
            Prices::Compiled => &self.compiled,
        };
        if let Some(found) = modules.find(hash) {
            return Ok(found);
        }
        // Not under a lock: other threads go on. Two may compile the same; one is kept.
        let code = code().ok_or_else(|| NotReady::Broken("the code isn't there".into()))?;
        let compiled = Compiled::stored(rules, &code, determinism, prices).map_err(|reason| {
            // Code of a version without a meter passed the very checks that it is made ready by.
            if rules.metered.is_some() && blake2_256(&code) == *hash {
                NotReady::Refused(reason)
            } else {
                NotReady::Broken(reason)
            }
        })?;
        Ok(modules.insert_and_find(hash, Arc::new(compiled)))
    }

    /// Of deterministic code that is here, whether it imports what is deprecated. What is here
    /// passed the checks.
    pub(crate) fn known(&self, hash: &Hash) -> Option<bool> {
        let found = self.interpreted.touch(hash)?;
        (found.determinism() == Determinism::Enforced).then_some(found.is_deprecated())
    }

    /// Checks code that may have passed the checks of another version alone, and says whether it
    /// imports what is deprecated. `to_be_run`: it is kept, and not compiled again for that.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn check(
        &self,
        rules: &'static Rules,
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
        self.interpreted.insert(hash, Arc::new(compiled));
    }

    /// How many modules there are.
    pub(crate) fn len(&self) -> usize {
        self.interpreted.len().saturating_add(self.compiled.len())
    }
}
