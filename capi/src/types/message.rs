use super::{AccountId, Balance, Hash, Version, Weight};
use parity_scale_codec::{Decode, Encode};

/// Which code a contract is made from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Code {
    /// This code, stored with the message.
    #[codec(index = 0)]
    Upload(Vec<u8>),
    /// Code that the cluster holds already.
    #[codec(index = 1)]
    Existing(Hash),
}

/// Whether code must give the same result everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Determinism {
    /// Yes: code for transactions.
    #[codec(index = 0)]
    Enforced,
    /// No (floats): may only be reached by delegate call, in a query.
    #[codec(index = 1)]
    Relaxed,
}

/// Brings a cluster into being.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Setup {
    /// The 32-byte cluster id; part of every contract address.
    pub cluster: Hash,
    /// The owner; receives `deposit`.
    pub owner: AccountId,
    /// Money that comes into the ledger with this message.
    pub deposit: Balance,
    /// Price of one picosecond of ref time.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte of storage.
    pub deposit_per_byte: Balance,
    /// Receives fees, rent and dust. Never reaped.
    pub treasury: AccountId,
    /// The least that any other account holds; fixed for ever.
    pub existential_deposit: Balance,
    /// SCALE of the engine's own configuration; empty: its defaults.
    pub engine_config: Vec<u8>,
    /// Hash of the system contract's code; its bytes come from the host.
    pub system_code: Option<Hash>,
}

/// Money from the chain. Never fails.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deposit {
    /// The account that receives it.
    pub dest: AccountId,
    /// How much.
    pub amount: Balance,
}

/// Money back to the chain. Leaves the effect `Withdrawn`, whatever the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Withdraw {
    /// The account that is debited.
    pub from: AccountId,
    /// How much.
    pub amount: Balance,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// Stores code. Its base depends on the code's length; it has no limit of its own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Upload {
    /// The sender; pays fee and deposit.
    pub origin: AccountId,
    /// WebAssembly.
    pub code: Vec<u8>,
    /// The highest deposit that the sender accepts; `None`: the engine's default.
    pub storage_deposit_limit: Option<Balance>,
    /// What the code is for.
    pub determinism: Determinism,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// Makes a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Instantiate {
    /// The sender; the deployer of the contract.
    pub origin: AccountId,
    /// From which code.
    pub code: Code,
    /// Constructor selector and arguments.
    pub input: Vec<u8>,
    /// Part of the address.
    pub salt: Vec<u8>,
    /// Money for the contract.
    pub value: Balance,
    /// What the execution may use, without the message's base.
    pub gas_limit: Weight,
    /// The highest storage deposit that the sender accepts; `None`: the engine's default.
    pub storage_deposit_limit: Option<Balance>,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// Calls a contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Call {
    /// The sender.
    pub origin: AccountId,
    /// The contract.
    pub contract: AccountId,
    /// Message selector and arguments.
    pub input: Vec<u8>,
    /// Money for the contract.
    pub value: Balance,
    /// What the execution may use, without the message's base.
    pub gas_limit: Weight,
    /// The highest storage deposit that the sender accepts; `None`: the engine's default.
    pub storage_deposit_limit: Option<Balance>,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
    /// Money that a query lends to the sender for this call; 0 in every other mode.
    pub query_deposit: Balance,
}

/// Takes over the state of an older version. Given to the newer engine, on a fork of the state.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Upgrade {
    /// The version that wrote the state.
    pub from: Version,
    /// Hash of the system contract's code; its bytes come from the host.
    pub system_code: Option<Hash>,
}

/// New prices, from the next message on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UpdatePrices {
    /// Price of one picosecond of ref time.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte of storage.
    pub deposit_per_byte: Balance,
}

/// A new schedule, by governance; engines of era 1.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UpdateSchedule {
    /// SCALE of the engine's schedule.
    pub schedule: Vec<u8>,
}

/// Asks for the eviction of a contract that can't pay its rent; engines of era 1.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ClaimSurcharge {
    /// The sender; receives the reward.
    pub origin: AccountId,
    /// The contract.
    pub contract: AccountId,
    /// The sender counts as the block's author: no handicap.
    pub by_worker: bool,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// Removes code that nothing uses; engines of era 2. Its base depends on the code's length; it has
/// no limit of its own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RemoveCode {
    /// The sender; must have uploaded the code.
    pub origin: AccountId,
    /// Which code.
    pub code_hash: Hash,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// Has code that the cluster holds run compiled from now on; engines since 2.1. Nothing is stored that
/// anybody pays a deposit for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ActivateCode {
    /// The sender, who needn't have uploaded the code; pays for compiling it.
    pub origin: AccountId,
    /// Which code.
    pub code_hash: Hash,
    /// What compiling may cost, without the message's base.
    pub gas_limit: Weight,
    /// The highest gas price that the sender accepts.
    pub max_gas_price: Balance,
}

/// The cluster ends; the ledger is emptied.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Destroy {}
