//! The first ABI: one symbol, two functions, SCALE in both directions.
//!
//! A worker calls [`ffi::INIT_SYMBOL`] once in a process. It passes its allocator and the
//! function for calls *out of* the engine, and receives the function for calls *into* it. From
//! then on both are the same shape: the call's id, the SCALE tuple of its arguments, and a
//! callback that takes the reply, which is always a SCALE `Result<_, Fault>` and is given exactly
//! once. The calls themselves are those of [`crate::calls`].

pub mod ffi;
mod raw_call;

pub use raw_call::raw_call;
