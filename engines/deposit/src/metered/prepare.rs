//! Native code: what is compiled, kept ready, and asked for.
//!
//! A cache and nothing else: no result depends on what is in it, and it may change at any time, also
//! while frames run.

use super::{
    artefact::Header,
    module::{metered, Module},
};
use crate::{
    code::{check, Compiled, Modules, Shared},
    hash::blake2_256,
    versions::{Metered, Rules},
};
use parity_scale_codec::Encode;
use pink_engine_executor::{Code, Compiler, Kept, LoadError};
use pink_engine_meter::Class;
use pink_engine_sdk::{
    types::{Determinism, Hash},
    Artefact, ExecutionMode, Refused,
};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, PoisonError,
    },
};

/// Bytes (estimated) that what is installed may take. Not a rule.
const CAPACITY: usize = 128 * 1024 * 1024;

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

/// Why code isn't compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The rules don't accept it.
    Code(String),
    /// The compiler failed, which is its fault: the rules accept the code.
    Compiler(LoadError),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(reason) => write!(f, "the code isn't one that is compiled: {reason}"),
            Self::Compiler(error) => write!(f, "the compiler failed: {error}"),
        }
    }
}

impl std::error::Error for Stopped {}

/// Code between its checks and its compiler.
struct Passed {
    metered: pink_engine_meter::Metered,
    header: Header,
}

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
    pub fn compile(&self, code: &[u8]) -> Result<Option<Vec<u8>>, Stopped> {
        let Some(passed) = self.passes(code)? else {
            return Ok(None);
        };
        let artefact = self.compiler.compile(&passed.metered);
        let artefact = artefact.map_err(Stopped::Compiler)?;
        Ok(Some(passed.header.before(&artefact)))
    }

    /// From now on this code runs by that artefact.
    ///
    /// # Errors
    /// It is of another compiler or other code, or can't be loaded.
    pub fn install(&self, code_hash: &Hash, artefact: Artefact<'_>) -> Result<(), Refused> {
        let (header, len) = Header::read(artefact.bytes()).map_err(Refused::Broken)?;
        let expected = self.compiler();
        if header.compiler != expected {
            return Err(Refused::Compiler {
                expected,
                found: header.compiler,
            });
        }
        if header.code_hash != *code_hash {
            return Err(Refused::Broken("it is of other code".into()));
        }
        let rest = artefact.behind(len);
        let rest = rest.ok_or_else(|| Refused::Broken("it has no end".into()))?;
        let loaded = self.compiler.load_artefact(rest, header.kept.clone());
        let loaded = loaded.map_err(|error| Refused::Broken(error.to_string()))?;
        self.keep(&header, loaded, artefact.bytes().len())
            .map_err(Refused::Broken)
    }

    /// Compiles code and has it run compiled from now on, without an artefact. Says whether it is of the
    /// shape for that.
    ///
    /// # Errors
    /// As for [`Self::compile`].
    pub fn compile_now(&self, code: &[u8]) -> Result<bool, Stopped> {
        let Some(passed) = self.passes(code)? else {
            return Ok(false);
        };
        let loaded = self.compiler.load(&passed.metered);
        let loaded = loaded.map_err(Stopped::Compiler)?;
        // An artefact takes six to eight bytes for each of the module.
        let bytes = passed.metered.code.len().saturating_mul(8);
        self.keep(&passed.header, loaded, bytes)
            .map_err(Stopped::Code)?;
        Ok(true)
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

    /// Native code of this hash, to be run now. If it isn't here, it is wanted.
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

    fn want(&self, hash: &Hash) {
        let mut wanted = locked(&self.wanted);
        if let Some(count) = wanted.get_mut(hash) {
            *count = count.saturating_add(1);
        } else if wanted.len() < MAX_WANTED {
            wanted.insert(*hash, 1);
        }
    }

    fn passes(&self, code: &[u8]) -> Result<Option<Passed>, Stopped> {
        // What is for queries alone is only ever interpreted, and so is refused here.
        let checked = check(self.rules, code, Determinism::Enforced).map_err(Stopped::Code)?;
        let metered = metered(&self.metered.meter, code, Determinism::Enforced);
        let metered = metered.map_err(Stopped::Code)?;
        if metered.class != Class::Compiled {
            return Ok(None);
        }
        let header = Header::new(
            self.compiler(),
            blake2_256(code),
            &checked.shape,
            &checked.imports,
            Kept::of(&metered),
        );
        Ok(Some(Passed { metered, header }))
    }

    fn keep(&self, header: &Header, loaded: Box<dyn Code>, bytes: usize) -> Result<(), String> {
        let imports = header.imports(self.rules.version)?;
        let shape = header.shape();
        let module = Module::new(self.metered, loaded, &header.kept, imports, shape);
        module.try_instantiation()?;
        let compiled = Compiled::native(module, bytes);
        self.installed.insert(header.code_hash, Arc::new(compiled));
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
