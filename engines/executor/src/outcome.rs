//! How calls end.

use std::fmt;

/// A number of WebAssembly. Floats by their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// 32 bits.
    I32(u32),
    /// 64 bits.
    I64(u64),
    /// A float of 32 bits.
    F32(u32),
    /// A float of 64 bits.
    F64(u64),
}

/// Why code couldn't go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trap {
    /// It said so itself.
    Unreachable,
    /// A byte lies outside of the memory.
    Memory,
    /// A place lies outside of the table.
    Table,
    /// Nothing lies there.
    Null,
    /// A function of another type lies there.
    Signature,
    /// A division by zero.
    Division,
    /// A quotient, or what a float is converted to, is too large.
    Overflow,
    /// A float that is no number is converted.
    Conversion,
    /// There is no height left.
    Height,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// It returned.
    Returned(Option<Value>),
    /// It couldn't go on.
    Trapped(Trap),
    /// The host had no more gas for it.
    OutOfGas,
    /// A function of the host ended it.
    Stopped,
    /// The executor failed: nothing that code can do is this, and it is never a result.
    Fault(String),
}

/// How a call ended, and what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ended: CallEnd,
    /// Units of gas that are left. None after [`CallEnd::OutOfGas`].
    pub gas: u64,
    /// Units of height that are left: all, unless the call was ended from within.
    pub height: u32,
}

/// Why code can't be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It can't be translated.
    Code(String),
    /// It imports something that a contract doesn't.
    Import(String),
    /// It can't be instantiated: its segments don't fit.
    Instance(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(error) => write!(f, "the module can't be translated: {error}"),
            Self::Import(name) => write!(f, "there is nothing to import as {name}"),
            Self::Instance(error) => write!(f, "the module can't be instantiated: {error}"),
        }
    }
}

impl std::error::Error for LoadError {}

impl CallEnd {
    /// How a call ended that didn't return: a host's reason before the executor's.
    pub fn of(
        left: Option<crate::host::HostExit>,
        trap: Option<Trap>,
        height: i32,
        fault: impl FnOnce() -> String,
    ) -> Self {
        use crate::host::HostExit;
        match (left, trap) {
            (Some(HostExit::OutOfGas), _) => Self::OutOfGas,
            (Some(HostExit::Stopped), _) => Self::Stopped,
            // The code went on below zero, and that is what the meter traps for.
            (None, Some(Trap::Unreachable)) if height < 0 => Self::Trapped(Trap::Height),
            (None, Some(trap)) => Self::Trapped(trap),
            (None, None) => Self::Fault(fault()),
        }
    }
}

impl Outcome {
    /// From what the counters are.
    pub fn new(ended: CallEnd, gas: i64, height: i32) -> Self {
        let gas = match ended {
            CallEnd::OutOfGas => 0,
            _ => u64::try_from(gas).unwrap_or(0),
        };
        let height = u32::try_from(height).unwrap_or(0);
        Self { ended, gas, height }
    }
}
