//! What messages repeat of what they were given: as much as helps, and no more.

/// The most characters that a message repeats of what it was given.
pub const MOST_ECHOED: usize = 120;

/// Input as a message repeats it: in quotes, and no more of it than [`MOST_ECHOED`] characters, with how many there
/// are.
///
/// ```
/// assert_eq!(pink_echo::shortened("a\"b"), r#""a\"b""#);
/// ```
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_ECHOED) {
        Some((at, _)) => format!(
            "{:?}… ({} characters)",
            text.get(..at).unwrap_or_default(),
            text.chars().count()
        ),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_bounded_in_characters() {
        assert_eq!(shortened("a\"b"), r#""a\"b""#);
        let most = "é".repeat(MOST_ECHOED);
        assert_eq!(shortened(&most), format!("{most:?}"));
        let more = "é".repeat(1_000);
        assert_eq!(shortened(&more), format!("{most:?}… (1000 characters)"));
    }
}
