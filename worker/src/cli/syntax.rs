//! Checks the form of an argument before the transcoder reads it.
//!
//! The transcoder reads a value from the beginning of the text and says nothing about what
//! follows: it takes `12abc` for 12, and `0x123` for 0. It also recurses as deep as the text
//! nests.

use super::values::{parse_who, ss58};

/// How deep brackets may nest in an argument.
const MAX_DEPTH: usize = 32;

/// What is wrong with the form of an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// A word that is neither a number, nor hex, nor a name, nor an address.
    #[error("{0:?} is neither a number, nor hex with an even number of digits, nor a name")]
    Word(String),
    /// There is something after the value.
    #[error("{0:?} follows where the value has ended")]
    Trailing(String),
    /// A bracket or a quote is opened and not closed, or the other way round.
    #[error("brackets or quotes don't match")]
    Unbalanced,
    /// Nested too deep.
    #[error("nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// An account that can't be read.
    #[error("{0}")]
    Account(#[from] super::values::ValueError),
}

/// Checks the form of an argument, and writes accounts given as `//Name` as addresses.
///
/// # Errors
/// What is wrong with it first.
pub fn normalise(text: &str) -> Result<String, SyntaxError> {
    let mut out = String::with_capacity(text.len());
    let mut open = Vec::new();
    let mut value_ended = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let trailing = |rest: &str| SyntaxError::Trailing(rest.into());
        let taken = match first {
            c if c.is_whitespace() => c.len_utf8(),
            '(' | '[' | '{' => {
                // A name may stand before a bracket, but not a whole value at the top.
                if value_ended && !ends_with_name(&out) {
                    return Err(trailing(rest));
                }
                open.push(first);
                if open.len() > MAX_DEPTH {
                    return Err(SyntaxError::TooDeep);
                }
                value_ended = false;
                1
            }
            ')' | ']' | '}' => {
                let opened = open.pop().ok_or(SyntaxError::Unbalanced)?;
                if !matches!((opened, first), ('(', ')') | ('[', ']') | ('{', '}')) {
                    return Err(SyntaxError::Unbalanced);
                }
                value_ended = true;
                1
            }
            ',' | ':' if !open.is_empty() => {
                value_ended = false;
                1
            }
            _ if value_ended => return Err(trailing(rest)),
            '"' | '\'' => {
                value_ended = true;
                quoted(rest, first).ok_or(SyntaxError::Unbalanced)?
            }
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "()[]{},:\"'".contains(c))
                    .unwrap_or(rest.len());
                let word = rest.get(..end.max(1)).unwrap_or(rest);
                if word.starts_with("//") {
                    out.push_str(&ss58(&parse_who(word)?));
                } else if is_word(word) {
                    out.push_str(word);
                } else {
                    return Err(SyntaxError::Word(word.into()));
                }
                rest = rest.get(word.len()..).unwrap_or_default();
                value_ended = true;
                continue;
            }
        };
        let (piece, after) = rest.split_at(taken);
        out.push_str(piece);
        rest = after;
    }
    match (open.is_empty(), out.trim().is_empty()) {
        (false, _) => Err(SyntaxError::Unbalanced),
        (true, true) => Err(SyntaxError::Empty),
        (true, false) => Ok(out),
    }
}

/// The length of the quoted text at the beginning, quotes included.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Whether what was read last is a name, like that of a variant.
fn ends_with_name(text: &str) -> bool {
    let text = text.trim_end();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let start = text.rfind(|c: char| !is_part(c)).map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    text[start..].starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn is_word(word: &str) -> bool {
    let is_number = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '_')
    };
    let is_hex = |text: &str| {
        text.strip_prefix("0x").is_some_and(|digits| {
            digits.len() % 2 == 0 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let is_address =
        |text: &str| text.len() > 39 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    is_number(word) || is_hex(word) || is_name(word) || is_address(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_as_they_are() {
        for text in [
            "42",
            "-1",
            "1_000",
            "0x",
            "0xff",
            "true",
            "None",
            "Some(5)",
            "Some( (1, 2) )",
            "[1, 2, 3,]",
            "{ a: 1, b: [0x00] }",
            "Foo { a: 1 }",
            "\"a \\\" (\"",
            "'x'",
            "()",
            " 7 ",
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        ] {
            assert_eq!(normalise(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn accounts_may_be_named() {
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert_eq!(normalise("//Alice").as_deref(), Ok(alice));
        assert_eq!(
            normalise("(//Alice, 5)").as_deref(),
            Ok(format!("({alice}, 5)").as_str())
        );
        assert_eq!(normalise("\"//Alice\"").as_deref(), Ok("\"//Alice\""));
    }

    #[test]
    fn what_the_transcoder_would_pass_over_is_refused() {
        let deep = "(".repeat(40) + &")".repeat(40);
        for text in [
            "12abc",
            "0x123",
            "0xg0",
            "1 2",
            "true false",
            "(1",
            "1)",
            "(1]",
            "\"a",
            "",
            "  ",
            "(1)2",
            "5(1)",
            "()()",
            "1,2",
            "a-b",
            "$",
            &deep,
        ] {
            assert!(normalise(text).is_err(), "{text:?} was taken");
        }
    }
}
