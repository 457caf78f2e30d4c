//! What a contract can ask about itself, its call and its block.

use super::{
    sandbox::{already_paid, Sandbox},
    TrapReason,
};
use crate::{error::Error, ext::RentParams, versions::HostFnWeights};
use parity_scale_codec::Encode;
use pink_engine_sdk::types::{Balance, Hash};
use sp_crypto_hashing::blake2_256;

/// Charges, computes and writes: what all functions here do.
fn answer<T: Encode>(
    sandbox: &mut Sandbox<'_, '_>,
    (out, out_len): (u32, u32),
    price: impl FnOnce(&HostFnWeights) -> u64,
    value: impl FnOnce(&mut Sandbox<'_, '_>) -> T,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(price)?;
    let bytes = value(sandbox).encode();
    Ok(sandbox.output(out, out_len, &bytes, already_paid)?)
}

/// Declares a function of two pointers out of its price and its value.
macro_rules! answers {
    ($($(#[$doc:meta])+ $name:ident: $price:ident = |$sandbox:ident| $value:expr;)+) => {
        $(
            $(#[$doc])+
            pub(super) fn $name(
                sandbox: &mut Sandbox<'_, '_>,
                out: u32,
                out_len: u32,
            ) -> Result<(), TrapReason> {
                answer(sandbox, (out, out_len), |w| w.$price, |$sandbox| $value)
            }
        )+
    };
}

answers! {
    /// Who called.
    caller: caller = |sandbox| sandbox.frame().caller().copied().unwrap_or_default();
    /// The contract's own address.
    address: address = |sandbox| sandbox.frame().account;
    /// What is left of the gas, after paying for this.
    gas_left: gas_left = |sandbox| sandbox.runtime.meter.left();
    /// What the contract has, with the value of this call.
    balance: balance = |sandbox| {
        let address = sandbox.frame().account;
        sandbox.ext().free(&address)
    };
    /// The value of this call.
    value_transferred: value_transferred = |sandbox| sandbox.runtime.value;
    /// The existential deposit.
    minimum_balance: minimum_balance =
        |sandbox| sandbox.ext().cluster().existential_deposit;
    /// What a contract keeps beyond that.
    tombstone_deposit: tombstone_deposit =
        |sandbox| sandbox.ext().config().tombstone_deposit;
    /// What the contract may still spend on rent.
    rent_allowance: rent_allowance = |sandbox| {
        let address = sandbox.frame().account;
        let contract = sandbox.ext().alive(&address);
        contract.map_or(Balance::MAX, |contract| contract.rent_allowance)
    };
    /// The block's number.
    block_number: block_number = |sandbox| sandbox.ext().block().number;
    /// The block's time, in milliseconds.
    now: now = |sandbox| sandbox.ext().block().now_ms;
}

/// What so much gas costs.
pub(super) fn weight_to_fee(
    sandbox: &mut Sandbox<'_, '_>,
    gas: u64,
    out: u32,
    out_len: u32,
) -> Result<(), TrapReason> {
    let fee = |sandbox: &mut Sandbox<'_, '_>| {
        Balance::from(gas).saturating_mul(sandbox.ext().cluster().gas_price)
    };
    answer(sandbox, (out, out_len), |w| w.weight_to_fee, fee)
}

/// Changes what the contract may spend on rent.
pub(super) fn set_rent_allowance(
    sandbox: &mut Sandbox<'_, '_>,
    value: u32,
    value_len: u32,
) -> Result<(), TrapReason> {
    let _ = sandbox.charge(|w| w.set_rent_allowance)?;
    let rent_allowance = sandbox.read_as(value, value_len)?;
    let address = sandbox.frame().account;
    sandbox.ext().set_rent_allowance(&address, rent_allowance);
    Ok(())
}

/// A random value that depends on the block and the subject alone.
fn seed(sandbox: &mut Sandbox<'_, '_>, subject: u32, subject_len: u32) -> Result<Hash, Error> {
    let _ = sandbox.charge(|w| w.random)?;
    if subject_len > sandbox.schedule().limits.subject_len {
        return Err(Error::RandomSubjectTooLong);
    }
    let subject = sandbox.read(subject, subject_len)?;
    let entropy = sandbox.ext().block().entropy;
    Ok(blake2_256(&[&entropy[..], &subject].concat()))
}

/// `seal0.seal_random`: the value alone.
pub(super) fn random(
    sandbox: &mut Sandbox<'_, '_>,
    subject: u32,
    subject_len: u32,
    out: u32,
    out_len: u32,
) -> Result<(), TrapReason> {
    let seed = seed(sandbox, subject, subject_len)?;
    Ok(sandbox.output(out, out_len, &seed, already_paid)?)
}

/// `seal1.seal_random`: also the block from which on it could be known. A block's entropy is made
/// from its parent's hash.
pub(super) fn random_since(
    sandbox: &mut Sandbox<'_, '_>,
    subject: u32,
    subject_len: u32,
    out: u32,
    out_len: u32,
) -> Result<(), TrapReason> {
    let seed = seed(sandbox, subject, subject_len)?;
    let since = sandbox.ext().block().number.saturating_sub(1);
    Ok(sandbox.output(out, out_len, &(seed, since).encode(), already_paid)?)
}

/// What the contract's rent depends on.
pub(super) fn rent_params(
    sandbox: &mut Sandbox<'_, '_>,
    out: u32,
    out_len: u32,
) -> Result<(), TrapReason> {
    let params = |sandbox: &mut Sandbox<'_, '_>| -> Option<RentParams> {
        sandbox.runtime.rent_params.clone()
    };
    let _ = sandbox.charge(|w| w.rent_params)?;
    let params = params(sandbox).ok_or(Error::ContractTrapped)?;
    Ok(sandbox.output(out, out_len, &params.encode(), already_paid)?)
}
