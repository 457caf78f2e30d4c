//! What a command says: one JSON object, with the fields that apply.

pub use pink_worker_core::values::hex0x;

use super::{
    events::event_json,
    failure::Failure,
    invocation::Invocation,
    outcome::{language_error, outcome},
    values::ss58,
};
use fat_contracts_primitives::{AccountId, BlockNumber, EngineVersion, Seq};
use pink_capi::types::{self, Event, Receipt, StorageDeposit};
use pink_worker_core::{exec::LogLine, KeyFileError};
use serde::Serialize;
use serde_json::{json, Map, Value};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As asked.
    Success,
    /// The contract undid it.
    Reverted,
    /// The contract couldn't go on.
    Trapped,
    /// The gas limit was used up.
    OutOfGas,
    /// What was tested isn't as it has to be.
    Failed,
    /// It wasn't begun.
    #[default]
    Error,
}

impl Status {
    /// The exit status: 0 on success, 1 for a failure of the contract or of what was tested,
    /// 2 for anything else.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Success => ExitCode::SUCCESS,
            Self::Reverted | Self::Trapped | Self::OutOfGas | Self::Failed => ExitCode::from(1),
            Self::Error => ExitCode::from(2),
        }
    }
}

/// A line of the log.
fn log_json(line: &LogLine) -> Value {
    let level = match line.level {
        ..=1 => "error",
        2 => "warn",
        3 => "info",
        4 => "debug",
        5.. => "trace",
    };
    let contract = line.contract.map(|contract| ss58(&contract.into()));
    json!({ "level": level, "contract": contract, "text": line.text })
}

/// A weight. Both parts are JSON numbers: a chain's limits keep them far below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the fields of a weight
pub struct Gas {
    pub ref_time: u64,
    pub proof_size: u64,
}

impl From<types::Weight> for Gas {
    fn from(weight: types::Weight) -> Self {
        Self {
            ref_time: weight.ref_time,
            proof_size: weight.proof_size,
        }
    }
}

/// An account of the cluster. Money is text everywhere: it has 128 bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLine {
    /// Its name, if it is one of the development accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SS58.
    pub address: String,
    /// Hex.
    pub address_hex: String,
    /// What it can spend in the cluster.
    pub free: String,
    /// What is held for code and storage.
    pub held: String,
    /// What it has on the chain.
    pub on_chain: String,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockLine {
    /// Its number.
    pub number: BlockNumber,
    /// The version after it.
    pub engine: Option<String>,
    /// How many messages it had.
    pub messages: u32,
    /// The state root after it.
    pub state_root: String,
}

/// What a command says. A field that doesn't apply is left out; `error` never is.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs)] // the names are the interface; `pink-worker dev` documents them
pub struct Report {
    pub status: Status,
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<BlockNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_limit: Option<Gas>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_consumed: Option<Gas>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_required: Option<Gas>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_deposit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AccountLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_issuance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<BlockLine>>,
    /// What isn't in order, but kept the command from nothing; with what to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What only one command says.
    #[serde(flatten)]
    pub more: Map<String, Value>,
    /// What to tell people instead of the fields of `more`.
    #[serde(skip)]
    pub text: Option<String>,
    /// What to do about an error; in JSON it follows the text of `error`.
    #[serde(skip)]
    pub hint: Option<String>,
}

impl Report {
    /// A command that did what it was asked for.
    pub fn success() -> Self {
        Self {
            status: Status::Success,
            ..Self::default()
        }
    }

    /// With a field that only this command has.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.into(), value.into());
        self
    }

    /// With warnings about keys.
    #[must_use]
    pub fn warned(mut self, keys: &[KeyFileError]) -> Self {
        let warnings = keys.iter().map(|key| format!("{key} ({})", key.hint()));
        self.warnings.extend(warnings);
        self
    }

    /// With the lines that were logged, if there are any.
    #[must_use]
    pub fn with_log(self, log: &[LogLine]) -> Self {
        let lines: Vec<_> = log.iter().map(log_json).collect();
        if lines.is_empty() {
            self
        } else {
            self.with("log", lines)
        }
    }

    /// A command that did nothing.
    pub fn failure(failure: &Failure, invocation: &Invocation) -> Self {
        let (block, seq) = failure.ordered().unzip();
        Self {
            block,
            seq,
            ..Self::error(failure.to_string(), failure.hint(invocation))
        }
    }

    /// An error, with what to do about it.
    pub fn error(error: String, hint: Option<String>) -> Self {
        Self {
            status: Status::Error,
            error: Some(error),
            hint,
            ..Self::default()
        }
    }

    /// What an engine said about a message, kept or tried out.
    pub fn of_receipt(
        engine: EngineVersion,
        block: BlockNumber,
        receipt: &Receipt,
        decode: &dyn Decode,
        invocation: &Invocation,
    ) -> Self {
        let decoded = if receipt.output.is_empty() {
            None
        } else {
            decode
                .output(&receipt.output)
                .or_else(|| language_error(&receipt.outcome, &receipt.output))
        };
        let (status, error, hint) = outcome(&receipt.outcome, decoded.as_deref(), invocation);
        let address = receipt.address.map(AccountId::new);
        Self {
            status,
            error,
            hint,
            engine: Some(engine.to_string()),
            block: Some(block),
            gas_limit: Some(receipt.gas_limit.into()),
            gas_consumed: Some(receipt.gas_consumed.into()),
            gas_price: Some(receipt.gas_price.to_string()),
            fee: Some(receipt.fee.to_string()),
            refund: Some(receipt.refund.to_string()),
            storage_deposit: Some(match receipt.storage_deposit {
                StorageDeposit::Charge(amount) => amount.to_string(),
                StorageDeposit::Refund(0) => "0".into(),
                StorageDeposit::Refund(amount) => format!("-{amount}"),
            }),
            output: Some(hex0x(&receipt.output)),
            decoded: Some(decoded),
            address: address.as_ref().map(ss58),
            address_hex: address.as_ref().map(hex0x),
            code_hash: receipt.code_hash.map(hex0x),
            events: Some(events_json(&receipt.events, decode)),
            ..Self::default()
        }
    }

    /// The object.
    pub fn to_json(&self) -> String {
        let mut whole = self.clone();
        whole.error = self.error_with_hint();
        serde_json::to_string(&whole).unwrap_or_else(|error| {
            // No part of a report can fail to be written; if one does, the promise still holds.
            format!(r#"{{"status":"error","error":"{error}"}}"#)
        })
    }

    /// What is wrong and what to do.
    pub fn error_with_hint(&self) -> Option<String> {
        let error = self.error.as_ref()?;
        Some(match &self.hint {
            Some(hint) => format!("{error} ({hint})"),
            None => error.clone(),
        })
    }
}

/// What is known about the contracts of a message.
pub trait Decode {
    /// What a call returned, as text.
    fn output(&self, output: &[u8]) -> Option<String>;

    /// A contract's event, as text.
    fn event(&self, contract: &AccountId, topics: &[[u8; 32]], data: &[u8]) -> Option<String>;
}

/// Nothing is known.
impl Decode for () {
    fn output(&self, _: &[u8]) -> Option<String> {
        None
    }

    fn event(&self, _: &AccountId, _: &[[u8; 32]], _: &[u8]) -> Option<String> {
        None
    }
}

fn events_json(events: &[Event], decode: &dyn Decode) -> Vec<Value> {
    events
        .iter()
        .map(|event| event_json(event, decode))
        .collect()
}
