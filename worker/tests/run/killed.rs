//! Killed at any moment.

use super::{
    deposit, engines,
    support::{HEADS, JUSTIFICATIONS},
    Harness,
};
use fastrand::Rng;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{StateError, SystemCodes},
    store::{Store, StoreError, StoreOptions},
    Worker,
};
use runtime_mock::{Genesis, UNIT};
use std::{env, path::Path, thread::sleep, time::Instant};
use tempfile::TempDir;

/// How often one chain's worker is killed. The fake node keeps every state of its chain.
const EACH: u32 = 100;

struct NoCodes;

impl SystemCodes for NoCodes {
    fn system_code(&self, _: &[u8; 32]) -> Result<Option<Vec<u8>>, StateError> {
        // As Genesis has it: the smallest module.
        Ok(Some(b"\0asm\x01\0\0\0".to_vec()))
    }
}

/// What happened in one life after the other.
#[derive(Debug, Default)]
struct Lives {
    /// How often there was no store yet.
    unborn: u32,
    /// In how many it executed blocks.
    advanced: u32,
}

/// A chain whose blocks come in while its worker is killed, and a worker in this process that never is.
struct Killed {
    harness: Harness,
    rng: Rng,
    never: Worker,
    /// How many of the blocks it has.
    had: usize,
}

impl Killed {
    fn begin(seed: u64) -> Self {
        let store = Store::open_in_memory().expect("memory");
        Self {
            harness: Harness::begin(Genesis::development()),
            rng: Rng::with_seed(seed),
            never: Worker::new(store, EngineRegistry::new(engines())),
            had: 0,
        }
    }

    /// Some blocks are made, and whoever listens is told.
    fn blocks(&mut self) {
        for _ in 0..self.rng.u32(0..3) {
            let deposits = (0..self.rng.u128(0..3)).map(|n| deposit(UNIT / 100 + n));
            let deposits = deposits.collect();
            self.harness.block(deposits);
        }
        let head = self.harness.head();
        let (justification, header) = self.harness.fake.news(head);
        // It may not listen yet.
        let tell = self.harness.endpoint.teller();
        tell(JUSTIFICATIONS, justification);
        tell(HEADS, header);
    }

    fn follow(&mut self) {
        let new = &self.harness.made[self.had..];
        let imported = self.never.import(new, Vec::new(), &NoCodes);
        assert!(imported.expect("memory").parked.is_none());
        self.had = self.harness.made.len();
    }

    /// What a store has of its last block is what the worker has that was never killed. Returns its number.
    fn look(&mut self, base: &Path) -> Option<u32> {
        let store = match Store::open_read_only(base, StoreOptions::default()) {
            Err(StoreError::Missing { .. }) => return None,
            store => store.expect("a store that can be read"),
        };
        self.follow();
        let last = store.cursor().expect("it reads")?;
        let never = self.never.store().block(last.number).expect("it reads");
        assert_eq!(
            Some(&last.root),
            never.as_ref().map(|block| &block.root),
            "at block {}",
            last.number
        );
        Some(last.number)
    }

    /// The program is started and killed so often: in half of its lives at any moment within twice the time that it takes to
    /// follow, in the others soon after it has kept something.
    fn live(&mut self, base: &Path, times: u32) -> Lives {
        let began = Instant::now();
        let other = TempDir::new().expect("a directory");
        let mut running = self.harness.start(other.path(), &[]);
        running.until(&format!("followed block={}", self.harness.head()));
        let whole = began.elapsed();
        running.kill();
        let mut lives = Lives::default();
        let mut before = None;
        for _ in 0..times {
            let keeps = self.rng.bool();
            if keeps {
                self.harness.idle(1);
            }
            let mut running = self.harness.start(base, &[]);
            let mut longest = whole * 2;
            if keeps {
                running.until("followed block=");
                longest = whole / 4;
            }
            let end = Instant::now() + longest * self.rng.u32(0..1_000) / 1_000;
            loop {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                self.blocks();
                sleep(left.min(whole / 20));
            }
            running.kill();
            let after = self.look(base);
            lives.unborn += u32::from(after.is_none());
            lives.advanced += u32::from(after > before);
            assert!(after >= before, "from {before:?} to {after:?}");
            before = after;
        }
        lives
    }

    /// Nobody kills it any more: everything is as it is with the one that never was.
    fn end(&mut self, base: &Path) {
        self.harness.idle(1);
        let mut running = self.harness.start(base, &[]);
        running.until(&format!("followed block={}", self.harness.head()));
        assert_eq!(running.stop("TERM").0, 0);
        self.follow();
        let store = Store::open(base, StoreOptions::default()).expect("a store");
        let worker = Worker::new(store, EngineRegistry::new(engines()));
        for block in &self.harness.made {
            let of = |worker: &Worker| {
                let checkpoint = worker.kept_checkpoint(block.number).expect("it reads");
                let receipts = worker.receipts(block.number).expect("it reads");
                (checkpoint.expect("a block"), receipts)
            };
            assert_eq!(of(&worker), of(&self.never), "block {}", block.number);
        }
    }
}

fn killed(times: u32) {
    let seed = match env::var("PINK_KILL_SEED") {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => fastrand::u64(..),
    };
    println!("PINK_KILL_SEED={seed}");
    let mut left = times;
    while left > 0 {
        let now = left.min(EACH);
        let mut killed = Killed::begin(seed.wrapping_add(left.into()));
        let base = TempDir::new().expect("a directory");
        let Lives { unborn, advanced } = killed.live(base.path(), now);
        killed.end(base.path());
        println!(
            "killed {now} times in {} blocks: {unborn} times before there was a store, {advanced} times behind new blocks",
            killed.harness.head()
        );
        left -= now;
    }
}

#[test]
fn killed_at_any_moment_it_ends_as_one_that_never_was() {
    killed(50);
}

/// Some minutes.
#[test]
#[ignore = "a thousand starts"]
fn killed_a_thousand_times_it_ends_as_one_that_never_was() {
    killed(1_000);
}
