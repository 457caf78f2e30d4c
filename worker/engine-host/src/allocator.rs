//! The allocator that engines use, so that the worker knows what each of them holds.

use pink_capi::v1::ffi::Allocator;
use std::{
    alloc::{handle_alloc_error, GlobalAlloc, Layout, System},
    ffi::c_void,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// What an engine has allocated, in bytes and in calls. Not part of any result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Held now.
    pub current: u64,
    /// The most that was ever held.
    pub peak: u64,
    /// Allocations made, reallocations included.
    pub allocations: u64,
}

/// Counts for one library.
#[derive(Debug, Default)]
pub(crate) struct Account {
    current: AtomicU64,
    peak: AtomicU64,
    allocations: AtomicU64,
}

impl Account {
    pub(crate) fn read(&self) -> MemoryUse {
        MemoryUse {
            current: self.current.load(Relaxed),
            peak: self.peak.load(Relaxed),
            allocations: self.allocations.load(Relaxed),
        }
    }

    fn took(&self, bytes: u64) {
        self.allocations.fetch_add(1, Relaxed);
        let now = self.current.fetch_add(bytes, Relaxed).wrapping_add(bytes);
        self.peak.fetch_max(now, Relaxed);
    }

    fn gave(&self, bytes: u64) {
        self.current.fetch_sub(bytes, Relaxed);
    }
}

/// A new account, and the table that charges it. Both live as long as the process, as the
/// library does that they are for.
pub(crate) fn new() -> (&'static Account, &'static Allocator) {
    let account: &'static Account = Box::leak(Box::default());
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
    account.took(size);
    // SAFETY: engines don't allocate zero bytes (header).
    checked(unsafe { System.alloc(layout) }, layout)
}

unsafe extern "C" fn alloc_zeroed(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: as in `alloc`.
    let (account, layout) = unsafe { (account(ctx), layout(size, align)) };
    account.took(size);
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
    account.gave(size);
    account.took(new_size);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    checked(
        unsafe { System.realloc(ptr.cast(), old, new_size as usize) },
        new,
    )
}

unsafe extern "C" fn dealloc(ctx: *mut c_void, ptr: *mut c_void, size: u64, align: u64) {
    // SAFETY: as in `alloc`.
    let (account, layout) = unsafe { (account(ctx), layout(size, align)) };
    account.gave(size);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    unsafe { System.dealloc(ptr.cast(), layout) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_held() {
        let (account, table) = new();
        // SAFETY: sizes and alignments are valid and given back as they were taken.
        unsafe {
            let a = (table.alloc)(table.ctx, 100, 8);
            let b = (table.alloc_zeroed)(table.ctx, 50, 64);
            assert_eq!(b as usize % 64, 0);
            let a = (table.realloc)(table.ctx, a, 100, 8, 300);
            assert_eq!(
                account.read(),
                MemoryUse {
                    current: 350,
                    peak: 350,
                    allocations: 3
                }
            );
            (table.dealloc)(table.ctx, a, 300, 8);
            (table.dealloc)(table.ctx, b, 50, 64);
        }
        assert_eq!(
            account.read(),
            MemoryUse {
                current: 0,
                peak: 350,
                allocations: 3
            }
        );
    }
}
