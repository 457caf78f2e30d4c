//! Pink events: commands of contracts to engine and worker; and the system contract's rights.

use super::{fine, from_host, Answer};
use crate::{bytes::length, error::Error, ext::Ext};
use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{
    capi::pink::{self, PinkEvent},
    types::{AccountId, Hash, Version},
};

/// Looks at an event before it is emitted. One command is the engine's to take: the request of a
/// newer engine, which becomes an effect of the block. The others are for the worker.
///
/// # Errors
/// A command that only the system contract may give, from another contract; a request of a version
/// that the block doesn't allow, or one that can't be read.
pub(crate) fn note_event(ext: &mut dyn Ext, topics: &[Hash], data: &[u8]) -> Result<(), Error> {
    let contract = ext.address()?;
    let (Some((&command, mut rest)), true) = (data.split_first(), pink::is_pink(topics)) else {
        return Ok(());
    };
    if pink::is_privileged(command) && ext.cluster().system_contract != Some(contract) {
        return Err(Error::ExtensionFailed("BadOrigin"));
    }
    if command != PinkEvent::UPGRADE_RUNTIME_TO {
        return Ok(());
    }
    let to = Version::decode(&mut rest).map_err(|_| Error::DecodingFailed)?;
    if !rest.is_empty() {
        return Err(Error::DecodingFailed);
    }
    if !ext.block().upgrade_targets.contains(&to) {
        return Err(Error::ExtensionFailed("UnsupportedUpgradeTarget"));
    }
    ext.request_upgrade(to);
    Ok(())
}

/// Emits a command in the contract's name: one that everybody may give.
pub(super) fn emit(ext: &mut dyn Ext, command: &PinkEvent) -> Result<(), Error> {
    let data = command.encode();
    let len = length(&data);
    ext.pay(ext.rules().host.deposit_event.of(len))?;
    ext.count_event(len)?;
    ext.deposit_event(vec![pink::TOPIC], data)
}

/// Function 20: stores the chain's current system code at `payer`'s expense, and returns its hash;
/// nothing when the chain has none. The system contract only.
pub(super) fn import_latest_system_code(
    ext: &mut dyn Ext,
    contract: AccountId,
    payer: AccountId,
) -> Answer {
    if ext.cluster().system_contract != Some(contract) {
        return Err(Error::ExtensionFailed("BadOrigin"));
    }
    let Some(hash) = ext.block().system_code else {
        return fine(None::<Hash>);
    };
    let reply = ext.host().system_code(&hash);
    let Some(code) = from_host(ext, reply)? else {
        return fine(None::<Hash>);
    };
    ext.pay(ext.rules().bases.upload.of(length(&code)))?;
    ext.store_code(code, &hash, payer)?;
    fine(Some(hash))
}
