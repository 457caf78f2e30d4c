//! What two engines make of the same: a fork of the state, and how outcomes and states differ.

mod compare;
mod fork;
pub(crate) mod state_diff;

pub(crate) use compare::difference;
pub use compare::{Comparison, Difference, Endings, GasRatios};
pub use fork::{Fork, MAX_ENDS};
pub use state_diff::{StateComparison, StateDifference};
