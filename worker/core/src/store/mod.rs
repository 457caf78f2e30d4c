//! Where a cluster's state and history are kept.
//!
//! One file, one writer. A block is one durable transaction, wholly there or not at all: the
//! changes of the state, the trie over it, what they replaced, the receipts, the block's input, the
//! cursor, and whatever rows the caller adds. Readers see the end of some block and never the
//! middle of one, while the writer goes on.
//!
//! The state is one ordered map from bytes to bytes; its root is that of the Substrate trie
//! (layout V1, BLAKE2b-256) over it, updated once a block. An older state is the newest one under
//! the merged undo records of the blocks since.
//!
//! Every block of the file lies under a checksum that is verified whenever it is read, so that a
//! flipped bit is an error and never an answer: see `seal`. A store can be opened for reading
//! alone, and then nothing is written to its base path.
//!
//! This module must never know an engine, an ABI or a chain: keys, values, receipts, inputs and
//! records are bytes.
//!
//! | table | key | row |
//! |---|---|---|
//! | `state` | key | value |
//! | `trie` | packed path ‖ hash (sp-trie's prefixed key) | node |
//! | `undo` | block | what it replaced |
//! | `blocks` | block | root ‖ record |
//! | `inputs` | block | input |
//! | `receipts` | block ‖ seq | receipt |
//! | `extra/…` | the caller's | the caller's |

mod check;
mod commit;
mod core;
mod error;
mod first_format;
mod import;
mod open;
mod proof;
mod prune;
mod read;
mod revert;
mod seal;
mod snapshot;
mod tables;
mod trie;
mod types;
mod undo;
mod write;
mod writer;

#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use open::{FILE_NAME, FORMAT};
pub use prune::{Pruned, Pruning, TableStats};
pub use read::Reader;
pub use snapshot::{Snapshot, StateBytes, StateIter};
pub use trie::{empty_root, root_over};
pub use types::{BlockBatch, ChangeSet, CommittedBlock, ExtraRow, NewBlock, Row};
pub use writer::{Store, StoreOptions};

/// The store's own tables.
pub const TABLES: &[&str] = &["state", "trie", "undo", "blocks", "inputs", "receipts"];

/// The longest key of the state, in bytes.
pub const MAX_KEY_BYTES: usize = 512;
/// The longest value of the state, receipt, input or record, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 << 20;
/// The longest name of a caller's table, in bytes.
pub const MAX_NAME_BYTES: usize = 64;
