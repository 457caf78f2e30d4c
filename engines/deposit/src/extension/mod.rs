//! The pink extension: what a contract may ask its engine for, by number.
//!
//! An id is the extension's number (0) in the upper half and the function's in the lower. The
//! input is the SCALE tuple of the arguments, the output the SCALE of the answer. In a
//! transaction and in the estimate of one, what is off the chain has a fixed answer, so
//! that every worker gives the same; in a query it goes through the host. Everything is paid for
//! in every mode alike.

mod keys;
mod offchain;
mod pink;

pub(crate) use pink::note_event;

use crate::{bytes::length, error::Error, ext::Ext, state::Account};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_engine_sdk::{
    types::{AccountId, Balance, Hash, Mode},
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
pub(crate) fn serve(ext: &mut dyn Ext, id: u32, input: &[u8]) -> Answer {
    if id >> 16 != 0 {
        return Err(Error::ExtensionFailed("UnknownChainExtensionId"));
    }
    if mutates(id) && ext.is_read_only()? {
        return Err(Error::StateChangeDenied);
    }
    let contract = ext.address()?;
    let in_query = ext.mode() == Mode::Query;
    match id {
        1 => offchain::http_request(ext, contract, args(input)?),
        2 => keys::sign(ext, args(input)?),
        3 => keys::verify(ext, args(input)?),
        4 => keys::derive(ext, &contract, args(input)?),
        5 => keys::public_key(ext, args(input)?),
        6 => offchain::cache_set(ext, contract, args(input)?),
        7 => offchain::cache_set_expiration(ext, contract, args(input)?),
        8 => offchain::cache_get(ext, contract, args(input)?),
        9 => offchain::cache_remove(ext, contract, args(input)?),
        10 => log(ext, &contract, args(input)?),
        11 => offchain::random(ext, args(input)?),
        12 => fact(ext, !in_query),
        13 => keys::ecdsa_sign_prehashed(ext, args(input)?),
        14 => keys::ecdsa_verify_prehashed(ext, args(input)?),
        15 => match ext.cluster().system_contract {
            Some(system) => fact(ext, system),
            None => Err(Error::ExtensionFailed("SystemContractMissing")),
        },
        16 => balance_of(ext, args(input)?),
        17 => offchain::worker_pubkey(ext),
        18 => offchain::now_ms(ext),
        19 => code_exists(ext, args(input)?),
        20 => pink::import_latest_system_code(ext, contract, args(input)?),
        21 => {
            let version = ext.rules().version;
            fact(ext, (version.major, version.minor))
        }
        22 => offchain::batch_http_request(ext, contract, args(input)?),
        // There is no chain of events: it never left its beginning.
        23 => fact(ext, (0u64, Hash::default())),
        // `JsValue::Exception`: there is nothing to run scripts.
        24 => fact(ext, (5u8, "JavaScript isn't available")),
        25 => fact(ext, None::<()>),
        _ => Err(Error::ExtensionFailed("UnknownChainExtensionFunction")),
    }
}

/// Functions that change something, and are refused in read-only frames: the cache, by a command
/// or directly, and the import of code. A line in the log changes nothing, as a debug message
/// doesn't.
fn mutates(id: u32) -> bool {
    matches!(id, 6 | 7 | 9 | 20)
}

/// What the engine knows, or has a fixed answer for.
fn fact(ext: &mut dyn Ext, output: impl Encode) -> Answer {
    ext.pay(ext.rules().host.extension_fact.base())?;
    fine(output)
}

/// A line for whoever operates the worker, in every mode.
fn log(ext: &mut dyn Ext, contract: &AccountId, (level, text): (u8, String)) -> Answer {
    let cost = ext.rules().host.extension_log;
    ext.pay(cost.of(length(text.as_bytes())))?;
    ext.host().log(level.clamp(1, 5), Some(contract), &text);
    fine(())
}

/// What an account has in total, and what of it isn't held. Of anybody.
fn balance_of(ext: &mut dyn Ext, who: AccountId) -> Answer {
    ext.pay(ext.rules().host.extension_balance.base())?;
    let account: Account = ext.account(&who);
    let balances: (Balance, Balance) = (account.total(), account.free);
    fine(balances)
}

/// Programs that run beside contracts aren't code of the cluster.
fn code_exists(ext: &mut dyn Ext, (hash, sidevm): (Hash, bool)) -> Answer {
    ext.pay(ext.rules().host.extension_code_exists.base())?;
    fine(!sidevm && ext.code_exists(&hash))
}

/// What the host answered; if it failed, the whole call is void, and so is what the contract sees.
fn from_host<T>(ext: &mut dyn Ext, reply: Result<T, Fault>) -> Result<T, Error> {
    reply.map_err(|fault| {
        ext.set_fault(fault);
        Error::ExtensionFailed("HostFailed")
    })
}
