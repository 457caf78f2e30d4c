//! Reads an argument as people write it, in the syntax of Rust: numbers, hex, text, names,
//! addresses, `//Name`, `[1, 2]`, `(1, 2)`, `Some(5)`, `{ field: 1 }`. What it means depends on the
//! type that is expected: see [`typed`](super::typed).

use super::values::{parse_who, shortened, ValueError};
use fat_contracts_primitives::AccountId;

/// How deep brackets may nest in an argument.
const MAX_DEPTH: usize = 32;

/// What is wrong with the form of an argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    #[error("nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// An account that can't be read.
    #[error("{0}")]
    Account(#[from] ValueError),
}

/// A value as it is written.
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
    Account(AccountId),
    /// `[a, b]`.
    List(Vec<Literal>),
    /// `(a, b)`, or `Name(a, b)`.
    Tuple(Option<String>, Vec<Literal>),
    /// `{ a: 1 }`, or `Name { a: 1 }`.
    Fields(Option<String>, Vec<(String, Literal)>),
}

/// Reads a whole argument.
///
/// # Errors
/// What is wrong with it first.
pub fn parse(text: &str) -> Result<Literal, SyntaxError> {
    balanced(text)?;
    let mut reader = Reader { rest: text };
    reader.skip_space();
    if reader.rest.is_empty() {
        return Err(SyntaxError::Empty);
    }
    let value = reader.value(0)?;
    reader.skip_space();
    match reader.rest {
        "" => Ok(value),
        rest => Err(SyntaxError::Trailing(rest.into())),
    }
}

/// Whether brackets and quotes match: the first thing to say about a text that can't be read.
fn balanced(text: &str) -> Result<(), SyntaxError> {
    let mut open = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return Err(SyntaxError::Unbalanced),
            '"' => loop {
                match chars.next() {
                    None => return Err(SyntaxError::Unbalanced),
                    Some('\\') => {
                        chars.next();
                    }
                    Some('"') => break,
                    Some(_) => {}
                }
            },
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return Err(SyntaxError::TooDeep);
        }
    }
    match open.is_empty() {
        true => Ok(()),
        false => Err(SyntaxError::Unbalanced),
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a character, if it is next.
    fn take(&mut self, c: char) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn missing(&self, expected: &'static str) -> SyntaxError {
        SyntaxError::Missing {
            expected,
            before: self.rest.into(),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Literal, SyntaxError> {
        if depth > MAX_DEPTH {
            return Err(SyntaxError::TooDeep);
        }
        if self.take('[') {
            return Ok(Literal::List(self.list(']', depth)?));
        }
        if self.take('(') {
            return Ok(Literal::Tuple(None, self.list(')', depth)?));
        }
        if self.take('{') {
            return Ok(Literal::Fields(None, self.fields(depth)?));
        }
        if self.take('"') {
            return self.text();
        }
        let word = self.word();
        match word {
            "" => Err(self.missing("a value")),
            _ if word.starts_with("//") => Ok(Literal::Account(parse_who(word)?)),
            _ if is_name(word) => {
                let name = || Some(word.to_owned());
                if self.take('(') {
                    Ok(Literal::Tuple(name(), self.list(')', depth)?))
                } else if self.take('{') {
                    Ok(Literal::Fields(name(), self.fields(depth)?))
                } else {
                    Ok(Literal::Word(word.into()))
                }
            }
            _ => plain(word).ok_or_else(|| SyntaxError::Word(word.into())),
        }
    }

    /// Values up to the bracket that ends them.
    fn list(&mut self, end: char, depth: usize) -> Result<Vec<Literal>, SyntaxError> {
        let mut values = Vec::new();
        loop {
            if self.take(end) {
                return Ok(values);
            }
            values.push(self.value(depth.saturating_add(1))?);
            if !self.take(',') && !self.rest.starts_with(end) {
                return Err(self.missing("a comma"));
            }
        }
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<(String, Literal)>, SyntaxError> {
        let mut fields = Vec::new();
        loop {
            if self.take('}') {
                return Ok(fields);
            }
            self.skip_space();
            let name = self.word();
            if !is_name(name) {
                return Err(self.missing("a field's name"));
            }
            if !self.take(':') {
                return Err(self.missing("a colon"));
            }
            fields.push((name.into(), self.value(depth.saturating_add(1))?));
            if !self.take(',') && !self.rest.starts_with('}') {
                return Err(self.missing("a comma"));
            }
        }
    }

    /// Text whose first quote was taken.
    fn text(&mut self) -> Result<Literal, SyntaxError> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at.saturating_add(1)..).unwrap_or_default();
                    return Ok(Literal::Text(text));
                }
                '\\' => text.push(escaped(&mut chars.by_ref().map(|(_, c)| c))?),
                c => text.push(c),
            }
        }
        Err(SyntaxError::Unbalanced)
    }

    /// What stands up to white space, a bracket, a comma, a colon or a quote.
    fn word(&mut self) -> &'t str {
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || "()[]{},:\"".contains(c))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

