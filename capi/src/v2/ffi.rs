//! The C layout of the second ABI. `include/pink_engine_v2.h` is the specification, and says
//! what each field means, who owns what a pointer points to, and on which thread.

// The header is the documentation of the fields; repeating it here would only let it drift.
#![allow(missing_docs)]

use crate::types::Version;
use std::ffi::{c_char, c_void};

pub use crate::allocator::Allocator;

/// The one symbol that an engine of this ABI exports.
pub const ENTRY_SYMBOL: &std::ffi::CStr = c"pink_engine_entry_v2";

/// `PINKEN2\0` as little-endian bytes.
pub const MAGIC: u64 = 0x0032_4E45_4B4E_4950;
/// Major version of this ABI.
pub const ABI_MAJOR: u16 = 2;
/// Minor version: fields that were added at the end.
pub const ABI_MINOR: u16 = 0;
/// Most iterators that an engine may have open at a time.
pub const MAX_ITERATORS: usize = 64;

/// `PinkStatus`. An integer and not an enum: the other side isn't trusted to send a known one.
pub type Status = i32;
pub const OK: Status = 0;
pub const NONE: Status = 1;
pub const E_ARGUMENT: Status = -1;
pub const E_UNSUPPORTED: Status = -2;
pub const E_PANIC: Status = -3;
pub const E_MEMORY: Status = -4;
pub const E_HOST: Status = -5;
pub const E_CONFLICT: Status = -6;
pub const E_POISONED: Status = -7;
pub const E_REENTERED: Status = -8;
pub const E_CANCELLED: Status = -9;

/// `PinkEngine`, opaque to the host.
#[derive(Debug)]
#[repr(C)]
pub struct Engine {
    _private: [u8; 0],
}

/// `PinkHostCtx`, opaque to the engine.
#[derive(Debug)]
#[repr(C)]
pub struct HostCtx {
    _private: [u8; 0],
}

/// `PinkBytes`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Bytes {
    pub ptr: *const u8,
    pub len: u64,
}

impl Bytes {
    /// No bytes at all, which is not the same as empty ones.
    pub const ABSENT: Self = Self {
        ptr: std::ptr::null(),
        len: 0,
    };

    /// Borrows a slice; never absent.
    pub const fn of(bytes: &[u8]) -> Self {
        Self {
            ptr: bytes.as_ptr(),
            len: bytes.len() as u64,
        }
    }

    /// Borrows a slice, or is absent.
    pub fn of_option(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Self::ABSENT, Self::of)
    }

    /// The slice; `None` if it is absent.
    ///
    /// # Safety
    /// A `ptr` that isn't NULL points to `len` bytes that are neither freed nor written to during
    /// `'a`.
    pub unsafe fn as_option<'a>(self) -> Option<&'a [u8]> {
        if self.ptr.is_null() {
            return None;
        }
        // SAFETY: not NULL, and the rest is promised by the caller.
        Some(unsafe { std::slice::from_raw_parts(self.ptr, self.len as usize) })
    }
}

/// `PinkBuf`.
#[derive(Debug)]
#[repr(C)]
pub struct Buf {
    pub ptr: *mut u8,
    pub len: u64,
    pub cap: u64,
    pub owner: *mut c_void,
    pub release: Option<unsafe extern "C" fn(*mut Buf)>,
}

impl Buf {
    /// Nothing to release.
    pub const ABSENT: Self = Self {
        ptr: std::ptr::null_mut(),
        len: 0,
        cap: 0,
        owner: std::ptr::null_mut(),
        release: None,
    };

    /// Hands a vector over; whoever receives it calls `release`.
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        Self {
            ptr: bytes.as_mut_ptr(),
            len: bytes.len() as u64,
            cap: bytes.capacity() as u64,
            owner: std::ptr::null_mut(),
            release: Some(release_vec),
        }
    }

    /// The bytes; empty if it is absent.
    ///
    /// # Safety
    /// A `ptr` that isn't NULL points to `len` bytes.
    pub unsafe fn as_slice(&self) -> &[u8] {
        if self.ptr.is_null() {
            return &[];
        }
        // SAFETY: promised by the caller; nothing writes while `self` is borrowed.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len as usize) }
    }

    /// Copies the bytes out and gives them back to their owner, once.
    ///
    /// # Safety
    /// As for [`Self::as_slice`]; and `release`, if there is one, takes this buffer.
    pub unsafe fn into_vec(mut self) -> Vec<u8> {
        // SAFETY: promised by the caller.
        let bytes = unsafe { self.as_slice() }.to_vec();
        if let (false, Some(release)) = (self.ptr.is_null(), self.release) {
            // SAFETY: it wasn't released before, because that makes `ptr` NULL.
            unsafe { release(&mut self) };
        }
        bytes
    }
}

