//! Says things to a chain: with which key, under which nonce, for how long, and each thing once.
//!
//! * [`Key`], [`Keystore`]: who signs;
//! * [`Call`]: what is said, by its names, encoded through the chain's own metadata;
//! * [`Sender`]: says it over JSON-RPC, at one of several endpoints, and watches it until its block is
//!   final. Every function blocks, with a limit of time; the connections run on a thread of their own;
//! * [`ChainView`]: what whoever says something knows of the chain by proof;
//! * [`submissions`]: what a worker says to the contracts pallet;
//! * [`Error`]: why something isn't said, and what to do about it.
//!
//! **Each thing once.** What has a [`Topic`] is signed under one nonce for as long as it may still be taken: until
//! the caller's [`ChainView`] has a final block behind its mortality, or a state in which the nonce is used up. So of all that
//! was signed for it only one can ever be executed, and an endpoint that hides in which block it is, or keeps what
//! it says to refuse, gets nothing else to bring into one. What is on its way since before this program was
//! started is found by asking the chain. [`Sender::submit`] has no such proof: it signs under no other nonce once an
//! endpoint took what it said.
//!
//! What is said of a chain here, balances and events, is what the endpoint says. It decides over no money but the
//! signer's, and nothing that a worker executes depends on it.

mod call;
mod chain_view;
mod endpoints;
mod error;
mod event;
mod flight;
mod key;
mod limits;
mod pool;
mod rpc;
mod runtime;
mod sender;
mod shared;
pub mod submissions;
mod table;
mod topic;

pub use call::{call_index, Call, PALLET};
pub use chain_view::ChainView;
pub use error::Error;
pub use event::{ChainEvent, Included};
pub use key::{Key, Keystore, KeystoreError};
pub use limits::Limits;
pub use sender::{Sender, SubmitOutcome};
pub use subxt::dynamic::Value;
pub use topic::Topic;
