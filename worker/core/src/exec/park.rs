use super::{Disorder, TooLarge};
use crate::CLUSTER_KEY_FILE;
use fat_contracts_primitives::{BlockNumber, ClusterId, EngineVersion, ParkCause, Seq};
use pink_capi::{
    types::{Hash, Outcome},
    Fault,
};
use pink_engine_host::EngineError;

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
    /// The message at which it stopped: for the block's begin the one behind it, for its end the
    /// last; none if the block has no message, or none is at fault.
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
    /// An engine took the state over, as it says, and left another version in it.
    #[error("engine {to} took the state over and left its version at {}",
        found.map_or("none".into(), |found| found.to_string()))]
    NotMoved {
        /// The version that took over.
        to: EngineVersion,
        /// The one that the state names.
        found: Option<EngineVersion>,
    },
    /// The block isn't the one that the chain ordered next.
    #[error("the block is out of order: {0}")]
    Disorder(#[from] Disorder),
    /// The block's receipts are larger than a worker keeps.
    #[error("engine {version}: its receipt is too large: {excess}")]
    ReceiptsTooLarge {
        /// The version that gave the receipt.
        version: EngineVersion,
        /// What is too large.
        excess: TooLarge,
    },
    /// The block's changes are larger than a worker commits.
    #[error("engine {version}: its changes are too large: {excess}")]
    ChangesTooLarge {
        /// The version that made the changes.
        version: EngineVersion,
        /// What is too large.
        excess: TooLarge,
    },
    /// An amendment is delivered of a message that this worker executed without it, too long ago
    /// to go back there.
    #[error(
        "message {seq} of block {of} was executed before governance amended it, and the \
        oldest state that can be gone back to is that of block {oldest}"
    )]
    AmendedTooLate {
        /// The message.
        seq: Seq,
        /// Its block.
        of: BlockNumber,
        /// The oldest block whose state is kept.
        oldest: BlockNumber,
    },
    /// Nobody has the code of the system contract that the block names.
    #[error("the system contract's code {} can't be had", code_hash.map(|byte| format!("{byte:02x}")).concat())]
    NoSystemCode {
        /// Its hash.
        code_hash: Hash,
    },
    /// The chain couldn't be asked for the code of the system contract. That passes, and nothing is wrong here.
    #[error("the chain can't be asked for the system contract's code: {0}")]
    ChainUnavailable(String),
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
            Self::Fault {
                fault: Fault::Memory { .. } | Fault::Lent { .. },
                ..
            } => Some(ParkCause::OutOfMemory),
            Self::Fault {
                fault: Fault::ChangesTooLarge { .. },
                ..
            } => Some(ParkCause::ChangesTooLarge),
            Self::Fault { .. } | Self::NotMoved { .. } => Some(ParkCause::EngineFault),
            Self::UpgradeImpossible { .. } => Some(ParkCause::UpgradeImpossible),
            Self::Disorder(_) => Some(ParkCause::Disorder),
            Self::ReceiptsTooLarge { .. } => Some(ParkCause::ReceiptsTooLarge),
            Self::ChangesTooLarge { .. } => Some(ParkCause::ChangesTooLarge),
            Self::AmendedTooLate { .. }
            | Self::NoSystemCode { .. }
            | Self::ChainUnavailable(_)
            | Self::State(_)
            | Self::Thread(_) => None,
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
                fault: Fault::Panicked { .. } | Fault::ChangesTooLarge { .. },
                ..
            }
            | Self::NotMoved { .. }
            | Self::UpgradeImpossible { .. }
            | Self::ReceiptsTooLarge { .. }
            | Self::ChangesTooLarge { .. } => {
                "report it: every worker stops here alike, and governance can amend the message"
                    .into()
            }
            Self::Fault {
                fault: Fault::NoClusterKey,
                ..
            } => format!(
                "it comes by the chain from another worker of the cluster; or put the file \
                 {CLUSTER_KEY_FILE} of one into the base path"
            ),
            Self::Fault {
                fault: Fault::Memory { .. } | Fault::Lent { .. },
                ..
            } => "if other workers stop here alike, report it, and governance can amend the \
                  message; else look at this machine's memory, then start the worker again"
                .into(),
            Self::AmendedTooLate { .. } => {
                "start anew in an empty base path, from the chain's history or from a snapshot of \
                 a confirmed checkpoint"
                    .into()
            }
            Self::NoSystemCode { .. } => {
                "the chain has every code that it names; check what the worker is connected to"
                    .into()
            }
            Self::ChainUnavailable(_) => {
                "the block is kept and tried again; look at what the worker is connected to".into()
            }
            // Worker and engine broke the border's rules, as all workers do then, or this machine's disk failed.
            Self::Fault { .. } => "if other workers stop here alike, report it, and governance can amend the message; \
                 else look at this machine's disk and memory, then start the worker again"
                .into(),
            Self::State(_) | Self::Thread(_) => {
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
