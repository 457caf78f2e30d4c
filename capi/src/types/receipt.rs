use super::{AccountId, Balance, Event, Hash, Version, Weight};
use parity_scale_codec::{Decode, Encode};

/// Why something failed, in the terms of the engine's rules. Deterministic: part of the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Failure {
    /// The error's name in the rules, like `ContractNotFound`.
    pub error: String,
    /// What was expected and what was found; may be empty.
    pub detail: String,
}

impl Failure {
    /// The error of this name, with details.
    pub fn new(error: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            detail: detail.into(),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.detail.as_str() {
            "" => f.write_str(&self.error),
            detail => write!(f, "{}: {detail}", self.error),
        }
    }
}

/// How a message ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Outcome {
    /// Its changes are kept.
    #[codec(index = 0)]
    Success,
    /// The contract undid it. State rolled back, gas used is paid.
    #[codec(index = 1)]
    Reverted,
    /// It couldn't go on. State rolled back, gas used is paid.
    #[codec(index = 2)]
    Trapped(Failure),
    /// It used up its limit. State rolled back, the whole limit is paid.
    #[codec(index = 3)]
    OutOfGas,
    /// It didn't begin: nothing changed, nothing is charged.
    #[codec(index = 4)]
    Rejected(Failure),
}

/// What a message moved between accounts and storage deposits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum StorageDeposit {
    /// Taken from the sender.
    #[codec(index = 0)]
    Charge(Balance),
    /// Given back to the sender.
    #[codec(index = 1)]
    Refund(Balance),
}

impl Default for StorageDeposit {
    fn default() -> Self {
        Self::Charge(0)
    }
}

/// What a message asks of the chain, once it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Effect {
    /// A withdrawal was executed; the chain owes the amount if the ledger was debited.
    #[codec(index = 0)]
    Withdrawn {
        /// Whether it was.
        debited: bool,
    },
    /// The system contract asks for an upgrade to this version.
    #[codec(index = 1)]
    UpgradeRequested {
        /// One of the block's upgrade targets.
        to: Version,
    },
    /// The upgrade failed, deterministically; the state is as it was.
    #[codec(index = 2)]
    UpgradeFailed,
}

/// The result of one message, equal on every worker.
///
/// `fee + refund = gas_limit.ref_time × gas_price`, in every version and for every outcome but
/// `Rejected`, where fee, refund and gas are zero.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    /// How it ended.
    pub outcome: Outcome,
    /// The message's base and the sender's limit.
    pub gas_limit: Weight,
    /// The base and what the execution used; at most `gas_limit`, in both dimensions.
    pub gas_consumed: Weight,
    /// The least limit, base included, under which the same execution succeeds.
    pub gas_required: Weight,
    /// Price of one picosecond of ref time when it was executed.
    pub gas_price: Balance,
    /// What the sender paid to the treasury.
    pub fee: Balance,
    /// What came back to the sender from the escrow.
    pub refund: Balance,
    /// Storage deposits, seen from the sender.
    pub storage_deposit: StorageDeposit,
    /// What the contract returned, for `Success` and `Reverted`.
    pub output: Vec<u8>,
    /// The contract that was made.
    pub address: Option<AccountId>,
    /// The code that was stored or used.
    pub code_hash: Option<Hash>,
    /// Events, in order; none of a part that was rolled back.
    pub events: Vec<Event>,
    /// What it asks of the chain.
    pub effects: Vec<Effect>,
}

impl Receipt {
    /// A receipt for something that costs nothing and succeeded.
    pub fn free() -> Self {
        Self {
            outcome: Outcome::Success,
            gas_limit: Weight::default(),
            gas_consumed: Weight::default(),
            gas_required: Weight::default(),
            gas_price: 0,
            fee: 0,
            refund: 0,
            storage_deposit: StorageDeposit::default(),
            output: Vec::new(),
            address: None,
            code_hash: None,
            events: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// A receipt for a message that didn't begin.
    pub fn rejected(failure: Failure) -> Self {
        Self {
            outcome: Outcome::Rejected(failure),
            ..Self::free()
        }
    }

    /// A receipt for a message that this engine's rules have no part for.
    pub fn unsupported(what: &str) -> Self {
        Self::rejected(Failure::new("Unsupported", what))
    }
}

/// The result of a block's begin or end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct BlockReceipt {
    /// How much of the fixed budget was used.
    pub weight: Weight,
    /// Events, in order.
    pub events: Vec<Event>,
}
