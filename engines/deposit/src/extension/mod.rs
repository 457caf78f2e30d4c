//! The pink extension: what a contract may ask its engine for, by number.
//!
//! An id is the extension's number (0) in the upper half and the function's in the lower. The
//! input is the SCALE tuple of the arguments, the output the SCALE of the answer. In a
//! transaction and in the estimate of one, what the outside would decide has a fixed answer, so
//! that every worker gives the same; in a query it goes through the host. Everything is paid for
//! in every mode alike.

mod keys;
mod outside;
mod pink;

pub(crate) use pink::note_event;

use crate::{error::Error, exec::Machine, records, state::Account};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_engine_sdk::{
    types::{AccountId, Balance, Hash, Mode, Weight},
    Fault,
};

/// What a function answers: a status, which is 0 if it worked, and then the output.
pub(crate) type Answer = Result<(u32, Vec<u8>), Error>;

fn fine(output: impl Encode) -> Answer {
    Ok((0, output.encode()))
}

fn args<T: Decode>(mut input: &[u8]) -> Result<T, Error> {
    T::decode_all(&mut input).map_err(|_| Error::DecodingFailed)
}

/// Serves one call of the running contract. Its input was paid for.
pub(crate) fn serve(machine: &mut Machine<'_, '_>, id: u32, input: &[u8]) -> Answer {
    if id >> 16 != 0 {
        return Err(Error::ExtensionFailed("UnknownChainExtensionId"));
    }
    if mutates(id) && machine.top()?.read_only {
        return Err(Error::StateChangeDenied);
    }
    let contract = machine.top()?.account;
    let in_query = machine.env.mode == Mode::Query;
    match id {
        1 => outside::http_request(machine, contract, args(input)?),
        2 => keys::sign(machine, args(input)?),
        3 => keys::verify(machine, args(input)?),
        4 => keys::derive(machine, &contract, args(input)?),
        5 => keys::public_key(machine, args(input)?),
        6 => outside::cache_set(machine, contract, args(input)?),
        7 => outside::cache_set_expiration(machine, contract, args(input)?),
        8 => outside::cache_get(machine, contract, args(input)?),
        9 => outside::cache_remove(machine, contract, args(input)?),
        10 => log(machine, &contract, args(input)?),
        11 => outside::random(machine, args(input)?),
        12 => fact(machine, !in_query),
        13 => keys::ecdsa_sign_prehashed(machine, args(input)?),
        14 => keys::ecdsa_verify_prehashed(machine, args(input)?),
        15 => match machine.cluster.system_contract {
            Some(system) => fact(machine, system),
            None => Err(Error::ExtensionFailed("SystemContractMissing")),
        },
        16 => balance_of(machine, args(input)?),
        17 => outside::worker_pubkey(machine),
        18 => outside::now_ms(machine),
        19 => code_exists(machine, args(input)?),
        20 => pink::import_latest_system_code(machine, contract, args(input)?),
        21 => {
            let version = machine.rules().version;
            fact(machine, (version.major, version.minor))
        }
        22 => outside::batch_http_request(machine, contract, args(input)?),
        // There is no chain of events: it never left its beginning.
        23 => fact(machine, (0u64, Hash::default())),
        // `JsValue::Exception`: there is nothing to run scripts.
        24 => fact(machine, (5u8, "JavaScript isn't available")),
        25 => fact(machine, None::<()>),
        _ => Err(Error::ExtensionFailed("UnknownChainExtensionFunction")),
    }
}

/// Functions that change something, and are refused in read-only frames: the cache, by an order
/// or directly, and the import of code. A line in the log changes nothing, as a debug message
/// doesn't.
fn mutates(id: u32) -> bool {
    matches!(id, 6 | 7 | 9 | 20)
}

/// What the engine knows, or has a fixed answer for.
fn fact(machine: &mut Machine<'_, '_>, output: impl Encode) -> Answer {
    pay(machine, machine.rules().host.extension_fact.base())?;
    fine(output)
}

/// A line for whoever operates the worker, in every mode.
fn log(machine: &mut Machine<'_, '_>, contract: &AccountId, (level, text): (u8, String)) -> Answer {
    let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
    pay(machine, machine.rules().host.extension_log.of(bytes))?;
    machine
        .state
        .host()
        .log(level.clamp(1, 5), Some(contract), &text);
    fine(())
}

/// What an account has in total, and what of it isn't held. Of anybody.
fn balance_of(machine: &mut Machine<'_, '_>, who: AccountId) -> Answer {
    pay(machine, machine.rules().host.extension_balance.base())?;
    let account: Account = machine.ledger().account(&who);
    let balances: (Balance, Balance) = (account.total(), account.free);
    fine(balances)
}

/// Programs that run beside contracts aren't code of the cluster.
fn code_exists(machine: &mut Machine<'_, '_>, (hash, sidevm): (Hash, bool)) -> Answer {
    pay(machine, machine.rules().host.extension_code_exists.base())?;
    fine(!sidevm && records::code_len(machine.state, &hash).is_some())
}

fn pay(machine: &mut Machine<'_, '_>, amount: Weight) -> Result<(), Error> {
    machine.top_mut()?.gas.charge(amount).map(|_| ())
}

/// What the host gave; if it failed, the whole call is void, and so is what the contract sees.
fn from_host<T>(machine: &mut Machine<'_, '_>, reply: Result<T, Fault>) -> Result<T, Error> {
    reply.map_err(|fault| {
        machine.state.set_fault(fault);
        Error::ExtensionFailed("HostFailed")
    })
}
