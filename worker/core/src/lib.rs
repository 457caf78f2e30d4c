//! Executes the contract transactions that a chain ordered.
//!
//! A worker serves one cluster. It takes the chain's blocks from a source, executes each message
//! in the engine version that was current when it was ordered, and keeps the state, its root and
//! every receipt on disk, one durable transaction a block:
//!
//! * [`source`]: what it asks of a chain, and what drives it through the chain's blocks;
//! * [`store`]: the state, its trie root, older states, receipts and inputs, on disk;
//! * [`exec`]: a block, from its input to its receipts;
//! * [`history`]: blocks that were executed, again: replayed, rehearsed, checked;
//! * [`query`]: calls off the chain, on the state after a block, in parallel;
//! * [`offchain`]: what those reach beyond the state; `commands`: what contracts have it do;
//! * [`logs`]: what contracts say, for whoever listens; [`Observer`]: what the worker does, for whoever measures.
//!
//! It must never know a rule of contracts: what a message does, and what it costs, is the
//! engine's business. It links no engine; `pink-engine-host` loads them. It knows no runtime, no
//! node and no command line.

pub mod accounts;
mod clock;
mod codes;
mod commands;
mod compared;
mod config;
pub mod draft;
mod error;
pub mod exec;
mod handle;
pub mod history;
mod installed;
pub mod io_hint;
mod keys;
pub mod logs;
mod modes;
mod observe;
pub mod offchain;
mod post_commit;
pub mod query;
mod read_cache;
mod reads;
mod recorded_reads;
pub mod releases;
pub mod source;
pub mod store;
mod upcoming;
pub mod values;
mod view;
mod worker;

pub use config::{ConfigError, WorkerConfig, CONFIG_FILE};
pub use error::WorkerError;
pub use handle::WorkerHandle;
pub use installed::{InstalledEngine, InstalledError};
pub use keys::{
    ClusterKey, EnvelopeError, EnvelopeSecret, KeyError, KeyExchange, KeyFileError, KeyStanding,
    KeyWord, WorkerKey, CLUSTER_KEY_FILE, DRAWN_KEY_FILE, ENVELOPE_KEY_FILE, SEALED_FILE,
    WORKER_KEY_FILE,
};
pub use modes::Modes;
pub use observe::{Both, Observer};
pub use query::QueryEnd;
pub use read_cache::ReadCache;
pub use recorded_reads::StorageProof;
pub use upcoming::UNKNOWN_ENTROPY;
pub use view::View;
pub use worker::{ExecutedBlock, Imported, PendingEngine, ReceiptProof, ShadowSummary, Worker};
