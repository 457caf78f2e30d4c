use crate::{types::Hash, Fault};

pub use pink_capi::v2::prepare::ExecutionMode;

/// What an engine that compiles code ahead of its calls offers besides; `export_v2!` takes it.
///
/// It belongs to the library, not to an engine that is made anew after a panic: so there is no `self`. All of it may be called
/// on any thread, also while the engine executes; a panic becomes a fault, and after a fault everything is as it was
/// before. Nothing of it may ever be part of a result.
pub trait Prepare {
    /// Names compiler, settings, and the processor's features: an artefact is for these alone.
    ///
    /// # Errors
    /// The compiler doesn't know this processor.
    fn compiler() -> Result<Hash, Fault>;

    /// Compiles code as it lies in the state. `None`: code of this shape is only ever interpreted.
    ///
    /// # Errors
    /// It isn't code that the rules accept.
    fn compile(code: &[u8]) -> Result<Option<Vec<u8>>, Fault>;

    /// From now on this code runs by that artefact.
    ///
    /// # Errors
    /// It is of another compiler, or can't be loaded.
    fn install(code_hash: &Hash, artefact: Artefact<'_>) -> Result<(), Refused>;

    /// What was interpreted though it could have been compiled, since this was asked last, most often run first; at most
    /// `limit`.
    fn wanted(limit: u32) -> Vec<(Hash, u64)>;

    /// Everything is interpreted from now on, or no longer. Calls that run go on as they began.
    fn set_mode(mode: ExecutionMode);
}

/// Why an artefact isn't taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Another compiler made it, other settings, or it was for another processor.
    Compiler {
        /// What [`Prepare::compiler`] says.
        expected: Hash,
        /// What the artefact says.
        found: Hash,
    },
    /// It can't be loaded.
    Broken(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hex =
            |hash: &Hash| -> String { hash.iter().map(|byte| format!("{byte:02x}")).collect() };
        match self {
            Self::Compiler { expected, found } => write!(
                f,
                "an artefact of compiler 0x{}, this one is 0x{}",
                hex(found),
                hex(expected)
            ),
            Self::Broken(reason) => write!(f, "the artefact can't be loaded: {reason}"),
        }
    }
}

impl std::error::Error for Refused {}

/// What a compiler made of code, and somebody answers for: the worker, who keeps it authenticated, or who has just compiled it. To load
/// it is to run it, outside of any sandbox, and nothing in it shows whether it was changed.
#[derive(Clone, Copy, Debug)]
pub struct Artefact<'a>(&'a [u8]);

impl<'a> Artefact<'a> {
    /// Answers for these bytes.
    ///
    /// # Safety
    /// They are what [`Prepare::compile`] of this very library returned, in this process or another of the same worker.
    pub unsafe fn answered_for(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.0
    }

    /// What is left of it behind its first bytes, which said what it is. None if it isn't as long.
    pub fn behind(&self, first: usize) -> Option<Self> {
        self.0.get(first..).map(Self)
    }
}
