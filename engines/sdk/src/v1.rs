//! The glue between an [`Engine`] and the first ABI. Used by [`export_v1!`](crate::export_v1).

use crate::{host::Pairs, served::Served, types::*, Changes, Engine, Fault, Host, Slot, Value};
use parity_scale_codec::Encode;
use pink_capi::v1::{
    carry,
    ffi::{self, Config, CrossCallFn, Entry, OutputFn},
    CrossCall, ECalls, OCalls, OCallsClient,
};
use std::{cell::RefCell, ffi::c_void, ptr, sync::OnceLock};

/// The worker's function for calls out of the engine.
static OCALL: OnceLock<CrossCallFn> = OnceLock::new();

/// Whether the worker serves the ocall `poll`.
static SERVES_POLL: OnceLock<bool> = OnceLock::new();

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
    SERVES_POLL.get_or_init(|| config.abi_minor >= ffi::POLL_SINCE_MINOR);
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

/// Serves one ecall for the engine in `slot`: no panic gets through, and the reply is given
/// exactly once.
///
/// # Safety
/// `data` points to `len` bytes, valid for the call, or `len` is 0; `output` may be called with
/// `ctx` once.
pub unsafe fn ecall<E: Engine>(
    slot: &Slot<E>,
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
    let reply = slot
        .with(|engine| {
            let host = OCallHost::default();
            let served: &mut dyn ECalls = &mut Served {
                engine,
                host: &host,
            };
            Ok(served.dispatch(call_id, args))
        })
        .unwrap_or_else(|fault| Err::<(), Fault>(fault).encode());
    // SAFETY: promised by the caller; the reply is borrowed for the call.
    unsafe { output(ctx, reply.as_ptr(), reply.len() as u64) };
}

/// Carries ocalls to the worker.
#[derive(Debug)]
struct Outside;

impl CrossCall for Outside {
    fn cross_call(&mut self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        let ocall = OCALL.get().ok_or(Fault::NoHost)?;
        // SAFETY: it is the worker's function, which keeps the header's promises.
        unsafe { carry(*ocall, id, args) }
    }
}

/// The worker, seen through ocalls.
#[derive(Debug)]
struct OCallHost(RefCell<OCallsClient<Outside>>);

impl Default for OCallHost {
    fn default() -> Self {
        Self(RefCell::new(OCallsClient(Outside)))
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
        match SERVES_POLL.get() {
            Some(true) => self.0.borrow_mut().poll(),
            _ => Ok(()),
        }
    }

    fn cross_call(&self, id: u32, args: &[u8]) -> Result<Vec<u8>, Fault> {
        Outside.cross_call(id, args)
    }
}

impl<E: Engine> ECalls for Served<'_, E> {
    fn describe(&mut self) -> Result<EngineInfo, Fault> {
        Ok(self.engine.info())
    }
    fn begin_block(&mut self, block: Block) -> Result<BlockReceipt, Fault> {
        Served::begin_block(self, &block)
    }
    fn end_block(&mut self, block: Block) -> Result<BlockReceipt, Fault> {
        Served::end_block(self, &block)
    }
    fn setup(&mut self, env: Env, message: Setup) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Setup(message))
    }
    fn deposit(&mut self, env: Env, message: Deposit) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Deposit(message))
    }
    fn withdraw(&mut self, env: Env, message: Withdraw) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Withdraw(message))
    }
    fn upload(&mut self, env: Env, message: Upload) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Upload(message))
    }
    fn instantiate(&mut self, env: Env, message: Instantiate) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Instantiate(message))
    }
    fn call(&mut self, env: Env, message: Call) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Call(message))
    }
    fn upgrade(&mut self, env: Env, message: Upgrade) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Upgrade(message))
    }
    fn update_prices(&mut self, env: Env, message: UpdatePrices) -> Result<Receipt, Fault> {
        self.execute(&env, Message::UpdatePrices(message))
    }
    fn update_schedule(&mut self, env: Env, message: UpdateSchedule) -> Result<Receipt, Fault> {
        self.execute(&env, Message::UpdateSchedule(message))
    }
    fn claim_surcharge(&mut self, env: Env, message: ClaimSurcharge) -> Result<Receipt, Fault> {
        self.execute(&env, Message::ClaimSurcharge(message))
    }
    fn destroy(&mut self, env: Env, message: Destroy) -> Result<Receipt, Fault> {
        self.execute(&env, Message::Destroy(message))
    }
    fn remove_code(&mut self, env: Env, message: RemoveCode) -> Result<Receipt, Fault> {
        self.execute(&env, Message::RemoveCode(message))
    }
    fn account(&mut self, who: AccountId) -> Result<AccountView, Fault> {
        self.view(|engine, state| engine.account(state, &who))
    }
    fn total_issuance(&mut self) -> Result<Balance, Fault> {
        self.view(|engine, state| engine.total_issuance(state))
    }
    fn cluster(&mut self) -> Result<Option<ClusterView>, Fault> {
        self.view(|engine, state| engine.cluster(state))
    }
    fn contract(&mut self, address: AccountId) -> Result<Option<ContractView>, Fault> {
        self.view(|engine, state| engine.contract(state, &address))
    }
    fn contract_storage(
        &mut self,
        address: AccountId,
        key: Vec<u8>,
    ) -> Result<Result<Option<Vec<u8>>, AccessError>, Fault> {
        self.view(|engine, state| engine.contract_storage(state, &address, &key))
    }
    fn rent(
        &mut self,
        block: Block,
        address: AccountId,
    ) -> Result<Result<RentView, AccessError>, Fault> {
        self.view(|engine, state| engine.rent(state, &block, &address))
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

        static SLOT: $crate::Slot<$Engine> = $crate::Slot::new();

        unsafe extern "C" fn ecall(
            call_id: u32,
            data: *const u8,
            len: u64,
            ctx: *mut ::core::ffi::c_void,
            output: $crate::capi::v1::ffi::OutputFn,
        ) {
            // SAFETY: the worker keeps the promises of `PinkCrossCallV1`.
            unsafe { $crate::v1::ecall(&SLOT, call_id, data, len, ctx, output) }
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
