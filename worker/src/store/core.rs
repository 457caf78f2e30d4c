//! The open database, and how its errors become the store's.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use redb::Database;

use super::StoreError;

/// The database with the place it came from, shared by the store, its readers and its snapshots.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) db: Database,
    path: PathBuf,
}

impl Core {
    pub(super) fn new(db: Database, path: PathBuf) -> Self {
        Self { db, path }
    }

    /// The file, or `memory`.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Turns the database's error into the store's; for `map_err`.
    pub(super) fn error<E: Into<redb::Error>>(
        &self,
        doing: &'static str,
    ) -> impl Fn(E) -> StoreError + '_ {
        move |source| from_redb(doing, &self.path, source.into())
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

/// The store's error for one of the database.
pub(super) fn from_redb(doing: &'static str, path: &Path, source: redb::Error) -> StoreError {
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
