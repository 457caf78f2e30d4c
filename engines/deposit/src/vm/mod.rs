//! The virtual machine: translated modules, pooled instances, and running one frame's code.
//!
//! It sees the frame through [`Ext`](crate::ext::Ext), and gets code that was checked and
//! rewritten before ([`crate::code`]).

pub(crate) mod intrinsics;
mod linker;
mod module;
mod pool;
mod run;

pub(crate) use intrinsics::Intrinsic;
#[cfg(test)]
pub(crate) use linker::{with_runtime, Handles};
#[cfg(any(test, feature = "bare"))]
pub(crate) use module::config;
pub(crate) use module::{Module, Prepared, Shape, START};
pub(crate) use pool::Pool;
#[cfg(feature = "metered")]
pub(crate) use pool::{ALWAYS_KEPT, MAX_KEPT_PAGES};
pub(crate) use run::run;
