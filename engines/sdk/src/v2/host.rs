use crate::{types::AccountId, Changes, Fault, Host, Pairs, Value};
use pink_capi::v2::ffi::{self, Buf, Bytes, Commit, HostCtx, Op, Pair, Status};
use std::cell::Cell;

/// Pairs that are asked for at once while a range is read.
const PAGE: usize = 64;

/// The worker, seen through the second ABI's tables, for one `execute`.
#[derive(Debug)]
pub(super) struct V2Host {
    storage: &'static ffi::Storage,
    env: &'static ffi::Env,
    ctx: *mut HostCtx,
    calls: Cell<u64>,
    failed_with: Cell<Option<Status>>,
}

impl V2Host {
    /// # Safety
    /// The tables are valid, and the context may be used as long as what is returned.
    pub(super) unsafe fn new(host: &'static ffi::Host, ctx: *mut HostCtx) -> Self {
        // SAFETY: promised by the caller.
        let (storage, env) = unsafe { (&*host.storage, &*host.env) };
        Self {
            storage,
            env,
            ctx,
            calls: Cell::new(0),
            failed_with: Cell::new(None),
        }
    }

    pub(super) fn calls(&self) -> u64 {
        self.calls.get()
    }

    /// The status of the host's first failure: what `execute` answers then.
    pub(super) fn failed_with(&self) -> Option<Status> {
        self.failed_with.get()
    }

    /// Counts a call and looks at its status; true if there is a result.
    fn check(&self, what: &str, status: Status) -> Result<bool, Fault> {
        self.calls.set(self.calls.get().wrapping_add(1));
        match status {
            ffi::OK => Ok(true),
            ffi::NONE => Ok(false),
            status => {
                let status = match status {
                    ffi::E_CANCELLED..=ffi::E_ARGUMENT => status,
                    _ => ffi::E_ARGUMENT,
                };
                if self.failed_with.get().is_none() {
                    self.failed_with.set(Some(status));
                }
                Err(match status {
                    ffi::E_CANCELLED => Fault::Cancelled,
                    status => Fault::Host {
                        reason: format!("{what} answered {status}"),
                    },
                })
            }
        }
    }

    /// Copies a range's pairs, and closes the iterator whatever happens.
    fn read_pairs(&self, iter: u64, limit: usize) -> Result<Pairs, Fault> {
        let mut found = Pairs::new();
        let mut page = [Pair {
            key: Bytes::ABSENT,
            value: Bytes::ABSENT,
        }; PAGE];
        while found.len() < limit {
            let want = limit.saturating_sub(found.len()).min(PAGE);
            let mut got = 0u32;
            // SAFETY: the page has room for `want` pairs.
            let status = unsafe {
                (self.storage.iter_next)(self.ctx, iter, page.as_mut_ptr(), want as u32, &mut got)
            };
            if !self.check("iter_next", status)? || got == 0 {
                break;
            }
            for pair in page.iter().take((got as usize).min(want)) {
                // SAFETY: the worker lends both until `execute` returns or the lease is rewound.
                let (key, value) = unsafe { (pair.key.as_option(), pair.value.as_option()) };
                found.push((
                    key.unwrap_or_default().into(),
                    value.unwrap_or_default().into(),
                ));
            }
        }
        Ok(found)
    }
}

impl Host for V2Host {
    fn get(&self, key: &[u8]) -> Result<Option<Value<'_>>, Fault> {
        let mut out = Bytes::ABSENT;
        // SAFETY: the key is borrowed for the call, `out` may be written to.
        let status = unsafe { (self.storage.get)(self.ctx, Bytes::of(key), &mut out) };
        if !self.check("get", status)? {
            return Ok(None);
        }
        // SAFETY: lent until `execute` returns, and `self` doesn't live longer; marks are only
        // rewound to before reads of `range`, which copies.
        Ok(unsafe { out.as_option() }.map(Value::Borrowed))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, Fault> {
        let (mut mark, mut iter) = (0, 0);
        // SAFETY: `mark` may be written to.
        let status = unsafe { (self.storage.lease_mark)(self.ctx, &mut mark) };
        self.check("lease_mark", status)?;
        let (start, end) = (Bytes::of(start), Bytes::of_option(end));
        // SAFETY: both bounds are borrowed for the call, `iter` may be written to.
        let status = unsafe { (self.storage.iter_open)(self.ctx, start, end, 0, &mut iter) };
        self.check("iter_open", status)?;
        let found = self.read_pairs(iter, limit as usize);
        // SAFETY: the iterator was opened above; nothing lent since the mark is used any more.
        let (closed, rewound) = unsafe {
            (
                (self.storage.iter_close)(self.ctx, iter),
                (self.storage.lease_rewind)(self.ctx, mark),
            )
        };
        self.check("iter_close", closed)?;
        self.check("lease_rewind", rewound)?;
        found
    }

    fn commit(&self, changes: Changes) -> Result<(), Fault> {
        let ops: Vec<Op> = changes
            .iter()
            .map(|(key, value)| Op {
                key: Bytes::of(key),
                value: Bytes::of_option(value.as_deref()),
            })
            .collect();
        let commit = Commit {
            struct_size: size_of::<Commit>() as u32,
            flags: 0,
            ops: ops.as_ptr(),
            ops_len: ops.len() as u64,
        };
        // SAFETY: everything that the operations point to lives until the end of this function.
        let status = unsafe { (self.storage.commit)(self.ctx, &commit) };
        self.check("commit", status).map(|_| ())
    }

    fn log(&self, level: u8, contract: Option<&AccountId>, text: &str) {
        let contract = Bytes::of_option(contract.map(|it| &it[..]));
        let text = Bytes::of(text.as_bytes());
        self.calls.set(self.calls.get().wrapping_add(1));
        // SAFETY: both are borrowed for the call. A lost line is not worth a fault.
        let _ = unsafe { (self.env.log)(self.ctx, u32::from(level), contract, text) };
    }

    fn poll(&self) -> Result<(), Fault> {
        // SAFETY: the context is valid for the call.
        let status = unsafe { (self.env.poll)(self.ctx) };
        self.check("poll", status).map(|_| ())
    }

    fn cross_call(&self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut out = Buf::ABSENT;
        // SAFETY: the arguments are borrowed for the call, `out` may be written to.
        let status = unsafe { (self.env.call)(self.ctx, id, Bytes::of(args), &mut out) };
        self.check("call", status)?;
        // SAFETY: the worker filled it in, or left it absent.
        Ok(unsafe { out.into_vec() })
    }
}
