//! `state_…`: storage with proofs, and the runtime.

use super::{
    args::{hex0x, invalid, Args},
    error, Answer, Handler,
};
use crate::{chain::NoState, pool::MAX_DEPTH, shared::Shared};
use jsonrpsee::types::ErrorObjectOwned;
use parity_scale_codec::{Decode, DecodeLimit};
use runtime_mock::{
    runtime::{apis, UncheckedExtrinsic, VERSION},
    RuntimeCall,
};
use serde_json::{json, Value};
use sp_runtime::transaction_validity::TransactionSource;
use sp_state_machine::{prove_read_on_trie_backend, Backend, IterArgs};

/// How many keys may be asked for at once.
const MOST_KEYS: usize = 1_000;

/// Substrate's code of what can't be read of a state.
const STATE_ERROR: i32 = 4003;

pub(super) const METHODS: &[(&str, Handler)] = &[
    ("state_call", call),
    ("state_getKeysPaged", keys_paged),
    ("state_getMetadata", metadata),
    ("state_getReadProof", read_proof),
    ("state_getRuntimeVersion", runtime_version),
    ("chain_getRuntimeVersion", runtime_version),
    ("state_getStorage", storage),
    ("state_getStorageHash", storage_hash),
    ("state_getStorageSize", storage_size),
    ("state_queryStorageAt", query_storage_at),
];

/// What is offered of the runtime: what reads, and takes what can be checked before.
const CALLABLE: &[&str] = &[
    "AccountNonceApi_",
    "AuraApi_",
    "Core_version",
    "FatContractsApi_",
    "Metadata_",
    "SessionKeys_decode_session_keys",
    "TaggedTransactionQueue_",
    "TransactionPaymentApi_",
    "TransactionPaymentCallApi_",
];

fn unreadable(text: impl std::fmt::Display) -> ErrorObjectOwned {
    error(STATE_ERROR, format!("Client error: {text}"))
}

impl From<NoState> for ErrorObjectOwned {
    fn from(why: NoState) -> Self {
        unreadable(why)
    }
}

fn value_at(shared: &Shared, mut args: Args) -> Result<Option<Vec<u8>>, ErrorObjectOwned> {
    let key = args.bytes("a key")?;
    let at = args.at()?;
    let chain = shared.chain();
    let state = chain.state(at.as_ref())?;
    state.storage(&key).map_err(unreadable)
}

fn storage(shared: &Shared, args: Args) -> Answer {
    Ok(json!(value_at(shared, args)?.map(hex0x)))
}

fn storage_hash(shared: &Shared, args: Args) -> Answer {
    let value = value_at(shared, args)?;
    Ok(json!(
        value.map(|value| hex0x(sp_crypto_hashing::blake2_256(&value)))
    ))
}

fn storage_size(shared: &Shared, args: Args) -> Answer {
    Ok(json!(value_at(shared, args)?.map(|value| value.len())))
}

fn keys_paged(shared: &Shared, mut args: Args) -> Answer {
    let prefix = match args.next() {
        Value::Null => Vec::new(),
        Value::String(text) => super::args::of_hex(&text, "a prefix")?,
        _ => return Err(invalid("a prefix is hex")),
    };
    let count = args
        .number("how many")?
        .ok_or_else(|| invalid("how many keys is left out"))?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > MOST_KEYS {
        return Err(invalid(format!("{count} keys are more than {MOST_KEYS}")));
    }
    let start = match args.next() {
        Value::Null => None,
        Value::String(text) => Some(super::args::of_hex(&text, "a key")?),
        _ => return Err(invalid("a key is hex")),
    };
    let at = args.at()?;
    let chain = shared.chain();
    let state = chain.state(at.as_ref())?;
    let mut which = IterArgs::default();
    which.prefix = Some(&prefix);
    which.start_at = start.as_deref();
    which.start_at_exclusive = true;
    let keys = state.keys(which).map_err(unreadable)?.take(count);
    let keys: Result<Vec<_>, _> = keys.map(|key| key.map(hex0x)).collect();
    Ok(json!(keys.map_err(unreadable)?))
}

