//! What a development chain starts with, and why.

use fat_contracts_primitives::{AccountId, Balance, ClusterId, EngineVersion, Weight};
use pink_worker_core::ClusterKey;
use runtime_mock::{runtime::TreasuryAccount, DEV_ACCOUNTS, UNIT};
use sp_crypto_hashing::blake2_256;
use std::{borrow::Cow, collections::BTreeMap};

/// What a message is encoded in beside code, input and salt: at most 160 bytes. An instantiation,
/// the longest, has block and kind (5), sender and code hash (65), three lengths (12), value, limits
/// and price (65).
pub(crate) const MESSAGE_BYTES: u64 = 160;

/// The cluster of a development chain.
pub const CLUSTER: ClusterId = 1;

/// Chain time of a block, in milliseconds, unless told otherwise. Blocks are at fixed times: two
/// base paths that were given the same commands are equal to the bit.
pub const BLOCK_MS: u64 = 6_000;

/// Price of a picosecond. An ordinary call uses one to three milliseconds of ref time, which is
/// a few hundredths of a unit.
pub const GAS_PRICE: Balance = 10;

/// Price of holding a byte: a contract of 20 kB costs a fifth of a unit.
pub const DEPOSIT_PER_BYTE: Balance = UNIT / 100_000;

/// Price of holding a storage item: a hundredth of a unit.
pub const DEPOSIT_PER_ITEM: Balance = UNIT / 100;

/// The least that an account of the cluster holds.
pub const EXISTENTIAL_DEPOSIT: Balance = UNIT / 1_000;

/// What each development account owns on the chain, and again in the cluster.
pub const ENDOWMENT: Balance = 10_000_000 * UNIT;

/// The gas limit of a message that names none: a quarter of what the chain allows. At
/// [`GAS_PRICE`] it is five units, which are prepaid and given back but for what was used.
pub const GAS_LIMIT: Weight = Weight {
    ref_time: 500_000_000_000,
    proof_size: 2 * 1024 * 1024,
};

/// How a development chain is to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevConfig {
    /// The engine that the cluster starts on; `None`: the newest that is found.
    pub engine: Option<EngineVersion>,
    /// Price of one picosecond.
    pub gas_price: Balance,
    /// Price of holding one storage item.
    pub deposit_per_item: Balance,
    /// Price of holding one byte.
    pub deposit_per_byte: Balance,
    /// Who owns how much, on the chain and again in the cluster.
    pub endowed: BTreeMap<AccountId, Balance>,
    /// What contracts' keys are derived from.
    pub cluster_key: ClusterKey,
    /// The code of the system contract that clusters of 2.x start with.
    pub system_code: Cow<'static, [u8]>,
}

/// Our own system contract.
const SYSTEM_CODE: &[u8] = include_bytes!("../../../contracts/artifacts/system.wasm");

impl Default for DevConfig {
    fn default() -> Self {
        let endowed = DEV_ACCOUNTS
            .iter()
            .map(|(_, key)| (AccountId::new(*key), ENDOWMENT));
        Self {
            engine: None,
            gas_price: GAS_PRICE,
            deposit_per_item: DEPOSIT_PER_ITEM,
            deposit_per_byte: DEPOSIT_PER_BYTE,
            endowed: endowed.collect(),
            cluster_key: ClusterKey::development(),
            system_code: Cow::Borrowed(SYSTEM_CODE),
        }
    }
}

/// The owner of the cluster: //Alice.
pub fn owner() -> AccountId {
    AccountId::new(DEV_ACCOUNTS[0].1)
}

/// The ledger account that receives fees: the same as the chain's treasury.
pub fn treasury() -> AccountId {
    TreasuryAccount::get()
}

/// The worker that serves the cluster.
pub fn worker() -> AccountId {
    AccountId::new(blake2_256(b"pink: the development worker"))
}

/// Pays what accounts have in the cluster at the start, so that what they have on the chain is
/// what the configuration says.
pub(crate) fn faucet() -> AccountId {
    AccountId::new(blake2_256(b"pink: the development faucet"))
}
