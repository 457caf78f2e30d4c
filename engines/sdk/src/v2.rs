//! The glue between an [`Engine`] and the second ABI. Used by [`export_v2!`](crate::export_v2).

mod host;
pub mod prepare;

use crate::{dispatcher::Dispatcher, types::Version, Engine, EngineCell, Fault};
use host::V2Host;
use pink_capi::{
    calls::Ecall,
    v2::{
        ffi::{self, Buf, EngineEntry, ExecRequest, ExecResult, Status},
        Kind,
    },
};
use std::sync::atomic::{AtomicBool, Ordering};

/// An instance, as the worker holds it. The engine itself is shared by all instances of the
/// library, so that code compiled for one serves all.
#[derive(Debug)]
pub struct Instance {
    host: &'static ffi::Host,
    busy: AtomicBool,
    poisoned: AtomicBool,
}

/// Fixes the allocator and answers whether this host can be served.
///
/// # Safety
/// `allocator` is NULL or points to a valid table that lives as long as the process.
pub unsafe fn enter(allocator: *const ffi::Allocator) -> bool {
    // SAFETY: promised by the caller.
    let Some(allocator) = (unsafe { allocator.as_ref() }) else {
        return false;
    };
    (allocator.struct_size as usize) >= size_of::<ffi::Allocator>()
        // SAFETY: promised by the caller.
        && unsafe { crate::alloc::set_worker_allocator(allocator) }
}

/// Makes an instance.
///
/// # Safety
/// `host` is NULL or points to a table that lives as long as the process, and so do the tables
/// that it points to; `out` is NULL or may be written to.
pub unsafe fn create(host: *const ffi::Host, out: *mut *mut ffi::Engine) -> Status {
    if out.is_null() {
        return ffi::E_ARGUMENT;
    }
    // SAFETY: not NULL, and promised by the caller.
    unsafe { out.write(std::ptr::null_mut()) };
    // SAFETY: promised by the caller.
    let Some(host) = (unsafe { host.as_ref() }) else {
        return ffi::E_ARGUMENT;
    };
    if (host.struct_size as usize) < size_of::<ffi::Host>() {
        return ffi::E_ARGUMENT;
    }
    if host.abi_major != ffi::ABI_MAJOR {
        return ffi::E_UNSUPPORTED;
    }
    // SAFETY: promised by the caller.
    let (Some(storage), Some(env)) = (unsafe { (host.storage.as_ref(), host.env.as_ref()) }) else {
        return ffi::E_ARGUMENT;
    };
    if (storage.struct_size as usize) < size_of::<ffi::Storage>()
        || (env.struct_size as usize) < size_of::<ffi::Env>()
    {
        return ffi::E_ARGUMENT;
    }
    let instance = Box::new(Instance {
        host,
        busy: AtomicBool::new(false),
        poisoned: AtomicBool::new(false),
    });
    // SAFETY: not NULL, and promised by the caller.
    unsafe { out.write(Box::into_raw(instance).cast()) };
    ffi::OK
}

/// Ends an instance.
///
/// # Safety
/// `engine` is NULL or what `create` gave, not destroyed before and not executing.
pub unsafe fn destroy(engine: *mut ffi::Engine) -> Status {
    if engine.is_null() {
        return ffi::E_ARGUMENT;
    }
    // SAFETY: `create` made it out of such a box, and the caller gives it up.
    drop(unsafe { Box::from_raw(engine.cast::<Instance>()) });
    ffi::OK
}

/// Does one thing.
///
/// # Safety
/// All pointers are as the header says.
pub unsafe fn execute<E: Engine>(
    cell: &EngineCell<E>,
    engine: *mut ffi::Engine,
    request: *const ExecRequest,
    result: *mut ExecResult,
) -> Status {
    // SAFETY: promised by the caller.
    let (instance, request, result) = match unsafe {
        (
            engine.cast::<Instance>().as_ref(),
            request.as_ref(),
            result.as_mut(),
        )
    } {
        (Some(instance), Some(request), Some(result)) => (instance, request, result),
        _ => return ffi::E_ARGUMENT,
    };
    if (result.struct_size as usize) < size_of::<ExecResult>()
        || (request.struct_size as usize) < size_of::<ExecRequest>()
        || request.ctx.is_null()
    {
        return ffi::E_ARGUMENT;
    }
    result.output = Buf::ABSENT;
    result.diagnostic = Buf::ABSENT;
    result.host_calls = 0;
    if instance.poisoned.load(Ordering::Acquire) {
        return ffi::E_POISONED;
    }
    let Some(kind) = Kind::from_u32(request.kind) else {
        return ffi::E_UNSUPPORTED;
    };
    if instance.busy.swap(true, Ordering::Acquire) {
        return ffi::E_REENTERED;
    }
    // SAFETY: the worker promises that the input is valid for the call.
    let input = unsafe { request.input.as_option() }.unwrap_or_default();
    // SAFETY: `create` checked the tables, and the worker promises the context for the call.
    let host = unsafe { V2Host::new(instance.host, request.ctx) };
    let done = cell.with(|engine| {
        let host = &host;
        let mut output = Vec::new();
        Dispatcher { engine, host }.serve(Ecall::from_input(kind, input)?, &mut output)?;
        Ok(output)
    });
    result.host_calls = host.calls();
    instance.busy.store(false, Ordering::Release);
    match done {
        Ok(output) => {
            result.output = Buf::from_vec(output);
            ffi::OK
        }
        Err(fault) => {
            let status = host.failed_with().unwrap_or_else(|| status_of(&fault));
            if status == ffi::E_PANIC {
                instance.poisoned.store(true, Ordering::Release);
            }
            let text = match fault {
                Fault::Panicked { message } => message,
                fault => fault.to_string(),
            };
            result.diagnostic = Buf::from_vec(text.into_bytes());
            status
        }
    }
}

