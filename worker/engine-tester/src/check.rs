use crate::file::File;
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

/// One promise of an engine, and how to see whether it is kept.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name, the same for ever.
    pub name: &'static str,
    /// What the engine promises.
    pub about: &'static str,
    /// The ABIs that ask for it.
    pub abis: &'static [Abi],
    /// Checks without which this one can't be made; they stand before it in the list. Those of
    /// the other ABI don't count.
    pub needs: &'static [&'static str],
    pub(crate) run: fn(&File, Abi) -> Verdict,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("abis", &self.abis)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}

/// Why a check isn't passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The engine broke the promise.
    Failed(String),
    /// The engine does nothing that the promise is about.
    NotApplicable(String),
}

/// What a check returns.
pub(crate) type Verdict = Result<(), Stop>;

/// Fails the check, with a formatted reason, unless the condition holds.
macro_rules! ensure {
    ($holds:expr, $($reason:tt)+) => {
        if !$holds {
            return Err($crate::check::Stop::Failed(format!($($reason)+)));
        }
    };
}
pub(crate) use ensure;

/// A failed check, with a formatted reason.
macro_rules! failed {
    ($($reason:tt)+) => {
        $crate::check::Stop::Failed(format!($($reason)+))
    };
}
pub(crate) use failed;
