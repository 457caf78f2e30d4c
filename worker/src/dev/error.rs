//! What can go wrong with a development node.

use super::{config::EXISTENTIAL_DEPOSIT, refusal::Refusal};
use crate::{
    accounts::name_of, engine::EngineError, exec::Parked, io_hint::engine_hint, store::StoreError,
    ConfigError, KeyFileError, WorkerError,
};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, EngineVersion, Seq};
use pink_capi::types::Outcome;
use runtime_mock::ChainError;
use std::path::PathBuf;

/// Why a development node doesn't do what it was asked for. But for [`DevError::Waiting`],
/// everything is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// There is nothing at the base path, or nothing but an empty store: then `init` was
    /// interrupted.
    #[error("there is no development chain at {path}{}", match interrupted {
        true => ": its init was interrupted",
        false => "",
    }, path = path.display())]
    NoChain {
        /// The base path.
        path: PathBuf,
        /// There is an empty store.
        interrupted: bool,
    },
    /// There is a chain where one was to be made.
    #[error("there is a development chain at {path} already", path = path.display())]
    AlreadyMade {
        /// The base path.
        path: PathBuf,
    },
    /// The base path was made by a program that keeps its chain in another way.
    #[error("{path} was made by {made_by} in format {found}; this program reads {expected}",
        path = path.display())]
    Format {
        /// The base path.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What this program reads.
        expected: u32,
        /// The program that made it.
        made_by: String,
    },
    /// What is kept of the chain contradicts itself.
    #[error("the chain at {path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The base path.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// No engine to start with.
    #[error("there is no engine in {directory}", directory = directory.display())]
    NoEngines {
        /// Where they were looked for.
        directory: PathBuf,
    },
    /// The engine that was asked for isn't there.
    #[error("there is no engine {version} in {directory}; it has {found}",
        directory = directory.display())]
    NoSuchEngine {
        /// The version.
        version: EngineVersion,
        /// Where it was looked for.
        directory: PathBuf,
        /// What is there.
        found: String,
    },
    /// More engines than a worker can announce.
    #[error("{found} engines are more than a worker can announce")]
    TooManyEngines {
        /// How many there are.
        found: usize,
    },
    /// An engine file can't be used.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The chain can't make the block.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain refused an extrinsic.
    #[error("the chain refused it: {0}")]
    Refused(Refusal),
    /// The worker failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The base path can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cluster's key can't be had.
    #[error(transparent)]
    ClusterKey(#[from] KeyFileError),
    /// The base path's configuration can't be.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain can't start like that.
    #[error("{} can't start with {amount}: {why}", name_of(who))]
    Endowment {
        /// Whose.
        who: AccountId,
        /// How much.
        amount: Balance,
        /// Why not.
        why: &'static str,
    },
    /// The engine refused to set the cluster up.
    #[error("the engine can't set the cluster up: {}", match &**outcome {
        Outcome::Rejected(failure) | Outcome::Trapped(failure) => failure.to_string(),
        other => format!("{other:?}"),
    })]
    NoSetup {
        /// How that ended.
        outcome: Box<Outcome>,
    },
    /// The chain waits for nothing that the worker could say.
    #[error("the chain waits for nothing from {}", name_of(who))]
    NothingToSay {
        /// The worker.
        who: AccountId,
    },
    /// The cluster's workers agree.
    #[error("the cluster's workers agree about everything that they acknowledged")]
    NotDiverged,
    /// The cluster can't start.
    #[error("the cluster can't start: {0}")]
    NoStart(Box<Parked>),
    /// The chain went on, but the worker is parked: the blocks wait for it.
    #[error("{}{parked}", ordered.map(|(block, seq)| {
        format!("ordered as message {seq} in block {block}, not executed: ")
    }).unwrap_or_default())]
    Waiting {
        /// What was asked for, as the chain ordered it: block and message.
        ordered: Option<(BlockNumber, Seq)>,
        /// Why the worker is parked.
        parked: Box<Parked>,
    },
}

impl DevError {
    /// What the caller can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoChain { path, .. } => {
                format!(
                    "make one: pink-worker dev --base-path {} init",
                    path.display()
                )
            }
            Self::AlreadyMade { .. } => {
                "go on with it, or give another --base-path for a new one".into()
            }
            Self::Format { .. } => {
                "use the program that made it, or start in another base path".into()
            }
            Self::Damaged { .. } => {
                "restore the base path from a copy, or start in another one".into()
            }
            Self::NoEngines { .. } | Self::NoSuchEngine { .. } => {
                "build the engines with `cargo xtask engines`, or say with --engines where they are"
                    .into()
            }
            Self::TooManyEngines { .. } => "move those away that no cluster runs".into(),
            Self::Engine(error) => engine_hint(error),
            // What can be done depends on what was asked for, which the caller knows.
            Self::Refused(_) => return None,
            Self::Worker(WorkerError::Store(error)) | Self::Store(error) => error.hint().into(),
            Self::Worker(WorkerError::Parked(reason)) => reason.hint(),
            Self::Worker(WorkerError::Broken { .. }) => {
                "restore the base path from a copy, or start in another one".into()
            }
            Self::Worker(WorkerError::NoBlocks { first, last, .. }) => {
                format!("give --from and --to within {first} and {last}")
            }
            Self::Worker(WorkerError::Destroyed) => {
                "its contracts are gone, and its money was swept: make another chain with `init`, \
                 in another --base-path"
                    .into()
            }
            Self::Worker(WorkerError::Empty) => "make a block first, with any command".into(),
            Self::Worker(WorkerError::NotNewer { .. }) => {
                "`engines` shows the newer versions, and what takes over from what".into()
            }
            Self::Worker(WorkerError::NotReproduced { .. }) => {
                "`replay --verify` shows what differs; compare the engine files with the chain's \
                 records"
                    .into()
            }
            Self::Worker(_) => "try again when the machine has less to do".into(),
            Self::ClusterKey(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::Chain(_) => return None,
            Self::Endowment { .. } => {
                format!("give amounts of at least {EXISTENTIAL_DEPOSIT}, or leave --endow out")
            }
            Self::NoSetup { .. } => {
                "give //Alice, who pays for it, more with --endow, or start on another engine"
                    .into()
            }
            Self::NothingToSay { .. } => {
                "a member speaks about the blocks with messages that came after it joined: send \
                 one, and `add-worker` it if it isn't one"
                    .into()
            }
            Self::NotDiverged => {
                "nothing is to be decided: `status` says `diverged at` when something is; \
                 `add-worker WHO` and `acknowledge WHO --root HEX` make a worker that disagrees"
                    .into()
            }
            Self::NoStart(parked) => parked.reason.hint(),
            Self::Waiting { ordered, parked } => {
                let hint = parked.reason.hint();
                match ordered {
                    Some(_) => format!("{hint}; the next command executes what waits"),
                    None => hint,
                }
            }
        };
        Some(hint)
    }
}
