//! The threads.

use crate::{
    cache::{Cache, Name},
    codes::{Codes, Running},
    queue::Queue,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock, CodeHash, EngineVersion, Hash};
use pink_capi::types::Event;
use pink_engine_host::{
    give_way, ExecutionMode, Prepare, BACKGROUND_NICENESS, ENGINE_THREAD_STACK_BYTES,
};
use pink_worker_core::{ExecutedBlock, Modes, Observer};
use std::{
    fmt::Debug,
    io,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, RwLock,
    },
    thread,
    time::{Duration, Instant},
};

mod jobs;

/// How often an engine is asked what it interpreted, and whether it may compile is looked at.
const LOOK_EACH: Duration = Duration::from_secs(1);

/// How many codes an engine names at a time.
const WANTED_AT_ONCE: u32 = 64;

/// What became of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prepared {
    /// It was compiled, and runs so from now on.
    Compiled,
    /// It was on the disk, and runs so from now on.
    Cached,
    /// The engine only ever interprets code of that shape.
    Interpreted,
    /// It could not be compiled, or not be installed.
    Failed,
    /// There is no room in memory for more.
    NoRoom,
}

impl Prepared {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Compiled,
        Self::Cached,
        Self::Interpreted,
        Self::Failed,
        Self::NoRoom,
    ];

    /// Its name, for whoever counts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compiled => "compiled",
            Self::Cached => "cached",
            Self::Interpreted => "interpreted",
            Self::Failed => "failed",
            Self::NoRoom => "no_room",
        }
    }
}

/// Is told of what is done, on the threads that do it.
pub trait Told: Debug + Send + Sync {
    /// Something became of code, after so long.
    fn prepared(&self, what: Prepared, took: Duration);
}

/// How a worker compiles.
#[derive(Debug)]
pub struct Settings {
    /// How many threads; at least one.
    pub threads: usize,
    /// The base path in which it keeps artefacts, and how many bytes of them; the folder is made when there is an engine that
    /// compiles. None: it keeps none.
    pub cache: Option<(PathBuf, u64)>,
    /// How many bytes of artefacts may be installed, as long as the process lives.
    pub max_installed_bytes: u64,
    /// How engines run contracts.
    pub modes: Modes,
    /// Who is told.
    pub told: Option<Arc<dyn Told>>,
}

/// Threads that compile, as long as this lives. See the crate's documentation.
#[derive(Debug)]
pub struct Preparer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// None once it is to stop: a store that is to be closed has no reader here then.
    codes: RwLock<Option<Box<dyn Codes>>>,
    /// Where artefacts are to be kept.
    place: Option<(PathBuf, u64)>,
    /// They are, since there was an engine that compiles.
    opened: OnceLock<Option<Cache>>,
    max_installed_bytes: u64,
    modes: Modes,
    told: Option<Arc<dyn Told>>,
    state: Mutex<State>,
    changed: Condvar,
    said_no_room: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    /// The engine may be another one by now.
    look: bool,
    /// The version that the last block ended with.
    version: Option<EngineVersion>,
    /// The engine, if it can compile.
    current: Option<Current>,
    queue: Queue,
    installed_bytes: u64,
    /// How many threads are at something.
    busy: usize,
    /// When the engine was last asked what it wants.
    asked: Option<Instant>,
}

/// An engine that can compile.
#[derive(Clone, Debug)]
struct Current {
    running: Running,
    compiler: [u8; 32],
    /// What the disk has was installed.
    installed: bool,
}

impl Current {
    fn prepare(&self) -> Option<&dyn Prepare> {
        self.running.engine.prepare()
    }

    fn name(&self, code: &CodeHash) -> Name {
        Cache::name(code, &self.running.file, &self.compiler)
    }
}

impl Preparer {
    /// Shows the engine that the cluster runs to the modes, before it runs anything, and starts the threads.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(codes: impl Codes + 'static, settings: Settings) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            codes: RwLock::new(Some(Box::new(codes))),
            place: settings.cache,
            opened: OnceLock::new(),
            max_installed_bytes: settings.max_installed_bytes,
            modes: settings.modes,
            told: settings.told,
            state: Mutex::default(),
            changed: Condvar::new(),
            said_no_room: AtomicBool::new(false),
        });
        shared.look();
        let this = Self(shared);
        for _ in 0..settings.threads.max(1) {
            let shared = this.0.clone();
            thread::Builder::new()
                .name("compile".into())
                .stack_size(ENGINE_THREAD_STACK_BYTES)
                .spawn(move || {
                    give_way(BACKGROUND_NICENESS);
                    shared.work();
                })?;
        }
        Ok(this)
    }

    /// What is to be told of each block. It does no more than write down what there is to do.
    pub fn observer(&self) -> Arc<dyn Observer> {
        self.0.clone()
    }

    /// How many codes wait.
    pub fn waiting(&self) -> usize {
        self.0.state().queue.len()
    }

    /// Bytes of all artefacts on the disk.
    pub fn cached_bytes(&self) -> u64 {
        self.0.cache().map_or(0, Cache::bytes)
    }

    /// What asks for the two figures above, also when this is gone.
    pub fn figures(&self) -> impl Fn() -> (usize, u64) + Send + Sync + 'static {
        let shared = Arc::downgrade(&self.0);
        move || {
            let shared = shared.upgrade();
            shared.map_or((0, 0), |it| {
                let bytes = it.cache().map_or(0, Cache::bytes);
                (it.state().queue.len(), bytes)
            })
        }
    }

    /// Waits until there is nothing to do, or the time is over. Whether there is nothing to do: for those who would
    /// rather wait than have the next block interpreted, which no worker of a chain does.
    pub fn finish(&self, most: Duration) -> bool {
        let began = Instant::now();
        let mut state = self.0.state();
        state.asked = None;
        self.0.changed.notify_all();
        loop {
            if self.0.is_idle(&state) {
                return true;
            }
            let Some(left) = most.checked_sub(began.elapsed()) else {
                return false;
            };
            let (after, _) = self
                .0
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
            state = after;
        }
    }
}

