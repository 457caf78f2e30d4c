//! The chain and its worker over real sockets, as pages and programs ask them.
//!
//! Engines are looked for where `PINK_ENGINES` says, or in `target/engines`.

mod chain;
mod extrinsics;
mod harness;
mod hostile;
mod kept;
mod pace;
mod snapshots;
mod troubles;
