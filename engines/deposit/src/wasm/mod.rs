//! Code: what it may be, how it is kept ready, and how it runs.

#[cfg(test)]
mod bare_tests;
mod barrier;
mod cache;
mod known;
mod linker;
mod memory;
mod module;
mod rewrite;
mod run;
mod surroundings;
mod validate;

pub(crate) use cache::Cache;
pub(crate) use linker::Calls;
pub(crate) use memory::{Memory, SENTINEL};
pub(crate) use module::{Compiled, Shared};
pub(crate) use run::run;
#[cfg(feature = "bare")]
pub(crate) use {module::config, rewrite::rewrite, validate::Checked};
