//! The chain on disk: after every block it is there whole.
//!
//! A folder has the chain beside its worker's data. Without one there is a folder of the system's, which goes when the
//! program ends; a state file is that folder's contents, see [`archive`](crate::archive).

mod read;

use crate::{
    archive,
    chain::{Block, Chain, KEPT_BLOCKS},
    error::ServeError,
    format::{FORMAT, MAKER},
};
use fat_contracts_primitives::BlockNumber;
use parity_scale_codec::Encode;
use read::read;
pub(crate) use read::DiskContents;
use redb::{Database, Durability, TableDefinition};
use sp_state_machine::StorageCollection;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("about");
const HASHES: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("hashes");
const BLOCKS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("blocks");
const STATE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("state");

/// The chain's file in the folder, and the worker's folder there.
const CHAIN_FILE: &str = "chain.redb";
const WORKER_FOLDER: &str = "worker";

/// What a folder has that is something else.
const FOREIGN: &str = "store.redb";

/// Where chain and worker are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// Nowhere, beyond the program's end.
    #[default]
    Nowhere,
    /// In this folder, at every moment.
    Folder(PathBuf),
    /// In this file: read at the start if it is there, written at the end, and so often in between.
    File {
        /// The file.
        path: PathBuf,
        /// How often.
        every: Option<Duration>,
    },
}

/// The folder, with the chain's file open.
pub(crate) struct Disk {
    db: Option<Database>,
    place: Location,
    folder: PathBuf,
    _temporary: Option<TempDir>,
    changed: bool,
    /// Every block is to be on the disk before anything follows from it.
    lasts: bool,
    written: Instant,
}

impl Disk {
    /// Opens what there is, or makes a folder for a new chain.
    ///
    /// # Errors
    /// It is something else, damaged, another program's, or in use.
    pub(crate) fn open(place: Location) -> Result<(Self, Option<DiskContents>), ServeError> {
        let temporary = || {
            tempfile::Builder::new()
                .prefix("pink-dev-")
                .tempdir()
                .map_err(|error| ServeError::Io {
                    doing: "make a folder in",
                    path: std::env::temp_dir(),
                    error,
                })
        };
        let (folder, temporary) = match &place {
            Location::Folder(path) => {
                if path.join(FOREIGN).exists() {
                    return Err(ServeError::OtherPath(path.clone()));
                }
                fs::create_dir_all(path).map_err(io("make", path))?;
                (path.clone(), None)
            }
            Location::Nowhere => {
                let folder = temporary()?;
                (folder.path().to_owned(), Some(folder))
            }
            Location::File { path, .. } => {
                let folder = temporary()?;
                if path.exists() {
                    archive::unpack(path, folder.path())?;
                }
                (folder.path().to_owned(), Some(folder))
            }
        };
        let named = match &place {
            Location::File { path, .. } => path.clone(),
            _ => folder.clone(),
        };
        let file = folder.join(CHAIN_FILE);
        let found = file.exists().then(|| read(&file, &named)).transpose()?;
        let (db, found) = match found {
            Some((db, found)) => (Some(db), Some(found)),
            None if folder.join(WORKER_FOLDER).exists() => {
                return Err(ServeError::NotAState {
                    path: named,
                    expected: format!("{CHAIN_FILE} beside the worker's data"),
                    found: "none".into(),
                })
            }
            None => (None, None),
        };
        let disk = Self {
            lasts: matches!(place, Location::Folder(_)),
            db,
            place,
            folder,
            _temporary: temporary,
            changed: false,
            written: Instant::now(),
        };
        Ok((disk, found))
    }

    /// Where the operator's `worker.toml` is, as in other base paths.
    pub(crate) fn base_path(&self) -> &Path {
        &self.folder
    }

    /// Where the worker's data is.
    pub(crate) fn worker_path(&self) -> PathBuf {
        self.folder.join(WORKER_FOLDER)
    }

    /// The folder, if it stays.
    pub(crate) fn shown(&self) -> Option<&Path> {
        match &self.place {
            Location::Nowhere => None,
            Location::Folder(path) | Location::File { path, .. } => Some(path),
        }
    }

