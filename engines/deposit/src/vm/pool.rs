//! Instances, with the store and the memory that a frame's code has around it.
//!
//! Making these takes longer than most calls run, so they are cleaned and kept for the next
//! frame. What is kept is a matter of time only: every frame finds the memory that a new instance
//! would have, its globals as they began, and gas doesn't know the difference.

use super::{
    intrinsics,
    linker::Handles,
    module::{Module, START},
    run::Function,
};
use crate::{ext::ExportedFunction, host_fns::HostFn};
use pink_engine_sdk::{wipe, SHARDS};
use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    Mutex, MutexGuard, PoisonError,
};
use wasmi::{Error, Extern, Global, Memory, MemoryType, Store, Val};

/// Instances that each of a module's shards keeps in any case.
pub(crate) const ALWAYS_KEPT: usize = 1;
/// Instances that a shard keeps at most: as many as frames of a module can be open at once.
const MAX_KEPT: usize = 24;
/// Instances with more memory than this aren't kept.
pub(crate) const MAX_KEPT_PAGES: u32 = 16;
/// Bytes of memory that all modules of a process keep together, besides what each always keeps.
const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that are kept beyond [`ALWAYS_KEPT`].
static KEPT_BYTES: AtomicUsize = AtomicUsize::new(0);

/// A store with a memory, with the host functions, and from the first frame on with an instance.
#[derive(Debug)]
pub(super) struct PooledInstance {
    pub(super) store: Store<Handles>,
    imports: Vec<Extern>,
    memory: Memory,
    instance: Option<Instance>,
}

/// An instance, and what its globals began with.
#[derive(Debug)]
struct Instance {
    start: Option<Function>,
    deploy: Function,
    call: Function,
    globals: Vec<(Global, Val)>,
}

/// Instances that wait for a frame. Boxed, because a store is large and is moved twice a frame.
#[allow(clippy::vec_box)]
pub(crate) struct Pool<T: ?Sized>(Mutex<Vec<Box<T>>>);

impl<T: ?Sized> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized> std::fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pool").field(&self.locked().len()).finish()
    }
}

impl PooledInstance {
    fn new(module: &Module) -> Result<Self, String> {
        let mut store = Store::new(module.translated.engine(), Handles::default());
        let (initial, maximum) = (module.shape.initial_pages, module.shape.maximum_pages);
        let memory = Memory::new(&mut store, MemoryType::new(initial, Some(maximum)))
            .map_err(|error| format!("the memory can't be made: {error}"))?;
        store.data_mut().memory = Some(memory);
        let imports = module
            .translated
            // In the interpreter's order, which isn't the module's: functions come first.
            .imports()
            .map(|import| {
                let (from, name) = (import.module(), import.name());
                let native = match from {
                    intrinsics::MODULE => {
                        intrinsics::host_function(&mut store, name, &module.operators)
                    }
                    _ => HostFn::find(module.version, from, name)
                        .map(|function| function.link(&mut store)),
                };
                // The checks let nothing else through.
                native.map_or(Extern::Memory(memory), Extern::Func)
            })
            .collect();
        Ok(Self {
            store,
            imports,
            memory,
            instance: None,
        })
    }

    /// The instance's start function, which has to run first, and its entry point. An instance
    /// with a start function is never used again.
    ///
    /// # Errors
    /// It can't be made: its segments don't fit.
    pub(super) fn entry(
        &mut self,
        module: &Module,
        entry: ExportedFunction,
    ) -> Result<(Option<Function>, Function), Error> {
        let made = match self.instance.take() {
            Some(made) => made,
            None => {
                let instance =
                    wasmi::Instance::new(&mut self.store, &module.translated, &self.imports)?;
                Instance::of(instance, &self.store, module)?
            }
        };
        let function = match entry {
            ExportedFunction::Constructor => made.deploy,
            ExportedFunction::Call => made.call,
        };
        let start = made.start;
        self.instance = Some(made);
        Ok((start, function))
    }

