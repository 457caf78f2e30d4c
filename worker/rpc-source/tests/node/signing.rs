//! Extrinsics, signed by hand.

use crate::process::Upstream;
use fat_contracts_primitives::Hash;
use parity_scale_codec::{Compact, Encode};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair};

pub(crate) fn pair(name: &str) -> sr25519::Pair {
    sr25519::Pair::from_string(name, None).expect("a development account")
}

fn hash(node: &Upstream, params: Value) -> Hash {
    let hash = node.ask("chain_getBlockHash", params).expect("an answer");
    serde_json::from_value(hash).expect("a hash")
}

/// Signs a call with its account's next nonce, for ever, and hands it in.
pub(crate) fn submit(node: &Upstream, name: &str, call: &[u8]) {
    submit_for(node, name, call, 0);
}

/// The same with a tip, for which a pool takes it before others.
pub(crate) fn submit_for(node: &Upstream, name: &str, call: &[u8], tip: u128) {
    let pair = pair(name);
    let account = sp_core::crypto::AccountId32::from(pair.public());
    let nonce = node.ask("system_accountNextIndex", json!([account.to_string()]));
    let nonce = nonce.expect("an answer").as_u64().expect("a number") as u32;
    let version = node.ask("state_getRuntimeVersion", json!([])).expect("one");
    let number = |field: &str| version[field].as_u64().expect("a number") as u32;
    let genesis = hash(node, json!([0]));
    // Immortal, nonce, tip.
    let extra = (0u8, Compact(nonce), Compact(tip)).encode();
    let implied = (
        number("specVersion"),
        number("transactionVersion"),
        genesis,
        genesis,
    );
    let payload = [call, &extra, &implied.encode()].concat();
    let payload = if payload.len() > 256 {
        sp_crypto_hashing::blake2_256(&payload).to_vec()
    } else {
        payload
    };
    let signature = pair.sign(&payload);
    // Signed, version 4; the account by its id; sr25519.
    let mut body = vec![0x84, 0];
    body.extend(account.encode());
    body.push(1);
    body.extend(signature.encode());
    body.extend(extra);
    body.extend(call);
    let text = format!("0x{}", hex::encode(body.encode()));
    node.ask("author_submitExtrinsic", json!([text]))
        .expect("the pool takes it");
}

/// As root.
pub(crate) fn sudo(call: &[u8]) -> Vec<u8> {
    [&[10, 0], call].concat()
}
