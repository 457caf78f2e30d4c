//! Bytes in pages of their own, that can be taken away.

use crate::check::{failed, Stop};
use std::{ptr, slice};

/// Bytes that can be read and not written to until [`end`](Self::end), and not even read
/// afterwards: an engine that does crashes. The pages are never given back, so that nothing else
/// comes to lie there.
#[derive(Debug)]
pub(crate) struct Loan {
    start: *mut libc::c_void,
    len: usize,
}

impl Loan {
    /// Lends a copy of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, Stop> {
        let len = bytes.len().max(1);
        let (protection, flags) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
        );
        // SAFETY: new pages of the kernel's choice.
        let start = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(failed!("no pages to lend {len} bytes from"));
        }
        // SAFETY: the pages are new, and as long as the bytes at least.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), start.cast(), bytes.len()) };
        let loan = Self {
            start,
            len: bytes.len(),
        };
        loan.protect(libc::PROT_READ)?;
        Ok(loan)
    }

    /// Lends a copy of a struct of the ABI.
    pub(crate) fn of_struct<T: Copy>(value: &T) -> Result<Self, Stop> {
        // SAFETY: the ABI's structs have no padding (their headers assert it).
        Self::of(unsafe { slice::from_raw_parts(ptr::from_ref(value).cast(), size_of::<T>()) })
    }

    /// What is lent, as the type that [`of_struct`](Self::of_struct) was given.
    pub(crate) fn as_ptr<T>(&self) -> *const T {
        self.start.cast_const().cast()
    }

    /// What is lent.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the pages can be read until `end`, which takes `self`.
        unsafe { slice::from_raw_parts(self.as_ptr(), self.len) }
    }

    /// Ends the loan.
    pub(crate) fn end(self) -> Result<(), Stop> {
        self.protect(libc::PROT_NONE)
    }

    fn protect(&self, protection: libc::c_int) -> Result<(), Stop> {
        // SAFETY: the pages are this loan's own.
        match unsafe { libc::mprotect(self.start, self.len.max(1), protection) } {
            0 => Ok(()),
            _ => Err(failed!("lent pages can't be protected")),
        }
    }
}
