//! The second ABI: typed tables, borrowed bytes in both directions, no copy on a read.
//!
//! A worker calls [`ffi::ENTRY_SYMBOL`], receives the engine's table and makes instances of it.
//! What is executed is named by a [`Kind`] and described by SCALE bytes; the state is
//! read and written through typed functions. The calls themselves are those of [`crate::calls`].

pub mod ffi;
mod kind;
pub mod prepare;

pub use kind::Kind;
