//! Contracts and their storage.

use crate::{
    bytes::{Account, Amount, Bytes, Hash},
    context::{of_access, Context},
    error::{Code, RpcError},
};
use pink_worker_core::{View, WorkerHandle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What `cluster_v1_contract` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContractParams {
    /// The contract.
    pub contract: Account,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
}

/// A contract's rent, in engines of era 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rent {
    /// The block in which it can be evicted at the present rate; null: never.
    pub eviction_at: Option<u32>,
    /// What it may still spend on rent.
    pub allowance: Amount,
    /// What it has paid in its life.
    pub paid: Amount,
    /// The balance below which it can't pay.
    pub threshold: Amount,
    /// What would happen in this block: `exempt`, `charge` or `evict`.
    pub verdict: String,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contract {
    /// The block after which it is so.
    pub block: u32,
    /// The engine that says so.
    pub engine: String,
    /// Its code.
    pub code_hash: Hash,
    /// Bytes of its storage values.
    pub storage_bytes: u64,
    /// Number of its storage items.
    pub storage_items: u64,
    /// It couldn't pay its rent; its storage is gone.
    pub tombstone: bool,
    /// Its account: what can be spent.
    pub free: Amount,
    /// What is held as deposits.
    pub held: Amount,
    /// Its rent, where there is one.
    pub rent: Option<Rent>,
}

fn view(worker: &WorkerHandle, at: Option<u32>) -> Result<View, RpcError> {
    Ok(match at {
        None => worker.view()?,
        Some(block) => worker.view_at(block)?,
    })
}

pub(super) async fn contract(
    context: Arc<Context>,
    params: ContractParams,
) -> Result<Contract, RpcError> {
    context
        .read(move |_, worker| {
            let view = view(worker, params.at)?;
            let address = params.contract.0;
            let found = view.contract(&address)?;
            let found = found.ok_or_else(|| {
                RpcError::new(Code::NoContract, "there is no contract at this address")
            })?;
            let account = view.account(&address)?;
            let rent = view.rent(&address)?.ok().map(|rent| Rent {
                eviction_at: rent.eviction_at,
                allowance: Amount(rent.allowance),
                paid: Amount(rent.paid),
                threshold: Amount(rent.threshold),
                verdict: rent.verdict,
            });
            Ok(Contract {
                block: view.block(),
                engine: view.version().to_string(),
                code_hash: Hash(found.code_hash),
                storage_bytes: found.storage_bytes,
                storage_items: found.storage_items,
                tombstone: found.tombstone,
                free: Amount(account.free),
                held: Amount(account.held),
                rent,
            })
        })
        .await
}

/// What `cluster_v1_storage` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StorageParams {
    /// The contract.
    pub contract: Account,
    /// The key, as the contract uses it.
    pub key: Bytes,
    /// After which block [default: the newest].
    #[serde(default)]
    pub at: Option<u32>,
    /// With a proof [default: no].
    #[serde(default)]
    pub proof: Option<bool>,
}

/// A key of the state with what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read {
    /// The key.
    pub key: Bytes,
    /// The value; null: there is none.
    pub value: Option<Bytes>,
}

/// What shows a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StorageProof {
    /// The state root after the block.
    pub root: Hash,
    /// What the engine read of the state for its answer. How a contract lies in the state is the engine's
    /// business; the nodes prove each of these.
    pub reads: Vec<Read>,
    /// The nodes on the way to them, each whole, and long values as nodes of their own.
    pub nodes: Vec<Bytes>,
}

/// A value of a contract's storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Storage {
    /// The block after which it is so.
    pub block: u32,
    /// The value; null: there is none.
    pub value: Option<Bytes>,
    /// What shows it, if that was asked for.
    pub proof: Option<StorageProof>,
}

pub(super) async fn storage(
    context: Arc<Context>,
    params: StorageParams,
) -> Result<Storage, RpcError> {
    context
        .read(move |_, worker| {
            let view = view(worker, params.at)?;
            let (address, key) = (params.contract.0, params.key.0);
            if !params.proof.unwrap_or(false) {
                let value = view.contract_storage(&address, &key)?;
                return Ok(Storage {
                    block: view.block(),
                    value: value.map_err(|error| of_access(&error))?.map(Bytes),
                    proof: None,
                });
            }
            let proven = view.prove_contract_storage(&address, &key)?;
            let value = proven.value.map_err(|error| of_access(&error))?;
            let read = |(key, value): (Vec<u8>, Option<Vec<u8>>)| Read {
                key: Bytes(key),
                value: value.map(Bytes),
            };
            Ok(Storage {
                block: proven.block,
                value: value.map(Bytes),
                proof: Some(StorageProof {
                    root: Hash(proven.root.into()),
                    reads: proven.reads.into_iter().map(read).collect(),
                    nodes: proven.nodes.into_iter().map(Bytes).collect(),
                }),
            })
        })
        .await
}
