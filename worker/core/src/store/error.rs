//! What can go wrong with a base path, and what to do about it.

use std::path::PathBuf;

use fat_contracts_primitives::BlockNumber;

/// An error of the store. It names the place, what was expected and what was found there;
/// [`hint`](Self::hint) says what a person can do. Nothing is destroyed on the way to any of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no store at this base path.
    #[error("no store at {path}: expected the file {file}, found none")]
    Missing {
        /// The base path.
        path: PathBuf,
        /// The file name that was looked for.
        file: &'static str,
    },
    /// A store was to be created where there is one.
    #[error("{path} already holds a store")]
    AlreadyExists {
        /// The base path.
        path: PathBuf,
    },
    /// The file isn't a store of this program.
    #[error("{path} is not a store of this program: expected {expected}, found {found}")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What was expected there.
        expected: &'static str,
        /// What was found there.
        found: String,
    },
    /// The store was made in another format, older or newer.
    #[error(
        "{path} has format {found}, made by {created_by}; this program reads format {expected}"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The format that this program reads and writes.
        expected: u32,
        /// The format of the file.
        found: u32,
        /// The program that made the file, with its version.
        created_by: String,
    },
    /// The file is a store, but its bytes contradict each other or are cut short.
    #[error("{path} is damaged: expected {expected}, found {found}")]
    Damaged {
        /// The file, or `memory`.
        path: PathBuf,
        /// What a sound store would have there.
        expected: String,
        /// What was found.
        found: String,
    },
    /// Another process, or another handle in this one, has the store open.
    #[error("{path} is in use by another process")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// It was opened for reading alone.
    #[error("{path} was opened for reading alone")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("can't {doing} {path}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The database refused, for a reason that isn't one of the others.
    #[error("can't {doing} the database {path}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The file, or `memory`.
        path: PathBuf,
        /// The database's answer.
        source: Box<redb::Error>,
    },
    /// A block was committed out of order.
    #[error("block {found} can't follow: the next block is {expected}")]
    OutOfOrder {
        /// The next block.
        expected: BlockNumber,
        /// The block that was offered.
        found: BlockNumber,
    },
    /// A block isn't among those that the store holds.
    #[error("block {block} is not stored: {held}")]
    NoSuchBlock {
        /// The block that was asked for.
        block: BlockNumber,
        /// Which blocks there are.
        held: String,
    },
    /// The state of a block is too old to be read: its undo records are pruned.
    #[error("the state at block {block} is pruned: the oldest that can be read is {oldest}")]
    Pruned {
        /// The block that was asked for.
        block: BlockNumber,
        /// The oldest block whose state can be read.
        oldest: BlockNumber,
    },
    /// A block is older than the state that the store began with.
    #[error(
        "block {block} is older than the snapshot that this store began with, which is of block \
        {snapshot}, or than the blocks that its operator keeps"
    )]
    OlderThanSnapshot {
        /// The block that was asked for.
        block: BlockNumber,
        /// The block of the snapshot.
        snapshot: BlockNumber,
    },
    /// The receipts of a block are older than the operator keeps them.
    #[error("the receipts of block {block} are pruned: the oldest that are kept are those of block {oldest}")]
    ReceiptsPruned {
        /// The block that was asked for.
        block: BlockNumber,
        /// The oldest block whose receipts are there.
        oldest: BlockNumber,
    },
    /// A key, a value or a name is longer than the store takes.
    #[error("{what} has {found} bytes, the most is {max}")]
    TooLong {
        /// Which thing it is.
        what: &'static str,
        /// Its length in bytes.
        found: u64,
        /// The longest that is taken, in bytes.
        max: u64,
    },
    /// A bulk import into a store that holds blocks already, or with keys out of order.
    #[error("can't import: {reason}")]
    Import {
        /// What is wrong.
        reason: String,
    },
}

impl StoreError {
    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "check --base-path, or make a new one with `init`",
            Self::AlreadyExists { .. } => "choose another --base-path, or go on with this one",
            Self::NotAStore { .. } => "choose another --base-path; the file was left as it is",
            Self::Format {
                found, expected, ..
            } if found > expected => {
                "use the program that made it, or a newer one; the file was left as it is"
            }
            Self::Format { .. } => {
                "use the program that made it, or make a new base path and replay the history"
            }
            Self::Damaged { .. } => {
                "restore the base path from a copy, or make a new one and replay the history; \
                 keep this one for inspection"
            }
            Self::Locked { .. } => "stop the other process, or choose another --base-path",
            Self::ReadOnly { .. } => "open it for writing",
            Self::Io { source, .. } => crate::io_hint::io_hint(source),
            Self::Database { .. } => {
                "open the store again: what was committed is safe, the rest has to be repeated"
            }
            Self::OutOfOrder { .. } => "commit each block once, in order",
            Self::NoSuchBlock { .. } => "ask for a block that this worker executed",
            Self::Pruned { .. } => {
                "ask for a newer block, replay the history up to that block, or keep a longer \
                 window of undo records from now on"
            }
            Self::OlderThanSnapshot { .. } => {
                "ask for a newer block, or a worker that executed the history from its beginning"
            }
            Self::ReceiptsPruned { .. } => {
                "ask for a newer block, or a worker that keeps them longer (--keep-receipts)"
            }
            Self::TooLong { .. } => "shorten it",
            Self::Import { .. } => "import sorted, distinct keys into a store just made",
        }
    }
}
