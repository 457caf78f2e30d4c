use crate::{engine::EngineError, CLUSTER_KEY_FILE};
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineVersion, ParkCause, Seq};
use pink_capi::{types::Outcome, Fault};

/// A cluster stands still before a block. Nothing of the block was kept, and nothing is lost:
/// the same block is tried again when the cause may be gone.
#[derive(Debug, thiserror::Error)]
#[error("cluster {cluster} is parked before block {block}{at}: {reason}",
    at = seq.map(|seq| format!(" (message {seq})")).unwrap_or_default())]
pub struct Parked {
    /// The cluster.
    pub cluster: ClusterId,
    /// The block that wasn't executed.
    pub block: BlockNumber,
    /// The message at which it stopped; none for the block's begin or end.
    pub seq: Option<Seq>,
    /// Why.
    pub reason: Box<ParkReason>,
}

/// Why a cluster is parked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParkReason {
    /// The engine can't be had.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The chain gave no record of the version that is needed.
    #[error("the block names no record of engine {version}")]
    NoRecord {
        /// The version.
        version: EngineVersion,
    },
    /// The engine, or what it stands on, failed.
    #[error("engine {version}: {fault}")]
    Fault {
        /// The version.
        version: EngineVersion,
        /// How.
        fault: Fault,
    },
    /// An amendment moves the cluster to a version that doesn't take the state over.
    #[error("engine {to} doesn't take over from {from}, as an amendment asks: {outcome:?}")]
    UpgradeImpossible {
        /// The version that runs.
        from: EngineVersion,
        /// The version that was to take over.
        to: EngineVersion,
        /// How its upgrade ended.
        outcome: Outcome,
    },
    /// The block can't be what the chain ordered.
    #[error("the block is out of order: {0}")]
    Disorder(String),
    /// The state can't be read.
    #[error("{0}")]
    State(String),
    /// The system gave no thread to run an engine on.
    #[error("no thread for the engine: {0}")]
    Thread(std::io::Error),
}

impl ParkReason {
    /// The cause as the chain counts it; none for what is this worker's alone.
    pub fn cause(&self) -> Option<ParkCause> {
        match self {
            Self::Engine(_) | Self::NoRecord { .. } => Some(ParkCause::EngineMissing),
            Self::Fault {
                fault: Fault::Panicked { .. },
                ..
            } => Some(ParkCause::EnginePanicked),
            Self::Fault {
                fault: Fault::NoClusterKey,
                ..
            } => None,
            Self::Fault { .. } => Some(ParkCause::EngineFault),
            Self::UpgradeImpossible { .. } => Some(ParkCause::UpgradeImpossible),
            Self::Disorder(_) | Self::State(_) | Self::Thread(_) => None,
        }
    }

    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Engine(error) => error.hint(),
            Self::NoRecord { version } => {
                format!("governance has to register engine {version} before a cluster runs it")
            }
            Self::Fault {
                fault: Fault::Panicked { .. },
                ..
            }
            | Self::UpgradeImpossible { .. } => {
                "report it: every worker stops here alike, and governance can amend the message"
                    .into()
            }
            Self::Fault {
                fault: Fault::NoClusterKey,
                ..
            } => format!(
                "put the file {CLUSTER_KEY_FILE} of another worker of the cluster into the base \
                 path"
            ),
            Self::Fault { .. } | Self::State(_) | Self::Thread(_) => {
                "look at this machine's disk and memory, then start the worker again".into()
            }
            Self::Disorder(_) => {
                "the chain source gave something else than the chain's own order; check what the \
                 worker is connected to"
                    .into()
            }
        }
    }
}
