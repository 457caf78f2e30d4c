//! What every executor of contracts is held to.
//!
//! An interpreter can be wrong, and two engines that ask it for other features or give it
//! rewritten code can be wrong in other places. So each engine shows here, by an [`Executor`],
//! what its interpreter is asked for and what it is given, and runs
//!
//! * the tests that come with the specification of WebAssembly ([`suite`]), and
//! * two thousand drawn programs ([`programs`]), whose results another implementation gave
//!   ([`recorded`]), so that the tests needn't build a compiler.
//!
//! `engines/oracle` recorded them, with `wasmtime`, and compares as many more as one likes.
#![forbid(unsafe_code)]

#[cfg(feature = "interpreter")]
mod executor;
pub mod programs;
#[cfg(feature = "interpreter")]
pub mod random;
pub mod recorded;
#[cfg(feature = "interpreter")]
mod spectest;
#[cfg(feature = "interpreter")]
pub mod suite;

#[cfg(feature = "interpreter")]
pub use executor::Executor;
