//! How the host behaves during a call, and what an engine may do wrong with it.

use pink_capi::v2::{ffi::Status, Kind};
use std::sync::Arc;

/// What an engine promises about its use of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// At most one commit.
    CommitOnce,
    /// None where the state must not change.
    CommitAllowed,
    /// Ascending keys, none twice, flags 0.
    CommitForm,
    /// Pointers, flags, levels and ids are as the header says.
    Arguments,
    /// Few enough, and used only while open.
    Iterators,
    /// On the thread of the call, while it runs.
    Thread,
    /// Lent bytes are not written to.
    LentBytes,
    /// No thread is started.
    NoThreads,
    /// Clock, network and randomness in queries alone.
    OffChain,
}

/// A promise that was broken, and how.
#[derive(Clone, Debug)]
pub(crate) struct Breach {
    pub(crate) rule: Rule,
    pub(crate) text: String,
}

/// How the host behaves during one call.
#[derive(Clone)]
pub(crate) struct Settings {
    /// What is executed.
    pub(crate) kind: Kind,
    /// The call of this number, from 1 on, is answered with this status and has no effect.
    pub(crate) fail_at: Option<(u64, Status)>,
    /// Every value that is read is bytes that no engine ever wrote.
    pub(crate) garbage: bool,
    /// `poll` asks a query or an estimate to end.
    pub(crate) cancelled: bool,
    /// The context that the engine passes back is an address that nothing lies at.
    pub(crate) opaque: bool,
    /// Buffers of the host are static: they have no `release`.
    pub(crate) static_buffers: bool,
    /// CallResult in the midst of the first call of the host.
    pub(crate) during: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Settings {
    /// A host that behaves.
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            fail_at: None,
            garbage: false,
            cancelled: false,
            opaque: false,
            static_buffers: false,
            during: None,
        }
    }
}
