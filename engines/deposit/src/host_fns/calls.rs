//! Money and other contracts.

use super::{io::optional, memory::SENTINEL, Code, HostFnResult, Memory};
use crate::{
    bytes::length,
    error::{Error, ErrorOrigin, ExecError},
    ext::{CallRequest, ExecReturnValue, Ext, InstantiateRequest, TrapReason},
    versions::Cost,
};
use pink_engine_sdk::types::{Balance, Weight};

const FORWARD_INPUT: u32 = 1;
const CLONE_INPUT: u32 = 2;
const TAIL_CALL: u32 = 4;
const ALLOW_REENTRY: u32 = 8;
const READ_ONLY: u32 = 16;

/// Moves money of the contract. The lengths are those of an account and of a balance, whatever
/// the contract says.
pub(super) fn transfer(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    to: u32,
    _to_len: u32,
    value: u32,
    _value_len: u32,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.transfer.base())?;
    let to = memory.read_fixed(to)?;
    let value = memory.read_balance(value)?;
    match ext.transfer(&to, value) {
        Ok(()) => Ok(Code::Success.into()),
        Err(_) => Ok(Code::TransferFailed.into()),
    }
}

/// Arguments of the three call functions, where they agree.
struct CallArgs {
    flags: u32,
    callee: u32,
    gas: Weight,
    /// Pointer, or the sentinel for "no limit".
    deposit: u32,
    value: u32,
    input: (u32, u32),
    output: (u32, u32),
}

