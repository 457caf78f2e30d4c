//! Hashes and signatures. Buffers may overlap: the input is read before the output is written.

use super::{pay, Args, Code};
use crate::{
    error::Error,
    exec::{Machine, Trap},
    hash,
    versions::Cost,
    wasm::Memory,
};

type Served = Result<u64, Trap>;

/// So many bytes; unlike a value that is decoded, one that ends outside lies outside.
fn exact<const N: usize>(memory: &Memory<'_>, ptr: u32) -> Result<[u8; N], Error> {
    let bytes = memory.read(ptr, u32::try_from(N).unwrap_or(u32::MAX))?;
    bytes.try_into().map_err(|_| Error::OutOfBounds)
}

fn digest<const N: usize>(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
    cost: Cost,
    hash: fn(&[u8]) -> [u8; N],
) -> Served {
    let len = args.u32(1);
    pay(machine, cost.of(len))?;
    let digest = hash(memory.read(args.u32(0), len)?);
    memory.write(args.u32(2), &digest)?;
    Ok(0)
}

pub(super) fn sha2_256(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let cost = machine.rules().host.sha2_256;
    digest(machine, memory, args, cost, hash::sha2_256)
}

pub(super) fn keccak_256(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let cost = machine.rules().host.keccak_256;
    digest(machine, memory, args, cost, hash::keccak_256)
}

pub(super) fn blake2_256(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let cost = machine.rules().host.blake2_256;
    digest(machine, memory, args, cost, hash::blake2_256)
}

pub(super) fn blake2_128(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let cost = machine.rules().host.blake2_128;
    digest(machine, memory, args, cost, hash::blake2_128)
}

pub(super) fn ecdsa_recover(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.ecdsa_recover.base())?;
    let signature = exact::<65>(memory, args.u32(0))?;
    let message = exact::<32>(memory, args.u32(1))?;
    Ok(
        match crate::signatures::ecdsa_recover(&signature, &message) {
            Some(key) => {
                memory.write(args.u32(2), &key)?;
                Code::Success.into()
            }
            None => Code::EcdsaRecoveryFailed.into(),
        },
    )
}

pub(super) fn ecdsa_to_eth_address(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.ecdsa_to_eth_address.base())?;
    let key = exact::<33>(memory, args.u32(0))?;
    Ok(match crate::signatures::ecdsa_to_eth_address(&key) {
        Some(address) => {
            memory.write(args.u32(1), &address)?;
            Code::Success.into()
        }
        None => Code::EcdsaRecoveryFailed.into(),
    })
}

pub(super) fn sr25519_verify(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let len = args.u32(2);
    pay(machine, machine.rules().host.sr25519_verify.of(len))?;
    let signature = exact::<64>(memory, args.u32(0))?;
    let key = exact::<32>(memory, args.u32(1))?;
    let message = memory.read(args.u32(3), len)?;
    Ok(
        match crate::signatures::sr25519_verify(&signature, &key, message) {
            true => Code::Success.into(),
            false => Code::Sr25519VerifyFailed.into(),
        },
    )
}
