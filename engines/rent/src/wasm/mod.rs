//! The interpreter.

mod cache;
mod run;

pub(crate) use cache::{validate, ModuleCache};
pub(crate) use run::{Entry, Frame, Run, Stop, Stopped};
