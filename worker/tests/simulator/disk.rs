//! A disk that can fail between any two writes.

use redb::StorageBackend;
use std::{
    io,
    sync::{Arc, Mutex},
};

/// What a crash leaves is what was synced, and any part of what was written since.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    live: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// Writes and syncs until the disk fails; none = it doesn't.
    budget: Option<u64>,
    failed: bool,
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
    /// Lets the disk fail after so many more writes and syncs.
    pub(crate) fn fail_after(&self, operations: u64) {
        self.inner().budget = Some(operations);
    }

    /// Whether it failed.
    pub(crate) fn failed(&self) -> bool {
        self.inner().failed
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
        inner.budget = None;
        inner.failed = false;
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    fn spend(&mut self) -> io::Result<()> {
        if let Some(left) = &mut self.budget {
            if *left == 0 {
                self.failed = true;
            } else {
                *left -= 1;
            }
        }
        if self.failed {
            Err(io::Error::other("the disk failed"))
        } else {
            Ok(())
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.inner().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let inner = self.inner();
        let from = offset as usize;
        let bytes = inner.live.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend()?;
        let change = Change::Length(len as usize);
        change.apply(&mut inner.live);
        inner.unsynced.push(change);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend()?;
        let changes = std::mem::take(&mut inner.unsynced);
        for change in changes {
            change.apply(&mut inner.durable);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut inner = self.inner();
        inner.spend()?;
        let change = Change::Write(offset as usize, data.to_vec());
        change.apply(&mut inner.live);
        inner.unsynced.push(change);
        Ok(())
    }
}
