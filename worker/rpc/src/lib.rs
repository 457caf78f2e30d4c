//! A worker's JSON-RPC over HTTP and WebSocket, on one port.
//!
//! * [`Server`]: the server; [`RpcConfig`]: its limits; [`Daemon`]: what it needs of its process;
//! * `api`: the methods, in one table; [`openrpc`]: the document that is made of it;
//! * [`auth`]: who asks: signatures and sessions;
//! * [`error`]: what can go wrong, each with a number that stays;
//! * [`observer`]: what is told to whoever counts; [`client`]: the other side, for a command line.
//!
//! A question never delays a block: whatever takes time is done on threads of bounded number that give way to those
//! of blocks, as much waits as may wait, and who comes then is answered at once that it is too much. `docs/rpc.md` has
//! every method, every limit and the exact bytes of what is signed.

mod api;
pub mod auth;
pub mod bytes;
pub mod client;
pub mod config;
mod context;
pub mod daemon;
pub mod error;
mod health;
mod jobs;
pub mod json;
mod module;
pub mod observer;
pub mod openrpc;
mod rate;
mod server;
mod subscribe;

pub use api::method_names;
pub use config::{Cors, Methods, RateLimit, Readiness, RpcConfig, DEFAULT_PORT};
pub use daemon::{ChainStatus, Clock, Daemon, LogFilter, Standstill, StatusBoard};
pub use error::{Code, RpcError};
pub use observer::{Observer, UNKNOWN_METHOD};
pub use server::{
    origin::{check as check_origin, Refused},
    Server, StartError,
};
