//! A development chain with a clock, served over JSON-RPC beside its worker: `pink-worker dev serve`.
//!
//! The chain is what a node's would be, in process: the same runtime, natively; signed extrinsics that pay fees; a state
//! with a root and proofs. Only consensus is missing, so that blocks come when somebody wants them and are final when
//! they are told to be. Its worker is the worker itself, which signs what it says.
//!
//! * [`Serve`]: the program; [`ServeConfig`]: what somebody decides about it; [`Location`]: where it is kept;
//! * `chain`: the chain; `pool`: extrinsics that wait; `source`: the chain as its worker sees it;
//! * `node`: what happens, in one thread; `rpc`: the chain's RPC; the worker's is `pink-worker-rpc`.

mod archive;
mod chain;
mod clock;
mod disk;
mod error;
mod format;
mod info;
mod node;
mod order;
mod pool;
mod rpc;
mod serve;
mod servers;
mod shared;
mod source;
mod submissions;

pub use chain::KEPT_BLOCKS;
pub use disk::Location;
pub use error::ServeError;
pub use info::{Account, Info};
pub use order::Mining;
pub use serve::{Serve, ServeConfig, Stopper, DEFAULT_CHAIN_PORT};
