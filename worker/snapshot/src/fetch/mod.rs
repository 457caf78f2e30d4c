//! A snapshot over HTTP from whoever has it. Nobody is believed: the header is compared with what is confirmed
//! before the rest is asked for, chunks are checked as they come, and the root before anything is made of them.
//!
//! A connection that breaks or stalls is made again, and goes on where it was, as long as it is the same
//! file. Who lies, or is too slow, is left for the next one.

mod client;
mod download;

pub(crate) use client::Client;

use crate::{install, Expected, Header, SnapshotError, SnapshotReader};
use download::download;
use pink_worker_core::store::{StoreError, StoreOptions, FILE_NAME};
use std::{
    fs::{self, File},
    io::{BufReader, Seek},
    path::Path,
    time::Duration,
};

/// The name, in its base path, of a snapshot that is being fetched.
pub const PART_FILE: &str = "snapshot.part";

/// How long and how much is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchConfig {
    /// The longest file that is taken, and the most bytes of a state.
    pub max_bytes: u64,
    /// How long it may take until there is a connection.
    pub connect_timeout: Duration,
    /// How long a source may be silent.
    pub silence_timeout: Duration,
    /// How long one request may take, until the next goes on with what is missing.
    pub request_timeout: Duration,
    /// How often in a row a source may give less than [`min_progress`](Self::min_progress).
    pub attempts: u32,
    /// What a request has to bring, in bytes, to count for something.
    pub min_progress: u64,
    /// How long is waited between two requests to a source that gave too little.
    pub pause: Duration,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            max_bytes: 256 << 30,
            connect_timeout: Duration::from_secs(10),
            silence_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(120),
            attempts: 3,
            min_progress: 1 << 20,
            pause: Duration::from_millis(500),
        }
    }
}

/// Why a source gave no snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceFailure {
    /// It can't be asked, or broke off too often.
    #[error("{0}")]
    Connection(String),
    /// It answered with something else than a file.
    #[error("it answers with the status {0}")]
    Status(u16),
    /// It gave too little for too long.
    #[error(
        "it stalls: {attempts} requests in a row brought less than {bytes} bytes each ({last})"
    )]
    Stalled {
        /// How many requests.
        attempts: u32,
        /// What each would have had to bring.
        bytes: u64,
        /// How the last one ended.
        last: String,
    },
    /// What it says of the file can't be.
    #[error("it gives another part than was asked for: {0}")]
    Lied(String),
    /// The file became another one more often than anybody writes a new one.
    #[error("it gives another file each time")]
    Changing,
    /// The file is longer than is taken.
    #[error("its file has {found} bytes, the most is {max}")]
    TooLarge {
        /// How long it says it is.
        found: u64,
        /// The most that is taken.
        max: u64,
    },
    /// The file isn't a sound snapshot of what is confirmed.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// Why no snapshot was fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No source was named.
    #[error("no source is named")]
    NoSource,
    /// None of the sources has one.
    #[error("no source gives a snapshot: {}",
        failures.iter().map(|(url, why)| format!("{url}: {why}")).collect::<Vec<_>>().join("; "))]
    Sources {
        /// Each source, and why not.
        failures: Vec<(String, SourceFailure)>,
    },
    /// It isn't the sources' fault: this machine can't keep it.
    #[error(transparent)]
    Here(SnapshotError),
}

impl FetchError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoSource => "name workers that serve snapshots".into(),
            Self::Sources { .. } => {
                "name other workers, or try again: what was fetched of a file is kept".into()
            }
            Self::Here(error) => error.hint(),
        }
    }
}

