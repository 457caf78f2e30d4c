//! The state: keys and records. An engine of a newer era takes clusters over from them.
//!
//! | key | value |
//! |---|---|
//! | `:version` | `Version`, the SDK's key |
//! | `cluster` | [`Cluster`] |
//! | `config` | `RentConfig` |
//! | `schedule` | `Schedule` |
//! | `counter` | u64: instantiations so far, failed ones not counted |
//! | `deletion` | list of [`Deleted`], only while there are any |
//! | `account/` ‖ account | [`Account`] |
//! | `contract/` ‖ address | [`Contract`] |
//! | `code/` ‖ BLAKE2b-256(code) | the code, as it was uploaded |
//! | `prefab/` ‖ the same hash | [`Prefab`](crate::code::Prefab) |
//! | `instrumented/` ‖ the same hash | the code as it runs |
//! | `storage/` ‖ prefix ‖ BLAKE2b-256(contract's key) | a contract's value, as it is |
//!
//! Values are SCALE unless it says otherwise. A contract's prefix is
//! BLAKE2b-256(address ‖ counter as u64 LE): an address that is used again begins empty.

use parity_scale_codec::{Decode, Encode};
use pink_engine_sdk::{
    types::{AccountId, Balance, BlockNumber, Hash},
    Overlay,
};
use sp_crypto_hashing::blake2_256;

pub(crate) const CLUSTER: &[u8] = b"cluster";
pub(crate) const CONFIG: &[u8] = b"config";
pub(crate) const SCHEDULE: &[u8] = b"schedule";
pub(crate) const DELETION: &[u8] = b"deletion";
pub(crate) const ACCOUNTS: &[u8] = b"account/";
const COUNTER: &[u8] = b"counter";

/// Where a contract's storage is: 32 bytes between `storage/` and the hashed key.
pub(crate) type Prefix = [u8; 32];

/// The cluster's record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cluster {
    /// The 32-byte cluster id.
    pub id: Hash,
    /// The owner.
    pub owner: AccountId,
    /// Receives fees, rent and dust.
    pub treasury: AccountId,
    /// Price of one picosecond.
    pub gas_price: Balance,
    /// Price of holding one item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte.
    pub deposit_per_byte: Balance,
    /// The least that an account but the treasury holds.
    pub existential_deposit: Balance,
    /// It has ended: the ledger counts as empty, and no message is executed any more.
    pub destroyed: bool,
}

/// An account of the ledger. Nothing is ever held or locked in this era.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Account {
    /// What it has.
    pub free: Balance,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Contract {
    /// It lives.
    #[codec(index = 0)]
    Alive(Alive),
    /// It couldn't pay its rent. BLAKE2b-256 over the SCALE of its storage's root, as bytes, and
    /// the hash of its code.
    #[codec(index = 1)]
    Tombstone(Hash),
}

/// A living contract.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Alive {
    /// Where its storage is.
    pub prefix: Prefix,
    /// Bytes of its values.
    pub storage_size: u32,
    /// Number of its items.
    pub pair_count: u32,
    /// Its code.
    pub code_hash: Hash,
    /// What it may still spend on rent.
    pub rent_allowance: Balance,
    /// What it has spent on rent.
    pub rent_paid: Balance,
    /// The block up to which rent is paid.
    pub deduct_block: BlockNumber,
    /// The block in which it wrote to its storage last.
    pub last_write: Option<BlockNumber>,
}

/// The storage of an ended contract, as long as there is something left of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deleted {
    /// Items that are left, as they were counted.
    pub pair_count: u32,
    /// Where they are.
    pub prefix: Prefix,
}

pub(crate) fn account_key(who: &AccountId) -> Vec<u8> {
    [ACCOUNTS, who].concat()
}

pub(crate) fn contract_key(address: &AccountId) -> Vec<u8> {
    [b"contract/".as_slice(), address].concat()
}

pub(crate) fn code_key(hash: &Hash) -> Vec<u8> {
    [b"code/".as_slice(), hash].concat()
}

pub(crate) fn prefab_key(hash: &Hash) -> Vec<u8> {
    [b"prefab/".as_slice(), hash].concat()
}

pub(crate) fn instrumented_key(hash: &Hash) -> Vec<u8> {
    [b"instrumented/".as_slice(), hash].concat()
}

/// What all keys of a contract's storage begin with.
pub(crate) fn storage_prefix(prefix: &Prefix) -> Vec<u8> {
    [b"storage/".as_slice(), prefix].concat()
}

pub(crate) fn storage_key(prefix: &Prefix, key: &[u8; 32]) -> Vec<u8> {
    [b"storage/".as_slice(), prefix, &blake2_256(key)].concat()
}

/// The first key after all that begin with `prefix`; none if there is no such key.
pub(crate) fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

pub(crate) fn contract(state: &mut Overlay<'_>, address: &AccountId) -> Option<Contract> {
    state.get_as(&contract_key(address))
}

pub(crate) fn alive(state: &mut Overlay<'_>, address: &AccountId) -> Option<Alive> {
    match contract(state, address)? {
        Contract::Alive(alive) => Some(alive),
        Contract::Tombstone(_) => None,
    }
}

pub(crate) fn put_alive(state: &mut Overlay<'_>, address: &AccountId, alive: Alive) {
    state.put_as(&contract_key(address), &Contract::Alive(alive));
}

/// A prefix for a contract that is made now.
pub(crate) fn next_prefix(state: &mut Overlay<'_>, address: &AccountId) -> Prefix {
    let counter = state.get_as::<u64>(COUNTER).unwrap_or(0).wrapping_add(1);
    state.put_as(COUNTER, &counter);
    blake2_256(&[address.as_slice(), &counter.to_le_bytes()].concat())
}

/// Where a contract that this deployer makes from this code will be, in every engine.
pub(crate) fn contract_address(
    deployer: &AccountId,
    code_hash: &Hash,
    cluster: &Hash,
    salt: &[u8],
) -> AccountId {
    blake2_256(&[deployer.as_slice(), code_hash, cluster, salt].concat())
}