/// The threads end when they are done with what they are at. Nothing of the store is read any more.
impl Drop for Preparer {
    fn drop(&mut self) {
        self.0.state().stopped = true;
        self.0.changed.notify_all();
        let mut codes = self.0.codes.write().unwrap_or_else(PoisonError::into_inner);
        *codes = None;
    }
}

impl Observer for Shared {
    fn kept(&self, _: &ClusterBlock, block: &ExecutedBlock) {
        let mut state = self.state();
        if block.record.engine != state.version {
            state.version = block.record.engine;
            state.look = true;
        }
        // What was paid for under an engine that can't compile is for its successor to ask for.
        if state.current.is_some() {
            for code in paid_for(block) {
                state.queue.paid(code);
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    fn went_back(&self, _: BlockNumber) {
        self.state().look = true;
        self.changed.notify_all();
    }
}

/// The codes for whose compilation messages of a block paid: their receipts say so. A message that is done may have
/// paid for nothing, such as an upload of what was there.
fn paid_for(block: &ExecutedBlock) -> impl Iterator<Item = CodeHash> + '_ {
    let events = block.receipts.iter().flat_map(|it| &it.receipt.events);
    events.filter_map(|event| match event {
        Event::CodeActivated { code_hash, .. } => Some(Hash::from(*code_hash)),
        _ => None,
    })
}

fn hash_of(code: &[u8]) -> Hash {
    let mut hash = [0; 32];
    let made = blake2b_simd::Params::new().hash_length(32).hash(code);
    hash.copy_from_slice(made.as_bytes());
    Hash::from(hash)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> Option<&Cache> {
        self.opened.get()?.as_ref()
    }

    /// Opens the cache, if it isn't.
    fn open_cache(&self) {
        self.opened.get_or_init(|| {
            let (base, bytes) = self.place.as_ref()?;
            Cache::open_or_go_without(base, *bytes)
        });
    }

    fn may_compile(&self, current: &Current) -> bool {
        self.modes.of(current.running.version) == ExecutionMode::Native
    }

    fn is_idle(&self, state: &State) -> bool {
        let Some(current) = &state.current else {
            return !state.look && state.busy == 0;
        };
        let nothing = !state.look && state.busy == 0;
        let done = current.installed && state.asked.is_some() && state.queue.len() == 0;
        nothing && (done || !self.may_compile(current))
    }

    fn work(&self) {
        let mut state = self.state();
        while !state.stopped {
            if state.look {
                state.look = false;
                state = self.busily(state, |it| it.look());
                continue;
            }
            let current = state.current.clone();
            let Some(current) = current.filter(|it| self.may_compile(it)) else {
                state = self.wait(state);
                continue;
            };
            if !current.installed {
                if let Some(it) = &mut state.current {
                    it.installed = true;
                }
                state = self.busily(state, |it| it.install_kept(&current));
            } else if let Some(code) = state.queue.take() {
                state = self.busily(state, |it| it.prepare(&current, code));
            } else if state.asked.is_none_or(|at| at.elapsed() >= LOOK_EACH) {
                state.asked = Some(Instant::now());
                state = self.busily(state, |it| it.ask(&current));
            } else {
                state = self.wait(state);
            }
        }
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let (state, _) = self
            .changed
            .wait_timeout(state, LOOK_EACH)
            .unwrap_or_else(PoisonError::into_inner);
        state
    }

    /// Does something without the lock.
    fn busily<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        work: impl FnOnce(&Self),
    ) -> MutexGuard<'s, State> {
        state.busy = state.busy.saturating_add(1);
        drop(state);
        // A panic is a bug, and no reason not to compile what comes next.
        let work = std::panic::AssertUnwindSafe(|| work(self));
        if std::panic::catch_unwind(work).is_err() {
            tracing::error!("a thread that compiles panicked, and goes on");
        }
        let mut state = self.state();
        state.busy = state.busy.saturating_sub(1);
        self.changed.notify_all();
        state
    }

    fn tell(&self, what: Prepared, began: Instant) {
        if let Some(told) = &self.told {
            told.prepared(what, began.elapsed());
        }
    }

    fn say_no_room(&self) {
        if !self.said_no_room.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                bytes = self.max_installed_bytes,
                "there is no room for more compiled contracts: others are interpreted\n  hint: --artefact-cache-size, and \
                 start again"
            );
        }
    }
}
