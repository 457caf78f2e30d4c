//! What is compiled, in which order, and what nobody waits for: by an engine that writes down what it is asked.

use fat_contracts_primitives::{
    AccountId, ClusterBlock, ClusterMessage, CodeHash, CodeSource, EngineVersion, Hash,
    MessageHash, StateRoot, Weight,
};
use pink_capi::{
    calls::Ecall,
    types::{EngineInfo, Event, Failure, Outcome, Receipt},
    Fault,
};
use pink_engine_host::{Engine, ExecutionMode, Host, MemoryUse, Prepare};
use pink_prepare::{Codes, Prepared, Preparer, Running, Settings, Told};
use pink_worker_core::{
    exec::{BlockRecord, MessageReceipt},
    ExecutedBlock, Modes, WorkerError,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};
use tempfile::TempDir;

const V2_0: EngineVersion = EngineVersion::new(2, 0);
const V2_1: EngineVersion = EngineVersion::new(2, 1);

/// Longer than anything here takes: who waits so long has failed.
const LONG: Duration = Duration::from_secs(60);

const ROOM: u64 = 1 << 20;

/// What the engine was asked, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Mode(ExecutionMode),
    Compile(Vec<u8>),
    Install(CodeHash, Vec<u8>),
}

#[derive(Debug, Default)]
struct Scripted {
    compiles: bool,
    compiler: [u8; 32],
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    asked: Vec<Asked>,
    wanted: Vec<(CodeHash, u64)>,
    /// Compiling waits.
    held: bool,
    /// How many are compiling now.
    compiling: usize,
}

impl Scripted {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            compiles: true,
            compiler: [3; 32],
            ..Self::default()
        })
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|it| it.into_inner())
    }

    fn hold(&self, held: bool) {
        self.inner().held = held;
        self.changed.notify_all();
    }

    /// Waits until so many compile at a time.
    fn until_compiling(&self, many: usize) {
        let inner = self.inner();
        let (inner, timeout) = self
            .changed
            .wait_timeout_while(inner, LONG, |it| it.compiling < many)
            .expect("no panic");
        assert!(!timeout.timed_out(), "{inner:?}");
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inner().asked)
    }

    /// What it compiled, in order.
    fn compiled(&self) -> Vec<Vec<u8>> {
        let asked = self.asked().into_iter();
        asked
            .filter_map(|it| match it {
                Asked::Compile(code) => Some(code),
                _ => None,
            })
            .collect()
    }
}

fn artefact(code: &[u8]) -> Vec<u8> {
    [b"native ", code].concat()
}

impl Prepare for Scripted {
    fn compiler(&self) -> [u8; 32] {
        self.compiler
    }

    fn compile(&self, code: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let mut inner = self.inner();
        inner.asked.push(Asked::Compile(code.to_vec()));
        inner.compiling += 1;
        self.changed.notify_all();
        let mut inner = self
            .changed
            .wait_while(inner, |it| it.held)
            .expect("no panic");
        inner.compiling -= 1;
        drop(inner);
        match code {
            b"only interpreted" => Ok(None),
            b"a fault" => Err(Fault::Cancelled),
            b"a panic" => panic!("as asked"),
            code => Ok(Some(artefact(code))),
        }
    }

    fn install(&self, code_hash: CodeHash, artefact: &[u8]) -> Result<(), Fault> {
        let mut inner = self.inner();
        inner
            .asked
            .push(Asked::Install(code_hash, artefact.to_vec()));
        match artefact {
            b"native not taken" => Err(Fault::Cancelled),
            _ => Ok(()),
        }
    }

    fn wanted(&self, limit: u32) -> Result<Vec<(CodeHash, u64)>, Fault> {
        let mut inner = self.inner();
        let most = (limit as usize).min(inner.wanted.len());
        Ok(inner.wanted.drain(..most).collect())
    }

    fn set_mode(&self, mode: ExecutionMode) -> Result<(), Fault> {
        self.inner().asked.push(Asked::Mode(mode));
        Ok(())
    }
}

impl Engine for Scripted {
    fn info(&self) -> &EngineInfo {
        panic!("nobody asks")
    }

    fn memory(&self) -> MemoryUse {
        panic!("nobody asks")
    }

    fn ecall(&self, _: &mut dyn Host<'_>, _: &Ecall<'_>) -> Result<Vec<u8>, Fault> {
        panic!("nobody calls")
    }

    fn prepare(&self) -> Option<&dyn Prepare> {
        self.compiles.then_some(self)
    }
}

type Stored = BTreeMap<CodeHash, Vec<u8>>;

