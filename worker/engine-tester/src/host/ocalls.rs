//! A session, as the first ABI shows it. Its ocalls have no context pointer, so the session is
//! bound to the thread.

use super::{buffers::HostBuffer, session::Changes, Rule, Session};
use parity_scale_codec::Encode;
use pink_capi::{
    calls::{self, OCalls, Scope},
    types::{
        AccountId, Hash, HttpRequest, HttpRequestError, HttpResponse, StorageQuotaExceeded, Version,
    },
    v1::ffi::OutputFn,
    v2::{ffi::Status, Kind},
    Fault,
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::c_void,
    ops::Bound,
    sync::{Mutex, PoisonError},
};

thread_local! {
    static BOUND: RefCell<Vec<&'static Session>> = const { RefCell::new(Vec::new()) };
}

/// Ocalls that found no session: made outside of an ecall, or on another thread.
static STRAYS: Mutex<BTreeMap<u32, u32>> = Mutex::new(BTreeMap::new());

/// The version of the engine under test; a process tests one.
static CALLER: Mutex<Option<Version>> = Mutex::new(None);

/// Says which version makes the ocalls from now on.
pub(crate) fn set_caller(version: Version) {
    *CALLER.lock().unwrap_or_else(PoisonError::into_inner) = Some(version);
}

/// The version that says what may be asked for; 1.0 until the engine has stated its own.
fn caller() -> Version {
    let caller = CALLER.lock().unwrap_or_else(PoisonError::into_inner);
    caller.unwrap_or(Version::new(1, 0))
}

/// Serves the ocalls of this thread from a session while `work` runs.
pub(crate) fn bound<T>(session: &'static Session, work: impl FnOnce() -> T) -> T {
    BOUND.with_borrow_mut(|bound| bound.push(session));
    let done = work();
    BOUND.with_borrow_mut(|bound| bound.pop());
    done
}

/// How many ocalls came when none was allowed.
pub(crate) fn strays() -> u32 {
    STRAYS
        .lock()
        .map_or(u32::MAX, |strays| strays.values().sum())
}

/// The host's function for calls out of an engine.
pub(crate) unsafe extern "C" fn ocall(
    call_id: u32,
    data: *const u8,
    len: u64,
    ctx: *mut c_void,
    output: OutputFn,
) {
    let reply = match BOUND.with_borrow(|bound| bound.last().copied()) {
        Some(session) => {
            let args: &[u8] = match (len, data.is_null()) {
                (0, _) => &[],
                (_, true) => {
                    session.breach(Rule::Arguments, format!("{len} bytes of arguments at NULL"));
                    &[]
                }
                // SAFETY: the engine promises `len` bytes, valid for the call.
                (_, false) => unsafe { std::slice::from_raw_parts(data, len as usize) },
            };
            match session.enter("an ocall") {
                Ok(()) => session.dispatch(call_id, Some(args)),
                Err(status) => Err::<(), _>(fault(status)).encode(),
            }
        }
        None => {
            if let Ok(mut strays) = STRAYS.lock() {
                let count = strays.entry(call_id).or_default();
                *count = count.saturating_add(1);
            }
            Err::<(), _>(Fault::NoHost).encode()
        }
    };
    // SAFETY: the engine's function takes its own context and a borrowed reply.
    unsafe { output(ctx, reply.as_ptr(), reply.len() as u64) };
}

impl Session {
    /// Serves one ocall.
    pub(super) fn dispatch(&self, id: u32, args: Option<&[u8]>) -> Vec<u8> {
        self.note_ocall(id);
        let of_queries = calls::ocall(id).is_some_and(|row| row.scope == Scope::Query);
        if of_queries && self.settings.kind != Kind::Query {
            let text = format!(
                "ocall {id} in {:?}, allowed in queries alone",
                self.settings.kind
            );
            self.breach(Rule::OffChain, text);
        }
        let mut ocalls = SessionOcalls(self);
        let ocalls: &mut dyn OCalls = &mut ocalls;
        let reply = ocalls.dispatch(caller(), id, args.unwrap_or_default());
        if let [1, fault @ ..] = reply.as_slice() {
            // The engine may ask for what isn't there; it may not ask in a way that isn't.
            use parity_scale_codec::Decode;
            if let Ok(fault @ (Fault::UnknownCall { .. } | Fault::BadArguments { .. })) =
                Fault::decode(&mut &*fault)
            {
                self.breach(Rule::Arguments, fault.to_string());
            }
        }
        reply
    }

    pub(super) fn keep(&self, buffer: &'static HostBuffer) {
        if let Ok(mut inner) = self.inner.lock() {
            inner.buffers.push(buffer);
        }
    }
}

struct SessionOcalls<'s>(&'s Session);

fn fault(status: Status) -> Fault {
    match status {
        pink_capi::v2::ffi::E_CONFLICT => Fault::CommitRefused {
            reason: "the tester says so".into(),
        },
        status => Fault::Host {
            reason: format!("the tester says so: {status}"),
        },
    }
}

impl OCalls for SessionOcalls<'_> {
    fn storage_get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.read(&key).map(<[u8]>::to_vec))
    }

    fn storage_range(
        &mut self,
        start: Vec<u8>,
        end: Option<Vec<u8>>,
        limit: u32,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Fault> {
        let page = self.0.page(Bound::Included(start), end.as_deref(), limit);
        Ok(page
            .into_iter()
            .map(|(key, value)| (key.clone(), self.0.lend(value).to_vec()))
            .collect())
    }

    fn storage_commit(&mut self, changes: Changes) -> Result<(), Fault> {
        self.0.commit(changes).map_err(fault)
    }

    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String) -> Result<(), Fault> {
        let contract = contract.as_ref().map(|it| &it[..]);
        self.0.log(u32::from(level), contract, text.as_bytes());
        Ok(())
    }

    fn system_code(&mut self, _: Hash) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }

    fn cluster_key(&mut self) -> Result<Option<[u8; 32]>, Fault> {
        Ok(Some([0xCE; 32]))
    }

    fn worker_pubkey(&mut self) -> Result<[u8; 32], Fault> {
        Ok([0x3E; 32])
    }

    fn random(&mut self, len: u8) -> Result<Vec<u8>, Fault> {
        Ok(vec![0x44; usize::from(len)])
    }

    fn now_ms(&mut self) -> Result<u64, Fault> {
        Ok(1)
    }

    fn http_request(
        &mut self,
        _: AccountId,
        _: HttpRequest,
    ) -> Result<Result<HttpResponse, HttpRequestError>, Fault> {
        Err(no_network())
    }

    fn batch_http_request(
        &mut self,
        _: AccountId,
        _: Vec<HttpRequest>,
        _: u64,
    ) -> Result<Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>, Fault> {
        Err(no_network())
    }

    fn cache_get(&mut self, _: AccountId, _: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }

    fn cache_set(
        &mut self,
        _: AccountId,
        _: Vec<u8>,
        _: Vec<u8>,
    ) -> Result<Result<(), StorageQuotaExceeded>, Fault> {
        Ok(Ok(()))
    }

    fn cache_set_expiration(&mut self, _: AccountId, _: Vec<u8>, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn cache_remove(&mut self, _: AccountId, _: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }

    fn poll(&mut self) -> Result<(), Fault> {
        match self.0.poll() {
            pink_capi::v2::ffi::OK => Ok(()),
            _ => Err(Fault::Cancelled),
        }
    }
}

fn no_network() -> Fault {
    Fault::Host {
        reason: "the tester has no network".into(),
    }
}
