//! What a frame's code has around it: a store, a memory, and its instance.
//!
//! Making these takes longer than most calls run, so they are cleaned and kept for the next
//! frame. What is kept is a matter of time only: every frame finds the memory that a new instance
//! would have, its globals as they began, and gas doesn't know the difference.

use super::{
    known,
    linker::{host_function, Handles},
    module::Compiled,
    rewrite::START,
    run::Function,
};
use crate::{exec::Entry, host_fns};
use pink_engine_sdk::{wipe, SHARDS};
use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    Mutex, MutexGuard, PoisonError,
};
use wasmi::{Error, Extern, Global, Instance, Memory, MemoryType, Store, Val};

/// Surroundings that each of a module's places keeps in any case.
const ALWAYS_KEPT: usize = 1;
/// Surroundings that a place keeps at most: as many as frames of a module can be open at once.
const MAX_KEPT: usize = 24;
/// Surroundings with more memory than this aren't kept.
const MAX_KEPT_PAGES: u32 = 16;
/// Bytes of memory that all modules of a process keep together, besides what each always keeps.
const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that are kept beyond [`ALWAYS_KEPT`].
static KEPT_BYTES: AtomicUsize = AtomicUsize::new(0);

/// A store with a memory, with the host functions, and from the first frame on with an instance.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) store: Store<Handles>,
    imports: Vec<Extern>,
    memory: Memory,
    made: Option<Made>,
}

/// An instance, and what its globals began with.
#[derive(Debug)]
struct Made {
    start: Option<Function>,
    deploy: Function,
    call: Function,
    globals: Vec<(Global, Val)>,
}

/// Surroundings that wait for a frame. Boxed, because a store is large and is moved twice a frame.
#[derive(Debug, Default)]
#[allow(clippy::vec_box)]
pub(super) struct Kept(Mutex<Vec<Box<Surroundings>>>);

impl Surroundings {
    fn new(compiled: &Compiled) -> Result<Self, String> {
        let mut store = Store::new(compiled.module.engine(), Handles::default());
        let (initial, maximum) = (
            compiled.checked.initial_pages,
            compiled.checked.maximum_pages,
        );
        let memory = Memory::new(&mut store, MemoryType::new(initial, Some(maximum)))
            .map_err(|error| format!("the memory can't be made: {error}"))?;
        store.data_mut().memory = Some(memory);
        let imports = compiled
            .module
            // In the interpreter's order, which isn't the module's: functions come first.
            .imports()
            .map(|import| {
                let (module, name) = (import.module(), import.name());
                let native = match module {
                    known::MODULE => known::host_function(&mut store, name, &compiled.operators),
                    _ => host_fns::find(module, name).map(|def| host_function(&mut store, def.id)),
                };
                // The checks let nothing else through.
                native.map_or(Extern::Memory(memory), Extern::Func)
            })
            .collect();
        Ok(Self {
            store,
            imports,
            memory,
            made: None,
        })
    }

    /// The instance's start function, which has to run first, and its entry point. An instance
    /// with a start function is never used again.
    ///
    /// # Errors
    /// It can't be made: its segments don't fit.
    pub(super) fn entry(
        &mut self,
        compiled: &Compiled,
        entry: Entry,
    ) -> Result<(Option<Function>, Function), Error> {
        let made = match self.made.take() {
            Some(made) => made,
            None => {
                let instance = Instance::new(&mut self.store, &compiled.module, &self.imports)?;
                Made::of(instance, &self.store, compiled)?
            }
        };
        let function = match entry {
            Entry::Deploy => made.deploy,
            Entry::Call => made.call,
        };
        let start = made.start;
        self.made = Some(made);
        Ok((start, function))
    }

    /// Makes everything as it was before the frame, or says that this can't be.
    fn clean(&mut self, compiled: &Compiled) -> bool {
        let Some(made) = &self.made else {
            return false;
        };
        let initial = u64::from(compiled.checked.initial_pages);
        if compiled.has_start
            || compiled.checked.initial_pages > MAX_KEPT_PAGES
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
        compiled.data.iter().all(|(offset, data)| {
            let start = *offset as usize;
            let target = bytes.get_mut(start..start.saturating_add(data.len()));
            target.map(|target| target.copy_from_slice(data)).is_some()
        })
    }
}

impl Made {
    fn of(instance: Instance, store: &Store<Handles>, compiled: &Compiled) -> Result<Self, Error> {
        let start = match compiled.has_start {
            true => Some(Function::of(instance, store, START)?),
            false => None,
        };
        Ok(Self {
            start,
            deploy: Function::of(instance, store, Entry::Deploy.name())?,
            call: Function::of(instance, store, Entry::Call.name())?,
            globals: (0..compiled.globals)
                .map(|number| {
                    let global = instance.get_global(store, &number.to_string())?;
                    Some((global, global.get(store)))
                })
                .collect::<Option<_>>()
                .ok_or_else(|| Error::new("every global is exported"))?,
        })
    }
}

impl Compiled {
    /// Surroundings for one frame.
    ///
    /// # Errors
    /// The interpreter refuses to make them; found when the code was stored.
    pub(super) fn surroundings(&self) -> Result<Box<Surroundings>, String> {
        let kept = self.kept.local().take(self.checked.memory_bytes());
        kept.map_or_else(|| Surroundings::new(self).map(Box::new), Ok)
    }

    /// Cleans surroundings and keeps them, or drops them.
    pub(super) fn keep(&self, mut used: Box<Surroundings>) {
        if used.clean(self) {
            self.kept.local().put(used, self.checked.memory_bytes());
        }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        let bytes = self.checked.memory_bytes();
        for place in self.kept.all() {
            while place.take(bytes).is_some() {}
        }
    }
}

impl Kept {
    /// Estimate of the bytes that are always kept.
    pub(super) const fn always(memory_bytes: usize) -> usize {
        memory_bytes.saturating_mul(ALWAYS_KEPT * SHARDS)
    }

    fn take(&self, memory_bytes: usize) -> Option<Box<Surroundings>> {
        let mut kept = self.locked();
        let taken = kept.pop()?;
        if kept.len() >= ALWAYS_KEPT {
            KEPT_BYTES.fetch_sub(memory_bytes, Relaxed);
        }
        Some(taken)
    }

    fn put(&self, surroundings: Box<Surroundings>, memory_bytes: usize) {
        let mut kept = self.locked();
        if kept.len() >= MAX_KEPT {
            return;
        }
        if kept.len() >= ALWAYS_KEPT {
            let before = KEPT_BYTES.fetch_add(memory_bytes, Relaxed);
            if before.saturating_add(memory_bytes) > MAX_KEPT_BYTES {
                KEPT_BYTES.fetch_sub(memory_bytes, Relaxed);
                return;
            }
        }
        kept.push(surroundings);
    }

    #[allow(clippy::vec_box)]
    fn locked(&self) -> MutexGuard<'_, Vec<Box<Surroundings>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