/// Frees what [`Buf::from_vec`] handed over, with the allocator of the library that made it.
unsafe extern "C" fn release_vec(buf: *mut Buf) {
    // SAFETY: the header says that `release` gets the buffer it was found in.
    let Some(buf) = (unsafe { buf.as_mut() }) else {
        return;
    };
    if !buf.ptr.is_null() {
        // SAFETY: `from_vec` took these three from a vector, and NULL below keeps a second call
        // from getting here.
        drop(unsafe { Vec::from_raw_parts(buf.ptr, buf.len as usize, buf.cap as usize) });
        *buf = Buf::ABSENT;
    }
}

/// `PinkOp`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Op {
    pub key: Bytes,
    pub value: Bytes,
}

/// `PinkCommit`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Commit {
    pub struct_size: u32,
    pub flags: u32,
    pub ops: *const Op,
    pub ops_len: u64,
}

/// `PinkPair`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Pair {
    pub key: Bytes,
    pub value: Bytes,
}

/// `PinkStorage`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Storage {
    pub struct_size: u32,
    pub reserved: u32,
    pub get: unsafe extern "C" fn(*mut HostCtx, Bytes, *mut Bytes) -> Status,
    pub lease_mark: unsafe extern "C" fn(*mut HostCtx, *mut u64) -> Status,
    pub lease_rewind: unsafe extern "C" fn(*mut HostCtx, u64) -> Status,
    pub iter_open: unsafe extern "C" fn(*mut HostCtx, Bytes, Bytes, u32, *mut u64) -> Status,
    pub iter_next: unsafe extern "C" fn(*mut HostCtx, u64, *mut Pair, u32, *mut u32) -> Status,
    pub iter_close: unsafe extern "C" fn(*mut HostCtx, u64) -> Status,
    pub commit: unsafe extern "C" fn(*mut HostCtx, *const Commit) -> Status,
}

/// `PinkEnv`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Env {
    pub struct_size: u32,
    pub reserved: u32,
    pub log: unsafe extern "C" fn(*mut HostCtx, u32, Bytes, Bytes) -> Status,
    pub poll: unsafe extern "C" fn(*mut HostCtx) -> Status,
    pub call: unsafe extern "C" fn(*mut HostCtx, u32, Bytes, *mut Buf) -> Status,
}

/// `PinkHost`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub storage: *const Storage,
    pub env: *const Env,
    pub get_extension: unsafe extern "C" fn(*const c_char) -> *const c_void,
}

// SAFETY: made once and never written again; the functions may be called as the header says.
unsafe impl Sync for Host {}

/// `PinkExecRequest`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ExecRequest {
    pub struct_size: u32,
    pub kind: u32,
    pub ctx: *mut HostCtx,
    pub input: Bytes,
}

/// `PinkExecResult`.
#[derive(Debug)]
#[repr(C)]
pub struct ExecResult {
    pub struct_size: u32,
    pub reserved: u32,
    pub output: Buf,
    pub diagnostic: Buf,
    pub host_calls: u64,
}

/// `PinkEngineEntry`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct EngineEntry {
    pub magic: u64,
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub engine_version: Version,
    pub cost_table_hash: [u8; 32],
    pub dep_tree_hash: [u8; 32],
    pub min_stack_bytes: u64,
    pub name: *const c_char,
    pub build: *const c_char,
    pub create: Option<unsafe extern "C" fn(*const Host, *mut *mut Engine) -> Status>,
    pub destroy: Option<unsafe extern "C" fn(*mut Engine) -> Status>,
    pub execute:
        Option<unsafe extern "C" fn(*mut Engine, *const ExecRequest, *mut ExecResult) -> Status>,
    pub get_extension: Option<unsafe extern "C" fn(*const c_char) -> *const c_void>,
}

// SAFETY: static data that is never written; what it points to is static too (header).
unsafe impl Sync for EngineEntry {}
// SAFETY: as above.
unsafe impl Send for EngineEntry {}

/// Type of the function behind [`ENTRY_SYMBOL`].
pub type EntryFn = unsafe extern "C" fn(u16, *const Allocator) -> *const EngineEntry;

// The same figures stand in the header.
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Bytes>() == 16);
    assert!(size_of::<Buf>() == 40);
    assert!(size_of::<Op>() == 32);
    assert!(size_of::<Commit>() == 24);
    assert!(size_of::<Pair>() == 32);
    assert!(size_of::<Storage>() == 64);
    assert!(size_of::<Env>() == 32);
    assert!(size_of::<Host>() == 32);
    assert!(size_of::<ExecRequest>() == 32);
    assert!(size_of::<ExecResult>() == 96);
    assert!(size_of::<EngineEntry>() == 144);
    assert!(offset_of!(EngineEntry, struct_size) == 8);
    assert!(offset_of!(EngineEntry, abi_major) == 12);
    assert!(offset_of!(EngineEntry, engine_version) == 16);
    assert!(offset_of!(EngineEntry, cost_table_hash) == 24);
    assert!(offset_of!(EngineEntry, min_stack_bytes) == 88);
    assert!(offset_of!(EngineEntry, create) == 112);
};
