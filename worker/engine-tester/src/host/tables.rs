//! A session, as the second ABI shows it.

use super::{buffers::HostBuffer, Rule, Session};
use pink_capi::{
    calls::ocall,
    v2::ffi::{
        self, Buf, Bytes, Commit, Env, Host, HostCtx, Op, Pair, Status, Storage, ABI_MAJOR,
        ABI_MINOR,
    },
};
use std::{
    ffi::{c_char, c_void},
    ptr,
};

pub(crate) static STORAGE: Storage = Storage {
    struct_size: size_of::<Storage>() as u32,
    reserved: 0,
    get,
    lease_mark,
    lease_rewind,
    iter_open,
    iter_next,
    iter_close,
    commit,
};

pub(crate) static ENV: Env = Env {
    struct_size: size_of::<Env>() as u32,
    reserved: 0,
    log,
    poll,
    call,
};

/// The host as it should be; checks change copies of it.
pub(crate) static HOST: Host = Host {
    struct_size: size_of::<Host>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    storage: &STORAGE,
    env: &ENV,
    get_extension,
};

/// Makes an address one that nothing lies at on any machine.
const NOWHERE: usize = 1 << 62;

/// The pointer under which an engine knows a session.
pub(crate) fn ctx(session: &'static Session) -> *mut HostCtx {
    hidden(session, ptr::from_ref(session).cast_mut().cast())
}

/// A context as this session gives it to an engine.
pub(crate) fn hidden<T>(session: &Session, ctx: *mut T) -> *mut T {
    if session.settings.opaque {
        return ctx.map_addr(|address| address | NOWHERE);
    }
    ctx
}

/// The context that was given.
pub(crate) fn shown<T>(ctx: *mut T) -> *mut T {
    ctx.map_addr(|address| address & !NOWHERE)
}