#[allow(clippy::too_many_arguments)] // the signature is the contracts'
pub(super) fn call_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    callee: u32,
    _callee_len: u32,
    gas: u64,
    value: u32,
    _value_len: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    call_1(
        ext,
        memory,
        ALLOW_REENTRY,
        callee,
        gas,
        value,
        input,
        input_len,
        out,
        out_len,
    )
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn call_1(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    flags: u32,
    callee: u32,
    gas: u64,
    value: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let args = CallArgs {
        flags,
        callee,
        gas: Weight::new(gas, 0),
        deposit: SENTINEL,
        value,
        input: (input, input_len),
        output: (out, out_len),
    };
    call(ext, memory, &args)
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn call_2(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    flags: u32,
    callee: u32,
    ref_time: u64,
    proof_size: u64,
    deposit: u32,
    value: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let args = CallArgs {
        flags,
        callee,
        gas: Weight::new(ref_time, proof_size),
        deposit,
        value,
        input: (input, input_len),
        output: (out, out_len),
    };
    call(ext, memory, &args)
}

fn call(ext: &mut dyn Ext, memory: &mut Memory<'_>, args: &CallArgs) -> HostFnResult<u32> {
    check_flags(args.flags)?;
    let costs = &ext.rules().host;
    ext.pay(costs.call.base())?;
    let input = take_input(ext, memory, args.flags, args.input)?;
    let to = memory.read_fixed(args.callee)?;
    let deposit_limit = read_limit(memory, args.deposit)?;
    let value = memory.read_balance(args.value)?;
    let read_only = args.flags & READ_ONLY != 0;
    if value > 0 {
        // Here and not in the table: a call without value is allowed.
        if read_only || ext.is_read_only()? {
            return Err(Error::StateChangeDenied.into());
        }
        ext.pay(costs.call_value.base())?;
    }
    let result = ext.call(CallRequest {
        to,
        value,
        input,
        gas: args.gas,
        deposit_limit,
        allow_reentry: args.flags & ALLOW_REENTRY != 0,
        read_only,
    });
    finish(ext, memory, args.flags, args.output, result)
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn delegate_call(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    flags: u32,
    code_hash: u32,
    input: u32,
    input_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    check_flags(flags)?;
    ext.pay(ext.rules().host.delegate_call.base())?;
    let input = take_input(ext, memory, flags, (input, input_len))?;
    if flags & (ALLOW_REENTRY | READ_ONLY) != 0 {
        return Err(Error::InvalidCallFlags.into());
    }
    let hash = memory.read_fixed(code_hash)?;
    let result = ext.delegate_call(hash, input);
    finish(ext, memory, flags, (out, out_len), result)
}

fn check_flags(flags: u32) -> Result<(), Error> {
    const KNOWN: u32 = FORWARD_INPUT | CLONE_INPUT | TAIL_CALL | ALLOW_REENTRY | READ_ONLY;
    match flags & !KNOWN {
        0 => Ok(()),
        _ => Err(Error::InvalidCallFlags),
    }
}

/// The input of a nested call: cloned from the frame's own, forwarded, or read.
fn take_input(
    ext: &mut dyn Ext,
    memory: &Memory<'_>,
    flags: u32,
    (ptr, len): (u32, u32),
) -> Result<Vec<u8>, Error> {
    let costs = &ext.rules().host;
    if flags & CLONE_INPUT != 0 {
        let input = ext.input().ok_or(Error::InputForwarded)?;
        // Paid before it is cloned.
        let len = length(input);
        ext.pay(costs.call_cloned.of(len))?;
        return Ok(ext.input().unwrap_or_default().to_vec());
    }
    if flags & FORWARD_INPUT != 0 {
        return ext.take_input().ok_or(Error::InputForwarded);
    }
    ext.pay(costs.call.bytes(len))?;
    Ok(memory.read(ptr, len)?.to_vec())
}

fn read_limit(memory: &Memory<'_>, ptr: u32) -> Result<Balance, Error> {
    match ptr {
        SENTINEL => Ok(0),
        ptr => memory.read_balance(ptr),
    }
}

/// Tells the contract a nested call's result, or ends the contract with it.
fn finish(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    flags: u32,
    output: (u32, u32),
    result: Result<ExecReturnValue, ExecError>,
) -> HostFnResult<u32> {
    if flags & TAIL_CALL != 0 {
        if let Ok(returned) = result {
            return Err(TrapReason::Return(returned));
        }
    }
    if let Ok(returned) = &result {
        let cost = ext.rules().host.output;
        optional(ext, memory, output, &returned.data, cost)?;
    }
    code_of(&result)
}

/// What the callee did to itself is a code, and so are three mistakes of the caller; every other
/// mistake ends the caller.
fn code_of(result: &Result<ExecReturnValue, ExecError>) -> HostFnResult<u32> {
    let code = match result {
        Ok(returned) if returned.did_revert() => Code::CalleeReverted,
        Ok(_) => Code::Success,
        Err(failed) => match (failed.origin, failed.error) {
            (ErrorOrigin::Callee, _) => Code::CalleeTrapped,
            (ErrorOrigin::Caller, Error::TransferFailed) => Code::TransferFailed,
            (ErrorOrigin::Caller, Error::CodeNotFound) => Code::CodeNotFound,
            (ErrorOrigin::Caller, Error::ContractNotFound) => Code::NotCallable,
            (ErrorOrigin::Caller, error) => return Err(error.into()),
        },
    };
    Ok(code.into())
}

/// Arguments of the three instantiate functions, where they agree.
struct InstantiateArgs {
    code_hash: u32,
    gas: Weight,
    deposit: u32,
    value: u32,
    input: (u32, u32),
    address: (u32, u32),
    output: (u32, u32),
    salt: (u32, u32),
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn instantiate_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
    _code_hash_len: u32,
    gas: u64,
    value: u32,
    _value_len: u32,
    input: u32,
    input_len: u32,
    address: u32,
    address_len: u32,
    out: u32,
    out_len: u32,
    salt: u32,
    salt_len: u32,
) -> HostFnResult<u32> {
    instantiate_1(
        ext,
        memory,
        code_hash,
        gas,
        value,
        input,
        input_len,
        address,
        address_len,
        out,
        out_len,
        salt,
        salt_len,
    )
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn instantiate_1(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
    gas: u64,
    value: u32,
    input: u32,
    input_len: u32,
    address: u32,
    address_len: u32,
    out: u32,
    out_len: u32,
    salt: u32,
    salt_len: u32,
) -> HostFnResult<u32> {
    let args = InstantiateArgs {
        code_hash,
        gas: Weight::new(gas, 0),
        deposit: SENTINEL,
        value,
        input: (input, input_len),
        address: (address, address_len),
        output: (out, out_len),
        salt: (salt, salt_len),
    };
    instantiate(ext, memory, &args)
}

#[allow(clippy::too_many_arguments)] // as above
pub(super) fn instantiate_2(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    code_hash: u32,
    ref_time: u64,
    proof_size: u64,
    deposit: u32,
    value: u32,
    input: u32,
    input_len: u32,
    address: u32,
    address_len: u32,
    out: u32,
    out_len: u32,
    salt: u32,
    salt_len: u32,
) -> HostFnResult<u32> {
    let args = InstantiateArgs {
        code_hash,
        gas: Weight::new(ref_time, proof_size),
        deposit,
        value,
        input: (input, input_len),
        address: (address, address_len),
        output: (out, out_len),
        salt: (salt, salt_len),
    };
    instantiate(ext, memory, &args)
}

fn instantiate(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    args: &InstantiateArgs,
) -> HostFnResult<u32> {
    let rules = ext.rules();
    let (salt_ptr, salt_len) = args.salt;
    let bytes = args.input.1.saturating_add(salt_len);
    ext.pay(rules.host.instantiate.of(bytes))?;
    if salt_len > rules.limits.salt_len {
        return Err(Error::ValueTooLarge.into());
    }
    let deposit_limit = read_limit(memory, args.deposit)?;
    let value = memory.read_balance(args.value)?;
    let code_hash = memory.read_fixed(args.code_hash)?;
    let input = memory.read(args.input.0, args.input.1)?.to_vec();
    let salt = memory.read(salt_ptr, salt_len)?.to_vec();
    let result = ext.instantiate(InstantiateRequest {
        code_hash,
        value,
        input,
        salt: &salt,
        gas: args.gas,
        deposit_limit,
    });
    if let Ok((address, returned)) = &result {
        if !returned.did_revert() {
            optional(ext, memory, args.address, address, Cost::FREE)?;
        }
        let cost = rules.host.output;
        optional(ext, memory, args.output, &returned.data, cost)?;
    }
    code_of(&result.map(|(_, returned)| returned))
}

pub(super) fn terminate_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    beneficiary: u32,
    _beneficiary_len: u32,
) -> HostFnResult<()> {
    terminate(ext, memory, beneficiary)
}

/// Ends the contract; the rest of its money goes to the beneficiary.
pub(super) fn terminate(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    beneficiary: u32,
) -> HostFnResult<()> {
    let costs = &ext.rules().host;
    ext.pay(costs.terminate.base())?;
    for _ in 0..ext.locked_dependencies()? {
        ext.pay(costs.terminate_dependency.base())?;
    }
    let beneficiary = memory.read_fixed(beneficiary)?;
    ext.terminate(beneficiary)?;
    Err(TrapReason::Terminated)
}