/// A state with code.
#[derive(Clone, Debug)]
struct State(Arc<Mutex<(Option<Running>, Stored)>>);

impl State {
    fn of(version: EngineVersion, engine: &Arc<Scripted>, codes: &[&[u8]]) -> Self {
        let codes = codes.iter().map(|it| (hash(it), it.to_vec()));
        let this = Self(Arc::new(Mutex::new((None, codes.collect()))));
        this.runs(version, engine);
        this
    }

    fn runs(&self, version: EngineVersion, engine: &Arc<Scripted>) {
        self.0.lock().expect("no panic").0 = Some(Running {
            version,
            file: Hash::repeat_byte(version.minor as u8),
            engine: engine.clone(),
        });
    }
}

impl Codes for State {
    fn running(&self) -> Result<Option<Running>, WorkerError> {
        Ok(self.0.lock().expect("no panic").0.clone())
    }

    fn code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, WorkerError> {
        Ok(self.0.lock().expect("no panic").1.get(hash).cloned())
    }

    fn hashes(&self) -> Result<Vec<CodeHash>, WorkerError> {
        Ok(self.0.lock().expect("no panic").1.keys().copied().collect())
    }
}

#[derive(Debug, Default)]
struct Counted(Mutex<Vec<Prepared>>);

impl Told for Counted {
    fn prepared(&self, what: Prepared, _: Duration) {
        self.0.lock().expect("no panic").push(what);
    }
}

impl Counted {
    fn take(&self) -> Vec<Prepared> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

fn hash(code: &[u8]) -> CodeHash {
    CodeHash::from(sp_crypto_hashing::blake2_256(code))
}

struct World {
    preparer: Preparer,
    modes: Modes,
    told: Arc<Counted>,
}

impl World {
    fn new(state: &State, threads: usize, base: Option<&Path>) -> Self {
        Self::with(state, threads, base, ROOM, Modes::default())
    }

    fn with(
        state: &State,
        threads: usize,
        base: Option<&Path>,
        max_installed_bytes: u64,
        modes: Modes,
    ) -> Self {
        let told = Arc::new(Counted::default());
        let settings = Settings {
            threads,
            cache: base.map(|base| (base.into(), ROOM)),
            max_installed_bytes,
            modes: modes.clone(),
            told: Some(told.clone()),
        };
        Self {
            preparer: Preparer::start(state.clone(), settings).expect("threads"),
            modes,
            told,
        }
    }

    fn finish(&self) {
        assert!(self.preparer.finish(LONG), "{:?}", self.preparer);
    }

    /// A block under a version whose messages ended so.
    fn block(&self, engine: EngineVersion, messages: Vec<(ClusterMessage, Outcome)>) {
        self.block_with(engine, messages, activated);
    }

