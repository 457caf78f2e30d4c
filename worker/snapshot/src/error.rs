use fat_contracts_primitives::{BlockNumber, EngineVersion};
use pink_worker_core::{io_hint::io_hint, store::StoreError, WorkerError};

/// Why a snapshot isn't written, read or taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// These bytes are no snapshot.
    #[error("not a snapshot: it begins with 0x{found}")]
    NotASnapshot {
        /// What it begins with, as hex.
        found: String,
    },
    /// It is of another format.
    #[error("the snapshot has format {found}, this program reads format {expected}")]
    Format {
        /// What this program reads.
        expected: u16,
        /// The snapshot's.
        found: u16,
    },
    /// It isn't as it was written.
    #[error("the snapshot is damaged: {place}: {found}")]
    Damaged {
        /// The header, or which chunk.
        place: String,
        /// What is wrong with it.
        found: String,
    },
    /// It ends too early.
    #[error("the snapshot is cut short: {place} isn't whole")]
    CutShort {
        /// The header, or which chunk.
        place: String,
    },
    /// Something in it is larger than any snapshot has.
    #[error("the snapshot's {what} has {found} bytes, the most is {max}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How much it says it has.
        found: u64,
        /// The most.
        max: u64,
    },
    /// Its keys aren't in ascending order, each once.
    #[error("the snapshot is out of order at the key 0x{key}")]
    Order {
        /// The key, as hex.
        key: String,
    },
    /// It isn't what was confirmed, or of something else.
    #[error("the snapshot's {what} is {found}, expected {expected}")]
    Another {
        /// What differs.
        what: &'static str,
        /// What the chain says, or whoever takes the snapshot.
        expected: String,
        /// The snapshot's.
        found: String,
    },
    /// The state's root isn't the one that its header names.
    #[error("the snapshot's pairs have the root {found}, its header names {expected}")]
    Root {
        /// The header's.
        expected: String,
        /// As it was computed.
        found: String,
    },
    /// The chain says nothing of its block.
    #[error("the chain says nothing of block {block}: {why}")]
    NotConfirmed {
        /// The snapshot's block.
        block: BlockNumber,
        /// What was asked, and what came.
        why: String,
    },
    /// The state of a block that can't be handed on: what the worker did rests on an amendment that no
    /// block has delivered yet.
    #[error("block {block} can't be handed on yet: it rests on an amendment that no block has delivered")]
    Unsaid {
        /// The block.
        block: BlockNumber,
    },
    /// Whoever wanted it doesn't any more.
    #[error("the snapshot was given up: the worker ends")]
    Stopped,
    /// The cluster runs no engine there: there is nothing to go on with.
    #[error("the cluster wasn't set up at block {block}")]
    NotSetUp {
        /// The block.
        block: BlockNumber,
    },
    /// The state names another engine than the checkpoint does.
    #[error("the state belongs to engine {}, the checkpoint names {expected}",
        found.map_or("none".into(), |found| found.to_string()))]
    Engine {
        /// The checkpoint's.
        expected: EngineVersion,
        /// The state's.
        found: Option<EngineVersion>,
    },
    /// The worker or its store failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// A file can't be read or written.
    #[error("can't {doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<StoreError> for SnapshotError {
    fn from(error: StoreError) -> Self {
        Self::Worker(error.into())
    }
}

impl SnapshotError {
    /// For `map_err`.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn damaged(place: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Damaged {
            place: place.into(),
            found: found.into(),
        }
    }

    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotASnapshot { .. } => "give a file that `snapshot export` wrote".into(),
            Self::Format { .. } => "use the program that wrote it, or have it written anew".into(),
            Self::Damaged { .. } | Self::CutShort { .. } => {
                "fetch or copy it again; if it comes damaged again, take it from another worker"
                    .into()
            }
            Self::TooLarge { .. }
            | Self::Order { .. }
            | Self::Root { .. }
            | Self::Engine { .. } => {
                "no worker writes such a file: take it from another worker".into()
            }
            Self::Another { .. } => {
                "take a snapshot of what the chain confirmed, and check what you compare it with"
                    .into()
            }
            Self::NotConfirmed { .. } => {
                "take a newer snapshot, or wait until its block is confirmed".into()
            }
            Self::Unsaid { .. } => "ask for an older block, or wait for the next blocks".into(),
            Self::Stopped => "it is written with the next run".into(),
            Self::NotSetUp { .. } => "ask for a block after the cluster's setup".into(),
            Self::Worker(error) => error.hint(),
            Self::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::AlreadyExists => "name a file that isn't there yet".into(),
                _ => io_hint(source).into(),
            },
        }
    }
}
