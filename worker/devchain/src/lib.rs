//! A development node: a chain and a worker in one process, kept on disk.
//!
//! [`DevNode`] makes each block really (its extrinsics are dispatched in the runtime of
//! `runtime-mock`), gives it to the worker, and keeps the chain's state in the worker's store, in
//! the transaction that holds the block. So both are always at the same block, whenever the
//! process ends. If the worker is parked, the chain goes on, and its blocks wait in the store.
//!
//! There is no clock and no randomness in it: two base paths that are given the same commands are
//! equal, root by root. Time goes on by six seconds a block, unless told otherwise.
//!
//! An extrinsic that the chain refuses makes no block: it is as if it had never been sent.

mod advance;
mod config;
mod engines;
mod error;
mod estimate;
mod genesis;
mod governance;
mod memory;
mod node;
mod open;
mod refusal;
mod rows;
mod source;
pub mod state;

pub use config::{
    owner, treasury, worker, DevConfig, BLOCK_MS, CLUSTER, DEPOSIT_PER_BYTE, DEPOSIT_PER_ITEM,
    ENDOWMENT, EXISTENTIAL_DEPOSIT, GAS_LIMIT, GAS_PRICE,
};
pub use engines::{FileState, KnownEngine};
pub use error::{parked_hint, DevError};
pub use estimate::Estimate;
pub use node::{DevNode, ExecutedMessage, ProducedBlock};
pub use refusal::Refusal;
pub use source::MockSource;