    /// Makes everything as it was before the frame, or says that this can't be.
    fn clean(&mut self, module: &Module) -> bool {
        let Some(made) = &self.instance else {
            return false;
        };
        let initial = u64::from(module.shape.initial_pages);
        if module.has_start
            || module.shape.initial_pages > MAX_KEPT_PAGES
            || self.memory.size(&self.store) != initial
        {
            return false;
        }
        for (global, value) in &made.globals {
            // Constants can't be set, and needn't be.
            if global.ty(&self.store).mutability().is_mut()
                && global.set(&mut self.store, value.clone()).is_err()
            {
                return false;
            }
        }
        let bytes = self.memory.data_mut(&mut self.store);
        wipe(bytes);
        module.data.iter().all(|(offset, data)| {
            let start = *offset as usize;
            let target = bytes.get_mut(start..start.saturating_add(data.len()));
            target.map(|target| target.copy_from_slice(data)).is_some()
        })
    }
}

impl Instance {
    fn of(
        instance: wasmi::Instance,
        store: &Store<Handles>,
        module: &Module,
    ) -> Result<Self, Error> {
        let start = if module.has_start {
            Some(Function::of(instance, store, START)?)
        } else {
            None
        };
        Ok(Self {
            start,
            deploy: Function::of(instance, store, ExportedFunction::Constructor.name())?,
            call: Function::of(instance, store, ExportedFunction::Call.name())?,
            globals: (0..module.globals)
                .map(|number| {
                    let global = instance.get_global(store, &number.to_string())?;
                    Some((global, global.get(store)))
                })
                .collect::<Option<_>>()
                .ok_or_else(|| Error::new("every global is exported"))?,
        })
    }
}

impl Module {
    /// An instance for one frame.
    ///
    /// # Errors
    /// The interpreter refuses to make it; found when the code was stored.
    pub(super) fn instance(&self) -> Result<Box<PooledInstance>, String> {
        let memory = self.shape.memory_bytes();
        let kept = self.pool.local().take(memory, ALWAYS_KEPT);
        kept.map_or_else(|| PooledInstance::new(self).map(Box::new), Ok)
    }

    /// Cleans an instance and keeps it, or drops it.
    pub(super) fn give_back(&self, mut used: Box<PooledInstance>) {
        if used.clean(self) {
            let memory = self.shape.memory_bytes();
            self.pool.local().put(used, memory, ALWAYS_KEPT);
        }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let bytes = self.shape.memory_bytes();
        for shard in self.pool.all() {
            shard.empty(bytes, ALWAYS_KEPT);
        }
    }
}

impl<T: ?Sized> Pool<T> {
    /// Estimate of the bytes that are always kept.
    pub(crate) const fn always(memory_bytes: usize) -> usize {
        memory_bytes.saturating_mul(ALWAYS_KEPT * SHARDS)
    }

    /// An instance with so much memory, where so many are always kept.
    pub(crate) fn take(&self, memory_bytes: usize, always: usize) -> Option<Box<T>> {
        let mut kept = self.locked();
        let taken = kept.pop()?;
        if kept.len() >= always {
            KEPT_BYTES.fetch_sub(memory_bytes, Relaxed);
        }
        Some(taken)
    }

    /// Drops all of them.
    pub(crate) fn empty(&self, memory_bytes: usize, always: usize) {
        while self.take(memory_bytes, always).is_some() {}
    }

    /// Keeps an instance that was cleaned, if there is room for it.
    pub(crate) fn put(&self, instance: Box<T>, memory_bytes: usize, always: usize) {
        let mut kept = self.locked();
        if kept.len() >= MAX_KEPT {
            return;
        }
        if kept.len() >= always {
            let before = KEPT_BYTES.fetch_add(memory_bytes, Relaxed);
            if before.saturating_add(memory_bytes) > MAX_KEPT_BYTES {
                KEPT_BYTES.fetch_sub(memory_bytes, Relaxed);
                return;
            }
        }
        kept.push(instance);
    }

    #[allow(clippy::vec_box)]
    fn locked(&self) -> MutexGuard<'_, Vec<Box<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
