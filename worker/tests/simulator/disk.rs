//! A disk that can fail between any two writes.

use crate::clock::FakeClock;
use redb::StorageBackend;
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The system's number for a full disk.
const ENOSPC: i32 = 28;

/// What goes wrong at an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskFault {
    /// A write or a sync fails, and so does all that comes, until the machine is started again.
    Dead,
    /// One operation fails, a read too, and none after it.
    Fails,
    /// There is no room for a write, nor for one that comes, until somebody makes some.
    Full,
    /// Half of a write is done, and then as if it were dead.
    Torn,
    /// One operation takes so long.
    Slow(Duration),
}

/// What is done to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Read,
    Write,
    Length,
    Sync,
}

impl DiskFault {
    /// Whether it can strike there.
    fn meets(self, operation: Operation) -> bool {
        match self {
            Self::Dead => operation != Operation::Read,
            Self::Fails | Self::Slow(_) => true,
            Self::Full => matches!(operation, Operation::Write | Operation::Length),
            Self::Torn => operation == Operation::Write,
        }
    }
}

/// What a crash leaves is what was synced, and any part of what was written since.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    live: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// What goes wrong, and after how many more operations that it can meet.
    fault: Option<(u64, DiskFault)>,
    /// It went wrong.
    struck: Option<DiskFault>,
    clock: FakeClock,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

impl Change {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Write(at, bytes) => {
                let end = at + bytes.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*at..end].copy_from_slice(bytes);
            }
            Self::Length(length) => image.resize(*length, 0),
        }
    }
}

impl Disk {
    /// One that is slow by a clock.
    pub(crate) fn with_clock(clock: FakeClock) -> Self {
        let disk = Self::default();
        disk.inner().clock = clock;
        disk
    }

    /// Something goes wrong after this many more operations that it can meet.
    pub(crate) fn fail_after(&self, operations: u64, fault: DiskFault) {
        self.inner().fault = Some((operations, fault));
    }

    /// Whether something went wrong.
    pub(crate) fn failed(&self) -> bool {
        self.inner().struck.is_some()
    }

    /// Nothing goes wrong any more, and what was written is there.
    pub(crate) fn mend(&self) {
        let mut inner = self.inner();
        inner.fault = None;
        inner.struck = None;
    }

    /// What is there is removed: as with a draft of a file that got no name.
    pub(crate) fn wipe(&self) {
        let mut inner = self.inner();
        inner.live.clear();
        inner.durable.clear();
        inner.unsynced.clear();
    }

    /// A disk as a crash leaves this one if nothing survives that wasn't synced.
    pub(crate) fn durable(&self) -> Self {
        let disk = Self::default();
        let durable = self.inner().durable.clone();
        let mut inner = disk.inner();
        inner.live.clone_from(&durable);
        inner.durable = durable;
        drop(inner);
        disk
    }

    /// The machine went down and is up again: what was synced is there, and of what was written
    /// since, what `survives` says.
    pub(crate) fn crash(&self, mut survives: impl FnMut() -> bool) {
        let mut inner = self.inner();
        let mut image = std::mem::take(&mut inner.durable);
        for change in inner.unsynced.drain(..) {
            // A length that was lost would make the file shorter than the database knows; file
            // systems journal it with the next sync at the latest, so it either comes or not.
            if survives() {
                change.apply(&mut image);
            }
        }
        inner.live.clone_from(&image);
        inner.durable = image;
        inner.fault = None;
        inner.struck = None;
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    /// Does a part of an operation of `size` bytes: how many of them.
    fn spend(&mut self, operation: Operation, size: usize) -> io::Result<usize> {
        let at_once = self.struck;
        if let Some((left, fault)) = &mut self.fault {
            if fault.meets(operation) && self.struck.is_none() {
                if *left == 0 {
                    self.struck = Some(*fault);
                } else {
                    *left -= 1;
                }
            }
        }
        let now = at_once.is_none();
        match self.struck {
            Some(DiskFault::Dead | DiskFault::Torn) if operation == Operation::Read => Ok(size),
            Some(DiskFault::Torn) if now => Ok(size / 2),
            Some(DiskFault::Dead | DiskFault::Torn) => Err(io::Error::other("the disk failed")),
            Some(DiskFault::Fails) if now => Err(io::Error::other("the disk failed once")),
            Some(DiskFault::Full) if DiskFault::Full.meets(operation) => {
                Err(io::Error::from_raw_os_error(ENOSPC))
            }
            Some(DiskFault::Slow(took)) if now => {
                self.clock.advance(took);
                Ok(size)
            }
            _ => Ok(size),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.inner().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend(Operation::Read, out.len())?;
        let from = offset as usize;
        let bytes = inner.live.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend(Operation::Length, 0)?;
        let change = Change::Length(len as usize);
        change.apply(&mut inner.live);
        inner.unsynced.push(change);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend(Operation::Sync, 0)?;
        let changes = std::mem::take(&mut inner.unsynced);
        for change in changes {
            change.apply(&mut inner.durable);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        let done = inner.spend(Operation::Write, data.len())?;
        let change = Change::Write(offset as usize, data[..done].to_vec());
        change.apply(&mut inner.live);
        inner.unsynced.push(change);
        if done < data.len() {
            return Err(io::Error::other("the disk failed"));
        }
        Ok(())
    }
}
