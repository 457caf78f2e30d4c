//! The server over a development chain's worker: the real engine, the real store, real sockets.

mod document;
mod extrinsics;
mod fuzz;
mod harness;
mod health;
mod hostile;
mod load;
mod methods;
mod page;
mod proofs;
mod signed;
mod slow;
mod subscriptions;
