//! Money and other contracts.

use super::{output::optional, pay, Args, Code};
use crate::{
    error::{Error, ExecError},
    exec::{CallRequest, InstantiateRequest, Machine, Returned, Trap},
    ledger::Keep,
    wasm::{Memory, SENTINEL},
};
use pink_engine_sdk::types::{Balance, Weight};

type Served = Result<u64, Trap>;

const FORWARD_INPUT: u32 = 1;
const CLONE_INPUT: u32 = 2;
const TAIL_CALL: u32 = 4;
const ALLOW_REENTRY: u32 = 8;
const READ_ONLY: u32 = 16;

/// Moves money of the contract, to any account. Runs no code.
pub(super) fn transfer(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.transfer.base())?;
    let to = memory.read_fixed(args.u32(0))?;
    let value = memory.read_balance(args.u32(2))?;
    let from = machine.top()?.account;
    match machine.ledger().transfer(&from, &to, value, Keep::Alive) {
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

pub(super) fn call_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    call(
        machine,
        memory,
        &CallArgs {
            flags: ALLOW_REENTRY,
            callee: args.u32(0),
            gas: Weight::new(args.u64(2), 0),
            deposit: SENTINEL,
            value: args.u32(3),
            input: (args.u32(5), args.u32(6)),
            output: (args.u32(7), args.u32(8)),
        },
    )
}

pub(super) fn call_1(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    call(
        machine,
        memory,
        &CallArgs {
            flags: args.u32(0),
            callee: args.u32(1),
            gas: Weight::new(args.u64(2), 0),
            deposit: SENTINEL,
            value: args.u32(3),
            input: (args.u32(4), args.u32(5)),
            output: (args.u32(6), args.u32(7)),
        },
    )
}

pub(super) fn call_2(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    call(
        machine,
        memory,
        &CallArgs {
            flags: args.u32(0),
            callee: args.u32(1),
            gas: Weight::new(args.u64(2), args.u64(3)),
            deposit: args.u32(4),
            value: args.u32(5),
            input: (args.u32(6), args.u32(7)),
            output: (args.u32(8), args.u32(9)),
        },
    )
}

fn call(machine: &mut Machine<'_, '_>, memory: &mut Memory<'_>, args: &CallArgs) -> Served {
    check_flags(args.flags)?;
    let costs = &machine.rules().host;
    pay(machine, costs.call.base())?;
    let input = take_input(machine, memory, args.flags, args.input)?;
    let to = memory.read_fixed(args.callee)?;
    let deposit_limit = read_limit(memory, args.deposit)?;
    let value = memory.read_balance(args.value)?;
    let read_only = args.flags & READ_ONLY != 0;
    if value > 0 {
        if read_only || machine.top()?.read_only {
            return Err(Error::StateChangeDenied.into());
        }
        pay(machine, costs.call_value.base())?;
    }
    let result = machine.call(CallRequest {
        to,
        value,
        input,
        gas: args.gas,
        deposit_limit,
        allow_reentry: args.flags & ALLOW_REENTRY != 0,
        read_only,
    });
    finish(machine, memory, args.flags, args.output, result)
}

pub(super) fn delegate_call(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let flags = args.u32(0);
    check_flags(flags)?;
    pay(machine, machine.rules().host.delegate_call.base())?;
    let input = take_input(machine, memory, flags, (args.u32(2), args.u32(3)))?;
    if flags & (ALLOW_REENTRY | READ_ONLY) != 0 {
        return Err(Error::InvalidCallFlags.into());
    }
    let hash = memory.read_fixed(args.u32(1))?;
    let result = machine.delegate_call(hash, input);
    finish(machine, memory, flags, (args.u32(4), args.u32(5)), result)
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
    machine: &mut Machine<'_, '_>,
    memory: &Memory<'_>,
    flags: u32,
    (ptr, len): (u32, u32),
) -> Result<Vec<u8>, Error> {
    let costs = &machine.rules().host;
    if flags & CLONE_INPUT != 0 {
        let frame = machine.top_mut()?;
        let input = frame.input.as_ref().ok_or(Error::InputForwarded)?;
        let _ = frame.gas.charge(costs.call_cloned.of(input.len() as u32))?;
        return Ok(input.clone());
    }
    if flags & FORWARD_INPUT != 0 {
        return machine.top_mut()?.input.take().ok_or(Error::InputForwarded);
    }
    pay(machine, costs.call.bytes(len))?;
    Ok(memory.read(ptr, len)?.to_vec())
}

fn read_limit(memory: &Memory<'_>, ptr: u32) -> Result<Balance, Error> {
    match ptr {
        SENTINEL => Ok(0),
        ptr => memory.read_balance(ptr),
    }
}

