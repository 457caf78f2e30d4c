//! The interpreter.

mod barrier;
mod cache;
mod run;

pub(crate) use cache::{validate, Cache};
pub(crate) use run::{run, INVALID};
#[cfg(any(test, feature = "bare"))]
pub(crate) use {barrier::with_barriers, cache::config};
