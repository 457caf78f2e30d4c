//! A cluster's whole state at a confirmed checkpoint, in a file that proves itself; and where two workers
//! part.
//!
//! Whoever takes a [snapshot](write()) needs nothing of whoever gave it: the root over its pairs is computed
//! anew and compared with the one that the chain confirmed. So it may come from anybody:
//!
//! * [`Header`], [`write()`], [`SnapshotReader`]: the file, chunk by chunk, in bounded memory;
//! * [`export`], [`install`]: from a worker's store, and into an empty base path;
//! * [`serve`], [`fetch`]: over HTTP, with resume;
//! * [`compare`]: the first block, and in it the first message, at which two workers part.
//!
//! It must never know a chain: what is confirmed is told by whoever asks.
//!
//! # The file
//!
//! | bytes | |
//! |---|---|
//! | 8 | `pinksnap` |
//! | 2 | the format, 1 |
//! | 4 | length of the header |
//! | … | the [`Header`], as SCALE |
//! | 32 | BLAKE2b-256 of all before |
//! | … | chunks |
//!
//! A chunk is
//!
//! | bytes | |
//! |---|---|
//! | 4 | length of the compressed pairs |
//! | 4 | their length |
//! | 4 | how many they are |
//! | 8 | XXH3 of the twelve bytes before and the compressed pairs, seeded with the chunk's index |
//! | … | the pairs, a Zstandard frame |
//!
//! and a pair is the key's length (2 bytes), the value's (4 bytes), the key and the value. Numbers are
//! little-endian. Pairs are in the order of their keys. A chunk ends with the pair that makes it a mebibyte
//! or longer, so the same state gives the same chunks. Checksums are against disks and networks: what
//! protects against people is the root.

#![forbid(unsafe_code)]

pub mod compare;
mod error;
mod expected;
mod export;
pub mod fetch;
mod header;
mod install;
mod pairs;
mod read;
pub mod serve;
mod write;
mod zstd;

pub use error::SnapshotError;
pub use expected::{Confirmed, ConfirmedCheckpoint, ConfirmedQueue, Expected};
pub use export::{export, export_file, Exported, Prepared};
pub use header::{Header, FORMAT, MAX_CHUNK_BYTES, MAX_HEADER_BYTES};
pub use install::{install, verify};
pub use read::{Rows, SnapshotReader};
pub use write::{write, Digest};

/// The ending of a snapshot's file name.
pub const EXTENSION: &str = "pinksnap";
