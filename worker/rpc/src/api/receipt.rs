//! Receipts, and what shows them.

use super::message::{block_of, not_here};
use crate::{
    bytes::{Bytes, Hash},
    context::Context,
    error::{Code, RpcError},
    json::ReceiptJson,
};
use fat_contracts_primitives::ClusterBlock;
use pink_worker_core::{exec::MessageReceipt, WorkerHandle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// What `cluster_v1_receipt` takes: `seq`, or `block` and `index`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReceiptParams {
    /// The message's number in the cluster's queue.
    #[serde(default)]
    pub seq: Option<u64>,
    /// The block of the extrinsic that queued it.
    #[serde(default)]
    pub block: Option<u32>,
    /// The extrinsic's index in that block.
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

/// The extrinsic that queued a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtrinsicJson {
    /// Its index in the block.
    pub index: u32,
    /// The first message that it queued for the cluster.
    pub first_seq: u64,
    /// How many it queued for the cluster: those from `firstSeq` on.
    pub messages: u64,
}

impl ExtrinsicJson {
    /// What is known of the extrinsic that queued a message of a block.
    pub(crate) fn of(block: &ClusterBlock, seq: u64) -> Option<Self> {
        let index = block.extrinsic_of(seq)?;
        Some(Self {
            index,
            first_seq: block.queued_by(index).next()?,
            messages: block.queued_by(index).count() as u64,
        })
    }
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
    /// The extrinsic that queued it; null if a hook of the chain did, or if the message is older than the chain's or this
    /// worker's record of that.
    pub extrinsic: Option<ExtrinsicJson>,
    /// The engine that executed it.
    pub engine: String,
    /// What it gave.
    pub receipt: ReceiptJson,
    /// The same, in the bytes by which workers agree: SCALE of number, engine and receipt.
    pub bytes: Bytes,
    /// What shows it, if that was asked for.
    pub proof: Option<Proof>,
}

/// A receipt that is there, with a proof if it is wanted. `input`: its block, as it was executed.
pub(crate) fn stored(
    worker: &WorkerHandle,
    input: &ClusterBlock,
    index: u32,
    it: &MessageReceipt,
    proof: bool,
) -> Result<Receipt, RpcError> {
    let block = input.number;
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
        extrinsic: ExtrinsicJson::of(input, it.seq),
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
            let (input, seq) = match (seq, block, index) {
                (Some(seq), None, None) => (block_of(worker, seq)?, seq),
                (None, Some(block), Some(index)) => of_extrinsic(worker, block, index)?,
                _ => {
                    return Err(not_here(
                        "a message is named by `seq`, or by its extrinsic's `block` and `index`",
                    ));
                }
            };
            let block = input.number;
            let receipts = worker.receipts(block)?;
            let mut found = (0u32..).zip(&receipts);
            let found = found.find(|(_, it)| it.seq == seq);
            let (index, found) =
                found.ok_or_else(|| not_here(format!("block {block} has no such message")))?;
            stored(worker, &input, index, found, proof.unwrap_or(false))
        })
        .await
}

/// That a block that was executed isn't here.
pub(crate) fn no_block(block: u32) -> RpcError {
    let text = format!("block {block} isn't kept here, or is older than the cluster");
    RpcError::new(Code::NoBlock, text).hint("ask a worker that keeps more (`--keep-blocks`)")
}

/// The block of an extrinsic, as it was executed, and the first message that the extrinsic queued.
fn of_extrinsic(
    worker: &WorkerHandle,
    block: u32,
    index: u32,
) -> Result<(ClusterBlock, u64), RpcError> {
    let head = worker.head()?.map(|(head, _, _)| head);
    if head.is_none_or(|head| head < block) {
        return Err(not_here(format!("block {block} isn't executed yet")));
    }
    let input = worker.input(block)?.ok_or_else(|| no_block(block))?;
    let first = input.queued_by(index).next();
    if let Some(seq) = first {
        return Ok((input, seq));
    }
    let all = input.messages.iter();
    let unknown = all.filter(|(seq, _)| input.extrinsic_of(*seq).is_none());
    let unknown = unknown.count();
    let text = format!("extrinsic {index} of block {block} queued nothing for this cluster");
    let error = RpcError::new(Code::NothingQueued, text).with(json!({ "unknown": unknown }));
    Err(match unknown {
        0 => error.hint("the block's own extrinsics and events say what it was"),
        _ => error.hint(
            "of `unknown` messages of the block no extrinsic is known: hooks queued them, or they are older than the \
             record of it. Ask for them by `seq`",
        ),
    })
}
