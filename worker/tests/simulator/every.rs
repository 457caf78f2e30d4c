//! One daemon, ten blocks, one fault: at every operation of its disk, and at every call of its chain.
//!
//! Whatever strikes and wherever, the loop goes on by itself, or ends with an error that says why and goes on when it is
//! started again; in the end roots, receipts and checkpoints are those of a worker that nothing happened to, and
//! nothing was ever acknowledged that the disk hadn't kept.
//!
//! `PINK_SIM_EVERY=1` tries every place; without it every n-th is tried, so that it takes less than a minute, beginning
//! at one that `PINK_SIM_SEED` says.

use crate::{
    board::{Board, BoardChain},
    clock::FakeClock,
    codes::Codes,
    disk::{Disk, DiskFault},
    faulty::{Faults, Faulty, SourceFault},
    harness::{Harness, Script},
    looped::Notes,
    setting,
    voice::{BoardVoice, Steps},
};
use fastrand::Rng;
use fat_contracts_primitives::{BlockNumber, Checkpoint, EngineVersion};
use parity_scale_codec::Encode;
use pink_daemon::{rows::Recorded, Clock, Daemon, PersistedChain, Settings};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::MessageReceipt,
    store::{Pruning, Store, StoreOptions},
    Worker,
};
use std::{
    cell::Cell,
    collections::BTreeSet,
    error::Error,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

const BLOCKS: usize = 10;

/// How many blocks' time passes behind the last one: what failed is tried again.
const GRACE: usize = 3;

/// How often a fault may have the loop pause.
const MOST_PAUSES: u32 = 100;

const OPTIONS: StoreOptions = StoreOptions {
    undo_window: 256,
    // Little, so that it reads.
    cache_bytes: 32 << 10,
};

/// A block comes whenever the loop waits for one.
#[derive(Debug)]
struct Paced {
    clock: FakeClock,
    board: Board,
    script: Arc<Script>,
    /// How many blocks' time passed.
    passed: Mutex<usize>,
    /// How often it was paused.
    pauses: Mutex<u32>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

impl Paced {
    /// A block comes.
    fn pass(&self) -> usize {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed += 1;
        self.show(*passed);
        *passed
    }

    fn show(&self, passed: usize) {
        let at = passed.min(self.script.chains.len() - 1);
        let given = self.script.blocks[..self.script.begun + at].to_vec();
        self.board.set(self.script.chains[at].clone(), given);
    }
}

impl Clock for Paced {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn is_stopped(&self) -> bool {
        self.clock.is_stopped()
    }

    fn count(&self) -> u64 {
        self.clock.count()
    }

    fn wait(&self, _: u64, most: Duration) {
        self.clock.advance(most);
        self.clock.news();
        if self.pass() >= self.script.chains.len() + GRACE {
            self.clock.stop(true);
        }
    }

    fn pause(&self, most: Duration) {
        self.clock.pause(most);
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        *pauses += 1;
        assert!(*pauses < MOST_PAUSES, "it tries again and again");
    }
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Disk(DiskFault),
    Source(SourceFault),
}

/// What became of a run.
#[derive(Debug, Default)]
struct Ran {
    struck: bool,
    /// How often it ended with an error, and with which.
    ended: u32,
    errors: BTreeSet<String>,
    /// How often it said that it goes on by itself.
    troubles: u64,
    unsaid: u64,
    /// The last block that it acknowledged, and how many checkpoints it named in all.
    acknowledged: usize,
    named: u64,
    /// The versions whose files were loaded.
    loaded: Vec<EngineVersion>,
}

/// All that others can see of a worker.
type Seen = Vec<(Option<Checkpoint>, Vec<MessageReceipt>)>;

fn seen(worker: &Worker, script: &Script, fault: Option<(u64, Fault)>) -> Seen {
    let blocks = script.blocks.iter().map(|block| {
        let checkpoint = worker.kept_checkpoint(block.number);
        let receipts = worker.receipts(block.number);
        let both = checkpoint.and_then(|checkpoint| Ok((checkpoint, receipts?)));
        both.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"))
    });
    blocks.collect()
}

/// By a worker that had the blocks as they were made, without a loop.
fn expected(script: &Script, engines: &Path) -> Seen {
    let store = Store::open_in_memory().expect("memory");
    let mut worker = Worker::new(store, EngineRegistry::new(engines));
    let imported = worker.import(&script.blocks, Vec::new(), &Codes);
    assert!(imported.expect("a store").parked.is_none());
    let seen = seen(&worker, script, None);
    assert!(seen.iter().all(|(checkpoint, _)| checkpoint.is_some()));
    seen
}

/// Has a loop follow the script.
fn run(script: &Arc<Script>, engines: &Path, expected: &Seen, fault: Option<(u64, Fault)>) -> Ran {
    let mut rng = Rng::with_seed(fault.map_or(0, |(k, _)| k));
    let clock = FakeClock::default();
    let disk = Disk::with_clock(clock.clone());
    let faults = Faults::new(clock.clone());
    match fault {
        Some((k, Fault::Disk(fault))) => disk.fail_after(k, fault),
        Some((k, Fault::Source(fault))) => faults.fail_after(k, fault),
        None => {}
    }
    let board = Board::new(script.chains[0].clone(), script.account.clone());
    let acknowledged = witness(&board, &disk, engines);
    let paced = Arc::new(Paced {
        clock: clock.clone(),
        board: board.clone(),
        script: script.clone(),
        passed: Mutex::default(),
        pauses: Mutex::default(),
    });
    paced.show(0);
    let mover = paced.clone();
    faults.set_mover(move || {
        mover.pass();
    });
    let notes = Notes::default();
    let mut ran = Ran::default();
    let is_slow = matches!(fault, Some((_, Fault::Disk(DiskFault::Slow(_)))));
    let made = Cell::new(false);
    let start = || -> Result<Daemon, Box<dyn Error>> {
        let store = Store::with_backend(disk.clone(), OPTIONS)?;
        made.set(true);
        let recorded = Recorded::read(&store)?;
        let worker = Worker::new(store, EngineRegistry::new(engines));
        let voice = BoardVoice::new(board.clone(), faults.clone());
        let settings = Settings {
            cluster: script.cluster,
            speaker: Some(Steps::default().speaker(voice)),
            keys: None,
            pruning: Pruning::default(),
            kept: PersistedChain::new(&recorded, Vec::new()),
        };
        let chain = Box::new(Faulty::new(BoardChain::new(board.clone()), faults.clone()));
        let hooks = Box::new(notes.clone());
        Ok(Daemon::new(worker, chain, paced.clone(), hooks, settings))
    };
    let worker = loop {
        let ended = start().and_then(|mut daemon| {
            daemon.go()?;
            Ok(daemon.into_worker())
        });
        match ended {
            Ok(worker) if !disk.failed() || is_slow => break worker,
            // It failed when there was nothing left to do.
            Ok(_) => {}
            Err(error) => {
                ran.ended += 1;
                assert!(
                    disk.failed(),
                    "the disk is whole at {fault:?}, and yet: {error}"
                );
                ran.errors.insert(error.to_string());
                assert!(ran.ended < 3, "{fault:?}: it ends again and again: {error}");
            }
        }
        ran.struck |= disk.failed();
        match fault {
            // The machine starts again.
            Some((_, Fault::Disk(DiskFault::Dead | DiskFault::Torn))) => {
                disk.crash(|| rng.bool());
            }
            // Somebody makes room when he has seen it twice.
            Some((_, Fault::Disk(DiskFault::Full))) if ran.ended < 2 => {}
            // The program does.
            _ => disk.mend(),
        }
        // A file gets its name when it is complete.
        if !made.get() {
            disk.wipe();
        }
    };
    ran.struck |= disk.failed() || faults.struck();
    {
        let noted = notes.noted();
        ran.troubles = noted.troubles;
        ran.unsaid = noted.unsaid;
    }
    ran.acknowledged = acknowledged.lock().expect("no panic").unwrap_or_default() as usize;
    ran.named = board.acknowledged();
    let loaded = worker.registry().loaded();
    ran.loaded = loaded.into_iter().map(|(version, _)| version).collect();
    disk.mend();
    assert_eq!(&seen(&worker, script, fault), expected, "{fault:?}");
    drop(worker);
    // All of that lasts.
    let store = Store::with_backend(disk.durable(), OPTIONS).expect("it was kept");
    let worker = Worker::new(store, EngineRegistry::new(engines));
    assert_eq!(&seen(&worker, script, fault), expected, "{fault:?}");
    ran
}

/// Whenever a block is acknowledged for the first time, it is looked whether a crash leaves it as it is. Returns the last.
fn witness(board: &Board, disk: &Disk, engines: &Path) -> Arc<Mutex<Option<BlockNumber>>> {
    let (disk, engines) = (disk.clone(), engines.to_path_buf());
    let highest: Arc<Mutex<Option<BlockNumber>>> = Arc::default();
    let shown = highest.clone();
    board.set_witness(move |checkpoints| {
        let mut highest = highest.lock().expect("no panic");
        let new = checkpoints.iter().filter(|it| Some(it.block) > *highest);
        let new: Vec<_> = new.collect();
        if new.is_empty() {
            return;
        }
        let store = Store::with_backend(disk.durable(), OPTIONS);
        let store = store.expect("what was acknowledged isn't durable");
        let worker = Worker::new(store, EngineRegistry::new(&engines));
        for checkpoint in new {
            let kept = worker.kept_checkpoint(checkpoint.block).expect("it reads");
            let kept = kept.map(|it| it.encode());
            assert_eq!(
                kept,
                Some(checkpoint.encode()),
                "block {} is acknowledged and isn't durable",
                checkpoint.block
            );
            *highest = Some(checkpoint.block);
        }
    });
    shown
}

/// A folder with the script's engine alone.
fn engines(script: &Script) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    let name = script.engine.file_name().expect("a file");
    std::fs::copy(&script.engine, folder.path().join(name)).expect("the engine was built");
    folder
}

/// At every k that counts, until the run ends before the fault strikes. Of as many as are left out, one is tried.
fn every(faults: &[Fault], stride: u64) {
    let script = Arc::new(Harness::script(7, BLOCKS));
    assert_eq!(script.blocks.len(), BLOCKS);
    let folder = engines(&script);
    let engines = folder.path();
    let expected = expected(&script, engines);
    let without = run(&script, engines, &expected, None);
    assert!(!without.struck && without.ended == 0 && without.troubles == 0);
    let last = script.blocks[BLOCKS - 1].number as usize;
    assert_eq!(
        without.acknowledged, last,
        "not everything was acknowledged"
    );
    for fault in faults {
        let mut k = setting::<u64>("PINK_SIM_SEED", 1) % stride;
        let (mut ended, mut told, mut tried) = (0, 0, 0);
        let mut errors = BTreeSet::new();
        loop {
            let ran = run(&script, engines, &expected, Some((k, *fault)));
            if !ran.struck {
                break;
            }
            tried += 1;
            ended += u64::from(ran.ended > 0);
            told += u64::from(ran.troubles + ran.unsaid > 0);
            if let Fault::Source(fault) = fault {
                assert_eq!(ran.ended, 0, "{fault:?} at {k} ended it");
            }
            // Whatever was in vain is said again.
            assert_eq!(ran.acknowledged, last, "{fault:?} at {k} made it mute");
            errors.extend(ran.errors);
            k += stride;
        }
        println!(
            "{fault:?}: struck at {tried} places below {k}; {ended} runs ended and were started again, {told} told of it"
        );
        for error in errors {
            println!("    {error}");
        }
        assert!(tried > 0, "{fault:?} never struck");
    }
}

/// How many places are left out.
fn stride(without: u64) -> u64 {
    match setting("PINK_SIM_EVERY", 0u8) {
        0 => without,
        _ => 1,
    }
}

/// It says so, and what it executed it acknowledges all the same: else it would lapse for a file that it doesn't need.
#[test]
fn an_announcement_that_fails_keeps_nobody_from_acknowledging() {
    let script = Arc::new(Harness::script(7, BLOCKS));
    let folder = engines(&script);
    let expected = expected(&script, folder.path());
    let without = run(&script, folder.path(), &expected, None);
    let last = script.blocks[BLOCKS - 1].number as usize;
    // What is said first is which files there are.
    let refused = Some((0, Fault::Source(SourceFault::Refused)));
    let refused = run(&script, folder.path(), &expected, refused);
    assert!(refused.struck && refused.unsaid == 1, "{refused:?}");
    assert_eq!(refused.named, without.named, "it was silent for a while");

    std::fs::write(folder.path().join("libpink.so.9.9"), b"not an engine").expect("written");
    let garbage = run(&script, folder.path(), &expected, None);
    assert_eq!((garbage.acknowledged, garbage.ended), (last, 0));
    assert!(garbage.unsaid > 0, "nobody was told of it");
}

/// A file of another hash than the chain's is looked at, and announced. Nobody decided that it be executed.
#[test]
fn an_engine_that_nobody_recorded_is_not_executed() {
    let script = Arc::new(Harness::script(7, BLOCKS));
    let folder = engines(&script);
    let expected = expected(&script, folder.path());
    // It would load as well as the recorded one: behind an ELF file's end anything may stand.
    let other = script.engine.with_file_name("libpink.so.1.1");
    let mut bytes = std::fs::read(other).expect("`cargo xtask engines`");
    bytes.push(0);
    std::fs::write(folder.path().join("libpink.so.1.1"), bytes).expect("written");
    let ran = run(&script, folder.path(), &expected, None);
    assert_eq!((ran.unsaid, ran.troubles), (0, 0));
    assert_eq!(ran.loaded, [EngineVersion::new(1, 0)]);
}

#[test]
fn a_disk_may_fail_at_any_operation() {
    let faults = [
        DiskFault::Dead,
        DiskFault::Fails,
        DiskFault::Full,
        DiskFault::Torn,
        DiskFault::Slow(Duration::from_secs(30)),
    ];
    every(&faults.map(Fault::Disk), stride(7));
}

#[test]
fn a_chain_may_fail_at_any_call() {
    every(&SourceFault::ALL.map(Fault::Source), stride(1));
}
