//! The engine as tests call it: the library, and the file that was built from it and that workers
//! load. Both have to do the same to the last bit; what tests see is the file's.
//!
//! Rules that a test made for itself are in no file: those run in the library alone.

use pink_engine_host::{engine_file_name, inspect, EngineRegistry, Session};
use pink_engine_rent::{Release, RentEngine, V1_0, V1_1};
use pink_engine_sdk::{
    capi::calls::view,
    types::{
        AccessError, AccountId, AccountView, Balance, Block, BlockReceipt, ClusterView,
        ContractView, EngineInfo, Env, Message, Mode, Receipt, RentView,
    },
    Changes, Engine, Fault, MemoryHost, Overlay,
};
use std::{
    any::TypeId,
    env,
    fmt::Debug,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread,
};

pub(crate) type File = Arc<dyn pink_engine_host::Engine>;

/// What to do when file and library are not of the same sources.
const STALE: &str = "the file does something else than the library: if engines/rent changed since \
                     it was built, run `cargo xtask engines`";

/// The file of a release, loaded once in a process. None for a release of a test's own, and where
/// `PINK_LIBRARY_ALONE` says that the files aren't made of these sources: so does `cargo xtask
/// mutants`, which asks what tests notice without them.
///
/// # Panics
/// If it isn't there, can't be loaded, or has other rules than the library.
pub(crate) fn file<V: Release>() -> Option<File> {
    static V1_0_FILE: OnceLock<File> = OnceLock::new();
    static V1_1_FILE: OnceLock<File> = OnceLock::new();
    if alone() {
        return None;
    }
    let release = TypeId::of::<V>();
    if release == TypeId::of::<V1_0>() {
        Some(V1_0_FILE.get_or_init(load::<V1_0>).clone())
    } else if release == TypeId::of::<V1_1>() {
        Some(V1_1_FILE.get_or_init(load::<V1_1>).clone())
    } else {
        None
    }
}

#[allow(clippy::disallowed_methods)] // a test's environment, not an engine's
fn directory() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines");
    env::var_os("PINK_ENGINES").map_or(built, PathBuf::from)
}

#[allow(clippy::disallowed_methods)] // a test's environment, not an engine's
fn alone() -> bool {
    env::var_os("PINK_LIBRARY_ALONE").is_some()
}

fn load<V: Release>() -> File {
    let rules = V::RULES;
    let version = format!("{}.{}", rules.version.major, rules.version.minor);
    let version = version.parse().expect("a version");
    let directory = directory();
    let found = inspect(&directory.join(engine_file_name(version)));
    let found = found.unwrap_or_else(|error| panic!("{error}: run `cargo xtask engines` first"));
    let registry = EngineRegistry::new(directory);
    let file = registry.get(version, &found.record(Vec::new()));
    let file = file.unwrap_or_else(|error| panic!("{error}: run `cargo xtask engines`"));
    assert_eq!(file.info().cost_table_hash, rules.hash(), "{STALE}");
    file
}

/// Runs a call into a file on a thread with as much stack as the engine says it needs.
#[allow(clippy::disallowed_methods)] // the worker's thread, not the engine's
pub(crate) fn on_its_stack<T: Send>(file: &File, work: impl FnOnce() -> T + Send) -> T {
    let bytes = usize::try_from(file.info().min_stack_bytes).expect("a stack that fits");
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(bytes);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread.join().expect("no panic")
    })
}

/// What differs, as short as can be.
fn difference<T: PartialEq + Debug>(
    file: &Result<(T, Changes), Fault>,
    library: &Result<(T, Changes), Fault>,
) -> String {
    match (file, library) {
        (Ok((file, _)), Ok((library, _))) if file != library => {
            format!("file {file:?}, library {library:?}")
        }
        (Ok((_, file)), Ok((_, library))) => {
            let only = |these: &Changes, others: &Changes| -> Vec<String> {
                let mine = these.iter().filter(|change| !others.contains(change));
                mine.map(|(key, value)| format!("{} = {value:?}", key.escape_ascii()))
                    .collect()
            };
            let (file, library) = (only(file, library), only(library, file));
            format!("changes of the file {file:?}, of the library {library:?}")
        }
        _ => format!(
            "fault: file {}, library {}",
            file.is_err(),
            library.is_err()
        ),
    }
}

/// A library and its file.
pub(crate) struct Tested<V> {
    library: RentEngine<V>,
    file: Option<File>,
}