    /// The same, with what those that succeeded say.
    fn block_with(
        &self,
        engine: EngineVersion,
        messages: Vec<(ClusterMessage, Outcome)>,
        said: impl Fn(&ClusterMessage) -> Option<Event>,
    ) {
        let receipts = (0..).zip(&messages).map(|(seq, (message, outcome))| {
            let mut receipt = Receipt::rejected(Failure::new("none", "yet"));
            receipt.outcome = outcome.clone();
            if *outcome == Outcome::Success {
                receipt.events = said(message).into_iter().collect();
            }
            MessageReceipt {
                seq,
                engine,
                receipt,
            }
        });
        let block = ExecutedBlock {
            number: 1,
            root: StateRoot::zero(),
            record: BlockRecord {
                cluster: 1,
                engine: Some(engine),
                messages: 0,
                next_seq: 0,
                message_hash: MessageHash::zero(),
                receipts_root: Hash::zero(),
                effects: Vec::new(),
                promised: Vec::new(),
            },
            receipts: receipts.collect(),
            idle: Vec::new(),
            log: Vec::new(),
        };
        let messages = messages.into_iter().map(|(message, _)| message);
        let input = ClusterBlock {
            cluster: 1,
            number: 1,
            now_ms: 0,
            entropy: Hash::zero(),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: Vec::new(),
            amendments: Vec::new(),
            amended_later: Vec::new(),
            messages: (0..).zip(messages).collect(),
            message_hash: MessageHash::zero(),
            read_at: 1,
            extrinsics: Vec::new(),
        };
        self.preparer.observer().kept(&input, &block);
    }
}

/// What an engine says of a message that paid for compiling.
fn activated(message: &ClusterMessage) -> Option<Event> {
    let code = match message {
        ClusterMessage::ActivateCode { code_hash, .. } => *code_hash,
        ClusterMessage::Upload { code, .. }
        | ClusterMessage::Instantiate {
            code: CodeSource::Code(code),
            ..
        } => hash(code),
        _ => return None,
    };
    Some(Event::CodeActivated {
        code_hash: code.0,
        compiled_from: 9,
    })
}

fn upload(code: &[u8]) -> ClusterMessage {
    ClusterMessage::Upload {
        origin: AccountId::new([1; 32]),
        code: code.to_vec(),
        storage_deposit_limit: None,
        max_gas_price: 1,
    }
}

fn activate(code: &[u8]) -> ClusterMessage {
    ClusterMessage::ActivateCode {
        origin: AccountId::new([1; 32]),
        code_hash: hash(code),
        gas_limit: Weight::default(),
        max_gas_price: 1,
    }
}

fn instantiate(code: CodeSource) -> ClusterMessage {
    ClusterMessage::Instantiate {
        origin: AccountId::new([1; 32]),
        code,
        input: Vec::new(),
        salt: Vec::new(),
        value: 0,
        gas_limit: Weight::default(),
        storage_deposit_limit: None,
        max_gas_price: 1,
    }
}

const ALL: &[&[u8]] = &[b"a", b"b", b"c", b"d", b"e", b"f"];

/// The block is told of while the only thread is in the middle of something that doesn't end.
#[test]
fn a_block_waits_for_nothing_and_what_it_paid_for_comes_in_order() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    engine.hold(true);
    let world = World::new(&state, 1, None);
    world.block(V2_1, vec![(upload(b"f"), Outcome::Success)]);
    engine.until_compiling(1);
    let there = hash(b"e");
    world.block(
        V2_1,
        vec![
            (activate(b"c"), Outcome::Success),
            (upload(b"b"), Outcome::Reverted),
            (
                instantiate(CodeSource::Code(b"a".to_vec())),
                Outcome::Success,
            ),
            (instantiate(CodeSource::Hash(there)), Outcome::Success),
            (activate(b"d"), Outcome::OutOfGas),
            (activate(b"c"), Outcome::Success),
        ],
    );
    assert_eq!(world.preparer.waiting(), 2);
    engine.hold(false);
    world.finish();
    let install = |code: &[u8]| Asked::Install(hash(code), artefact(code));
    let both = |code: &[u8]| [Asked::Compile(code.to_vec()), install(code)];
    let expected: Vec<_> = [Asked::Mode(ExecutionMode::Native)]
        .into_iter()
        .chain([&b"f"[..], b"c", b"a"].into_iter().flat_map(both))
        .collect();
    assert_eq!(engine.asked(), expected);
    assert_eq!(world.told.take(), [Prepared::Compiled; 3]);
    // Again it is nothing new.
    world.block(V2_1, vec![(activate(b"c"), Outcome::Success)]);
    world.finish();
    assert_eq!(engine.asked(), []);
}

/// An upload of code that is there pays for its bytes, and not for compiling: neither code of the version before, which
/// is interpreted until somebody activates it, nor code for queries alone is compiled for it.
#[test]
fn what_is_uploaded_again_isn_t_compiled() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let world = World::new(&state, 1, None);
    let again = vec![(upload(b"a"), Outcome::Success)];
    world.block_with(V2_1, again, |_| None);
    world.finish();
    assert_eq!(engine.compiled(), [] as [&[u8]; 0]);
    world.block(V2_1, vec![(activate(b"a"), Outcome::Success)]);
    world.finish();
    assert_eq!(engine.compiled(), [b"a"]);
}

#[test]
fn what_was_interpreted_is_compiled_and_what_ran_most_first() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let ran = [(b"a", 3), (b"b", 70), (b"c", 5)];
    engine.inner().wanted = ran.map(|(code, runs)| (hash(code), runs)).to_vec();
    let world = World::new(&state, 1, None);
    world.finish();
    assert_eq!(engine.compiled(), [b"b", b"c", b"a"]);
    // Another time it names others, and one that isn't in the state any more.
    engine.inner().wanted = vec![(hash(b"gone"), 9), (hash(b"d"), 1), (hash(b"a"), 9)];
    world.finish();
    assert_eq!(engine.compiled(), [b"d"]);
}

#[test]
fn several_threads_compile_at_a_time() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    engine.hold(true);
    let world = World::new(&state, 3, None);
    let all = ALL.iter().map(|code| (upload(code), Outcome::Success));
    world.block(V2_1, all.collect());
    engine.until_compiling(3);
    engine.hold(false);
    world.finish();
    let compiled: BTreeSet<_> = engine.compiled().into_iter().collect();
    assert_eq!(compiled, ALL.iter().map(|it| it.to_vec()).collect());
}

