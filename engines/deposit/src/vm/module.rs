//! A translated module, with everything that its frames have in common.
//!
//! Each module has an interpreter engine of its own: an engine never forgets code, so dropping
//! it is the only way to free it.

use super::pool::{Pool, PooledInstance};
use crate::{
    ext::ExportedFunction,
    versions::{OperatorCosts, Rules},
};
use pink_engine_sdk::{
    types::{Determinism, Version},
    Shards,
};
use wasmi::{CompilationMode, Config, CustomFuelCosts, EnforcedLimits, Engine};

/// What the start function is exported as. A contract can export nothing of that name.
pub(crate) const START: &str = "start";

/// Code as the interpreter gets it, and what it takes to use an instance of it again.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The module.
    pub code: Vec<u8>,
    /// What begins when an instance is made can't begin again when one is used again.
    pub has_start: bool,
    /// How many globals it has; each is exported under its number.
    pub globals: u32,
    /// What lies in its memory at first, by offset, in the order in which it is written.
    pub data: Vec<(u32, Vec<u8>)>,
}

/// What the interpreter has to know of code besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// What it may be used for.
    pub determinism: Determinism,
    /// Pages of memory that it starts with.
    pub initial_pages: u32,
    /// Pages that its memory may grow to.
    pub maximum_pages: u32,
    /// Cells (parameters and locals) of its largest frame.
    pub largest_frame: u32,
}

impl Shape {
    /// Bytes of memory that it starts with.
    pub(crate) fn memory_bytes(&self) -> usize {
        const PAGE: usize = 64 * 1024;
        (self.initial_pages as usize).saturating_mul(PAGE)
    }
}

/// A module, ready to run.
#[derive(Debug)]
pub(crate) struct Module {
    pub(super) translated: wasmi::Module,
    pub(super) shape: Shape,
    /// The version, which says what can be imported.
    pub(super) version: Version,
    /// What its operators cost, for what isn't left to the interpreter.
    pub(super) operators: OperatorCosts,
    /// It does something whenever it is instantiated.
    pub(super) has_start: bool,
    /// Its globals, each exported under its number.
    pub(super) globals: u32,
    /// What lies in its memory at first.
    pub(super) data: Vec<(u32, Vec<u8>)>,
    pub(super) pool: Shards<Pool<PooledInstance>>,
}

impl Module {
    /// Translates code that was checked and rewritten. The interpreter validates it once more.
    ///
    /// # Errors
    /// It isn't such code.
    pub(crate) fn new(rules: &Rules, prepared: Prepared, shape: Shape) -> Result<Self, String> {
        let engine = Engine::new(&config(rules, &shape));
        let translated = wasmi::Module::new(&engine, &prepared.code)
            .map_err(|error| format!("the module can't be translated: {error}"))?;
        Ok(Self {
            translated,
            shape,
            version: rules.version,
            operators: rules.operators,
            has_start: prepared.has_start,
            globals: prepared.globals,
            data: prepared.data,
            pool: Shards::default(),
        })
    }

    /// What runs later must not fail for a reason that can be found now. No code runs: a start
    /// function is called by a frame.
    ///
    /// # Errors
    /// Why it can't be instantiated.
    pub(crate) fn try_instantiation(&self) -> Result<(), String> {
        let mut pooled = self.instance()?;
        match pooled.entry(self, ExportedFunction::Constructor) {
            Err(error) if error.as_trap_code().is_none() => {
                Err(format!("the module can't be instantiated: {error}"))
            }
            _ => {
                self.give_back(pooled);
                Ok(())
            }
        }
    }

    /// What the code says of itself.
    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }
}

/// The interpreter's settings, every one of them chosen.
pub(crate) fn config(rules: &Rules, shape: &Shape) -> Config {
    let interpreter = &rules.interpreter;
    let mut config = Config::default();
    config
        .set_max_recursion_depth(interpreter.recursion_depth as usize)
        .set_max_stack_height(interpreter.stack_height as usize)
        .set_min_stack_height(16 * 1024)
        .set_max_cached_stacks(2)
        // Ours are exported; a contract's module with exported or imported ones was refused.
        .wasm_mutable_global(true)
        .wasm_sign_extension(true)
        .wasm_saturating_float_to_int(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_bulk_memory(false)
        .wasm_reference_types(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .floats(shape.determinism == Determinism::Relaxed)
        .consume_fuel(true)
        .allow_start_fn(true)
        .ignore_custom_sections(true)
        .compilation_mode(CompilationMode::Eager)
        .operator_cost(rules.operators.table(shape.largest_frame))
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: interpreter.bytes_per_fuel,
            // Code is paid for by its length in every frame, translated or not.
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        // The rules' own limits were checked before; these can't be set one by one.
        .enforced_limits(EnforcedLimits::default());
    config
}
