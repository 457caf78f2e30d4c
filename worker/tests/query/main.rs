//! Queries: what they reach, what they leave, and how they end; through the worker, the engine's
//! file and a contract of ink!'s own making.
//!
//! Needs the engines (`cargo xtask engines`).

mod cache;
mod endings;
mod extension;
mod harness;
mod http;
mod keys;
mod logs;
mod memory;
mod names;
mod nameserver;
mod parallel;
mod server;
