use super::{AccountId, Balance, BlockNumber, Hash, Version};
use parity_scale_codec::{Decode, Encode};

/// What an engine says about itself. Constant for a given file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EngineInfo {
    /// The rules that it holds.
    pub version: Version,
    /// Versions whose state it can take over.
    pub upgrades_from: Vec<Version>,
    /// BLAKE2b-256 over the SCALE of its cost table and limits.
    pub cost_table_hash: Hash,
    /// Host stack, in bytes, that a thread needs to call it.
    pub min_stack_bytes: u64,
}

/// An account of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct AccountView {
    /// Can be spent (down to the existential deposit).
    pub free: Balance,
    /// Held as deposits for code and storage.
    pub held: Balance,
}

/// The cluster as the engine's state records it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ClusterView {
    /// The version that the state belongs to.
    pub version: Version,
    /// The 32-byte cluster id.
    pub cluster: Hash,
    /// The owner.
    pub owner: AccountId,
    /// The treasury.
    pub treasury: AccountId,
    /// Price of one picosecond of ref time.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte of storage.
    pub deposit_per_byte: Balance,
    /// The least that an account holds.
    pub existential_deposit: Balance,
    /// The system contract, for engines that have one.
    pub system_contract: Option<AccountId>,
}

/// A contract, alive or a tombstone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ContractView {
    /// Its code.
    pub code_hash: Hash,
    /// Bytes of its storage values.
    pub storage_bytes: u64,
    /// Number of its storage items.
    pub storage_items: u64,
    /// It couldn't pay its rent; its storage is gone (era 1).
    pub tombstone: bool,
}

/// Why a contract can't be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AccessError {
    /// There is no contract at this address.
    #[codec(index = 0)]
    DoesntExist,
    /// It is a tombstone.
    #[codec(index = 1)]
    IsTombstone,
    /// The key has not the form that the engine's contracts use.
    #[codec(index = 2)]
    BadKey,
    /// The engine's rules know no such thing.
    #[codec(index = 3)]
    Unsupported,
}

/// A contract's rent (era 1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RentView {
    /// The block in which it will be evictable at the present rate; `None`: never.
    pub eviction_at: Option<BlockNumber>,
    /// What it may still spend on rent.
    pub allowance: Balance,
    /// What it has paid in its life.
    pub paid: Balance,
    /// The balance below which it can't pay: existential deposit and tombstone deposit.
    pub threshold: Balance,
    /// What would happen in this block: `exempt`, `charge` or `evict`.
    pub verdict: String,
}
