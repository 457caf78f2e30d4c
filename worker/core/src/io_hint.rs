//! What to do when the system can't read or write.

use pink_engine_host::EngineError;
use std::io;

/// What a person can do about an error of the system, by its kind.
pub fn io_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full: free some space, then try again",
        io::ErrorKind::QuotaExceeded => {
            "the user's quota is used up: free some space, then try again"
        }
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only: mount it for writing",
        io::ErrorKind::NotFound => "check the path: there is nothing of that name",
        io::ErrorKind::PermissionDenied => "check the rights of the worker's user",
        io::ErrorKind::AddrInUse => "another program listens there: choose another port",
        io::ErrorKind::AddrNotAvailable => "the machine has no such address: choose one of its own",
        io::ErrorKind::IsADirectory => "name a file: that is a folder",
        io::ErrorKind::NotADirectory => "check the path: a part of it is no folder",
        _ => "check the path, the rights of the worker's user, and the disk",
    }
}

/// What a person can do about an engine file that was asked for by name.
pub fn engine_hint(error: &EngineError) -> String {
    match error {
        EngineError::Unreadable { error, .. } => io_hint(error).into(),
        error => error.hint(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConfigError, KeyFileError};

    /// The numbers are Linux' own: ENOSPC, EACCES, ENOENT.
    #[test]
    fn a_full_disk_is_not_a_question_of_rights() {
        for (number, word) in [(28, "full"), (13, "rights"), (2, "nothing of that name")] {
            let error = || io::Error::from_raw_os_error(number);
            let path = || "cluster.key".into();
            let key = KeyFileError::Io {
                doing: "write",
                path: path(),
                error: error(),
            };
            let config = ConfigError::Io {
                path: path(),
                error: error(),
            };
            for hint in [io_hint(&error()).to_owned(), key.hint(), config.hint()] {
                assert!(hint.contains(word), "{number}: {hint}");
                assert_eq!(hint.contains("rights"), number == 13, "{number}: {hint}");
            }
        }
    }
}
