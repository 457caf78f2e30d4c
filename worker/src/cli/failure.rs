//! Why a command did nothing, and what to do about it.

use super::{abi::AbiError, asked::Asked, code::FileError, hints};
use crate::{
    dev::DevError, history::WitnessError, io_hint::io_hint, query::QueryError, WorkerError,
};
use fat_contracts_primitives::{BlockNumber, CodeHash, Seq};
use std::path::PathBuf;

/// Why a command failed. Exit status 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The node.
    #[error(transparent)]
    Dev(Box<DevError>),
    /// A query.
    #[error(transparent)]
    Query(Box<QueryError>),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The contract's interface, or what was given by name.
    #[error(transparent)]
    Abi(Box<AbiError>),
    /// A witness.
    #[error(transparent)]
    Witness(Box<WitnessError>),
    /// A file can't be written.
    #[error("can't write {path}: {error}", path = path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Something is given by name, and nothing is known about the contract.
    #[error("nothing is known about the messages of {0}")]
    NoMetadata(String),
    /// There is no contract at the address.
    #[error("there is no contract at {0}")]
    NoContract(String),
    /// The contract couldn't pay its rent.
    #[error("{0} is a tombstone: it couldn't pay its rent, and its storage is gone")]
    Tombstone(String),
    /// The key isn't as long as the engine's contracts use it.
    #[error("no contract of this engine uses a key of that length")]
    BadKey,
    /// The engine has no such thing.
    #[error("the cluster's engine knows no rent")]
    Unsupported,
    /// Neither before nor after the command.
    #[error("--base-path is missing: where chain and worker are kept")]
    NoBasePath,
    /// One change of prices at a time.
    #[error("{refused}: the announced prices come in block {at}, the last block is {now}")]
    PricesPending {
        /// What the chain said.
        refused: Box<DevError>,
        /// When they come.
        at: BlockNumber,
        /// The last block.
        now: BlockNumber,
    },
}

impl From<DevError> for Failure {
    fn from(error: DevError) -> Self {
        Self::Dev(error.into())
    }
}

impl From<AbiError> for Failure {
    fn from(error: AbiError) -> Self {
        Self::Abi(error.into())
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Worker(error) => error.into(),
            error => Self::Query(error.into()),
        }
    }
}

impl From<WorkerError> for Failure {
    fn from(error: WorkerError) -> Self {
        DevError::from(error).into()
    }
}

impl Failure {
    /// What the caller can do about it.
    pub fn hint(&self, asked: &Asked) -> Option<String> {
        match self {
            Self::Dev(error) => match &**error {
                DevError::Refused(refusal) => hints::of_refusal(&refusal.name, asked),
                error => error.hint(),
            },
            Self::NoBasePath => Some("give --base-path DIR, before or after the command".into()),
            Self::PricesPending { at, now, .. } => Some(format!(
                "`advance {}`, then announce again",
                at.saturating_sub(*now)
            )),
            Self::Query(error) => Some(error.hint()),
            Self::File(error) => Some(error.hint().into()),
            Self::Abi(error) => Some(error.hint().into()),
            Self::Witness(error) => Some(match &**error {
                WitnessError::Format(_) => "give a file that `witness record` wrote".into(),
                WitnessError::NoMessage { .. } => {
                    "`blocks` says which blocks have messages; receipts name their numbers".into()
                }
                WitnessError::NotExecuted { .. } => "its receipt says why".into(),
                _ => "look at `status`, and at the engine files".into(),
            }),
            Self::NotWritten { error, .. } => Some(match error.kind() {
                std::io::ErrorKind::AlreadyExists => "name a file that isn't there yet".into(),
                _ => io_hint(error).into(),
            }),
            Self::NoMetadata(_) => Some("give --metadata FILE, or the input as --data HEX".into()),
            Self::NoContract(_) => Some("check the address: `instantiate` printed it".into()),
            Self::Tombstone(_) => Some("it can be restored by another contract".into()),
            Self::BadKey => Some("engines 1.x take keys of 32 bytes".into()),
            Self::Unsupported => Some("only engines 1.x have it: see `engines`".into()),
        }
    }

    /// Where the chain ordered it, if it did.
    pub fn ordered(&self) -> Option<(BlockNumber, Seq)> {
        match self {
            Self::Dev(error) => match &**error {
                DevError::Waiting { ordered, .. } => *ordered,
                _ => None,
            },
            _ => None,
        }
    }

    /// Nothing is known about the contracts of a code.
    pub fn no_metadata_of(code_hash: &CodeHash) -> Self {
        Self::NoMetadata(format!("contracts with the code {code_hash:?}"))
    }
}
