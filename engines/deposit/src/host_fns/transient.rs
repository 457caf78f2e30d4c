//! Transient storage; behind a rule that is off.

use super::{memory::SENTINEL, Code, HostFnResult, Memory};
use crate::{bytes::length, error::Error, ext::Ext, hash::blake2_128};

/// The key, and the price of a value of `bytes` bytes, which is paid before anything is looked at.
fn key(
    ext: &mut dyn Ext,
    memory: &Memory<'_>,
    (ptr, len): (u32, u32),
    bytes: u32,
) -> Result<Vec<u8>, Error> {
    let rules = ext.rules();
    ext.pay(rules.host.transient.of(bytes.saturating_add(len)))?;
    if bytes > rules.limits.payload_len {
        return Err(Error::ValueTooLarge);
    }
    if len > rules.limits.storage_key_len {
        return Err(Error::DecodingFailed);
    }
    let mut key = ext.address()?.to_vec();
    key.extend_from_slice(&blake2_128(memory.read(ptr, len)?));
    key.extend_from_slice(memory.read(ptr, len)?);
    Ok(key)
}

pub(super) fn set(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key_ptr: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
) -> HostFnResult<u32> {
    let key = key(ext, memory, (key_ptr, key_len), value_len)?;
    let value = memory.read(value, value_len)?.to_vec();
    let old = ext.set_transient(key, Some(value))?;
    Ok(old.as_deref().map_or(SENTINEL, length))
}

pub(super) fn clear(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key_ptr: u32,
    key_len: u32,
) -> HostFnResult<u32> {
    let key = key(ext, memory, (key_ptr, key_len), 0)?;
    let old = ext.set_transient(key, None)?;
    Ok(old.as_deref().map_or(SENTINEL, length))
}

pub(super) fn get(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key_ptr: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let largest = ext.rules().limits.payload_len;
    let key = key(ext, memory, (key_ptr, key_len), largest)?;
    let Some(value) = ext.get_transient(&key) else {
        return Ok(Code::KeyNotFound.into());
    };
    memory.write_output(out, out_len, value)?;
    Ok(Code::Success.into())
}

pub(super) fn contains(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key_ptr: u32,
    key_len: u32,
) -> HostFnResult<u32> {
    let key = key(ext, memory, (key_ptr, key_len), 0)?;
    Ok(ext.get_transient(&key).map_or(SENTINEL, length))
}

pub(super) fn take(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key_ptr: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    let largest = ext.rules().limits.payload_len;
    let key = key(ext, memory, (key_ptr, key_len), largest)?;
    let Some(value) = ext.set_transient(key, None)? else {
        return Ok(Code::KeyNotFound.into());
    };
    memory.write_output(out, out_len, &value)?;
    Ok(Code::Success.into())
}
