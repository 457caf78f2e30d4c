//! The allocator that engines use, so that the worker knows what each of them holds.
//!
//! Counting must not make threads wait for each other: each thread counts in a place of its own,
//! which is added to the engine's sum when it has become large, and when somebody reads.

use pink_capi::{v1::ffi::Allocator, Fault};
use std::{
    alloc::{handle_alloc_error, GlobalAlloc, Layout, System},
    cell::Cell,
    ffi::c_void,
    sync::{
        atomic::{
            AtomicBool, AtomicI64, AtomicU64, AtomicUsize,
            Ordering::{Acquire, Relaxed, Release},
        },
        Mutex, MutexGuard, PoisonError,
    },
};

/// The most that an engine may hold before its calls become faults, in bytes, unless the worker
/// sets another limit. What a call can take is metered and far below (each frame's memory by the
/// version's pages, the frames by its depth), and caches are bounded: only many calls beside each
/// other, or a leak, get there.
pub const ENGINE_MEMORY_LIMIT_BYTES: u64 = 2 << 30;

/// A thread's count is added to the engine's sum when it has changed by so many bytes. So much,
/// times the number of threads, peak and limit may be off.
pub const MEMORY_COUNT_BYTES: u64 = 64 << 10;

/// Engines of a process that have places in every thread. Those loaded after them are counted in
/// one place for all threads, which is only slower.
const PLACES: usize = 32;

/// What an engine has allocated, in bytes and in calls. Not part of any result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Held now.
    pub current: u64,
    /// The most that was ever held, to within [`MEMORY_COUNT_BYTES`] for each thread.
    pub peak: u64,
    /// Allocations made, reallocations included.
    pub allocations: u64,
}

/// Counts for one library.
#[derive(Debug)]
pub(crate) struct Account {
    /// Bytes, without what threads have yet to add.
    sum: AtomicI64,
    peak: AtomicU64,
    limit: AtomicU64,
    /// The limit was passed.
    over: AtomicBool,
    /// Allocations of threads that have no place.
    placeless: AtomicU64,
    /// Which place of a thread's is this engine's.
    place: usize,
    counters: Mutex<Vec<&'static Counter>>,
}

/// What one thread has counted for one engine; only that thread writes to it.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Counter {
    /// Bytes that aren't in the engine's sum yet.
    pending: AtomicI64,
    allocations: AtomicU64,
    /// Its thread has ended: another may have it.
    idle: AtomicBool,
}

