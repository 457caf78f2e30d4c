//! The C ABI between a worker and a contract engine.
//!
//! An engine is a shared library, `libpink.so.MAJOR.MINOR`, that holds one frozen version of the
//! contract rules. A worker loads many of them and calls each through one of the ABIs here:
//!
//! * [`v1`]: one symbol, and in both directions one function that takes a call id and SCALE
//!   bytes. Every argument and every reply is encoded and copied.
//! * [`v2`]: typed tables and borrowed bytes; a read copies nothing.
//!
//! Both are transports. What they carry is specified beside them: [`calls`] are the calls in both
//! directions, with ids, arguments and replies; [`types`] are what these speak of: messages, what a
//! block gives to an engine, receipts. They are encoded with SCALE and have explicit indices,
//! because receipts are compared between workers and kept for ever. [`pink`] are the commands that
//! contracts give to their engine and worker in events.
//!
//! Worker and engine read states and serve threads alike, so [`range`] and [`Shards`] are here too.
//!
//! [`note`] is what an engine's file says about itself, to whoever reads it without running it.
//!
//! This crate must never know a rule of consensus, a particular engine, or a worker's store. It
//! defines how bytes cross the border, who owns them and for how long, and what a broken promise
//! on either side looks like ([`Fault`]). The C headers in `include/` are the specification; the
//! layouts in [`v1::ffi`] and [`v2::ffi`] are asserted against them in both languages.

// The border is made of C function pointers: this crate is one of the few places that may use
// `unsafe`, and every block says what makes it sound.
#![allow(unsafe_code)]

mod allocator;
pub mod calls;
mod fault;
pub mod note;
pub mod pink;
pub mod range;
mod shards;
pub mod types;
pub mod v1;
pub mod v2;

pub use fault::Fault;
pub use shards::Shards;
