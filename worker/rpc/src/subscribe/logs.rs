//! What contracts say, as they say it.

use super::tell;
use crate::{
    api::table::parse,
    bytes::{Account, Bytes, Hash},
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

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LogKind {
    /// A line of a contract, or of its engine about it.
    Log,
    /// An event that a contract emitted in a transaction.
    Event,
    /// What a message to a contract gave back.
    Output,
    /// An order of a contract that wasn't obeyed.
    CommandRefused,
    /// A contract's share of what is divided by weight was set.
    WeightSet,
    /// The contract that asks for the logs is another one.
    HandlerSet,
}

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

/// A record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogRecord {
    /// Its number: one more than that of the record before. They begin anew when the worker is started.
    pub sequence: u64,
    /// The kind.
    pub kind: Option<LogKind>,
    /// The block; of a query, the newest one when it began.
    pub block: u32,
    /// The contract.
    pub contract: Option<Account>,
    /// Which contract was called first, of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Account>,
    /// `transaction`, `query` or `estimating`, of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// When it was said, in milliseconds of the Unix epoch, of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<u64>,
    /// 1 error … 5 trace, of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// The line; of an order, why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The order that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// An event's topics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Hash>>,
    /// An event's data, or what was given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Bytes>,
    /// Who sent the message, of what was given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Account>,
    /// The message's number in the queue, of what was given back: eight bytes, big-endian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Bytes>,
    /// The share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "event")]
pub(crate) enum LogsEvent {
    /// A record.
    Record(Box<LogRecord>),
    /// So many records, of any contract and kind, were gone before it came to them.
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

fn written(record: &Record) -> Option<LogRecord> {
    let base = |kind, block: &u32, contract: &[u8; 32]| LogRecord {
        sequence: record.sequence,
        kind: Some(kind),
        block: *block,
        contract: Some(Account(*contract)),
        ..LogRecord::default()
    };
    Some(match &record.message {
        SystemMessage::PinkLog {
            block_number,
            contract,
            entry,
            exec_mode,
            timestamp_ms,
            level,
            message,
        } => LogRecord {
            entry: Some(Account(*entry)),
            mode: Some(exec_mode.word().into()),
            timestamp_ms: Some(*timestamp_ms),
            level: Some(*level),
            text: Some(message.clone()),
            ..base(LogKind::Log, block_number, contract)
        },
        SystemMessage::PinkEvent {
            block_number,
            contract,
            topics,
            payload,
        } => LogRecord {
            topics: Some(topics.iter().map(|topic| Hash(*topic)).collect()),
            data: Some(Bytes(payload.clone())),
            ..base(LogKind::Event, block_number, contract)
        },
        SystemMessage::PinkMessageOutput {
            block_number,
            origin,
            contract,
            nonce,
            output,
        } => LogRecord {
            origin: Some(Account(*origin)),
            nonce: Some(Bytes(nonce.clone())),
            data: Some(Bytes(output.clone())),
            ..base(LogKind::Output, block_number, contract)
        },
        SystemMessage::CommandRefused {
            block_number,
            contract,
            command,
            reason,
        } => LogRecord {
            command: Some(command.clone()),
            text: Some(reason.clone()),
            ..base(LogKind::CommandRefused, block_number, contract)
        },
        SystemMessage::WeightSet {
            block_number,
            contract,
            weight,
        } => LogRecord {
            weight: Some(*weight),
            ..base(LogKind::WeightSet, block_number, contract)
        },
        SystemMessage::LogHandlerSet {
            block_number,
            contract,
        } => base(LogKind::HandlerSet, block_number, contract),
        _ => return None,
    })
}
