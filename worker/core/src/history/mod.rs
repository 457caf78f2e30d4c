//! What can be done with history: execute it again, execute one message of it alone, and execute
//! it under another engine.
//!
//! Nothing here changes a worker's state. Forks are views with changes on top, and replays have a
//! store of their own in memory.

mod check;
mod compare;
mod fork;
mod rehearse;
mod replay;
mod state_diff;
mod witness;

pub use check::{check, CheckReport, Damage};
pub use compare::{Comparison, Difference, Endings, GasRatios};
pub use fork::{Fork, MAX_ENDS};
pub use rehearse::{rehearse, RefusedCode, Rehearsal};
pub use replay::{replay, replay_by, Divergence, ReplayReport};
pub use state_diff::{StateComparison, StateDifference};
pub use witness::{RangeRead, Witness, WitnessError, WITNESS_FORMAT};