    /// Begins a chain.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn begin(&mut self, chain: &Chain, engine: &str) -> Result<(), ServeError> {
        let file = self.folder.join(CHAIN_FILE);
        let db = Database::create(&file).map_err(|error| of_redb(&file, error))?;
        self.db = Some(db);
        self.in_transaction(|txn| {
            let mut about = txn.open_table(ABOUT)?;
            about.insert("format", &(FORMAT, MAKER).encode()[..])?;
            about.insert("engine", engine.as_bytes())?;
            Ok(())
        })?;
        self.rewrite(chain, 0)
    }

    /// Keeps the newest block.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn keep(
        &mut self,
        block: &Block,
        changes: &StorageCollection,
        ahead_ms: u64,
    ) -> Result<(), ServeError> {
        self.in_transaction(|txn| {
            let mut hashes = txn.open_table(HASHES)?;
            hashes.insert(block.number, block.hash.as_bytes())?;
            let mut blocks = txn.open_table(BLOCKS)?;
            blocks.insert(block.number, &block.kept.encode()[..])?;
            if let Some(old) = block.number.checked_sub(kept_blocks()) {
                blocks.remove(old)?;
            }
            let mut state = txn.open_table(STATE)?;
            for (key, value) in changes {
                match value {
                    Some(value) => state.insert(&key[..], &value[..])?,
                    None => state.remove(&key[..])?,
                };
            }
            let mut about = txn.open_table(ABOUT)?;
            about.insert("ahead", &ahead_ms.encode()[..])?;
            Ok(())
        })
    }

    /// Keeps by how much the clock is ahead.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn keep_clock(&mut self, ahead_ms: u64) -> Result<(), ServeError> {
        self.in_transaction(|txn| {
            let mut about = txn.open_table(ABOUT)?;
            about.insert("ahead", &ahead_ms.encode()[..])?;
            Ok(())
        })
    }

    /// Keeps the chain as it is now, whatever there was.
    ///
    /// # Errors
    /// It can't be written, or read.
    pub(crate) fn rewrite(&mut self, chain: &Chain, ahead_ms: u64) -> Result<(), ServeError> {
        let pairs = chain.pairs().map_err(ServeError::Chain)?;
        self.in_transaction(|txn| {
            txn.delete_table(HASHES)?;
            txn.delete_table(BLOCKS)?;
            txn.delete_table(STATE)?;
            let mut hashes = txn.open_table(HASHES)?;
            let mut blocks = txn.open_table(BLOCKS)?;
            for number in 0..=chain.best().number {
                if let Some(hash) = chain.hash(number) {
                    hashes.insert(number, hash.as_bytes())?;
                }
                if let Some(block) = chain.block_at(number) {
                    blocks.insert(number, &block.kept.encode()[..])?;
                }
            }
            let mut state = txn.open_table(STATE)?;
            for (key, value) in &pairs {
                state.insert(&key[..], &value[..])?;
            }
            let mut about = txn.open_table(ABOUT)?;
            about.insert("ahead", &ahead_ms.encode()[..])?;
            Ok(())
        })
    }

    /// Writes the state file, if it is time for that.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn rest(&mut self) -> Result<(), ServeError> {
        let Location::File {
            path,
            every: Some(every),
        } = &self.place
        else {
            return Ok(());
        };
        if !self.changed || self.written.elapsed() < *every {
            return Ok(());
        }
        let path = path.clone();
        self.flush()?;
        // What the folder has now is what there would be after a crash: whole.
        archive::pack(&self.folder, &path)?;
        self.changed = false;
        self.written = Instant::now();
        Ok(())
    }

    /// Closes the chain's file, and writes the state file. The worker's store has to be closed by then.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn close(&mut self) -> Result<(), ServeError> {
        self.flush()?;
        drop(self.db.take());
        match &self.place {
            Location::File { path, .. } => archive::pack(&self.folder, path),
            Location::Nowhere | Location::Folder(_) => Ok(()),
        }
    }

    /// Has everything so far be on the disk.
    fn flush(&mut self) -> Result<(), ServeError> {
        let lasts = std::mem::replace(&mut self.lasts, true);
        let flushed = self.in_transaction(|txn| {
            txn.open_table(ABOUT)?
                .insert("format", &(FORMAT, MAKER).encode()[..])?;
            Ok(())
        });
        self.lasts = lasts;
        flushed
    }

    fn in_transaction(
        &mut self,
        write: impl FnOnce(&redb::WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), ServeError> {
        let file = self.folder.join(CHAIN_FILE);
        let failed = |error: redb::Error| ServeError::Damaged {
            path: file.clone(),
            what: error.to_string(),
        };
        let Some(db) = &self.db else {
            return Ok(());
        };
        let mut txn = db.begin_write().map_err(|error| failed(error.into()))?;
        // What is to outlive a crash is the folder alone: a state file is written from what is flushed.
        if !self.lasts {
            txn.set_durability(Durability::None)
                .map_err(|error| failed(error.into()))?;
        }
        write(&txn).map_err(failed)?;
        txn.commit().map_err(|error| failed(error.into()))?;
        self.changed = true;
        Ok(())
    }
}

fn kept_blocks() -> BlockNumber {
    BlockNumber::try_from(KEPT_BLOCKS).unwrap_or(BlockNumber::MAX)
}

fn io<'a>(doing: &'static str, path: &'a Path) -> impl Fn(std::io::Error) -> ServeError + 'a {
    move |error| ServeError::Io {
        doing,
        path: path.to_owned(),
        error,
    }
}

fn of_redb(file: &Path, error: redb::DatabaseError) -> ServeError {
    match error {
        redb::DatabaseError::DatabaseAlreadyOpen => ServeError::InUse(file.to_owned()),
        redb::DatabaseError::Storage(redb::StorageError::Io(error)) => ServeError::Io {
            doing: "open",
            path: file.to_owned(),
            error,
        },
        error => ServeError::Damaged {
            path: file.to_owned(),
            what: error.to_string(),
        },
    }
}
