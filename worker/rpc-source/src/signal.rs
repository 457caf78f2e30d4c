//! Tells whoever waits that there is news, or that everything is to stop.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    news: u64,
}

/// Shared by the one that waits, the connections, and whoever stops them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Signal {
    inner: Arc<(Mutex<State>, Condvar)>,
}

impl Signal {
    /// One that nobody has stopped.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every wait, and lets nobody wait any more.
    pub fn stop(&self) {
        self.state().stopped = true;
        self.inner.1.notify_all();
    }

    /// Whether everything is to stop.
    pub fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// There is something new to be asked for.
    pub(crate) fn news(&self) {
        let mut state = self.state();
        state.news = state.news.wrapping_add(1);
        drop(state);
        self.inner.1.notify_all();
    }

    /// How often there were news.
    pub fn count(&self) -> u64 {
        self.state().news
    }

    /// Waits until there were other news than these, everything is to stop, or the time is over.
    pub fn wait(&self, known: u64, most: Duration) {
        self.wait_while(most, |state| !state.stopped && state.news == known);
    }

    /// Waits until everything is to stop, or the time is over.
    pub fn pause(&self, most: Duration) {
        self.wait_while(most, |state| !state.stopped);
    }

    fn wait_while(&self, most: Duration, goes_on: impl Fn(&State) -> bool) {
        let end = Instant::now().checked_add(most);
        let mut state = self.state();
        while goes_on(&state) {
            let left = end.map_or(most, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return;
            }
            let waited = self.inner.1.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
