//! What can be wrong with metadata, and with what is given by name.

use crate::cli::{syntax::SyntaxError, typed::TypeError, values::shortened};

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
    #[error(
        "there is no {kind} {}; the contract has {known}{}",
        shortened(.name),
        .closest.as_ref().map(|it| format!(". Is it {it} that you mean?")).unwrap_or_default()
    )]
    NoSuchName {
        /// Constructor or message.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// One that is like it.
        closest: Option<String>,
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
    /// The file that an argument is in can't be read.
    #[error("the argument {param}: {error}")]
    Unreadable {
        /// The argument and its type.
        param: String,
        /// Why.
        error: String,
    },
    /// An argument's form is wrong.
    #[error("{message} takes {param}: {error}")]
    Syntax {
        /// The message.
        message: String,
        /// The argument and its type.
        param: String,
        /// What is wrong.
        error: SyntaxError,
    },
    /// An argument isn't of the type that the message takes.
    #[error("{message} takes {param}: {error}")]
    Argument {
        /// The message.
        message: String,
        /// The argument and its type.
        param: String,
        /// What was expected and what was found.
        error: TypeError,
    },
    /// Money for a message that takes none.
    #[error("the {kind} {name} takes no money: it isn't payable, and would trap")]
    NotPayable {
        /// Constructor or message.
        kind: &'static str,
        /// Its name.
        name: String,
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
            Self::Unreadable { .. } => "check the path that stands after the @",
            Self::NotPayable { .. } => "leave out --value",
            Self::Syntax { .. } | Self::Argument { .. } => {
                "write arguments as in Rust, in quotes for the shell, or give the input as --data HEX"
            }
        }
    }
}
