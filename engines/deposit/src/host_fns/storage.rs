//! Storage: fixed keys of 32 bytes, variable keys up to a limit.
//!
//! What a function costs depends on a value that isn't known before it is read. So it is charged
//! for the largest one first, and adjusted. The previous length is the result of a write, or the
//! sentinel if there was no value.

use super::{charge, pay, Args, Code};
use crate::{
    error::Error,
    exec::{Machine, StorageKey, Trap},
    wasm::{Memory, SENTINEL},
};

type Served = Result<u64, Trap>;

/// How a contract gives a key.
#[derive(Clone, Copy)]
enum Key {
    Fixed(u32),
    Variable(u32, u32),
}

impl Key {
    fn read<'a>(
        self,
        machine: &mut Machine<'_, '_>,
        memory: &'a Memory<'_>,
    ) -> Result<StorageKey<'a>, Error> {
        let (ptr, len) = match self {
            Self::Fixed(ptr) => (ptr, 32),
            Self::Variable(ptr, len) => (ptr, len),
        };
        if len > machine.rules().limits.storage_key_len {
            return Err(Error::DecodingFailed);
        }
        pay(machine, machine.rules().host.storage_key.of(len))?;
        let bytes = memory.read(ptr, len)?;
        Ok(match self {
            Self::Fixed(_) => StorageKey::Fixed(bytes),
            Self::Variable(..) => StorageKey::Variable(bytes),
        })
    }
}

pub(super) fn set_fixed_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    set_fixed(machine, memory, args).map(|_| 0)
}

pub(super) fn set_fixed(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = Key::Fixed(args.u32(0));
    set(machine, memory, key, args.u32(1), args.u32(2))
}

pub(super) fn set_variable(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = Key::Variable(args.u32(0), args.u32(1));
    set(machine, memory, key, args.u32(2), args.u32(3))
}

fn set(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    key: Key,
    value: u32,
    len: u32,
) -> Served {
    let rules = machine.rules();
    let largest = rules.limits.payload_len;
    pay(machine, rules.host.set_storage.of(len))?;
    let charged = charge(machine, rules.host.old_value.of(largest))?;
    if len > largest {
        return Err(Error::ValueTooLarge.into());
    }
    let key = key.read(machine, memory)?;
    let value = memory.read(value, len)?;
    let old = machine.set_storage(key, Some(value))?;
    let actual = rules.host.old_value.of(old.unwrap_or(0));
    machine.top_mut()?.gas.adjust(charged, actual);
    Ok(u64::from(old.unwrap_or(SENTINEL)))
}

pub(super) fn clear_fixed(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    clear(machine, memory, Key::Fixed(args.u32(0))).map(|_| 0)
}

pub(super) fn clear_variable(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    clear(machine, memory, Key::Variable(args.u32(0), args.u32(1)))
}

fn clear(machine: &mut Machine<'_, '_>, memory: &mut Memory<'_>, key: Key) -> Served {
    let rules = machine.rules();
    pay(machine, rules.host.clear_storage.base())?;
    let charged = charge(machine, rules.host.old_value.of(rules.limits.payload_len))?;
    let key = key.read(machine, memory)?;
    let old = machine.set_storage(key, None)?;
    let actual = rules.host.old_value.of(old.unwrap_or(0));
    machine.top_mut()?.gas.adjust(charged, actual);
    Ok(u64::from(old.unwrap_or(SENTINEL)))
}

pub(super) fn get_fixed(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = Key::Fixed(args.u32(0));
    get(machine, memory, key, args.u32(1), args.u32(2))
}

pub(super) fn get_variable(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let key = Key::Variable(args.u32(0), args.u32(1));
    get(machine, memory, key, args.u32(2), args.u32(3))
}

fn get(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    key: Key,
    out: u32,
    out_len: u32,
) -> Served {
    let rules = machine.rules();
    let cost = rules.host.get_storage;
    let charged = charge(machine, cost.of(rules.limits.payload_len))?;
    let key = key.read(machine, memory)?.in_state(&machine.top()?.prefix);
    let value = machine.state.get(&key);
    // Lengths are bounded by the rules.
    let len = value.map_or(0, <[u8]>::len) as u32;
    let written = value.map(|value| memory.write_output(out, out_len, value));
    machine.top_mut()?.gas.adjust(charged, cost.of(len));
    match written {
        Some(written) => written.map(|()| Code::Success.into()).map_err(Trap::from),
        None => Ok(Code::KeyNotFound.into()),
    }
}

pub(super) fn contains_fixed(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    contains(machine, memory, Key::Fixed(args.u32(0)))
}

pub(super) fn contains_variable(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    contains(machine, memory, Key::Variable(args.u32(0), args.u32(1)))
}

fn contains(machine: &mut Machine<'_, '_>, memory: &mut Memory<'_>, key: Key) -> Served {
    let rules = machine.rules();
    let cost = rules.host.contains_storage;
    let charged = charge(machine, cost.of(rules.limits.payload_len))?;
    let key = key.read(machine, memory)?;
    let len = machine.get_storage(key)?.map(|value| value.len() as u32);
    let actual = cost.of(len.unwrap_or(0));
    machine.top_mut()?.gas.adjust(charged, actual);
    Ok(u64::from(len.unwrap_or(SENTINEL)))
}

pub(super) fn take_variable(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let rules = machine.rules();
    let cost = rules.host.take_storage;
    let charged = charge(machine, cost.of(rules.limits.payload_len))?;
    let key = Key::Variable(args.u32(0), args.u32(1));
    let key = key.read(machine, memory)?.in_state(&machine.top()?.prefix);
    let Some(value) = machine.state.get(&key).map(<[u8]>::to_vec) else {
        machine.top_mut()?.gas.adjust(charged, cost.of(0));
        return Ok(Code::KeyNotFound.into());
    };
    let len = value.len() as u32;
    machine.top_mut()?.gas.adjust(charged, cost.of(len));
    machine.state.remove(&key);
    machine.top_mut()?.deposit.diff().count(Some(len), None);
    memory.write_output(args.u32(2), args.u32(3), &value)?;
    Ok(Code::Success.into())
}
