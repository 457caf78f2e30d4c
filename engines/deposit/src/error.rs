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

/// An error of a frame, with the side that it came from: what the callee did to itself reaches
/// its caller as a return code, what the caller asked for wrongly ends the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExecError {
    /// What.
    pub error: Error,
    /// The callee's code raised it, not the attempt to call it.
    pub by_callee: bool,
}

impl From<Error> for ExecError {
    fn from(error: Error) -> Self {
        Self {
            error,
            by_callee: false,
        }
    }
}
