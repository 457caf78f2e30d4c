//! One run of a contract's code, as its host functions see it.

use crate::{
    ext::{Ext, Frame, RentParams, TrapReason},
    gas::GasMeter,
};
use pink_engine_sdk::types::Balance;
use wasmi::Memory;

/// Tells the interpreter to stop; why is in the runtime.
#[derive(Debug)]
pub(super) struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped by a host function")
    }
}

impl wasmi::errors::HostError for Stopped {}

/// What the host functions of one run work on.
pub(crate) struct Runtime<'f> {
    pub(crate) ext: &'f mut (dyn Ext + 'f),
    /// What counting a block's gas costs itself, by the schedule.
    pub(crate) block_weight: u64,
    pub(crate) frame: &'f Frame<'f>,
    pub(crate) meter: &'f mut GasMeter,
    pub(crate) value: Balance,
    /// Until the contract reads it.
    pub(crate) input: Option<Vec<u8>>,
    /// As of when the run began.
    pub(crate) rent_params: Option<RentParams>,
    pub(crate) memory: Option<Memory>,
    pub(crate) stop: Option<TrapReason>,
}
