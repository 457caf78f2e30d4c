//! Executes a block: from its input to its changes and receipts.
//!
//! Nothing here touches the disk. A block is executed on a view of the state, every message in
//! the engine of the version that the state belongs to, and what comes out is either the whole
//! of the block's changes or the reason for which the cluster is parked before it.

mod block;
mod message;
mod park;
mod receipt;

pub use pink_engine_host::{
    with_stack, BlockState, LogLine, Session, StateError, StateRead, SystemCodes,
};

pub use block::{BlockExecutor, BlockOutcome};
pub use message::{block_of, engine_message};
pub use park::{ParkReason, Parked};
pub use receipt::{BlockRecord, MessageReceipt};

/// The state key of the version that the state belongs to; engines write it, under the root.
pub const VERSION_KEY: &[u8] = b":version";
