//! Owned bytes that the host gives to an engine.

use pink_capi::v2::ffi::Buf;
use std::{
    ptr,
    sync::atomic::{AtomicU32, Ordering},
};

/// Bytes that count how often they were released. Never freed.
#[derive(Debug)]
pub(crate) struct HostBuffer {
    releases: AtomicU32,
}

impl HostBuffer {
    /// A buffer of these bytes, and what counts its releases; a static one has nothing to release
    /// it with.
    pub(super) fn give(bytes: Vec<u8>, is_static: bool) -> (Buf, &'static Self) {
        let counter: &'static Self = Box::leak(Box::new(Self {
            releases: AtomicU32::new(0),
        }));
        let bytes = Box::leak(bytes.into_boxed_slice());
        let buffer = Buf {
            ptr: bytes.as_mut_ptr(),
            len: bytes.len() as u64,
            cap: bytes.len() as u64,
            owner: ptr::from_ref(counter).cast_mut().cast(),
            release: (!is_static).then_some(release as _),
        };
        (buffer, counter)
    }

    pub(super) fn releases(&self) -> u32 {
        self.releases.load(Ordering::SeqCst)
    }
}

unsafe extern "C" fn release(buffer: *mut Buf) {
    // SAFETY: who releases passes the buffer that the function was found in.
    let Some(buffer) = (unsafe { buffer.as_mut() }) else {
        return;
    };
    // SAFETY: `give` made `owner` from a counter that is never freed; copies of the buffer hold
    // the same one.
    let counter = unsafe { buffer.owner.cast::<HostBuffer>().as_ref() };
    if let Some(counter) = counter {
        counter.releases.fetch_add(1, Ordering::SeqCst);
    }
    buffer.ptr = ptr::null_mut();
    buffer.len = 0;
}
