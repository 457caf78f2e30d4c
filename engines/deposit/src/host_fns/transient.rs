//! Transient storage; behind a rule that is off.

use super::{pay, Args, Code};
use crate::{
    error::Error,
    exec::{Machine, Trap},
    hash::blake2_128,
    wasm::{Memory, SENTINEL},
};

type Served = Result<u64, Trap>;

/// The key, and the price of a value of so many bytes, which is paid before anything is looked at.
fn key(
    machine: &mut Machine<'_, '_>,
    memory: &Memory<'_>,
    (ptr, len): (u32, u32),
    bytes: u32,
) -> Result<Vec<u8>, Error> {
    let rules = machine.rules();
    pay(machine, rules.host.transient.of(bytes.saturating_add(len)))?;
    if bytes > rules.limits.payload_len {
        return Err(Error::ValueTooLarge);
    }
    if len > rules.limits.storage_key_len {
        return Err(Error::DecodingFailed);
    }
    let mut key = machine.top()?.account.to_vec();
    key.extend_from_slice(&blake2_128(memory.read(ptr, len)?));
    key.extend_from_slice(memory.read(ptr, len)?);
    Ok(key)
}

fn length(value: Option<&[u8]>) -> u64 {
    value.map_or(u64::from(SENTINEL), |value| value.len() as u64)
}

pub(super) fn set(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let (ptr, len) = (args.u32(2), args.u32(3));
    let key = key(machine, memory, (args.u32(0), args.u32(1)), len)?;
    let value = memory.read(ptr, len)?.to_vec();
    let limit = machine.rules().limits.transient_bytes;
    let old = machine.transient.set(key, Some(value), limit)?;
    Ok(length(old.as_deref()))
}

pub(super) fn clear(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = key(machine, memory, (args.u32(0), args.u32(1)), 0)?;
    let limit = machine.rules().limits.transient_bytes;
    let old = machine.transient.set(key, None, limit)?;
    Ok(length(old.as_deref()))
}

pub(super) fn get(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let largest = machine.rules().limits.payload_len;
    let key = key(machine, memory, (args.u32(0), args.u32(1)), largest)?;
    match machine.transient.get(&key) {
        Some(value) => {
            memory.write_output(args.u32(2), args.u32(3), value)?;
            Ok(Code::Success.into())
        }
        None => Ok(Code::KeyNotFound.into()),
    }
}

pub(super) fn contains(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = key(machine, memory, (args.u32(0), args.u32(1)), 0)?;
    Ok(length(machine.transient.get(&key)))
}

pub(super) fn take(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let largest = machine.rules().limits.payload_len;
    let key = key(machine, memory, (args.u32(0), args.u32(1)), largest)?;
    let limit = machine.rules().limits.transient_bytes;
    match machine.transient.set(key, None, limit)? {
        Some(value) => {
            memory.write_output(args.u32(2), args.u32(3), &value)?;
            Ok(Code::Success.into())
        }
        None => Ok(Code::KeyNotFound.into()),
    }
}
