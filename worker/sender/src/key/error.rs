//! What is wrong with a keystore.

use fat_contracts_primitives::AccountId;
use pink_worker_core::{accounts::ss58, io_hint::io_hint};
use std::{io, path::PathBuf};

/// What is wrong with a keystore, or a secret. No part of a secret is in any of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// There is no such directory.
    #[error("there is no keystore at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The system can't read or write.
    #[error("can't {doing} {}: {error}", path.display())]
    Io {
        /// What was done.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Others than its owner may use the key.
    #[error("{} has the permissions {found:03o}: others than its owner may use the key", path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        found: u32,
    },
    /// The directory has no key of the worker's type.
    #[error("{} has no key of the type `acco`{}", path.display(), others(found))]
    NoKey {
        /// The directory.
        path: PathBuf,
        /// The types of the keys that are there.
        found: Vec<String>,
    },
    /// The directory has several, and none was named.
    #[error("{} has {} keys of the type `acco`: {}", path.display(), found.len(),
        found.iter().map(ss58).collect::<Vec<_>>().join(", "))]
    SeveralKeys {
        /// The directory.
        path: PathBuf,
        /// Their accounts.
        found: Vec<AccountId>,
    },
    /// The directory hasn't the key that was named.
    #[error("{} has no key of {}", path.display(), ss58(account))]
    NotThere {
        /// The directory.
        path: PathBuf,
        /// Whose.
        account: AccountId,
    },
    /// There is a key of this account already.
    #[error("{} is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} holds no secret: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, without saying any of it.
        reason: &'static str,
    },
    /// The file's secret is another key's than its name says.
    #[error("{} holds the key of {}: as sr25519, it isn't what its name says", path.display(), ss58(found))]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// Whose key its secret is.
        found: AccountId,
    },
    /// It is no secret URI.
    #[error("that is no secret phrase of 12 to 24 words, nor 0x and 64 hex digits, with or without a path")]
    NotASecret,
    /// It is no path of the development phrase.
    #[error(
        "only a path like //Alice can be given: a secret on a command line is read by everybody"
    )]
    NotDevelopment,
}

fn others(found: &[String]) -> String {
    if found.is_empty() {
        String::new()
    } else {
        format!(", but of {}", found.join(", "))
    }
}

impl KeystoreError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { .. } | Self::NoKey { .. } => {
                "make one with `pink-worker key generate --keystore DIR`".into()
            }
            Self::Io { error, .. } => io_hint(error).into(),
            Self::Permissions { path, .. } => format!("chmod 600 {}", path.display()),
            Self::SeveralKeys { .. } => "name one with --account".into(),
            Self::NotThere { .. } => "`pink-worker key list --keystore DIR` shows those that are there".into(),
            Self::Exists { .. } => "remove it first, if it is to be replaced".into(),
            Self::Content { .. } => {
                "a keystore's file is a JSON string with the secret phrase or URI".into()
            }
            Self::Mismatch { .. } => {
                "only sr25519 keys can be used; insert the secret anew with `pink-worker key insert`"
                    .into()
            }
            Self::NotASecret => "give the phrase on standard input, on one line".into(),
            Self::NotDevelopment => "put it into a keystore with `pink-worker key insert`".into(),
        }
    }
}
