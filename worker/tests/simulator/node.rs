//! A worker with a disk and an engine directory of its own.

use crate::{
    codes::Codes,
    disk::{Disk, DiskFault},
    faulty::SourceFault,
    looped::Looped,
};
use fastrand::Rng;
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterBlock, EngineVersion, MessageHash, ParkCause, Seq,
};
use pallet_fat_contracts::Call;
use pink_daemon::Daemon;
use pink_engine_host::{engine_file_name, EngineRegistry};
use pink_worker_core::{
    exec::Promise,
    store::{Store, StoreOptions},
    Worker,
};
use runtime_mock::{workers, Extrinsic, MockChain, RuntimeCall};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What became of a worker's turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It executed this many blocks.
    Executed(u32),
    /// It is parked.
    Parked,
    /// Its disk failed.
    Crashed,
}

/// What has a worker execute blocks.
enum Driven {
    /// The test, by the library.
    Worker(Box<Worker>),
    /// A daemon's loop.
    Daemon(Box<Daemon>),
}

pub(crate) struct Node {
    pub(crate) account: AccountId,
    disk: Disk,
    engines: tempfile::TempDir,
    source: PathBuf,
    driven: Option<Driven>,
    /// What is around its loop, if it has one.
    looped: Option<Looped>,
    /// Where it stands, as it tells the chain; and whether it did.
    parked: Option<(BlockNumber, Seq, ParkCause)>,
    told: bool,
    /// The engine files changed since the worker looked at them.
    changed: std::cell::Cell<bool>,
    /// The names under which it left: it acknowledges what it left behind.
    left: Vec<AccountId>,
    /// It executes nothing until this block.
    pub(crate) asleep_until: BlockNumber,
    /// It says nothing to the chain until this block.
    pub(crate) silent_until: BlockNumber,
    /// It names a false root, or false receipts, the next time.
    pub(crate) lies: std::cell::Cell<bool>,
    /// It did: it doesn't count any more.
    pub(crate) lied: std::cell::Cell<bool>,
}

impl Node {
    /// A worker with all engines of a directory, which the test drives; or a daemon's loop.
    pub(crate) fn new(
        account: AccountId,
        source: &Path,
        versions: &[EngineVersion],
        looped: Option<Looped>,
    ) -> Self {
        let engines = tempfile::tempdir().expect("a temporary directory");
        let node = Self {
            account,
            disk: Disk::default(),
            engines,
            source: source.into(),
            driven: None,
            looped,
            parked: None,
            told: false,
            changed: true.into(),
            left: Vec::new(),
            asleep_until: 0,
            silent_until: 0,
            lies: false.into(),
            lied: false.into(),
        };
        for version in versions {
            node.repair_engine(*version);
        }
        node.started()
    }

    fn started(mut self) -> Self {
        self.start();
        self
    }

    fn start(&mut self) {
        let options = StoreOptions {
            undo_window: 256,
            cache_bytes: 4 << 20,
        };
        let store = Store::with_backend(self.disk.clone(), options).expect("the disk is whole");
        let worker = Worker::new(store, EngineRegistry::new(self.engines.path()));
        self.driven = Some(self.drive(worker));
    }

    fn drive(&self, worker: Worker) -> Driven {
        match &self.looped {
            None => Driven::Worker(worker.into()),
            Some(looped) => Driven::Daemon(looped.daemon(worker, &self.account).into()),
        }
    }

    pub(crate) fn worker(&self) -> &Worker {
        match self.driven.as_ref().expect("started") {
            Driven::Worker(worker) => worker,
            Driven::Daemon(daemon) => daemon.worker(),
        }
    }

    pub(crate) fn head(&self) -> Option<BlockNumber> {
        self.worker()
            .head()
            .expect("the store reads")
            .map(|(number, _, _)| number)
    }

    /// The running hash after its last block.
    pub(crate) fn message_hash(&self) -> Option<MessageHash> {
        let head = self.worker().head().expect("the store reads");
        head.map(|(.., record)| record.message_hash)
    }

    /// What it was told of amendments that aren't delivered yet.
    pub(crate) fn promised(&self) -> Vec<Promise> {
        let head = self.worker().head().expect("the store reads");
        head.map_or(Vec::new(), |(.., record)| record.promised)
    }

