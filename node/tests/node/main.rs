//! The node as it is built, asked over its RPC by a client that knows no Substrate.
//!
//! `PINK_NODE_RUNTIMES` names the folder with the runtime's Wasm: `cargo xtask test --only node` sets it.

mod consensus;
mod development;
mod process;
mod rpc;
mod sealing;
mod sign;
mod upgrade;