/// Neither a fault nor a panic ends anything, and none is tried twice.
#[test]
fn what_can_t_be_compiled_is_interpreted_and_the_rest_goes_on() {
    let engine = Scripted::new();
    let codes: &[&[u8]] = &[
        b"a fault",
        b"a panic",
        b"only interpreted",
        b"not taken",
        b"a",
    ];
    let state = State::of(V2_1, &engine, codes);
    // Something else is kept under a code's hash.
    let lie = hash(b"lie");
    state
        .0
        .lock()
        .expect("no panic")
        .1
        .insert(lie, b"other".to_vec());
    let world = World::new(&state, 1, None);
    for _ in 0..2 {
        let mut all: Vec<_> = codes[..4]
            .iter()
            .map(|code| (upload(code), Outcome::Success))
            .collect();
        all.push((activate(b"lie"), Outcome::Success));
        all.push((upload(b"a"), Outcome::Success));
        world.block(V2_1, all);
        world.finish();
    }
    assert_eq!(engine.compiled(), codes);
    assert_eq!(
        world.told.take(),
        [
            Prepared::Failed,
            Prepared::Interpreted,
            Prepared::Failed,
            Prepared::Compiled
        ]
    );
}

#[test]
fn after_a_start_what_is_on_the_disk_is_installed_and_not_compiled() {
    let base = TempDir::new().expect("a directory");
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let world = World::new(&state, 1, Some(base.path()));
    let all = [&b"b"[..], b"a", b"c"].map(|code| (upload(code), Outcome::Success));
    world.block(V2_1, all.to_vec());
    world.finish();
    assert_eq!(engine.compiled().len(), 3);
    // 36 bytes ahead of each, and "native " and a letter.
    assert_eq!(world.preparer.cached_bytes(), 3 * 44);
    drop(world);
    // One was removed from the state meanwhile.
    state.0.lock().expect("no panic").1.remove(&hash(b"a"));

    let again = Scripted::new();
    state.runs(V2_1, &again);
    let world = World::new(&state, 1, Some(base.path()));
    world.finish();
    let installed = |code: &[u8]| Asked::Install(hash(code), artefact(code));
    assert_eq!(
        again.asked(),
        [
            Asked::Mode(ExecutionMode::Native),
            installed(b"b"),
            installed(b"c")
        ]
    );
    assert_eq!(world.told.take(), [Prepared::Cached; 2]);
    // It comes again.
    state
        .0
        .lock()
        .expect("no panic")
        .1
        .insert(hash(b"a"), b"a".to_vec());
    world.block(V2_1, vec![(upload(b"a"), Outcome::Success)]);
    world.finish();
    assert_eq!(again.asked(), [installed(b"a")]);
    drop(world);

    // Another processor, or other settings: nothing of that is for it.
    let other = Arc::new(Scripted {
        compiles: true,
        compiler: [4; 32],
        ..Scripted::default()
    });
    state.runs(V2_1, &other);
    let world = World::new(&state, 1, Some(base.path()));
    world.finish();
    assert_eq!(other.asked(), [Asked::Mode(ExecutionMode::Native)]);
}

/// One that is damaged is compiled anew, when it is run.
#[test]
fn what_is_damaged_on_the_disk_is_compiled_anew() {
    let base = TempDir::new().expect("a directory");
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let world = World::new(&state, 1, Some(base.path()));
    world.block(V2_1, vec![(upload(b"a"), Outcome::Success)]);
    world.finish();
    drop(world);
    engine.asked();
    let folder = base.path().join(pink_prepare::DIRECTORY);
    let file = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|it| it.expect("an entry").path())
        .find(|it| !it.ends_with("key"))
        .expect("an artefact");
    let mut bytes = std::fs::read(&file).expect("bytes");
    *bytes.last_mut().expect("some") ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let world = World::new(&state, 1, Some(base.path()));
    world.finish();
    assert_eq!(engine.asked(), [Asked::Mode(ExecutionMode::Native)]);
    engine.inner().wanted = vec![(hash(b"a"), 1)];
    world.finish();
    assert_eq!(engine.compiled(), [b"a"]);
    assert_eq!(world.preparer.cached_bytes(), 44, "it is kept again");
}

