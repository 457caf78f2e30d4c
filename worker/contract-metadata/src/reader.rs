//! Reads an argument as people write it.

use crate::{Literal, SyntaxError};

/// How deep brackets may nest in an argument.
pub const MAX_BRACKETS: usize = 32;

impl Literal {
    /// Reads a whole argument.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
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
        if open.len() > MAX_BRACKETS {
            return Err(SyntaxError::TooDeep);
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(SyntaxError::Unbalanced)
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
        if depth > MAX_BRACKETS {
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
            _ if word.starts_with("//") => Ok(Literal::Account(word.into())),
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
