pub use crate::abi::Abi;
use crate::file::File;
use std::fmt;

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
