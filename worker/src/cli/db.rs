//! `db`: a store as a whole.

use super::{args::COMMON, failure::Failure, report::Report};
use clap::{Args, Subcommand};
use pink_worker_core::{
    io_hint::io_hint,
    store::{Reader, Store, StoreError, StoreOptions, FILE_NAME, FORMAT},
};
use serde_json::{json, Value};
use std::{
    fmt::Write as _,
    fs::{self, File, TryLockError},
    io::{self, stderr, stdin, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// The arguments of `db`.
#[derive(Clone, Debug, Args)]
pub struct DbArgs {
    /// Where the worker's data is kept.
    #[arg(long, value_name = "DIR", global = true, help_heading = COMMON)]
    pub base_path: Option<PathBuf>,
    /// Print one JSON object on stdout, whatever happens.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: DbCommand,
}

/// A command on a store.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum DbCommand {
    /// Show what is kept and what each table takes. Changes nothing; reads the whole file.
    Stats,
    /// Remove the store, and the snapshots and compiled contracts beside it. Keys and configuration stay: the worker begins anew with them.
    Purge(PurgeArgs),
    /// Bring the store into this program's format. There is one format so far, so that it says which one is there.
    Migrate,
}

/// The arguments of `db purge`.
#[derive(Clone, Copy, Debug, Args)]
pub struct PurgeArgs {
    /// Don't ask.
    #[arg(short, long)]
    pub yes: bool,
}

/// Why a store stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// Nobody said that it is meant.
    #[error("{} stays: nobody said yes", .0.display())]
    NotConfirmed(PathBuf),
    /// It can't be removed.
    #[error("can't {doing} {}: {error}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl DbError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotConfirmed(_) => "give --yes, or answer `yes` on a terminal".into(),
            Self::Io { error, .. } => io_hint(error).into(),
        }
    }
}

/// The folder of snapshots in a base path.
const SNAPSHOTS: &str = "snapshots";

/// The folder of compiled contracts, with the key that they are under: nothing else is under that, and all of it is made again.
const ARTEFACTS: &str = pink_prepare::DIRECTORY;

/// The count of starts in a base path: of a store that is gone it says nothing.
const STARTS: &str = "starts";

/// Does it.
pub(super) fn run(args: &DbArgs) -> Result<Report, Failure> {
    let base = args.base_path.as_deref().ok_or(Failure::NoBasePath)?;
    match args.command {
        DbCommand::Stats => stats(base),
        DbCommand::Purge(purge_args) => purge(base, purge_args.yes),
        DbCommand::Migrate => migrate(base),
    }
}

fn stats(base: &Path) -> Result<Report, Failure> {
    let store = Store::open_read_only(base, StoreOptions::default())?;
    let report = stats_of(base, &store)?;
    super::closing::close(store.reader(), Ok(report))
}

fn stats_of(base: &Path, store: &Reader) -> Result<Report, Failure> {
    let tables = store.stats()?;
    let path = base.join(FILE_NAME);
    let file = fs::metadata(&path).map_err(|error| DbError::Io {
        doing: "look at",
        path,
        error,
    })?;
    let newest = store.cursor()?.map(|block| block.number);
    let snapshot = store.snapshot_block()?;
    let first = store.first_block()?;
    let oldest = store.oldest_state()?;
    let receipts = store.receipts_from()?.or(first);
    let rows: Vec<Value> = tables
        .iter()
        .map(|table| {
            json!({
                "table": table.name,
                "rows": table.rows,
                "bytes": table.bytes,
                "overhead": table.overhead,
            })
        })
        .collect();
    let mut text = format!(
        "{:<24}{}\n{:<24}{}\n{:<24}{}\n{:<24}{}\n{:<24}{}\n{:<24}{}\n",
        "format",
        FORMAT,
        "file",
        size(file.len()),
        "blocks",
        range(first, newest),
        "executed here from",
        said(snapshot.map(|it| it.saturating_add(1)).or(first)),
        "states from",
        said(oldest),
        "receipts from",
        said(receipts),
    );
    for table in &tables {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "{:<24}{:>12} rows {:>16} and {} beside",
            table.name,
            table.rows,
            size(table.bytes),
            size(table.overhead)
        );
    }
    let mut report = Report::success()
        .with("format", FORMAT)
        .with("file_bytes", file.len())
        .with("first_block", first)
        .with("last_block", newest)
        .with("snapshot_block", snapshot)
        .with("oldest_state", oldest)
        .with("oldest_receipts", receipts)
        .with("tables", rows);
    report.text = Some(text);
    Ok(report)
}

fn said(block: Option<u32>) -> String {
    block.map_or("none".into(), |block| format!("block {block}"))
}

fn range(first: Option<u32>, last: Option<u32>) -> String {
    match first.zip(last) {
        Some((first, last)) => format!("{first} to {last}"),
        None => "none".into(),
    }
}

/// Bytes for people, rounded down.
fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} B"),
        10_000..=10_239_999 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Whatever is in the file: one that is damaged, or another program's, is purged for that very reason.
fn purge(base: &Path, yes: bool) -> Result<Report, Failure> {
    let path = base.join(FILE_NAME);
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing {
                path: base.into(),
                file: FILE_NAME,
            }
            .into())
        }
        file => file.map_err(|error| failed("open", &path, error))?,
    };
    // As the database does; the lock goes with the handle.
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path }.into()),
        Err(TryLockError::Error(error)) => return Err(failed("lock", &path, error).into()),
    }
    if !yes && !confirmed(&path) {
        return Err(DbError::NotConfirmed(path).into());
    }
    fs::remove_file(&path).map_err(|error| failed("remove", &path, error))?;
    let mut removed = vec![FILE_NAME];
    let snapshots = base.join(SNAPSHOTS);
    match fs::remove_dir_all(&snapshots) {
        Ok(()) => removed.push(SNAPSHOTS),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("remove", &snapshots, error).into()),
    }
    let artefacts = base.join(ARTEFACTS);
    match fs::remove_dir_all(&artefacts) {
        Ok(()) => removed.push(ARTEFACTS),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("remove", &artefacts, error).into()),
    }
    let starts = base.join(STARTS);
    match fs::remove_file(&starts) {
        Ok(()) => removed.push(STARTS),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("remove", &starts, error).into()),
    }
    let kept = fs::read_dir(base).map_err(|error| failed("read", base, error))?;
    let mut kept: Vec<String> = kept
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into()))
        .collect();
    kept.sort();
    Ok(Report::success()
        .with("removed", removed)
        .with("kept", kept))
}

fn failed(doing: &'static str, path: &Path, error: io::Error) -> DbError {
    DbError::Io {
        doing,
        path: path.into(),
        error,
    }
}

/// Asks on a terminal.
fn confirmed(path: &Path) -> bool {
    if !stdin().is_terminal() {
        return false;
    }
    let question = format!(
        "Remove {}, and the snapshots and compiled contracts beside it? What is in there is executed again from the chain, or fetched. \
         Keys stay. [yes/no] ",
        path.display()
    );
    let _ = stderr().write_all(question.as_bytes());
    let mut answer = String::new();
    stdin().read_line(&mut answer).is_ok() && answer.trim() == "yes"
}

/// A store of another format is refused by its opening, which says who made it.
fn migrate(base: &Path) -> Result<Report, Failure> {
    let store = Store::open_read_only(base, StoreOptions::default())?;
    let mut report = Report::success()
        .with("format", FORMAT)
        .with("migrated", false);
    report.text = Some(format!(
        "it has format {FORMAT}, which is this program's: nothing is to be done\n"
    ));
    super::closing::close(store.reader(), Ok(report))
}
