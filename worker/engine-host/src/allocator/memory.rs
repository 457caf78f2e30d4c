//! What one engine holds, over all its threads, and the limits that calls are held to.

use super::counter::{Call, ThreadCounter};
use std::sync::{
    atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed},
    Mutex, MutexGuard, PoisonError,
};

/// The most that a call which may change the state can take before it is a fault, in bytes: a
/// message, an upgrade, a block's begin or end. The same on every worker, and never to be set by
/// an operator.
///
/// It is part of consensus, and so it lies where no message gets, whatever a worker has in its
/// caches. What a message needs by the rules is bounded by its gas: two seconds of it (the most
/// that a message may use on the runtime of this repository) write 130 MB into the state at the
/// prices of 2.0, and the deepest stack of the largest memories takes less than 256 MiB; a test
/// takes the dearest that are known. What an engine keeps for later calls (compiled code, memories
/// to use again) is counted to the call that fills it and taken off the one that evicts it, so a
/// cold cache and a warm one may differ by what all of them hold: 384 MiB by the engines' own
/// estimate. That is a tenth of what lies between, so that whether a call passes this limit
/// doesn't depend on caches: only an engine that loses memory passes it, and does so everywhere.
pub const TRANSACTION_MEMORY_BYTES: u64 = 4 << 30;

/// The most that a call which only looks can take, in bytes, unless the operator sets another
/// limit: a query, an estimate, a view. Several run at once, and no result that anybody has to
/// agree on depends on it.
pub const QUERY_MEMORY_BYTES: u64 = 512 << 20;

/// What an engine has allocated, in bytes and in calls. Not part of any result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Held now.
    pub current: u64,
    /// The most that was ever held, to within
    /// [`MEMORY_COUNT_BYTES`](crate::MEMORY_COUNT_BYTES) for each thread.
    pub peak: u64,
    /// Allocations made, reallocations included.
    pub allocations: u64,
}

/// Counts what one library holds, over all threads.
#[derive(Debug)]
pub(crate) struct MemoryCounter {
    /// Bytes, without what threads have yet to add.
    sum: AtomicI64,
    peak: AtomicU64,
    /// Allocations of threads that are ending.
    late: AtomicU64,
    /// Which of a thread's counters is this engine's.
    number: usize,
    pub(super) counters: Mutex<Vec<&'static ThreadCounter>>,
}

impl MemoryCounter {
    pub(super) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            sum: AtomicI64::new(0),
            peak: AtomicU64::new(0),
            late: AtomicU64::new(0),
            number: NEXT.fetch_add(1, Relaxed),
            counters: Mutex::default(),
        }
    }

    pub(crate) fn read(&self) -> MemoryUse {
        let counters = self.counters();
        let all = counters.iter();
        let pending: i64 = all.clone().map(|it| it.pending.load(Relaxed)).sum();
        let allocations: u64 = all.map(|it| it.allocations.load(Relaxed)).sum();
        let current = bytes(self.sum.load(Relaxed).wrapping_add(pending));
        MemoryUse {
            current,
            peak: self.peak.load(Relaxed).max(current),
            allocations: allocations.wrapping_add(self.late.load(Relaxed)),
        }
    }

    /// Begins a call on this thread that may take `limit` bytes.
    pub(crate) fn begin(&self, limit: u64) -> Call {
        Call::begin(self.counter(), limit)
    }

    pub(super) fn changed(&self, by: i64, allocations: u64) {
        match self.counter() {
            Some(counter) => {
                if let Some(pending) = counter.count(by, allocations) {
                    self.add(pending);
                }
            }
            None => {
                self.late.fetch_add(allocations, Relaxed);
                self.add(by);
            }
        }
    }

    /// Adds to the sum.
    #[cold]
    fn add(&self, by: i64) {
        let now = bytes(self.sum.fetch_add(by, Relaxed).wrapping_add(by));
        self.peak.fetch_max(now, Relaxed);
    }

    /// This thread's counter.
    fn counter(&self) -> Option<&'static ThreadCounter> {
        ThreadCounter::of(self.number, || self.take_counter())
    }

    /// One that a thread left behind, or a new one.
    #[cold]
    fn take_counter(&self) -> &'static ThreadCounter {
        let mut counters = self.counters();
        if let Some(left) = counters.iter().find(|counter| counter.claim()) {
            return left;
        }
        let made: &'static ThreadCounter = Box::leak(Box::default());
        counters.push(made);
        made
    }

    fn counters(&self) -> MutexGuard<'_, Vec<&'static ThreadCounter>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sum of bytes; one thread may have added less than another has taken away.
fn bytes(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or(0)
}
