//! What can go wrong with a development node.

use crate::{config::EXISTENTIAL_DEPOSIT, refusal::Refusal};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, Seq};
use pink_capi::types::Outcome;
use pink_engine_host::EngineError;
use pink_worker_core::{
    accounts::name_of,
    exec::{ParkReason, Parked},
    source::{FollowError, SendError, SourceError},
    store::StoreError,
    ConfigError, InstalledError, KeyError, KeyFileError, WorkerError,
};
use runtime_mock::ChainError;
use std::path::PathBuf;

/// What can be done about a parked cluster whose chain is there for development.
pub fn parked_hint(reason: &ParkReason) -> String {
    let hint = reason.hint();
    match reason {
        ParkReason::Engine(
            EngineError::Size { version, .. } | EngineError::Hash { version, .. },
        ) => {
            format!(
                "{hint}; `pink-worker dev engines --accept {version}` records what was just built"
            )
        }
        _ => hint,
    }
}

/// Why a development node doesn't do what it was asked for. But for [`DevError::Waiting`],
/// everything is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// There is nothing at the base path, or nothing but an empty store: then `init` was
    /// interrupted.
    #[error("there is no development chain at {path}{}", if *interrupted {
        ": its init was interrupted"
    } else {
        ""
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
    /// The store has no development chain, and isn't empty: a worker follows a chain with it, or will after a snapshot.
    #[error("{path} is a worker's: no development chain is in there", path = path.display())]
    AWorkers {
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
    /// The directory's engines can't be had.
    #[error(transparent)]
    Engines(#[from] InstalledError),
    /// The chain can't make the block.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain refused an extrinsic.
    #[error("the chain refused it: {0}")]
    Refused(Refusal),
    /// The worker failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The chain gives the worker nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The worker can't say something to the chain.
    #[error(transparent)]
    Send(#[from] SendError),
    /// The base path can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cluster's key can't be had.
    #[error(transparent)]
    ClusterKey(#[from] KeyFileError),
    /// The worker has another key than its cluster.
    #[error(transparent)]
    Keys(#[from] KeyError),
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

impl From<EngineError> for DevError {
    fn from(error: EngineError) -> Self {
        InstalledError::from(error).into()
    }
}

impl From<FollowError> for DevError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Worker(error) => error.into(),
            FollowError::Source(error) => error.into(),
            FollowError::Send(error) => error.into(),
            FollowError::Keys(error) => error.into(),
        }
    }
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
            Self::AWorkers { .. } => {
                "choose another --base-path; `run`, `replay` and `check` work on this one".into()
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
            Self::Engines(error) => error.hint(),
            // What can be done depends on what was asked for, which the caller knows.
            Self::Refused(_) => return None,
            Self::Worker(error) => error.hint(),
            Self::Send(SendError::TooManyEngines { .. }) => {
                "move those away that no cluster runs".into()
            }
            Self::Source(_) | Self::Send(_) => return None,
            Self::Store(error) => error.hint().into(),
            Self::ClusterKey(error) => error.hint(),
            Self::Keys(error) => error.hint(),
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
            Self::NoStart(parked) => parked_hint(&parked.reason),
            Self::Waiting { ordered, parked } => {
                let hint = parked_hint(&parked.reason);
                match ordered {
                    Some(_) => format!("{hint}; the next command executes what waits"),
                    None => hint,
                }
            }
        };
        Some(hint)
    }
}
