//! Speaks the second ABI to a library.

mod prepare;
mod tables;

use crate::{allocator::MemoryCounter, Changes, Engine, Host, MemoryUse, Pairs, Prepare};
use pink_capi::{
    calls::{decode_reply, view, Ecall, View},
    types::{AccountId, EngineInfo, Hash},
    v2::{
        ffi::{self, Buf, Bytes, EngineEntry, ExecRequest, ExecResult},
        Kind,
    },
    Fault, Shards,
};
use prepare::Prepared;
use std::{
    ptr,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};
use tables::Context;

/// An engine behind the second ABI.
#[derive(Debug)]
pub(crate) struct V2Engine {
    entry: Functions,
    info: EngineInfo,
    memory: &'static MemoryCounter,
    table: &'static EngineEntry,
    /// What it can do besides, found out when that is first asked for: a compiler looks at the processor.
    prepared: OnceLock<Option<Prepared>>,
    /// Instances that aren't executing. Each runs one call at a time, so there are as many as
    /// there were ever calls at once, in each shard.
    idle: Shards<Mutex<Vec<Instance>>, 16>,
}

/// The functions of an entry, known not to be NULL.
#[derive(Clone, Copy, Debug)]
struct Functions {
    create: unsafe extern "C" fn(*const ffi::Host, *mut *mut ffi::Engine) -> ffi::Status,
    destroy: unsafe extern "C" fn(*mut ffi::Engine) -> ffi::Status,
    execute:
        unsafe extern "C" fn(*mut ffi::Engine, *const ExecRequest, *mut ExecResult) -> ffi::Status,
}

#[derive(Debug)]
struct Instance(*mut ffi::Engine);

// SAFETY: the header allows an instance to be used by any thread, one at a time.
unsafe impl Send for Instance {}

impl V2Engine {
    /// An engine over an entry that was checked.
    ///
    /// # Errors
    /// What is missing, or what it answered when it was asked what it is.
    pub(crate) fn new(
        entry: &'static EngineEntry,
        memory: &'static MemoryCounter,
    ) -> Result<Self, Fault> {
        let (Some(create), Some(destroy), Some(execute)) =
            (entry.create, entry.destroy, entry.execute)
        else {
            return Err(Fault::Host {
                reason: "the entry lacks a function".into(),
            });
        };
        let table = entry;
        let info = EngineInfo {
            version: entry.engine_version,
            upgrades_from: Vec::new(),
            cost_table_hash: entry.cost_table_hash,
            min_stack_bytes: entry.min_stack_bytes,
        };
        let entry = Functions {
            create,
            destroy,
            execute,
        };
        let mut engine = Self {
            entry,
            info,
            memory,
            table,
            prepared: OnceLock::new(),
            idle: Shards::default(),
        };
        // Needs no state: the host of this one call has none.
        let describe = Ecall::from(View::from(view::Describe {}));
        engine.info = decode_reply(describe.id(), &engine.ecall(&mut NoState, &describe)?)?;
        Ok(engine)
    }

    fn instance(&self) -> Result<Instance, Fault> {
        if let Some(instance) = self.idle().pop() {
            return Ok(instance);
        }
        let mut made = ptr::null_mut();
        // SAFETY: the table is static, `made` may be written to.
        let status = unsafe { (self.entry.create)(&tables::HOST, &mut made) };
        match (status, made.is_null()) {
            (ffi::OK, false) => Ok(Instance(made)),
            _ => Err(Fault::Host {
                reason: format!("the engine's create answered {status}"),
            }),
        }
    }

    /// The idle instances of this thread's shard.
    fn idle(&self) -> MutexGuard<'_, Vec<Instance>> {
        let idle = self.idle.local();
        idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for V2Engine {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    fn memory(&self) -> MemoryUse {
        self.memory.read()
    }

    fn prepare(&self) -> Option<&dyn Prepare> {
        let prepared = self.prepared.get_or_init(|| {
            // It executes all the same, only slower.
            Prepared::of(self.table, self.memory).unwrap_or_else(|fault| {
                tracing::error!(version = %self.info.version, "the engine can't compile: {fault}");
                None
            })
        });
        prepared.as_ref().map(|prepared| prepared as &dyn Prepare)
    }

    fn ecall(&self, host: &mut dyn Host<'_>, ecall: &Ecall<'_>) -> Result<Vec<u8>, Fault> {
        let (kind, input) = (ecall.kind(), ecall.input());
        let call = self.memory.begin(host.memory_bytes());
        let instance = self.instance()?;
        let mut context = Context::new(host, self.info.version, kind, call);
        let request = ExecRequest {
            struct_size: size_of::<ExecRequest>() as u32,
            kind: kind as u32,
            ctx: context.as_ctx(),
            input: Bytes::of(&input),
        };
        let mut result = ExecResult {
            struct_size: size_of::<ExecResult>() as u32,
            reserved: 0,
            output: Buf::ABSENT,
            diagnostic: Buf::ABSENT,
            host_calls: 0,
        };
        // SAFETY: the instance is this library's and idle; request, result and context are valid
        // for the call, and nobody else uses them.
        let status = unsafe { (self.entry.execute)(instance.0, &request, &mut result) };
        // SAFETY: the engine filled them in, or left them absent.
        let (output, diagnostic) =
            unsafe { (result.output.into_vec(), result.diagnostic.into_vec()) };
        let fault = context.finish();
        if matches!(status, ffi::E_PANIC | ffi::E_POISONED) {
            // SAFETY: the instance is idle again, and given up here.
            unsafe { (self.entry.destroy)(instance.0) };
        } else {
            self.idle().push(instance);
        }
        let text = String::from_utf8_lossy(&diagnostic).into_owned();
        match (fault, status) {
            // Whatever the engine made of it: one that answers OK after this side failed didn't
            // look, and one that answers as if it had panicked passed on that this side did.
            (Some(fault), _) => Err(fault),
            (None, ffi::OK) => Ok(output),
            // Older than the view, as the first ABI has a word for.
            (None, ffi::E_UNSUPPORTED) if kind == Kind::View => {
                Err(Fault::UnknownCall { id: ecall.id() })
            }
            (None, ffi::E_PANIC | ffi::E_POISONED) => Err(Fault::Panicked { message: text }),
            (None, status) => Err(Fault::Host {
                reason: format!("the engine answered {status}: {text}"),
            }),
        }
    }
}

/// The host of a call that needs none.
struct NoState;

impl<'s> Host<'s> for NoState {
    fn get(&self, _: &[u8]) -> Result<Option<std::borrow::Cow<'s, [u8]>>, Fault> {
        Err(Fault::NoHost)
    }
    fn range(&self, _: &[u8], _: Option<&[u8]>, _: u32) -> Result<Pairs, Fault> {
        Err(Fault::NoHost)
    }
    fn commit(&mut self, _: Changes) -> Result<(), Fault> {
        Err(Fault::NoHost)
    }
    fn log(&mut self, _: u8, _: Option<AccountId>, _: String) {}
    fn system_code(&self, _: &Hash) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::NoHost)
    }
    fn cluster_key(&self) -> Result<[u8; 32], Fault> {
        Err(Fault::NoHost)
    }
    fn services(&self) -> Result<&dyn crate::OffchainServices, Fault> {
        Err(Fault::NoHost)
    }
}
