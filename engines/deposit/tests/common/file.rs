//! The engine's file, as workers load it. What the library does, it has to do to the last bit.

use super::{NEXT, RULES};
use parity_scale_codec::Encode;
use pink_engine_host::{
    engine_file_name, inspect, Engine, EngineRegistry, OffchainServices, Session, StateError,
    SystemCodes,
};
use pink_engine_sdk::{
    capi::calls::{view, OCalls},
    types::{
        AccountId, Balance, Block, BlockReceipt, Code, Env, Hash, HttpRequest, HttpRequestError,
        HttpResponse, Message, Mode, Receipt, StorageQuotaExceeded,
    },
    Changes, Fault, MemoryHost,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

/// What to do when file and library are not of the same sources.
const STALE: &str = "the file does something else than the library: if engines/deposit or \
                     engines/sdk changed since it was built, run `cargo xtask engines`";

/// Bytes that the engine of a test's process may ever hold: the cache of compiled modules (256
/// MiB by its own estimate) and what the largest messages of several threads take.
pub const MEMORY_BOUND: u64 = 512 << 20;

/// The seed that the cluster's workers share, where a test gives its engine an outside.
pub const CLUSTER_KEY: [u8; 32] = [0xc1; 32];

/// The file of the version under test, loaded once in a process.
///
/// # Panics
/// If it isn't there, can't be loaded, or has other rules than the library.
pub fn file() -> &'static Arc<dyn Engine> {
    static FILE: OnceLock<Arc<dyn Engine>> = OnceLock::new();
    FILE.get_or_init(load)
}

fn load() -> Arc<dyn Engine> {
    let version = RULES.version.to_string().parse().expect("a version");
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/engines");
    let directory = std::env::var_os("PINK_ENGINES").map_or(built, PathBuf::from);
    let found = inspect(&directory.join(engine_file_name(version)));
    let found = found.unwrap_or_else(|error| panic!("{error}: run `cargo xtask engines` first"));
    let file = EngineRegistry::new(directory).get(version, &found.record(Vec::new()));
    let file = file.unwrap_or_else(|error| panic!("{error}: run `cargo xtask engines`"));
    if !alone() {
        assert_eq!(file.info().cost_table_hash, RULES.hash(), "{STALE}");
    }
    file
}

/// Whether `PINK_LIBRARY_ALONE` says that the file isn't made of these sources: so does `cargo xtask
/// mutants`, which asks what tests notice without comparing library and file.
fn alone() -> bool {
    std::env::var_os("PINK_LIBRARY_ALONE").is_some()
}

/// Runs a call into the file on a thread with as much stack as it says it needs.
fn on_its_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let bytes = usize::try_from(file().info().min_stack_bytes).expect("a stack that fits");
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(bytes);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread.join().expect("no panic")
    })
}

/// A message through the file, on this host's state. Nothing is put into the state.
///
/// # Panics
/// If it holds more memory than it may.
pub fn execute(
    host: &MemoryHost,
    env: &Env,
    message: &Message,
) -> Result<(Receipt, Changes), Fault> {
    let state = host.state.lock().expect("no panic");
    let codes = Codes(&host.system_codes);
    let outside = Double(&host.outside);
    let has_outside = host.outside.lock().expect("no panic").is_some();
    prepare(&state, message);
    let done = on_its_stack(|| {
        let mut session =
            Session::changing(&*state, &codes).with_cluster_key(has_outside.then_some(CLUSTER_KEY));
        if has_outside && env.mode == Mode::Query {
            session = session.with_services(&outside);
        }
        let receipt = file().execute(&mut session, env, message)?;
        Ok((receipt, session.finish().0))
    });
    let peak = file().memory().peak;
    assert!(peak < MEMORY_BOUND, "the engine held {peak} bytes");
    done
}

/// Has the file run compiled what it can: code that the message brings, and all that the state holds.
/// The library interprets it, so that each test holds the one to the other.
///
/// # Panics
/// If what it compiled can't be installed.
fn prepare(state: &BTreeMap<Vec<u8>, Vec<u8>>, message: &Message) {
    static SEEN: Mutex<BTreeSet<Hash>> = Mutex::new(BTreeSet::new());
    let Some(prepare) = file().prepare() else {
        assert!(!NEXT || alone(), "{STALE}");
        return;
    };
    let brought = match message {
        Message::Upload(upload) => Some(&upload.code),
        Message::Instantiate(instantiate) => match &instantiate.code {
            Code::Upload(code) => Some(code),
            Code::Existing(_) => None,
        },
        _ => None,
    };
    let stored = state.range(b"code/".to_vec()..b"code0".to_vec());
    for code in stored.map(|(_, code)| code).chain(brought) {
        let hash = super::blake2_256(code);
        if !SEEN.lock().expect("no panic").insert(hash) {
            continue;
        }
        // Some of it is no code at all.
        if let Ok(Some(artefact)) = prepare.compile(code) {
            let installed = prepare.install(hash.into(), &artefact);
            installed.expect("it compiled it itself");
        }
    }
}

