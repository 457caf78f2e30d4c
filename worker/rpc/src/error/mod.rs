//! What can go wrong, each with a number that stays.

mod of_core;

use jsonrpsee::types::ErrorObjectOwned;
use serde_json::{json, Value};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal,)+) => {
        /// The codes of this server. They never change their meaning; `docs/rpc.md` has them as a table.
        ///
        /// 9000 to 9999 is the first thousand that no module of polkadot-sdk uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $doc])+ $name = $number,)+
        }

        impl Code {
            /// All of them, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name that stands in an error's `data`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// What it means.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+).trim(),)+
                }
            }
        }
    };
}

codes! {
    /// The worker has no block, or no cluster, to be asked about yet.
    NoState = 9000,
    /// The engine that the state belongs to can't be had.
    Parked = 9001,
    /// The cluster was destroyed.
    Destroyed = 9002,
    /// The block isn't there, or its state isn't kept any more.
    NoBlock = 9003,
    /// There is no contract at this address.
    NoContract = 9004,
    /// The contract is a tombstone.
    Tombstone = 9005,
    /// The key has another form than those of the engine's contracts.
    BadKey = 9006,
    /// The engine's rules know no such thing.
    Unsupported = 9007,
    /// There is no such message, or it isn't executed yet.
    NoReceipt = 9008,
    /// The extrinsic queued nothing for this cluster, as far as is known.
    NothingQueued = 9009,
    /// As much waits as may wait: nothing was begun.
    Busy = 9010,
    /// More calls came from this address than may.
    RateLimited = 9011,
    /// A query took longer than it may.
    Timeout = 9012,
    /// A query took more memory than it may.
    Memory = 9013,
    /// A query asks for more gas than it may use.
    GasLimit = 9014,
    /// The engine failed at a query.
    QueryFailed = 9015,
    /// An estimate is asked for that no transaction could be.
    NotTriedOut = 9016,
    /// A signature isn't the account's over what is asked.
    BadSignature = 9020,
    /// The block that was signed isn't a recent one of this worker's chain.
    NotRecent = 9021,
    /// A session's text can't be read.
    BadSession = 9022,
    /// A session has ended.
    SessionExpired = 9023,
    /// A session lasts longer than this worker lets it.
    SessionTooLong = 9024,
    /// A session isn't for this contract.
    SessionScope = 9025,
    /// A session is for another chain or another cluster.
    SessionElsewhere = 9026,
    /// A session was revoked.
    SessionRevoked = 9027,
    /// No more can be revoked now.
    TooManyRevoked = 9028,
    /// The worker doesn't know its chain yet, so nothing signed can be checked.
    NoChain = 9029,
    /// An engine isn't there, or can't be loaded.
    NoEngine = 9030,
    /// The version isn't newer than the one that the state belongs to.
    NotNewer = 9031,
    /// A rehearsal goes on already.
    Rehearsing = 9032,
    /// The version takes no state over from the one that it belongs to.
    NoUpgradePath = 9033,
    /// A message can't be tried under another engine.
    NotTried = 9034,
    /// This worker doesn't offer it.
    NotOffered = 9040,
    /// The directives of a log filter can't be read.
    BadFilter = 9041,
    /// The worker failed: its operator has to look.
    Internal = 9090,
}

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// Which.
    pub code: Code,
    /// A sentence for people: what was expected, what was found.
    pub message: String,
    /// What the caller can do; may be empty.
    pub hint: String,
    /// For programs.
    pub details: Value,
}

impl RpcError {
    /// An error with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: String::new(),
            details: Value::Null,
        }
    }

    /// With what the caller can do.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// With what a program wants to know.
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }

    /// As much waits as may wait.
    pub(crate) fn busy(what: &str) -> Self {
        Self::new(
            Code::Busy,
            format!("too many {what} wait already: nothing was begun"),
        )
        .hint("ask again later, or another worker")
    }
}

impl From<RpcError> for ErrorObjectOwned {
    fn from(error: RpcError) -> Self {
        let mut data = json!({ "name": error.code.name() });
        if let Some(object) = data.as_object_mut() {
            if !error.hint.is_empty() {
                object.insert("hint".into(), error.hint.into());
            }
            if !error.details.is_null() {
                object.insert("details".into(), error.details);
            }
        }
        Self::owned(error.code as i32, error.message, Some(data))
    }
}