/// A thread's counters.
struct Places([Cell<Option<&'static Counter>>; PLACES]);

thread_local! {
    static COUNTERS: Places = const { Places([const { Cell::new(None) }; PLACES]) };
}

impl Drop for Places {
    fn drop(&mut self) {
        for counter in self.0.iter().filter_map(Cell::get) {
            counter.idle.store(true, Release);
        }
    }
}

impl Account {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self {
            sum: AtomicI64::new(0),
            peak: AtomicU64::new(0),
            limit: AtomicU64::new(ENGINE_MEMORY_LIMIT_BYTES),
            over: AtomicBool::new(false),
            placeless: AtomicU64::new(0),
            place: NEXT.fetch_add(1, Relaxed),
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
            allocations: allocations.wrapping_add(self.placeless.load(Relaxed)),
        }
    }

    /// From now on, holding more than this is a fault.
    pub(crate) fn set_limit(&self, bytes: u64) {
        self.limit.store(bytes, Relaxed);
        self.over.store(false, Relaxed);
    }

    /// Before a call: what an earlier one was ended for may be gone by now.
    ///
    /// # Errors
    /// [`Fault::Memory`]: it isn't.
    pub(crate) fn begin(&self) -> Result<(), Fault> {
        if self.over.load(Relaxed) {
            let within = self.read().current <= self.limit.load(Relaxed);
            self.over.store(!within, Relaxed);
        }
        self.check()
    }

    /// At every call of the host and at the end of every call: whether the limit was kept.
    ///
    /// # Errors
    /// [`Fault::Memory`].
    pub(crate) fn check(&self) -> Result<(), Fault> {
        match self.over.load(Relaxed) {
            false => Ok(()),
            true => Err(Fault::Memory {
                used: self.read().peak,
                limit: self.limit.load(Relaxed),
            }),
        }
    }

    fn changed(&self, by: i64, allocations: u64) {
        let own = COUNTERS.try_with(|places| self.counter(places));
        let Ok(Some(counter)) = own else {
            self.placeless.fetch_add(allocations, Relaxed);
            return self.add(by);
        };
        // Nobody else writes here, so that these need no read-modify-write of the processor.
        let made = counter.allocations.load(Relaxed).wrapping_add(allocations);
        counter.allocations.store(made, Relaxed);
        let pending = counter.pending.load(Relaxed).wrapping_add(by);
        match pending.unsigned_abs() < MEMORY_COUNT_BYTES {
            true => counter.pending.store(pending, Relaxed),
            false => {
                counter.pending.store(0, Relaxed);
                self.add(pending);
            }
        }
    }

    /// Adds to the sum.
    #[cold]
    fn add(&self, by: i64) {
        let now = bytes(self.sum.fetch_add(by, Relaxed).wrapping_add(by));
        self.peak.fetch_max(now, Relaxed);
        if now > self.limit.load(Relaxed) {
            self.over.store(true, Relaxed);
        }
    }

    /// This thread's counter.
    fn counter(&self, places: &Places) -> Option<&'static Counter> {
        let place = places.0.get(self.place)?;
        if place.get().is_none() {
            place.set(Some(self.take_counter()));
        }
        place.get()
    }

    /// One that a thread left behind, or a new one.
    #[cold]
    fn take_counter(&self) -> &'static Counter {
        let mut counters = self.counters();
        let left = counters
            .iter()
            .find(|counter| counter.idle.swap(false, Acquire));
        if let Some(left) = left {
            return left;
        }
        let made: &'static Counter = Box::leak(Box::default());
        counters.push(made);
        made
    }

    fn counters(&self) -> MutexGuard<'_, Vec<&'static Counter>> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sum of bytes; one thread may have added less than another has taken away.
fn bytes(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or(0)
}

/// A new account, and the table that charges it. Both live as long as the process, as the
/// library does that they are for.
pub(crate) fn new() -> (&'static Account, &'static Allocator) {
    let account: &'static Account = Box::leak(Box::new(Account::new()));
    let table = Allocator {
        struct_size: size_of::<Allocator>() as u32,
        reserved: 0,
        ctx: std::ptr::from_ref(account).cast_mut().cast(),
        alloc,
        alloc_zeroed,
        realloc,
        dealloc,
    };
    (account, Box::leak(Box::new(table)))
}

/// # Safety
/// `ctx` is the one of the table that the function was found in.
unsafe fn account<'a>(ctx: *mut c_void) -> &'a Account {
    // SAFETY: `new` made it from a leaked `Account`, and nobody else writes to it.
    unsafe { &*ctx.cast::<Account>() }
}

/// # Safety
/// `align` is a power of two, and `size` rounded up to it fits, as the header demands.
unsafe fn layout(size: u64, align: u64) -> Layout {
    // SAFETY: promised by the caller.
    unsafe { Layout::from_size_align_unchecked(size as usize, align as usize) }
}

fn checked(ptr: *mut u8, layout: Layout) -> *mut c_void {
    if ptr.is_null() {
        // Never answer NULL: an engine would show it to the contract, and workers would part.
        handle_alloc_error(layout);
    }
    ptr.cast()
}

// The four functions below call `System` and not the global allocator, so that an engine's
// memory doesn't depend on which allocator the worker's binary has.

unsafe extern "C" fn alloc(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: the engine passes the table's context, and a valid size and alignment.
    let (account, layout) = unsafe { (account(ctx), layout(size, align)) };
    account.changed(size as i64, 1);
    // SAFETY: engines don't allocate zero bytes (header).
    checked(unsafe { System.alloc(layout) }, layout)
}

