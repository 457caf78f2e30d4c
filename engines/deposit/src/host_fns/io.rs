//! Input, result, and the way that outputs are written.

use super::{memory::SENTINEL, HostFnResult, Memory};
use crate::{
    bytes::length,
    error::Error,
    ext::{ExecReturnValue, Ext, TrapReason, REVERT},
    versions::Cost,
};

/// Writes the input.
pub(super) fn input(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let cost = ext.rules().host.input;
    ext.pay(cost.base())?;
    let len = ext.input().ok_or(Error::InputForwarded)?.len();
    memory.check_output(out_len, len)?;
    // It fits into the memory, so its length fits.
    ext.pay(cost.bytes(len as u32))?;
    Ok(memory.write_output(out, out_len, ext.input().unwrap_or_default())?)
}

/// Ends the call with a result.
pub(super) fn seal_return(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    flags: u32,
    data: u32,
    data_len: u32,
) -> HostFnResult<()> {
    ext.pay(ext.rules().host.seal_return.of(data_len))?;
    let data = memory.read(data, data_len)?.to_vec();
    if flags & !REVERT != 0 {
        return Err(Error::InvalidCallFlags.into());
    }
    Err(TrapReason::Return(ExecReturnValue { flags, data }))
}

/// Writes what is cheap to have: for a flat price.
pub(super) fn flat(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    (out, out_len): (u32, u32),
    value: &[u8],
) -> HostFnResult<()> {
    ext.pay(ext.rules().host.getter.base())?;
    Ok(memory.write_output(out, out_len, value)?)
}

/// Writes what may be left out, at a price per byte.
pub(super) fn optional(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    (out, out_len): (u32, u32),
    value: &[u8],
    cost: Cost,
) -> Result<(), Error> {
    if out == SENTINEL {
        return Ok(());
    }
    memory.check_output(out_len, value.len())?;
    ext.pay(cost.bytes(length(value)))?;
    memory.write_output(out, out_len, value)
}
