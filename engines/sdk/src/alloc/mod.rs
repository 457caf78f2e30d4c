//! The engine's global allocator: the worker's, through the ABI.
//!
//! Every cdylib has its own allocator. So that the worker's statistics are whole and each
//! engine's use is known, an engine's delegates to the worker. What is allocated before the
//! worker's functions are known (the language's own start-up, at most) comes from a static
//! arena. Arena memory is recognised by its address and never handed to the worker, whatever
//! allocator that uses.

use pink_capi::v2::ffi::Allocator;
use std::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    ffi::c_void,
    ptr,
    sync::{
        atomic::{AtomicUsize, Ordering},
        OnceLock,
    },
};

/// Bytes for what is allocated before the worker's allocator is known. A fresh cdylib needs
/// none; the rest is room for a C library that allocates in a constructor.
const ARENA_BYTES: usize = 64 * 1024;

#[repr(align(4096))]
struct Arena {
    bytes: UnsafeCell<[u8; ARENA_BYTES]>,
    used: AtomicUsize,
}

// SAFETY: `bytes` is only reached through pointers to disjoint parts, which `used` hands out
// atomically, each once.
unsafe impl Sync for Arena {}

static ARENA: Arena = Arena {
    bytes: UnsafeCell::new([0; ARENA_BYTES]),
    used: AtomicUsize::new(0),
};

/// Copied out of the worker's struct, so that a call costs no second indirection.
static WORKER: OnceLock<Allocator> = OnceLock::new();

/// Gives the engine its allocator; the first call in a process decides.
///
/// Answers whether this is the allocator in force: false for a later, different one.
///
/// # Safety
/// The functions keep the promises of [`Allocator`] for as long as the process lives.
pub unsafe fn set_worker_allocator(allocator: &Allocator) -> bool {
    let current = WORKER.get_or_init(|| *allocator);
    ptr::eq(current.ctx, allocator.ctx) && ptr::fn_addr_eq(current.alloc, allocator.alloc)
}

/// Delegates to the worker. [`export_v1!`](crate::export_v1) makes it the global allocator.
#[derive(Debug)]
pub struct Delegate;

impl Arena {
    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    fn owns(&self, ptr: *mut u8) -> bool {
        let start = self.start() as usize;
        (start..start + ARENA_BYTES).contains(&(ptr as usize))
    }

    /// A part that nobody had before, so it is zero; NULL when the arena is used up.
    fn take(&self, layout: Layout) -> *mut u8 {
        if layout.align() > 4096 {
            return ptr::null_mut();
        }
        let mut used = self.used.load(Ordering::Relaxed);
        loop {
            let from = used.next_multiple_of(layout.align());
            let Some(to) = from
                .checked_add(layout.size())
                .filter(|to| *to <= ARENA_BYTES)
            else {
                return ptr::null_mut();
            };
            match self
                .used
                .compare_exchange_weak(used, to, Ordering::Relaxed, Ordering::Relaxed)
            {
                // SAFETY: `from` is at most ARENA_BYTES, so the result stays in the arena or
                // one past it.
                Ok(_) => return unsafe { self.start().add(from) },
                Err(now) => used = now,
            }
        }
    }
}

// SAFETY: memory comes from the worker's allocator, which promises what this trait does, or from
// the arena, whose parts are disjoint and aligned and never reused; both sides of the border
// agree on which, because arena addresses are recognised.
unsafe impl GlobalAlloc for Delegate {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match WORKER.get() {
            // SAFETY: the functions are the worker's, promised in `set_worker_allocator`.
            Some(worker) => unsafe {
                (worker.alloc)(worker.ctx, layout.size() as u64, layout.align() as u64).cast()
            },
            None => ARENA.take(layout),
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match WORKER.get() {
            // SAFETY: as in `alloc`.
            Some(worker) => unsafe {
                (worker.alloc_zeroed)(worker.ctx, layout.size() as u64, layout.align() as u64)
                    .cast()
            },
            None => ARENA.take(layout),
        }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        match WORKER.get() {
            Some(worker) if !ARENA.owns(old) => {
                let old: *mut c_void = old.cast();
                let (size, align) = (layout.size() as u64, layout.align() as u64);
                // SAFETY: as in `alloc`; `old` isn't the arena's, so it came from the worker.
                unsafe { (worker.realloc)(worker.ctx, old, size, align, new_size as u64).cast() }
            }
            _ => {
                // SAFETY: the trait's caller promises that `new_size`, rounded up to the
                // alignment, doesn't overflow.
                let new_layout =
                    unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
                // SAFETY: `new_size` isn't zero, by the trait's contract.
                let new = unsafe { self.alloc(new_layout) };
                if !new.is_null() {
                    let common = layout.size().min(new_size);
                    // SAFETY: both are at least `common` long, and a new part is nobody else's.
                    unsafe { ptr::copy_nonoverlapping(old, new, common) };
                }
                new
            }
        }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        if ARENA.owns(old) {
            return;
        }
        if let Some(worker) = WORKER.get() {
            // SAFETY: `old` isn't the arena's, so it came from the worker.
            unsafe {
                (worker.dealloc)(
                    worker.ctx,
                    old.cast(),
                    layout.size() as u64,
                    layout.align() as u64,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
