//! The first ABI: one function, SCALE in both directions.

use super::{CallResult, Symbol, Work};
use crate::{
    check::{failed, Abi, Stop},
    file::File,
    host::{ocalls, tables, Heap, Session},
};
use parity_scale_codec::Decode;
use pink_capi::{
    types::Version,
    v1::ffi::{self, Allocator, Config, CrossCallFn, Entry, InitFn},
    v2::ffi::{self as v2, Status},
    Fault,
};
use std::{
    ffi::c_void,
    ptr,
    thread::{self, ThreadId},
};

/// An engine that was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct V1 {
    pub(crate) init: InitFn,
    pub(crate) ecall: CrossCallFn,
    pub(crate) version: Version,
    pub(crate) heap: &'static Heap,
    pub(crate) allocator: &'static Allocator,
}

/// An entry as the host hands it over.
pub(crate) const EMPTY: Entry = Entry {
    struct_size: size_of::<Entry>() as u32,
    abi_major: 0,
    abi_minor: 0,
    engine_major: 0,
    engine_minor: 0,
    ecall: None,
};

/// The config of a host that behaves.
pub(crate) fn config(allocator: &'static Allocator) -> Config {
    Config {
        struct_size: size_of::<Config>() as u32,
        abi_major: ffi::ABI_MAJOR,
        abi_minor: ffi::ABI_MINOR,
        ocall: ocalls::ocall,
        allocator,
    }
}

/// Loads the file, and starts nothing.
pub(crate) fn load(file: &File) -> Result<InitFn, Stop> {
    let symbol = Symbol::load(file, Abi::V1)?;
    // SAFETY: the header gives the symbol this type.
    Ok(unsafe { std::mem::transmute::<*mut c_void, InitFn>(symbol.0) })
}

impl V1 {
    /// Loads the file and starts it.
    pub(crate) fn open(file: &File) -> Result<Self, Stop> {
        Self::open_for(file, ffi::ABI_MINOR)
    }

    /// Loads the file and starts it for a host of this minor.
    pub(crate) fn open_for(file: &File, abi_minor: u16) -> Result<Self, Stop> {
        let init = load(file)?;
        let (heap, allocator) = Heap::new();
        let mut entry = EMPTY;
        let config = Config {
            abi_minor,
            ..config(allocator)
        };
        // SAFETY: both structs are what the header asks for; the allocator lives for ever.
        let status = unsafe { init(&config, &mut entry) };
        match (status, entry.ecall) {
            (ffi::STATUS_OK, Some(ecall)) => {
                let version = Version::new(entry.engine_major, entry.engine_minor);
                ocalls::set_caller(version);
                Ok(Self {
                    init,
                    ecall,
                    version,
                    heap,
                    allocator,
                })
            }
            (ffi::STATUS_OK, None) => Err(failed!("started, but gave no ecall")),
            (status, _) => Err(failed!("refused to start, status {status}")),
        }
    }

    /// Makes an ecall with raw arguments, on a session.
    pub(crate) fn cross(&self, session: &'static Session, id: u32, args: Option<&[u8]>) -> Replies {
        let mut replies = Replies {
            bytes: Vec::new(),
            count: 0,
            null: false,
            strange_thread: false,
            thread: thread::current().id(),
        };
        let (data, len) = args.map_or((ptr::null(), 0), |args| (args.as_ptr(), args.len()));
        let ctx = tables::hidden(session, ptr::from_mut(&mut replies).cast());
        ocalls::bound(session, || {
            // SAFETY: the arguments are valid for the call, and `take` expects this context.
            unsafe { (self.ecall)(id, data, len as u64, ctx, take) }
        });
        replies
    }

    pub(super) fn run(&self, session: &'static Session, work: &Work) -> CallResult {
        let replies = self.cross(session, work.id(), Some(&work.args()));
        let (status, output, diagnostic) = replies.read();
        CallResult {
            status,
            output,
            diagnostic,
            host_calls: None,
            released: Vec::new(),
            session,
        }
    }
}

/// What came back from an ecall.
#[derive(Debug)]
pub(crate) struct Replies {
    pub(crate) bytes: Vec<u8>,
    pub(crate) count: u32,
    pub(crate) null: bool,
    pub(crate) strange_thread: bool,
    thread: ThreadId,
}

impl Replies {
    /// The reply as status, output and diagnostic of the second ABI.
    fn read(&self) -> (Status, Vec<u8>, Vec<u8>) {
        match (self.count, self.bytes.split_first()) {
            (1, Some((0, output))) => (v2::OK, output.to_vec(), Vec::new()),
            (1, Some((1, fault))) => match Fault::decode(&mut &*fault) {
                Ok(fault) => (status_of(&fault), Vec::new(), fault.to_string().into()),
                Err(error) => (v2::E_ARGUMENT, Vec::new(), error.to_string().into()),
            },
            (count, _) => {
                let text = format!("{count} replies, the last one not a SCALE result");
                (v2::E_ARGUMENT, Vec::new(), text.into())
            }
        }
    }

    /// The fault, if it is one.
    pub(crate) fn fault(&self) -> Option<Fault> {
        match self.bytes.split_first() {
            Some((1, fault)) => Fault::decode(&mut &*fault).ok(),
            _ => None,
        }
    }
}

fn status_of(fault: &Fault) -> Status {
    match fault {
        Fault::Panicked { .. } => v2::E_PANIC,
        Fault::Memory { .. } => v2::E_MEMORY,
        Fault::Cancelled => v2::E_CANCELLED,
        Fault::CommitRefused { .. } => v2::E_CONFLICT,
        Fault::UnknownCall { .. } => v2::E_UNSUPPORTED,
        Fault::BadArguments { .. } | Fault::BadReply { .. } => v2::E_ARGUMENT,
        _ => v2::E_HOST,
    }
}

unsafe extern "C" fn take(ctx: *mut c_void, data: *const u8, len: u64) {
    // SAFETY: `ctx` is the `Replies` of the `cross` that is running.
    let replies = unsafe { &mut *tables::shown(ctx).cast::<Replies>() };
    replies.count = replies.count.saturating_add(1);
    replies.strange_thread |= thread::current().id() != replies.thread;
    replies.null |= data.is_null();
    if !data.is_null() {
        // SAFETY: the engine promises `len` bytes, valid for the call.
        replies.bytes = unsafe { std::slice::from_raw_parts(data, len as usize) }.to_vec();
    }
}
