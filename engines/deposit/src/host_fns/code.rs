//! A contract's code, the chain extension, and what there is no chain for.

use super::{Code, HostFnResult, Memory};
use crate::{bytes::length, error::Error, ext::Ext};

/// Exchanges the contract's code, from the next call on.
pub(super) fn set_code_hash(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.set_code_hash.base())?;
    let hash = memory.read_fixed(code_hash)?;
    match ext.set_code_hash(hash) {
        Ok(()) => Ok(Code::Success.into()),
        Err(Error::CodeNotFound) => Ok(Code::CodeNotFound.into()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn lock_dependency(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
) -> HostFnResult<()> {
    ext.pay(ext.rules().host.delegate_dependency.base())?;
    let hash = memory.read_fixed(code_hash)?;
    Ok(ext.lock_delegate_dependency(hash)?)
}

pub(super) fn unlock_dependency(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
) -> HostFnResult<()> {
    ext.pay(ext.rules().host.delegate_dependency.base())?;
    let hash = memory.read_fixed(code_hash)?;
    Ok(ext.unlock_delegate_dependency(hash)?)
}

/// The pink extension. Input and output are paid by the byte.
pub(super) fn call_chain_extension(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    id: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let costs = &ext.rules().host;
    ext.pay(costs.extension.of(input_len))?;
    let input = memory.read(input, input_len)?.to_vec();
    let (status, output) = ext.call_chain_extension(id, &input)?;
    // Also when there is none: the length that the contract finds is then zero.
    memory.check_output(out_len, output.len())?;
    ext.pay(costs.extension_output.bytes(length(&output)))?;
    memory.write_output(out, out_len, &output)?;
    Ok(status)
}

fn refuse(
    ext: &mut dyn Ext,
    memory: &Memory<'_>,
    message: u32,
    message_len: u32,
    code: Code,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.refused.of(message_len))?;
    memory.read(message, message_len)?;
    Ok(code.into())
}

/// There is no runtime to call.
pub(super) fn call_runtime(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    call: u32,
    call_len: u32,
) -> HostFnResult<u32> {
    refuse(ext, memory, call, call_len, Code::CallRuntimeFailed)
}

/// There is no chain to execute on.
pub(super) fn xcm_execute(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    message: u32,
    message_len: u32,
) -> HostFnResult<u32> {
    refuse(ext, memory, message, message_len, Code::XcmExecutionFailed)
}

/// There is no chain to send to.
pub(super) fn xcm_send(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    _dest: u32,
    message: u32,
    message_len: u32,
    _out: u32,
) -> HostFnResult<u32> {
    refuse(ext, memory, message, message_len, Code::XcmSendFailed)
}
