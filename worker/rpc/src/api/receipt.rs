//! Receipts, and what shows them.

use super::message::{block_of, not_here};
use crate::{
    bytes::{Bytes, Hash},
    context::Context,
    error::RpcError,
    json::ReceiptJson,
};
use pink_worker_core::{exec::MessageReceipt, WorkerHandle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What `cluster_v1_receipt` takes: `seq`, or `block` and `index`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReceiptParams {
    /// The message's number in the cluster's queue.
    #[serde(default)]
    pub seq: Option<u64>,
    /// The block in which the message's extrinsic was.
    #[serde(default)]
    pub block: Option<u32>,
    /// Which of the cluster's messages in that block, from 0.
    #[serde(default)]
    pub index: Option<u32>,
    /// With a proof [default: no].
    #[serde(default)]
    pub proof: Option<bool>,
}

/// What shows that a receipt is under a block's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Proof {
    /// The block's `receipts_root`, which its checkpoint has.
    pub root: Hash,
    /// The key in the trie: the index, SCALE-compact.
    pub key: Bytes,
    /// The nodes on the way, each whole, and the value itself if the trie has it as a node of its own.
    pub nodes: Vec<Bytes>,
}

/// A message's receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    /// The block.
    pub block: u32,
    /// Which of the cluster's messages in it, from 0.
    pub index: u32,
    /// The message's number in the cluster's queue.
    pub seq: u64,
    /// The engine that executed it.
    pub engine: String,
    /// What it gave.
    pub receipt: ReceiptJson,
    /// The same, in the bytes by which workers agree: SCALE of number, engine and receipt.
    pub bytes: Bytes,
    /// What shows it, if that was asked for.
    pub proof: Option<Proof>,
}

/// A receipt that is there, with a proof if it is wanted.
pub(crate) fn stored(
    worker: &WorkerHandle,
    block: u32,
    index: u32,
    it: &MessageReceipt,
    proof: bool,
) -> Result<Receipt, RpcError> {
    let proof = if proof {
        worker.receipt_proof(block, it.seq)?.map(|proof| Proof {
            root: Hash(proof.root.into()),
            key: Bytes(parity_scale_codec::Encode::encode(
                &parity_scale_codec::Compact(index),
            )),
            nodes: proof.nodes.into_iter().map(Bytes).collect(),
        })
    } else {
        None
    };
    Ok(Receipt {
        block,
        index,
        seq: it.seq,
        engine: it.engine.to_string(),
        receipt: ReceiptJson::from(&it.receipt),
        bytes: Bytes(it.canonical()),
        proof,
    })
}

pub(super) async fn receipt(
    context: Arc<Context>,
    params: ReceiptParams,
) -> Result<Receipt, RpcError> {
    context
        .read(move |_, worker| {
            let ReceiptParams {
                seq,
                block,
                index,
                proof,
            } = params;
            let block = match (seq, block, index) {
                (Some(seq), None, None) => block_of(worker, seq)?.number,
                (None, Some(block), Some(_)) => block,
                _ => {
                    return Err(not_here(
                        "a message is named by `seq`, or by `block` and `index`",
                    ));
                }
            };
            let receipts = worker.receipts(block)?;
            let found = (0u32..).zip(&receipts).find(|(at, it)| match (seq, index) {
                (Some(seq), _) => it.seq == seq,
                (None, index) => Some(*at) == index,
            });
            let (index, found) = found.ok_or_else(|| {
                not_here(format!(
                    "block {block} has no such message, or isn't executed"
                ))
            })?;
            stored(worker, block, index, found, proof.unwrap_or(false))
        })
        .await
}
