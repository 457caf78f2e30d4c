//! Why code can't be metered.

use std::fmt;
use wasmparser::BinaryReaderError;

/// Why code can't be metered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It isn't valid WebAssembly of the version's language.
    Invalid {
        /// What is wrong, in the validator's words.
        message: String,
        /// The byte at which it is.
        offset: usize,
    },
    /// There is more of something than the version allows.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there may be.
        limit: u64,
    },
    /// It imports from the meter's module, or exports under one of its names.
    Reserved {
        /// The name.
        name: String,
    },
    /// It is valid, and has something that the version's language hasn't got.
    Unsupported {
        /// What it has.
        what: String,
        /// The byte at which it is.
        offset: usize,
    },
}

impl Error {
    /// Refuses what there is too much of.
    pub(crate) fn at_most(what: &'static str, found: usize, limit: u32) -> Result<(), Self> {
        // No platform that this runs on has wider ones.
        let (found, limit) = (found as u64, u64::from(limit));
        if found > limit {
            Err(Self::TooMany { what, found, limit })
        } else {
            Ok(())
        }
    }
}

impl From<BinaryReaderError> for Error {
    fn from(error: BinaryReaderError) -> Self {
        Self::Invalid {
            message: error.message().to_owned(),
            offset: error.offset(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { message, offset } => {
                write!(f, "invalid WebAssembly: {message} (at byte {offset})")
            }
            Self::TooMany { what, found, limit } => write!(f, "{found} {what}, {limit} allowed"),
            Self::Reserved { name } => write!(f, "the name {name:?} is the meter's own"),
            Self::Unsupported { what, offset } => {
                write!(f, "contracts can't have {what} (at byte {offset})")
            }
        }
    }
}

impl std::error::Error for Error {}
