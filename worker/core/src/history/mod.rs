//! What can be done with history: execute it again, execute one message of it alone, and execute
//! it under another engine.
//!
//! Nothing here changes a worker's state. Forks are views with changes on top, and replays have a
//! store of their own in memory.

mod check;
mod one_message;
mod rehearse;
mod replay;
mod witness;

pub use crate::compared::{
    Comparison, Difference, Endings, Fork, GasRatios, StateComparison, StateDifference, MAX_ENDS,
};
pub use check::{check, CheckReport, Damage};
pub use one_message::{rehearse_message, MessageRehearsal};
pub use rehearse::{rehearse, RefusedCode, Rehearsal};
pub use replay::{replay, replay_by, Divergence, ReplayReport};
pub use witness::{RangeRead, Witness, WitnessError, WITNESS_FORMAT};
