//! Files of 64 hex digits that nobody but their owner may use.

use crate::{draft::Draft, io_hint::io_hint};
use std::{
    fs::File,
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Permissions of others than the file's owner.
const OTHERS: u32 = 0o077;

/// The longest file that is looked at, in bytes: 64 digits, and what people write around them.
const MAX_FILE_BYTES: u64 = 256;

/// Why there is no key to be had from a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file can't be read or written.
    #[error("can't {doing} {path}: {error}", path = path.display())]
    Io {
        /// Read, write, make or remove.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Others may read it.
    #[error("{path} has the permissions {found:03o}: others than its owner may use the key",
        path = path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        found: u32,
    },
    /// It holds something else.
    #[error("{path} holds no key: 64 hex digits were expected, not {found}",
        path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is there, without saying any of it.
        found: String,
    },
}

impl KeyFileError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { error, .. } => io_hint(error).into(),
            Self::Permissions { path, .. } => format!("chmod 600 {}", path.display()),
            Self::Content { .. } => {
                "take the file from another worker of the cluster: a new key is another cluster's"
                    .into()
            }
        }
    }
}

/// 32 bytes of the system's randomness, for this file.
pub(super) fn random_seed(base: &Path, name: &str) -> Result<[u8; 32], KeyFileError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| KeyFileError::Io {
        doing: "make",
        path: base.join(name),
        error: error.into(),
    })?;
    Ok(seed)
}

/// What a file holds that nobody but its owner may use.
pub(super) fn load(path: &Path) -> Result<[u8; 32], KeyFileError> {
    match read(path)? {
        (seed, None) => Ok(seed),
        (_, Some(wide)) => Err(wide),
    }
}

/// What a file holds, and the error that it is if others than its owner may use it.
pub(super) fn read(path: &Path) -> Result<([u8; 32], Option<KeyFileError>), KeyFileError> {
    let failed = |error| KeyFileError::Io {
        doing: "read",
        path: path.into(),
        error,
    };
    let file = File::open(path).map_err(failed)?;
    // Of the file that is open, not of what has the name by now.
    let found = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    let wide = (found & OTHERS != 0).then(|| KeyFileError::Permissions {
        path: path.into(),
        found,
    });
    // With room for all of it: no copy stays behind where it grew.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES as usize + 32));
    file.take(MAX_FILE_BYTES)
        .read_to_end(&mut text)
        .map_err(failed)?;
    let digits = text.trim_ascii();
    let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
    let mut seed = [0; 32];
    match hex::decode_to_slice(digits, &mut seed) {
        Ok(()) => Ok((seed, wide)),
        Err(_) => Err(KeyFileError::Content {
            path: path.into(),
            found: format!("{} bytes of something else", digits.len()),
        }),
    }
}

/// That there is no file is no error.
pub(super) fn found<T>(loaded: Result<T, KeyFileError>) -> Result<Option<T>, KeyFileError> {
    match loaded {
        Err(KeyFileError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        loaded => loaded.map(Some),
    }
}

/// Writes a file whole or not at all, in the place of one that is there.
pub(super) fn keep(seed: &[u8; 32], base: &Path, name: &str) -> Result<(), KeyFileError> {
    write(seed, base, name, Draft::replace)
}

/// Writes a file whole or not at all; one that is there stays.
pub(super) fn keep_new(seed: &[u8; 32], base: &Path, name: &str) -> Result<(), KeyFileError> {
    write(seed, base, name, Draft::name_new)
}

fn write(
    seed: &[u8; 32],
    base: &Path,
    name: &str,
    finish: impl FnOnce(Draft, &Path) -> io::Result<()>,
) -> Result<(), KeyFileError> {
    let path = base.join(name);
    let digits = Zeroizing::new(hex::encode(seed));
    let written = Draft::new(base, name, 0o600).and_then(|draft| {
        let mut file = draft.file()?;
        file.write_all(digits.as_bytes())?;
        file.write_all(b"\n")?;
        finish(draft, &path)
    });
    written.map_err(|error| KeyFileError::Io {
        doing: "write",
        path,
        error,
    })
}

/// The longest file of bytes that is read: more members than a cluster may have.
const MAX_BYTES: u64 = 1 << 20;

/// All of a file that is no secret, up to [`MAX_BYTES`]; none if there is no file.
pub(super) fn bytes_of(base: &Path, name: &str) -> Result<Option<Vec<u8>>, KeyFileError> {
    let path = base.join(name);
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyFileError::Io {
            doing: "read",
            path,
            error,
        }),
    }
}

/// Writes a file whole or not at all, in the place of one that is there.
pub(super) fn replace(bytes: &[u8], base: &Path, name: &str) -> Result<(), KeyFileError> {
    let path = base.join(name);
    let written = Draft::new(base, name, 0o600).and_then(|draft| {
        draft.file()?.write_all(bytes)?;
        draft.replace(&path)
    });
    written.map_err(|error| KeyFileError::Io {
        doing: "write",
        path,
        error,
    })
}

/// Removes a file; that there is none is no error.
pub(super) fn remove(base: &Path, name: &str) -> Result<(), KeyFileError> {
    let path = base.join(name);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(KeyFileError::Io {
            doing: "remove",
            path,
            error,
        }),
        _ => Ok(()),
    }
}
