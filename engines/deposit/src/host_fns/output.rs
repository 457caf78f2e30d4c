//! Input, result, and the way that outputs are given.

use super::{pay, Args};
use crate::{
    error::Error,
    exec::{Machine, Returned, Trap},
    versions::Cost,
    wasm::{Memory, SENTINEL},
};

/// Gives the input, as often as it is asked for, until it was forwarded.
pub(super) fn input(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Result<u64, Trap> {
    let cost = machine.rules().host.input;
    pay(machine, cost.base())?;
    let frame = machine.top_mut()?;
    let input = frame.input.as_deref().ok_or(Error::InputForwarded)?;
    let (ptr, len_ptr) = (args.u32(0), args.u32(1));
    memory.check_output(len_ptr, input.len())?;
    // It fits into the memory, so its length fits.
    let _ = frame.gas.charge(cost.bytes(input.len() as u32))?;
    memory.write_output(ptr, len_ptr, input)?;
    Ok(0)
}

/// Ends the call with a result.
pub(super) fn seal_return(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Result<u64, Trap> {
    let len = args.u32(2);
    pay(machine, machine.rules().host.seal_return.of(len))?;
    let flags = args.u32(0);
    let data = memory.read(args.u32(1), len)?.to_vec();
    if flags & !crate::exec::REVERT != 0 {
        return Err(Error::InvalidCallFlags.into());
    }
    Err(Trap::Return(Returned { flags, data }))
}

/// Gives what is cheap to have: for a flat price.
pub(super) fn flat(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    (ptr, len_ptr): (u32, u32),
    value: &[u8],
) -> Result<u64, Trap> {
    pay(machine, machine.rules().host.getter.base())?;
    memory.write_output(ptr, len_ptr, value)?;
    Ok(0)
}

/// Gives what may be left out, at a price per byte.
pub(super) fn optional(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    (ptr, len_ptr): (u32, u32),
    value: &[u8],
    cost: Cost,
) -> Result<(), Error> {
    if ptr == SENTINEL {
        return Ok(());
    }
    memory.check_output(len_ptr, value.len())?;
    pay(machine, cost.bytes(value.len() as u32))?;
    memory.write_output(ptr, len_ptr, value)
}
