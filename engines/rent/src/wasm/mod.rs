//! The interpreter.

mod barrier;
mod cache;
mod run;

pub(crate) use cache::{validate, ModuleCache};
pub(crate) use run::{Entry, Frame, Run, Stop, Stopped};
#[cfg(any(test, feature = "bare"))]
pub(crate) use {barrier::with_barriers, cache::config};
