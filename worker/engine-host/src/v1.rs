//! Speaks the first ABI to a library.

use crate::{
    allocator::{Call, MemoryCounter},
    ocalls::{failure_of_host, HostOcalls},
    Engine, Host, MemoryUse,
};
use parity_scale_codec::{Decode, Encode};
use pink_capi::{
    calls::{decode_reply, view, Ecall, View},
    types::{EngineInfo, Mode, Version},
    v1::{
        ffi::{CrossCallFn, OutputFn},
        raw_call,
    },
    Fault,
};
use std::{
    cell::RefCell,
    ffi::c_void,
    panic::{catch_unwind, AssertUnwindSafe},
    ptr::NonNull,
};

/// An engine behind the first ABI.
#[derive(Debug)]
pub(crate) struct V1Engine {
    pub(crate) ecall: CrossCallFn,
    pub(crate) info: EngineInfo,
    pub(crate) memory: &'static MemoryCounter,
}

thread_local! {
    /// The hosts of the ecalls that run on this thread, the innermost last. The first ABI has no
    /// context pointer for ocalls, so this is where they find the worker.
    static HOSTS: RefCell<Vec<Serving>> = const { RefCell::new(Vec::new()) };
}

/// Who serves the ocalls of an ecall.
struct Serving {
    host: NonNull<dyn Host<'static>>,
    /// The engine's version, which says what it may ask for.
    caller: Version,
    /// What the ecall may take.
    call: Call,
    /// It is a query or an estimate.
    may_be_cancelled: bool,
    /// The first fault of this side during the ecall: it counts, whatever the engine makes of it.
    fault: Option<Fault>,
}

/// Binds a host to this thread until it is dropped.
struct Bound;

impl Bound {
    /// # Safety
    /// The host outlives what is returned, and is not used in any other way until then.
    unsafe fn new(
        host: &mut dyn Host<'_>,
        caller: Version,
        call: Call,
        may_be_cancelled: bool,
    ) -> Self {
        let host: NonNull<dyn Host<'_> + '_> = NonNull::from(host);
        // SAFETY: only lifetimes change; by this function's contract the host is there as long
        // as the pointer is in the list, and `serve` keeps nothing of what it reads.
        let host: NonNull<dyn Host<'static>> = unsafe { std::mem::transmute(host) };
        let serving = Serving {
            host,
            caller,
            call,
            may_be_cancelled,
            fault: None,
        };
        HOSTS.with_borrow_mut(|hosts| hosts.push(serving));
        Self
    }

    /// What this side has against the ecall, now that it has returned.
    fn finish(self) -> Result<(), Fault> {
        HOSTS.with_borrow_mut(|hosts| match hosts.last_mut() {
            Some(serving) => {
                serving.call.check(0)?;
                serving.fault.take().map_or(Ok(()), Err)
            }
            None => Err(Fault::NoHost),
        })
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        HOSTS.with_borrow_mut(|hosts| hosts.pop());
    }
}

/// The worker's function for calls out of an engine, the same for all of them.
pub(crate) unsafe extern "C" fn ocall(
    call_id: u32,
    data: *const u8,
    len: u64,
    ctx: *mut c_void,
    output: OutputFn,
) {
    let args: &[u8] = match (len, data.is_null()) {
        (0, _) | (_, true) => &[],
        // SAFETY: the engine promises `len` bytes, valid for the call.
        (len, false) => unsafe { std::slice::from_raw_parts(data, len as usize) },
    };
    let reply = catch_unwind(AssertUnwindSafe(|| serve(call_id, args))).unwrap_or_else(|_| {
        fault(Fault::Host {
            reason: "the worker panicked while it served an ocall".into(),
        })
    });
    note_fault(&reply);
    // SAFETY: the engine's function takes its own context and a borrowed reply.
    unsafe { output(ctx, reply.as_ptr(), reply.len() as u64) };
}

fn serve(id: u32, args: &[u8]) -> Vec<u8> {
    let bound = HOSTS.with_borrow(|hosts| {
        let serving = hosts.last().ok_or(Fault::NoHost)?;
        serving.call.check(0)?;
        Ok((serving.host, serving.caller, serving.may_be_cancelled))
    });
    let (mut host, caller, may_be_cancelled) = match bound {
        Ok(bound) => bound,
        Err(refusal) => return fault(refusal),
    };
    let mut ocalls = HostOcalls {
        // SAFETY: `Bound` keeps the host in the list exactly as long as it may be used, and the
        // engine is the only one to call while it is bound.
        host: unsafe { host.as_mut() },
        may_be_cancelled,
    };
    ocalls.serve(caller, id, args)
}

fn fault(fault: Fault) -> Vec<u8> {
    Err::<(), Fault>(fault).encode()
}

/// Remembers the ecall's first fault.
fn note_fault(reply: &[u8]) {
    let Some(fault) = failure_of_host(reply) else {
        return;
    };
    HOSTS.with_borrow_mut(|hosts| {
        if let Some(serving) = hosts.last_mut() {
            serving.fault.get_or_insert(fault);
        }
    });
}

impl V1Engine {
    /// Asks a library what it is; needs no host.
    pub(crate) fn describe(ecall: CrossCallFn) -> Result<EngineInfo, Fault> {
        let call = Ecall::from(View::from(view::Describe {}));
        // SAFETY: it is the engine's function; `engine-tester` holds engines to the header.
        let reply = unsafe { raw_call(ecall, call.id(), &call.args()) }?;
        decode_reply(call.id(), &returned(call.id(), reply)?)
    }
}

/// A reply that says that the call failed.
#[derive(Decode)]
enum Failed {
    #[codec(index = 1)]
    With(Fault),
}

/// What a call returned, out of its reply, a SCALE `Result<_, Fault>`.
fn returned(id: u32, mut reply: Vec<u8>) -> Result<Vec<u8>, Fault> {
    if reply.first() == Some(&0) {
        reply.remove(0);
        return Ok(reply);
    }
    let Failed::With(fault) = decode_reply(id, &reply)?;
    Err(fault)
}

impl Engine for V1Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn memory(&self) -> MemoryUse {
        self.memory.read()
    }

    fn ecall(&self, host: &mut dyn Host<'_>, ecall: &Ecall<'_>) -> Result<Vec<u8>, Fault> {
        let may_be_cancelled =
            matches!(ecall, Ecall::Message(env, _) if env.mode != Mode::Transaction);
        let counted = self.memory.begin(host.memory_bytes());
        // SAFETY: the guard is dropped at the end of this function, and `host` isn't touched
        // here in between.
        let bound = unsafe { Bound::new(host, self.info.version, counted, may_be_cancelled) };
        // SAFETY: it is the engine's function; `engine-tester` holds engines to the header.
        let reply = unsafe { raw_call(self.ecall, ecall.id(), &ecall.args()) };
        // Whatever the engine made of it.
        bound.finish()?;
        returned(ecall.id(), reply?)
    }
}