/// Gives a nested call's result to the contract, or ends the contract with it.
fn finish(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    flags: u32,
    output: (u32, u32),
    result: Result<Returned, ExecError>,
) -> Served {
    if flags & TAIL_CALL != 0 {
        if let Ok(returned) = result {
            return Err(Trap::Return(returned));
        }
    }
    if let Ok(returned) = &result {
        let cost = machine.rules().host.output;
        optional(machine, memory, output, &returned.data, cost)?;
    }
    code_of(&result)
}

/// What the callee did to itself is a code, and so are three mistakes of the caller; every other
/// mistake ends the caller.
fn code_of(result: &Result<Returned, ExecError>) -> Served {
    Ok(match result {
        Ok(returned) if returned.reverted() => Code::CalleeReverted,
        Ok(_) => Code::Success,
        Err(ExecError {
            by_callee: true, ..
        }) => Code::CalleeTrapped,
        Err(ExecError { error, .. }) => match error {
            Error::TransferFailed => Code::TransferFailed,
            Error::CodeNotFound => Code::CodeNotFound,
            Error::ContractNotFound => Code::NotCallable,
            error => return Err((*error).into()),
        },
    }
    .into())
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

pub(super) fn instantiate_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    instantiate(
        machine,
        memory,
        &InstantiateArgs {
            code_hash: args.u32(0),
            gas: Weight::new(args.u64(2), 0),
            deposit: SENTINEL,
            value: args.u32(3),
            input: (args.u32(5), args.u32(6)),
            address: (args.u32(7), args.u32(8)),
            output: (args.u32(9), args.u32(10)),
            salt: (args.u32(11), args.u32(12)),
        },
    )
}

pub(super) fn instantiate_1(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    instantiate(
        machine,
        memory,
        &InstantiateArgs {
            code_hash: args.u32(0),
            gas: Weight::new(args.u64(1), 0),
            deposit: SENTINEL,
            value: args.u32(2),
            input: (args.u32(3), args.u32(4)),
            address: (args.u32(5), args.u32(6)),
            output: (args.u32(7), args.u32(8)),
            salt: (args.u32(9), args.u32(10)),
        },
    )
}

pub(super) fn instantiate_2(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    instantiate(
        machine,
        memory,
        &InstantiateArgs {
            code_hash: args.u32(0),
            gas: Weight::new(args.u64(1), args.u64(2)),
            deposit: args.u32(3),
            value: args.u32(4),
            input: (args.u32(5), args.u32(6)),
            address: (args.u32(7), args.u32(8)),
            output: (args.u32(9), args.u32(10)),
            salt: (args.u32(11), args.u32(12)),
        },
    )
}

fn instantiate(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: &InstantiateArgs,
) -> Served {
    let rules = machine.rules();
    let (salt_ptr, salt_len) = args.salt;
    let bytes = args.input.1.saturating_add(salt_len);
    pay(machine, rules.host.instantiate.of(bytes))?;
    if salt_len > rules.limits.salt_len {
        return Err(Error::ValueTooLarge.into());
    }
    let deposit_limit = read_limit(memory, args.deposit)?;
    let value = memory.read_balance(args.value)?;
    let code_hash = memory.read_fixed(args.code_hash)?;
    let input = memory.read(args.input.0, args.input.1)?.to_vec();
    let salt = memory.read(salt_ptr, salt_len)?.to_vec();
    let result = machine.instantiate(InstantiateRequest {
        code_hash,
        value,
        input,
        salt: &salt,
        gas: args.gas,
        deposit_limit,
    });
    if let Ok((address, returned)) = &result {
        let free = crate::versions::Cost {
            ref_time: 0,
            proof_size: 0,
            ref_time_per_byte: 0,
            proof_size_per_byte: 0,
        };
        if !returned.reverted() {
            optional(machine, memory, args.address, address, free)?;
        }
        optional(
            machine,
            memory,
            args.output,
            &returned.data,
            rules.host.output,
        )?;
    }
    code_of(&result.map(|(_, returned)| returned))
}

/// Ends the contract; the rest of its money goes to the beneficiary.
pub(super) fn terminate(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let costs = &machine.rules().host;
    pay(machine, costs.terminate.base())?;
    let address = machine.top()?.account;
    let locked = machine
        .record(&address)
        .map_or(0, |contract| contract.dependencies.len());
    for _ in 0..locked {
        pay(machine, costs.terminate_dependency.base())?;
    }
    let beneficiary = memory.read_fixed(args.u32(0))?;
    machine.terminate(beneficiary)?;
    Err(Trap::Terminated)
}
