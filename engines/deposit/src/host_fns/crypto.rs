//! Hashes and signatures. Buffers may overlap: the input is read before the output is written.

use super::{pay, Args, Code};
use crate::{
    costs::Cost,
    exec::{Machine, Trap},
    hash,
    wasm::Memory,
};

type Served = Result<u64, Trap>;

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
    let signature = memory.read_fixed::<65>(args.u32(0))?;
    let message = memory.read_fixed::<32>(args.u32(1))?;
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
    let key = memory.read_fixed::<33>(args.u32(0))?;
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
    let signature = memory.read_fixed::<64>(args.u32(0))?;
    let key = memory.read_fixed::<32>(args.u32(1))?;
    let message = memory.read(args.u32(3), len)?;
    Ok(
        match crate::signatures::sr25519_verify(&signature, &key, message) {
            true => Code::Success.into(),
            false => Code::Sr25519VerifyFailed.into(),
        },
    )
}
