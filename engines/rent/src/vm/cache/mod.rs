//! Compiled modules, kept while there is room for them.
//!
//! What is in here never changes a result: gas is counted by the code itself, and every call is
//! charged for loading its code, whether that was compiled before or not.

use super::barrier::with_barriers;
use crate::{host_fns::HostFn, versions::Rules};
use pink_engine_sdk::types::Hash;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use wasmi::{CompilationMode, Config, EnforcedLimits, Engine, ExternType, Module};

/// A compiled module takes about 16 times the bytes of its code.
const BYTES_PER_CODE_BYTE: usize = 16;
/// What the modules of one engine may take, in bytes.
const CAPACITY: usize = 64 << 20;

/// A module, ready to be instantiated. Each has an interpreter's engine of its own, because an
/// engine keeps what it compiled for as long as it lives.
pub(crate) struct Compiled {
    pub(crate) engine: Engine,
    pub(crate) module: Module,
    /// What it imports, in its order, looked up once.
    pub(crate) imports: Vec<Import>,
    size: usize,
}

/// One import of a module.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Import {
    Memory,
    Function(HostFn),
}

impl Compiled {
    /// Compiles code. None if the interpreter refuses it, or if it imports what isn't there.
    fn new(code: &[u8], rules: &Rules) -> Option<Self> {
        let engine = Engine::new(&config(rules));
        let module = Module::new(&engine, &with_barriers(code)?).ok()?;
        let imports = module
            .imports()
            .map(|import| match import.ty() {
                ExternType::Memory(_) => Some(Import::Memory),
                ExternType::Func(ty) => {
                    HostFn::find_typed(import.module(), import.name(), ty).map(Import::Function)
                }
                ExternType::Global(_) | ExternType::Table(_) => None,
            })
            .collect::<Option<_>>()?;
        Some(Self {
            engine,
            module,
            imports,
            size: code.len().saturating_mul(BYTES_PER_CODE_BYTE),
        })
    }
}

/// The interpreter's settings. None is left to a default that an update could change.
pub(crate) fn config(rules: &Rules) -> Config {
    let bounds = &rules.interpreter;
    let mut config = Config::default();
    config
        .set_min_stack_height(1024)
        .set_max_stack_height(bounds.max_stack_bytes as usize)
        .set_max_recursion_depth(bounds.max_recursion as usize)
        .set_max_cached_stacks(2)
        // The first version of WebAssembly, as the decoder of 2021 took it.
        .wasm_mutable_global(false)
        .wasm_sign_extension(false)
        .wasm_saturating_float_to_int(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_bulk_memory(false)
        .wasm_reference_types(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        // Floats are valid, so that they are refused with a reason of their own.
        .floats(true)
        // Gas is counted by what the instrumentation injects.
        .consume_fuel(false)
        .allow_start_fn(true)
        .ignore_custom_sections(true)
        .compilation_mode(CompilationMode::Eager)
        // The limits of a module are the schedule's; code size bounds what those don't name.
        .enforced_limits(EnforcedLimits::default());
    config
}

/// Whether code is a valid module.
pub(crate) fn validate(code: &[u8], rules: &Rules) -> Result<(), wasmi::Error> {
    Module::validate(&Engine::new(&config(rules)), code)
}

/// Compiled modules by the hash of their code.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    modules: BTreeMap<Hash, (u64, Arc<Compiled>)>,
    size: usize,
    /// Counts uses, for knowing which module wasn't used for the longest time.
    clock: u64,
}

impl Cache {
    /// The module with this hash, compiled from `code` if it isn't kept.
    pub(crate) fn get(
        &self,
        hash: &Hash,
        rules: &Rules,
        code: impl FnOnce() -> Option<Vec<u8>>,
    ) -> Option<Arc<Compiled>> {
        if let Some(kept) = self.locked().touch(hash) {
            return Some(kept);
        }
        // Compiled without the lock: two threads may do it at once, and the later one's is kept.
        let compiled = Arc::new(Compiled::new(&code()?, rules)?);
        self.locked().keep(*hash, Arc::clone(&compiled));
        Some(compiled)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn touch(&mut self, hash: &Hash) -> Option<Arc<Compiled>> {
        self.clock = self.clock.wrapping_add(1);
        let (used, module) = self.modules.get_mut(hash)?;
        *used = self.clock;
        Some(Arc::clone(module))
    }

    fn keep(&mut self, hash: Hash, module: Arc<Compiled>) {
        if module.size > CAPACITY {
            return;
        }
        self.forget(&hash);
        while self.size.saturating_add(module.size) > CAPACITY {
            let oldest = self.modules.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(hash, _)| *hash) else {
                break;
            };
            self.forget(&oldest);
        }
        self.clock = self.clock.wrapping_add(1);
        self.size = self.size.saturating_add(module.size);
        self.modules.insert(hash, (self.clock, module));
    }

    fn forget(&mut self, hash: &Hash) {
        if let Some((_, module)) = self.modules.remove(hash) {
            self.size = self.size.saturating_sub(module.size);
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.locked();
        f.debug_struct("Cache")
            .field("modules", &kept.modules.len())
            .field("size", &kept.size)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
