//! Records of the log as JSON.

use crate::bytes::{Account, Bytes, Hash};
use pink_worker_core::logs::{Record, SystemMessage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// A command of a contract that was refused.
    CommandRefused,
    /// A contract's share of what is divided by weight was set.
    WeightSet,
    /// The contract that asks for the logs is another one.
    HandlerSet,
}

/// A record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogRecord {
    /// Its number: one more than that of the record before. A worker that is started anew begins with a higher one: its number is of the time.
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
    /// The line; of a command, why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The command that was refused.
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

/// A record as it is told; none of a kind that this program doesn't know.
pub(super) fn written(record: &Record) -> Option<LogRecord> {
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
