//! What engines give, as JSON: bytes as hex, accounts as SS58, amounts as decimal text.

mod event;

pub use event::event;

use crate::bytes::{Account, Amount, Bytes, Gas, Hash};
use pink_capi::types::{self, Failure, StorageDeposit};
use pink_worker_core::exec::LogLine;
use schemars::JsonSchema;
use serde::Serialize;

/// How a message ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Outcome {
    /// Its changes are kept.
    Success,
    /// The contract undid it.
    Reverted,
    /// It couldn't go on.
    Trapped {
        /// The error's name in the engine's rules.
        error: String,
        /// What was expected and found; may be empty.
        detail: String,
    },
    /// It used up its limit.
    OutOfGas,
    /// It didn't begin.
    Rejected {
        /// The error's name in the engine's rules.
        error: String,
        /// What was expected and found; may be empty.
        detail: String,
    },
}

impl From<&types::Outcome> for Outcome {
    fn from(outcome: &types::Outcome) -> Self {
        let parts = |it: &Failure| (it.error.clone(), it.detail.clone());
        match outcome {
            types::Outcome::Success => Self::Success,
            types::Outcome::Reverted => Self::Reverted,
            types::Outcome::OutOfGas => Self::OutOfGas,
            types::Outcome::Trapped(why) => {
                let (error, detail) = parts(why);
                Self::Trapped { error, detail }
            }
            types::Outcome::Rejected(why) => {
                let (error, detail) = parts(why);
                Self::Rejected { error, detail }
            }
        }
    }
}

/// A storage deposit, seen from the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Deposit {
    /// Taken from him.
    Charge(Amount),
    /// Given back to him.
    Refund(Amount),
}

/// What a message gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptJson {
    /// How it ended.
    pub outcome: Outcome,
    /// The message's base and the sender's limit.
    pub gas_limit: Gas,
    /// The base and what the execution used.
    pub gas_consumed: Gas,
    /// The least limit, base included, under which the same execution succeeds.
    pub gas_required: Gas,
    /// Price of a picosecond.
    pub gas_price: Amount,
    /// What the sender paid to the treasury.
    pub fee: Amount,
    /// What came back to him of what was prepaid.
    pub refund: Amount,
    /// Storage deposits.
    pub storage_deposit: Deposit,
    /// What the contract returned.
    pub output: Bytes,
    /// The contract that was made.
    pub address: Option<Account>,
    /// The code that was stored or used.
    pub code_hash: Option<Hash>,
    /// Events, in order: an object each, with the name under `event`.
    pub events: Vec<serde_json::Value>,
}

impl From<&types::Receipt> for ReceiptJson {
    fn from(it: &types::Receipt) -> Self {
        Self {
            outcome: (&it.outcome).into(),
            gas_limit: it.gas_limit.into(),
            gas_consumed: it.gas_consumed.into(),
            gas_required: it.gas_required.into(),
            gas_price: Amount(it.gas_price),
            fee: Amount(it.fee),
            refund: Amount(it.refund),
            storage_deposit: match it.storage_deposit {
                StorageDeposit::Charge(amount) => Deposit::Charge(Amount(amount)),
                StorageDeposit::Refund(amount) => Deposit::Refund(Amount(amount)),
            },
            output: Bytes(it.output.clone()),
            address: it.address.map(Account),
            code_hash: it.code_hash.map(Hash),
            events: it.events.iter().map(event).collect(),
        }
    }
}

/// A line of a contract, or of its engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// 1 error … 5 trace.
    pub level: u8,
    /// Which contract it is about.
    pub contract: Option<Account>,
    /// The text.
    pub text: String,
}

impl From<&LogLine> for Line {
    fn from(line: &LogLine) -> Self {
        Self {
            level: line.level,
            contract: line.contract.map(Account),
            text: line.text.clone(),
        }
    }
}
