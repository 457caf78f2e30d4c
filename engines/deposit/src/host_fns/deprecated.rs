//! What contracts of earlier times import. New code can't; what is there goes on.

use super::{io::flat, HostFnResult, Memory};
use crate::{error::Error, ext::Ext, hash::blake2_256};
use pink_engine_sdk::types::Balance;

/// BLAKE2b-256(the block's entropy ‖ subject): known to everybody before the call is executed.
pub(super) fn random_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    subject: u32,
    subject_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let hash = random(ext, memory, subject, subject_len)?;
    flat(ext, memory, (out, out_len), &hash)
}

/// The newer version of the function says the block of the entropy after it.
pub(super) fn random_1(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    subject: u32,
    subject_len: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let mut random = random(ext, memory, subject, subject_len)?.to_vec();
    random.extend_from_slice(&ext.block().number.to_le_bytes());
    flat(ext, memory, (out, out_len), &random)
}

fn random(
    ext: &mut dyn Ext,
    memory: &Memory<'_>,
    subject: u32,
    subject_len: u32,
) -> Result<[u8; 32], Error> {
    let rules = ext.rules();
    ext.pay(rules.host.blake2_256.of(subject_len.saturating_add(32)))?;
    if subject_len > rules.limits.random_subject_len {
        return Err(Error::ExtensionFailed("RandomSubjectTooLong"));
    }
    let mut hashed = ext.block().entropy.to_vec();
    hashed.extend_from_slice(memory.read(subject, subject_len)?);
    Ok(blake2_256(&hashed))
}

/// There are no tombstones.
pub(super) fn tombstone_deposit(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let deposit: Balance = 0;
    flat(ext, memory, (out, out_len), &deposit.to_le_bytes())
}

/// There is no rent, and so no limit to what may be spent on it.
pub(super) fn rent_allowance(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    flat(ext, memory, (out, out_len), &Balance::MAX.to_le_bytes())
}

#[allow(clippy::too_many_arguments)] // the signature is the contracts'
pub(super) fn restore_to_0(
    ext: &mut dyn Ext,
    _: &mut Memory<'_>,
    _dest: u32,
    _dest_len: u32,
    _code_hash: u32,
    _code_hash_len: u32,
    _allowance: u32,
    _allowance_len: u32,
    _delta: u32,
    _delta_count: u32,
) -> HostFnResult<()> {
    nothing(ext)
}

pub(super) fn restore_to_1(
    ext: &mut dyn Ext,
    _: &mut Memory<'_>,
    _dest: u32,
    _code_hash: u32,
    _allowance: u32,
    _delta: u32,
    _delta_count: u32,
) -> HostFnResult<()> {
    nothing(ext)
}

pub(super) fn set_rent_allowance_0(
    ext: &mut dyn Ext,
    _: &mut Memory<'_>,
    _value: u32,
    _value_len: u32,
) -> HostFnResult<()> {
    nothing(ext)
}

pub(super) fn set_rent_allowance_1(
    ext: &mut dyn Ext,
    _: &mut Memory<'_>,
    _value: u32,
) -> HostFnResult<()> {
    nothing(ext)
}

/// What set the rent's rules, or brought contracts back: nothing happens.
fn nothing(ext: &mut dyn Ext) -> HostFnResult<()> {
    Ok(ext.pay(ext.rules().host.getter.base())?)
}
