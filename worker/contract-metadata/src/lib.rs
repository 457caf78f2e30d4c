//! Reads an ink! contract's metadata, encodes arguments and decodes results, events and errors by
//! it.
//!
//! * [`Bundle`]: a `.contract` file, code and metadata together;
//! * [`Metadata`]: what a contract says about itself, in the forms of ink! 3, 4 and 5, and the calls
//!   by name that follow from it; [`Spec`] is its interface in full;
//! * [`Literal`]: an argument as people write it; [`Value`]: a value as it is shown to them;
//! * [`Accounts`]: how accounts are written, which is the business of whoever asks.
//!
//! A file from anywhere may be read, and bytes from any contract decoded: sizes, depths and the
//! length of what is said about them are bounded, and nothing panics.
//!
//! It must never know a chain, an engine, or a disk.

#![forbid(unsafe_code)]

mod accounts;
mod bundle;
mod calls;
mod decode;
mod encode;
mod error;
mod fields;
mod fixed_hex;
mod literal;
mod metadata;
mod numbers;
mod reader;
mod spec;
mod text;
mod types;
mod value;
mod version;

pub use accounts::Accounts;
pub use bundle::{Bundle, BundleError};
pub use calls::Entry;
pub use error::{CallError, DecodeError, MetadataError, SyntaxError, TypeError};
pub use literal::Literal;
pub use metadata::{Metadata, MAX_METADATA_BYTES};
pub use reader::MAX_BRACKETS;
pub use spec::{Argument, EntryPoint, Environment, Event, EventField, Spec, TypeRef};
pub use types::MAX_TYPE_DEPTH;
pub use value::{Value, MAX_VALUE_BYTES};
pub use version::Version;
