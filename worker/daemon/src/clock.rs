//! By what the loop measures and waits.

use pink_rpc_source::Signal;
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

/// Time that never goes back, and what ends a wait. No result of a block depends on it.
pub trait Clock: Debug + Send + Sync {
    /// How long it has been running.
    fn now(&self) -> Duration;

    /// Whether everything is to stop. It stays so.
    fn is_stopped(&self) -> bool;

    /// How often there were news of the chain.
    fn count(&self) -> u64;

    /// Waits until there were other news than these, everything is to stop, or the time is over.
    fn wait(&self, known: u64, most: Duration);

    /// Waits until everything is to stop, or the time is over.
    fn pause(&self, most: Duration);
}

/// The system's, with a signal that connections and whoever stops the program have as well.
#[derive(Clone, Debug)]
pub struct SystemClock {
    began: Instant,
    signal: Signal,
}

impl SystemClock {
    /// It runs from now on.
    pub fn new(signal: Signal) -> Self {
        Self {
            began: Instant::now(),
            signal,
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn is_stopped(&self) -> bool {
        self.signal.is_stopped()
    }

    fn count(&self) -> u64 {
        self.signal.count()
    }

    fn wait(&self, known: u64, most: Duration) {
        self.signal.wait(known, most);
    }

    fn pause(&self, most: Duration) {
        self.signal.pause(most);
    }
}
