//! Execution: contracts that call, make and end contracts.

mod call;
mod execution;
mod frame;
mod instantiate;
mod restore;
mod terminate;
mod transfer;

pub(crate) use call::Called;
pub(crate) use execution::Execution;
pub(crate) use frame::{ExecReturnValue, Frame, REVERT};
pub(crate) use instantiate::Instantiated;
pub(crate) use restore::Restoration;
pub(crate) use terminate::Terminated;
