//! What the chain has, read from the node under keys that are made by hand.

use crate::process::Upstream;
use fat_contracts_primitives::{AccountId, ClusterRecord, Hash};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use serde_json::json;
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};

/// The cluster of the development chain.
pub(crate) const CLUSTER: u64 = 1;

fn under(pallet: &str, item: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

fn twox_64_concat(key: &impl Encode) -> Vec<u8> {
    let key = key.encode();
    [&twox_64(&key)[..], &key].concat()
}

fn hex0x(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.trim_start_matches("0x")).expect("hex")
}

fn finalized(node: &Upstream) -> String {
    let head = node.ask("chain_getFinalizedHead", json!([]));
    head.expect("an answer").as_str().expect("a hash").into()
}

/// A value in the newest final state.
fn value(node: &Upstream, key: &[u8]) -> Option<Vec<u8>> {
    let found = node.ask("state_getStorage", json!([hex0x(key), finalized(node)]));
    found.expect("an answer").as_str().map(bytes)
}

/// The block up to which a quorum of the workers agreed about the cluster.
pub(crate) fn confirmed(node: &Upstream) -> u64 {
    let key = [under("FatContracts", "Progress"), twox_64_concat(&CLUSTER)].concat();
    // The record begins with that block's number.
    value(node, &key).map_or(0, |it| u32::decode(&mut &it[..]).expect("a number").into())
}

/// Hashes of what was agreed after blocks, as long as they are kept.
pub(crate) fn tuples(node: &Upstream) -> Vec<(u32, Hash)> {
    let prefix = [
        under("FatContracts", "Confirmations"),
        twox_64_concat(&CLUSTER),
    ]
    .concat();
    let at = finalized(node);
    let keys = node.ask("state_getKeysPaged", json!([hex0x(&prefix), 256, null, at]));
    let keys: Vec<String> = serde_json::from_value(keys.expect("an answer")).expect("keys");
    let read = |key: String| {
        let key = bytes(&key);
        let block = u32::decode(&mut &key[prefix.len() + 8..]).expect("a block");
        let (kind, hash) = <(u8, Hash)>::decode(&mut &value(node, &key)?[..]).ok()?;
        (kind == 0).then_some((block, hash))
    };
    keys.into_iter().filter_map(read).collect()
}

/// What the first member said of the cluster's key.
pub(crate) fn commitment(node: &Upstream) -> Option<Vec<u8>> {
    let map = under("FatContracts", "ClusterKeys");
    value(node, &[map, twox_64_concat(&CLUSTER)].concat())
}

/// What an account has on the chain.
pub(crate) fn balance(node: &Upstream, who: &AccountId) -> u128 {
    let key = who.encode();
    let map = under("System", "Account");
    let found = value(node, &[&map[..], &blake2_128(&key), &key].concat());
    // Before it stand the nonce and three counters of references, 4 bytes each.
    found.map_or(0, |it| u128::decode(&mut &it[16..]).expect("a balance"))
}

/// The authority sets so far.
pub(crate) fn set_id(node: &Upstream) -> u64 {
    let found = value(node, &under("Grandpa", "CurrentSetId"));
    found.map_or(0, |it| u64::decode(&mut &it[..]).expect("a number"))
}

/// The runtime's version.
pub(crate) fn spec_version(node: &Upstream) -> u64 {
    let version = node.ask("state_getRuntimeVersion", json!([finalized(node)]));
    version.expect("an answer")["specVersion"]
        .as_u64()
        .expect("a number")
}

/// The cluster's record, as the node's runtime tells it.
pub(crate) fn cluster(node: &Upstream) -> ClusterRecord {
    let name = "FatContractsApi_cluster";
    let told = node.ask(
        "state_call",
        json!([name, hex0x(CLUSTER.encode()), finalized(node)]),
    );
    let told = bytes(told.expect("an answer").as_str().expect("text"));
    let record = Option::<ClusterRecord>::decode_all(&mut &told[..]).expect("a record");
    record.expect("the cluster is there")
}
