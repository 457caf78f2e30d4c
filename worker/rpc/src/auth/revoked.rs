//! Sessions that were revoked, until they would have ended anyway.

use crate::{
    bytes::Account,
    error::{Code, RpcError},
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Names that are kept of one account, and of all.
const MAX_OF_ACCOUNT: usize = 64;
const MAX_NAMES: usize = 16_384;

type Names = BTreeMap<([u8; 32], String), u64>;

/// The names, with the time until which each is kept, in memory and in a file.
///
/// The file has a line for each: account, name, time, with spaces between. It is written anew as a whole, beside
/// itself, and renamed.
#[derive(Debug)]
pub struct Revoked {
    names: Mutex<Names>,
    file: Option<PathBuf>,
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
                Some((key, until)) => drop(names.insert(key, until)),
                None => tracing::error!(line, "a revoked session can't be read"),
            }
        }
        Self {
            names: Mutex::new(names),
            file,
        }
    }

    /// Whether an account's sessions of this name were revoked.
    pub fn has(&self, account: [u8; 32], name: &str, now_ms: u64) -> bool {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let until = names.get(&(account, name.to_string()));
        until.is_some_and(|until| *until > now_ms)
    }

    /// Revokes them.
    ///
    /// # Errors
    /// There are too many, or they can't be written down: then nothing is revoked.
    pub fn add(
        &self,
        account: [u8; 32],
        name: &str,
        now_ms: u64,
        until_ms: u64,
    ) -> Result<(), RpcError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = names.clone();
        new.retain(|_, until| *until > now_ms);
        new.insert((account, name.into()), until_ms);
        let from = (account, String::new());
        let of_account = new.range(from..).take_while(|((it, _), _)| *it == account);
        if new.len() > MAX_NAMES || of_account.count() > MAX_OF_ACCOUNT {
            return Err(RpcError::new(
                Code::TooManyRevoked,
                format!("more than {MAX_OF_ACCOUNT} names of an account, or {MAX_NAMES} of all, aren't kept"),
            )
            .hint("sessions end by themselves, after a day at most"));
        }
        self.write(&new).map_err(|error| {
            tracing::error!(%error, "a revoked session can't be written down");
            RpcError::new(
                Code::Internal,
                "the worker can't write it down; its log says why",
            )
        })?;
        *names = new;
        Ok(())
    }

    fn write(&self, names: &Names) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let line = |((account, name), until): (&([u8; 32], String), &u64)| {
            format!("{} {name} {until}\n", Account(*account))
        };
        let text: String = names.iter().map(line).collect();
        let draft = file.with_extension("draft");
        fs::write(&draft, text)?;
        fs::File::open(&draft)?.sync_all()?;
        fs::rename(&draft, file)
    }
}

fn read(line: &str) -> Option<(([u8; 32], String), u64)> {
    let mut parts = line.split(' ');
    let account = serde_json::from_value::<Account>(parts.next()?.into()).ok()?;
    let name = parts.next()?;
    super::session::check_name(name).ok()?;
    let until = parts.next()?.parse().ok()?;
    Some(((account.0, name.into()), until))
}
