//! A crash at any moment leaves the block before it or the whole block.

use std::io;
use std::sync::{Arc, Mutex};

use super::*;

/// What a crash does to writes that were not flushed.
#[derive(Clone, Copy, Debug)]
enum Lost {
    /// All of them are gone.
    All,
    /// None is.
    None,
    /// Every other one is.
    Some(u64),
    /// The last one is written to its half.
    Torn,
}

/// A disk with a cache, whose power fails after a number of operations.
#[derive(Clone, Debug)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    durable: Vec<u8>,
    /// What readers see: the durable bytes and all later writes.
    live: Vec<u8>,
    /// Operations since the last flush.
    cached: Vec<Operation>,
    operations: u64,
    power_fails_after: u64,
    panics: bool,
}

#[derive(Clone, Debug)]
enum Operation {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

impl Operation {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                // A file grows when it is written beyond its end.
                to.resize(to.len().max(at + bytes.len()), 0);
                to[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::SetLen(len) => to.resize(*len, 0),
        }
    }
}

impl Disk {
    pub(super) fn new() -> Self {
        let power_fails_after = u64::MAX;
        Self(Arc::new(Mutex::new(Platter {
            power_fails_after,
            ..Platter::default()
        })))
    }

    /// Flips a bit of every byte behind the head.
    pub(super) fn garble(&self) {
        let mut platter = self.0.lock().unwrap();
        platter.live.iter_mut().skip(512).for_each(|it| *it ^= 8);
    }

    /// From now on whoever writes panics, as the database does when it is led astray.
    pub(super) fn panic_at_writes(&self) {
        self.0.lock().unwrap().panics = true;
    }

    fn operations(&self) -> u64 {
        self.0.lock().unwrap().operations
    }

    /// The disk after the power came back.
    fn after(&self, lost: Lost) -> Self {
        let platter = self.0.lock().unwrap();
        let mut durable = platter.durable.clone();
        let last = platter.cached.len().saturating_sub(1);
        for (i, operation) in platter.cached.iter().enumerate() {
            match (lost, operation) {
                (Lost::All, _) => {}
                (Lost::Some(seed), _) if (seed >> (i % 64)) & 1 == 1 => {}
                (Lost::Torn, Operation::Write(at, bytes)) if i == last => {
                    Operation::Write(*at, bytes[..bytes.len() / 2].to_vec()).apply(&mut durable);
                }
                (_, operation) => operation.apply(&mut durable),
            }
        }
        let disk = Self::new();
        *disk.0.lock().unwrap() = Platter {
            live: durable.clone(),
            durable,
            power_fails_after: u64::MAX,
            ..Platter::default()
        };
        disk
    }
}

impl Platter {
    fn operate(&mut self) -> io::Result<()> {
        if self.operations >= self.power_fails_after {
            return Err(io::Error::other("no power"));
        }
        self.operations += 1;
        Ok(())
    }

