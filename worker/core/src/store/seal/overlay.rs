//! A file that is only read: what the database writes stays in memory.
//!
//! The database writes even when nothing is changed: that it is open, and that it was closed; and
//! after a crash it has to be recovered. So a store that can't be written, or mustn't be, can be
//! read all the same, however it was left.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{BackendError, DatabaseError, StorageBackend};

use super::BLOCK;

/// The file, under what was written. Several may have it open at once, but nobody who writes.
#[derive(Debug)]
pub(in crate::store) struct ReadOnlyFile {
    file: FileBackend,
    over: RwLock<Over>,
}

#[derive(Debug, Default)]
struct Over {
    /// The length, once it was changed, and the shortest that it ever was: beyond that nothing of
    /// the file is left.
    len: Option<(u64, u64)>,
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl ReadOnlyFile {
    pub(in crate::store) fn new(file: File) -> Result<Self, DatabaseError> {
        Ok(Self {
            file: FileBackend::new(file)?,
            over: RwLock::default(),
        })
    }

    fn read_under(&self, over: &Over, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let in_file = self.file.len()?;
        let (len, left) = over.len.unwrap_or((in_file, in_file));
        let end = offset.saturating_add(out.len() as u64);
        if end > len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let left = left.min(in_file).saturating_sub(offset);
        let left = usize::try_from(left).map_or(out.len(), |left| left.min(out.len()));
        let (from_file, beyond) = out.split_at_mut(left);
        self.file.read(offset, from_file)?;
        beyond.fill(0);
        let first = offset / BLOCK;
        for (block, bytes) in over.blocks.range(first..end.div_ceil(BLOCK).max(first)) {
            let start = block * BLOCK;
            let skip = offset.saturating_sub(start) as usize;
            let places = out.iter_mut().skip(start.saturating_sub(offset) as usize);
            let bytes = bytes.iter().skip(skip);
            places.zip(bytes).for_each(|(place, byte)| *place = *byte);
        }
        Ok(())
    }
}

impl StorageBackend for ReadOnlyFile {
    fn len(&self) -> io::Result<u64> {
        let over = self.over.read().unwrap_or_else(PoisonError::into_inner);
        over.len.map_or_else(|| self.file.len(), |(len, _)| Ok(len))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let over = self.over.read().unwrap_or_else(PoisonError::into_inner);
        self.read_under(&over, offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut over = self.over.write().unwrap_or_else(PoisonError::into_inner);
        let left = over
            .len
            .map_or_else(|| self.file.len(), |(_, left)| Ok(left))?;
        over.len = Some((len, left.min(len)));
        drop(over.blocks.split_off(&len.div_ceil(BLOCK)));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut over = self.over.write().unwrap_or_else(PoisonError::into_inner);
        let end = offset.saturating_add(data.len() as u64);
        let mut rest = data;
        for block in offset / BLOCK..end.div_ceil(BLOCK) {
            let start = block * BLOCK;
            let skip = offset.saturating_sub(start) as usize;
            let (now, later) = rest.split_at(rest.len().min(BLOCK as usize - skip));
            let mut bytes = vec![0; BLOCK as usize];
            if now.len() < bytes.len() {
                self.read_under(&over, start, &mut bytes)?;
            }
            let places = bytes.iter_mut().skip(skip);
            places.zip(now).for_each(|(place, byte)| *place = *byte);
            over.blocks.insert(block, bytes);
            rest = later;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    /// The database wants the file for itself; it gets it with others who only read.
    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
