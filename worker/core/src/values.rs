//! Values as people write them, on the command line and in files: what is wrong with them, and hex.

pub use pink_echo::{shortened, MOST_ECHOED};

/// A value that can't be read: what it should have been, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct ValueError {
    /// What is expected.
    pub expected: &'static str,
    /// What was found, shortened.
    pub found: String,
}

impl ValueError {
    /// Where something else was expected.
    pub fn new(expected: &'static str, found: impl Into<String>) -> Self {
        Self {
            expected,
            found: found.into(),
        }
    }
}

/// Bytes as `0x` and pairs of digits.
pub fn hex0x(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Bytes given as hex.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hex(pub Vec<u8>);

/// Reads bytes: an even number of hex digits, with or without `0x` before them.
///
/// # Errors
/// Anything else.
pub fn parse_hex(text: &str) -> Result<Hex, ValueError> {
    const HEX: &str = "hex: an even number of digits 0-9 and a-f, with or without 0x before";
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map(Hex).map_err(|error| {
        let why = match error {
            hex::FromHexError::OddLength => format!("{} digits", digits.len()),
            error => error.to_string(),
        };
        ValueError::new(HEX, format!("{}, {why}", shortened(text)))
    })
}

/// Reads 32 bytes of hex.
///
/// # Errors
/// Anything else.
pub fn parse_bytes32(text: &str) -> Result<[u8; 32], ValueError> {
    let Hex(bytes) = parse_hex(text)?;
    let found = bytes.len();
    bytes
        .try_into()
        .map_err(|_| ValueError::new("32 bytes, 64 hex digits", format!("{found} bytes")))
}
