//! Executes a block: from its input to its changes and receipts.
//!
//! Nothing here touches the disk. A block is executed on a view of the state, every message in
//! the engine of the version that the state belongs to, and what comes out is either the whole
//! of the block's changes or the reason for which the cluster is parked before it.

use fat_contracts_primitives::EngineVersion;

mod block;
mod bounds;
mod effects;
mod message;
mod order;
mod park;
mod promises;
mod receipt;
mod run;
mod task;

pub use pink_engine_host::{
    with_stack, BlockState, LogLine, Session, StateError, StateRead, SystemCodes,
};

pub use block::{BlockExecutor, BlockOutcome};
pub use bounds::{
    TooLarge, MAX_BLOCK_CHANGED_BYTES, MAX_BLOCK_CHANGED_KEYS, MAX_BLOCK_RECEIPTS_BYTES,
    MAX_CHANGED_KEY_BYTES, MAX_CHANGED_VALUE_BYTES, MAX_RECEIPT_BYTES,
};
pub use message::{block_of, engine_message};
pub use order::{Disorder, Place, MAX_INPUT_BYTES};
pub use park::{ParkReason, Parked};
pub use pink_capi::types::VERSION_KEY;
pub(crate) use promises::check_promises;
pub use promises::MAX_AMENDED_LATER;
pub use receipt::{receipts_root, BlockRecord, MessageReceipt, Promise};
pub(crate) use task::{amendment, too_old, Task};

/// Stands for the version in the receipt of a message that came to a cluster without a setup.
pub const NO_ENGINE: EngineVersion = EngineVersion::new(0, 0);
