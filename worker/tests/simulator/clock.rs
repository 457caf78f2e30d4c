//! Time that passes when a test says so.

use pink_daemon::Clock;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Nobody waits by it: what would be a wait makes it later. All clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeClock(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    now: Duration,
    stopped: bool,
    news: u64,
}

impl FakeClock {
    /// So much time passes.
    pub(crate) fn advance(&self, by: Duration) {
        self.inner().now += by;
    }

    /// It is later, or as late as it was.
    pub(crate) fn set(&self, now: Duration) {
        let mut inner = self.inner();
        inner.now = inner.now.max(now);
    }

    pub(crate) fn news(&self) {
        self.inner().news += 1;
    }

    /// Whoever runs by it ends.
    pub(crate) fn stop(&self, stopped: bool) {
        self.inner().stopped = stopped;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        self.inner().now
    }

    fn is_stopped(&self) -> bool {
        self.inner().stopped
    }

    fn count(&self) -> u64 {
        self.inner().news
    }

    fn wait(&self, known: u64, most: Duration) {
        if self.count() == known {
            self.advance(most);
        }
    }

    fn pause(&self, most: Duration) {
        self.advance(most);
    }
}
