//! What a development node keeps beside the worker's own data, in the same transactions.

use fat_contracts_primitives::{AccountId, BlockNumber, ClusterBlock, CodeHash};
use parity_scale_codec::Encode;
use pink_worker_core::store::ExtraRow;
use runtime_mock::Block;
use std::collections::BTreeMap;

/// The chain's state: its own keys and values.
pub(crate) const CHAIN: &str = "dev/chain";
/// Blocks of the last transaction, and those that the worker couldn't execute: number,
/// big-endian → input.
pub(crate) const WAITING: &str = "dev/waiting";
/// Interfaces of contracts: code hash → metadata in JSON.
pub(crate) const METADATA: &str = "dev/metadata";
/// Contracts that were made by this node: address → code hash.
pub(crate) const CONTRACTS: &str = "dev/contracts";
/// What the base path is: see [`about`].
pub(crate) const ABOUT: &str = "dev/about";
/// The key of [`FORMAT`] and its maker.
pub(crate) const FORMAT_KEY: &[u8] = b"format";

/// The row that binds a base path to a chain that `pink-worker run` follows.
pub(crate) const FOLLOWED: (&str, &[u8]) = ("chain", b"format");

/// How all of this is kept. Any change of the tables, of the chain's storage or of the inputs is
/// another format.
pub(crate) const FORMAT: u32 = 2;

/// Who makes base paths of that format.
const MAKER: &str = concat!("pink-worker ", env!("CARGO_PKG_VERSION"));

fn row(table: &str, key: impl Into<Vec<u8>>, value: Option<Vec<u8>>) -> ExtraRow {
    ExtraRow {
        table: table.into(),
        key: key.into(),
        value,
    }
}

/// The row that makes a base path one of a development node.
pub(crate) fn about() -> ExtraRow {
    row(ABOUT, FORMAT_KEY, Some((FORMAT, MAKER).encode()))
}

/// A chain's whole state.
pub(crate) fn whole_chain(pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<ExtraRow> {
    pairs
        .into_iter()
        .map(|(key, value)| row(CHAIN, key, Some(value)))
        .collect()
}

/// What blocks changed in the chain's state, each key once.
pub(crate) fn chain_changes(blocks: &[&Block]) -> Vec<ExtraRow> {
    let newest: BTreeMap<_, _> = blocks
        .iter()
        .flat_map(|block| &block.changes)
        .map(|(key, value)| (key, value))
        .collect();
    newest
        .into_iter()
        .map(|(key, value)| row(CHAIN, key.clone(), value.clone()))
        .collect()
}

/// A block that may have to wait. It is written with the block's transaction, whether or not it
/// was executed there.
pub(crate) fn waits(input: &ClusterBlock) -> ExtraRow {
    row(WAITING, waiting_key(input.number), Some(input.encode()))
}

/// A block that was executed: the next transaction removes its row.
pub(crate) fn waits_no_more(input: &ClusterBlock) -> ExtraRow {
    row(WAITING, waiting_key(input.number), None)
}

fn waiting_key(number: BlockNumber) -> [u8; 4] {
    number.to_be_bytes()
}

/// The interface of a code's contracts.
pub(crate) fn metadata(code_hash: &CodeHash, json: &[u8]) -> ExtraRow {
    row(METADATA, code_hash.as_bytes(), Some(json.to_vec()))
}

/// The code of a contract.
pub(crate) fn contract(address: &AccountId, code_hash: &CodeHash) -> ExtraRow {
    let address: &[u8] = address.as_ref();
    row(CONTRACTS, address, Some(code_hash.as_bytes().to_vec()))
}
