//! A compiled module, with everything that its frames have in common.
//!
//! Each module has an interpreter engine of its own: an engine never forgets code, so dropping
//! it is the only way to free it.

use super::{
    rewrite::{rewrite, Rewritten},
    surroundings::Kept,
    validate::{check, scan, Checked},
};
use crate::{
    exec::Entry,
    versions::{OperatorCosts, Rules},
};
use pink_engine_sdk::{types::Determinism, Shards};
use std::sync::Arc;
use wasmi::{CompilationMode, Config, CustomFuelCosts, EnforcedLimits, Engine, Module};

/// A module, ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(super) module: Module,
    pub(super) checked: Checked,
    /// What its operators cost, for what isn't left to the interpreter.
    pub(super) operators: OperatorCosts,
    /// It does something whenever it is instantiated.
    pub(super) has_start: bool,
    /// Its globals, each exported under its number.
    pub(super) globals: u32,
    /// What lies in its memory at first.
    pub(super) data: Vec<(u32, Vec<u8>)>,
    pub(super) kept: Shards<Kept>,
    weight: usize,
}

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
        let compiled = Self::translate(rules, code, check(rules, code, determinism)?)?;
        compiled.try_instantiation()?;
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
        Self::translate(rules, code, scan(rules, code, determinism)?)
    }

    fn translate(rules: &Rules, code: &[u8], checked: Checked) -> Result<Self, String> {
        let failed = |error: String| format!("the module can't be translated: {error}");
        let Rewritten {
            code: rewritten,
            has_start,
            globals,
            data,
        } = rewrite(code).map_err(|error| failed(error.to_string()))?;
        let engine = Engine::new(&config(rules, &checked));
        let module = Module::new(&engine, &rewritten).map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            module,
            // The interpreter's code takes several times the bytes of the original.
            weight: code
                .len()
                .saturating_mul(16)
                .saturating_add(Kept::always(checked.memory_bytes())),
            checked,
            operators: rules.operators,
            has_start,
            globals,
            data,
            kept: Shards::default(),
        })
    }

    /// What runs later must not fail for a reason that can be found now. No code runs: a start
    /// function is called by a frame.
    fn try_instantiation(&self) -> Result<(), String> {
        let mut around = self.surroundings()?;
        match around.entry(self, Entry::Deploy) {
            Err(error) if error.as_trap_code().is_none() => {
                Err(format!("the module can't be instantiated: {error}"))
            }
            _ => {
                self.keep(around);
                Ok(())
            }
        }
    }

    /// What the checks found.
    pub(crate) fn checked(&self) -> &Checked {
        &self.checked
    }

    /// Estimate of the bytes that it takes in a cache.
    pub(crate) fn weight(&self) -> usize {
        self.weight
    }
}

/// The interpreter's settings, every one of them chosen.
pub(crate) fn config(rules: &Rules, checked: &Checked) -> Config {
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
        .floats(checked.determinism == Determinism::Relaxed)
        .consume_fuel(true)
        .allow_start_fn(true)
        .ignore_custom_sections(true)
        .compilation_mode(CompilationMode::Eager)
        .operator_cost(rules.operators.table(checked.largest_frame))
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

/// Shared by the cache and the frames that run.
pub(crate) type Shared = Arc<Compiled>;
