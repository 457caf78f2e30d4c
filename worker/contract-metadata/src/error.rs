//! What can be wrong: with a file, with what is given by name, and with bytes.

use crate::{metadata::MAX_METADATA_BYTES, reader::MAX_BRACKETS, text::shortened};

/// Why metadata can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is larger than any contract's.
    #[error("the metadata has {found} bytes, and at most {MAX_METADATA_BYTES} are read")]
    TooLarge {
        /// Its bytes.
        found: usize,
    },
    /// It isn't JSON.
    #[error("the metadata isn't JSON: {0}")]
    NotJson(String),
    /// It is JSON, but says nothing about an interface.
    #[error(
        "the metadata describes no contract of ink! 3, 4 or 5: it has neither a version nor a spec"
    )]
    NoInterface,
    /// It is of another ink!.
    #[error("the metadata describes no contract of ink! 3, 4 or 5: its version is {found}")]
    UnknownVersion {
        /// What the file says.
        found: String,
    },
    /// It isn't in the form of its version.
    #[error(
        "the metadata describes no contract of ink! 3, 4 or 5 (its version is {version}): {reason}"
    )]
    Malformed {
        /// What the file says.
        version: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// The list of types is out of order.
    #[error("the metadata contradicts itself: type {id} stands in the place of type {place}")]
    OutOfPlace {
        /// The place in the list.
        place: usize,
        /// The number of the type that stands there.
        id: u32,
    },
    /// A type is named that isn't there.
    #[error("the metadata contradicts itself: it names type {id}, and has {count} types")]
    NoSuchType {
        /// The type's number.
        id: u32,
        /// How many types there are; the first is number 0.
        count: usize,
    },
}

/// Why a call can't be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// There is none of that name.
    #[error(
        "there is no {kind} {}; the contract has {known}{}",
        shortened(.name),
        .closest.as_ref().map(|it| format!(". Is it {it} that you mean?")).unwrap_or_default()
    )]
    NoSuchName {
        /// Constructor or message.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// One that is like it.
        closest: Option<String>,
        /// What there is.
        known: String,
    },
    /// Too few or too many arguments.
    #[error("{name} takes {expected}, {found} given")]
    Count {
        /// The message.
        name: String,
        /// Its arguments.
        expected: String,
        /// How many were given.
        found: usize,
    },
    /// An argument's form is wrong.
    #[error("{message} takes {param}: {error}")]
    Syntax {
        /// The message.
        message: String,
        /// The argument and its type.
        param: String,
        /// What is wrong.
        error: SyntaxError,
    },
    /// An argument isn't of the type that the message takes.
    #[error("{message} takes {param}: {error}")]
    Argument {
        /// The message.
        message: String,
        /// The argument and its type.
        param: String,
        /// What was expected and what was found.
        error: TypeError,
    },
}

/// What is wrong with the form of an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxError {
    /// A word that is neither a number, nor hex, nor a name, nor an address.
    #[error(
        "{} is neither a number, nor hex with an even number of digits, nor a name",
        shortened(.0)
    )]
    Word(String),
    /// There is something after the value.
    #[error("{} follows where the value has ended", shortened(.0))]
    Trailing(String),
    /// A bracket or a quote is opened and not closed, or the other way round.
    #[error("brackets or quotes don't match")]
    Unbalanced,
    /// A comma, a colon or a value is missing, or is too much.
    #[error("{expected} is missing before {}", shortened(.before))]
    Missing {
        /// What should be there.
        expected: &'static str,
        /// What is there.
        before: String,
    },
    /// An escape that text can't have.
    #[error("the text has an escape that isn't one: \\\\, \\\", \\n, \\r, \\t and \\u{{1f}} are")]
    Escape,
    /// Nested too deep.
    #[error("nested more than {MAX_BRACKETS} deep")]
    TooDeep,
    /// There is nothing.
    #[error("it is empty")]
    Empty,
}

/// A value that isn't of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct TypeError {
    /// What the type takes.
    pub expected: String,
    /// What was given.
    pub found: String,
}

/// Why bytes can't be shown as a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input begins with no selector that the metadata has.
    #[error("the metadata has no {kind} with the selector {found}")]
    UnknownSelector {
        /// Constructor or message.
        kind: &'static str,
        /// The selector as hex, or what there is of it.
        found: String,
    },
    /// The metadata has no such event. One that is anonymous can't be told.
    #[error("the metadata has no event {found}")]
    UnknownEvent {
        /// Its signature's topic or its number.
        found: String,
    },
    /// The bytes end before the value does.
    #[error("expected {ty}, found the end")]
    Short {
        /// The type of what is missing.
        ty: String,
    },
    /// The bytes are no value of the type.
    #[error("expected {ty}, found bytes that are none: {reason}")]
    Invalid {
        /// The type.
        ty: String,
        /// What is wrong.
        reason: String,
    },
    /// There is more than the value.
    #[error("expected the end, found {bytes} bytes more")]
    Trailing {
        /// How many bytes are left.
        bytes: usize,
    },
    /// A type that can't be shown, or that the metadata doesn't have.
    #[error("values of the type {ty} can't be shown")]
    Unsupported {
        /// The type.
        ty: String,
    },
    /// Nested deeper than types do.
    #[error("the value is nested more than {} deep", crate::MAX_TYPE_DEPTH)]
    TooDeep,
    /// More than anybody reads.
    #[error(
        "the value would be longer than {} bytes of text",
        crate::MAX_VALUE_BYTES
    )]
    TooLong,
}
