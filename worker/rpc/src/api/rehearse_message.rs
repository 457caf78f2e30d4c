//! What a newer engine would have made of one message.

use super::rehearse::alone;
use crate::{
    context::Context,
    error::RpcError,
    json::{Outcome, ReceiptJson},
};
use pink_worker_core::history::{rehearse_message, MessageRehearsal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What `worker_v1_rehearseMessage` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Params {
    /// The message's number in the cluster's queue.
    pub seq: u64,
    /// The version to try, `MAJOR.MINOR`.
    pub to: String,
}

/// In what two receipts of a message differ. Engines may describe a failure in other words, and say other things about the
/// ledger: that isn't counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Differs {
    /// It ends in another way.
    pub outcome: bool,
    /// What the contract returned is another value.
    pub output: bool,
    /// What contracts emitted differs.
    pub events: bool,
}

/// One message under two engines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rehearsed {
    /// The message.
    pub seq: u64,
    /// Its block.
    pub block: u32,
    /// The version that executed it.
    pub from: String,
    /// The one that was tried.
    pub to: String,
    /// How the move to that version ends, made just before the message. If it isn't `success`, the message wasn't tried.
    pub upgrade: Outcome,
    /// What the message gave.
    pub was: ReceiptJson,
    /// What it gives under the other engine, on the same state; null if it wasn't tried.
    pub other: Option<ReceiptJson>,
    /// In what the two differ; null if it wasn't tried.
    pub differs: Option<Differs>,
}

impl From<MessageRehearsal> for Rehearsed {
    fn from(it: MessageRehearsal) -> Self {
        let differs = it.other.is_some().then(|| Differs {
            outcome: it.difference.as_ref().is_some_and(|it| it.ends_otherwise()),
            output: it.difference.as_ref().is_some_and(|it| it.output),
            events: it.difference.as_ref().is_some_and(|it| it.events),
        });
        Self {
            seq: it.was.seq,
            block: it.block,
            from: it.from.to_string(),
            to: it.to.to_string(),
            upgrade: (&it.upgrade).into(),
            was: (&it.was.receipt).into(),
            other: it.other.map(|other| (&other.receipt).into()),
            differs,
        }
    }
}

pub(super) async fn rehearse(context: Arc<Context>, params: Params) -> Result<Rehearsed, RpcError> {
    let Params { seq, to } = params;
    alone(context, to, move |worker, (to, record)| {
        rehearse_message(worker, seq, to, record).map(Rehearsed::from)
    })
    .await
}
