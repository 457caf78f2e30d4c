//! Speaks the first ABI to a library.

use crate::{
    allocator::{Account, Call},
    Changes, Engine, Host, MemoryUse, Pairs, MAX_LENT_BYTES,
};
use parity_scale_codec::{Decode, Encode};
use pink_capi::{
    types::*,
    v1::{
        carry,
        ffi::{CrossCallFn, OutputFn},
        CrossCall, ECalls, ECallsClient, OCalls,
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
    pub(crate) account: &'static Account,
}

thread_local! {
    /// The hosts of the ecalls that run on this thread, the innermost last. The first ABI has no
    /// context pointer for ocalls, so this is where they find the worker.
    static HOSTS: RefCell<Vec<Serving>> = const { RefCell::new(Vec::new()) };
}

/// Who serves the ocalls of an ecall.
struct Serving {
    host: NonNull<dyn Host<'static>>,
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
    unsafe fn new(host: &mut dyn Host<'_>, call: Call, may_be_cancelled: bool) -> Self {
        let host: NonNull<dyn Host<'_> + '_> = NonNull::from(host);
        // SAFETY: only lifetimes change; by this function's contract the host is there as long
        // as the pointer is in the list, and `serve` keeps nothing of what it reads.
        let host: NonNull<dyn Host<'static>> = unsafe { std::mem::transmute(host) };
        let serving = Serving {
            host,
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

/// Carries ecalls to the library.
struct Inside(CrossCallFn);

impl CrossCall for Inside {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        // SAFETY: it is the engine's function; `engine-tester` holds engines to the header.
        unsafe { carry(self.0, id, args) }
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
        let serving = hosts.last()?;
        Some((
            serving.host,
            serving.call.check(0),
            serving.may_be_cancelled,
        ))
    });
    let (mut host, may_be_cancelled) = match bound {
        None => return fault(Fault::NoHost),
        Some((_, Err(memory), _)) => return fault(memory),
        Some((host, Ok(()), may_be_cancelled)) => (host, may_be_cancelled),
    };
    let mut served = Served {
        // SAFETY: `Bound` keeps the host in the list exactly as long as it may be used, and the
        // engine is the only one to call while it is bound.
        host: unsafe { host.as_mut() },
        may_be_cancelled,
    };
    let served: &mut dyn OCalls = &mut served;
    served.dispatch(id, args)
}

fn fault(fault: Fault) -> Vec<u8> {
    Err::<(), Fault>(fault).encode()
}

/// The fault that a reply holds, if it says that this side failed. What the engine asked for
/// wrongly is its own.
pub(crate) fn failure_of_host(mut reply: &[u8]) -> Option<Fault> {
    if reply.first() != Some(&1) {
        return None;
    }
    match Result::<(), Fault>::decode(&mut reply) {
        Ok(Err(Fault::UnknownCall { .. } | Fault::BadArguments { .. } | Fault::NoHost)) => None,
        Ok(Err(fault)) => Some(fault),
        Ok(Ok(())) | Err(_) => None,
    }
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

/// A host, seen as the table of ocalls.
pub(crate) struct Served<'h> {
    pub(crate) host: &'h mut dyn Host<'static>,
    pub(crate) may_be_cancelled: bool,
}

/// Pairs that are read at once for an answer.
const PAGE: u32 = 1_024;

impl OCalls for Served<'_> {
    fn storage_get(&mut self, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        let found = self.host.get(&key)?.map(|value| value.into_owned());
        check_lent(found.as_ref().map_or(0, Vec::len) as u64)?;
        Ok(found)
    }
    fn storage_range(
        &mut self,
        start: Vec<u8>,
        end: Option<Vec<u8>>,
        limit: u32,
    ) -> Result<Pairs, Fault> {
        let mut found = Pairs::new();
        let (mut from, mut bytes) = (start, 0u64);
        loop {
            let wanted = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            let page = self.host.range(&from, end.as_deref(), wanted.min(PAGE))?;
            let last_page = page.len() < PAGE as usize;
            for (key, value) in page {
                bytes = bytes
                    .saturating_add(key.len() as u64)
                    .saturating_add(value.len() as u64);
                check_lent(bytes)?;
                found.push((key, value));
            }
            match found.last() {
                Some((last, _)) if !last_page => {
                    from.clone_from(last);
                    from.push(0);
                }
                _ => return Ok(found),
            }
        }
    }
    fn storage_commit(&mut self, changes: Changes) -> Result<(), Fault> {
        self.host.commit(changes)
    }
    fn log(&mut self, level: u8, contract: Option<AccountId>, text: String) -> Result<(), Fault> {
        self.host.log(level, contract, text);
        Ok(())
    }
    fn system_code(&mut self, hash: Hash) -> Result<Option<Vec<u8>>, Fault> {
        self.host.system_code(&hash)
    }
    fn cluster_key(&mut self) -> Result<Option<[u8; 32]>, Fault> {
        self.host.cluster_key().map(Some)
    }
    fn worker_pubkey(&mut self) -> Result<[u8; 32], Fault> {
        Ok(self.host.outside()?.worker_pubkey())
    }
    fn random(&mut self, len: u8) -> Result<Vec<u8>, Fault> {
        Ok(self.host.outside()?.random(len))
    }
    fn now_ms(&mut self) -> Result<u64, Fault> {
        Ok(self.host.outside()?.now_ms())
    }
    fn http_request(
        &mut self,
        contract: AccountId,
        request: HttpRequest,
    ) -> Result<Result<HttpResponse, HttpRequestError>, Fault> {
        Ok(self.host.outside()?.http_request(&contract, request))
    }
    fn batch_http_request(
        &mut self,
        contract: AccountId,
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Result<Responses, Fault> {
        Ok(self
            .host
            .outside()?
            .batch_http_request(&contract, requests, timeout_ms))
    }
    fn cache_get(&mut self, contract: AccountId, key: Vec<u8>) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.host.outside()?.cache_get(&contract, &key))
    }
    fn cache_set(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
        value: Vec<u8>,
    ) -> Result<Result<(), StorageQuotaExceeded>, Fault> {
        Ok(self.host.outside()?.cache_set(&contract, &key, value))
    }
    fn cache_set_expiration(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
        seconds: u64,
    ) -> Result<(), Fault> {
        self.host
            .outside()?
            .cache_set_expiration(&contract, &key, seconds);
        Ok(())
    }
    fn cache_remove(
        &mut self,
        contract: AccountId,
        key: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.host.outside()?.cache_remove(&contract, &key))
    }
    fn poll(&mut self) -> Result<(), Fault> {
        match self.may_be_cancelled {
            true => self.host.poll(),
            false => Ok(()),
        }
    }
}