    fn change(&mut self, operation: Operation) -> io::Result<()> {
        self.operate()?;
        operation.apply(&mut self.live);
        self.cached.push(operation);
        Ok(())
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.0.lock().unwrap();
        let start = offset as usize;
        let bytes = platter.live.get(start..start + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0
            .lock()
            .unwrap()
            .change(Operation::SetLen(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.operate()?;
        platter.durable = platter.live.clone();
        platter.cached.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let panics = self.0.lock().unwrap().panics;
        assert!(!panics, "led astray");
        self.0
            .lock()
            .unwrap()
            .change(Operation::Write(offset as usize, data.to_vec()))
    }
}

fn open(disk: &Disk) -> Result<Store, StoreError> {
    let options = StoreOptions {
        undo_window: 4,
        ..StoreOptions::default()
    };
    Store::with_backend(disk.clone(), options)
}

const BLOCKS: BlockNumber = 6;
/// How many of them are left after going back.
const KEPT: BlockNumber = 3;
/// A pattern of writes that get lost.
const SCATTERED: u64 = 0x9e37_79b9_7f4a_7c15;

/// The store after each number of blocks, had nothing happened.
fn uninterrupted() -> Vec<Everything> {
    let mut store = open(&Disk::new()).unwrap();
    let mut after = vec![everything(&store)];
    for number in 0..BLOCKS {
        store.commit(&lively(number)).unwrap();
        after.push(everything(&store));
    }
    after
}

/// Takes back all blocks but the first [`KEPT`], and the caller's rows with them.
fn go_back(store: &mut Store) -> Result<StateRoot, StoreError> {
    let row = |key: &[u8], value| ExtraRow {
        table: "chain".into(),
        key: key.to_vec(),
        value,
    };
    let newest = KEPT - 1;
    let mut extra = vec![row(b"head", Some(newest.to_be_bytes().to_vec()))];
    extra.extend((KEPT..BLOCKS).map(|number| row(&number.to_be_bytes(), None)));
    store.revert(newest, &extra)
}

/// For every operation on the disk: the power fails after it; on reopening, the store is as after
/// the last commit that returned or after the one that was under way; the rest of the blocks give
/// the same store as without the crash.
fn crash_everywhere(lost: Lost, back: bool) {
    let expected = uninterrupted();
    let disk = Disk::new();
    let mut store = open(&disk).unwrap();
    let made = disk.operations();
    for number in 0..BLOCKS {
        store.commit(&lively(number)).unwrap();
    }
    if back {
        go_back(&mut store).unwrap();
    }
    let all = disk.operations();
    assert!(all - made > u64::from(BLOCKS), "the disk sees every commit");
    drop(store);
    for crash in made..=all {
        let disk = Disk::new();
        let mut store = open(&disk).unwrap();
        disk.0.lock().unwrap().power_fails_after = crash;
        let mut done = 0;
        while done < BLOCKS && store.commit(&lively(done)).is_ok() {
            done += 1;
        }
        let (kept, under_way) = match (done, back) {
            (BLOCKS, true) if go_back(&mut store).is_ok() => (KEPT, KEPT),
            (BLOCKS, true) => (BLOCKS, KEPT),
            (BLOCKS, false) => (BLOCKS, BLOCKS),
            (done, _) => (done, done + 1),
        };
        // Taken before the store is dropped: a crash doesn't let it say goodbye.
        let disk = disk.after(lost);
        drop(store);
        let mut store = open(&disk).unwrap_or_else(|error| {
            panic!("crash after {crash} of {all}: {error}");
        });
        let found = store.cursor().unwrap().map_or(0, |block| block.number + 1);
        assert!(
            found == kept || found == under_way,
            "crash after {crash} of {all}: {found} blocks, not {kept} or {under_way}"
        );
        assert_eq!(everything(&store), expected[found as usize]);
        store.verify_root().unwrap();
        for number in found..BLOCKS {
            store.commit(&lively(number)).unwrap();
        }
        assert_eq!(&everything(&store), expected.last().unwrap());
    }
}

#[test]
fn when_no_write_is_lost() {
    crash_everywhere(Lost::None, false);
}

#[test]
fn when_all_unflushed_writes_are_lost() {
    crash_everywhere(Lost::All, false);
}

#[test]
fn when_some_unflushed_writes_are_lost() {
    for seed in [0x5555_5555_5555_5555, 0xaaaa_aaaa_aaaa_aaaa, SCATTERED] {
        crash_everywhere(Lost::Some(seed), false);
    }
}

#[test]
fn when_the_last_write_is_torn() {
    crash_everywhere(Lost::Torn, false);
}

#[test]
fn while_reverting() {
    for lost in [Lost::All, Lost::None, Lost::Some(SCATTERED), Lost::Torn] {
        crash_everywhere(lost, true);
    }
}

/// For every operation on the disk during an import: the state is there as a whole or not at all,
/// and in the latter case it can be imported again.
#[test]
fn while_importing() {
    let state = || super::import::state().into_iter().step_by(10);
    let block = NewBlock::default();
    let disk = Disk::new();
    let mut store = open(&disk).unwrap();
    let made = disk.operations();
    let root = store.import(&block, state()).unwrap();
    let (all, expected) = (disk.operations(), everything(&store));
    drop(store);
    for lost in [Lost::All, Lost::None, Lost::Some(SCATTERED), Lost::Torn] {
        let mut whole = 0;
        for crash in made..=all {
            let disk = Disk::new();
            let mut store = open(&disk).unwrap();
            disk.0.lock().unwrap().power_fails_after = crash;
            let done = store.import(&block, state()).is_ok();
            let disk = disk.after(lost);
            drop(store);
            let mut store = open(&disk).unwrap();
            match store.cursor().unwrap() {
                Some(_) => whole += 1,
                None => {
                    assert!(!done, "crash after {crash} of {all}: the state is gone");
                    assert_eq!(store.trie_rows(), []);
                    assert_eq!(store.import(&block, state()).unwrap(), root);
                }
            }
            assert_eq!(everything(&store), expected);
            assert_eq!(store.verify_root().unwrap(), root);
        }
        assert!(whole > 0 && whole < all - made, "{whole} of {all}");
    }
}

/// A disk that fails once makes the store refuse everything until it is opened again.
#[test]
fn a_failed_disk_is_reported_and_reopening_goes_on() {
    let disk = Disk::new();
    let mut store = open(&disk).unwrap();
    store.commit(&lively(0)).unwrap();
    let before = everything(&store);
    let now = disk.operations();
    disk.0.lock().unwrap().power_fails_after = now + 1;
    let error = store.commit(&lively(1)).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    disk.0.lock().unwrap().power_fails_after = u64::MAX;
    let error = store.commit(&lively(1)).unwrap_err();
    assert!(matches!(error, StoreError::Database { .. }), "{error}");
    assert!(error.hint().contains("open the store again"));
    drop(store);
    let mut store = open(&disk).unwrap();
    assert_eq!(everything(&store), before);
    store.commit(&lively(1)).unwrap();
}
