//! Everything of one message that it takes to execute it alone.

use super::message::{block_of, MessageParams};
use crate::{
    bytes::Bytes,
    context::Context,
    error::{Code, RpcError},
};
use parity_scale_codec::Encode;
use pink_worker_core::history::{Witness, WitnessError};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A message's witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WitnessJson {
    /// The block.
    pub block: u32,
    /// The engine that executed it.
    pub engine: String,
    /// The file, as `pink-worker` reads it.
    pub witness: Bytes,
}

impl From<WitnessError> for RpcError {
    fn from(error: WitnessError) -> Self {
        match error {
            WitnessError::Worker(error) => error.into(),
            WitnessError::NotExecuted { .. } | WitnessError::NoMessage { .. } => {
                Self::new(Code::NoReceipt, error.to_string())
            }
            error => {
                tracing::error!(%error, "a witness can't be recorded");
                let text = "the message can't be executed again here; the worker's log says why";
                Self::new(Code::QueryFailed, text)
            }
        }
    }
}

/// Executes it again. The pool's threads have stack for engines.
pub(super) async fn witness(
    context: Arc<Context>,
    params: MessageParams,
) -> Result<WitnessJson, RpcError> {
    context
        .read(move |_, worker| {
            let block = block_of(worker, params.seq)?.number;
            let witness = Witness::of_handle(worker, block, params.seq)?;
            Ok(WitnessJson {
                block,
                engine: witness.engine.to_string(),
                witness: Bytes(witness.encode()),
            })
        })
        .await
}
