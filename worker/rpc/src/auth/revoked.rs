//! Sessions that were revoked, until they would have ended anyway.

use crate::{
    bytes::Account,
    error::{Code, RpcError},
};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Names that are kept of one account, and of all.
const MAX_OF_ACCOUNT: usize = 64;
const MAX_NAMES: usize = 16_384;

/// Names that are kept of all accounts together that have nothing in the cluster. Keys cost nothing: whoever makes up
/// accounts takes this part from others who have nothing, and none from those who have something.
const MAX_OF_STRANGERS: usize = 1_024;

/// Lines of a file of which so many say nothing any more have it written anew.
const MAX_SPENT_LINES: usize = 4_096;

/// How the file says that an account has nothing in the cluster.
const STRANGER: &str = "stranger";

/// A revoked name.
#[derive(Clone, Copy, Debug)]
struct Kept {
    until_ms: u64,
    stranger: bool,
}

type Names = BTreeMap<([u8; 32], String), Kept>;

/// The names, with the time until which each is kept, in memory and in a file.
///
/// The file has a line for each: account, name, time, with spaces between, and whether the account had nothing. What is new
/// is a line more; when many say nothing any more it is written anew as a whole, beside itself, and renamed.
#[derive(Debug)]
pub struct Revoked {
    names: Mutex<Names>,
    /// Taken before the names, and kept while something is written: who asks whether a name is there doesn't wait for a disk.
    file: Mutex<Journal>,
}

impl Revoked {
    /// Those of a file; what can't be read of it is said and passed over.
    pub fn open(file: Option<PathBuf>) -> Self {
        let text = file.as_ref().map(fs::read_to_string);
        let text = match text {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                tracing::error!(%error, "the revoked sessions can't be read");
                String::new()
            }
            _ => String::new(),
        };
        let mut names = Names::new();
        for line in text.lines() {
            match read(line) {
                Some((key, kept)) => drop(names.insert(key, kept)),
                None => tracing::error!(line, "a revoked session can't be read"),
            }
        }
        Self {
            names: Mutex::new(names),
            // How it ends isn't known, so the next name has it written anew.
            file: Mutex::new(Journal { file, lines: None }),
        }
    }

    /// Whether an account's sessions of this name were revoked.
    pub fn has(&self, account: [u8; 32], name: &str, now_ms: u64) -> bool {
        let names = self.names();
        let kept = names.get(&(account, name.to_string()));
        kept.is_some_and(|kept| kept.until_ms > now_ms)
    }

    /// Revokes them. A stranger is an account that has nothing in the cluster.
    ///
    /// # Errors
    /// There are too many, or they can't be written down: then nothing is revoked.
    pub fn add(
        &self,
        account: [u8; 32],
        name: &str,
        stranger: bool,
        now_ms: u64,
        until_ms: u64,
    ) -> Result<(), RpcError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (account, name.to_string());
        {
            let mut names = self.names();
            names.retain(|_, kept| kept.until_ms > now_ms);
            check(&names, &key, stranger)?;
        }
        let kept = Kept { until_ms, stranger };
        let written = file.add(&key, kept, || self.names().clone());
        written.map_err(|error| {
            tracing::error!(%error, "a revoked session can't be written down");
            RpcError::new(
                Code::Internal,
                "the worker can't write it down; its log says why",
            )
        })?;
        self.names().insert(key, kept);
        Ok(())
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether one more may be kept.
fn check(names: &Names, key: &([u8; 32], String), stranger: bool) -> Result<(), RpcError> {
    // What is there already is only kept for longer.
    if names.get(key).is_some_and(|kept| kept.stranger == stranger) {
        return Ok(());
    }
    let from = (key.0, String::new());
    let of_account = names.range(from..).take_while(|((it, _), _)| *it == key.0);
    let strangers = names.values().filter(|kept| kept.stranger).count();
    let others = names.len().saturating_sub(strangers);
    let (found, most) = if stranger {
        (strangers, MAX_OF_STRANGERS)
    } else {
        (others, MAX_NAMES.saturating_sub(MAX_OF_STRANGERS))
    };
    if of_account.count() < MAX_OF_ACCOUNT && found < most {
        return Ok(());
    }
    let text = if stranger {
        format!("more than {MAX_OF_ACCOUNT} names of an account, or {most} of all that have nothing in the cluster, aren't kept")
    } else {
        format!("more than {MAX_OF_ACCOUNT} names of an account, or {most} of all that have something in the cluster, aren't kept")
    };
    let error = RpcError::new(Code::TooManyRevoked, text);
    Err(error.hint("sessions end by themselves, after a day at most"))
}

/// The file.
#[derive(Debug)]
struct Journal {
    file: Option<PathBuf>,
    /// How many lines it has; none if it may end amid one.
    lines: Option<usize>,
}

impl Journal {
    /// Adds a name to those that are there, durably.
    fn add(
        &mut self,
        key: &([u8; 32], String),
        kept: Kept,
        names: impl FnOnce() -> Names,
    ) -> io::Result<()> {
        let Some(path) = self.file.clone() else {
            return Ok(());
        };
        // Until it is on the disk nobody knows how the file ends.
        let lines = self.lines.take();
        if let Some(lines) = lines.filter(|lines| *lines < MAX_NAMES + MAX_SPENT_LINES) {
            let mut file = OpenOptions::new().append(true).open(&path)?;
            file.write_all(line(key, kept).as_bytes())?;
            file.sync_data()?;
            self.lines = Some(lines.saturating_add(1));
            return Ok(());
        }
        let mut names = names();
        names.insert(key.clone(), kept);
        let text: String = names.iter().map(|(key, kept)| line(key, *kept)).collect();
        let draft = path.with_extension("draft");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        // A name is in its directory when that is on the disk.
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(".".as_ref()))?.sync_all()?;
        self.lines = Some(names.len());
        Ok(())
    }
}

fn line((account, name): &([u8; 32], String), kept: Kept) -> String {
    let (account, until) = (Account(*account), kept.until_ms);
    if kept.stranger {
        format!("{account} {name} {until} {STRANGER}\n")
    } else {
        format!("{account} {name} {until}\n")
    }
}

fn read(line: &str) -> Option<(([u8; 32], String), Kept)> {
    let mut parts = line.split(' ');
    let account = serde_json::from_value::<Account>(parts.next()?.into()).ok()?;
    let name = parts.next()?;
    super::session::check_name(name).ok()?;
    let until_ms = parts.next()?.parse().ok()?;
    let stranger = match parts.next() {
        None => false,
        Some(STRANGER) => true,
        Some(_) => return None,
    };
    Some(((account.0, name.into()), Kept { until_ms, stranger }))
}
