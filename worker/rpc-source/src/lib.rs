//! A chain source over JSON-RPC that believes only what is proven.
//!
//! A worker follows a chain through endpoints that anybody may run. [`RpcSource`] asks them, and takes
//! nothing from them that it can check:
//!
//! * a header is the one that was asked for if its hash is (`blocks`);
//! * a block is final if the chain's authorities signed that ([`Justification`]), who they are follows
//!   from headers of final blocks ([`Trusted`], `finality`);
//! * a value is the chain's if a proof leads to it from the state root of a final block's header
//!   (`proof`), and absent if a proof says so;
//! * what a value means is compared with the runtime's metadata whenever the runtime changed
//!   (`metadata`, `shape`).
//!
//! What is left to an endpoint: to answer or not, to be late, and which metadata it gives, by which it can
//! have a worker stand still, or speak at a wrong time and pay for it, but never execute anything.
//! Who starts without a known genesis hash takes the first endpoint's; who starts at a block that somebody
//! names trusts that somebody, and that block's state says which genesis block is the chain's. With [`Config::trust_node`] the endpoint says what is final, for
//! nodes that prove nothing.
//!
//! Whoever lies is named in the error and left alone as long as there is another endpoint. Every
//! question has limits of time and size ([`Limits`]).
//!
//! Everything is read in the state of the newest final block: queue checkpoints are a list (`queue`), so
//! a cluster's blocks are found without searching for keys (`history`).
//!
//! It must never know FRAME, the chain's runtime or its node: types that the pallet stores have twins here
//! ([`stored`]), held to them by a test and by metadata.

mod authorities;
mod blocks;
mod cluster_keys;
mod duties;
mod endpoint;
mod endpoints;
mod finality;
mod history;
mod justification;
mod keys;
mod limits;
mod metadata;
mod observer;
mod parts;
mod proof;
mod queue;
mod runner;
mod sender;
mod sets;
mod shape;
mod signal;
mod source;
mod state;
pub mod stored;
mod wire;

pub use authorities::{AuthoritySet, Forced, PendingChange, Trusted};
pub use justification::Justification;
pub use limits::{pause, Limits, LONGEST_PAUSE};
pub use observer::{NoObserver, Observed, Observer, Requested};
pub use sender::{ChainView, Sender};
pub use signal::Signal;
pub use source::{Config, Described, RpcSource};
pub use wire::Header;