fn query_storage_at(shared: &Shared, mut args: Args) -> Answer {
    let keys = args.keys(MOST_KEYS)?;
    let at = args.at()?;
    let chain = shared.chain();
    let state = chain.state(at.as_ref())?;
    let change = |key: &Vec<u8>| {
        let value = state.storage(key).map_err(unreadable)?;
        Ok::<_, ErrorObjectOwned>(json!([hex0x(key), value.map(hex0x)]))
    };
    let changes = keys.iter().map(change).collect::<Result<Vec<_>, _>>()?;
    let block = at.unwrap_or(chain.best().hash);
    Ok(json!([{ "block": block, "changes": changes }]))
}

fn read_proof(shared: &Shared, mut args: Args) -> Answer {
    let keys = args.keys(MOST_KEYS)?;
    let at = args.at()?;
    let chain = shared.chain();
    let state = chain.state(at.as_ref())?;
    let proof = prove_read_on_trie_backend(&state, keys).map_err(unreadable)?;
    let nodes: Vec<_> = proof.iter_nodes().map(hex0x).collect();
    Ok(json!({ "at": at.unwrap_or(chain.best().hash), "proof": nodes }))
}

fn call(shared: &Shared, mut args: Args) -> Answer {
    let method = args.text("a runtime function")?;
    let data = args.bytes("its input")?;
    let at = args.at()?;
    Ok(json!(hex0x(call_runtime(shared, &method, &data, at)?)))
}

/// Calls a function of the runtime.
pub(super) fn call_runtime(
    shared: &Shared,
    method: &str,
    data: &[u8],
    at: Option<fat_contracts_primitives::Hash>,
) -> Result<Vec<u8>, ErrorObjectOwned> {
    if !CALLABLE.iter().any(|known| method.starts_with(known)) {
        return Err(unreadable(format!(
            "the development chain's runtime has no function {method} to be called from outside"
        )));
    }
    if !shallow(method, data) {
        return Err(unreadable(format!("the input of {method} can't be read")));
    }
    let done = shared
        .chain()
        .run(at.as_ref(), || apis::api::dispatch(method, data))?;
    match done {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(unreadable(format!("the runtime has no function {method}"))),
        Err(words) => Err(unreadable(format!("the runtime: {words}"))),
    }
}

/// Calls can be in each other, and the runtime reads them without looking how deep: whoever gives it some has to look.
fn shallow(method: &str, mut data: &[u8]) -> bool {
    let data = &mut data;
    let extrinsic =
        |data: &mut &[u8]| UncheckedExtrinsic::decode_with_depth_limit(MAX_DEPTH, data).is_ok();
    if method.starts_with("TaggedTransactionQueue_") {
        return TransactionSource::decode(data).is_ok() && extrinsic(data);
    }
    match method {
        "TransactionPaymentApi_query_info" | "TransactionPaymentApi_query_fee_details" => {
            extrinsic(data)
        }
        "TransactionPaymentCallApi_query_call_info"
        | "TransactionPaymentCallApi_query_call_fee_details" => {
            RuntimeCall::decode_with_depth_limit(MAX_DEPTH, data).is_ok()
        }
        _ => true,
    }
}

fn metadata(shared: &Shared, mut args: Args) -> Answer {
    let at = args.at()?;
    let answer = call_runtime(shared, "Metadata_metadata", &[], at)?;
    let metadata = Vec::<u8>::decode(&mut &answer[..]).map_err(unreadable)?;
    Ok(json!(hex0x(metadata)))
}

/// The runtime's version as JSON has it.
pub(super) fn version_json() -> Value {
    let apis = VERSION
        .apis
        .iter()
        .map(|(id, version)| json!([hex0x(id), version]));
    json!({
        "specName": VERSION.spec_name,
        "implName": VERSION.impl_name,
        "authoringVersion": VERSION.authoring_version,
        "specVersion": VERSION.spec_version,
        "implVersion": VERSION.impl_version,
        "apis": apis.collect::<Vec<_>>(),
        "transactionVersion": VERSION.transaction_version,
        "systemVersion": VERSION.system_version,
        "stateVersion": VERSION.system_version,
    })
}

fn runtime_version(shared: &Shared, mut args: Args) -> Answer {
    // There is one runtime; a block that isn't there has none.
    let at = args.at()?;
    shared.chain().state(at.as_ref())?;
    Ok(version_json())
}
