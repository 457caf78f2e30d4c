//! What can go wrong with a development chain that is served.

use fat_contracts_primitives::EngineVersion;
use pink_worker_core::{
    io_hint::io_hint, source::FollowError, store::StoreError, ConfigError, InstalledError,
    KeyFileError, WorkerError,
};
use std::{io, net::SocketAddr, path::PathBuf};

/// Why it isn't served, or isn't any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The engines.
    #[error(transparent)]
    Engines(#[from] InstalledError),
    /// An account's name is none.
    #[error("the chain can't be started: {0}")]
    Chain(String),
    /// An extrinsic with which the chain is set up wasn't taken.
    #[error("the chain can't be set up: {0}")]
    SetUp(String),
    /// The worker failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// It can't follow.
    #[error(transparent)]
    Follow(Box<FollowError>),
    /// The worker's store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The worker's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key file.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The chain's RPC can't be had at its address.
    #[error("can't listen at {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The worker's RPC can't be had.
    #[error(transparent)]
    Rpc(#[from] pink_worker_rpc::StartError),
    /// A file can't be read or written.
    #[error("can't {doing} {path}: {error}", path = path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file isn't what it should be.
    #[error("{path} is no state of a development chain that is served: expected {expected}, found {found}",
        path = path.display())]
    NotAState {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: String,
        /// What is.
        found: String,
    },
    /// Another program wrote it.
    #[error("the state in {path} has format {found}, written by {maker}; this program knows {expected}",
        path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// This program's.
        expected: u32,
        /// Who wrote it.
        maker: String,
    },
    /// It is damaged.
    #[error("the state in {path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How.
        what: String,
    },
    /// The chain in it was started on another engine.
    #[error("the chain in {path} was started on engine {expected}, not {found}", path = path.display())]
    OtherEngine {
        /// The file.
        path: PathBuf,
        /// Its engine.
        expected: EngineVersion,
        /// What was asked for.
        found: EngineVersion,
    },
    /// There is a chain of `pink-worker dev init` or a worker's data.
    #[error("{} has something else in it than a chain that is served", .0.display())]
    OtherPath(PathBuf),
    /// Another program has it open.
    #[error("{} is in use by another program", .0.display())]
    InUse(PathBuf),
}

impl From<FollowError> for ServeError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Worker(error) => Self::Worker(error),
            error => Self::Follow(Box::new(error)),
        }
    }
}

impl ServeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Engines(error) => error.hint(),
            Self::Keys(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::Store(error) => error.hint().into(),
            Self::Rpc(error) => error.hint().into(),
            Self::Listen { error, .. } if error.kind() == io::ErrorKind::AddrInUse => {
                "another program has this port, perhaps a node: give another one with --chain-port, or 0 for any".into()
            }
            Self::Listen { .. } => "give another port with --chain-port, or 0 for any".into(),
            Self::Io { error, .. } => io_hint(error).into(),
            Self::NotAState { .. } | Self::OtherPath(_) => {
                "name a file or folder that `dev serve` made, or one that isn't there yet".into()
            }
            Self::Format { .. } => "use the program that wrote it, or name another one: a new chain is made there".into(),
            Self::Damaged { .. } => "take a copy of before, or name another one: a new chain is made there".into(),
            Self::OtherEngine { .. } => {
                "leave --engine out: a cluster moves on by an upgrade; or name another file for a new chain".into()
            }
            Self::InUse(_) => "end the other one, or name another folder".into(),
            Self::Chain(_) | Self::SetUp(_) | Self::Worker(_) | Self::Follow(_) => return None,
        };
        Some(hint)
    }
}
