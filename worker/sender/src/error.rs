//! Why something isn't said to the chain, and what to do about it.

use crate::key::KeystoreError;
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, Hash};
use pink_worker_core::{
    accounts::name_of,
    source::{PermanentError, SendError, SourceError, TransientError},
};

/// Why something isn't said to the chain.
///
/// Of all but [`Refused`](Self::Refused) and [`Unsettled`](Self::Unsettled) the endpoint says that the chain executed
/// nothing, and will execute nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody answers, in time or at all.
    #[error("{endpoint} can't be asked for {what}: {reason}")]
    Unreachable {
        /// Who was asked, or all of them.
        endpoint: String,
        /// What for.
        what: &'static str,
        /// What the connection said.
        reason: String,
    },
    /// What was given is no endpoint.
    #[error("{endpoint} is no endpoint: {reason}")]
    BadEndpoint {
        /// What was given.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is another chain.
    #[error("{endpoint} serves the chain {found:?}, not {expected:?}")]
    OtherChain {
        /// Who was asked.
        endpoint: String,
        /// The genesis block's hash of the chain that is meant.
        expected: Hash,
        /// That of the one that answered.
        found: Hash,
    },
    /// The chain's runtime hasn't what is to be said, or has it otherwise.
    #[error("the chain's {what} is unknown to this program: {reason}")]
    Unsupported {
        /// A pallet, a call, an argument.
        what: String,
        /// How it differs.
        reason: String,
    },
    /// The endpoint's pool of transactions has no room.
    #[error("{endpoint} has no room for {call}: its pool of transactions is full")]
    PoolFull {
        /// Who was asked.
        endpoint: String,
        /// What was to be said.
        call: &'static str,
    },
    /// Under the nonce that it was signed with before, something else of the account is on its way.
    #[error("{call} waits for another word of the account, which has its nonce")]
    Waits {
        /// What was to be said.
        call: &'static str,
    },
    /// The account can't pay the fee.
    #[error("{} can't pay the fee of {call}: it has {}", name_of(account),
        free.map_or_else(|| "too little".into(), |it| it.to_string()))]
    Underfunded {
        /// Who signs.
        account: AccountId,
        /// What was to be said.
        call: &'static str,
        /// What it has on the chain, in the smallest unit, if that could be found out.
        free: Option<Balance>,
    },
    /// The chain doesn't take it into a block.
    #[error("the chain doesn't take {call}: {reason}")]
    Invalid {
        /// What was to be said.
        call: &'static str,
        /// Why, in the node's words.
        reason: String,
    },
    /// The chain executed it, and it failed; the fee is paid.
    #[error("the chain refuses {call}: {error}")]
    Refused {
        /// What was said.
        call: &'static str,
        /// Why: `Pallet::Error`, or the chain's words for what is no pallet's error.
        error: String,
        /// The block that has it.
        block: BlockNumber,
        /// The fee, in the smallest unit, if the chain told.
        fee: Option<Balance>,
    },
    /// Time is over, and it may still be taken.
    #[error("{call} isn't in a final block yet; until block {until} it may still be taken")]
    Unsettled {
        /// What was said.
        call: &'static str,
        /// The hash of its extrinsic.
        extrinsic: Hash,
        /// The last block that may have it.
        until: BlockNumber,
    },
    /// It was dropped too often, and can't be taken any more.
    #[error("{call} was dropped {attempts} times")]
    Dropped {
        /// What was said.
        call: &'static str,
        /// How often it was signed.
        attempts: u32,
    },
    /// More engine files than a worker can announce.
    #[error("{found} engines are more than the {most} that a worker can announce")]
    TooManyEngines {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: u32,
    },
    /// A key.
    #[error(transparent)]
    Key(#[from] KeystoreError),
    /// The system gives no thread.
    #[error("can't start the thread that the connections run on: {0}")]
    NoThread(std::io::Error),
}

impl Error {
    /// Whether it passes by itself: say it again, after a pause that grows.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::PoolFull { .. }
                | Self::Waits { .. }
                | Self::Unsettled { .. }
                | Self::Dropped { .. }
        )
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check that a node runs there and takes RPC over WebSocket; another one can be named \
                 beside it"
                    .into()
            }
            Self::BadEndpoint { .. } => "give it as ws://HOST:PORT or wss://HOST".into(),
            Self::OtherChain { .. } => "name a node of the same chain".into(),
            Self::Unsupported { .. } => {
                "the chain's runtime is older or newer than this program: take the program of its \
                 release"
                    .into()
            }
            Self::PoolFull { .. } => "send it again later, or by another node".into(),
            Self::Waits { .. } => "send it again when that one is in a block".into(),
            Self::Underfunded { account, .. } => format!(
                "send money to {} on the chain",
                pink_worker_core::accounts::ss58(account)
            ),
            Self::Invalid { .. } => "nothing was executed: see what the node says".into(),
            Self::Refused { .. } => "the fee is paid, nothing else was changed".into(),
            Self::Unsettled { extrinsic, .. } => format!(
                "don't send it again before that block; its extrinsic is {extrinsic:?}"
            ),
            Self::Dropped { .. } => "nothing was executed: send it again later, or by another node".into(),
            Self::TooManyEngines { .. } => "remove files of engines that the chain doesn't use".into(),
            Self::Key(error) => error.hint(),
            Self::NoThread(_) => "see the limits of the system on threads".into(),
        }
    }
}

/// As the worker's sources say it.
impl From<Error> for SendError {
    fn from(error: Error) -> Self {
        let (call, reason) = match error {
            Error::Unreachable {
                endpoint,
                what,
                reason,
            } => {
                return SourceError::from(TransientError::Unreachable {
                    endpoint,
                    what,
                    reason,
                })
                .into()
            }
            Error::OtherChain {
                endpoint,
                expected,
                found,
            } => {
                return SourceError::from(PermanentError::OtherChain {
                    endpoint,
                    expected,
                    found,
                })
                .into()
            }
            Error::Unsupported { what, reason } => {
                return SourceError::from(PermanentError::Unsupported { what, reason }).into()
            }
            Error::TooManyEngines { found, most } => return Self::TooManyEngines { found, most },
            Error::PoolFull { endpoint, call } => {
                return SourceError::from(TransientError::Unreachable {
                    endpoint,
                    what: call,
                    reason: "its pool of transactions is full".into(),
                })
                .into()
            }
            // Nothing of it is on its way, and nobody refused it.
            Error::Waits { call } => {
                return SourceError::from(TransientError::Unreachable {
                    endpoint: "the chain".into(),
                    what: call,
                    reason: "another word of the account has its nonce until it is in a block"
                        .into(),
                })
                .into()
            }
            Error::Refused { call, error, .. } => (call, error),
            Error::Invalid { call, reason } => (call, reason),
            Error::Underfunded { call, .. }
            | Error::Unsettled { call, .. }
            | Error::Dropped { call, .. } => (call, with_hint(&error)),
            Error::BadEndpoint { .. } | Error::Key(_) | Error::NoThread(_) => {
                ("anything", with_hint(&error))
            }
        };
        Self::Refused { call, reason }
    }
}

fn with_hint(error: &Error) -> String {
    format!("{error} ({})", error.hint())
}
