use std::fmt;

/// An engine ABI, by its major version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Abi {
    /// `pink_engine_v1.h`.
    V1,
    /// `pink_engine_v2.h`.
    V2,
}

impl Abi {
    /// Its major version.
    pub const fn major(self) -> u16 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// The one symbol that an engine of this ABI exports.
    pub fn symbol(self) -> &'static str {
        let symbol = match self {
            Self::V1 => pink_capi::v1::ffi::INIT_SYMBOL,
            Self::V2 => pink_capi::v2::ffi::ENTRY_SYMBOL,
        };
        symbol.to_str().unwrap_or_default()
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major())
    }
}
