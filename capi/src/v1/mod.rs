//! The first ABI: one symbol, two functions, SCALE in both directions.
//!
//! A worker calls [`ffi::INIT_SYMBOL`] once in a process. It passes its allocator and the
//! function for calls *out of* the engine ([`OCalls`]), and receives the function for calls
//! *into* it ([`ECalls`]). From then on both are the same shape: an id, the SCALE tuple of the
//! arguments, and a callback that takes the reply, which is always a SCALE
//! `Result<_, Fault>` and is given exactly once.

mod calls;
mod carry;
mod ecalls;
pub mod ffi;
mod ocalls;

pub use calls::{CallInfo, CrossCall, MAX_DEPTH};
pub use carry::carry;
pub use ecalls::{ECalls, ECallsClient, ECALLS};
pub use ocalls::{OCalls, OCallsClient, OCALLS};