impl<V: Release> Tested<V> {
    pub(crate) fn new() -> Self {
        Self {
            library: RentEngine::new(),
            file: file::<V>(),
        }
    }

    pub(crate) fn info(&self) -> EngineInfo {
        let info = self.library.info();
        if let Some(file) = &self.file {
            assert_eq!(*file.info(), info, "{STALE}");
        }
        info
    }

    /// A call: its result and what it staged, or the fault. What a call that only looks did to the
    /// overlay is dropped, as a worker does it.
    fn both<T: PartialEq + Debug + Send>(
        &self,
        host: &MemoryHost,
        keeps: bool,
        library: impl FnOnce(&RentEngine<V>, &mut Overlay<'_>) -> T,
        file: impl FnOnce(&File, &mut Session<'_>) -> Result<T, Fault> + Send,
    ) -> Result<(T, Changes), Fault> {
        let mut overlay = Overlay::new(host);
        let given = library(&self.library, &mut overlay);
        assert_eq!(overlay.depth(), 0);
        let changes = overlay.into_changes();
        let expected = changes.map(|changes| {
            if keeps {
                (given, changes)
            } else {
                (given, Changes::new())
            }
        });
        let Some(loaded) = &self.file else {
            return expected;
        };
        let state = &*host.state.lock().expect("no panic");
        let given = on_its_stack(loaded, || {
            let mut session = Session::changing(state, &());
            file(loaded, &mut session).map(|given| (given, session.finish().0))
        });
        if given != expected {
            panic!("{}: {STALE}", difference(&given, &expected));
        }
        given
    }

    /// A call that only looks.
    fn looking<T: PartialEq + Debug + Send>(
        &self,
        host: &MemoryHost,
        library: impl FnOnce(&RentEngine<V>, &mut Overlay<'_>) -> T,
        file: impl FnOnce(&File, &mut Session<'_>) -> Result<T, Fault> + Send,
    ) -> T {
        self.both(host, false, library, file).expect("no fault").0
    }

    /// One message. Nothing is put into the state.
    pub(crate) fn execute(
        &self,
        host: &MemoryHost,
        env: &Env,
        message: &Message,
    ) -> Result<(Receipt, Changes), Fault> {
        self.both(
            host,
            env.mode == Mode::Transaction,
            |engine, state| engine.execute(state, env, message.clone()),
            |engine, state| engine.execute(state, env, message),
        )
    }

    /// The end of a block. Nothing is put into the state.
    pub(crate) fn end_block(&self, host: &MemoryHost, block: &Block) -> (BlockReceipt, Changes) {
        self.both(
            host,
            true,
            |engine, state| engine.end_block(state, block),
            |engine, state| engine.end_block(state, block),
        )
        .expect("no fault")
    }

    pub(crate) fn account(&self, host: &MemoryHost, who: &AccountId) -> AccountView {
        self.looking(
            host,
            |engine, state| engine.account(state, who),
            |engine, state| engine.view(state, view::Account { who: *who }),
        )
    }

    pub(crate) fn total_issuance(&self, host: &MemoryHost) -> Balance {
        self.looking(
            host,
            |engine, state| engine.total_issuance(state),
            |engine, state| engine.view(state, view::TotalIssuance {}),
        )
    }

    pub(crate) fn cluster(&self, host: &MemoryHost) -> Option<ClusterView> {
        self.looking(
            host,
            |engine, state| engine.cluster(state),
            |engine, state| engine.view(state, view::Cluster {}),
        )
    }

    pub(crate) fn contract(&self, host: &MemoryHost, who: &AccountId) -> Option<ContractView> {
        self.looking(
            host,
            |engine, state| engine.contract(state, who),
            |engine, state| engine.view(state, view::Contract { address: *who }),
        )
    }

    pub(crate) fn contract_storage(
        &self,
        host: &MemoryHost,
        who: &AccountId,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, AccessError> {
        self.looking(
            host,
            |engine, state| engine.contract_storage(state, who, key),
            |engine, state| {
                let (address, key) = (*who, key.to_vec());
                engine.view(state, view::ContractStorage { address, key })
            },
        )
    }

    pub(crate) fn rent(
        &self,
        host: &MemoryHost,
        block: &Block,
        who: &AccountId,
    ) -> Result<RentView, AccessError> {
        self.looking(
            host,
            |engine, state| engine.rent(state, block, who),
            |engine, state| {
                let (block, address) = (block.clone(), *who);
                engine.view(state, view::Rent { block, address })
            },
        )
    }
}
