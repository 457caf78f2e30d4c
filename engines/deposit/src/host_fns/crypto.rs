//! Hashes and signatures. Buffers may overlap: the input is read before the output is written.

use super::{Code, HostFnResult, Memory};
use crate::{error::Error, ext::Ext, hash, signatures, versions::Cost};

/// `N` bytes; unlike a value that is decoded, one that ends outside lies outside.
fn exact<const N: usize>(memory: &Memory<'_>, ptr: u32) -> Result<[u8; N], Error> {
    let bytes = memory.read(ptr, u32::try_from(N).unwrap_or(u32::MAX))?;
    bytes.try_into().map_err(|_| Error::OutOfBounds)
}

fn digest<const N: usize>(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    (input, input_len): (u32, u32),
    out: u32,
    cost: Cost,
    hash: fn(&[u8]) -> [u8; N],
) -> HostFnResult<()> {
    ext.pay(cost.of(input_len))?;
    let digest = hash(memory.read(input, input_len)?);
    Ok(memory.write(out, &digest)?)
}

pub(super) fn sha2_256(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    input: u32,
    input_len: u32,
    out: u32,
) -> HostFnResult<()> {
    let cost = ext.rules().host.sha2_256;
    digest(ext, memory, (input, input_len), out, cost, hash::sha2_256)
}

pub(super) fn keccak_256(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    input: u32,
    input_len: u32,
    out: u32,
) -> HostFnResult<()> {
    let cost = ext.rules().host.keccak_256;
    digest(ext, memory, (input, input_len), out, cost, hash::keccak_256)
}

pub(super) fn blake2_256(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    input: u32,
    input_len: u32,
    out: u32,
) -> HostFnResult<()> {
    let cost = ext.rules().host.blake2_256;
    digest(ext, memory, (input, input_len), out, cost, hash::blake2_256)
}

pub(super) fn blake2_128(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    input: u32,
    input_len: u32,
    out: u32,
) -> HostFnResult<()> {
    let cost = ext.rules().host.blake2_128;
    digest(ext, memory, (input, input_len), out, cost, hash::blake2_128)
}

pub(super) fn ecdsa_recover(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    signature: u32,
    message_hash: u32,
    out: u32,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.ecdsa_recover.base())?;
    let signature = exact::<65>(memory, signature)?;
    let message = exact::<32>(memory, message_hash)?;
    let Some(key) = signatures::ecdsa_recover(&signature, &message) else {
        return Ok(Code::EcdsaRecoveryFailed.into());
    };
    memory.write(out, &key)?;
    Ok(Code::Success.into())
}

pub(super) fn ecdsa_to_eth_address(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    key: u32,
    out: u32,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.ecdsa_to_eth_address.base())?;
    let key = exact::<33>(memory, key)?;
    let Some(address) = signatures::ecdsa_to_eth_address(&key) else {
        return Ok(Code::EcdsaRecoveryFailed.into());
    };
    memory.write(out, &address)?;
    Ok(Code::Success.into())
}

pub(super) fn sr25519_verify(
    ext: &mut dyn Ext,
    memory: &mut Memory<'_>,
    signature: u32,
    key: u32,
    message_len: u32,
    message: u32,
) -> HostFnResult<u32> {
    ext.pay(ext.rules().host.sr25519_verify.of(message_len))?;
    let signature = exact::<64>(memory, signature)?;
    let key = exact::<32>(memory, key)?;
    let message = memory.read(message, message_len)?;
    let code = if signatures::sr25519_verify(&signature, &key, message) {
        Code::Success
    } else {
        Code::Sr25519VerifyFailed
    };
    Ok(code.into())
}