    /// Whether this is a name of it under which it never lied.
    pub(crate) fn is_honest(&self, account: &AccountId) -> bool {
        (*account == self.account && !self.lied.get()) || self.left.contains(account)
    }

    /// Executes what it is given, a number of blocks at once. Returns the block that it went back to as
    /// well, if it did, and how many lies it found.
    pub(crate) fn turn(
        &mut self,
        chain: &MockChain,
        given: &[ClusterBlock],
        batch: usize,
    ) -> (Turn, Option<BlockNumber>, u64) {
        let worker = match self.driven.as_mut().expect("started") {
            Driven::Worker(worker) => worker,
            Driven::Daemon(daemon) => {
                let looped = self.looped.as_ref().expect("it has a loop");
                looped.set(chain, given);
                let turned = looped.go_round(daemon, &self.disk);
                // Nobody listens: it says it again when somebody does.
                looped.take_said();
                return turned;
            }
        };
        let (mut executed, mut back, mut undone) = (0, None::<BlockNumber>, 0);
        for blocks in given.chunks(batch.max(1)) {
            match worker.import(blocks, Vec::new(), &Codes) {
                Ok(imported) => {
                    executed += imported.executed.len() as u32;
                    back = back.into_iter().chain(imported.went_back_to).min();
                    undone += imported.broken.len() as u64;
                    let parked = imported.parked;
                    let stands = parked.as_ref().and_then(|parked| {
                        Some((parked.block, parked.seq?, parked.reason.cause()?))
                    });
                    self.told &= stands == self.parked;
                    self.parked = stands;
                    if let Some(parked) = parked {
                        assert!(!parked.to_string().is_empty());
                        return (Turn::Parked, back, undone);
                    }
                }
                Err(error) => {
                    assert!(self.disk.failed(), "the disk is whole, and yet: {error}");
                    return (Turn::Crashed, back, undone);
                }
            }
        }
        let turn = if self.disk.failed() {
            Turn::Crashed
        } else {
            Turn::Executed(executed)
        };
        (turn, back, undone)
    }

    /// Where it stands, as it read it in the state of `as_of`, if the chain doesn't know yet.
    pub(crate) fn report(&mut self, cluster: u64, as_of: BlockNumber) -> Option<Extrinsic> {
        let (block, seq, cause) = self.parked.filter(|_| !self.told)?;
        self.told = true;
        let account = self.account.clone();
        Some(workers::report_parked(
            account, cluster, block, seq, cause, as_of,
        ))
    }

    /// Lets the disk fail soon.
    pub(crate) fn sabotage_disk(&self, operations: u64) {
        self.disk.fail_after(operations, DiskFault::Dead);
    }

    /// Lets its chain fail soon, if a loop asks one.
    pub(crate) fn sabotage_source(&self, calls: u64, fault: SourceFault) {
        if let Some(looped) = &self.looped {
            looped.faults.fail_after(calls, fault);
        }
    }

    /// Nothing is wrong with its chain any more.
    pub(crate) fn mend_source(&self) {
        if let Some(looped) = &self.looped {
            looped.faults.mend();
        }
    }

    /// Whether its chain failed since this was last asked.
    pub(crate) fn source_failed(&self) -> bool {
        let looped = self.looped.as_ref();
        looped.is_some_and(|looped| looped.faults.take_struck())
    }

    /// How often its chain couldn't be followed, or didn't hear it.
    pub(crate) fn troubles(&self) -> u64 {
        self.looped.as_ref().map_or(0, |looped| {
            let noted = looped.notes.noted();
            noted.troubles + noted.unsaid
        })
    }

    /// Of how many blocks its loop forgot the receipts.
    pub(crate) fn pruned(&self) -> u64 {
        let looped = self.looped.as_ref();
        looped.map_or(0, |looped| looped.notes.noted().pruned)
    }

