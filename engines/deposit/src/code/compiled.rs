//! Code that was checked, rewritten and translated.

use super::{
    rewrite::rewrite,
    validate::{check, scan, Checked},
};
use crate::{versions::Rules, vm::Module};
use pink_engine_sdk::types::Determinism;
use std::sync::Arc;

/// Compiled code.
#[derive(Debug)]
pub(crate) struct Compiled {
    module: Module,
    deprecated: bool,
    weight: usize,
}

/// Shared by the cache and the frames that run.
pub(crate) type Shared = Arc<Compiled>;

impl Compiled {
    /// Checks and translates code.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn new(
        rules: &Rules,
        code: &[u8],
        determinism: Determinism,
    ) -> Result<Self, String> {
        let compiled = Self::translate(rules, code, &check(rules, code, determinism)?)?;
        compiled.module.try_instantiation()?;
        Ok(compiled)
    }

    /// Translates code that passed these checks when it was stored. The interpreter validates it
    /// once more, and that is enough.
    ///
    /// # Errors
    /// It isn't such code.
    pub(crate) fn stored(
        rules: &Rules,
        code: &[u8],
        determinism: Determinism,
    ) -> Result<Self, String> {
        Self::translate(rules, code, &scan(rules, code, determinism)?)
    }

    fn translate(rules: &Rules, code: &[u8], checked: &Checked) -> Result<Self, String> {
        let prepared =
            rewrite(code).map_err(|error| format!("the module can't be translated: {error}"))?;
        let module = Module::new(rules, prepared, checked.shape)?;
        Ok(Self {
            // The interpreter's code takes several times the bytes of the original.
            weight: code
                .len()
                .saturating_mul(16)
                .saturating_add(module.pooled_bytes()),
            module,
            deprecated: checked.deprecated,
        })
    }

    /// What runs.
    pub(crate) fn module(&self) -> &Module {
        &self.module
    }

    /// What it may be used for.
    pub(crate) fn determinism(&self) -> Determinism {
        self.module.determinism()
    }

    /// It imports functions that no new contract may use.
    pub(crate) fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// Estimate of the bytes that it takes in a cache.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }
}
