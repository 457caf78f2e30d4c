//! What a contract can learn of itself, of its caller, and of the world.

use super::{io::flat, Code, HostFnResult, Memory};
use crate::{error::Error, ext::Ext};
use parity_scale_codec::{Compact, Encode};
use pink_engine_sdk::types::Balance;

fn getter(ext: &mut dyn Ext) -> Result<(), Error> {
    ext.pay(ext.rules().host.getter.base())
}

fn contract_info(ext: &mut dyn Ext) -> Result<(), Error> {
    ext.pay(ext.rules().host.contract_info.base())
}

pub(super) fn caller(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let caller = ext.caller()?;
    flat(ext, memory, (out, out_len), &caller)
}

pub(super) fn address(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let address = ext.address()?;
    flat(ext, memory, (out, out_len), &address)
}

pub(super) fn value_transferred(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let value = ext.value_transferred()?.to_le_bytes();
    flat(ext, memory, (out, out_len), &value)
}

pub(super) fn now(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let now = ext.block().now_ms.to_le_bytes();
    flat(ext, memory, (out, out_len), &now)
}

pub(super) fn block_number(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let number = ext.block().number.to_le_bytes();
    flat(ext, memory, (out, out_len), &number)
}

pub(super) fn minimum_balance(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let minimum = ext.cluster().existential_deposit.to_le_bytes();
    flat(ext, memory, (out, out_len), &minimum)
}

pub(super) fn balance(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    ext.pay(ext.rules().host.balance.base())?;
    let balance = ext.balance()?.to_le_bytes();
    Ok(memory.write_output(out, out_len, &balance)?)
}

pub(super) fn gas_left_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    getter(ext)?;
    let left = ext.gas_left()?.ref_time.to_le_bytes();
    Ok(memory.write_output(out, out_len, &left)?)
}

pub(super) fn gas_left_1(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    getter(ext)?;
    let left = ext.gas_left()?;
    let encoded = (Compact(left.ref_time), Compact(left.proof_size)).encode();
    Ok(memory.write_output(out, out_len, &encoded)?)
}

pub(super) fn weight_to_fee_0(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    ref_time: u64,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    let price = ext.cluster().gas_price;
    let fee = Balance::from(ref_time).saturating_mul(price);
    flat(ext, memory, (out, out_len), &fee.to_le_bytes())
}

/// Proof size has no price.
pub(super) fn weight_to_fee_1(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    ref_time: u64,
    _proof_size: u64,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    weight_to_fee_0(ext, memory, ref_time, out, out_len)
}

pub(super) fn is_contract(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    address: u32,
) -> HostFnResult<u32> {
    contract_info(ext)?;
    let address = memory.read_fixed(address)?;
    Ok(u32::from(ext.code_hash(&address).is_some()))
}

pub(super) fn code_hash(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    address: u32,
    out: u32,
    out_len: u32,
) -> HostFnResult<u32> {
    contract_info(ext)?;
    let address = memory.read_fixed(address)?;
    let Some(hash) = ext.code_hash(&address) else {
        return Ok(Code::KeyNotFound.into());
    };
    memory.write_output(out, out_len, &hash)?;
    Ok(Code::Success.into())
}

pub(super) fn own_code_hash(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    out: u32,
    out_len: u32,
) -> HostFnResult<()> {
    contract_info(ext)?;
    let hash = ext.own_code_hash()?;
    Ok(memory.write_output(out, out_len, &hash)?)
}

pub(super) fn caller_is_origin(ext: &mut dyn Ext, _: &mut Memory<'_>) -> HostFnResult<u32> {
    getter(ext)?;
    Ok(u32::from(ext.caller()? == ext.origin()))
}

/// Nobody calls as root here: governance speaks through the pallet's messages.
pub(super) fn caller_is_root(ext: &mut dyn Ext, _: &mut Memory<'_>) -> HostFnResult<u32> {
    getter(ext)?;
    Ok(0)
}

pub(super) fn instantiation_nonce(ext: &mut dyn Ext, _: &mut Memory<'_>) -> HostFnResult<u64> {
    contract_info(ext)?;
    Ok(ext.instantiation_nonce())
}

pub(super) fn reentrance_count(ext: &mut dyn Ext, _: &mut Memory<'_>) -> HostFnResult<u32> {
    getter(ext)?;
    let account = ext.address()?;
    // Without this frame.
    Ok(ext.account_reentrance_count(&account).saturating_sub(1))
}

pub(super) fn account_reentrance_count(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    account: u32,
) -> HostFnResult<u32> {
    getter(ext)?;
    let account = memory.read_fixed(account)?;
    Ok(ext.account_reentrance_count(&account))
}
