//! A message as it was ordered, and what this worker says of its block.

use crate::{
    bytes::{Account, Amount, Bytes, Gas, Hash},
    context::Context,
    error::{Code, RpcError},
};
use fat_contracts_primitives::{ClusterBlock, ClusterMessage, CodeSource, Weight};
use parity_scale_codec::Encode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use std::sync::Arc;

/// What `cluster_v1_message` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MessageParams {
    /// The message's number in the cluster's queue.
    pub seq: u64,
}

/// What a message is, and the fields that its kind has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageJson {
    /// `setup`, `deposit`, `withdraw`, `upload`, `instantiate`, `call`, `upgrade`, `updatePrices`, `updateSchedule`,
    /// `claimSurcharge`, `destroy`, `removeCode` or `activateCode`.
    pub kind: String,
    /// Who signed it; of money that was brought in, who paid.
    pub origin: Option<Account>,
    /// Who is paid.
    pub dest: Option<Account>,
    /// The contract that is called.
    pub contract: Option<Account>,
    /// The code that is stored, used, removed or activated.
    pub code_hash: Option<Hash>,
    /// How long the code is that came along, in bytes.
    pub code_bytes: Option<u64>,
    /// Selector and arguments.
    pub input: Option<Bytes>,
    /// Part of the address.
    pub salt: Option<Bytes>,
    /// Money for the contract, or that is moved.
    pub value: Option<Amount>,
    /// What the execution may use, without the message's base.
    pub gas_limit: Option<Gas>,
    /// The highest storage deposit that is accepted.
    pub storage_deposit_limit: Option<Amount>,
    /// The highest gas price that is accepted.
    pub max_gas_price: Option<Amount>,
    /// The engine that it moves the cluster to.
    pub engine: Option<String>,
}

fn gas(weight: &Weight) -> Gas {
    pink_capi::types::Weight {
        ref_time: weight.ref_time,
        proof_size: weight.proof_size,
    }
    .into()
}

fn account(who: &fat_contracts_primitives::AccountId) -> Option<Account> {
    Some(Account(who.clone().into()))
}

impl From<&ClusterMessage> for MessageJson {
    fn from(message: &ClusterMessage) -> Self {
        use ClusterMessage as Of;
        let kind = |kind: &str| Self {
            kind: kind.into(),
            ..Self::default()
        };
        match message {
            Of::Setup {
                engine,
                owner,
                deposit,
                ..
            } => Self {
                origin: account(owner),
                value: Some(Amount(*deposit)),
                engine: Some(engine.to_string()),
                ..kind("setup")
            },
            Of::Deposit { from, dest, amount } => Self {
                origin: account(from),
                dest: account(dest),
                value: Some(Amount(*amount)),
                ..kind("deposit")
            },
            Of::Withdraw {
                from,
                dest,
                amount,
                max_gas_price,
            } => Self {
                origin: account(from),
                dest: account(dest),
                value: Some(Amount(*amount)),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("withdraw")
            },
            Of::Upload {
                origin,
                code,
                storage_deposit_limit,
                max_gas_price,
            } => Self {
                origin: account(origin),
                code_hash: Some(Hash(blake2_256(code))),
                code_bytes: Some(code.len() as u64),
                storage_deposit_limit: storage_deposit_limit.map(Amount),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("upload")
            },
            Of::Instantiate {
                origin,
                code,
                input,
                salt,
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
            } => {
                let (hash, bytes) = match code {
                    CodeSource::Code(code) => (blake2_256(code), Some(code.len() as u64)),
                    CodeSource::Hash(hash) => ((*hash).into(), None),
                };
                Self {
                    origin: account(origin),
                    code_hash: Some(Hash(hash)),
                    code_bytes: bytes,
                    input: Some(Bytes(input.clone())),
                    salt: Some(Bytes(salt.clone())),
                    value: Some(Amount(*value)),
                    gas_limit: Some(gas(gas_limit)),
                    storage_deposit_limit: storage_deposit_limit.map(Amount),
                    max_gas_price: Some(Amount(*max_gas_price)),
                    ..kind("instantiate")
                }
            }
            Of::Call {
                origin,
                contract,
                input,
                value,
                gas_limit,
                storage_deposit_limit,
                max_gas_price,
            } => Self {
                origin: account(origin),
                contract: account(contract),
                input: Some(Bytes(input.clone())),
                value: Some(Amount(*value)),
                gas_limit: Some(gas(gas_limit)),
                storage_deposit_limit: storage_deposit_limit.map(Amount),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("call")
            },
            Of::Upgrade { to, .. } => Self {
                engine: Some(to.to_string()),
                ..kind("upgrade")
            },
            Of::UpdatePrices { .. } => kind("updatePrices"),
            Of::UpdateSchedule { .. } => kind("updateSchedule"),
            Of::ClaimSurcharge {
                origin,
                contract,
                max_gas_price,
                ..
            } => Self {
                origin: account(origin),
                contract: account(contract),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("claimSurcharge")
            },
            Of::Destroy { sweep_to } => Self {
                dest: sweep_to.as_ref().and_then(account),
                ..kind("destroy")
            },
            Of::RemoveCode {
                origin,
                code_hash,
                max_gas_price,
            } => Self {
                origin: account(origin),
                code_hash: Some(Hash((*code_hash).into())),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("removeCode")
            },
            Of::ActivateCode {
                origin,
                code_hash,
                gas_limit,
                max_gas_price,
            } => Self {
                origin: account(origin),
                code_hash: Some(Hash((*code_hash).into())),
                gas_limit: Some(gas(gas_limit)),
                max_gas_price: Some(Amount(*max_gas_price)),
                ..kind("activateCode")
            },
        }
    }
}

