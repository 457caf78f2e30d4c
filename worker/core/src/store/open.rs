//! Making a base path and opening one, and refusing what isn't one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Builder, Database, StorageBackend, TableError};

use super::core::{from_redb, guarded, Core};
use super::read::Reader;
use super::seal::{look, FileKind, ReadOnlyFile, Sealed};
use super::writer::StoreOptions;
use super::{first_format, tables, StoreError};
use crate::draft::Draft;

/// Name of the store's file in its base path.
pub const FILE_NAME: &str = "store.redb";

/// The format that this program writes: the file as `seal` describes it, and tables, keys and rows
/// as `tables` does. Any change of those is another format.
pub const FORMAT: u32 = 2;

/// The program that a new store names as its maker.
pub(super) const CREATED_BY: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// What is looked at before a file is opened, in bytes.
const LOOKED_AT: u64 = 64;

const EXPECTED: &str = "a store's head";

/// Makes a store in a directory, which is made as well if it isn't there.
///
/// The file gets its name when it is complete, so that a half-made one is never opened.
///
/// `fill` may put something into it before that.
pub(super) fn create<E: From<StoreError>>(
    base: &Path,
    options: &StoreOptions,
    fill: impl FnOnce(&Reader) -> Result<(), E>,
) -> Result<Reader, E> {
    fs::create_dir_all(base).map_err(io("make", base))?;
    let path = base.join(FILE_NAME);
    let exists = || StoreError::AlreadyExists { path: base.into() };
    if path.try_exists().map_err(io("look for", &path))? {
        return Err(exists().into());
    }
    // Everybody may read it whom the system's mask lets.
    let draft = Draft::new(base, FILE_NAME, 0o666).map_err(io("make", &path))?;
    let file = draft.file().map_err(io("make", &path))?;
    let core = guarded(&path, || {
        let backend = FileBackend::new(file);
        let backend = backend.map_err(|error| from_redb("make", &path, error.into()))?;
        let core = build(backend, options, &path, "make")?;
        initialise(&core)?;
        Ok(core)
    })?;
    let reader = Reader::new(Arc::new(core));
    guarded(&path, || Ok(fill(&reader)))??;
    draft
        .name_new(&path)
        .map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => exists(),
            _ => io("name", &path)(source),
        })?;
    tracing::info!(path = %path.display(), format = FORMAT, "made a store");
    Ok(reader)
}

/// Opens what a backend holds, making a store in it when it is empty.
pub(super) fn open_backend(
    backend: impl StorageBackend,
    options: &StoreOptions,
) -> Result<Reader, StoreError> {
    let path = PathBuf::from("memory");
    let core = guarded(&path, || build(backend, options, &path, "open"))?;
    made_or_new(core)
}

/// A store in memory, which no disk can garble.
pub(super) fn open_in_memory(options: &StoreOptions) -> Result<Reader, StoreError> {
    let path = PathBuf::from("memory");
    let db = builder(options).create_with_backend(InMemoryBackend::new());
    let db = db.map_err(|error| from_redb("open", &path, error.into()))?;
    made_or_new(Core::new(db, None, path))
}

fn made_or_new(core: Core) -> Result<Reader, StoreError> {
    match core.begin_read()?.open_table(tables::BLOCKS) {
        Err(TableError::TableDoesNotExist(_)) => initialise(&core)?,
        table => drop(table.map_err(core.error("open"))?),
    }
    Ok(Reader::new(Arc::new(core)))
}

/// Opens the store in a directory.
pub(super) fn open(base: &Path, options: &StoreOptions) -> Result<Reader, StoreError> {
    let path = base.join(FILE_NAME);
    check_head(base, &path)?;
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.map_err(io("open", &path))?;
    let core = guarded(&path, || {
        let backend = FileBackend::new(file);
        let backend = backend.map_err(|error| from_redb("open", &path, error.into()))?;
        build(backend, options, &path, "open")
    })?;
    looked_into(core)
}

/// Opens the store in a directory for reading alone. Nothing there is written, whatever state it
/// was left in.
pub(super) fn open_read_only(base: &Path, options: &StoreOptions) -> Result<Reader, StoreError> {
    let path = base.join(FILE_NAME);
    check_head(base, &path)?;
    let file = File::open(&path).map_err(io("open", &path))?;
    let core = guarded(&path, || {
        let backend = ReadOnlyFile::new(file);
        let backend = backend.map_err(|error| from_redb("open", &path, error.into()))?;
        build(backend, options, &path, "open")
    })?;
    looked_into(core.for_reading())
}

/// Every table is there and the newest row of the history can be read.
fn looked_into(core: Core) -> Result<Reader, StoreError> {
    let reader = Reader::new(Arc::new(core));
    reader.core().guarded(|| reader.snapshot())?;
    Ok(reader)
}

fn build(
    backend: impl StorageBackend,
    options: &StoreOptions,
    path: &Path,
    doing: &'static str,
) -> Result<Core, StoreError> {
    let sealed = Sealed::new(backend);
    let db = builder(options).create_with_backend(sealed.clone());
    let db = db.map_err(|error| match sealed.damage() {
        Some(found) => StoreError::Damaged {
            path: path.into(),
            expected: "what was written".into(),
            found,
        },
        None => from_redb(doing, path, error.into()),
    })?;
    sealed.recovered();
    Ok(Core::new(db, Some(sealed), path.into()))
}

fn builder(options: &StoreOptions) -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(options.cache_bytes);
    // After a crash the whole file is walked, some seconds for each gigabyte.
    builder.set_repair_callback(|repair| {
        tracing::info!(progress = repair.progress(), "recovering the store");
    });
    builder
}

/// Makes every table, so that readers find them all.
fn initialise(core: &Core) -> Result<(), StoreError> {
    let txn = core.begin_write()?;
    let error = core.error("make");
    txn.open_table(tables::STATE).map_err(&error)?;
    txn.open_table(tables::TRIE).map_err(&error)?;
    txn.open_table(tables::UNDO).map_err(&error)?;
    txn.open_table(tables::BLOCKS).map_err(&error)?;
    txn.open_table(tables::INPUTS).map_err(&error)?;
    txn.open_table(tables::RECEIPTS).map_err(&error)?;
    txn.commit().map_err(core.error("make"))
}

/// Looks at a file without opening it as a database, which would write to it.
fn check_head(base: &Path, path: &Path) -> Result<(), StoreError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut head));
    if let Err(error) = read {
        return Err(match error.kind() {
            ErrorKind::NotFound => StoreError::Missing {
                path: base.into(),
                file: FILE_NAME,
            },
            _ => io("read", path)(error),
        });
    }
    let (found, created_by) = match look(&head) {
        FileKind::Store { format: FORMAT, .. } => return Ok(()),
        FileKind::Store { format, created_by } => (format, created_by),
        FileKind::Foreign => match first_format::made_by(path, &head)? {
            Some(created_by) => (first_format::FORMAT, created_by),
            None => {
                return Err(StoreError::NotAStore {
                    path: path.into(),
                    expected: EXPECTED,
                    found: match head.get(..head.len().min(16)).unwrap_or_default() {
                        [] => "an empty file".into(),
                        head => format!("a file that begins with 0x{}", hex::encode(head)),
                    },
                })
            }
        },
    };
    Err(StoreError::Format {
        path: path.into(),
        expected: FORMAT,
        found,
        created_by,
    })
}

fn io<'a>(doing: &'static str, path: &'a Path) -> impl Fn(std::io::Error) -> StoreError + 'a {
    move |source| StoreError::Io {
        doing,
        path: path.to_path_buf(),
        source,
    }
}
