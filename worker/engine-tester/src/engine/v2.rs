//! The second ABI: an entry, instances, one function that executes.

use super::{name, CallResult, Place, Released, Symbol};
use crate::{
    check::{ensure, failed, Abi, Stop},
    file::File,
    host::{ocalls, tables, Heap, Session},
};
use pink_capi::v2::ffi::{
    self, Allocator, Buf, Bytes, EngineEntry, EntryFn, ExecRequest, ExecResult, Host, Status,
    ABI_MAJOR, ABI_MINOR, MAGIC,
};
use std::{ffi::c_void, ptr};

/// An engine whose entry is in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct V2 {
    pub(crate) symbol: Symbol,
    pub(crate) enter: EntryFn,
    pub(crate) entry: &'static EngineEntry,
    pub(crate) heap: &'static Heap,
    pub(crate) allocator: &'static Allocator,
    pub(crate) create: unsafe extern "C" fn(*const Host, *mut *mut ffi::Engine) -> Status,
    pub(crate) destroy: unsafe extern "C" fn(*mut ffi::Engine) -> Status,
    pub(crate) execute:
        unsafe extern "C" fn(*mut ffi::Engine, *const ExecRequest, *mut ExecResult) -> Status,
}

/// An instance of an engine; destroyed when it is dropped.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) engine: V2,
    pub(crate) raw: *mut ffi::Engine,
}

// SAFETY: the header lets any thread use an instance, one at a time.
unsafe impl Send for Instance {}
// SAFETY: the one check that shares an instance does so to see the second call refused.
unsafe impl Sync for Instance {}

/// Loads the file, and calls nothing of it but its constructors.
pub(crate) fn load(file: &File) -> Result<(Symbol, EntryFn), Stop> {
    let symbol = Symbol::load(file, Abi::V2)?;
    // SAFETY: the header gives the symbol this type.
    let enter = unsafe { std::mem::transmute::<*mut c_void, EntryFn>(symbol.0) };
    Ok((symbol, enter))
}

/// The request of a host that behaves.
pub(crate) fn request(session: &'static Session, kind: u32, input: &[u8]) -> ExecRequest {
    ExecRequest {
        struct_size: size_of::<ExecRequest>() as u32,
        kind,
        ctx: tables::ctx(session),
        input: Bytes::of(input),
    }
}

/// A result as the host hands it over.
pub(crate) const EMPTY: ExecResult = ExecResult {
    struct_size: size_of::<ExecResult>() as u32,
    reserved: 0,
    output: Buf::ABSENT,
    diagnostic: Buf::ABSENT,
    host_calls: 0,
};

impl V2 {
    /// Loads the file and looks at its entry.
    pub(crate) fn open(file: &File) -> Result<Self, Stop> {
        let (symbol, enter) = load(file)?;
        let (heap, allocator) = Heap::new();
        // SAFETY: the allocator lives for ever; the entry is static.
        let entry = unsafe { enter(ABI_MINOR, allocator).as_ref() };
        let entry = entry.ok_or_else(|| failed!("refuses a host of ABI minor {ABI_MINOR}"))?;
        ensure!(
            entry.magic == MAGIC,
            "the entry's magic is {:#x}",
            entry.magic
        );
        ensure!(
            entry.abi_major == ABI_MAJOR,
            "the entry's ABI is {}",
            entry.abi_major
        );
        ensure!(
            entry.struct_size as usize >= size_of::<EngineEntry>(),
            "the entry has {} bytes",
            entry.struct_size
        );
        let (Some(create), Some(destroy), Some(execute)) =
            (entry.create, entry.destroy, entry.execute)
        else {
            return Err(failed!("the entry lacks a function"));
        };
        ocalls::set_caller(entry.engine_version);
        Ok(Self {
            symbol,
            enter,
            entry,
            heap,
            allocator,
            create,
            destroy,
            execute,
        })
    }

    /// Makes an instance for a host that behaves.
    pub(crate) fn instance(&self) -> Result<Instance, Stop> {
        let (status, raw) = self.create_for(&tables::HOST);
        ensure!(status == ffi::OK, "create answers {}", name(status));
        ensure!(!raw.is_null(), "create answers OK and gives no instance");
        Ok(Instance { engine: *self, raw })
    }

    /// What `create` answers to a host, and the instance.
    pub(crate) fn create_for(&self, host: &'static Host) -> (Status, *mut ffi::Engine) {
        let mut raw = ptr::null_mut();
        // SAFETY: the host lives for ever, `raw` may be written to.
        let status = unsafe { (self.create)(host, &mut raw) };
        (status, raw)
    }

    pub(crate) fn place(&self, address: usize) -> Place {
        self.symbol.place(self.heap, address)
    }
}

impl Instance {
    /// Does one thing.
    pub(crate) fn run(&self, session: &'static Session, kind: u32, input: &[u8]) -> CallResult {
        let mut result = EMPTY;
        let request = request(session, kind, input);
        // SAFETY: the instance is alive and idle, request and result are valid for the call.
        let status = unsafe { (self.engine.execute)(self.raw, &request, &mut result) };
        self.finish(session, status, result)
    }

    /// Copies out what an `execute` gave, and releases it.
    pub(crate) fn finish(
        &self,
        session: &'static Session,
        status: Status,
        mut result: ExecResult,
    ) -> CallResult {
        let mut released = Vec::new();
        let output = self.take("the output", &mut result.output, &mut released);
        let diagnostic = self.take("the diagnostic", &mut result.diagnostic, &mut released);
        CallResult {
            status,
            output,
            diagnostic,
            host_calls: Some(result.host_calls),
            released,
            session,
        }
    }

    fn take(&self, what: &'static str, buffer: &mut Buf, list: &mut Vec<Released>) -> Vec<u8> {
        if buffer.ptr.is_null() {
            return Vec::new();
        }
        let place = self.engine.place(buffer.ptr as usize);
        // SAFETY: the engine promises `len` bytes until `release`.
        let bytes = unsafe { buffer.as_slice() }.to_vec();
        let releasable = buffer.release.is_some();
        if let Some(release) = buffer.release {
            // SAFETY: once, on the buffer that it was found in.
            unsafe { release(buffer) };
        }
        list.push(Released {
            what,
            place,
            releasable,
            cleared: buffer.ptr.is_null(),
        });
        bytes
    }

    /// Ends the instance.
    pub(crate) fn destroy(self) -> Status {
        // SAFETY: it is alive, idle, and not used again.
        let status = unsafe { (self.engine.destroy)(self.raw) };
        std::mem::forget(self);
        status
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: as in `destroy`. What it answers is a check of its own.
        unsafe { (self.engine.destroy)(self.raw) };
    }
}
