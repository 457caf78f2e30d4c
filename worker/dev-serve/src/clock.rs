//! The chain's clock: the system's, moved on by whoever develops.

use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// A clock that never goes back of itself. All clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    /// Ahead of the system's by `ms` milliseconds.
    pub(crate) fn ahead(ms: u64) -> Self {
        let clock = Self::default();
        clock.set_ahead(ms);
        clock
    }

    /// What it says: milliseconds of the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        });
        now.saturating_add(self.is_ahead())
    }

    /// By how much it is ahead.
    pub(crate) fn is_ahead(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set_ahead(&self, ms: u64) {
        self.0.store(ms, Ordering::Relaxed);
    }

    /// Moves it on.
    pub(crate) fn increase(&self, ms: u64) {
        self.set_ahead(self.is_ahead().saturating_add(ms));
    }
}
