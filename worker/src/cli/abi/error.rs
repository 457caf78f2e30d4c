//! What can be wrong with metadata, and with what is given by name.

use crate::cli::syntax::SyntaxError;

/// Why metadata, or something given by name, can't be used.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AbiError {
    /// It isn't JSON.
    #[error("the metadata isn't JSON: {0}")]
    NotJson(String),
    /// It isn't a contract's.
    #[error(
        "the metadata describes no contract of ink! 3, 4 or 5 (its version is {version}): {reason}"
    )]
    NotInk {
        /// What the file says.
        version: String,
        /// What the decoder said.
        reason: String,
    },
    /// There is none of that name.
    #[error("there is no {kind} {name:?}; the contract has {known}")]
    NoSuchName {
        /// Constructor or message.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Too few or too many arguments.
    #[error("{name} takes {expected}, {found} given")]
    Count {
        /// The message.
        name: String,
        /// Its arguments.
        expected: String,
        /// How many were given.
        found: usize,
    },
    /// An argument's form is wrong.
    #[error("the argument {text:?}: {error}")]
    Syntax {
        /// The argument.
        text: String,
        /// What is wrong.
        error: SyntaxError,
    },
    /// The arguments aren't of the types that the message takes.
    #[error("{name} takes {expected}: {reason}")]
    Argument {
        /// The message.
        name: String,
        /// Its arguments.
        expected: String,
        /// What the transcoder said.
        reason: String,
    },
}

impl AbiError {
    /// What the caller can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "give the .contract or .json file that was built with the contract",
            Self::NotInk { .. } => {
                "only the metadata of these can be read: give the input as --data HEX"
            }
            Self::NoSuchName { .. } => "choose one of these, or give the input as --data HEX",
            Self::Count { .. } => "give each argument after --args",
            Self::Syntax { .. } | Self::Argument { .. } => {
                "write arguments as in Rust, in quotes for the shell, or give the input as --data HEX"
            }
        }
    }
}
