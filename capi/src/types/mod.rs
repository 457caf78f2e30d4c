//! What the calls speak of, in both ABIs. All of it is SCALE with explicit indices.

mod block;
mod event;
mod message;
mod outside;
mod receipt;
mod view;

pub use block::{Block, Env, Mode, Version, Weight};
pub use event::Event;
pub use message::{
    Call, ClaimSurcharge, Code, Deposit, Destroy, Determinism, Instantiate, Message, RemoveCode,
    Setup, UpdatePrices, UpdateSchedule, Upgrade, Upload, Withdraw,
};
pub use outside::{HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded};
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
