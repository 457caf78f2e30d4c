//! Two executors over one metered module.
//!
//! What code does is a rule of the module that [`pink_engine_meter`] makes, and an executor's work is
//! to do it: [`Reference`] by `wasmi`, at once and for ever, and [`Native`] by `wasmtime`, which has to
//! compile first. Results, traps, what is left of gas, the memory and the limits are the same; the tests
//! hold the two to each other. Which of them ran can be seen by the clock alone.
//!
//! Neither counts anything, and neither's own limits are ever reached: those of the rules are lower. If
//! one is all the same, that is a [`CallEnd::Fault`], never a result.
#![forbid(unsafe_code)]

mod host;
mod module_info;
mod native;
mod outcome;
mod reference;
mod typed;

pub use host::{Context, Host, Stop};
pub use native::Native;
pub use outcome::{CallEnd, LoadError, Outcome, Trap, Value};
pub use reference::Reference;

use pink_engine_meter::{Metered, Rules};

/// What an executor has to know besides the code.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The meter's rules.
    pub rules: &'static Rules,
    /// Code may have floats.
    pub floats: bool,
}

/// What a call may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Units of gas. More than `i64::MAX` counts as that.
    pub gas: u64,
    /// Units of height.
    pub height: u32,
}

/// How code is executed.
pub trait Executor: Send + Sync {
    /// Its name, for whoever reports.
    fn name(&self) -> &'static str;

    /// Makes metered code ready to run.
    ///
    /// # Errors
    /// It isn't such code, or this executor can't.
    fn load(&self, code: &Metered) -> Result<Box<dyn Code>, LoadError>;
}

/// Code that is ready to run.
pub trait Code: Send + Sync {
    /// An instance, with a memory of its own.
    ///
    /// # Errors
    /// Its segments don't fit.
    fn instance(&self) -> Result<Box<dyn Instance>, LoadError>;
}

/// A memory, globals, and code that works on them.
pub trait Instance: Send {
    /// Calls an exported function.
    fn call(&mut self, name: &str, args: &[Value], limits: Limits, host: &mut dyn Host) -> Outcome;

    /// The memory that the code imports as `env.memory`, or else exports.
    fn memory(&self) -> &[u8];

    /// The contract's own globals.
    fn globals(&mut self) -> Vec<Value>;

    /// Makes everything as it was at first, so that it can be used again. Says no if that can't be:
    /// a memory doesn't shrink, and a start function may have done anything.
    fn clean(&mut self) -> bool;
}