fn status_of(fault: &Fault) -> Status {
    match fault {
        Fault::Panicked { .. } => ffi::E_PANIC,
        Fault::Memory { .. } => ffi::E_MEMORY,
        Fault::CommitRefused { .. } => ffi::E_CONFLICT,
        Fault::Cancelled => ffi::E_CANCELLED,
        Fault::UnknownCall { .. } => ffi::E_UNSUPPORTED,
        Fault::BadArguments { .. } | Fault::BadReply { .. } => ffi::E_ARGUMENT,
        _ => ffi::E_HOST,
    }
}

/// The parts of an entry that an engine states; see [`export_v2!`](crate::export_v2).
#[derive(Clone, Copy, Debug)]
pub struct EntryInfo {
    /// The version of the rules.
    pub version: Version,
    /// BLAKE2b-256 over the cost table.
    pub cost_table_hash: [u8; 32],
    /// BLAKE2b-256 over the dependency tree.
    pub dep_tree_hash: [u8; 32],
    /// Host stack that `execute` needs, in bytes.
    pub min_stack_bytes: u64,
}

/// An entry without its functions.
pub const fn entry(info: EntryInfo) -> EngineEntry {
    EngineEntry {
        magic: ffi::MAGIC,
        struct_size: size_of::<EngineEntry>() as u32,
        abi_major: ffi::ABI_MAJOR,
        abi_minor: ffi::ABI_MINOR,
        engine_version: info.version,
        cost_table_hash: info.cost_table_hash,
        dep_tree_hash: info.dep_tree_hash,
        min_stack_bytes: info.min_stack_bytes,
        name: c"pink".as_ptr(),
        build: c"".as_ptr(),
        create: None,
        destroy: None,
        execute: None,
        get_extension: None,
    }
}

/// Exports an [`Engine`] as the one symbol of the second ABI, and makes the worker's allocator
/// the library's. `$info` is a [`v2::EntryInfo`](EntryInfo). With `prepare: P`, where `P` is a
/// [`Prepare`](crate::Prepare), it offers the extension `pink.prepare/1`.
#[macro_export]
macro_rules! export_v2 {
    ($Engine:ty, $info:expr $(,)?) => {
        $crate::export_v2!(@ $Engine, $info, ::core::option::Option::None);
    };
    ($Engine:ty, $info:expr, prepare: $Prepare:ty $(,)?) => {
        static PREPARE: $crate::capi::v2::prepare::Prepare =
            $crate::v2::prepare::table::<$Prepare>();

        $crate::export_v2!(@ $Engine, $info, ::core::option::Option::Some(&PREPARE));
    };
    (@ $Engine:ty, $info:expr, $prepare:expr) => {
        #[global_allocator]
        static ALLOCATOR: $crate::alloc::Delegate = $crate::alloc::Delegate;

        static CELL: $crate::EngineCell<$Engine> = $crate::EngineCell::new();

        unsafe extern "C" fn create(
            host: *const $crate::capi::v2::ffi::Host,
            out: *mut *mut $crate::capi::v2::ffi::Engine,
        ) -> i32 {
            // SAFETY: the worker keeps the header's promises.
            unsafe { $crate::v2::create(host, out) }
        }

        unsafe extern "C" fn destroy(engine: *mut $crate::capi::v2::ffi::Engine) -> i32 {
            // SAFETY: the worker keeps the header's promises.
            unsafe { $crate::v2::destroy(engine) }
        }

        unsafe extern "C" fn execute(
            engine: *mut $crate::capi::v2::ffi::Engine,
            request: *const $crate::capi::v2::ffi::ExecRequest,
            result: *mut $crate::capi::v2::ffi::ExecResult,
        ) -> i32 {
            // SAFETY: the worker keeps the header's promises.
            unsafe { $crate::v2::execute(&CELL, engine, request, result) }
        }

        unsafe extern "C" fn get_extension(
            id: *const ::core::ffi::c_char,
        ) -> *const ::core::ffi::c_void {
            // SAFETY: the worker keeps the header's promises.
            unsafe { $crate::v2::prepare::extension(id, $prepare) }
        }

        static ENTRY: $crate::capi::v2::ffi::EngineEntry = $crate::capi::v2::ffi::EngineEntry {
            create: Some(create),
            destroy: Some(destroy),
            execute: Some(execute),
            get_extension: Some(get_extension),
            ..$crate::v2::entry($info)
        };

        /// The one symbol of the ABI; see `pink_engine_v2.h`.
        ///
        /// # Safety
        /// The worker keeps the promises of `pink_engine_entry_v2` in the header.
        #[no_mangle]
        pub unsafe extern "C" fn pink_engine_entry_v2(
            _host_abi_minor: u16,
            allocator: *const $crate::capi::v2::ffi::Allocator,
        ) -> *const $crate::capi::v2::ffi::EngineEntry {
            // SAFETY: the promises are the same.
            if unsafe { $crate::v2::enter(allocator) } {
                &ENTRY
            } else {
                ::core::ptr::null()
            }
        }

        const _: $crate::capi::v2::ffi::EntryFn = pink_engine_entry_v2;
    };
}
