//! A compiled module, with everything that its frames have in common.
//!
//! Each module has an interpreter engine of its own: an engine never forgets code, so dropping
//! it is the only way to free it. Setting up a frame anew (memory, host functions) takes longer
//! than most calls run, so a frame's surroundings are kept and cleaned for the next one. What is
//! kept is a matter of time only: every frame finds zeroed memory of the initial size, fresh
//! globals and a fresh table, and the gas doesn't know the difference.

use super::{
    linker::{host_function, Handles},
    validate::{check, scan, Checked},
};
use crate::{host_fns, rules::Rules};
use pink_engine_sdk::types::Determinism;
use std::sync::{Arc, Mutex, PoisonError};
use wasmi::{
    CompilationMode, Config, CustomFuelCosts, EnforcedLimits, Engine, Extern, Instance, Memory,
    MemoryType, Module, Store,
};

/// Functions that all instances in one store may have: instances pile up in it, and each takes
/// room for all its functions.
const MAX_FUNCTIONS: u32 = 32 * 1024;
/// Surroundings kept for each module; more threads than that build their own.
const MAX_KEPT: usize = 2;
/// Surroundings with more memory than this aren't kept.
const MAX_KEPT_PAGES: u32 = 16;
/// What a clean part of a memory looks like.
const ZEROS: [u8; 4096] = [0; 4096];
/// Bytes of a page of memory.
const PAGE: usize = 64 * 1024;

/// A module, ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(super) module: Module,
    pub(super) checked: Checked,
    engine: Engine,
    kept: Mutex<Vec<Surroundings>>,
    weight: usize,
}

/// A store with the imports of a module, before the module is instantiated in it.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) store: Store<Handles>,
    pub(super) imports: Vec<Extern>,
    memory: Memory,
    uses: u32,
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
        let engine = Engine::new(&config(rules, &checked));
        let module = Module::new(&engine, code)
            .map_err(|error| format!("the module can't be translated: {error}"))?;
        let kept_memory = (checked.initial_pages as usize)
            .saturating_mul(PAGE)
            .saturating_mul(MAX_KEPT);
        Ok(Self {
            module,
            engine,
            kept: Mutex::default(),
            // The interpreter's code takes several times the bytes of the original.
            weight: code.len().saturating_mul(16).saturating_add(kept_memory),
            checked,
        })
    }

    /// What runs later must not fail for a reason that can be found now. Without fuel a start
    /// function gets nowhere, least of all to a host function: a call costs fuel.
    fn try_instantiation(&self) -> Result<(), String> {
        let mut around = self.surroundings()?;
        match Instance::new(&mut around.store, &self.module, &around.imports) {
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

    /// Surroundings for one frame.
    ///
    /// # Errors
    /// The interpreter refuses to make them; found when the code was stored.
    pub(super) fn surroundings(&self) -> Result<Surroundings, String> {
        if let Some(kept) = self.locked().pop() {
            return Ok(kept);
        }
        let mut store = Store::new(&self.engine, Handles::default());
        let ty = MemoryType::new(self.checked.initial_pages, Some(self.checked.maximum_pages));
        let memory = Memory::new(&mut store, ty)
            .map_err(|error| format!("the memory can't be made: {error}"))?;
        store.data_mut().memory = Some(memory);
        let imports = self
            .module
            // In the interpreter's order, which isn't the module's: functions come first.
            .imports()
            .map(|import| {
                match host_fns::find(import.module(), import.name()) {
                    Some(def) => Extern::Func(host_function(&mut store, def.id)),
                    // The checks let nothing else through.
                    None => Extern::Memory(memory),
                }
            })
            .collect();
        Ok(Surroundings {
            store,
            imports,
            memory,
            uses: 0,
        })
    }

    /// Cleans surroundings and keeps them, or drops them.
    pub(super) fn keep(&self, mut used: Surroundings) {
        used.uses = used.uses.saturating_add(1);
        let initial = u64::from(self.checked.initial_pages);
        if used.uses.saturating_mul(self.checked.functions) > MAX_FUNCTIONS
            || self.checked.initial_pages > MAX_KEPT_PAGES
            || used.memory.size(&used.store) != initial
        {
            return;
        }
        for part in used
            .memory
            .data_mut(&mut used.store)
            .chunks_mut(ZEROS.len())
        {
            // Most of a memory is never written; finding that out is cheaper than writing zeros.
            if ZEROS.get(..part.len()) != Some(&*part) {
                part.fill(0);
            }
        }
        let mut kept = self.locked();
        if kept.len() < MAX_KEPT {
            kept.push(used);
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Surroundings>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The interpreter's settings, every one of them chosen.
fn config(rules: &Rules, checked: &Checked) -> Config {
    let interpreter = &rules.interpreter;
    let mut config = Config::default();
    config
        .set_max_recursion_depth(interpreter.recursion_depth as usize)
        .set_max_stack_height(interpreter.stack_height as usize)
        .set_min_stack_height(16 * 1024)
        .set_max_cached_stacks(2)
        .wasm_mutable_global(false)
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
pub(super) type Shared = Arc<Compiled>;