/// The character of an escape whose backslash was taken.
fn escaped(chars: &mut impl Iterator<Item = char>) -> Result<char, SyntaxError> {
    match chars.next() {
        Some(c @ ('"' | '\\' | '/' | '\'')) => Ok(c),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('0') => Ok('\0'),
        Some('u') if chars.next() == Some('{') => {
            let digits: String = chars.take_while(|c| *c != '}').take(7).collect();
            let code = u32::from_str_radix(&digits, 16).ok();
            code.and_then(char::from_u32).ok_or(SyntaxError::Escape)
        }
        _ => Err(SyntaxError::Escape),
    }
}

/// A number, hex, or an address.
fn plain(word: &str) -> Option<Literal> {
    if let Some(digits) = word.strip_prefix("0x") {
        return hex::decode(digits).ok().map(Literal::Hex);
    }
    let (negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if is_number {
        let digits = digits.replace('_', "");
        return Some(Literal::Number { negative, digits });
    }
    // Longer than any number, like an address.
    let is_address = word.len() > 39 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    is_address.then(|| Literal::Word(word.into()))
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(digits: &str) -> Literal {
        Literal::Number {
            negative: false,
            digits: digits.into(),
        }
    }

    #[test]
    fn values_are_read() {
        let word = |text: &str| Literal::Word(text.into());
        let field = |name: &str, value| (name.to_owned(), value);
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for (text, value) in [
            ("42", number("42")),
            ("+7", number("7")),
            ("1_000", number("1000")),
            (
                "-1",
                Literal::Number {
                    negative: true,
                    digits: "1".into(),
                },
            ),
            ("0x", Literal::Hex(vec![])),
            ("0xfF", Literal::Hex(vec![255])),
            ("true", word("true")),
            (" None ", word("None")),
            (alice, word(alice)),
            (
                "Some(5)",
                Literal::Tuple(Some("Some".into()), vec![number("5")]),
            ),
            (
                "( (1, 2) )",
                Literal::Tuple(
                    None,
                    vec![Literal::Tuple(None, vec![number("1"), number("2")])],
                ),
            ),
            ("()", Literal::Tuple(None, vec![])),
            ("[1, 2,]", Literal::List(vec![number("1"), number("2")])),
            (
                "{ a: 1, b: [0x00] }",
                Literal::Fields(
                    None,
                    vec![
                        field("a", number("1")),
                        field("b", Literal::List(vec![Literal::Hex(vec![0])])),
                    ],
                ),
            ),
            (
                "Foo { a: 1 }",
                Literal::Fields(Some("Foo".into()), vec![field("a", number("1"))]),
            ),
            (r#""a \"(\n\u{e9}""#, Literal::Text("a \"(\né".into())),
            ("\"//Alice\"", Literal::Text("//Alice".into())),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
        let account = runtime_mock::account("//Alice").expect("a development account");
        assert_eq!(parse("//Alice"), Ok(Literal::Account(account.clone())));
        assert_eq!(
            parse("(//Alice, 5)"),
            Ok(Literal::Tuple(
                None,
                vec![Literal::Account(account), number("5")]
            ))
        );
    }

    #[test]
    fn what_is_no_value_is_refused() {
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
            "\"\\x\"",
            "",
            "  ",
            "(1)2",
            "5(1)",
            "()()",
            "1,2",
            "a-b",
            "$",
            "[1 2]",
            "[,]",
            "{a 1}",
            "{1: 1}",
            "//",
            &deep,
        ] {
            assert!(parse(text).is_err(), "{text:?} was taken");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}", brackets in "[\\[\\](){},:\"\\\\a1 ]{0,60}") {
            let _ = (parse(&text), parse(&brackets));
        }
    }
}
