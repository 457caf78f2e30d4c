//! Metered code: how a frame runs code that counts for itself, by whichever executor.
//!
//! Versions from 2.1 on. Gas, traps and all that a contract can see is a rule of the module that the
//! meter made; what executes it shows in time alone. So here is, besides what runs a frame, where
//! native code is kept: [`Preparing`], which belongs to the library and not to an engine.

mod artefact;
mod module;
mod prepare;
mod run;

pub(crate) use module::{metered, Module};
pub use prepare::{Preparing, Unprepared};
pub(crate) use run::run;
