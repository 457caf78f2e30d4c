//! What can be wrong with metadata, and with what is given by name.

use pink_contract_metadata::{CallError, MetadataError};

/// Why metadata, or something given by name, can't be used.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AbiError {
    /// The metadata can't be used.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// There is no such message, or an argument isn't what it takes.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The file that an argument is in can't be read.
    #[error("the argument {param}: {error}")]
    Unreadable {
        /// The argument and its type.
        param: String,
        /// Why.
        error: String,
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
            Self::Metadata(MetadataError::NotJson(_)) => {
                "give the .contract or .json file that was built with the contract"
            }
            Self::Metadata(_) => {
                "only the metadata of these can be read: give the input as --data HEX"
            }
            Self::Call(CallError::NoSuchName { .. }) => {
                "choose one of these, or give the input as --data HEX"
            }
            Self::Call(CallError::Count { .. }) => "give as many as it takes, each after --args",
            Self::Call(_) => {
                "write arguments as in Rust, in quotes for the shell, or give the input as --data HEX"
            }
            Self::Unreadable { .. } => "check the path that stands after the @",
            Self::NotPayable { .. } => "leave out --value",
        }
    }
}
