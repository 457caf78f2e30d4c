//! Does an engine keep its promises?
//!
//! The headers of `pink-capi` say what an engine MUST do. Here each MUST is a named [`Check`],
//! run against one file by a host that is made to be misbehaved with: it counts what the engine
//! allocates, looks at every pointer that it passes, fails when it is told to, and breaks the
//! caller's side of the specification on purpose.
//!
//! Every check runs in a process of its own with a time limit, because an engine that breaks its
//! promises takes the process with it: a crash or a hang is then the failure of that one check,
//! by name. [`run`] starts those processes and makes the [`Report`]; [`check_in_this_process`] is
//! what they do.
//!
//! A check that builds on something that another check found broken is reported as blocked by it,
//! so that the list of failures is the list of faults.
//!
//! This crate must never know a rule of contracts, and it uses nothing of the worker: it is a
//! second reading of the headers.

#![allow(unsafe_code)] // a host of engines; every block says what makes it sound

mod abi;
mod check;
mod checks;
mod child;
mod engine;
mod file;
mod host;
mod report;
mod runner;
mod scenario;
mod select;

pub use check::{Abi, Check};
pub use checks::checks;
pub use child::check_in_this_process;
pub use file::FileError;
pub use report::{Outcome, Report, Row};
pub use runner::{run, Options, TesterError};
pub use select::{Selection, SelectionError};
