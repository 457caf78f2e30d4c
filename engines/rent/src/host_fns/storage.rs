//! `seal_set_storage`, `seal_clear_storage`, `seal_get_storage`.

use super::{
    calls::ReturnCode,
    sandbox::{priced, Sandbox},
    TrapReason,
};
use crate::error::Error;

/// Writes a value, which may be empty: that is an item all the same.
pub(super) fn set(
    sandbox: &mut Sandbox<'_, '_>,
    key: u32,
    value: u32,
    len: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| priced(w.set_storage, w.set_storage_per_byte, len))?;
    if len > sandbox.ext().config().max_value_size {
        return Err(Error::ValueTooLarge.into());
    }
    let key = sandbox.read_key(key)?;
    let value = sandbox.read(value, len)?;
    write(sandbox, &key, Some(value))
}

/// Removes a value, if there is one.
pub(super) fn clear(sandbox: &mut Sandbox<'_, '_>, key: u32) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| w.clear_storage)?;
    let key = sandbox.read_key(key)?;
    write(sandbox, &key, None)
}

fn write(
    sandbox: &mut Sandbox<'_, '_>,
    key: &[u8; 32],
    value: Option<Vec<u8>>,
) -> Result<(), TrapReason> {
    let address = sandbox.frame().account;
    Ok(sandbox.ext().write_storage(&address, key, value)?)
}

/// Reads a value.
pub(super) fn get(
    sandbox: &mut Sandbox<'_, '_>,
    key: u32,
    out: u32,
    out_len: u32,
) -> Result<u32, TrapReason> {
    let _ = sandbox.charge(|w| w.get_storage)?;
    let key = sandbox.read_key(key)?;
    let prefix = sandbox.frame().prefix.unwrap_or_default();
    let value = sandbox.ext().read_storage(&prefix, &key);
    let Some(value) = value else {
        return Ok(ReturnCode::KeyNotFound.into());
    };
    sandbox.output(out, out_len, &value, |w, len| {
        priced(0, w.get_storage_per_byte, len)
    })?;
    Ok(ReturnCode::Success.into())
}
