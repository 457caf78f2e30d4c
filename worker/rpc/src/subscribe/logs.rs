//! What contracts say, as they say it.

use super::{
    record::{written, LogKind, LogRecord},
    tell,
};
use crate::{
    api::method::parse,
    bytes::Account,
    context::Context,
    error::{Code, RpcError},
};
use jsonrpsee::{server::SubscriptionSink, types::Params, PendingSubscriptionSink};
use pink_worker_core::logs::{Delivery, ExecMode, LogStream, Record, Subscriber, SystemMessage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Records that are looked at before others have a turn.
const TURN: u32 = 64;

/// What `cluster_v1_subscribeLogs` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogsParams {
    /// Of this contract alone, or of calls that began with it [default: of all].
    #[serde(default)]
    pub contract: Option<Account>,
    /// Of these kinds [default: of all].
    #[serde(default)]
    pub kinds: Option<Vec<LogKind>>,
    /// Lines up to this level: 1 error … 5 trace [default: all].
    #[serde(default)]
    pub level: Option<u8>,
    /// From this record's number on [default: from now on].
    #[serde(default)]
    pub from: Option<u64>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "event")]
pub(crate) enum LogsEvent {
    /// A record.
    Record(Box<LogRecord>),
    /// Records, of any contract and kind, were gone before it came to them.
    Lost {
        /// How many.
        records: u64,
    },
    /// The number that was asked for is of an earlier start of the worker: it goes on with what there is.
    Restarted,
}

pub(super) fn begin(
    params: &Params<'_>,
    pending: PendingSubscriptionSink,
    context: Arc<Context>,
    trusted: bool,
) {
    let params: LogsParams = match parse(params) {
        Ok(params) => params,
        Err(error) => {
            tokio::spawn(pending.reject(error));
            return;
        }
    };
    let Some(stream) = context.daemon.worker.logs().cloned() else {
        let error = RpcError::new(Code::NotOffered, "this worker keeps no log of contracts");
        tokio::spawn(pending.reject(error));
        return;
    };
    let (reader, restarted) = reader(&stream, params.from);
    tokio::spawn(async move {
        let Ok(sink) = pending.accept().await else {
            return;
        };
        if restarted && !tell(&sink, &LogsEvent::Restarted).await {
            return;
        }
        follow(&sink, &context, reader, &params, trusted).await;
    });
}

/// A reader, and whether the number that it was to begin with is none that there has been.
fn reader(stream: &LogStream, from: Option<u64>) -> (Subscriber, bool) {
    match from {
        None => (stream.subscribe(), false),
        Some(from) if from > stream.next_sequence() => (stream.subscribe_from(0), true),
        Some(from) => (stream.subscribe_from(from), false),
    }
}

async fn follow(
    sink: &SubscriptionSink,
    context: &Context,
    mut reader: Subscriber,
    wanted: &LogsParams,
    trusted: bool,
) {
    let mut news = context.lines.clone();
    let mut looked = 0u32;
    loop {
        news.mark_unchanged();
        while let Some(delivery) = reader.try_next() {
            let event = match delivery {
                Delivery::Lost(records) => {
                    let method = "cluster_v1_subscribeLogs";
                    context.observer.notifications_lost(method, records);
                    Some(LogsEvent::Lost { records })
                }
                Delivery::Record(record) => {
                    told(&record, wanted, trusted).map(|it| LogsEvent::Record(Box::new(it)))
                }
            };
            if let Some(event) = event {
                if !tell(sink, &event).await {
                    return;
                }
            }
            looked = looked.wrapping_add(1);
            if looked.is_multiple_of(TURN) {
                tokio::task::yield_now().await;
            }
        }
        if reader.at_end() {
            return;
        }
        tokio::select! {
            () = sink.closed() => return,
            changed = news.changed() => if changed.is_err() { return },
        }
    }
}

/// A record as it is told, if it is wanted, and the reader's business. What is said in a query is the asker's: only
/// the operator is told.
fn told(record: &Record, wanted: &LogsParams, trusted: bool) -> Option<LogRecord> {
    let private = matches!(&record.message, SystemMessage::PinkLog { exec_mode, .. }
        if *exec_mode != ExecMode::Transaction);
    if private && !trusted {
        return None;
    }
    let it = written(record)?;
    let of_contract = wanted
        .contract
        .is_none_or(|contract| it.contract == Some(contract) || it.entry == Some(contract));
    let of_kind = wanted
        .kinds
        .as_ref()
        .is_none_or(|kinds| it.kind.is_some_and(|kind| kinds.contains(&kind)));
    let of_level = wanted
        .level
        .is_none_or(|most| it.level.is_none_or(|level| level <= most));
    (of_contract && of_kind && of_level).then_some(it)
}
