//! Why something fails: the errors of the rules, by their names.

use pink_engine_sdk::types::Failure;

macro_rules! errors {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// An error of the rules. The order is that of March 2021.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Error {
            $($(#[$doc])+ $name,)+
            /// Code that the current schedule refuses, and why.
            CodeRejected(&'static str),
            /// What had no name of its own.
            Other(&'static str),
        }

        impl Error {
            /// Name and detail.
            fn parts(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => (stringify!($name), ""),)+
                    Self::CodeRejected(reason) => ("CodeRejected", reason),
                    Self::Other(reason) => ("Other", reason),
                }
            }
        }
    };
}

errors! {
    /// The caller of `seal_restore_to` is no living contract.
    InvalidSourceContract,
    /// What it wants to restore is no tombstone.
    InvalidDestinationContract,
    /// Its storage or code is not what the tombstone was made from.
    InvalidTombstone,
    /// It has written to its storage in this block.
    InvalidContractOrigin,
    /// The gas didn't suffice.
    OutOfGas,
    /// The contract's buffer is too small for what should go into it.
    OutputBufferTooSmall,
    /// A contract must keep the threshold.
    BelowSubsistenceThreshold,
    /// A new contract can't pay its first rent.
    NewContractNotFunded,
    /// The ledger refused.
    TransferFailed,
    /// Too many contracts on the stack.
    MaxCallDepthReached,
    /// There is no living contract, or its rent is due.
    NotCallable,
    /// The code is longer than the cluster allows, before or after its instrumentation.
    CodeTooLarge,
    /// There is no such code.
    CodeNotFound,
    /// A pointer leads out of the contract's memory.
    OutOfBounds,
    /// An argument in memory isn't what it should be.
    DecodingFailed,
    /// The contract's code trapped.
    ContractTrapped,
    /// A value or an event is longer than the cluster allows.
    ValueTooLarge,
    /// A contract that is live on the stack can't be ended.
    ReentranceDenied,
    /// The input can be read once.
    InputAlreadyRead,
    /// The subject is too long.
    RandomSubjectTooLong,
    /// An event has too many topics.
    TooManyTopics,
    /// An event has a topic twice.
    DuplicateTopics,
    /// There are no chain extensions in this era.
    NoChainExtension,
    /// Too many contracts wait for the deletion of their storage.
    DeletionQueueFull,
    /// The contract can still pay its rent.
    ContractNotEvictable,
    /// The count of items or bytes would leave its range.
    StorageExhausted,
    /// There is a contract or a tombstone at the address already.
    DuplicateContract,
    /// The account that a reward is for doesn't exist. Named by the ledger, in 2021.
    DeadAccount,
    /// The message's events would be more than the version allows. Not of 2021.
    OutOfEvents,
    /// The message's first frame returned more than the version allows. Not of 2021.
    OutputTooLarge,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (name, detail) = error.parts();
        Self::new(name, detail)
    }
}

/// Who caused an error: it decides whether the calling contract sees a code or traps itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorOrigin {
    /// Arose before the callee's code ran.
    Caller,
    /// The callee's code.
    Callee,
}

/// A call or an instantiation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExecError {
    pub(crate) error: Error,
    pub(crate) origin: ErrorOrigin,
}

impl From<Error> for ExecError {
    fn from(error: Error) -> Self {
        Self {
            error,
            origin: ErrorOrigin::Caller,
        }
    }
}
