//! Execution: contracts that call, make and end contracts.

mod call;
mod context;
mod instantiate;
mod machine;
mod restore;
mod terminate;
mod transfer;

pub(crate) use call::Called;
pub(crate) use context::{Context, Output, REVERT};
pub(crate) use instantiate::Instantiated;
pub(crate) use machine::Machine;
pub(crate) use restore::Restoration;
pub(crate) use terminate::Terminated;
