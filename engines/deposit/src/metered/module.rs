//! A metered module, with everything that its frames have in common.

use crate::{
    code::Prices,
    host_fns::HostFn,
    versions::{MeterRules, Metered as Rules},
    vm::{Pool, Shape, ALWAYS_KEPT, MAX_KEPT_PAGES},
};
use pink_engine_executor::{Code, Executor, Instance, LoadError, ModuleInfo, Reference, Settings};
use pink_engine_meter::{meter_by, Language, Metered, Pricing};
use pink_engine_sdk::{types::Determinism, Shards};

/// A module, ready to run.
pub(crate) struct Module {
    code: Box<dyn Code>,
    /// What its imports are, by their numbers.
    pub(super) imports: Vec<HostFn>,
    /// There is a start function, which has to run first.
    pub(super) has_start: bool,
    /// Units of height that its frames have together.
    pub(super) height: u32,
    shape: Shape,
    /// Instances that each shard keeps in any case.
    always_kept: usize,
    pool: Shards<Pool<dyn Instance>>,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// The meter's language for code of this use.
fn language(determinism: Determinism) -> Language {
    Language {
        floats: determinism == Determinism::Relaxed,
        bulk: false,
    }
}

/// Writes gas and height into code that passed the checks.
///
/// # Errors
/// It isn't such code.
pub(crate) fn metered(
    rules: &MeterRules,
    code: &[u8],
    determinism: Determinism,
    prices: Prices,
) -> Result<Metered, String> {
    let pricing = match prices {
        Prices::Interpreted => Pricing::Interpreted,
        Prices::Compiled => Pricing::Compiled,
    };
    meter_by(code, language(determinism), rules, pricing)
        .map_err(|error| format!("the module can't be metered: {error}"))
}

impl Module {
    /// Translates metered code for the interpreter.
    ///
    /// # Errors
    /// It isn't such code.
    pub(crate) fn interpreted(
        rules: &'static Rules,
        metered: &Metered,
        imports: Vec<HostFn>,
        shape: Shape,
    ) -> Result<Self, String> {
        let executor = Reference::new(Settings {
            rules: &rules.meter,
            floats: shape.determinism == Determinism::Relaxed,
        });
        let code = executor.load(metered).map_err(|error| error.to_string())?;
        let kept = ModuleInfo::of(metered);
        Ok(Self::new(rules, code, &kept, imports, shape, ALWAYS_KEPT))
    }

    /// Of what an executor made ready.
    pub(super) fn new(
        rules: &'static Rules,
        code: Box<dyn Code>,
        kept: &ModuleInfo,
        imports: Vec<HostFn>,
        shape: Shape,
        always_kept: usize,
    ) -> Self {
        Self {
            code,
            imports,
            has_start: kept.has_start,
            height: rules.meter.stack.limit,
            shape,
            always_kept,
            pool: Shards::default(),
        }
    }

    /// What runs later must not fail for a reason that can be found now. No code runs: a start
    /// function is called by a frame.
    ///
    /// # Errors
    /// Why it can't be instantiated.
    pub(crate) fn try_instantiation(&self) -> Result<(), String> {
        let instance = self.instance().map_err(|error| error.to_string())?;
        self.give_back(instance);
        Ok(())
    }

    /// What the code says of itself.
    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What an instance that is kept counts as: one without memory isn't nothing.
    fn kept_bytes(&self) -> usize {
        const PAGE: usize = 64 * 1024;
        self.shape.memory_bytes().max(PAGE)
    }

    /// An instance for one frame.
    ///
    /// # Errors
    /// There is no memory for it: its segments were looked at when the code was stored.
    pub(super) fn instance(&self) -> Result<Box<dyn Instance>, LoadError> {
        let memory = self.kept_bytes();
        let kept = self.pool.local().take(memory, self.always_kept);
        kept.map_or_else(|| self.code.instance(), Ok)
    }

    /// Cleans an instance and keeps it, or drops it.
    pub(super) fn give_back(&self, mut used: Box<dyn Instance>) {
        if self.shape.initial_pages <= MAX_KEPT_PAGES && used.clean() {
            let memory = self.kept_bytes();
            self.pool.local().put(used, memory, self.always_kept);
        }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        for shard in self.pool.all() {
            shard.empty(self.kept_bytes(), self.always_kept);
        }
    }
}