/// Runs one function of the host on its session.
///
/// # Safety
/// `ctx` is NULL or what [`ctx`] gave; sessions are never freed.
unsafe fn on(
    ctx: *mut HostCtx,
    what: &str,
    work: impl FnOnce(&'static Session) -> Result<Status, Status>,
) -> Status {
    // SAFETY: promised by the caller.
    let Some(session) = (unsafe { shown(ctx).cast::<Session>().as_ref() }) else {
        return ffi::E_ARGUMENT;
    };
    match session.enter(what).and_then(|()| work(session)) {
        Ok(status) | Err(status) => status,
    }
}

impl Session {
    /// Bytes that must be there.
    ///
    /// # Safety
    /// As for [`Self::maybe`].
    unsafe fn bytes<'a>(&self, what: &str, bytes: Bytes) -> Result<&'a [u8], Status> {
        // SAFETY: promised by the caller.
        unsafe { self.maybe(what, bytes) }?.ok_or_else(|| self.wrong(format!("{what} is absent")))
    }

    /// Bytes that may be absent.
    ///
    /// # Safety
    /// A `ptr` that isn't NULL points to `len` bytes for the call.
    unsafe fn maybe<'a>(&self, what: &str, bytes: Bytes) -> Result<Option<&'a [u8]>, Status> {
        if bytes.ptr.is_null() && bytes.len != 0 {
            return Err(self.wrong(format!("{what} is {} bytes at NULL", bytes.len)));
        }
        // SAFETY: promised by the caller.
        Ok(unsafe { bytes.as_option() })
    }

    fn not_null<T>(&self, what: &str, pointer: *const T) -> Result<(), Status> {
        if pointer.is_null() {
            return Err(self.wrong(format!("{what} is NULL")));
        }
        Ok(())
    }

    fn wrong(&self, text: String) -> Status {
        self.breach(Rule::Arguments, text);
        ffi::E_ARGUMENT
    }
}

unsafe extern "C" fn get(ctx: *mut HostCtx, key: Bytes, out: *mut Bytes) -> Status {
    // SAFETY: the engine passes its context, and a key and an out-parameter valid for the call.
    unsafe {
        on(ctx, "get", |session| {
            session.not_null("get's out", out)?;
            out.write(Bytes::ABSENT);
            let value = session.read(session.bytes("get's key", key)?);
            out.write(Bytes::of_option(value));
            Ok(if value.is_some() { ffi::OK } else { ffi::NONE })
        })
    }
}

unsafe extern "C" fn lease_mark(ctx: *mut HostCtx, mark: *mut u64) -> Status {
    // SAFETY: the engine passes its context and an out-parameter valid for the call.
    unsafe {
        on(ctx, "lease_mark", |session| {
            session.not_null("lease_mark's out", mark)?;
            mark.write(session.mark());
            Ok(ffi::OK)
        })
    }
}

unsafe extern "C" fn lease_rewind(ctx: *mut HostCtx, mark: u64) -> Status {
    // SAFETY: the engine passes its context.
    unsafe {
        on(ctx, "lease_rewind", |session| {
            session.rewind(mark).map(|()| ffi::OK)
        })
    }
}

unsafe extern "C" fn iter_open(
    ctx: *mut HostCtx,
    start: Bytes,
    end: Bytes,
    flags: u32,
    iter: *mut u64,
) -> Status {
    // SAFETY: the engine passes its context, and bytes and an out-parameter valid for the call.
    unsafe {
        on(ctx, "iter_open", |session| {
            session.not_null("iter_open's out", iter)?;
            if flags != 0 {
                session.breach(Rule::Arguments, format!("iter_open with flags {flags:#x}"));
                return Err(ffi::E_UNSUPPORTED);
            }
            let start = session.bytes("iter_open's start", start)?;
            iter.write(session.open(start, session.maybe("iter_open's end", end)?)?);
            Ok(ffi::OK)
        })
    }
}

unsafe extern "C" fn iter_next(
    ctx: *mut HostCtx,
    iter: u64,
    out: *mut Pair,
    cap: u32,
    n: *mut u32,
) -> Status {
    // SAFETY: the engine passes its context, room for `cap` pairs and an out-parameter.
    unsafe {
        on(ctx, "iter_next", |session| {
            session.not_null("iter_next's number", n)?;
            n.write(0);
            if cap > 0 {
                session.not_null("iter_next's out", out)?;
            }
            for (at, (key, value)) in session.next(iter, cap)?.into_iter().enumerate() {
                let (key, value) = (Bytes::of(key), Bytes::of(value));
                out.add(at).write(Pair { key, value });
                n.write(at as u32 + 1);
            }
            Ok(if n.read() == 0 { ffi::NONE } else { ffi::OK })
        })
    }
}

unsafe extern "C" fn iter_close(ctx: *mut HostCtx, iter: u64) -> Status {
    // SAFETY: the engine passes its context.
    unsafe {
        on(ctx, "iter_close", |session| {
            session.close(iter).map(|()| ffi::OK)
        })
    }
}

unsafe extern "C" fn commit(ctx: *mut HostCtx, commit: *const Commit) -> Status {
    // SAFETY: the engine passes its context, and operations valid for the call.
    unsafe {
        on(ctx, "commit", |session| {
            session.not_null("the commit", commit)?;
            let commit = &*commit;
            // What is wrong and still understood is noted and taken, so that it shows here alone.
            let wrong = |text: String| session.breach(Rule::CommitForm, text);
            if (commit.struct_size as usize) < size_of::<Commit>() {
                wrong(format!("the commit has {} bytes", commit.struct_size));
            }
            if commit.flags != 0 {
                wrong(format!("the commit's flags are {:#x}", commit.flags));
            }
            let ops: &[Op] = match (commit.ops_len, commit.ops.is_null()) {
                (0, true) => &[],
                (0, false) => {
                    wrong("no operations, and yet a pointer to them".into());
                    &[]
                }
                (len, true) => {
                    wrong(format!("{len} operations at NULL"));
                    return Err(ffi::E_ARGUMENT);
                }
                (len, false) => std::slice::from_raw_parts(commit.ops, len as usize),
            };
            let mut changes = Vec::with_capacity(ops.len());
            for op in ops {
                let key = session.bytes("an operation's key", op.key)?;
                let value = session.maybe("an operation's value", op.value)?;
                changes.push((key.to_vec(), value.map(<[u8]>::to_vec)));
            }
            session.commit(changes).map(|()| ffi::OK)
        })
    }
}

unsafe extern "C" fn log(ctx: *mut HostCtx, level: u32, contract: Bytes, text: Bytes) -> Status {
    // SAFETY: the engine passes its context, and bytes valid for the call.
    unsafe {
        on(ctx, "log", |session| {
            let contract = session.maybe("log's contract", contract)?;
            session.log(level, contract, session.bytes("log's text", text)?);
            Ok(ffi::OK)
        })
    }
}

unsafe extern "C" fn poll(ctx: *mut HostCtx) -> Status {
    // SAFETY: the engine passes its context.
    unsafe { on(ctx, "poll", |session| Ok(session.poll())) }
}

unsafe extern "C" fn call(ctx: *mut HostCtx, call_id: u32, args: Bytes, out: *mut Buf) -> Status {
    // SAFETY: the engine passes its context, and bytes and an out-parameter valid for the call.
    unsafe {
        on(ctx, "call", |session| {
            session.not_null("call's out", out)?;
            if ocall(call_id).is_some_and(|row| row.v2_function.is_some()) {
                let text = format!("ocall {call_id}, which has a function of its own");
                session.breach(Rule::Arguments, text);
                return Err(ffi::E_UNSUPPORTED);
            }
            let reply = session.dispatch(call_id, session.maybe("call's args", args)?);
            let (buffer, counter) = HostBuffer::give(reply, session.settings.static_buffers);
            out.write(buffer);
            session.keep(counter);
            Ok(ffi::OK)
        })
    }
}

unsafe extern "C" fn get_extension(_: *const c_char) -> *const c_void {
    ptr::null()
}
