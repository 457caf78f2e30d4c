//! The worker's half of the second ABI: the functions that an engine calls.

use crate::{
    allocator::Call,
    host::{check_changes, check_lent},
    ocalls::{failure_of_host, HostOcalls},
    Host,
};
use pink_capi::{
    calls::ocall,
    types::Version,
    v2::{
        ffi::{self, Buf, Bytes, Commit, HostCtx, Op, Pair, Status},
        Kind,
    },
    Fault,
};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    ffi::{c_char, c_void},
    panic::{catch_unwind, AssertUnwindSafe},
    ptr,
};

/// The most pairs that one step of an iterator returns, however many there is room for.
const MAX_PAGE: u32 = 1_024;

static STORAGE: ffi::Storage = ffi::Storage {
    struct_size: size_of::<ffi::Storage>() as u32,
    reserved: 0,
    get,
    lease_mark,
    lease_rewind,
    iter_open,
    iter_next,
    iter_close,
    commit,
};

static ENV: ffi::Env = ffi::Env {
    struct_size: size_of::<ffi::Env>() as u32,
    reserved: 0,
    log,
    poll,
    call,
};

pub(super) static HOST: ffi::Host = ffi::Host {
    struct_size: size_of::<ffi::Host>() as u32,
    abi_major: ffi::ABI_MAJOR,
    abi_minor: ffi::ABI_MINOR,
    storage: &STORAGE,
    env: &ENV,
    get_extension,
};

/// What an engine's context pointer points to, during one `execute`.
pub(super) struct Context {
    host: *mut dyn Host<'static>,
    /// The engine's version, which says what it may ask for.
    caller: Version,
    call: Call,
    may_commit: bool,
    may_be_cancelled: bool,
    /// Values that the host gave as copies, kept as long as they are lent.
    leases: Vec<Cow<'static, [u8]>>,
    leased_bytes: u64,
    /// Open iterators by their ids, of which none is given twice in a call.
    iterators: BTreeMap<u64, Cursor>,
    next_iterator: u64,
    fault: Option<Fault>,
}

#[derive(Debug)]
struct Cursor {
    next: Vec<u8>,
    end: Option<Vec<u8>>,
}

impl Context {
    /// A context over a host, which must outlive it and not be used otherwise until
    /// [`finish`](Self::finish).
    pub(super) fn new(host: &mut dyn Host<'_>, caller: Version, kind: Kind, call: Call) -> Self {
        let host: *mut (dyn Host<'_> + '_) = host;
        // SAFETY: only lifetimes change. The context lives within the call that borrows the
        // host, and what it lends is used by the engine within `execute` alone (header).
        let host: *mut dyn Host<'static> = unsafe { std::mem::transmute(host) };
        Self {
            host,
            caller,
            call,
            may_commit: kind.changes_state(),
            may_be_cancelled: matches!(kind, Kind::Query | Kind::Estimate),
            leases: Vec::new(),
            leased_bytes: 0,
            iterators: BTreeMap::new(),
            next_iterator: 0,
            fault: None,
        }
    }

    pub(super) fn as_ctx(&mut self) -> *mut HostCtx {
        ptr::from_mut(self).cast()
    }

    /// What this side has against the call, now that it has returned: that it took too much, or
    /// the first fault during it.
    pub(super) fn finish(self) -> Option<Fault> {
        self.call.check(self.leased_bytes).err().or(self.fault)
    }

    fn host(&self) -> &dyn Host<'static> {
        // SAFETY: see `new`.
        unsafe { &*self.host }
    }

    /// Keeps a value as long as it is lent, and points to it.
    fn lend(&mut self, value: Cow<'static, [u8]>) -> Result<Bytes, Status> {
        match value {
            Cow::Borrowed(bytes) => Ok(Bytes::of(bytes)),
            Cow::Owned(bytes) => {
                let leased = self.leased_bytes.saturating_add(bytes.len() as u64);
                let checked = check_lent(leased).and_then(|()| self.call.check(leased));
                checked.map_err(|fault| self.failed(fault))?;
                self.leased_bytes = leased;
                // The bytes stay where they are when the list grows: the list holds their vector.
                let query_deposit = Bytes::of(&bytes);
                self.leases.push(Cow::Owned(bytes));
                Ok(query_deposit)
            }
        }
    }

    fn failed(&mut self, fault: Fault) -> Status {
        let status = match fault {
            Fault::Memory { .. } | Fault::Lent { .. } | Fault::ChangesTooLarge { .. } => {
                ffi::E_MEMORY
            }
            Fault::TooManyIterators { .. } => ffi::E_ARGUMENT,
            Fault::CommitRefused { .. } => ffi::E_CONFLICT,
            Fault::Cancelled => ffi::E_CANCELLED,
            _ => ffi::E_HOST,
        };
        self.fault.get_or_insert(fault);
        status
    }

    fn read(&mut self, key: &[u8]) -> Result<Bytes, Status> {
        match self.host().get(key) {
            Ok(Some(value)) => self.lend(value),
            Ok(None) => Ok(Bytes::ABSENT),
            Err(fault) => Err(self.failed(fault)),
        }
    }
}

