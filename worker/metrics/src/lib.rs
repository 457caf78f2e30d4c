//! What a worker measures of itself, for Prometheus.
//!
//! * [`table`]: every metric, with its type, its labels and what it says;
//! * [`Metrics`]: what was measured so far. Every series whose labels are known is there from the start, at zero, so
//!   that "no data" means that the worker is gone; no label's value is anybody's but the program's;
//! * [`Server`]: `/metrics` over HTTP.
//!
//! The worker tells [`Metrics`] through the traits [`Observer`](pink_worker_core::Observer) and
//! [`CallObserver`](pink_engine_host::CallObserver), whoever compiles through [`Told`](pink_prepare::Told). Nothing here can change what it does.

mod documentation;
mod observer;
mod registry;
mod server;
pub mod table;

pub use documentation::{documentation, names_in};
pub use registry::Metrics;
pub use server::{Server, PORT};
