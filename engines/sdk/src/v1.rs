//! The glue between an [`Engine`] and the first ABI. Used by [`export_v1!`](crate::export_v1).

use crate::{dispatcher::Dispatcher, types::*, Engine, EngineCell, Fault, Host, OCalls, Value};
use parity_scale_codec::Encode;
use pink_capi::{
    calls::{ocall, CrossCall, Ecall, OCallsClient},
    v1::{
        ffi::{self, Config, CrossCallFn, Entry, OutputFn},
        raw_call,
    },
};
use std::{cell::RefCell, ffi::c_void, ptr, sync::OnceLock};

/// The worker's function for calls out of the engine.
static OCALL: OnceLock<CrossCallFn> = OnceLock::new();

/// The minor version of this ABI that the worker serves.
static WORKER_MINOR: OnceLock<u16> = OnceLock::new();

/// Serves the init symbol for an engine whose ecalls go to `ecall`.
///
/// # Safety
/// Both pointers are NULL or point to a struct of as many bytes as its first field says, valid
/// for the call; `config.allocator` lives as long as the process.
pub unsafe fn init(
    config: *const Config,
    entry: *mut Entry,
    version: Version,
    ecall: CrossCallFn,
) -> i32 {
    if config.is_null() || entry.is_null() {
        return ffi::STATUS_ARGUMENT;
    }
    // SAFETY: not NULL, and the caller promises at least the size field.
    let (config_size, entry_size) = unsafe {
        (
            (*config.cast::<u32>()) as usize,
            (*entry.cast::<u32>()) as usize,
        )
    };
    if config_size < size_of::<Config>() || entry_size < size_of::<Entry>() {
        return ffi::STATUS_ARGUMENT;
    }
    // SAFETY: the struct is as long as this type, as was just checked.
    let config = unsafe { &*config };
    if config.abi_major != ffi::ABI_MAJOR {
        return ffi::STATUS_UNSUPPORTED;
    }
    // SAFETY: the caller promises that a non-NULL allocator is a valid one.
    let Some(allocator) = (unsafe { config.allocator.as_ref() }) else {
        return ffi::STATUS_ARGUMENT;
    };
    if (allocator.struct_size as usize) < size_of::<ffi::Allocator>() {
        return ffi::STATUS_ARGUMENT;
    }
    // SAFETY: it lives as long as the process, by this function's contract.
    if !unsafe { crate::alloc::set_worker_allocator(allocator) } {
        return ffi::STATUS_REINITIALISED;
    }
    if !ptr::fn_addr_eq(*OCALL.get_or_init(|| config.ocall), config.ocall) {
        return ffi::STATUS_REINITIALISED;
    }
    WORKER_MINOR.get_or_init(|| config.abi_minor);
    let filled = Entry {
        struct_size: size_of::<Entry>() as u32,
        abi_major: ffi::ABI_MAJOR,
        abi_minor: ffi::ABI_MINOR,
        engine_major: version.major,
        engine_minor: version.minor,
        ecall: Some(ecall),
    };
    // SAFETY: `entry` is as long as this type, as was checked above.
    unsafe { entry.write(filled) };
    ffi::STATUS_OK
}

/// Serves one ecall for the engine in `cell`: no panic gets through, and the reply is given
/// exactly once.
///
/// # Safety
/// `data` points to `len` bytes, valid for the call, or `len` is 0; `output` may be called with
/// `ctx` once.
pub unsafe fn ecall<E: Engine>(
    cell: &EngineCell<E>,
    call_id: u32,
    data: *const u8,
    len: u64,
    ctx: *mut c_void,
    output: OutputFn,
) {
    let args: &[u8] = match (len, data.is_null()) {
        (0, _) | (_, true) => &[],
        // SAFETY: promised by the caller.
        (len, false) => unsafe { std::slice::from_raw_parts(data, len as usize) },
    };
    let reply = cell
        .with(|engine| {
            let ecall = Ecall::from_args(call_id, args)?;
            let host = OCallHost::default();
            let host = &host;
            // The index of `Ok`, and what the call returns behind it.
            let mut reply = vec![0];
            Dispatcher { engine, host }.serve(ecall, &mut reply)?;
            Ok(reply)
        })
        .unwrap_or_else(|fault| Err::<(), Fault>(fault).encode());
    // SAFETY: promised by the caller; the reply is borrowed for the call.
    unsafe { output(ctx, reply.as_ptr(), reply.len() as u64) };
}

