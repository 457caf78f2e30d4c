//! Storage: fixed keys of 32 bytes, variable keys up to a limit.
//!
//! What a function costs depends on a value that isn't known before it is read. So it is charged
//! for the largest one first, and adjusted. The previous length is the result of a write, or the
//! sentinel if there was no value.

use super::{memory::SENTINEL, Code, HostFnResult, Memory};
use crate::{
    bytes::length,
    error::Error,
    ext::{Ext, StorageKey},
};

/// Where a contract has a key.
#[derive(Clone, Copy)]
enum Key {
    Fixed(u32),
    Variable(u32, u32),
}

impl Key {
    fn read<'a>(self, ext: &mut dyn Ext, memory: &'a Memory<'_>) -> Result<StorageKey<'a>, Error> {
        let (ptr, len) = match self {
            Self::Fixed(ptr) => (ptr, 32),
            Self::Variable(ptr, len) => (ptr, len),
        };
        let rules = ext.rules();
        if len > rules.limits.storage_key_len {
            return Err(Error::DecodingFailed);
        }
        ext.pay(rules.host.storage_key.of(len))?;
        let bytes = memory.read(ptr, len)?;
        Ok(match self {
            Self::Fixed(_) => StorageKey::Fixed(bytes),
            Self::Variable(..) => StorageKey::Variable(bytes),
        })
    }
}

pub(super) fn set_fixed_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    value: u32,
    value_len: u32,
) -> HostFnResult<()> {
    set(ext, memory, Key::Fixed(key), value, value_len).map(drop)
}

pub(super) fn set_fixed(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    value: u32,
    value_len: u32,
) -> HostFnResult<u32> {
    set(ext, memory, Key::Fixed(key), value, value_len)
}

pub(super) fn set_variable(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
) -> HostFnResult<u32> {
    set(ext, memory, Key::Variable(key, key_len), value, value_len)
}

fn set(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: Key,
    value: u32,
    value_len: u32,
) -> HostFnResult<u32> {
    let rules = ext.rules();
    let largest = rules.limits.payload_len;
    ext.pay(rules.host.set_storage.of(value_len))?;
    let charged = ext.charge(rules.host.old_value.of(largest))?;
    if value_len > largest {
        return Err(Error::ValueTooLarge.into());
    }
    let key = key.read(ext, memory)?;
    let value = memory.read(value, value_len)?;
    let old = ext.set_storage(key, Some(value))?;
    ext.adjust(charged, rules.host.old_value.of(old.unwrap_or(0)))?;
    Ok(old.unwrap_or(SENTINEL))
}

pub(super) fn clear_fixed(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
) -> HostFnResult<()> {
    clear(ext, memory, Key::Fixed(key)).map(drop)
}

pub(super) fn clear_variable(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    key_len: u32,
) -> HostFnResult<u32> {
    clear(ext, memory, Key::Variable(key, key_len))
}

fn clear(ext: &mut dyn Ext, memory: &mut Memory<'_>, key: Key) -> HostFnResult<u32> {
    let rules = ext.rules();
    ext.pay(rules.host.clear_storage.base())?;
    let charged = ext.charge(rules.host.old_value.of(rules.limits.payload_len))?;
    let key = key.read(ext, memory)?;
    let old = ext.set_storage(key, None)?;
    ext.adjust(charged, rules.host.old_value.of(old.unwrap_or(0)))?;
    Ok(old.unwrap_or(SENTINEL))
}

pub(super) fn get_fixed(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    get(ext, memory, Key::Fixed(key), out, out_len)
}

pub(super) fn get_variable(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    get(ext, memory, Key::Variable(key, key_len), out, out_len)
}

fn get(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: Key,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let rules = ext.rules();
    let cost = rules.host.get_storage;
    let charged = ext.charge(cost.of(rules.limits.payload_len))?;
    let key = key.read(ext, memory)?;
    let Some(value) = ext.get_storage(key)? else {
        ext.adjust(charged, cost.of(0))?;
        return Ok(Code::KeyNotFound.into());
    };
    let len = length(value);
    let written = memory.write_output(out, out_len, value);
    // What was read is paid for, whether or not there was room for it.
    ext.adjust(charged, cost.of(len))?;
    written?;
    Ok(Code::Success.into())
}

pub(super) fn contains_fixed(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
) -> HostFnResult<u32> {
    contains(ext, memory, Key::Fixed(key))
}

pub(super) fn contains_variable(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    key_len: u32,
) -> HostFnResult<u32> {
    contains(ext, memory, Key::Variable(key, key_len))
}

fn contains(ext: &mut dyn Ext, memory: &mut Memory<'_>, key: Key) -> HostFnResult<u32> {
    let rules = ext.rules();
    let cost = rules.host.contains_storage;
    let charged = ext.charge(cost.of(rules.limits.payload_len))?;
    let key = key.read(ext, memory)?;
    let len = ext.get_storage(key)?.map(length);
    ext.adjust(charged, cost.of(len.unwrap_or(0)))?;
    Ok(len.unwrap_or(SENTINEL))
}

pub(super) fn take_variable(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let rules = ext.rules();
    let cost = rules.host.take_storage;
    let charged = ext.charge(cost.of(rules.limits.payload_len))?;
    let key = Key::Variable(key, key_len).read(ext, memory)?;
    let Some(value) = ext.take_storage(key)? else {
        ext.adjust(charged, cost.of(0))?;
        return Ok(Code::KeyNotFound.into());
    };
    ext.adjust(charged, cost.of(length(&value)))?;
    memory.write_output(out, out_len, &value)?;
    Ok(Code::Success.into())
}
