//! One test, because the worker's allocator can be set once in a process.

use super::*;
use std::alloc::System;

static CALLS: AtomicUsize = AtomicUsize::new(0);

fn layout(size: u64, align: u64) -> Layout {
    Layout::from_size_align(size as usize, align as usize).expect("a valid layout")
}

unsafe extern "C" fn alloc(_: *mut c_void, size: u64, align: u64) -> *mut c_void {
    CALLS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the test passes sizes above zero.
    unsafe { System.alloc(layout(size, align)).cast() }
}
unsafe extern "C" fn alloc_zeroed(_: *mut c_void, size: u64, align: u64) -> *mut c_void {
    CALLS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the test passes sizes above zero.
    unsafe { System.alloc_zeroed(layout(size, align)).cast() }
}
unsafe extern "C" fn realloc(
    _: *mut c_void,
    old: *mut c_void,
    size: u64,
    align: u64,
    new_size: u64,
) -> *mut c_void {
    CALLS.fetch_add(1, Ordering::Relaxed);
    assert!(!ARENA.owns(old.cast()), "arena memory reached the worker");
    // SAFETY: `old` came from `alloc` above with this layout.
    unsafe {
        System
            .realloc(old.cast(), layout(size, align), new_size as usize)
            .cast()
    }
}
unsafe extern "C" fn dealloc(_: *mut c_void, old: *mut c_void, size: u64, align: u64) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    assert!(!ARENA.owns(old.cast()), "arena memory reached the worker");
    // SAFETY: `old` came from `alloc` above with this layout.
    unsafe { System.dealloc(old.cast(), layout(size, align)) }
}

fn worker(ctx: usize) -> Allocator {
    Allocator {
        struct_size: size_of::<Allocator>() as u32,
        reserved: 0,
        ctx: ctx as *mut c_void,
        alloc,
        alloc_zeroed,
        realloc,
        dealloc,
    }
}

#[test]
fn early_memory_stays_in_the_arena_and_late_memory_is_the_workers() {
    let small = layout(24, 8);
    // SAFETY: every pointer below is used with the layout it was allocated with, and once freed
    // no more.
    unsafe {
        let early = Delegate.alloc(small);
        let other = Delegate.alloc(layout(100, 64));
        assert!(ARENA.owns(early) && ARENA.owns(other));
        assert_eq!(other as usize % 64, 0);
        early.write_bytes(7, 24);
        assert!(
            Delegate.alloc(layout(ARENA_BYTES as u64, 1)).is_null(),
            "more than there is"
        );

        assert!(set_worker_allocator(&worker(1)));
        assert!(set_worker_allocator(&worker(1)), "the same again");
        assert!(!set_worker_allocator(&worker(2)), "another one is refused");

        // What was allocated early moves out of the arena when it grows, with its contents.
        let grown = Delegate.realloc(early, small, 4096);
        assert!(!ARENA.owns(grown));
        assert_eq!(std::slice::from_raw_parts(grown, 24), [7; 24]);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1, "one alloc");
        let grown_more = Delegate.realloc(grown, layout(4096, 8), 9000);
        assert_eq!(std::slice::from_raw_parts(grown_more, 24), [7; 24]);
        Delegate.dealloc(grown_more, layout(9000, 8));
        assert_eq!(
            CALLS.load(Ordering::Relaxed),
            3,
            "one realloc and one dealloc"
        );
        Delegate.dealloc(other, layout(100, 64));
        assert_eq!(
            CALLS.load(Ordering::Relaxed),
            3,
            "the arena's isn't given to the worker"
        );

        let zeroed = Delegate.alloc_zeroed(layout(512, 16));
        assert_eq!(std::slice::from_raw_parts(zeroed, 512), [0; 512]);
        Delegate.dealloc(zeroed, layout(512, 16));
    }
}
