//! The allocator that engines use, so that the worker knows what each of them holds, and what each
//! call takes.
//!
//! Counting must not make threads wait for each other: each thread has a counter of its own,
//! which is added to the engine's sum when it has become large, and when somebody reads.

mod counter;
mod memory;

pub use counter::MEMORY_COUNT_BYTES;
pub use memory::{MemoryUse, QUERY_MEMORY_BYTES, TRANSACTION_MEMORY_BYTES};

pub(crate) use counter::Call;
pub(crate) use memory::MemoryCounter;

use pink_capi::v2::ffi::Allocator;
use std::{
    alloc::{handle_alloc_error, GlobalAlloc, Layout, System},
    ffi::c_void,
};

/// A new counter, and the table that counts with it. Both live as long as the process, as the
/// library does that they are for.
pub(crate) fn new() -> (&'static MemoryCounter, &'static Allocator) {
    let memory: &'static MemoryCounter = Box::leak(Box::new(MemoryCounter::new()));
    let table = Allocator {
        struct_size: size_of::<Allocator>() as u32,
        reserved: 0,
        ctx: std::ptr::from_ref(memory).cast_mut().cast(),
        alloc,
        alloc_zeroed,
        realloc,
        dealloc,
    };
    (memory, Box::leak(Box::new(table)))
}

/// # Safety
/// `ctx` is the one of the table that the function was found in.
unsafe fn counter<'a>(ctx: *mut c_void) -> &'a MemoryCounter {
    // SAFETY: `new` made it from a leaked `MemoryCounter`, and nobody else writes to it.
    unsafe { &*ctx.cast::<MemoryCounter>() }
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
    let (memory, layout) = unsafe { (counter(ctx), layout(size, align)) };
    memory.changed(size as i64, 1);
    // SAFETY: engines don't allocate zero bytes (header).
    checked(unsafe { System.alloc(layout) }, layout)
}

unsafe extern "C" fn alloc_zeroed(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void {
    // SAFETY: as in `alloc`.
    let (memory, layout) = unsafe { (counter(ctx), layout(size, align)) };
    memory.changed(size as i64, 1);
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
    let (memory, old, new) =
        unsafe { (counter(ctx), layout(size, align), layout(new_size, align)) };
    memory.changed(new_size.wrapping_sub(size) as i64, 1);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    checked(
        unsafe { System.realloc(ptr.cast(), old, new_size as usize) },
        new,
    )
}

unsafe extern "C" fn dealloc(ctx: *mut c_void, ptr: *mut c_void, size: u64, align: u64) {
    // SAFETY: as in `alloc`.
    let (memory, layout) = unsafe { (counter(ctx), layout(size, align)) };
    memory.changed((size as i64).wrapping_neg(), 0);
    // SAFETY: the engine got `ptr` here with this size and alignment (header).
    unsafe { System.dealloc(ptr.cast(), layout) }
}

#[cfg(test)]
mod tests;