/// Carries ocalls to the worker, if it serves them.
#[derive(Debug)]
struct WorkerOcall;

impl CrossCall for WorkerOcall {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        let function = OCALL.get().ok_or(Fault::NoHost)?;
        let minor = WORKER_MINOR.get().copied().unwrap_or(0);
        if ocall(id).is_some_and(|row| row.v1_minor > minor) {
            return Err(Fault::UnknownCall { id });
        }
        // SAFETY: it is the worker's function, which keeps the header's promises.
        unsafe { raw_call(*function, id, args) }
    }
}

/// The worker, seen through ocalls.
#[derive(Debug)]
struct OCallHost(RefCell<OCallsClient<WorkerOcall>>);

impl Default for OCallHost {
    fn default() -> Self {
        Self(RefCell::new(OCallsClient(WorkerOcall)))
    }
}

impl Host for OCallHost {
    fn get(&self, key: &[u8]) -> Result<Option<Value<'_>>, Fault> {
        Ok(self
            .0
            .borrow_mut()
            .storage_get(key.to_vec())?
            .map(Value::Owned))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        self.0
            .borrow_mut()
            .storage_range(start.to_vec(), end.map(<[u8]>::to_vec), limit)
    }

    fn commit(&self, changes: Changes) -> Result<(), Fault> {
        self.0.borrow_mut().storage_commit(changes)
    }

    fn log(&self, level: u8, contract: Option<&AccountId>, text: &str) {
        // A lost line is not worth a fault.
        let _ = self
            .0
            .borrow_mut()
            .log(level, contract.copied(), text.to_owned());
    }

    fn poll(&self) -> Result<(), Fault> {
        match self.0.borrow_mut().poll() {
            // An older worker: it waits however long it takes.
            Err(Fault::UnknownCall { .. }) => Ok(()),
            polled => polled,
        }
    }

    fn cross_call(&self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        WorkerOcall.cross_call(id, args)
    }
}

/// Exports an [`Engine`] as the one symbol of the first ABI, and makes the worker's allocator
/// the library's.
///
/// ```ignore
/// pink_engine_sdk::export_v1!(MyEngine, pink_engine_sdk::types::Version::new(2, 0));
/// ```
#[macro_export]
macro_rules! export_v1 {
    ($Engine:ty, $version:expr) => {
        #[global_allocator]
        static ALLOCATOR: $crate::alloc::Delegate = $crate::alloc::Delegate;

        static CELL: $crate::EngineCell<$Engine> = $crate::EngineCell::new();

        unsafe extern "C" fn ecall(
            call_id: u32,
            data: *const u8,
            len: u64,
            ctx: *mut ::core::ffi::c_void,
            output: $crate::capi::v1::ffi::OutputFn,
        ) {
            // SAFETY: the worker keeps the promises of `PinkCrossCallV1`.
            unsafe { $crate::v1::ecall(&CELL, call_id, data, len, ctx, output) }
        }

        /// The one symbol of the ABI; see `pink_engine_v1.h`.
        ///
        /// # Safety
        /// The worker keeps the promises of `__pink_runtime_init` in the header.
        #[no_mangle]
        pub unsafe extern "C" fn __pink_runtime_init(
            config: *const $crate::capi::v1::ffi::Config,
            entry: *mut $crate::capi::v1::ffi::Entry,
        ) -> i32 {
            // SAFETY: the promises are the same.
            unsafe { $crate::v1::init(config, entry, $version, ecall) }
        }

        const _: $crate::capi::v1::ffi::InitFn = __pink_runtime_init;
    };
}