/// Fetches a snapshot into a file that isn't there yet: from the first of these sources that has one that is sound
/// and what `expected` says of its header. Its root is computed.
///
/// # Errors
/// No source has one, or it can't be kept.
pub fn fetch(
    urls: &[String],
    expected: &mut dyn FnMut(&Header) -> Result<Expected, SnapshotError>,
    path: &Path,
    config: &FetchConfig,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Header, FetchError> {
    let cant = || SnapshotError::io(format!("write {}", path.display()));
    if path
        .try_exists()
        .map_err(cant())
        .map_err(FetchError::Here)?
    {
        let there = std::io::ErrorKind::AlreadyExists.into();
        return Err(FetchError::Here(cant()(there)));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let header = fetch_and(urls, expected, part, config, progress, &mut |file, _| {
        sound(&file)
    })?;
    let named = File::open(part).and_then(|file| {
        file.sync_all()?;
        fs::rename(part, path)?;
        pink_worker_core::draft::sync_folder_of(path)
    });
    named.map_err(cant()).map_err(FetchError::Here)?;
    forget(part);
    Ok(header)
}

/// Fetches a snapshot and begins a worker's store with it, in a base path that has none; for a newcomer that
/// is behind what the chain keeps. What is expected of a snapshot is asked when its header is there: the
/// confirmed checkpoint of its block.
///
/// # Errors
/// There is a store already, no source has a sound snapshot of what is confirmed, or it can't be kept.
pub fn sync_from(
    base: &Path,
    options: StoreOptions,
    urls: &[String],
    expected: &mut dyn FnMut(&Header) -> Result<Expected, SnapshotError>,
    config: &FetchConfig,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Header, FetchError> {
    let here = |error: SnapshotError| FetchError::Here(error);
    let cant = || SnapshotError::io(format!("write to {}", base.display()));
    fs::create_dir_all(base).map_err(cant()).map_err(here)?;
    if base
        .join(FILE_NAME)
        .try_exists()
        .map_err(cant())
        .map_err(here)?
    {
        let path = base.into();
        return Err(here(StoreError::AlreadyExists { path }.into()));
    }
    let part = base.join(PART_FILE);
    let header = fetch_and(
        urls,
        expected,
        &part,
        config,
        progress,
        &mut |file, expected| {
            // A header proves the root and not how long the state is, so nothing is written of a state before its root
            // is known: a short file may be one that fills a disk.
            sound(&file)?;
            let snapshot = SnapshotReader::new(BufReader::new(file))?;
            install(base, options, snapshot, expected, |_, _| {})
        },
    )?;
    let _ = fs::remove_file(&part);
    forget(&part);
    Ok(header)
}

/// Computes a file's root in memory that doesn't grow with it, and leaves the file at its beginning.
fn sound(mut file: &File) -> Result<Header, SnapshotError> {
    let header = crate::verify(SnapshotReader::new(BufReader::new(file))?, |_, _| {})?;
    let rewound = file.rewind();
    rewound.map_err(SnapshotError::io("read what was fetched"))?;
    Ok(header)
}

/// What becomes of a file that is there.
type Take<'t> = dyn FnMut(File, &Expected) -> Result<Header, SnapshotError> + 't;

/// Fetches a file from each source in turn, until one is taken.
fn fetch_and(
    urls: &[String],
    expected: &mut dyn FnMut(&Header) -> Result<Expected, SnapshotError>,
    part: &Path,
    config: &FetchConfig,
    progress: &mut dyn FnMut(u32, u32),
    take: &mut Take<'_>,
) -> Result<Header, FetchError> {
    if urls.is_empty() {
        return Err(FetchError::NoSource);
    }
    let mut failures = Vec::new();
    for url in urls {
        let mut known = None;
        let mut expect = |header: &Header| {
            let found = expected(header)?;
            found.check(header)?;
            known = Some(found);
            Ok(())
        };
        let fetched = download(url, part, config, &mut expect, progress);
        let taken = fetched.and_then(|file| match &known {
            Some(expected) => take(file, expected).map_err(SourceFailure::from),
            None => Err(SourceFailure::Lied("a file without a header".into())),
        });
        let failure = match taken {
            Ok(header) => return Ok(header),
            Err(SourceFailure::Snapshot(
                error @ (SnapshotError::Io { .. } | SnapshotError::Worker(_)),
            )) => return Err(FetchError::Here(error)),
            Err(failure) => failure,
        };
        tracing::warn!(url, %failure, "a source gives no snapshot");
        // What is sound so far is gone on with the next time; nothing else is kept.
        let broke_off = matches!(
            failure,
            SourceFailure::Connection(_) | SourceFailure::Stalled { .. } | SourceFailure::Status(_)
        );
        if !broke_off || fs::metadata(part).is_ok_and(|part| part.len() == 0) {
            let _ = fs::remove_file(part);
            forget(part);
        }
        failures.push((url.clone(), failure));
    }
    Err(FetchError::Sources { failures })
}

/// Where it is noted whose and which file a part is of.
fn note_of(part: &Path) -> std::path::PathBuf {
    let mut note = part.as_os_str().to_owned();
    note.push(".json");
    note.into()
}

fn forget(part: &Path) {
    let _ = fs::remove_file(note_of(part));
}
