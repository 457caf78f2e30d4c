//! Which contracts there are, by what the receipts say was made.
//!
//! How an engine keeps its contracts is the engine's business, so they are not looked for in the state.

use crate::{
    bytes::{Account, Hash},
    context::Context,
    error::RpcError,
};
use pink_capi::types::Event;
use pink_worker_core::WorkerHandle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Blocks with messages that one call looks through.
const BLOCKS: usize = 200;

/// Contracts that one call gives, unless it is told otherwise, and at most: those of a block are never parted.
const CONTRACTS: u32 = 200;

/// What `cluster_v1_contracts` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContractsParams {
    /// From which message on [default: 0].
    #[serde(default)]
    pub from: Option<u64>,
    /// After how many contracts to stop [default and most: 200].
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A contract that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Made {
    /// Its address.
    pub contract: Account,
    /// Who made it: an account, or another contract.
    pub deployer: Account,
    /// The code that its message used; null for one that another contract made.
    pub code_hash: Option<Hash>,
    /// The block of the message in which it was made.
    pub block: u32,
    /// The message.
    pub seq: u64,
}

/// Contracts, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contracts {
    /// Those that were made by the messages that this call looked at. Some may be gone since.
    pub contracts: Vec<Made>,
    /// From which message on to ask next.
    pub next: u64,
    /// There are more messages now.
    pub more: bool,
    /// Messages before this one aren't kept here: contracts that they made aren't listed.
    pub oldest: u64,
}

pub(super) async fn contracts(
    context: Arc<Context>,
    params: ContractsParams,
) -> Result<Contracts, RpcError> {
    context
        .read(move |_, worker| {
            let limit = params.limit.unwrap_or(CONTRACTS).min(CONTRACTS) as usize;
            let oldest = oldest(worker)?;
            let end = worker.head()?.map_or(0, |(_, _, record)| record.next_seq);
            let mut next = params.from.unwrap_or(0).max(oldest);
            let mut made = Vec::new();
            for _ in 0..BLOCKS {
                if next >= end || made.len() >= limit {
                    break;
                }
                let Some(block) = worker.block_of(next)? else {
                    break;
                };
                for receipt in worker.receipts(block.number)? {
                    if receipt.seq < next {
                        continue;
                    }
                    let by_message = receipt.receipt.address;
                    made.extend(receipt.receipt.events.iter().filter_map(|event| {
                        let Event::Instantiated { deployer, contract } = event else {
                            return None;
                        };
                        let direct = by_message == Some(*contract);
                        let code = receipt.receipt.code_hash.filter(|_| direct);
                        Some(Made {
                            contract: Account(*contract),
                            deployer: Account(*deployer),
                            code_hash: code.map(Hash),
                            block: block.number,
                            seq: receipt.seq,
                        })
                    }));
                }
                let last = block.messages.last().map_or(next, |(seq, _)| *seq);
                next = last.max(next).saturating_add(1);
            }
            Ok(Contracts {
                contracts: made,
                next,
                more: next < end,
                oldest,
            })
        })
        .await
}

/// The oldest message whose receipt is kept, if receipts are missing; else 0.
fn oldest(worker: &WorkerHandle) -> Result<u64, RpcError> {
    let after = |block| {
        let record = worker.record(block)?;
        Ok::<_, RpcError>(record.map_or(0, |it| it.next_seq))
    };
    let began = worker.snapshot_block()?.map_or(Ok(0), after)?;
    let pruned = worker.store().receipts_from()?;
    let pruned = pruned.and_then(|it| it.checked_sub(1));
    Ok(began.max(pruned.map_or(Ok(0), after)?))
}