/// Whoever wants it, governance or the operator: nothing compiled gets into the engine, and it knows before anything runs.
#[test]
fn while_it_interprets_nothing_is_compiled_nor_installed() {
    use ExecutionMode::{Interpreted, Native};
    let base = TempDir::new().expect("a directory");
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let world = World::new(&state, 1, Some(base.path()));
    world.block(V2_1, vec![(upload(b"a"), Outcome::Success)]);
    world.finish();
    drop(world);
    engine.asked();

    let modes = Modes::default();
    modes.interpret_all(true);
    let world = World::with(&state, 1, Some(base.path()), ROOM, modes);
    assert_eq!(engine.asked(), [Asked::Mode(Interpreted)], "at once");
    world.block(V2_1, vec![(upload(b"b"), Outcome::Success)]);
    world.finish();
    world.modes.told(&[V2_1]);
    world.modes.interpret_all(false);
    world.finish();
    let twice = [Asked::Mode(Interpreted), Asked::Mode(Interpreted)];
    assert_eq!(engine.asked(), twice, "governance wants it as well");
    world.modes.told(&[]);
    world.finish();
    let installed = |code: &[u8]| Asked::Install(hash(code), artefact(code));
    assert_eq!(
        engine.asked(),
        [
            Asked::Mode(Native),
            installed(b"a"),
            Asked::Compile(b"b".to_vec()),
            installed(b"b")
        ]
    );
}

/// What was begun before it is to interpret comes to nothing.
#[test]
fn what_is_compiled_while_the_switch_is_thrown_isn_t_installed() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    engine.hold(true);
    let world = World::new(&state, 1, None);
    world.block(V2_1, vec![(upload(b"a"), Outcome::Success)]);
    engine.until_compiling(1);
    world.modes.told(&[V2_1]);
    engine.hold(false);
    world.finish();
    assert_eq!(
        engine.asked(),
        [
            Asked::Mode(ExecutionMode::Native),
            Asked::Compile(b"a".to_vec()),
            Asked::Mode(ExecutionMode::Interpreted)
        ]
    );
    // Later it is heard of by being run.
    world.modes.told(&[]);
    engine.inner().wanted = vec![(hash(b"a"), 1)];
    world.finish();
    assert_eq!(engine.compiled(), [b"a"]);
}

/// What was uploaded under an engine that can't compile isn't compiled by its successor until somebody activates it, or
/// the engine asks for it.
#[test]
fn a_move_to_another_engine_begins_anew() {
    let (old, new) = (Arc::new(Scripted::default()), Scripted::new());
    let state = State::of(V2_0, &old, ALL);
    let world = World::new(&state, 1, None);
    world.block(V2_0, vec![(upload(b"a"), Outcome::Success)]);
    world.finish();
    assert_eq!(old.asked(), [], "it can't compile");
    state.runs(V2_1, &new);
    world.block(V2_1, vec![]);
    world.finish();
    assert_eq!(new.asked(), [Asked::Mode(ExecutionMode::Native)]);
    world.block(V2_1, vec![(activate(b"a"), Outcome::Success)]);
    world.finish();
    assert_eq!(new.compiled(), [b"a"]);
    // And one that follows has installed nothing yet.
    let newest = Scripted::new();
    let version = EngineVersion::new(2, 2);
    state.runs(version, &newest);
    newest.inner().wanted = vec![(hash(b"a"), 1)];
    world.block(version, vec![]);
    world.finish();
    assert_eq!(newest.compiled(), [b"a"]);
    assert_eq!(new.compiled(), [] as [&[u8]; 0]);
}

/// "native " and a letter are eight bytes: two have room.
#[test]
fn memory_has_room_for_so_many_bytes() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    let world = World::with(&state, 1, None, 23, Modes::default());
    let all = ALL[..3].iter().map(|code| (upload(code), Outcome::Success));
    world.block(V2_1, all.collect());
    world.finish();
    let [one, other, third] = [Prepared::Compiled, Prepared::Compiled, Prepared::NoRoom];
    assert_eq!(world.told.take(), [one, other, third]);
    let installed = engine.asked().into_iter();
    let installed = installed.filter(|it| matches!(it, Asked::Install(..)));
    assert_eq!(installed.count(), 2);
}

/// The store is to be closed: nobody reads it any more, and what is at work ends by itself.
#[test]
fn who_is_dropped_reads_nothing_any_more() {
    let engine = Scripted::new();
    let state = State::of(V2_1, &engine, ALL);
    engine.hold(true);
    let world = World::new(&state, 1, None);
    let all = ALL.iter().map(|code| (upload(code), Outcome::Success));
    world.block(V2_1, all.collect());
    engine.until_compiling(1);
    let observer = world.preparer.observer();
    drop(world);
    // Nobody but this test has the state.
    assert_eq!(Arc::strong_count(&state.0), 1);
    engine.hold(false);
    observer.went_back(0);
    drop(observer);
    assert_eq!(engine.compiled(), [ALL[0]]);
}
