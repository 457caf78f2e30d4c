//! Pink events: orders of contracts to engine and worker; and the system contract's rights.

use super::{fine, from_host, pay, Answer};
use crate::{error::Error, exec::Machine, messages::Stored};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{
    capi::pink::{self, PinkEvent},
    types::{AccountId, Determinism, Effect, Event, Hash, Version},
};

/// Looks at an event before it is emitted. One order is the engine's to take: the request of a
/// newer engine, which becomes an effect of the block. The others are for the worker.
///
/// # Errors
/// An order that only the system contract may give, from another contract; a request of a version
/// that the block doesn't allow, or one that can't be read.
pub(crate) fn note_event(
    machine: &mut Machine<'_, '_>,
    topics: &[Hash],
    data: &[u8],
) -> Result<(), Error> {
    let contract = machine.top()?.account;
    let (Some((&order, mut rest)), true) = (data.split_first(), pink::is_pink(topics)) else {
        return Ok(());
    };
    if pink::is_privileged(order) && machine.cluster.system_contract != Some(contract) {
        return Err(Error::ExtensionFailed("BadOrigin"));
    }
    if order != PinkEvent::UPGRADE_RUNTIME_TO {
        return Ok(());
    }
    let to = Version::decode(&mut rest).map_err(|_| Error::DecodingFailed)?;
    if !rest.is_empty() {
        return Err(Error::DecodingFailed);
    }
    if !machine.env.block.upgrade_targets.contains(&to) {
        return Err(Error::ExtensionFailed("UnsupportedUpgradeTarget"));
    }
    machine.effects.push(Effect::UpgradeRequested { to });
    Ok(())
}

/// Emits an order in a contract's name.
pub(super) fn emit(
    machine: &mut Machine<'_, '_>,
    contract: AccountId,
    order: &PinkEvent,
) -> Result<(), Error> {
    let data = order.encode();
    // No longer than the input that it was made of.
    let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
    pay(machine, machine.rules().host.deposit_event.of(len))?;
    machine.count_event(len)?;
    machine.events.push(Event::ContractEmitted {
        contract,
        topics: vec![pink::TOPIC],
        data,
    });
    Ok(())
}

/// Function 20: stores the chain's current system code at `payer`'s expense, and gives its hash;
/// nothing when the chain has none. The system contract only.
pub(super) fn import_latest_system_code(
    machine: &mut Machine<'_, '_>,
    contract: AccountId,
    payer: AccountId,
) -> Answer {
    if machine.cluster.system_contract != Some(contract) {
        return Err(Error::ExtensionFailed("BadOrigin"));
    }
    let Some(hash) = machine.env.block.system_code else {
        return fine(None::<Hash>);
    };
    let reply = machine.state.host().system_code(&hash);
    let Some(code) = from_host(machine, reply)? else {
        return fine(None::<Hash>);
    };
    let len = u32::try_from(code.len()).unwrap_or(u32::MAX);
    pay(machine, machine.rules().bases.upload.of(len))?;
    let (core, cluster) = (machine.core, machine.cluster);
    let stored = Stored::check(core, machine.state, cluster, code, Determinism::Enforced)
        .map_err(|_| Error::CodeRejected)?;
    if stored.hash != hash {
        return Err(Error::CodeRejected);
    }
    stored.store(core, machine.state, cluster, payer, &mut machine.events)?;
    fine(Some(hash))
}
