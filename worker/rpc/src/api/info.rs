//! How the worker stands.

use super::method::Nothing;
use crate::{
    bytes::{Account, Amount, Hash},
    context::Context,
    error::RpcError,
    health,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A block, and its hash or a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Final {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: Hash,
}

/// Where and why a worker stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParkedAt {
    /// The block that isn't executed.
    pub block: u32,
    /// The message at fault, if one is.
    pub seq: Option<u64>,
    /// The cause as the chain counts it; null for what is this worker's alone.
    pub cause: Option<String>,
    /// In a sentence; to callers who may call unsafe methods only, since it may name files.
    pub reason: Option<String>,
}

/// What `cluster_v1_info` gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Info {
    /// The cluster's number.
    pub cluster: u64,
    /// The chain's genesis block, if the worker knows it.
    pub genesis: Option<Hash>,
    /// `running`, `parked`, `waiting` (no block yet) or `destroyed`.
    pub status: String,
    /// Where and why it stands still, if it does.
    pub parked: Option<ParkedAt>,
    /// The engine after the last executed block.
    pub engine: Option<String>,
    /// The last executed block.
    pub block: Option<u32>,
    /// The state root after it.
    pub state_root: Option<Hash>,
    /// The root of its receipts.
    pub receipts_root: Option<Hash>,
    /// The number of the queue's next message.
    pub next_seq: Option<u64>,
    /// The oldest block whose state can be asked.
    pub oldest_state: Option<u32>,
    /// The newest final block that the worker knows. Its hash is what calls are signed with.
    pub finalized: Option<Final>,
    /// Blocks that the worker is behind it.
    pub lag: Option<u32>,
    /// Whether it is ready by the operator's thresholds.
    pub ready: bool,
    /// The account that owns the cluster.
    pub owner: Option<Account>,
    /// The cluster's system contract.
    pub system_contract: Option<Account>,
    /// Price of a picosecond.
    pub gas_price: Option<Amount>,
    /// Price of holding a storage item.
    pub deposit_per_item: Option<Amount>,
    /// Price of holding a byte.
    pub deposit_per_byte: Option<Amount>,
    /// The least that an account holds.
    pub existential_deposit: Option<Amount>,
    /// What the worker's account has on the chain for fees, as far as it is known, told to who may call unsafe methods.
    pub fee_balance: Option<Amount>,
}

/// As an operator sees it, or as everybody does.
pub(super) async fn info(context: Arc<Context>, operator: bool) -> Result<Info, RpcError> {
    context
        .read(move |context, worker| {
            let seen = context.daemon.standing.seen();
            let head = worker.head()?;
            let view = worker.view().ok();
            let cluster = view.as_ref().and_then(|view| view.cluster().ok()).flatten();
            let destroyed = view
                .as_ref()
                .is_some_and(|view| view.is_destroyed().unwrap_or(false));
            let block = head.as_ref().map(|(number, _, _)| *number);
            let record = head.as_ref().map(|(_, _, record)| record);
            let status = match (&seen.parked, block) {
                (Some(_), _) => "parked",
                (None, None) => "waiting",
                (None, Some(_)) if destroyed => "destroyed",
                (None, Some(_)) => "running",
            };
            let money = |of: fn(&pink_capi::types::ClusterView) -> u128| {
                cluster.as_ref().map(|it| Amount(of(it)))
            };
            Ok(Info {
                cluster: context.daemon.cluster,
                genesis: seen.genesis.map(|hash| Hash(hash.into())),
                status: status.into(),
                parked: seen.parked.as_ref().map(|parked| ParkedAt {
                    block: parked.block,
                    seq: parked.seq,
                    cause: parked.cause.clone(),
                    reason: operator.then(|| parked.reason.clone()),
                }),
                engine: record
                    .and_then(|record| record.engine)
                    .map(|it| it.to_string()),
                block,
                state_root: head.as_ref().map(|(_, root, _)| Hash((*root).into())),
                receipts_root: record.map(|record| Hash(record.receipts_root.into())),
                next_seq: record.map(|record| record.next_seq),
                oldest_state: worker.store().oldest_state()?,
                finalized: seen.finalized.map(|(number, hash)| Final {
                    number,
                    hash: Hash(hash.into()),
                }),
                lag: health::lag(&seen, block),
                ready: health::readiness(context, block).is_empty(),
                owner: cluster.as_ref().map(|it| Account(it.owner)),
                system_contract: cluster
                    .as_ref()
                    .and_then(|it| it.system_contract)
                    .map(Account),
                gas_price: money(|it| it.gas_price),
                deposit_per_item: money(|it| it.deposit_per_item),
                deposit_per_byte: money(|it| it.deposit_per_byte),
                existential_deposit: money(|it| it.existential_deposit),
                fee_balance: seen.fee_balance.filter(|_| operator).map(Amount),
            })
        })
        .await
}

/// What `system_health` gives: a node's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    /// A worker has none.
    pub peers: u32,
    /// It isn't ready by the operator's thresholds.
    pub is_syncing: bool,
    /// No.
    pub should_have_peers: bool,
}

pub(super) async fn health(context: Arc<Context>, _: Nothing) -> Result<Health, RpcError> {
    let ready = context.read(|context, worker| {
        let block = worker.store().cursor()?.map(|block| block.number);
        Ok(health::readiness(context, block).is_empty())
    });
    Ok(Health {
        peers: 0,
        is_syncing: !ready.await?,
        should_have_peers: false,
    })
}

pub(super) async fn version(context: Arc<Context>, _: Nothing) -> Result<String, RpcError> {
    Ok(context.config.version.clone())
}

/// What `rpc_methods` gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Names {
    /// All names, sorted.
    pub methods: Vec<String>,
}
