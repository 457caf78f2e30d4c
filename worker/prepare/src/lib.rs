//! Has code compiled beside the blocks, by engines that can.
//!
//! A block never waits for it: what isn't compiled is interpreted, with the same results. [`Preparer`] has threads of
//! its own, which give way to everybody else's, and is told of each block that is kept:
//!
//! 1. Code that a block's messages paid for, by an upload or an activation, is compiled, in the order of the blocks.
//! 2. What the engine says that it interpreted though it could have been compiled comes next, most often run first.
//!    So code that nobody calls is never compiled twice, nor code that nobody has paid for.
//! 3. At a start, and after a move to another engine, everything that the state has and the [`Cache`] knows is
//!    installed without compiling it.
//!
//! Where an engine keeps code in the state is part of the extension `pink.prepare/1`: under [`CODE_PREFIX`] and its
//! hash, raw. Nothing here believes that: what hasn't got the hash isn't compiled.
//!
//! How engines run contracts is [`Modes`](pink_worker_core::Modes)' business. While an engine is to interpret, nothing is compiled for it
//! and nothing installed.

mod cache;
mod codes;
mod preparer;
mod queue;

pub use cache::{Cache, CacheError, DIRECTORY};
pub use codes::{Codes, Running, CODE_PREFIX};
pub use preparer::{Prepared, Preparer, Settings, Told};

/// How many bytes artefacts may take on the disk, and as many in memory, unless an operator says otherwise.
pub const DEFAULT_CACHE_BYTES: u64 = 256 << 20;

/// How many threads compile, unless an operator says otherwise.
pub const DEFAULT_THREADS: usize = 1;
