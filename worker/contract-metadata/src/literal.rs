//! An argument as it is written.

use crate::text::{bare, shortened};

/// A value as it is written, in the syntax of Rust: numbers, hex, text, names, addresses, `//Name`,
/// `[1, 2]`, `(1, 2)`, `Some(5)`, `{ field: 1 }`. What it means depends on the type that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// Decimal digits, without what stands between them.
    Number {
        /// It begins with a minus.
        negative: bool,
        /// The digits.
        digits: String,
    },
    /// `0x…`.
    Hex(Vec<u8>),
    /// Text in quotes.
    Text(String),
    /// A name, or an address.
    Word(String),
    /// `//Name`.
    Account(String),
    /// `[a, b]`.
    List(Vec<Literal>),
    /// `(a, b)`, or `Name(a, b)`.
    Tuple(Option<String>, Vec<Literal>),
    /// `{ a: 1 }`, or `Name { a: 1 }`.
    Fields(Option<String>, Vec<(String, Literal)>),
}

impl Literal {
    /// A value as an error repeats it: what kind it is, and as much of it as helps.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Number { negative, digits } => {
                let sign = if *negative { "-" } else { "" };
                bare(&format!("{sign}{digits}"))
            }
            Self::Hex(bytes) if bytes.is_empty() => "0x, which is no byte".into(),
            Self::Hex(bytes) => {
                let text = bare(&format!("0x{}", hex::encode(bytes)));
                format!("{text}, {} bytes", bytes.len())
            }
            Self::Text(text) => format!("the text {}", shortened(text)),
            Self::Word(word) => shortened(word),
            Self::Account(_) => "an account".into(),
            Self::List(items) => format!("a list of {}", items.len()),
            Self::Tuple(Some(name), items) => format!("{}(…) of {}", bare(name), items.len()),
            Self::Tuple(None, items) => format!("a tuple of {}", items.len()),
            Self::Fields(_, fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
                format!("the fields {}", shortened(&names.join(", ")))
            }
        }
    }
}
