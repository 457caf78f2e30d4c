//! What the calls speak of, in both ABIs. All of it is SCALE with explicit indices.

mod block;
mod event;
mod message;
mod offchain;
mod receipt;
mod view;

pub use crate::calls::Message;
pub use block::{Block, Env, Mode, Version, Weight};
pub use event::Event;
pub use message::{
    ActivateCode, Call, ClaimSurcharge, Code, Deposit, Destroy, Determinism, Instantiate,
    RemoveCode, Setup, UpdatePrices, UpdateSchedule, Upgrade, Upload, Withdraw,
};
pub use offchain::{HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded};
pub use receipt::{BlockReceipt, Effect, Failure, Outcome, Receipt, StorageDeposit};
pub use view::{AccessError, AccountView, ClusterView, ContractView, EngineInfo, RentView};

/// A 32-byte account.
pub type AccountId = [u8; 32];
/// An amount in the chain's smallest unit.
pub type Balance = u128;
/// A block height of the chain.
pub type BlockNumber = u32;
/// BLAKE2b-256 over some bytes.
pub type Hash = [u8; 32];
/// What a call changes in the state: ascending keys, none twice; `None` removes the key.
pub type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;
/// Keys of the state with their values, ascending.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// The state key under which every engine keeps the version that the state belongs to: SCALE of
/// [`Version`]. The worker reads it to choose the engine, and it is under the state root.
pub const VERSION_KEY: &[u8] = b":version";
