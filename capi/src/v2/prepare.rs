//! The C layout of the extension `pink.prepare/1`: an engine that compiles code ahead of its calls.
//! `include/pink_prepare_1.h` is the specification.

// The header is the documentation of the fields; repeating it here would only let it drift.
#![allow(missing_docs)]

use super::ffi::{Buf, Bytes, Status};

/// The extension's id, for an engine's `get_extension`.
pub const EXTENSION: &std::ffi::CStr = c"pink.prepare/1";

/// How artefacts begin, before the compiler's name: `PINK_PREPARE_MAGIC`.
pub const MAGIC: [u8; 8] = *b"PINKART\x01";

/// `PINK_PREPARE_NATIVE`.
pub const NATIVE: u32 = 1;
/// `PINK_PREPARE_INTERPRETED`.
pub const INTERPRETED: u32 = 2;

/// How an engine executes code that it has artefacts of. Never part of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u32)]
pub enum ExecutionMode {
    /// By the artefact, where one is installed.
    #[default]
    Native = NATIVE,
    /// By the interpreter, all of it.
    Interpreted = INTERPRETED,
}

impl ExecutionMode {
    /// Every mode, for whoever goes through them.
    pub const ALL: [Self; 2] = [Self::Native, Self::Interpreted];

    /// The mode of this number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| *mode as u32 == number)
    }
}

/// `PinkWanted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Wanted {
    pub code_hash: [u8; 32],
    pub count: u64,
}

/// `PinkPrepare`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Prepare {
    pub struct_size: u32,
    pub reserved: u32,
    pub compiler: Option<unsafe extern "C" fn(*mut [u8; 32], *mut Buf) -> Status>,
    pub compile: Option<unsafe extern "C" fn(Bytes, *mut Buf, *mut Buf) -> Status>,
    pub install: Option<unsafe extern "C" fn(*const [u8; 32], Bytes, *mut Buf) -> Status>,
    pub wanted: Option<unsafe extern "C" fn(*mut Wanted, u32, *mut u32) -> Status>,
    pub set_mode: Option<unsafe extern "C" fn(u32) -> Status>,
}

// The same figures stand in the header.
const _: () = {
    use std::mem::offset_of;
    assert!(u64::from_le_bytes(MAGIC) == 0x015452414B4E4950);
    assert!(size_of::<Wanted>() == 40);
    assert!(size_of::<Prepare>() == 48);
    assert!(offset_of!(Prepare, compiler) == 8);
    assert!(offset_of!(Prepare, set_mode) == 40);
};
