//! Code that was checked, and made ready to run.

use super::{
    rewrite::rewrite,
    validate::{check, scan, Checked},
};
use crate::{
    error::Error,
    ext::{ExecReturnValue, ExportedFunction, Ext},
    versions::Rules,
    vm::{self, Pool, Shape},
};
use pink_engine_sdk::types::{Determinism, Weight};
use std::sync::Arc;

/// Code that is ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    module: Module,
    deprecated: bool,
    weight: usize,
    compiling: Result<Weight, String>,
}

/// What runs it, by the way in which the version counts.
#[derive(Debug)]
enum Module {
    /// The interpreter counts its fuel.
    Fuel(vm::Module),
    /// The code counts.
    #[cfg(feature = "metered")]
    Metered(crate::metered::Module),
}

/// Which of a version's prices code counts by, where it counts by itself. The rules say, by the code's
/// record and the block; never who executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prices {
    /// Of code that is interpreted. The only ones of versions whose interpreter counts.
    Interpreted,
    /// Of code that counts as compiled.
    Compiled,
}

/// Shared by the cache and the frames that run.
pub(crate) type Shared = Arc<Compiled>;

impl Compiled {
    /// Checks and translates code.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn new(
        rules: &'static Rules,
        code: &[u8],
        determinism: Determinism,
    ) -> Result<Self, String> {
        let checked = check(rules, code, determinism)?;
        let compiled = Self::translate(rules, code, checked, Prices::Interpreted)?;
        match &compiled.module {
            Module::Fuel(module) => module.try_instantiation()?,
            #[cfg(feature = "metered")]
            Module::Metered(module) => module.try_instantiation()?,
        }
        Ok(compiled)
    }

    /// Translates code that passed these checks when it was stored. The interpreter validates it
    /// once more, and that is enough.
    ///
    /// # Errors
    /// It isn't such code.
    pub(crate) fn stored(
        rules: &'static Rules,
        code: &[u8],
        determinism: Determinism,
        prices: Prices,
    ) -> Result<Self, String> {
        Self::translate(rules, code, scan(rules, code, determinism)?, prices)
    }

    // Where nothing is metered there is only one kind of prices.
    #[cfg_attr(not(feature = "metered"), allow(unused_variables))]
    fn translate(
        rules: &'static Rules,
        code: &[u8],
        checked: Checked,
        prices: Prices,
    ) -> Result<Self, String> {
        let (deprecated, shape) = (checked.deprecated, checked.shape);
        let (module, compiling) = match &rules.metered {
            None => {
                let prepared = rewrite(code)
                    .map_err(|error| format!("the module can't be translated: {error}"))?;
                let module = vm::Module::new(rules, prepared, shape)?;
                (Module::Fuel(module), Err(String::new()))
            }
            #[cfg(feature = "metered")]
            Some(metered) => Self::metered(metered, code, checked, prices)?,
            #[cfg(not(feature = "metered"))]
            Some(metered) => match metered.meter {},
        };
        Ok(Self {
            // The interpreter's code takes several times the bytes of the original.
            weight: code
                .len()
                .saturating_mul(16)
                .saturating_add(Pool::<()>::always(shape.memory_bytes())),
            module,
            deprecated,
            compiling,
        })
    }

    #[cfg(feature = "metered")]
    fn metered(
        rules: &'static crate::versions::Metered,
        code: &[u8],
        checked: Checked,
        prices: Prices,
    ) -> Result<(Module, Result<Weight, String>), String> {
        use crate::metered;
        let shape = checked.shape;
        let made = metered::metered(&rules.meter, code, shape.determinism, prices)?;
        let compiling = match (made.shape.exceeds(&rules.meter.compiled), shape.determinism) {
            (Some(too_much), _) => Err(too_much.to_string()),
            (None, Determinism::Relaxed) => Err("it is for queries alone".into()),
            (None, Determinism::Enforced) => Ok(rules.compiling.of(&made.shape)),
        };
        let module = metered::Module::interpreted(rules, &made, checked.imports, shape)?;
        Ok((Module::Metered(module), compiling))
    }

    /// What is compiled to native code already, of `bytes` bytes.
    #[cfg(feature = "metered")]
    pub(crate) fn native(module: crate::metered::Module, bytes: usize) -> Self {
        Self {
            module: Module::Metered(module),
            deprecated: false,
            weight: bytes,
            compiling: Err(String::new()),
        }
    }

    /// Runs an exported function in the current frame.
    ///
    /// # Errors
    /// Why the code couldn't go on.
    pub(crate) fn run(
        &self,
        ext: &mut dyn Ext,
        entry: ExportedFunction,
    ) -> Result<ExecReturnValue, Error> {
        match &self.module {
            Module::Fuel(module) => vm::run(ext, module, entry),
            #[cfg(feature = "metered")]
            Module::Metered(module) => crate::metered::run(ext, module, entry),
        }
    }

    fn shape(&self) -> &Shape {
        match &self.module {
            Module::Fuel(module) => module.shape(),
            #[cfg(feature = "metered")]
            Module::Metered(module) => module.shape(),
        }
    }

    /// Pages of memory that each frame starts with.
    pub(crate) fn initial_pages(&self) -> u32 {
        self.shape().initial_pages
    }

    /// What it may be used for.
    pub(crate) fn determinism(&self) -> Determinism {
        self.shape().determinism
    }

    /// It imports functions that no new contract may use.
    pub(crate) fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// What compiling it costs.
    ///
    /// # Errors
    /// It isn't compiled, and why.
    pub(crate) fn compiling(&self) -> Result<Weight, &str> {
        self.compiling.as_ref().copied().map_err(String::as_str)
    }

    /// Estimate of the bytes that it takes in a cache.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }
}
