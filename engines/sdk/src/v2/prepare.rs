//! The extension `pink.prepare/1`, over what an engine says in safe words.

use super::status_of;
use crate::{guarded, prepare::Refused, types::Hash, Artefact, ExecutionMode, Fault, Prepare};
use pink_capi::v2::{
    ffi::{self, Buf, Bytes, Status},
    prepare as table,
};

/// The table of what an engine offers.
pub const fn table<P: Prepare>() -> table::Prepare {
    table::Prepare {
        struct_size: size_of::<table::Prepare>() as u32,
        reserved: 0,
        compiler: Some(compiler::<P>),
        compile: Some(compile::<P>),
        install: Some(install::<P>),
        wanted: Some(wanted::<P>),
        set_mode: Some(set_mode::<P>),
    }
}

/// Answers for an engine that offers this table, or none.
///
/// # Safety
/// `id` is NULL or points to text that ends with a NUL.
pub unsafe fn extension(
    id: *const std::ffi::c_char,
    offered: Option<&'static table::Prepare>,
) -> *const std::ffi::c_void {
    let (false, Some(offered)) = (id.is_null(), offered) else {
        return std::ptr::null();
    };
    // SAFETY: not NULL, and promised by the caller.
    if unsafe { std::ffi::CStr::from_ptr(id) } != table::EXTENSION {
        return std::ptr::null();
    }
    std::ptr::from_ref(offered).cast()
}

/// # Safety
/// The pointers are as the header says.
unsafe extern "C" fn compiler<P: Prepare>(out: *mut Hash, diagnostic: *mut Buf) -> Status {
    // SAFETY: promised by the caller.
    let (out, diagnostic) = match unsafe { (out.as_mut(), diagnostic.as_mut()) } {
        (Some(out), Some(diagnostic)) => (out, diagnostic),
        _ => return ffi::E_ARGUMENT,
    };
    *diagnostic = Buf::ABSENT;
    match guarded(P::compiler) {
        Ok(name) => {
            *out = name;
            ffi::OK
        }
        Err(fault) => failed(&fault, ffi::E_UNSUPPORTED, diagnostic),
    }
}

/// # Safety
/// The pointers are as the header says.
unsafe extern "C" fn compile<P: Prepare>(
    code: Bytes,
    artefact: *mut Buf,
    diagnostic: *mut Buf,
) -> Status {
    // SAFETY: promised by the caller.
    let (artefact, diagnostic) = match unsafe { (artefact.as_mut(), diagnostic.as_mut()) } {
        (Some(artefact), Some(diagnostic)) => (artefact, diagnostic),
        _ => return ffi::E_ARGUMENT,
    };
    *artefact = Buf::ABSENT;
    *diagnostic = Buf::ABSENT;
    // SAFETY: the worker lends it for the call.
    let Some(code) = (unsafe { code.as_option() }) else {
        return ffi::E_ARGUMENT;
    };
    let name = match guarded(P::compiler) {
        Ok(name) => name,
        Err(fault) => return failed(&fault, ffi::E_UNSUPPORTED, diagnostic),
    };
    match guarded(|| P::compile(code)) {
        Ok(Some(made)) => {
            *artefact = Buf::from_vec(made.to_bytes(&name));
            ffi::OK
        }
        Ok(None) => ffi::NONE,
        Err(fault) => failed(&fault, status_of(&fault), diagnostic),
    }
}

/// # Safety
/// The pointers are as the header says.
unsafe extern "C" fn install<P: Prepare>(
    code_hash: *const Hash,
    artefact: Bytes,
    diagnostic: *mut Buf,
) -> Status {
    // SAFETY: promised by the caller.
    let (code_hash, diagnostic) = match unsafe { (code_hash.as_ref(), diagnostic.as_mut()) } {
        (Some(code_hash), Some(diagnostic)) => (code_hash, diagnostic),
        _ => return ffi::E_ARGUMENT,
    };
    *diagnostic = Buf::ABSENT;
    // SAFETY: the worker lends it for the call.
    let Some(artefact) = (unsafe { artefact.as_option() }) else {
        return ffi::E_ARGUMENT;
    };
    let name = match guarded(P::compiler) {
        Ok(name) => name,
        Err(fault) => return failed(&fault, ffi::E_UNSUPPORTED, diagnostic),
    };
    // SAFETY: the header has the worker answer for artefacts of this compiler.
    let artefact = match unsafe { Artefact::from_bytes(artefact, &name) } {
        Ok(artefact) => artefact,
        Err(refused) => {
            let status = match refused {
                Refused::Compiler { .. } => ffi::E_UNSUPPORTED,
                Refused::Broken { .. } => ffi::E_ARGUMENT,
            };
            *diagnostic = Buf::from_vec(refused.to_string().into_bytes());
            return status;
        }
    };
    match guarded(|| P::install(code_hash, artefact)) {
        Ok(()) => ffi::OK,
        Err(fault) => failed(&fault, status_of(&fault), diagnostic),
    }
}

/// # Safety
/// The pointers are as the header says.
unsafe extern "C" fn wanted<P: Prepare>(out: *mut table::Wanted, cap: u32, n: *mut u32) -> Status {
    // SAFETY: promised by the caller.
    let Some(n) = (unsafe { n.as_mut() }) else {
        return ffi::E_ARGUMENT;
    };
    if out.is_null() && cap > 0 {
        return ffi::E_ARGUMENT;
    }
    *n = 0;
    let Ok(found) = guarded(|| Ok(P::wanted(cap))) else {
        return ffi::E_PANIC;
    };
    for (at, (code_hash, count)) in found.into_iter().take(cap as usize).enumerate() {
        // SAFETY: `at` is below `cap`, for which there is room.
        unsafe { out.add(at).write(table::Wanted { code_hash, count }) };
        *n = n.saturating_add(1);
    }
    ffi::OK
}

unsafe extern "C" fn set_mode<P: Prepare>(mode: u32) -> Status {
    let Some(mode) = ExecutionMode::from_u32(mode) else {
        return ffi::E_UNSUPPORTED;
    };
    match guarded(|| {
        P::set_mode(mode);
        Ok(())
    }) {
        Ok(()) => ffi::OK,
        Err(_) => ffi::E_PANIC,
    }
}

fn failed(fault: &Fault, status: Status, diagnostic: &mut Buf) -> Status {
    let (status, text) = match fault {
        Fault::Panicked { message } => (ffi::E_PANIC, message.clone()),
        Fault::Host { reason } | Fault::BadArguments { reason, .. } => (status, reason.clone()),
        fault => (status, fault.to_string()),
    };
    *diagnostic = Buf::from_vec(text.into_bytes());
    status
}

#[cfg(test)]
#[path = "prepare_tests.rs"]
mod tests;
