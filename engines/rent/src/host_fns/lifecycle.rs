//! `seal_terminate`, `seal_restore_to`.

use super::{
    sandbox::{priced, Sandbox},
    TrapReason,
};
use crate::{
    error::Error,
    ext::{Restoration, Terminated},
    versions::HostFnWeights,
};
use pink_engine_sdk::types::AccountId;

/// Ends the contract. Never returns to it.
pub(super) fn terminate(
    sandbox: &mut Sandbox<'_, '_>,
    beneficiary: u32,
    beneficiary_len: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| w.terminate)?;
    let beneficiary: AccountId = sandbox.read_as(beneficiary, beneficiary_len)?;
    let longest = sandbox.ext().config().max_code_size;
    let charged = sandbox.charge(|w| priced(0, w.terminate_per_code_byte, longest))?;
    let frame = sandbox.frame();
    let Terminated { result, code_len } = sandbox.ext().terminate(frame, &beneficiary);
    sandbox.adjust(charged, |w| priced(0, w.terminate_per_code_byte, code_len));
    result?;
    Err(TrapReason::Ended)
}

/// Restores a tombstone from the contract's storage. Never returns to it.
#[allow(clippy::too_many_arguments)] // the signature is the contracts'
pub(super) fn restore_to(
    sandbox: &mut Sandbox<'_, '_>,
    dest: u32,
    dest_len: u32,
    code_hash: u32,
    code_hash_len: u32,
    rent_allowance: u32,
    rent_allowance_len: u32,
    delta: u32,
    delta_count: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| priced(w.restore_to, w.restore_to_per_delta, delta_count))?;
    let wanted = Restoration {
        dest: sandbox.read_as(dest, dest_len)?,
        code_hash: sandbox.read_as(code_hash, code_hash_len)?,
        rent_allowance: sandbox.read_as(rent_allowance, rent_allowance_len)?,
        delta: keys(sandbox, delta, delta_count)?,
    };
    charge_root(sandbox)?;
    let longest = sandbox.ext().config().max_code_size;
    let charged = sandbox.charge(|w| both_codes(w, longest, longest))?;
    let frame = sandbox.frame();
    let (result, lengths) = sandbox.ext().restore(frame, wanted);
    sandbox.adjust(charged, |w| {
        both_codes(w, lengths.caller_code, lengths.tombstone_code)
    });
    result?;
    Err(TrapReason::Ended)
}

fn both_codes(w: &HostFnWeights, caller: u32, tombstone: u32) -> u64 {
    priced(0, w.restore_to_per_caller_code_byte, caller).saturating_add(priced(
        0,
        w.restore_to_per_tombstone_code_byte,
        tombstone,
    ))
}

fn keys(sandbox: &Sandbox<'_, '_>, at: u32, count: u32) -> Result<Vec<[u8; 32]>, Error> {
    // As in 2021, where each key was read by itself: none is read, wherever the pointer leads.
    if count == 0 {
        return Ok(Vec::new());
    }
    let len = count.saturating_mul(32);
    if len > sandbox.schedule().limits.max_memory_size() {
        return Err(Error::OutOfBounds);
    }
    let bytes = sandbox.read(at, len)?;
    let (keys, _) = bytes.as_chunks::<32>();
    Ok(keys.to_vec())
}

/// Pays for computing the root of the contract's storage; see `Rules::restore_per_item`.
fn charge_root(sandbox: &mut Sandbox<'_, '_>) -> Result<(), Error> {
    let address = sandbox.frame().account;
    let Some(contract) = sandbox.ext().alive(&address) else {
        return Ok(());
    };
    let rules = sandbox.ext().rules();
    let weight = priced(0, rules.restore_per_item, contract.pair_count).saturating_add(priced(
        0,
        rules.restore_per_byte,
        contract.storage_size,
    ));
    let _ = sandbox.runtime.meter.charge(weight)?;
    Ok(())
}
