//! The C layout of the first ABI. `include/pink_engine_v1.h` is the specification.

use std::ffi::c_void;

pub use crate::allocator::Allocator;

/// The one symbol that an engine of this ABI exports.
pub const INIT_SYMBOL: &std::ffi::CStr = c"__pink_runtime_init";

/// Major version of this ABI.
pub const ABI_MAJOR: u16 = 1;
/// Minor version: calls and fields that were added at the end.
pub const ABI_MINOR: u16 = 1;

/// The engine is ready.
pub const STATUS_OK: i32 = 0;
/// A pointer was NULL, or a struct shorter than this minor version needs.
pub const STATUS_ARGUMENT: i32 = -1;
/// The major version isn't this one.
pub const STATUS_UNSUPPORTED: i32 = -2;
/// The engine panicked while it started.
pub const STATUS_PANIC: i32 = -3;
/// The engine was initialised before in this process, with another config.
pub const STATUS_REINITIALISED: i32 = -4;

/// Takes one reply. `data` is borrowed for the call; `ctx` is the caller's own.
pub type OutputFn = unsafe extern "C" fn(ctx: *mut c_void, data: *const u8, len: u64);

/// Carries one call. `data` is borrowed for the call. The callee calls `output` exactly once,
/// with `ctx` as it was given, before it returns.
pub type CrossCallFn = unsafe extern "C" fn(
    call_id: u32,
    data: *const u8,
    len: u64,
    ctx: *mut c_void,
    output: OutputFn,
);

/// What a worker gives an engine.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Config {
    /// Size of this struct as its writer knows it.
    pub struct_size: u32,
    /// [`ABI_MAJOR`] of the worker.
    pub abi_major: u16,
    /// [`ABI_MINOR`] of the worker.
    pub abi_minor: u16,
    /// Carries calls out of the engine.
    pub ocall: CrossCallFn,
    /// The worker's allocator; the struct lives as long as the process.
    pub allocator: *const Allocator,
}

/// What an engine gives back.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Entry {
    /// Size of this struct as its owner, the worker, knows it; set before the call.
    pub struct_size: u32,
    /// [`ABI_MAJOR`] of the engine.
    pub abi_major: u16,
    /// [`ABI_MINOR`] of the engine.
    pub abi_minor: u16,
    /// The engine's version.
    pub engine_major: u32,
    /// The engine's version.
    pub engine_minor: u32,
    /// Carries calls into the engine. Never NULL after [`STATUS_OK`].
    pub ecall: Option<CrossCallFn>,
}

/// Type of the function behind [`INIT_SYMBOL`].
pub type InitFn = unsafe extern "C" fn(config: *const Config, entry: *mut Entry) -> i32;

// The same figures stand in the header.
const _: () = {
    assert!(size_of::<Config>() == 24);
    assert!(std::mem::offset_of!(Config, ocall) == 8);
    assert!(std::mem::offset_of!(Config, allocator) == 16);
    assert!(size_of::<Entry>() == 24);
    assert!(std::mem::offset_of!(Entry, engine_major) == 8);
    assert!(std::mem::offset_of!(Entry, ecall) == 16);
};
