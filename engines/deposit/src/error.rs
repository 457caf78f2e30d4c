//! What can go wrong, by the names that contract authors know, and whose fault it was.

use pink_engine_sdk::types::Failure;
use std::borrow::Cow;

/// An error of the rules. The names are part of receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names of the deposit era's errors; each says what it is
pub enum Error {
    OutOfGas,
    OutOfBounds,
    OutputBufferTooSmall,
    DecodingFailed,
    ContractTrapped,
    InvalidCallFlags,
    TransferFailed,
    MaxCallDepthReached,
    ContractNotFound,
    CodeNotFound,
    CodeRejected,
    ValueTooLarge,
    TooManyTopics,
    InputForwarded,
    StateChangeDenied,
    ReentranceDenied,
    DuplicateContract,
    ReservedSalt,
    TerminatedWhileReentrant,
    TerminatedInConstructor,
    StorageDepositNotEnoughFunds,
    StorageDepositLimitExhausted,
    Indeterministic,
    MaxDelegateDependenciesReached,
    DelegateDependencyNotFound,
    DelegateDependencyAlreadyExists,
    CannotAddSelfAsDelegateDependency,
    OutOfTransientStorage,
    OutOfEvents,
    OutputTooLarge,
    ExtensionFailed(&'static str),
}

impl Error {
    /// Its name.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::ExtensionFailed(why) => Cow::Borrowed(why),
            known => Cow::Owned(format!("{known:?}")),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.name(), "")
    }
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorOrigin {
    /// The attempt to call: it ends the caller, but for a few that have codes.
    Caller,
    /// The callee's own code: its caller learns a code.
    Callee,
}

/// An error of a frame, with the side that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExecError {
    /// What.
    pub error: Error,
    /// Whose.
    pub origin: ErrorOrigin,
}

impl ExecError {
    /// The callee did it to itself.
    pub(crate) fn by_callee(error: Error) -> Self {
        Self {
            error,
            origin: ErrorOrigin::Callee,
        }
    }
}

impl From<Error> for ExecError {
    fn from(error: Error) -> Self {
        Self {
            error,
            origin: ErrorOrigin::Caller,
        }
    }
}