unsafe extern "C" fn alloc_zeroed(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: as in `alloc`.
    let (account, layout) = unsafe { (account(ctx), layout(size, align)) };
    account.changed(size as i64, 1);
    // SAFETY: as in `alloc`.
    checked(unsafe { System.alloc_zeroed(layout) }, layout)
}

unsafe extern "C" fn realloc(
    ctx: *mut c_void,
    ptr: *mut c_void,
    size: u64,
    align: u64,
    new_size: u64,
) -> *mut c_void {
    // SAFETY: as in `alloc`.
    let (account, old, new) =
        unsafe { (account(ctx), layout(size, align), layout(new_size, align)) };
    account.changed(new_size.wrapping_sub(size) as i64, 1);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    checked(
        unsafe { System.realloc(ptr.cast(), old, new_size as usize) },
        new,
    )
}

unsafe extern "C" fn dealloc(ctx: *mut c_void, ptr: *mut c_void, size: u64, align: u64) {
    // SAFETY: as in `alloc`.
    let (account, layout) = unsafe { (account(ctx), layout(size, align)) };
    account.changed((size as i64).wrapping_neg(), 0);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    unsafe { System.dealloc(ptr.cast(), layout) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_held() {
        let (account, table) = new();
        let used = |current, peak, allocations| MemoryUse {
            current,
            peak,
            allocations,
        };
        // SAFETY: sizes and alignments are valid and given back as they were taken.
        unsafe {
            let a = (table.alloc)(table.ctx, 100, 8);
            let b = (table.alloc_zeroed)(table.ctx, 50, 64);
            assert_eq!(b as usize % 64, 0);
            let a = (table.realloc)(table.ctx, a, 100, 8, 300);
            assert_eq!(account.read(), used(350, 350, 3));
            let large = 3 * MEMORY_COUNT_BYTES;
            let c = (table.alloc)(table.ctx, large, 8);
            (table.dealloc)(table.ctx, c, large, 8);
            (table.dealloc)(table.ctx, a, 300, 8);
            (table.dealloc)(table.ctx, b, 50, 64);
            assert_eq!(account.read(), used(0, large + 350, 4));
        }
    }

    /// What one thread takes and another gives back adds up, and threads that ended leave their
    /// counters to those that come.
    #[test]
    fn threads_add_up() {
        let (account, table) = new();
        for _ in 0..20 {
            let taken: Vec<usize> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    // SAFETY: as above.
                    .map(|_| scope.spawn(|| unsafe { (table.alloc)(table.ctx, 1000, 8) } as usize))
                    .collect();
                threads.into_iter().map(|it| it.join().unwrap()).collect()
            });
            assert_eq!(account.read().current, 4000);
            for block in taken {
                // SAFETY: as above.
                unsafe { (table.dealloc)(table.ctx, block as *mut c_void, 1000, 8) };
            }
            assert_eq!(account.read().current, 0);
        }
        assert_eq!(account.read().allocations, 80);
        // At most four at a time, and this one.
        assert!(account.counters().len() <= 5);
    }

    #[test]
    fn a_passed_limit_is_noticed_until_there_is_room_again() {
        let (account, table) = new();
        account.set_limit(10 * MEMORY_COUNT_BYTES);
        let large = 11 * MEMORY_COUNT_BYTES;
        assert_eq!(account.check(), Ok(()));
        // SAFETY: as above.
        let block = unsafe { (table.alloc)(table.ctx, large, 8) };
        let over = Err(Fault::Memory {
            used: large,
            limit: 10 * MEMORY_COUNT_BYTES,
        });
        assert_eq!(account.check(), over);
        assert_eq!(account.begin(), over);
        // SAFETY: as above.
        unsafe { (table.dealloc)(table.ctx, block, large, 8) };
        // The call that took it is over all the same.
        assert_eq!(account.check(), over);
        assert_eq!(account.begin(), Ok(()));
        assert_eq!(account.check(), Ok(()));
    }
}
