//! `system_…` and `payment_…`: who this is, nonces and fees.

use super::{
    args::{invalid, Args},
    state::call_runtime,
    Answer, Handler,
};
use crate::{pool, shared::Shared};
use frame_support::{dispatch::DispatchClass, weights::Weight};
use parity_scale_codec::{Decode, Encode};
use serde_json::json;

pub(super) const METHODS: &[(&str, Handler)] = &[
    ("payment_queryInfo", query_info),
    ("system_accountNextIndex", next_index),
    ("account_nextIndex", next_index),
    ("system_chain", |_, _| Ok(json!("Pink Development"))),
    ("system_chainType", |_, _| Ok(json!("Development"))),
    ("system_health", |_, _| {
        Ok(json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false }))
    }),
    ("system_name", |_, _| Ok(json!("pink-worker dev serve"))),
    ("system_nodeRoles", |_, _| Ok(json!(["Authority"]))),
    ("system_peers", |_, _| Ok(json!([]))),
    ("system_properties", |_, _| {
        Ok(json!({ "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "UNIT" }))
    }),
    ("system_version", |_, _| {
        Ok(json!(env!("CARGO_PKG_VERSION")))
    }),
];

fn next_index(shared: &Shared, mut args: Args) -> Answer {
    let who = args.account()?;
    let nonce = shared.next_nonce(&who);
    Ok(json!(nonce.map_err(|error| super::error(-32603, error))?))
}

fn query_info(shared: &Shared, mut args: Args) -> Answer {
    let bytes = args.bytes("an extrinsic")?;
    let at = args.at()?;
    pool::decode(&bytes)
        .map_err(|error| invalid(format!("the extrinsic can't be read: {error}")))?;
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let input = [bytes, length.encode()].concat();
    let answer = call_runtime(shared, "TransactionPaymentApi_query_info", &input, at)?;
    type Info = (Weight, DispatchClass, u128);
    let (weight, class, fee) = Info::decode(&mut &answer[..]).map_err(|error| {
        super::error(
            -32603,
            format!("the runtime's answer can't be read: {error}"),
        )
    })?;
    let class = match class {
        DispatchClass::Normal => "normal",
        DispatchClass::Operational => "operational",
        DispatchClass::Mandatory => "mandatory",
    };
    Ok(json!({
        "weight": { "ref_time": weight.ref_time(), "proof_size": weight.proof_size() },
        "class": class,
        "partialFee": fee.to_string(),
    }))
}
