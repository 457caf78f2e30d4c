//! The file under the database: every block of it under a checksum that each read verifies.
//!
//! The database's own checksums are verified only when it recovers from a crash or is told to
//! check itself; in between, a flipped bit is an answer like any other. A checksum of each row
//! wouldn't be enough either: a bit that flips in a key, or in a page above the rows, makes a row
//! missing or leads to an old one, and both are sound rows. So the checksums lie under the
//! database, where nothing is read past them: a block is verified when it comes from the disk, and
//! what the database keeps in its cache costs nothing more.
//!
//! The file is a [head](head), then groups of a table of checksums and the 512 blocks that it
//! is about. The checksum is XXH3 (64 bits), seeded with the block's number, so that a block in
//! another's place isn't taken for it. It guards against disks and copies, not against people.
//!
//! **Crashes.** A block and its checksum are two writes, and a crash may keep one of them. What a
//! one-phase commit left behind is verified by the database from its roots down, by checksums of
//! 128 bits in its pages, before anything of it is used. While it does, blocks are believed, and
//! those that differ from their checksum get a new one: they are either sound, or not in use. After
//! a two-phase commit, which closes the store, blocks and tables are on the disk before the head
//! names them, and nothing is believed.

mod groups;
mod head;
mod overlay;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

use groups::Groups;
use head::Head;

pub(super) use head::{look, FileKind};
pub(super) use overlay::ReadOnlyFile;

/// Bytes of a block: the database's page.
const BLOCK: u64 = 4096;

/// The sealed file. Clones are the same file.
#[derive(Clone, Debug)]
pub(super) struct Sealed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    disk: Box<dyn StorageBackend>,
    /// Read when it is first asked for: by then the database holds the file's lock.
    head: Mutex<Option<Head>>,
    groups: Groups,
    /// Whether blocks are believed, because the database verifies what it reads.
    recovering: AtomicBool,
    /// The first block that didn't have its checksum.
    damage: Mutex<Option<String>>,
}

/// A checksum of a block; never 0, which stands for a block that was never written.
fn seal_of(block: u64, bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(bytes, block).max(1)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn invalid(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}

impl Sealed {
    /// Over a disk, which is empty or holds what this wrote.
    pub(super) fn new(disk: impl StorageBackend) -> Self {
        Self(Arc::new(Inner {
            disk: Box::new(disk),
            head: Mutex::new(None),
            groups: Groups::default(),
            recovering: AtomicBool::new(false),
            damage: Mutex::new(None),
        }))
    }

    /// From now on no block is believed. Called when the database is open, and has verified what
    /// it had to.
    pub(super) fn recovered(&self) {
        self.0.recovering.store(false, Ordering::Release);
    }

    /// What was found damaged first.
    pub(super) fn damage(&self) -> Option<String> {
        lock(&self.0.damage).clone()
    }

    fn head(&self) -> io::Result<MutexGuard<'_, Option<Head>>> {
        let mut head = lock(&self.0.head);
        if head.is_none() {
            let read = Head::read(&*self.0.disk)?;
            self.0.recovering.store(read.unclean(), Ordering::Release);
            *head = Some(read);
        }
        Ok(head)
    }

    /// Verifies consecutive blocks, the first of which has the given number.
    fn verify(&self, first: u64, bytes: &[u8]) -> io::Result<()> {
        let inner = &*self.0;
        for (block, bytes) in (first..).zip(bytes.chunks(BLOCK as usize)) {
            let expected = inner.groups.seal(&*inner.disk, block)?;
            let found = seal_of(block, bytes);
            // A file grows by zeros that nobody wrote.
            if expected == found || expected == 0 && bytes.iter().all(|byte| *byte == 0) {
                continue;
            }
            if inner.recovering.load(Ordering::Acquire) {
                inner.groups.set(&*inner.disk, block, found)?;
                continue;
            }
            let at = groups::place(block);
            let end = at.saturating_add(BLOCK);
            let text = format!("other bytes than were written in {at}..{end} of the file");
            lock(&inner.damage).get_or_insert_with(|| text.clone());
            return Err(invalid(text));
        }
        Ok(())
    }
}

/// The block that an access begins at, which is of whole blocks: the database reads and writes
/// pages, and only its header is something else.
fn whole_blocks(offset: u64, len: usize) -> io::Result<u64> {
    if offset.is_multiple_of(BLOCK) && (len as u64).is_multiple_of(BLOCK) {
        Ok(offset / BLOCK)
    } else {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("{len} bytes at {offset} aren't whole blocks"),
        ))
    }
}

impl StorageBackend for Sealed {
    fn len(&self) -> io::Result<u64> {
        drop(self.head()?);
        groups::blocks_of(self.0.disk.len()?).map(|blocks| blocks * BLOCK)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset < BLOCK {
            return match self.head()?.as_ref() {
                Some(head) => head.get(offset, out),
                None => Err(invalid("no head")),
            };
        }
        let mut block = whole_blocks(offset, out.len())?;
        let mut rest = out;
        while !rest.is_empty() {
            let run = groups::run(block, rest.len());
            let (now, later) = rest.split_at_mut(run);
            self.0.disk.read(groups::place(block), now)?;
            self.verify(block, now)?;
            block += run as u64 / BLOCK;
            rest = later;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        drop(self.head()?);
        let blocks = whole_blocks(len, 0)?;
        self.0.groups.truncate(&*self.0.disk, blocks)?;
        self.0.disk.set_len(groups::bytes_of(blocks))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.groups.write(&*self.0.disk)?;
        self.0.disk.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset < BLOCK {
            let mut head = self.head()?;
            // Never names blocks whose checksums are still in memory.
            self.0.groups.write(&*self.0.disk)?;
            return match head.as_mut() {
                Some(head) => head.put(&*self.0.disk, offset, data),
                None => Err(invalid("no head")),
            };
        }
        let mut block = whole_blocks(offset, data.len())?;
        let mut rest = data;
        while !rest.is_empty() {
            let run = groups::run(block, rest.len());
            let (now, later) = rest.split_at(run);
            for (block, bytes) in (block..).zip(now.chunks(BLOCK as usize)) {
                let seal = seal_of(block, bytes);
                self.0.groups.set(&*self.0.disk, block, seal)?;
            }
            self.0.disk.write(groups::place(block), now)?;
            block += run as u64 / BLOCK;
            rest = later;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.0.disk.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.disk.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.disk.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.disk.query_lock_range(start, end)
    }
}
