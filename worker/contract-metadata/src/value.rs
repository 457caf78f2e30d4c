//! A value as it is shown.

use std::fmt::{self, Debug, Display, Formatter};

/// How long a value's text may be, in bytes, counted generously. The longest output of a contract is
/// a mebibyte; a list of things that take no bytes could be endless.
pub const MAX_VALUE_BYTES: usize = 32 << 20;

/// A value as it is shown: in the syntax of Rust, as arguments are given. Text stands without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A number without a sign.
    UInt(u128),
    /// A number that may have one.
    Int(i128),
    /// Text.
    Text(String),
    /// An account, as [`Accounts`](crate::Accounts) writes it.
    Account(String),
    /// A hash: `0x…`.
    Hex(Vec<u8>),
    /// Bytes: `[1, 2]`.
    Bytes(Vec<u8>),
    /// `[a, b]`.
    List(Vec<Value>),
    /// `(a, b)`, or `Name(a, b)`; of nothing, `Name`, or no text at all.
    Tuple(Option<String>, Vec<Value>),
    /// `{ a: 1 }`, or `Name { a: 1 }`.
    Fields(Option<String>, Vec<(String, Value)>),
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(it) => write!(f, "{it}"),
            Self::UInt(it) => write!(f, "{it}"),
            Self::Int(it) => write!(f, "{it}"),
            Self::Text(text) | Self::Account(text) => f.write_str(text),
            Self::Hex(bytes) => write!(f, "0x{}", hex::encode(bytes)),
            Self::Bytes(bytes) => f.debug_list().entries(bytes).finish(),
            Self::List(values) => f.debug_list().entries(values.iter().map(Shown)).finish(),
            Self::Tuple(name, values) => {
                let mut tuple = f.debug_tuple(name.as_deref().unwrap_or_default());
                for value in values {
                    tuple.field(&Shown(value));
                }
                tuple.finish()
            }
            Self::Fields(Some(name), fields) => {
                let mut shown = f.debug_struct(name);
                for (name, value) in fields {
                    shown.field(name, &Shown(value));
                }
                shown.finish()
            }
            Self::Fields(None, fields) => {
                let mut shown = f.debug_map();
                for (name, value) in fields {
                    shown.entry(&format_args!("{name}"), &Shown(value));
                }
                shown.finish()
            }
        }
    }
}

/// The library's builders of lists and structs go by `Debug`.
struct Shown<'v>(&'v Value);

impl Debug for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self.0, f)
    }
}
