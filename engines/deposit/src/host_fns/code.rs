//! A contract's code, the chain extension, and what there is no chain for.

use super::{pay, Args, Code};
use crate::{
    error::Error,
    exec::{Machine, Trap},
    extension,
    wasm::Memory,
};

type Served = Result<u64, Trap>;

/// Exchanges the contract's code, from the next call on.
pub(super) fn set_code_hash(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.set_code_hash.base())?;
    let hash = memory.read_fixed(args.u32(0))?;
    match machine.set_code_hash(hash) {
        Ok(()) => Ok(Code::Success.into()),
        Err(Error::CodeNotFound) => Ok(Code::CodeNotFound.into()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn lock_dependency(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.delegate_dependency.base())?;
    let hash = memory.read_fixed(args.u32(0))?;
    machine.lock_dependency(hash)?;
    Ok(0)
}

pub(super) fn unlock_dependency(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.delegate_dependency.base())?;
    let hash = memory.read_fixed(args.u32(0))?;
    machine.unlock_dependency(hash)?;
    Ok(0)
}

/// The pink extension. Input and output are paid by the byte.
pub(super) fn call_chain_extension(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let costs = &machine.rules().host;
    let len = args.u32(2);
    pay(machine, costs.extension.of(len))?;
    let input = memory.read(args.u32(1), len)?.to_vec();
    let (status, output) = extension::serve(machine, args.u32(0), &input)?;
    // Also when there is none: the length that the contract finds is then zero.
    memory.check_output(args.u32(4), output.len())?;
    // It fits into the memory, so its length fits.
    pay(machine, costs.extension_output.bytes(output.len() as u32))?;
    memory.write_output(args.u32(3), args.u32(4), &output)?;
    Ok(u64::from(status))
}

fn refuse(
    machine: &mut Machine<'_, '_>,
    memory: &Memory<'_>,
    ptr: u32,
    len: u32,
    code: Code,
) -> Served {
    pay(machine, machine.rules().host.refused.of(len))?;
    memory.read(ptr, len)?;
    Ok(code.into())
}

/// There is no runtime to call.
pub(super) fn call_runtime(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    refuse(
        machine,
        memory,
        args.u32(0),
        args.u32(1),
        Code::CallRuntimeFailed,
    )
}

/// There is no chain to execute on.
pub(super) fn xcm_execute(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    refuse(
        machine,
        memory,
        args.u32(0),
        args.u32(1),
        Code::XcmExecutionFailed,
    )
}

/// There is no chain to send to.
pub(super) fn xcm_send(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    refuse(
        machine,
        memory,
        args.u32(1),
        args.u32(2),
        Code::XcmSendFailed,
    )
}
