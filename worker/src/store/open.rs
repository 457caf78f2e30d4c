//! Making a base path and opening one, and refusing what isn't one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Builder, Database, DatabaseError, ReadableDatabase, TableError};

use super::core::{from_redb, guarded, Core};
use super::read::Reader;
use super::tables;
use super::writer::StoreOptions;
use super::StoreError;

/// Name of the store's file in its base path.
pub const FILE_NAME: &str = "store.redb";

/// The format that this program writes: tables, keys and rows as `tables` describes them. Any
/// change of those is another format.
pub const FORMAT: u32 = 1;

/// The program that a new store names as its maker.
const CREATED_BY: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

const META_FORMAT: &str = "format";
const META_CREATED_BY: &str = "created_by";

/// What a redb file begins with.
const REDB_MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";

const EXPECTED: &str = "a redb database with a format record";

/// Makes a store in a directory, which is made as well if it isn't there.
///
/// The file gets its name when it is complete, so that a half-made one is never opened.
pub(super) fn create(base: &Path, options: &StoreOptions) -> Result<Reader, StoreError> {
    fs::create_dir_all(base).map_err(io("make", base))?;
    let path = base.join(FILE_NAME);
    if path.try_exists().map_err(io("look for", &path))? {
        return Err(StoreError::AlreadyExists { path: base.into() });
    }
    let draft = base.join(format!("{FILE_NAME}.{}.new", std::process::id()));
    let made = create_at(&draft, options).and_then(|db| {
        // Unlike a rename, a link never replaces a file that appeared meanwhile.
        fs::hard_link(&draft, &path).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: base.into() },
            _ => io("name", &path)(source),
        })?;
        File::open(base)
            .and_then(|dir| dir.sync_all())
            .map_err(io("flush", base))?;
        Ok(db)
    });
    // What is left under the draft's name is either linked or of no use.
    if let Err(error) = fs::remove_file(&draft) {
        tracing::debug!(draft = %draft.display(), %error, "the draft of a store stays");
    }
    let core = Core::new(made?, path);
    tracing::info!(path = %core.path().display(), format = FORMAT, "made a store");
    Ok(Reader::new(Arc::new(core)))
}

fn create_at(path: &Path, options: &StoreOptions) -> Result<Database, StoreError> {
    let mut open = OpenOptions::new();
    let file = open.read(true).write(true).create_new(true).open(path);
    let file = file.map_err(io("make", path))?;
    let db = builder(options).create_file(file);
    let db = db.map_err(|error| from_redb("make", path, error.into()))?;
    initialise(&db, path)?;
    Ok(db)
}

/// Opens what a backend holds, making a store in it when it is empty.
pub(super) fn open_backend(
    backend: impl redb::StorageBackend,
    options: &StoreOptions,
) -> Result<Reader, StoreError> {
    let path = PathBuf::from("memory");
    let db = builder(options).create_with_backend(backend);
    let db = db.map_err(|error| from_redb("open", &path, error.into()))?;
    match read_format(&db, &path)? {
        Some(_) => {}
        None => initialise(&db, &path)?,
    }
    Ok(Reader::new(Arc::new(Core::new(db, path))))
}

/// Opens the store in a directory.
pub(super) fn open(base: &Path, options: &StoreOptions) -> Result<Reader, StoreError> {
    let path = base.join(FILE_NAME);
    check_magic(base, &path)?;
    let core = guarded(&path, || {
        // Looking first without writing leaves the bytes of a foreign or a newer file as they are.
        // A file that was not closed can only be read by recovering it, which is done below.
        match builder(options).open_read_only(&path) {
            Ok(db) => require_format(&db, &path)?,
            Err(DatabaseError::RepairAborted) => {
                tracing::warn!(path = %path.display(), "the store was not closed, recovering it");
            }
            Err(error) => return Err(unsound(&path, error)),
        }
        let db = builder(options).open(&path);
        let db = db.map_err(|error| unsound(&path, error))?;
        require_format(&db, &path)?;
        Ok(Core::new(db, path.clone()))
    })?;
    // Every table is there and the newest row of the history can be read.
    let reader = Reader::new(Arc::new(core));
    reader.core().guarded(|| reader.snapshot())?;
    Ok(reader)
}

