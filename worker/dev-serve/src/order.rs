//! What the one who makes blocks is told to do.

use serde_json::Value;
use tokio::sync::oneshot;

/// When blocks are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mining {
    /// One for each extrinsic, at once.
    #[default]
    Instant,
    /// One every this many milliseconds.
    Interval(u64),
    /// When `dev_mine` says so.
    Manual,
}

/// Why something isn't done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotDone(pub(crate) String);

/// Who waits for it.
pub(crate) type Reply = oneshot::Sender<Result<Value, NotDone>>;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Blocks, each `step_ms` milliseconds of chain time after the one before.
    Mine { blocks: u32, step_ms: Option<u64> },
    /// Another way of making blocks.
    SetMining(Mining),
    /// Other delays, in blocks.
    SetDelays {
        finality: Option<u32>,
        confirmation: Option<u32>,
    },
    /// The clock, on by this many milliseconds.
    IncreaseTime(u64),
    /// Remember how everything is.
    Snapshot,
    /// Make it so again.
    Revert(u64),
    /// Have the worker parked.
    Park(Option<String>),
    /// Have the cluster diverged.
    Diverge,
    /// Have the worker behind by this many blocks.
    Behind(u32),
    /// Have all be well again.
    Heal,
    /// Say how it is.
    Status,
    /// Send money from the faucet.
    Fund {
        who: fat_contracts_primitives::AccountId,
        amount: u128,
    },
}

/// A message to the one who makes blocks.
#[derive(Debug)]
pub(crate) enum Order {
    /// Something came into the pool.
    Pooled,
    /// Do something, and say what became of it.
    Do(What, Reply),
    /// End.
    Stop,
}
