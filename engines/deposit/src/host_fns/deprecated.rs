//! What contracts of earlier times import. New code can't; what is there goes on.

use super::{output::flat, pay, Args};
use crate::{
    error::Error,
    exec::{Machine, Trap},
    hash::blake2_256,
    wasm::Memory,
};
use pink_engine_sdk::types::Balance;

type Served = Result<u64, Trap>;

/// BLAKE2b-256(the block's entropy ‖ subject): known to everybody before the call is executed.
/// The newer version of the function gives the block of the entropy after it.
pub(super) fn random_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    random(machine, memory, args, false)
}

pub(super) fn random_1(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    random(machine, memory, args, true)
}

fn random(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
    with_block: bool,
) -> Served {
    let rules = machine.rules();
    let len = args.u32(1);
    pay(machine, rules.host.blake2_256.of(len.saturating_add(32)))?;
    if len > rules.limits.random_subject_len {
        return Err(Error::ExtensionFailed("RandomSubjectTooLong").into());
    }
    let mut subject = machine.env.block.entropy.to_vec();
    subject.extend_from_slice(memory.read(args.u32(0), len)?);
    let mut hash = blake2_256(&subject).to_vec();
    if with_block {
        hash.extend_from_slice(&machine.env.block.number.to_le_bytes());
    }
    flat(machine, memory, (args.u32(2), args.u32(3)), &hash)
}

/// There are no tombstones.
pub(super) fn tombstone_deposit(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let deposit: Balance = 0;
    flat(
        machine,
        memory,
        (args.u32(0), args.u32(1)),
        &deposit.to_le_bytes(),
    )
}

/// There is no rent, and so no limit to what may be spent on it.
pub(super) fn rent_allowance(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    flat(
        machine,
        memory,
        (args.u32(0), args.u32(1)),
        &Balance::MAX.to_le_bytes(),
    )
}

/// What set the rent's rules, or brought contracts back: nothing happens.
pub(super) fn nothing(machine: &mut Machine<'_, '_>, _: &mut Memory<'_>, _: Args<'_>) -> Served {
    pay(machine, machine.rules().host.getter.base())?;
    Ok(0)
}
