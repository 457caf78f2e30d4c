//! The worker's allocator, which both ABIs give to an engine in the same form.

use std::ffi::c_void;

/// The worker's allocator, as an engine uses it for everything it allocates after the first call
/// into its library.
///
/// The functions may be called from any thread, and never answer NULL for a size above zero: a
/// soft limit shows as a fault of the ecall, not as a failed allocation, because a failed one
/// would be visible to the contract.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Allocator {
    /// Size of this struct as its writer knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Given back in every call; names the engine's memory counter in the worker.
    pub ctx: *mut c_void,
    /// New memory with undefined contents.
    pub alloc: unsafe extern "C" fn(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void,
    /// New memory, all zero.
    pub alloc_zeroed: unsafe extern "C" fn(ctx: *mut c_void, size: u64, align: u64) -> *mut c_void,
    /// The same memory with another size; what both have in common is kept.
    pub realloc: unsafe extern "C" fn(
        ctx: *mut c_void,
        ptr: *mut c_void,
        size: u64,
        align: u64,
        new_size: u64,
    ) -> *mut c_void,
    /// Gives memory back. Size and alignment are those it was allocated with.
    pub dealloc: unsafe extern "C" fn(ctx: *mut c_void, ptr: *mut c_void, size: u64, align: u64),
}

// SAFETY: the functions may be called from any thread (see the type), and `ctx` is only passed
// on to them.
unsafe impl Send for Allocator {}
// SAFETY: as above; the struct itself is never written after it was made.
unsafe impl Sync for Allocator {}

// The same figures stand in both headers.
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Allocator>() == 48);
    assert!(offset_of!(Allocator, ctx) == 8);
    assert!(offset_of!(Allocator, alloc) == 16);
    assert!(offset_of!(Allocator, alloc_zeroed) == 24);
    assert!(offset_of!(Allocator, realloc) == 32);
    assert!(offset_of!(Allocator, dealloc) == 40);
};
