//! The open database, and how its errors become the store's.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::seal::Sealed;
use super::StoreError;

/// The database with the place it came from, shared by the store, its readers and its snapshots.
#[derive(Debug)]
pub(super) struct Core {
    /// None once it was closed.
    db: RwLock<Option<Database>>,
    /// The file under it; none in memory.
    sealed: Option<Sealed>,
    /// Its path, or `memory`.
    path: PathBuf,
    read_only: bool,
}

impl Core {
    pub(super) fn new(db: Database, sealed: Option<Sealed>, path: PathBuf) -> Self {
        Self {
            db: RwLock::new(Some(db)),
            sealed,
            path,
            read_only: false,
        }
    }

    /// The same, but nothing can be committed.
    pub(super) fn for_reading(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        self.with_db(|db| db.begin_read().map_err(self.error("read")))
    }

    pub(super) fn begin_write(&self) -> Result<WriteTransaction, StoreError> {
        if self.read_only {
            let path = self.path.clone();
            return Err(StoreError::ReadOnly { path });
        }
        self.with_db(|db| db.begin_write().map_err(self.error("write to")))
    }

    fn with_db<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        work(db.as_ref().ok_or_else(|| self.closed())?)
    }

    /// Has the database verify all that it holds. Of a store that is only read, what it repairs
    /// stays in memory.
    pub(super) fn check_integrity(&self) -> Result<(), StoreError> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        let db = db.as_mut().ok_or_else(|| self.closed())?;
        let sound = self.guarded(|| db.check_integrity().map_err(self.error("check")))?;
        if sound {
            Ok(())
        } else {
            Err(self.damaged("a sound database", "one that had to be repaired"))
        }
    }

    fn closed(&self) -> StoreError {
        self.error("use")(redb::Error::DatabaseClosed)
    }

    /// Closes the database for all who share it, and says whether anything was found damaged,
    /// then or before.
    pub(super) fn close(&self) -> Result<(), StoreError> {
        let db = self
            .db
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        self.guarded(|| {
            // It writes once more, and has no way of saying that it couldn't.
            drop(db);
            Ok(())
        })?;
        match self.found_damaged() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Turns the database's error into the store's; for `map_err`.
    pub(super) fn error<E: Into<redb::Error>>(
        &self,
        doing: &'static str,
    ) -> impl Fn(E) -> StoreError + '_ {
        move |source| {
            // After a block that isn't what was written the database refuses everything, and
            // doesn't say why.
            let damaged = self.found_damaged();
            damaged.unwrap_or_else(|| from_redb(doing, &self.path, source.into()))
        }
    }

    fn found_damaged(&self) -> Option<StoreError> {
        let found = self.sealed.as_ref()?.damage()?;
        Some(self.damaged("what was written", found))
    }

    /// Does something with the database; see [`guarded`].
    pub(super) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        guarded(&self.path, work)
    }

    /// A row that can't be what the store wrote.
    pub(super) fn damaged(&self, expected: &str, found: impl Into<String>) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            expected: expected.into(),
            found: found.into(),
        }
    }
}

/// Whoever wants to know how it went calls [`Core::close`] before.
impl Drop for Core {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "closing the store");
        }
    }
}

/// The store's error for one of the database.
pub(super) fn from_redb(doing: &'static str, path: &Path, source: redb::Error) -> StoreError {
    use std::io::ErrorKind;
    let path = path.to_path_buf();
    match source {
        redb::Error::DatabaseAlreadyOpen => StoreError::Locked { path },
        redb::Error::Corrupted(found) => StoreError::Damaged {
            path,
            expected: "a sound database".into(),
            found,
        },
        redb::Error::TableTypeMismatch { table, .. }
        | redb::Error::TableIsMultimap(table)
        | redb::Error::TableDoesNotExist(table) => StoreError::Damaged {
            path,
            expected: format!("a table {table:?} as this program makes it"),
            found: "none, or one of other types".into(),
        },
        redb::Error::Io(source)
            if matches!(
                source.kind(),
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::InvalidInput
            ) =>
        {
            StoreError::Damaged {
                path,
                expected: "a whole database".into(),
                found: source.to_string(),
            }
        }
        redb::Error::Io(source) => StoreError::Io {
            doing,
            path,
            source,
        },
        source => StoreError::Database {
            doing,
            path,
            source: Box::new(source),
        },
    }
}

/// Does something with the database, and makes an error of a panic: `redb` follows page numbers out
/// of a garbled file without checking them, and panics when they lead nowhere.
///
/// What was under way is not gone on with: a transaction is dropped, a database that was being
/// opened isn't.
pub(super) fn guarded<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(StoreError::Damaged {
            path: path.into(),
            expected: "a sound database".into(),
            found: text.unwrap_or("bytes that make it panic").into(),
        })
    })
}
