//! What the chain has, read from the node under keys that are made by hand.

use crate::process::Upstream;
use fat_contracts_primitives::{AccountId, ClusterRecord, Hash};
use frame_system::EventRecord;
use parity_scale_codec::{Decode, DecodeAll, Encode};
use runtime_mock::RuntimeEvent;
use serde_json::{json, Value};
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

/// The number of the newest final block.
pub(crate) fn number(node: &Upstream) -> u32 {
    let header = node.ask("chain_getHeader", json!([finalized(node)]));
    height(&header.expect("an answer"))
}

/// The number of the newest block, final or not.
pub(crate) fn best(node: &Upstream) -> u32 {
    height(&node.ask("chain_getHeader", json!([])).expect("an answer"))
}

fn height(header: &Value) -> u32 {
    let text = header["number"].as_str().expect("a number");
    u32::from_str_radix(text.trim_start_matches("0x"), 16).expect("a number")
}

/// What happened in a block.
pub(crate) fn events(node: &Upstream, number: u32) -> Vec<RuntimeEvent> {
    let hash = node.ask("chain_getBlockHash", json!([number]));
    let key = hex0x(under("System", "Events"));
    let found = node.ask("state_getStorage", json!([key, hash.expect("an answer")]));
    let found = found.expect("an answer");
    let found = bytes(found.as_str().unwrap_or("0x00"));
    let records = Vec::<EventRecord<RuntimeEvent, Hash>>::decode_all(&mut &found[..]);
    let records = records.expect("events").into_iter();
    records.map(|record| record.event).collect()
}

/// How many motions the council had.
pub(crate) fn motions(node: &Upstream) -> u32 {
    let found = value(node, &under("Council", "ProposalCount"));
    found.map_or(0, |it| u32::decode(&mut &it[..]).expect("a number"))
}

/// Who is for a motion, if it is open.
pub(crate) fn ayes(node: &Upstream, motion: Hash) -> Option<Vec<AccountId>> {
    let key = [under("Council", "Voting"), motion.encode()].concat();
    // Behind its number and the threshold.
    let votes = value(node, &key)?;
    Some(Vec::decode(&mut &votes[8..]).expect("accounts"))
}

/// The block up to which the chain has nothing of the cluster any more.
pub(crate) fn pruned(node: &Upstream) -> u32 {
    let key = [under("FatContracts", "Progress"), twox_64_concat(&CLUSTER)].concat();
    // The block and the message that are confirmed, then those that are pruned.
    value(node, &key).map_or(0, |it| u32::decode(&mut &it[12..]).expect("a number"))
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