fn builder(options: &StoreOptions) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(options.cache_bytes);
    // After a crash the whole file is walked, some seconds for each gigabyte.
    builder.set_repair_callback(|repair| {
        tracing::info!(progress = repair.progress(), "recovering the store");
    });
    builder
}

/// Writes the facts about the file, and makes every table, so that readers find them all.
fn initialise(db: &Database, path: &Path) -> Result<(), StoreError> {
    let make = || -> Result<(), redb::Error> {
        let txn = db.begin_write()?;
        {
            let mut meta = txn.open_table(tables::META)?;
            meta.insert(META_FORMAT, FORMAT.to_be_bytes().as_slice())?;
            meta.insert(META_CREATED_BY, CREATED_BY.as_bytes())?;
        }
        txn.open_table(tables::STATE)?;
        txn.open_table(tables::TRIE)?;
        txn.open_table(tables::UNDO)?;
        txn.open_table(tables::BLOCKS)?;
        txn.open_table(tables::INPUTS)?;
        txn.open_table(tables::RECEIPTS)?;
        txn.commit()?;
        Ok(())
    };
    make().map_err(|error| from_redb("make", path, error))
}

fn check_magic(base: &Path, path: &Path) -> Result<(), StoreError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| {
        let limit = REDB_MAGIC.len() as u64;
        file.take(limit).read_to_end(&mut head)
    });
    match read {
        Ok(_) if head == REDB_MAGIC => Ok(()),
        Ok(_) => Err(StoreError::NotAStore {
            path: path.into(),
            expected: EXPECTED,
            found: match head.as_slice() {
                [] => "an empty file".into(),
                head => format!("a file that begins with 0x{}", hex::encode(head)),
            },
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::Missing {
            path: base.into(),
            file: FILE_NAME,
        }),
        Err(error) => Err(io("read", path)(error)),
    }
}

fn require_format(db: &impl ReadableDatabase, path: &Path) -> Result<(), StoreError> {
    match read_format(db, path)? {
        Some(()) => Ok(()),
        None => Err(StoreError::NotAStore {
            path: path.into(),
            expected: EXPECTED,
            found: "a redb database of something else".into(),
        }),
    }
}

/// Checks the format record; `None` when there is none.
fn read_format(db: &impl ReadableDatabase, path: &Path) -> Result<Option<()>, StoreError> {
    let error = |error: redb::Error| from_redb("read", path, error);
    let txn = db.begin_read().map_err(|e| error(e.into()))?;
    let meta = match txn.open_table(tables::META) {
        Ok(meta) => meta,
        Err(
            TableError::TableDoesNotExist(_)
            | TableError::TableTypeMismatch { .. }
            | TableError::TableIsMultimap(_),
        ) => return Ok(None),
        Err(e) => return Err(error(e.into())),
    };
    let Some(format) = meta.get(META_FORMAT).map_err(|e| error(e.into()))? else {
        return Ok(None);
    };
    let found = match <[u8; 4]>::try_from(format.value()) {
        Ok(bytes) => u32::from_be_bytes(bytes),
        Err(_) => return Ok(None),
    };
    if found == FORMAT {
        return Ok(Some(()));
    }
    let created_by = meta.get(META_CREATED_BY).map_err(|e| error(e.into()))?;
    Err(StoreError::Format {
        path: path.into(),
        expected: FORMAT,
        found,
        created_by: match created_by {
            Some(name) => String::from_utf8_lossy(name.value()).into_owned(),
            None => "an unnamed program".into(),
        },
    })
}

/// What it means that the database refuses a file that begins like one.
fn unsound(path: &Path, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::UpgradeRequired(version) => StoreError::NotAStore {
            path: path.into(),
            expected: EXPECTED,
            found: format!("a redb file of version {version}"),
        },
        DatabaseError::Storage(redb::StorageError::Io(source))
            if matches!(
                source.kind(),
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::InvalidInput
            ) =>
        {
            StoreError::Damaged {
                path: path.into(),
                expected: "a whole database".into(),
                found: source.to_string(),
            }
        }
        error => from_redb("open", path, error.into()),
    }
}

fn io<'a>(doing: &'static str, path: &'a Path) -> impl Fn(std::io::Error) -> StoreError + 'a {
    move |source| StoreError::Io {
        doing,
        path: path.to_path_buf(),
        source,
    }
}
