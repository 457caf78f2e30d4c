//! Why a worker can't go on, and what the operator can do about it.

use crate::{exec::ParkReason, store::StoreError};
use fat_contracts_primitives::{BlockNumber, EngineVersion, Seq};
use parity_scale_codec::{Decode, DecodeAll};

/// Why a worker can't go on. A parked cluster is no such error; see [`Imported::parked`](crate::Imported::parked).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store holds of a block can't be read.
    #[error("block {block}: the stored {what} can't be read: {reason}")]
    Broken {
        /// The block.
        block: BlockNumber,
        /// Which part of it.
        what: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The system gave no thread to run an engine on.
    #[error("no thread for the engine: {0}")]
    Thread(#[from] std::io::Error),
    /// The engine that the cluster runs can't be had.
    #[error("the cluster is parked: {0}")]
    Parked(#[from] ParkReason),
    /// The pool that looks at states didn't do it.
    #[error("looking at the state: {0}")]
    Pool(#[from] pink_engine_host::PoolError),
    /// There is no block to look at yet.
    #[error("the cluster has no block yet")]
    Empty,
    /// The cluster is no more: nothing is said of its contracts.
    #[error("the cluster was destroyed")]
    Destroyed,
    /// A block came with a snapshot: what it gave to engines, and what its messages were, isn't here.
    #[error("block {block} wasn't executed here: its state came with a snapshot")]
    OfSnapshot {
        /// The block.
        block: BlockNumber,
    },
    /// A range of the history has no block in it.
    #[error("there is no block from {from} to {to}: the history has {first} to {last}")]
    NoBlocks {
        /// The first that was asked for.
        from: BlockNumber,
        /// The last that was asked for.
        to: BlockNumber,
        /// The first there is.
        first: BlockNumber,
        /// The last there is.
        last: BlockNumber,
    },
    /// No block whose state can be read was executed by the version that runs: a rehearsal would compare
    /// nothing.
    #[error(
        "there is no block to try: none up to {last}, of those whose state is kept, was executed by \
        engine {version}"
    )]
    NothingToRehearse {
        /// The version that runs.
        version: EngineVersion,
        /// The last block.
        last: BlockNumber,
    },
    /// A version to be tried isn't newer than the one that the state belongs to.
    #[error("the state belongs to engine {from}: {to} isn't newer")]
    NotNewer {
        /// The version that the state belongs to.
        from: EngineVersion,
        /// The one that was named.
        to: EngineVersion,
    },
    /// A version to be tried doesn't take the state over from the one that it belongs to.
    #[error("engine {to} takes over no state of engine {from}")]
    NoUpgradePath {
        /// The version that the state belongs to.
        from: EngineVersion,
        /// The one that was named.
        to: EngineVersion,
    },
    /// A message's turn hasn't come yet.
    #[error("message {seq} isn't executed yet: the next one is {next}")]
    NotExecuted {
        /// The message.
        seq: Seq,
        /// The message that is executed next.
        next: Seq,
    },
    /// A message was executed, and isn't kept any more.
    #[error("message {seq} isn't kept here any more")]
    MessageNotKept {
        /// The message.
        seq: Seq,
    },
    /// Another engine can't be tried on a message: no engine executes it in the cluster's state.
    #[error("message {seq} can't be tried under another engine: {why}")]
    NotTried {
        /// The message.
        seq: Seq,
        /// Why.
        why: &'static str,
    },
    /// A stored block, executed again, gives something else than it gave.
    #[error("block {block}, executed again, doesn't give what it gave")]
    NotReproduced {
        /// The block.
        block: BlockNumber,
    },
}

impl WorkerError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Store(error) => error.hint().into(),
            Self::Parked(reason) => reason.hint(),
            Self::Broken { .. } => {
                "restore the base path from a copy, or start in another one".into()
            }
            Self::NoBlocks { first, last, .. } => {
                format!("give --from and --to within {first} and {last}")
            }
            Self::NothingToRehearse { .. } => {
                "wait for the cluster's next message, and name at least one".into()
            }
            Self::OfSnapshot { .. } => {
                "ask for a later block: it is there as soon as the worker has executed the next one"
                    .into()
            }
            Self::Destroyed => {
                "its contracts are gone, and its money was swept: make another chain with `init`, \
                 in another --base-path"
                    .into()
            }
            Self::Empty => "with `dev`, any command makes one; with `run`, wait until the chain has given it one, and check --cluster".into(),
            Self::NotExecuted { .. } => "wait until it is; a cluster's messages are numbered from 0".into(),
            Self::MessageNotKept { .. } => {
                "ask for a newer message, or a worker that keeps blocks longer (--keep-blocks)".into()
            }
            Self::NotTried { .. } => "name another one: a deposit, an upload, a call".into(),
            Self::NotNewer { .. } | Self::NoUpgradePath { .. } => {
                "`engines` shows the newer versions, and what takes over from what".into()
            }
            Self::NotReproduced { .. } => {
                "`replay --verify` shows what differs; compare the engine files with the chain's \
                 records"
                    .into()
            }
            Self::Thread(_) | Self::Pool(_) => "try again when the machine has less to do".into(),
        }
    }
}

/// Decodes a part of what the store holds of a block.
///
/// # Errors
/// It isn't wholly one.
pub(crate) fn decode<T: Decode>(
    block: BlockNumber,
    what: &'static str,
    mut bytes: &[u8],
) -> Result<T, WorkerError> {
    T::decode_all(&mut bytes).map_err(|error| WorkerError::Broken {
        block,
        what,
        reason: error.to_string(),
    })
}
