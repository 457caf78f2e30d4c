//! What a contract can learn of itself, of its caller, and of the world.

use super::{output::flat, pay, Args, Code};
use crate::{
    exec::{Entry, Machine, Trap},
    wasm::Memory,
};
use pink_engine_sdk::types::{AccountId, Balance};

type Served = Result<u64, Trap>;

fn out(args: Args<'_>, first: usize) -> (u32, u32) {
    (args.u32(first), args.u32(first.saturating_add(1)))
}

fn getter(machine: &mut Machine<'_, '_>) -> Result<(), Trap> {
    Ok(pay(machine, machine.rules().host.getter.base())?)
}

pub(super) fn caller(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let caller = machine.top()?.caller;
    flat(machine, memory, out(args, 0), &caller)
}

pub(super) fn address(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let address = machine.top()?.account;
    flat(machine, memory, out(args, 0), &address)
}

pub(super) fn value_transferred(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let value = machine.top()?.value.to_le_bytes();
    flat(machine, memory, out(args, 0), &value)
}

pub(super) fn now(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let now = machine.env.block.now_ms.to_le_bytes();
    flat(machine, memory, out(args, 0), &now)
}

pub(super) fn block_number(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let number = machine.env.block.number.to_le_bytes();
    flat(machine, memory, out(args, 0), &number)
}

pub(super) fn minimum_balance(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    let minimum = machine.cluster.existential_deposit.to_le_bytes();
    flat(machine, memory, out(args, 0), &minimum)
}

/// What the contract can spend: without the existential deposit and what is held.
pub(super) fn balance(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.balance.base())?;
    let account = machine.top()?.account;
    let balance = machine.ledger().spendable(&account).to_le_bytes();
    memory.write_output(args.u32(0), args.u32(1), &balance)?;
    Ok(0)
}

/// The ref time that is left, after this call was paid.
pub(super) fn gas_left_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    getter(machine)?;
    let left = machine.top()?.gas.left().ref_time.to_le_bytes();
    memory.write_output(args.u32(0), args.u32(1), &left)?;
    Ok(0)
}

/// What is left in both dimensions, as SCALE of a weight (compact numbers).
pub(super) fn gas_left_1(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    use parity_scale_codec::{Compact, Encode};
    getter(machine)?;
    let left = machine.top()?.gas.left();
    let encoded = (Compact(left.ref_time), Compact(left.proof_size)).encode();
    memory.write_output(args.u32(0), args.u32(1), &encoded)?;
    Ok(0)
}

pub(super) fn weight_to_fee_0(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    fee(machine, memory, args.u64(0), out(args, 1))
}

/// Proof size has no price.
pub(super) fn weight_to_fee_1(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    fee(machine, memory, args.u64(0), out(args, 2))
}

fn fee(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    ref_time: u64,
    out: (u32, u32),
) -> Served {
    let fee = Balance::from(ref_time)
        .saturating_mul(machine.cluster.gas_price)
        .to_le_bytes();
    flat(machine, memory, out, &fee)
}

fn account(memory: &Memory<'_>, ptr: u32) -> Result<AccountId, Trap> {
    Ok(memory.read_fixed(ptr)?)
}

pub(super) fn is_contract(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.contract_info.base())?;
    let address = account(memory, args.u32(0))?;
    Ok(u64::from(machine.callable(&address).is_some()))
}

pub(super) fn code_hash(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.contract_info.base())?;
    let address = account(memory, args.u32(0))?;
    let Some(contract) = machine.callable(&address) else {
        return Ok(Code::KeyNotFound.into());
    };
    memory.write_output(args.u32(1), args.u32(2), &contract.code_hash)?;
    Ok(Code::Success.into())
}

/// The contract's code, also while another's runs in its name.
pub(super) fn own_code_hash(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.contract_info.base())?;
    let address = machine.top()?.account;
    let hash = match machine.record(&address) {
        Some(contract) => contract.code_hash,
        None => machine.top()?.code_hash,
    };
    memory.write_output(args.u32(0), args.u32(1), &hash)?;
    Ok(0)
}

pub(super) fn caller_is_origin(
    machine: &mut Machine<'_, '_>,
    _: &mut Memory<'_>,
    _: Args<'_>,
) -> Served {
    getter(machine)?;
    let caller = machine.top()?.caller;
    Ok(u64::from(caller == machine.origin))
}

/// Nobody calls as root here: governance speaks through the pallet's messages.
pub(super) fn caller_is_root(
    machine: &mut Machine<'_, '_>,
    _: &mut Memory<'_>,
    _: Args<'_>,
) -> Served {
    getter(machine)?;
    Ok(0)
}

pub(super) fn instantiation_nonce(
    machine: &mut Machine<'_, '_>,
    _: &mut Memory<'_>,
    _: Args<'_>,
) -> Served {
    pay(machine, machine.rules().host.contract_info.base())?;
    Ok(machine.nonce())
}

/// How often the running contract is on the stack below this frame; delegate calls don't count.
pub(super) fn reentrance_count(
    machine: &mut Machine<'_, '_>,
    _: &mut Memory<'_>,
    _: Args<'_>,
) -> Served {
    getter(machine)?;
    let account = machine.top()?.account;
    Ok(count(machine, &account).saturating_sub(1))
}

/// How often an account is on the stack; delegate calls don't count.
pub(super) fn account_reentrance_count(
    machine: &mut Machine<'_, '_>,
    memory: &mut Memory<'_>,
    args: Args<'_>,
) -> Served {
    getter(machine)?;
    let account = account(memory, args.u32(0))?;
    Ok(count(machine, &account))
}

fn count(machine: &Machine<'_, '_>, account: &AccountId) -> u64 {
    machine
        .frames
        .iter()
        .filter(|frame| frame.account == *account && !frame.delegated)
        .filter(|frame| matches!(frame.entry, Entry::Call | Entry::Deploy))
        .count() as u64
}