    /// How many checkpoints its loop acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        let looped = self.looped.as_ref();
        looped.map_or(0, |looped| looped.board.acknowledged())
    }

    /// Goes down, loses part of what wasn't synced, and comes up again.
    pub(crate) fn restart(&mut self, rng: &mut Rng) {
        self.driven = None;
        self.disk.crash(|| rng.bool());
        self.start();
    }

    /// The engine's file is gone, or is another one.
    pub(crate) fn spoil_engine(&self, version: EngineVersion, how: u8) {
        self.changed.set(true);
        let path = self.engines.path().join(engine_file_name(version));
        match how % 3 {
            0 => {
                let _ = fs::remove_file(path);
            }
            1 => fs::write(path, b"not an engine").expect("written"),
            _ => {
                let mut bytes = fs::read(self.source.join(engine_file_name(version)))
                    .expect("the engine was built");
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(path, bytes).expect("written");
            }
        }
    }

    pub(crate) fn repair_engine(&self, version: EngineVersion) {
        self.changed.set(true);
        let name = engine_file_name(version);
        fs::copy(self.source.join(&name), self.engines.path().join(&name))
            .expect("the engine was built");
    }

    /// What the worker says to the chain: the engines it has, once, and every checkpoint that it
    /// has reached and the chain waits for.
    pub(crate) fn reports(
        &mut self,
        rng: &mut Rng,
        chain: &MockChain,
        cluster: u64,
    ) -> Vec<Extrinsic> {
        let mut reports = Vec::new();
        if chain.head().number < self.silent_until {
            return reports;
        }
        let own = match &self.looped {
            None => vec![self.account.clone()],
            Some(_) => Vec::new(),
        };
        if let Some(said) = self.speak(rng, chain) {
            reports = said;
        } else if let (true, Ok(files)) = (self.changed.take(), self.worker().registry().scan()) {
            // A file that isn't an engine's stops the scan; the worker announces when it is mended.
            let hashes: Vec<_> = files.iter().map(|file| file.hash).collect();
            reports.push(workers::announce(self.account.clone(), hashes));
        }
        for account in self.left.iter().chain(&own) {
            let expected = chain.to_acknowledge(cluster, account, 16);
            let reached = expected.iter().map_while(|expected| {
                let block = expected.cursor.block;
                self.worker().checkpoint(block).expect("the store reads")
            });
            let mut checkpoints: Vec<_> = reached.collect();
            if let (Some(last), true) = (checkpoints.last_mut(), *account == self.account) {
                if self.lies.take() {
                    self.lied.set(true);
                    match last.block % 2 {
                        0 => last.root = [0x66; 32].into(),
                        _ => last.receipts_root = [0x66; 32].into(),
                    }
                }
            }
            if !checkpoints.is_empty() {
                // What the loop said before it heard that is said again.
                reports.retain(is_announcement);
                reports.push(workers::acknowledge(account.clone(), cluster, checkpoints));
                // Its other name may have nothing left to say after that.
                break;
            }
        }
        reports
    }

    /// What its loop says, if it has one.
    fn speak(&mut self, rng: &mut Rng, chain: &MockChain) -> Option<Vec<Extrinsic>> {
        let looped = self.looped.as_ref()?;
        let Some(Driven::Daemon(daemon)) = &mut self.driven else {
            return None;
        };
        looped.set(chain, &[]);
        if self.changed.take() {
            looped.hang_up();
        }
        looped.board.set_lies(self.lies.get());
        let (turn, ..) = looped.go_round(daemon, &self.disk);
        if self.lies.get() && !looped.board.lies() {
            self.lies.set(false);
            self.lied.set(true);
        }
        let said = looped.take_said();
        if turn == Turn::Crashed {
            self.restart(rng);
        }
        Some(said)
    }

    /// Goes on under another name. What the old one left behind it acknowledges still, if it leaves
    /// in order.
    pub(crate) fn rename(&mut self, account: AccountId, in_order: bool) -> AccountId {
        let old = std::mem::replace(&mut self.account, account);
        if in_order && !self.lied.get() {
            self.left.push(old.clone());
        }
        self.told = false;
        self.changed.set(true);
        self.lies.set(false);
        self.lied.set(false);
        // Started again with another key.
        if let Some(Driven::Daemon(daemon)) = self.driven.take_if(|_| self.looped.is_some()) {
            self.driven = Some(self.drive(daemon.into_worker()));
        }
        old
    }
}

/// Whether it is about the engine files that a worker has.
pub(crate) fn is_announcement(said: &Extrinsic) -> bool {
    matches!(
        said.call,
        RuntimeCall::FatContracts(Call::announce_engines { .. })
    )
}