/// Runs a callback on its context: no panic gets through to the engine.
///
/// # Safety
/// `ctx` is NULL or what [`Context::as_ctx`] gave for the `execute` that is running.
unsafe fn on(
    ctx: *mut HostCtx,
    work: impl FnOnce(&mut Context) -> Result<Status, Status>,
) -> Status {
    // SAFETY: promised by the caller; callbacks don't nest, so nobody else holds it.
    let Some(context) = (unsafe { ctx.cast::<Context>().as_mut() }) else {
        return ffi::E_ARGUMENT;
    };
    if let Err(memory) = context.call.check(context.leased_bytes) {
        return context.failed(memory);
    }
    match catch_unwind(AssertUnwindSafe(|| work(context))) {
        Ok(Ok(status) | Err(status)) => status,
        Err(_) => {
            // SAFETY: as above; the borrow inside the closure has ended.
            if let Some(context) = unsafe { ctx.cast::<Context>().as_mut() } {
                context.failed(Fault::Host {
                    reason: "the worker panicked in a callback".into(),
                });
            }
            ffi::E_PANIC
        }
    }
}

/// # Safety
/// As the header says of `get`.
unsafe extern "C" fn get(ctx: *mut HostCtx, key: Bytes, out: *mut Bytes) -> Status {
    // SAFETY: the engine passes its context, and bytes and an out-parameter valid for the call.
    unsafe {
        on(ctx, |context| {
            let (Some(key), false) = (key.as_option(), out.is_null()) else {
                return Err(ffi::E_ARGUMENT);
            };
            out.write(Bytes::ABSENT);
            let value = context.read(key)?;
            out.write(value);
            Ok(if value.ptr.is_null() {
                ffi::NONE
            } else {
                ffi::OK
            })
        })
    }
}