/// Whether so many bytes may be lent to a call.
pub(crate) fn check_lent(used: u64) -> Result<(), Fault> {
    match used > MAX_LENT_BYTES {
        false => Ok(()),
        true => Err(Fault::Lent {
            used,
            limit: MAX_LENT_BYTES,
        }),
    }
}

type Responses = Result<Vec<Result<HttpResponse, HttpRequestError>>, HttpRequestError>;

impl V1Engine {
    /// Makes a call with a host bound to this thread.
    fn with<T>(
        &self,
        host: &mut dyn Host<'_>,
        may_be_cancelled: bool,
        call: impl FnOnce(&mut ECallsClient<Inside>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let counted = self.account.begin(host.memory_bytes());
        // SAFETY: the guard is dropped at the end of this function, and `host` isn't touched
        // here in between.
        let bound = unsafe { Bound::new(host, counted, may_be_cancelled) };
        let done = call(&mut ECallsClient(Inside(self.ecall)));
        // Whatever the engine made of it.
        bound.finish()?;
        done
    }

    /// Looks at the state.
    fn view<T>(
        &self,
        host: &mut dyn Host<'_>,
        call: impl FnOnce(&mut ECallsClient<Inside>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.with(host, false, call)
    }

    /// Asks a library what it is; needs no host.
    pub(crate) fn describe(ecall: CrossCallFn) -> Result<EngineInfo, Fault> {
        ECallsClient(Inside(ecall)).describe()
    }
}

impl Engine for V1Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn memory(&self) -> MemoryUse {
        self.account.read()
    }

    fn begin_block(&self, host: &mut dyn Host<'_>, block: &Block) -> Result<BlockReceipt, Fault> {
        self.with(host, false, |engine| engine.begin_block(block.clone()))
    }

    fn end_block(&self, host: &mut dyn Host<'_>, block: &Block) -> Result<BlockReceipt, Fault> {
        self.with(host, false, |engine| engine.end_block(block.clone()))
    }

    fn execute(
        &self,
        host: &mut dyn Host<'_>,
        env: &Env,
        message: &Message,
    ) -> Result<Receipt, Fault> {
        let env = env.clone();
        let may_be_cancelled = env.mode != Mode::Transaction;
        self.with(host, may_be_cancelled, |engine| match message.clone() {
            Message::Setup(message) => engine.setup(env, message),
            Message::Deposit(message) => engine.deposit(env, message),
            Message::Withdraw(message) => engine.withdraw(env, message),
            Message::Upload(message) => engine.upload(env, message),
            Message::Instantiate(message) => engine.instantiate(env, message),
            Message::Call(message) => engine.call(env, message),
            Message::Upgrade(message) => engine.upgrade(env, message),
            Message::UpdatePrices(message) => engine.update_prices(env, message),
            Message::UpdateSchedule(message) => engine.update_schedule(env, message),
            Message::ClaimSurcharge(message) => engine.claim_surcharge(env, message),
            Message::Destroy(message) => engine.destroy(env, message),
            Message::RemoveCode(message) => engine.remove_code(env, message),
        })
    }

    fn account(&self, host: &mut dyn Host<'_>, who: &AccountId) -> Result<AccountView, Fault> {
        self.view(host, |engine| engine.account(*who))
    }

    fn total_issuance(&self, host: &mut dyn Host<'_>) -> Result<Balance, Fault> {
        self.view(host, |engine| engine.total_issuance())
    }

    fn cluster(&self, host: &mut dyn Host<'_>) -> Result<Option<ClusterView>, Fault> {
        self.view(host, |engine| engine.cluster())
    }

    fn contract(
        &self,
        host: &mut dyn Host<'_>,
        address: &AccountId,
    ) -> Result<Option<ContractView>, Fault> {
        self.view(host, |engine| engine.contract(*address))
    }

    fn contract_storage(
        &self,
        host: &mut dyn Host<'_>,
        address: &AccountId,
        key: &[u8],
    ) -> Result<Result<Option<Vec<u8>>, AccessError>, Fault> {
        self.view(host, |engine| {
            engine.contract_storage(*address, key.to_vec())
        })
    }

    fn rent(
        &self,
        host: &mut dyn Host<'_>,
        block: &Block,
        address: &AccountId,
    ) -> Result<Result<RentView, AccessError>, Fault> {
        self.view(host, |engine| engine.rent(block.clone(), *address))
    }
}
