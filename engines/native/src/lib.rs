//! Metered contracts as native code, by `wasmtime`.
//!
//! What an executor is and does is said in [`pink_engine_executor`]; the tests hold this one to the
//! interpreter there. It is a crate and a workspace of its own, because nobody but an engine that
//! compiles needs a compiler, which takes minutes to build.
#![forbid(unsafe_code)]

mod native;

pub use native::Native;
