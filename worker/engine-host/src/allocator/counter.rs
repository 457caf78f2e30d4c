//! What one thread counts for one engine, and the call that it is making.

use pink_capi::Fault;
use std::{
    cell::{Cell, RefCell},
    marker::PhantomData,
    sync::atomic::{
        AtomicBool, AtomicI64, AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
    },
};

/// A thread's count is added to the engine's sum when it has changed by this many bytes, and what
/// a call takes is compared with its limit then. By this much a peak, and what a call has taken between
/// two calls of the host, may be off.
pub const MEMORY_COUNT_BYTES: u64 = 64 << 10;

/// Engines of a process whose counters every thread has by their number. Those of engines loaded
/// after them are looked for in a list, which is only slower.
const BY_NUMBER: usize = 32;

/// What one thread has counted for one engine; only that thread writes to it.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct ThreadCounter {
    /// Bytes that aren't in the engine's sum yet.
    pub(super) pending: AtomicI64,
    pub(super) allocations: AtomicU64,
    /// Bytes that this thread has added to the engine's sum, ever. With `pending` it is all that
    /// the thread took and didn't give back, below 0 if it gave back what others took. The
    /// difference between two moments of a call is what the call took in between.
    added: AtomicI64,
    /// The same, when the call that runs began.
    began: AtomicI64,
    /// Where the call passes its limit, on the same scale; never reached while no call runs.
    ceiling: AtomicI64,
    /// The highest that was seen during the call, on the same scale.
    highest: AtomicI64,
    /// The call passed its limit.
    over: AtomicBool,
    /// Its thread has ended: another may have it.
    idle: AtomicBool,
}

/// A thread's counters, by the engines' numbers.
struct ThreadCounters {
    first: [Cell<Option<&'static ThreadCounter>>; BY_NUMBER],
    more: RefCell<Vec<(usize, &'static ThreadCounter)>>,
}

thread_local! {
    static COUNTERS: ThreadCounters = const { ThreadCounters {
        first: [const { Cell::new(None) }; BY_NUMBER],
        more: const { RefCell::new(Vec::new()) },
    } };
}

impl Drop for ThreadCounters {
    fn drop(&mut self) {
        let more = self.more.borrow();
        let more = more.iter().map(|(_, counter)| *counter);
        for counter in self.first.iter().filter_map(Cell::get).chain(more) {
            counter.idle.store(true, Release);
        }
    }
}

impl Default for ThreadCounter {
    fn default() -> Self {
        Self {
            pending: AtomicI64::new(0),
            allocations: AtomicU64::new(0),
            added: AtomicI64::new(0),
            began: AtomicI64::new(0),
            ceiling: AtomicI64::new(i64::MAX),
            highest: AtomicI64::new(0),
            over: AtomicBool::new(false),
            idle: AtomicBool::new(false),
        }
    }
}

impl ThreadCounter {
    /// This thread's counter for the engine of this number; `make` makes one if it has none. `None`
    /// on a thread that is ending.
    pub(super) fn of(number: usize, make: impl FnOnce() -> &'static Self) -> Option<&'static Self> {
        let own = COUNTERS.try_with(|counters| match counters.first.get(number) {
            Some(counter) => {
                if counter.get().is_none() {
                    counter.set(Some(make()));
                }
                counter.get()
            }
            None => {
                let mut more = counters.more.try_borrow_mut().ok()?;
                if let Some((_, counter)) = more.iter().find(|(it, _)| *it == number) {
                    return Some(*counter);
                }
                let counter = make();
                more.push((number, counter));
                Some(counter)
            }
        });
        own.ok().flatten()
    }

    /// Takes one that a thread left behind; false if its thread is still there.
    pub(super) fn claim(&self) -> bool {
        self.idle.swap(false, Acquire)
    }

    /// Counts. The answer is what has to be added to the engine's sum now, mostly nothing.
    pub(super) fn count(&self, by: i64, allocations: u64) -> Option<i64> {
        // Nobody else writes here, so that these need no read-modify-write of the processor.
        let made = self.allocations.load(Relaxed).wrapping_add(allocations);
        self.allocations.store(made, Relaxed);
        let pending = self.pending.load(Relaxed).wrapping_add(by);
        if pending.unsigned_abs() < MEMORY_COUNT_BYTES {
            self.pending.store(pending, Relaxed);
            return None;
        }
        self.settle(pending);
        Some(pending)
    }

    #[cold]
    fn settle(&self, pending: i64) {
        self.pending.store(0, Relaxed);
        let added = self.added.load(Relaxed).wrapping_add(pending);
        self.added.store(added, Relaxed);
        self.look(added);
    }

    /// Compares with the limit of the call that runs.
    fn look(&self, now: i64) {
        if now > self.highest.load(Relaxed) {
            self.highest.store(now, Relaxed);
        }
        if now > self.ceiling.load(Relaxed) {
            self.over.store(true, Relaxed);
        }
    }

    /// All that this thread took and didn't give back.
    fn now(&self) -> i64 {
        let (added, pending) = (self.added.load(Relaxed), self.pending.load(Relaxed));
        added.wrapping_add(pending)
    }
}

/// A call of an engine on this thread, from when it begins until it is dropped. What the thread
/// allocates for the engine meanwhile is the call's.
#[derive(Debug)]
pub(crate) struct Call {
    counter: Option<&'static ThreadCounter>,
    /// Of the call around this one, should there ever be one: where it began, its ceiling, the
    /// highest it saw, and whether it was over.
    around: (i64, i64, i64, bool),
    /// It stays on its thread.
    here: PhantomData<*const ()>,
}

impl Call {
    pub(super) fn begin(counter: Option<&'static ThreadCounter>, limit: u64) -> Self {
        let around = counter.map_or((0, i64::MAX, 0, false), |counter| {
            let now = counter.now();
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let around = (
                counter.began.load(Relaxed),
                counter.ceiling.load(Relaxed),
                counter.highest.load(Relaxed),
                counter.over.load(Relaxed),
            );
            counter.began.store(now, Relaxed);
            counter.ceiling.store(now.saturating_add(limit), Relaxed);
            counter.highest.store(now, Relaxed);
            counter.over.store(false, Relaxed);
            around
        });
        Self {
            counter,
            around,
            here: PhantomData,
        }
    }

    /// At every call of the host and at the end: whether the call kept its limit, with
    /// `held_by_host` bytes that the host holds for it.
    ///
    /// # Errors
    /// [`Fault::Memory`].
    pub(crate) fn check(&self, held_by_host: u64) -> Result<(), Fault> {
        let Some(counter) = self.counter else {
            return Ok(());
        };
        let held = i64::try_from(held_by_host).unwrap_or(i64::MAX);
        counter.look(counter.now().saturating_add(held));
        if !counter.over.load(Relaxed) {
            return Ok(());
        }
        let (began, ceiling) = (counter.began.load(Relaxed), counter.ceiling.load(Relaxed));
        let since = |at: i64| u64::try_from(at.saturating_sub(began)).unwrap_or(0);
        Err(Fault::Memory {
            used: since(counter.highest.load(Relaxed)),
            limit: since(ceiling),
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(counter) = self.counter {
            let (began, ceiling, highest, over) = self.around;
            let seen = counter.highest.load(Relaxed).max(highest);
            counter.began.store(began, Relaxed);
            counter.ceiling.store(ceiling, Relaxed);
            counter.highest.store(seen, Relaxed);
            counter.over.store(over || seen > ceiling, Relaxed);
        }
    }
}
