//! What was compiled, on the disk.
//!
//! A file is named by what it is for: BLAKE2b-256 over the code's hash, the engine file's, and the compiler's id. So another
//! engine, other settings of its compiler and another processor never find it. To load an artefact is to run it, so
//! each is under a key of this worker's own, which never leaves its disk: what somebody else put there, or a disk
//! spoiled, isn't taken. An artefact is never taken from another worker either.
//!
//! All of it can be made again: a file that isn't right is removed, and where nothing can be written the worker goes on without.

mod file;
mod index;
mod key;

use fat_contracts_primitives::{CodeHash, Hash};
use file::Wrong;
use index::Index;
use key::Key;
use pink_worker_core::io_hint::io_hint;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

/// The folder in a base path.
pub const DIRECTORY: &str = "artefacts";

/// What a file is written as before it has its name.
const DRAFT: &str = ".draft";

/// What an artefact is for.
pub(crate) type Name = [u8; 32];

/// Why there is no cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The system refused.
    #[error("can't {doing} {}: {error}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Others than its owner may put files into the folder, a key among them.
    #[error("{} has the permissions {found:03o}: others than its owner may write there", path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        found: u32,
    },
}

impl CacheError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { error, .. } => io_hint(error).into(),
            Self::Open { path, .. } => format!("chmod 700 {}", path.display()),
        }
    }
}

/// Artefacts on the disk, of at most so many bytes; which was used least recently goes first.
#[derive(Debug)]
pub struct Cache {
    directory: PathBuf,
    key: Key,
    max_bytes: u64,
    index: Mutex<Index>,
    /// What was said in the log, and needn't be again.
    said_wrong: AtomicBool,
    said_full: AtomicBool,
}

impl Cache {
    /// The cache of a base path, made if there is none.
    ///
    /// # Errors
    /// It can't be made or read, or isn't its owner's alone.
    pub fn open(base: &Path, max_bytes: u64) -> Result<Self, CacheError> {
        let directory = base.join(DIRECTORY);
        key::own_directory(&directory)?;
        let key = Key::of(&directory)?;
        let io = |doing| {
            let path = directory.clone();
            move |error| CacheError::Io { doing, path, error }
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(&directory).map_err(io("read"))? {
            let entry = entry.map_err(io("read"))?;
            let file_name = entry.file_name();
            let text = file_name.to_str().unwrap_or_default();
            let mut name = Name::default();
            if text.starts_with(DRAFT) {
                // Somebody was stopped while writing it.
                let _ = fs::remove_file(entry.path());
            } else if hex::decode_to_slice(text, &mut name).is_ok() {
                if let Ok(about) = entry.metadata() {
                    let used = about.modified().unwrap_or(std::time::UNIX_EPOCH);
                    found.push((used, name, about.len()));
                }
            }
        }
        let cache = Self {
            directory,
            key,
            max_bytes,
            index: Mutex::new(Index::of(found)),
            said_wrong: AtomicBool::new(false),
            said_full: AtomicBool::new(false),
        };
        // The bound may have been another one.
        cache.make_room(&mut cache.index(), 0);
        Ok(cache)
    }

    /// The same; none if there can't be one, which is said in the log.
    pub(crate) fn open_or_go_without(base: &Path, max_bytes: u64) -> Option<Self> {
        let opened = Self::open(base, max_bytes);
        opened
            .inspect_err(|error| {
                let hint = error.hint();
                tracing::warn!(
                    "{error}; compiled contracts aren't kept on the disk\n  hint: {hint}"
                );
            })
            .ok()
    }

    /// What an artefact of this code is found by.
    pub(crate) fn name(code: &CodeHash, engine: &Hash, compiler: &[u8; 32]) -> Name {
        let mut hash = blake2b_simd::Params::new().hash_length(32).to_state();
        hash.update(code.as_bytes());
        hash.update(engine.as_bytes());
        hash.update(compiler);
        let mut name = Name::default();
        name.copy_from_slice(hash.finalize().as_bytes());
        name
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.index().bytes()
    }

    /// When an artefact was last used, among the others; none if it isn't there.
    pub(crate) fn used(&self, name: &Name) -> Option<u64> {
        self.index().used(name)
    }

    /// An artefact, if it is there and this worker made it for that. From now on it is the one that was used last.
    pub(crate) fn get(&self, name: &Name) -> Option<Vec<u8>> {
        self.index().used(name)?;
        let path = self.path(name);
        match file::read(&path, &self.key, name, self.max_bytes) {
            Ok(artefact) => {
                self.touch(name, &path);
                Some(artefact)
            }
            Err(wrong) => {
                self.wrong(&path, &wrong);
                self.remove(name);
                None
            }
        }
    }

    /// Keeps an artefact, in the place of others if need be. That it can't be kept is said in the log.
    pub(crate) fn put(&self, name: &Name, artefact: &[u8]) {
        let bytes = file::length(artefact);
        if bytes > self.max_bytes {
            return;
        }
        let mut index = self.index();
        index.remove(name);
        if !self.make_room(&mut index, bytes) {
            return;
        }
        let path = self.path(name);
        match self.write(&path, name, artefact) {
            Ok(file) => {
                let used = index.insert(*name, bytes);
                let _ = file.set_modified(used);
                self.said_full.store(false, Ordering::Relaxed);
            }
            Err(error) => {
                // One that was there before is there still.
                let _ = fs::remove_file(&path);
                self.full("write", &path, &error);
            }
        }
    }

    /// Forgets an artefact.
    pub(crate) fn remove(&self, name: &Name) {
        self.index().remove(name);
        let _ = fs::remove_file(self.path(name));
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, name: &Name) -> PathBuf {
        self.directory.join(hex::encode(name))
    }

    /// Whole, or not at all.
    fn write(&self, path: &Path, name: &Name, artefact: &[u8]) -> io::Result<File> {
        let mut draft = tempfile::Builder::new()
            .prefix(DRAFT)
            .tempfile_in(&self.directory)?;
        file::write(draft.as_file_mut(), &self.key, name, artefact)?;
        draft.as_file_mut().flush()?;
        // Not synchronised: what a crash tears has another MAC.
        draft.persist(path).map_err(|error| error.error)
    }

    fn touch(&self, name: &Name, path: &Path) {
        if let Some(used) = self.index().touch(name) {
            // Which one goes first is known by it after the next start, and nothing else.
            let _ = File::options()
                .append(true)
                .open(path)
                .and_then(|file| file.set_modified(used));
        }
    }

    /// Removes what was used least recently, until there is room.
    fn make_room(&self, index: &mut Index, bytes: u64) -> bool {
        while index.bytes().saturating_add(bytes) > self.max_bytes {
            let Some(oldest) = index.oldest() else {
                return false;
            };
            let path = self.path(&oldest);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.full("remove", &path, &error);
                    return false;
                }
                _ => index.remove(&oldest),
            }
        }
        true
    }

    fn wrong(&self, path: &Path, wrong: &Wrong) {
        let path = path.display();
        if self.said_wrong.swap(true, Ordering::Relaxed) {
            tracing::debug!(%path, %wrong, "compiled anew")
        } else {
            tracing::warn!(
                %path, %wrong,
                "a compiled contract isn't taken from the disk, and is compiled anew; others of that kind aren't told of"
            )
        }
    }

    fn full(&self, doing: &str, path: &Path, error: &io::Error) {
        let path = path.display();
        if !self.said_full.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "can't {doing} {path}: {error}; compiled contracts aren't kept until that works again"
            );
        }
    }
}

#[cfg(test)]
mod tests;
