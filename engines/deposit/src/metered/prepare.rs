//! Native code: what is compiled, kept ready, and asked for.
//!
//! A cache and nothing else: no result depends on what is in it, and it may change at any time, also
//! while frames run.

use super::{
    artefact::Label,
    module::{metered, Module},
};
use crate::{
    code::{check, Compiled, Modules, Prices, Shared},
    hash::blake2_256,
    versions::{Metered, Rules},
};
use parity_scale_codec::Encode;
use pink_engine_executor::{Compiler, LoadError, ModuleInfo};
use pink_engine_meter::Class;
use pink_engine_sdk::{
    types::{Determinism, Hash},
    Artefact, ExecutionMode,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

/// Bytes that what is installed may take. More than anybody pays to have compiled, because what is evicted runs
/// interpreted, at the price of compiled code: at 2.1's prices it is over an hour of gas. Not a rule.
const CAPACITY: usize = 1 << 30;

/// Codes that are remembered as wanted until somebody asks. Not a rule.
const MAX_WANTED: usize = 4096;

/// The part of a library that compiles. It belongs to the library, not to an engine, which is made
/// anew after a panic; all of it may be called on any thread, also while the engine executes.
pub struct Preparing {
    rules: &'static Rules,
    metered: &'static Metered,
    compiler: Box<dyn Compiler>,
    installed: Modules,
    /// Everything is interpreted.
    interpreted: AtomicBool,
    wanted: Mutex<BTreeMap<Hash, u64>>,
}

impl fmt::Debug for Preparing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preparing")
            .field("compiler", &self.compiler.name())
            .field("installed", &self.installed.len())
            .finish_non_exhaustive()
    }
}

/// Why code isn't compiled, or an artefact not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unprepared {
    /// The rules don't accept the code.
    Code(String),
    /// The compiler failed, which is its fault: the rules accept the code.
    Compiler(LoadError),
    /// The artefact is of other code, or of another version.
    Artefact(String),
}

impl fmt::Display for Unprepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(reason) => write!(f, "the code isn't accepted: {reason}"),
            Self::Compiler(error) => write!(f, "the compiler failed: {error}"),
            Self::Artefact(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Unprepared {}

impl Preparing {
    /// Of these rules and a compiler for them. None if the version has no metered code.
    pub fn new(rules: &'static Rules, compiler: Box<dyn Compiler>) -> Option<Self> {
        Some(Self {
            rules,
            metered: rules.metered.as_ref()?,
            compiler,
            installed: Modules::new(CAPACITY),
            interpreted: AtomicBool::new(false),
            wanted: Mutex::default(),
        })
    }

    /// Names version, rules, compiler, settings, and the processor's features: an artefact is for these
    /// alone.
    pub fn compiler(&self) -> Hash {
        let rules = (self.rules.version, self.rules.hash());
        blake2_256(&(rules, self.compiler.id()).encode())
    }

    /// Compiles code as it lies in the state. None: code of this shape is only ever interpreted.
    ///
    /// # Errors
    /// It isn't code that the rules accept, or the compiler failed.
    pub fn compile(&self, code: &[u8]) -> Result<Option<Artefact<'static>>, Unprepared> {
        let refused = Unprepared::Code;
        // What is for queries alone is only ever interpreted, and so is refused here.
        let checked = check(self.rules, code, Determinism::Enforced).map_err(refused)?;
        let rules = &self.metered.meter;
        let metered = metered(rules, code, Determinism::Enforced, Prices::Compiled);
        let metered = metered.map_err(refused)?;
        if metered.class != Class::Compiled {
            return Ok(None);
        }
        let kept = ModuleInfo::of(&metered);
        let label = Label::new(blake2_256(code), &checked.shape, &checked.imports, kept);
        let artefact = self.compiler.compile(&metered);
        let artefact = artefact.map_err(Unprepared::Compiler)?;
        Ok(Some(artefact.labelled(label.encode())))
    }

    /// From now on this code runs by that artefact.
    ///
    /// # Errors
    /// It is of other code, or can't be loaded.
    pub fn install(&self, code_hash: &Hash, artefact: Artefact<'_>) -> Result<(), Unprepared> {
        let unfit = Unprepared::Artefact;
        let label = Label::read(artefact.label()).map_err(unfit)?;
        if label.code_hash != *code_hash {
            return Err(unfit("the artefact is of other code".into()));
        }
        let imports = label.imports(self.rules.version).map_err(unfit)?;
        let shape = label.shape();
        let bytes = artefact.module().len();
        let loaded = self.compiler.load_artefact(artefact, label.kept.clone());
        let loaded = loaded.map_err(Unprepared::Compiler)?;
        // No instance of it is kept in any case: there may be any number of such code, and never so much memory.
        let module = Module::new(self.metered, loaded, &label.kept, imports, shape, 0);
        module.try_instantiation().map_err(unfit)?;
        let compiled = Compiled::native(module, bytes);
        self.installed.insert(*code_hash, Arc::new(compiled));
        Ok(())
    }

    /// What was interpreted though it could have been compiled, since this was asked last, most often
    /// run first; at most `limit`.
    pub fn wanted(&self, limit: u32) -> Vec<(Hash, u64)> {
        let taken = std::mem::take(&mut *locked(&self.wanted));
        let mut taken: Vec<_> = taken.into_iter().collect();
        taken.sort_by(|(_, a), (_, b)| b.cmp(a));
        taken.truncate(limit as usize);
        taken
    }

    /// Everything is interpreted from now on, or no longer. Frames that run go on as they began.
    pub fn set_mode(&self, mode: ExecutionMode) {
        self.interpreted
            .store(mode == ExecutionMode::Interpreted, Relaxed);
    }

    /// Native code of this hash, for a frame by the prices of compiled code. If it isn't here, it is
    /// wanted.
    pub(crate) fn find(&self, hash: &Hash) -> Option<Arc<Shared>> {
        if self.interpreted.load(Relaxed) {
            return None;
        }
        let found = self.installed.find(hash);
        if found.is_none() {
            self.want(hash);
        }
        found
    }

    /// Code of this hash will count as compiled soon, and had better be.
    pub(crate) fn expect(&self, hash: &Hash) {
        if !self.interpreted.load(Relaxed) && self.installed.touch(hash).is_none() {
            self.want(hash);
        }
    }

    fn want(&self, hash: &Hash) {
        let mut wanted = locked(&self.wanted);
        if let Some(count) = wanted.get_mut(hash) {
            *count = count.saturating_add(1);
        } else if wanted.len() < MAX_WANTED {
            wanted.insert(*hash, 1);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