/// What a message has for the operator's log: level, contract and text of each line.
pub fn log(
    host: &MemoryHost,
    env: &Env,
    message: &Message,
) -> Vec<(u8, Option<AccountId>, String)> {
    let state = host.state.lock().expect("no panic");
    let codes = Codes(&host.system_codes);
    on_its_stack(|| {
        let mut session = Session::changing(&*state, &codes);
        let done = file().execute(&mut session, env, message);
        done.expect("no fault");
        let lines = session.finish().1.into_iter();
        lines
            .map(|line| (line.level, line.contract, line.text))
            .collect()
    })
}

/// Demands that the file does what the library did.
///
/// # Panics
/// If it doesn't.
pub fn check(
    host: &MemoryHost,
    env: &Env,
    message: &Message,
    receipt: &Receipt,
    changes: &Changes,
) {
    if alone() {
        return;
    }
    let (theirs, changed) = execute(host, env, message).expect("no fault");
    assert_eq!(&theirs, receipt, "{STALE}");
    if env.mode == Mode::Transaction {
        assert!(&changed == changes, "{STALE}: {message:?}");
    } else {
        assert!(
            changed.is_empty(),
            "what isn't a transaction changed the state"
        );
    }
}

/// The same for the end of a block.
///
/// # Panics
/// If the file does something else.
pub fn check_end(host: &MemoryHost, block: &Block, receipt: &BlockReceipt, changes: &Changes) {
    if alone() {
        return;
    }
    let (theirs, changed) = end_block(host, block);
    assert_eq!(&theirs, receipt, "{STALE}");
    assert!(changed == *changes, "{STALE}");
}

/// The end of a block through the file, on this host's state. Nothing is put into the state.
///
/// # Panics
/// If it fails, or holds more memory than it may.
pub fn end_block(host: &MemoryHost, block: &Block) -> (BlockReceipt, Changes) {
    let state = host.state.lock().expect("no panic");
    let done = on_its_stack(|| {
        let mut session = Session::changing(&*state, &());
        let receipt = file().end_block(&mut session, block).expect("no fault");
        (receipt, session.finish().0)
    });
    let peak = file().memory().peak;
    assert!(peak < MEMORY_BOUND, "the engine held {peak} bytes");
    done
}

/// All money, as the file counts it.
pub fn issuance(host: &MemoryHost) -> Balance {
    let state = host.state.lock().expect("no panic");
    let mut session = Session::reading(&*state, &());
    let all = file().view(&mut session, view::TotalIssuance {});
    all.expect("no fault")
}

struct Codes<'h>(&'h BTreeMap<Hash, Vec<u8>>);

impl SystemCodes for Codes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(hash).cloned())
    }
}

/// The outside that a test gave the library, for the file.
struct Double<'h>(&'h Mutex<Option<Box<dyn OCalls + Send>>>);

impl Double<'_> {
    fn ask<T>(&self, ask: impl FnOnce(&mut dyn OCalls) -> Result<T, Fault>) -> T {
        let mut outside = self.0.lock().expect("no panic");
        ask(&mut **outside.as_mut().expect("it is there")).expect("the double answers")
    }
}

impl OffchainServices for Double<'_> {
    fn worker_pubkey(&self) -> [u8; 32] {
        self.ask(|outside| outside.worker_pubkey())
    }
    fn random(&self, len: u8) -> Vec<u8> {
        self.ask(|outside| outside.random(len))
    }
    fn now_ms(&self) -> u64 {
        self.ask(|outside| outside.now_ms())
    }
    fn http_request(
        &self,
        contract: &AccountId,
        request: HttpRequest,
    ) -> Result<HttpResponse, HttpRequestError> {
        self.ask(|outside| outside.http_request(*contract, request))
    }
    fn batch_http_request(
        &self,
        contract: &AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError> {
        self.ask(|outside| outside.batch_http_request(*contract, requests, timeout_ms))
    }
    fn cache_get(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        self.ask(|outside| outside.cache_get(*contract, key.to_vec()))
    }
    fn cache_set(
        &self,
        contract: &AccountId,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<(), StorageQuotaExceeded> {
        self.ask(|outside| outside.cache_set(*contract, key.to_vec(), value))
    }
    fn cache_set_expiration(&self, contract: &AccountId, key: &[u8], seconds: u64) {
        self.ask(|outside| outside.cache_set_expiration(*contract, key.to_vec(), seconds));
    }
    fn cache_remove(&self, contract: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        self.ask(|outside| outside.cache_remove(*contract, key.to_vec()))
    }
}

/// The test program itself as a process that has compiled nothing yet: it executes one message on
/// the file, and gives what came of it. See `gas::a_process_that_has_just_started`.
pub fn restarted(host: &MemoryHost, env: &Env, message: &Message, child: &str) -> Vec<u8> {
    use std::io::Write;
    let state: Vec<_> = host
        .state
        .lock()
        .expect("no panic")
        .clone()
        .into_iter()
        .collect();
    let work = (state, env, message).encode();
    let mut child = std::process::Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", child, "--nocapture", "--ignored"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(&work).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    let line = text.lines().find_map(|line| line.split_once("DONE "));
    let hex = line.expect("it says what came of it").1;
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("hex"))
        .collect()
}
