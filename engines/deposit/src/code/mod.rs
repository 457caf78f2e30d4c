//! Code: what it may be, how it is given to the virtual machine, and how it is kept ready.

#[cfg(test)]
mod bare_tests;
mod barrier;
mod cache;
mod compiled;
mod convert;
mod intrinsics;
#[cfg(test)]
mod intrinsics_tests;
mod modules;
mod rewrite;
mod stored;
mod validate;

pub(crate) use cache::{Cache, NotReady};
#[cfg(feature = "metered")]
pub(crate) use compiled::Compiled;
pub(crate) use compiled::{Prices, Shared};
pub(crate) use convert::info;
pub(crate) use modules::Modules;
#[cfg(feature = "bare")]
pub(crate) use rewrite::rewrite;
pub(crate) use stored::Stored;
#[cfg(feature = "metered")]
pub(crate) use validate::check;