/// # Safety
/// As the header says of `lease_mark`.
unsafe extern "C" fn lease_mark(ctx: *mut HostCtx, mark: *mut u64) -> Status {
    // SAFETY: the engine passes its context and an out-parameter valid for the call.
    unsafe {
        on(ctx, |context| {
            if mark.is_null() {
                return Err(ffi::E_ARGUMENT);
            }
            mark.write(context.leases.len() as u64);
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `lease_rewind`.
unsafe extern "C" fn lease_rewind(ctx: *mut HostCtx, mark: u64) -> Status {
    // SAFETY: the engine passes its context, and uses nothing that was lent since the mark.
    unsafe {
        on(ctx, |context| {
            let mark = usize::try_from(mark).map_err(|_| ffi::E_ARGUMENT)?;
            if mark > context.leases.len() {
                return Err(ffi::E_ARGUMENT);
            }
            let given_back: u64 = context.leases.drain(mark..).map(|it| it.len() as u64).sum();
            context.leased_bytes = context.leased_bytes.saturating_sub(given_back);
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `iter_open`.
unsafe extern "C" fn iter_open(
    ctx: *mut HostCtx,
    start: Bytes,
    end: Bytes,
    flags: u32,
    iter: *mut u64,
) -> Status {
    // SAFETY: the engine passes its context, and bytes and an out-parameter valid for the call.
    unsafe {
        on(ctx, |context| {
            let (Some(start), false) = (start.as_option(), iter.is_null()) else {
                return Err(ffi::E_ARGUMENT);
            };
            if flags != 0 {
                return Err(ffi::E_UNSUPPORTED);
            }
            let opened = Cursor {
                next: start.into(),
                end: end.as_option().map(<[u8]>::to_vec),
            };
            if context.iterators.len() >= ffi::MAX_ITERATORS {
                let limit = ffi::MAX_ITERATORS as u32;
                return Err(context.failed(Fault::TooManyIterators { limit }));
            }
            let id = context.next_iterator;
            context.next_iterator = id.wrapping_add(1);
            context.iterators.insert(id, opened);
            iter.write(id);
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `iter_next`.
unsafe extern "C" fn iter_next(
    ctx: *mut HostCtx,
    iter: u64,
    out: *mut Pair,
    cap: u32,
    n: *mut u32,
) -> Status {
    // SAFETY: the engine passes its context, room for `cap` pairs and an out-parameter.
    unsafe {
        on(ctx, |context| {
            if n.is_null() || (cap > 0 && out.is_null()) {
                return Err(ffi::E_ARGUMENT);
            }
            n.write(0);
            let iterator = context.iterators.get(&iter).ok_or(ffi::E_ARGUMENT)?;
            let page =
                context
                    .host()
                    .range(&iterator.next, iterator.end.as_deref(), cap.min(MAX_PAGE));
            let page = page.map_err(|fault| context.failed(fault))?;
            if let (Some((last, _)), Some(iterator)) =
                (page.last(), context.iterators.get_mut(&iter))
            {
                iterator.next.clone_from(last);
                iterator.next.push(0);
            }
            for (at, (key, value)) in page.into_iter().take(cap as usize).enumerate() {
                let (key, value) = (
                    context.lend(Cow::Owned(key))?,
                    context.lend(Cow::Owned(value))?,
                );
                out.add(at).write(Pair { key, value });
                n.write(at as u32 + 1);
            }
            Ok(if n.read() == 0 { ffi::NONE } else { ffi::OK })
        })
    }
}

/// # Safety
/// As the header says of `iter_close`.
unsafe extern "C" fn iter_close(ctx: *mut HostCtx, iter: u64) -> Status {
    // SAFETY: the engine passes its context.
    unsafe {
        on(ctx, |context| match context.iterators.remove(&iter) {
            Some(_) => Ok(ffi::OK),
            None => Err(ffi::E_ARGUMENT),
        })
    }
}

/// # Safety
/// As the header says of `commit`.
unsafe extern "C" fn commit(ctx: *mut HostCtx, commit: *const Commit) -> Status {
    // SAFETY: the engine passes its context, and operations valid for the call.
    unsafe {
        on(ctx, |context| {
            let commit = commit.as_ref().ok_or(ffi::E_ARGUMENT)?;
            if (commit.struct_size as usize) < size_of::<Commit>() {
                return Err(ffi::E_ARGUMENT);
            }
            if commit.flags != 0 {
                return Err(ffi::E_UNSUPPORTED);
            }
            if !context.may_commit {
                let reason = "the state must not change in this call".into();
                return Err(context.failed(Fault::CommitRefused { reason }));
            }
            let ops: &[Op] = match (commit.ops_len, commit.ops.is_null()) {
                (0, _) => &[],
                (_, true) => return Err(ffi::E_ARGUMENT),
                (len, false) => std::slice::from_raw_parts(commit.ops, len as usize),
            };
            let lengths = ops
                .iter()
                .map(|op| (op.key.len as usize, op.value.len as usize));
            check_changes(lengths).map_err(|fault| context.failed(fault))?;
            let mut changes = Vec::with_capacity(ops.len());
            for op in ops {
                let key = op.key.as_option().ok_or(ffi::E_ARGUMENT)?;
                changes.push((key.to_vec(), op.value.as_option().map(<[u8]>::to_vec)));
            }
            let host = &mut *context.host;
            host.commit(changes)
                .map_err(|fault| context.failed(fault))?;
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `log`.
unsafe extern "C" fn log(ctx: *mut HostCtx, level: u32, contract: Bytes, text: Bytes) -> Status {
    // SAFETY: the engine passes its context, and bytes valid for the call.
    unsafe {
        on(ctx, |context| {
            let contract = match contract.as_option().map(<[u8; 32]>::try_from) {
                None => None,
                Some(Ok(contract)) => Some(contract),
                Some(Err(_)) => return Err(ffi::E_ARGUMENT),
            };
            let text = String::from_utf8_lossy(text.as_option().unwrap_or_default()).into_owned();
            let host = &mut *context.host;
            host.log(u8::try_from(level).unwrap_or(u8::MAX), contract, text);
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `poll`.
unsafe extern "C" fn poll(ctx: *mut HostCtx) -> Status {
    // SAFETY: the engine passes its context.
    unsafe {
        on(ctx, |context| {
            if context.may_be_cancelled {
                let polled = context.host().poll();
                polled.map_err(|fault| context.failed(fault))?;
            }
            Ok(ffi::OK)
        })
    }
}

/// # Safety
/// As the header says of `call`.
unsafe extern "C" fn call(ctx: *mut HostCtx, call_id: u32, args: Bytes, out: *mut Buf) -> Status {
    // SAFETY: the engine passes its context, and bytes and an out-parameter valid for the call.
    unsafe {
        on(ctx, |context| {
            if out.is_null() {
                return Err(ffi::E_ARGUMENT);
            }
            out.write(Buf::ABSENT);
            if ocall(call_id).is_some_and(|row| row.v2_function.is_some()) {
                return Err(ffi::E_UNSUPPORTED);
            }
            let mut ocalls = HostOcalls {
                host: &mut *context.host,
                may_be_cancelled: context.may_be_cancelled,
            };
            let args = args.as_option().unwrap_or_default();
            let reply = ocalls.serve(context.caller, call_id, args);
            // Known as what it is, whatever the engine makes of it.
            if let Some(fault) = failure_of_host(&reply) {
                context.failed(fault);
            }
            out.write(Buf::from_vec(reply));
            Ok(ffi::OK)
        })
    }
}

unsafe extern "C" fn get_extension(_: *const c_char) -> *const c_void {
    ptr::null()
}

#[cfg(test)]
mod tests;
