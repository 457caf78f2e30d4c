//! What needs off-chain services: served in queries, refused in one fixed way everywhere else.

use super::{fine, from_host, pink, Answer};
use crate::{
    error::Error,
    ext::Ext,
    versions::{Cost, HostCosts},
};
use parity_scale_codec::Encode;
use pink_engine_sdk::{
    capi::pink::{CacheOp, PinkEvent},
    generic_ocalls,
    types::{AccountId, HttpRequest, HttpRequestError, HttpResponse, Mode},
    Fault, OCalls,
};

/// Asks the host in a query; returns the fixed answer otherwise. Costs the same either way.
fn ask<T>(
    ext: &mut dyn Ext,
    cost: fn(&HostCosts) -> Cost,
    fixed: impl FnOnce() -> T,
    ask: impl FnOnce(&mut dyn OCalls) -> Result<T, Fault>,
) -> Result<T, Error> {
    ext.pay(cost(&ext.rules().host).base())?;
    match ext.mode() {
        Mode::Query => {
            let reply = ask(&mut generic_ocalls(ext.host()));
            from_host(ext, reply)
        }
        Mode::Estimating | Mode::Transaction => Ok(fixed()),
    }
}

fn unavailable(code: u16, why: &str) -> HttpResponse {
    HttpResponse {
        status_code: code,
        reason_phrase: why.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

/// Function 1. No request is made in a transaction: status 523. What fails on the way is 523 for
/// what can't be reached and 524 for everything else.
pub(super) fn http_request(ext: &mut dyn Ext, contract: AccountId, request: HttpRequest) -> Answer {
    let response = ask(
        ext,
        |host| host.extension_http,
        || Ok(unavailable(523, "API Unavailable")),
        |offchain| offchain.http_request(contract, request),
    )?;
    fine(response.unwrap_or_else(|error| match error {
        HttpRequestError::Timeout => unavailable(524, "Timeout"),
        HttpRequestError::NetworkError => unavailable(523, "Unreachable"),
        other => unavailable(524, &format!("{other:?}")),
    }))
}

/// Function 22. Refused in a transaction.
pub(super) fn batch_http_request(
    ext: &mut dyn Ext,
    contract: AccountId,
    (requests, timeout_ms): (Vec<HttpRequest>, u64),
) -> Answer {
    let reply = ask(
        ext,
        |host| host.extension_http,
        || Err(HttpRequestError::NotAllowed),
        |offchain| offchain.batch_http_request(contract, requests, timeout_ms),
    )?;
    match reply {
        Ok(responses) => fine(responses),
        // A status is the error's index, moved by one: nought is success.
        Err(error) => {
            let index = error.encode().first().copied().unwrap_or_default();
            Ok((u32::from(index).saturating_add(1), Vec::new()))
        }
    }
}

/// Function 6. In a transaction it is a command to the worker, which can't fail.
pub(super) fn cache_set(
    ext: &mut dyn Ext,
    contract: AccountId,
    (key, value): (Vec<u8>, Vec<u8>),
) -> Answer {
    let command = PinkEvent::CacheOp(CacheOp::Set {
        key: key.clone(),
        value: value.clone(),
    });
    let stored = ask(
        ext,
        |host| host.extension_cache,
        || Ok(()),
        |offchain| offchain.cache_set(contract, key, value),
    )?;
    command_in_transaction(ext, command)?;
    match stored {
        Ok(()) => fine(()),
        Err(_) => Ok((1, Vec::new())),
    }
}

/// Function 7.
pub(super) fn cache_set_expiration(
    ext: &mut dyn Ext,
    contract: AccountId,
    (key, seconds): (Vec<u8>, u64),
) -> Answer {
    let command = PinkEvent::CacheOp(CacheOp::SetExpiration {
        key: key.clone(),
        expiration: seconds,
    });
    ask(
        ext,
        |host| host.extension_cache,
        || (),
        |offchain| offchain.cache_set_expiration(contract, key, seconds),
    )?;
    command_in_transaction(ext, command)?;
    fine(())
}

/// Function 8. Nothing in a transaction.
pub(super) fn cache_get(ext: &mut dyn Ext, contract: AccountId, key: Vec<u8>) -> Answer {
    let value = ask(
        ext,
        |host| host.extension_cache,
        || None,
        |offchain| offchain.cache_get(contract, key),
    )?;
    fine(value)
}

/// Function 9. In a transaction a command, and nothing comes back.
pub(super) fn cache_remove(ext: &mut dyn Ext, contract: AccountId, key: Vec<u8>) -> Answer {
    let command = PinkEvent::CacheOp(CacheOp::Remove { key: key.clone() });
    let value = ask(
        ext,
        |host| host.extension_cache,
        || None,
        |offchain| offchain.cache_remove(contract, key),
    )?;
    command_in_transaction(ext, command)?;
    fine(value)
}

/// Function 11. None in a transaction.
pub(super) fn random(ext: &mut dyn Ext, len: u8) -> Answer {
    let bytes = ask(
        ext,
        |host| host.extension_outside,
        Vec::new,
        |offchain| offchain.random(len),
    )?;
    fine(bytes)
}

/// Function 17. Zeros in a transaction.
pub(super) fn worker_pubkey(ext: &mut dyn Ext) -> Answer {
    let key = ask(
        ext,
        |host| host.extension_outside,
        || [0; 32],
        |offchain| offchain.worker_pubkey(),
    )?;
    fine(key)
}

/// Function 18. Nought in a transaction.
pub(super) fn now_ms(ext: &mut dyn Ext) -> Answer {
    let now = ask(
        ext,
        |host| host.extension_outside,
        || 0,
        |offchain| offchain.now_ms(),
    )?;
    fine(now)
}

/// Changes of the cache in a transaction reach the worker as events, and so only if the
/// transaction succeeds.
fn command_in_transaction(ext: &mut dyn Ext, command: PinkEvent) -> Result<(), Error> {
    match ext.mode() {
        Mode::Query => Ok(()),
        Mode::Estimating | Mode::Transaction => pink::emit(ext, &command),
    }
}
