//! A library that seems to compile: it has the interpreter do the work, so that the rules' tests need no compiler.
#![allow(dead_code, unreachable_pub, missing_debug_implementations)]

use super::common::blake2_256;
use pink_engine_deposit::{Preparing, Release, Rules};
use pink_engine_executor::{
    Code as Ready, Compiler, Executor, Host, Instance, Limits, LoadError, ModuleInfo,
    Outcome as Ended, Reference, Settings, Value,
};
use pink_engine_meter::Metered;
use pink_engine_sdk::Artefact;
use std::sync::{
    atomic::{AtomicU64, Ordering::Relaxed},
    Arc, Mutex,
};

/// 2.1 with nothing that compiles.
#[derive(Debug)]
pub struct Interpreted;

impl Release for Interpreted {
    const RULES: Rules = Rules::V2_1;
}

/// 2.0 as the sources have it. Its file is older than message 12, which workers therefore don't give it.
#[derive(Debug)]
pub struct Before;

impl Release for Before {
    const RULES: Rules = Rules::V2_0;
}

pub static V2_1: Rules = Rules::V2_1;

pub fn metered() -> &'static pink_engine_deposit::Metered {
    V2_1.metered.as_ref().unwrap()
}

/// What seems to compile. Between a compilation and its installation it must not be asked for another.
struct Twin {
    reference: Reference,
    made: Mutex<Option<Metered>>,
    calls: Arc<AtomicU64>,
}

impl Executor for Twin {
    fn name(&self) -> &'static str {
        "twin"
    }

    fn load(&self, code: &Metered) -> Result<Box<dyn Ready>, LoadError> {
        Ok(Box::new(Counting {
            what: self.reference.load(code)?,
            calls: Arc::clone(&self.calls),
        }))
    }
}

impl Compiler for Twin {
    fn id(&self) -> [u8; 32] {
        [7; 32]
    }

    fn compile(&self, code: &Metered) -> Result<Artefact<'static>, LoadError> {
        *self.made.lock().unwrap() = Some(code.clone());
        Ok(Artefact::empty())
    }

    fn load_artefact(
        &self,
        _: Artefact<'_>,
        info: ModuleInfo,
    ) -> Result<Box<dyn Ready>, LoadError> {
        let made = self.made.lock().unwrap().take().expect("compiled before");
        assert_eq!(
            info,
            ModuleInfo::of(&made),
            "what the artefact's label says"
        );
        self.load(&made)
    }
}

/// Says how often it was called.
struct Counting<T: ?Sized> {
    what: Box<T>,
    calls: Arc<AtomicU64>,
}

impl Ready for Counting<dyn Ready> {
    fn instance(&self) -> Result<Box<dyn Instance>, LoadError> {
        Ok(Box::new(Counting {
            what: self.what.instance()?,
            calls: Arc::clone(&self.calls),
        }))
    }
}

impl Instance for Counting<dyn Instance> {
    fn call(&mut self, name: &str, args: &[Value], limits: Limits, host: &mut dyn Host) -> Ended {
        self.calls.fetch_add(1, Relaxed);
        self.what.call(name, args, limits, host)
    }

    fn memory(&self) -> &[u8] {
        self.what.memory()
    }

    fn globals(&mut self) -> Vec<Value> {
        self.what.globals()
    }

    fn clean(&mut self) -> bool {
        self.what.clean()
    }
}

/// A library of its own, with its own cache.
#[derive(Debug)]
pub struct Library {
    pub preparing: Preparing,
    calls: Arc<AtomicU64>,
}

impl Library {
    pub fn new() -> Self {
        let calls = Arc::<AtomicU64>::default();
        let settings = Settings {
            rules: &metered().meter,
            floats: false,
        };
        let twin = Twin {
            reference: Reference::new(settings),
            made: Mutex::default(),
            calls: Arc::clone(&calls),
        };
        Self {
            preparing: Preparing::new(&V2_1, Box::new(twin)).unwrap(),
            calls,
        }
    }

    /// Has it run compiled from now on, if it is of the shape for that.
    pub fn compile(&self, code: &[u8]) -> bool {
        match self.preparing.compile(code) {
            Ok(Some(artefact)) => {
                let hash = blake2_256(code);
                self.preparing.install(&hash, artefact).unwrap();
                true
            }
            _ => false,
        }
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }
}

macro_rules! libraries {
    ($($name:ident)*) => {
        $(
            /// 2.1, in a library of this test's.
            #[derive(Debug)]
            struct $name;

            impl $name {
                fn library() -> &'static Library {
                    static LIBRARY: OnceLock<Library> = OnceLock::new();
                    LIBRARY.get_or_init(Library::new)
                }
            }

            impl Release for $name {
                const RULES: Rules = Rules::V2_1;

                fn native() -> Option<&'static Preparing> {
                    Some(&Self::library().preparing)
                }
            }
        )*
    };
}

pub(crate) use libraries;
