//! What a newer engine would have made of the last messages.

use crate::{
    bytes::{Account, Bytes},
    context::Context,
    error::{Code, RpcError},
    json::Outcome,
};
use fat_contracts_primitives::{EngineRecord, EngineVersion};
use pink_worker_core::{history, InstalledEngine, InstalledError, WorkerError, WorkerHandle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    sync::{atomic::Ordering, Arc},
    thread,
};
use tokio::sync::oneshot;

/// Messages that are rehearsed, unless told otherwise, and at most.
const USUAL_MESSAGES: u64 = 100;
const MOST_MESSAGES: u64 = 100_000;

/// Differences that are listed one by one.
const LISTED: usize = 100;

/// What `worker_v1_rehearse` takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RehearseParams {
    /// The version to try, `MAJOR.MINOR`.
    pub to: String,
    /// How many of the last messages [default: 100].
    #[serde(default)]
    pub last: Option<u64>,
}

/// How many messages ended in each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endings {
    /// Their changes are kept.
    pub success: u64,
    /// Undone by the contract.
    pub reverted: u64,
    /// The contract couldn't go on.
    pub trapped: u64,
    /// The gas limit was used up.
    pub out_of_gas: u64,
    /// Not begun.
    pub rejected: u64,
}

impl From<history::Endings> for Endings {
    fn from(it: history::Endings) -> Self {
        Self {
            success: it.success,
            reverted: it.reverted,
            trapped: it.trapped,
            out_of_gas: it.out_of_gas,
            rejected: it.rejected,
        }
    }
}

/// A message that does something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Difference {
    /// The block.
    pub block: u32,
    /// The message.
    pub seq: u64,
    /// How it ended.
    pub was: Outcome,
    /// How it ends under the other engine.
    pub other: Outcome,
    /// What the contract returned is another value.
    pub output: bool,
    /// What contracts emitted differs.
    pub events: bool,
}

/// What a rehearsal gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rehearsal {
    /// The version that runs.
    pub from: String,
    /// The one that was tried.
    pub to: String,
    /// How the upgrade itself would end now. If it isn't `success`, nothing else was tried.
    pub upgrade: Outcome,
    /// Blocks that were executed under both.
    pub blocks: u32,
    /// Messages that were.
    pub messages: u64,
    /// How they ended.
    pub was: Endings,
    /// How they end under the other engine.
    pub other: Endings,
    /// How many do something else.
    pub differing: u64,
    /// The first hundred of them.
    pub differences: Vec<Difference>,
    /// Codes that the newer engine keeps and doesn't call, each with why.
    pub refused_codes: Vec<(Bytes, String)>,
    /// Tombstones that it removes.
    pub tombstones: Vec<Account>,
}

fn done(it: history::Rehearsal) -> Rehearsal {
    let differences = &it.messages.differences;
    let listed = differences.iter().take(LISTED).map(|it| Difference {
        block: it.block,
        seq: it.seq,
        was: (&it.outcome).into(),
        other: (&it.other_outcome).into(),
        output: it.output,
        events: it.events,
    });
    Rehearsal {
        from: it.from.to_string(),
        to: it.to.to_string(),
        upgrade: (&it.upgrade.outcome).into(),
        blocks: it.blocks,
        messages: it.messages.messages,
        was: it.messages.endings.into(),
        other: it.messages.other_endings.into(),
        differing: differences.len() as u64,
        differences: listed.collect(),
        refused_codes: it
            .refused_codes
            .iter()
            .map(|code| {
                (
                    Bytes(code.code_hash.as_bytes().to_vec()),
                    code.reason.clone(),
                )
            })
            .collect(),
        tombstones: it
            .tombstones
            .iter()
            .map(|(who, _)| Account(who.clone().into()))
            .collect(),
    }
}

/// Ends the one rehearsal that there may be.
struct OneAtATime(Arc<Context>);

impl Drop for OneAtATime {
    fn drop(&mut self) {
        self.0.rehearsing.store(false, Ordering::Release);
    }
}

pub(super) async fn rehearse(
    context: Arc<Context>,
    params: RehearseParams,
) -> Result<Rehearsal, RpcError> {
    let last = params.last.unwrap_or(USUAL_MESSAGES).min(MOST_MESSAGES);
    alone(context, params.to, move |worker, (to, record)| {
        history::rehearse(worker, to, record, last, |_, _| ()).map(done)
    })
    .await
}

/// Does it on a thread of its own, behind everything else, and one at a time: it may take minutes, and no other call is to
/// wait for it. It is given the engine that is to be tried.
pub(super) async fn alone<T: Send + 'static>(
    context: Arc<Context>,
    to: String,
    rehearse: impl FnOnce(&WorkerHandle, (EngineVersion, &EngineRecord)) -> Result<T, WorkerError>
        + Send
        + 'static,
) -> Result<T, RpcError> {
    let to: EngineVersion = to
        .parse()
        .map_err(|_| RpcError::new(Code::NoEngine, format!("{to:?} is no version MAJOR.MINOR")))?;
    if context.rehearsing.swap(true, Ordering::AcqRel) {
        return Err(
            RpcError::new(Code::Rehearsing, "a rehearsal goes on already")
                .hint("ask again when it is done"),
        );
    }
    let one = OneAtATime(context.clone());
    let (send, told) = oneshot::channel();
    let work = move || {
        pink_engine_host::give_way(pink_engine_host::BACKGROUND_NICENESS);
        let worker = &one.0.daemon.worker;
        let done =
            engine(worker, to).and_then(|it| Ok(rehearse(worker, (it.version, &it.record))?));
        // Who is told may ask for the next one at once.
        drop(one);
        let _ = send.send(done);
    };
    thread::Builder::new()
        .name("rehearsal".into())
        .spawn(work)
        .map_err(|error| {
            tracing::error!(%error, "no thread for a rehearsal");
            RpcError::busy("rehearsals")
        })?;
    told.await.unwrap_or_else(|_| {
        Err(RpcError::new(
            Code::Internal,
            "the rehearsal panicked; the worker's log says how",
        ))
    })
}

/// The engine of a version, by the file that is here.
fn engine(worker: &WorkerHandle, to: EngineVersion) -> Result<InstalledEngine, RpcError> {
    InstalledEngine::find(worker.registry(), to).map_err(|error| {
        let text = match error {
            InstalledError::NoSuchVersion { .. } | InstalledError::None { .. } => {
                format!("there is no file of engine {to} here")
            }
            error => {
                tracing::error!(%error, "an engine can't be loaded");
                format!("engine {to} can't be loaded; the worker's log says why")
            }
        };
        RpcError::new(Code::NoEngine, text)
    })
}