/// A message with its block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ordered {
    /// The message's number in the cluster's queue.
    pub seq: u64,
    /// The block in which its extrinsic was.
    pub block: u32,
    /// Which of the cluster's messages in it, from 0.
    pub index: u32,
    /// The index in the block of the extrinsic that queued it; null if a hook of the chain did, or if the message is older
    /// than the chain's or this worker's record of that.
    pub extrinsic: Option<u32>,
    /// The block's time, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// What it asks.
    pub message: MessageJson,
    /// What this worker says to the chain about the block: SCALE of a checkpoint, whose BLAKE2b-256 the chain keeps
    /// once it is confirmed. Null if it has nothing to say: it began with a snapshot of this block.
    pub checkpoint: Option<Bytes>,
}

/// The executed block that has a message.
pub(super) fn block_of(
    worker: &pink_worker_core::WorkerHandle,
    seq: u64,
) -> Result<ClusterBlock, RpcError> {
    worker
        .block_of(seq)?
        .ok_or_else(|| not_here(format!("message {seq} isn't executed, or isn't kept here")))
}

/// That there is no such message here, and where it is said which there are.
pub(super) fn not_here(text: impl Into<String>) -> RpcError {
    RpcError::new(Code::NoReceipt, text)
        .hint("`cluster_v1_info` says which block is the last and which message the next")
}

pub(super) async fn message(
    context: Arc<Context>,
    params: MessageParams,
) -> Result<Ordered, RpcError> {
    context
        .read(move |_, worker| {
            let block = block_of(worker, params.seq)?;
            let mut of_block = (0u32..).zip(&block.messages);
            let found = of_block.find(|(_, (seq, _))| *seq == params.seq);
            let (index, (_, message)) = found
                .ok_or_else(|| RpcError::new(Code::NoReceipt, "the block has no such message"))?;
            let checkpoint = worker.checkpoint(block.number)?;
            Ok(Ordered {
                seq: params.seq,
                block: block.number,
                index,
                extrinsic: block.extrinsic_of(params.seq),
                now_ms: block.now_ms,
                message: message.into(),
                checkpoint: checkpoint.map(|it| Bytes(it.encode())),
            })
        })
        .await
}
