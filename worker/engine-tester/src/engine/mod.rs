//! The engine under test, seen alike through both ABIs.

pub(crate) mod prepare;
pub(crate) mod v1;
pub(crate) mod v2;

use crate::{
    check::{failed, Abi, Stop},
    file::File,
    host::{Heap, Session, Settings, State},
};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use parity_scale_codec::DecodeAll;
use pink_capi::{
    calls::{view, Ecall, View},
    types::{EngineInfo, Version},
    v2::{
        ffi::{self, Status},
        Kind,
    },
};
use std::{ffi::c_void, sync::Arc};

/// One thing to do.
pub(crate) type Work = Ecall<'static>;

/// Where bytes lie that an engine gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a block of the host's allocator.
    Heap,
    /// In the library's image.
    Library,
    /// Anywhere else.
    Elsewhere,
}

/// What is known of an owned buffer of the engine after it was released.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Released {
    pub(crate) what: &'static str,
    pub(crate) place: Place,
    /// It had a `release`.
    pub(crate) releasable: bool,
    /// `ptr` is NULL now.
    pub(crate) cleared: bool,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct CallResult {
    pub(crate) status: Status,
    pub(crate) output: Vec<u8>,
    pub(crate) diagnostic: Vec<u8>,
    /// What the engine says; the first ABI has no such field.
    pub(crate) host_calls: Option<u64>,
    pub(crate) released: Vec<Released>,
    pub(crate) session: &'static Session,
}

impl CallResult {
    /// The status, and what the engine says about it.
    pub(crate) fn describe(&self) -> String {
        match String::from_utf8_lossy(&self.diagnostic) {
            text if text.is_empty() => name(self.status),
            text => format!("{}: {text}", name(self.status)),
        }
    }
}

/// A status in words.
pub(crate) fn name(status: Status) -> String {
    let name = match status {
        ffi::OK => "OK",
        ffi::NONE => "NONE",
        ffi::E_ARGUMENT => "E_ARGUMENT",
        ffi::E_UNSUPPORTED => "E_UNSUPPORTED",
        ffi::E_PANIC => "E_PANIC",
        ffi::E_MEMORY => "E_MEMORY",
        ffi::E_HOST => "E_HOST",
        ffi::E_CONFLICT => "E_CONFLICT",
        ffi::E_POISONED => "E_POISONED",
        ffi::E_REENTERED => "E_REENTERED",
        ffi::E_CANCELLED => "E_CANCELLED",
        other => return format!("status {other}"),
    };
    name.into()
}

/// A library that is loaded, for as long as the process lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol(pub(crate) *mut c_void);

// SAFETY: the address of a function in a library that is never unloaded.
unsafe impl Send for Symbol {}

impl Symbol {
    /// Loads the file and finds the ABI's one symbol.
    pub(crate) fn load(file: &File, abi: Abi) -> Result<Self, Stop> {
        let refused = |error: libloading::Error| failed!("the loader refuses the file: {error}");
        // SAFETY: this runs the file's constructors. That is what the process is for.
        let library =
            unsafe { Library::open(Some(&file.path), RTLD_NOW | RTLD_LOCAL) }.map_err(refused)?;
        let name = match abi {
            Abi::V1 => pink_capi::v1::ffi::INIT_SYMBOL,
            Abi::V2 => ffi::ENTRY_SYMBOL,
        };
        // SAFETY: only the address is taken here.
        let symbol = unsafe { library.get::<*mut c_void>(name.to_bytes_with_nul()) };
        let address = symbol.map_err(refused)?.into_raw();
        // Never unloaded: threads may hold the library's thread-locals.
        std::mem::forget(library);
        Ok(Self(address))
    }

    /// Where an address lies.
    pub(crate) fn place(self, heap: &Heap, address: usize) -> Place {
        if heap.owns(address) {
            return Place::Heap;
        }
        match (base(address), base(self.0 as usize)) {
            (Some(there), Some(here)) if there == here => Place::Library,
            _ => Place::Elsewhere,
        }
    }
}

/// The start of the loaded file that an address belongs to.
fn base(address: usize) -> Option<usize> {
    let mut found = libc::Dl_info {
        dli_fname: std::ptr::null(),
        dli_fbase: std::ptr::null_mut(),
        dli_sname: std::ptr::null(),
        dli_saddr: std::ptr::null_mut(),
    };
    // SAFETY: any address may be asked for, and `found` may be written to.
    let known = unsafe { libc::dladdr(address as *const c_void, &mut found) };
    (known != 0).then_some(found.dli_fbase as usize)
}

/// A loaded and started engine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    V1(v1::V1),
    V2(v2::V2),
}

/// Something that executes.
#[derive(Debug)]
pub(crate) enum Instance {
    V1(v1::V1),
    V2(v2::Instance),
}

impl Engine {
    pub(crate) fn open(file: &File, abi: Abi) -> Result<Self, Stop> {
        Ok(match abi {
            Abi::V1 => Self::V1(v1::V1::open(file)?),
            Abi::V2 => Self::V2(v2::V2::open(file)?),
        })
    }

    pub(crate) fn heap(&self) -> &'static Heap {
        match self {
            Self::V1(engine) => engine.heap,
            Self::V2(engine) => engine.heap,
        }
    }

    /// The version that the entry states.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::V1(engine) => engine.version,
            Self::V2(engine) => engine.entry.engine_version,
        }
    }

    /// A new instance. Over the first ABI there is none, and this costs nothing.
    pub(crate) fn instance(&self) -> Result<Instance, Stop> {
        Ok(match self {
            Self::V1(engine) => Instance::V1(*engine),
            Self::V2(engine) => Instance::V2(engine.instance()?),
        })
    }

    /// What the engine says it is.
    pub(crate) fn describe(&self) -> Result<EngineInfo, Stop> {
        let done = self.instance()?.run(
            Arc::new(State::new()),
            Settings::of(Kind::View),
            &View::from(view::Describe {}).into(),
        );
        match done.status {
            ffi::OK => EngineInfo::decode_all(&mut done.output.as_slice())
                .map_err(|error| failed!("its description doesn't decode: {error}")),
            _ => Err(failed!("asked to describe itself: {}", done.describe())),
        }
    }
}

impl Instance {
    /// Does one thing on a state.
    pub(crate) fn run(&self, state: Arc<State>, settings: Settings, work: &Work) -> CallResult {
        let session = Session::begin(state, settings);
        let done = match self {
            Self::V1(engine) => engine.run(session, work),
            Self::V2(instance) => instance.run(session, work.kind() as u32, &work.input()),
        };
        session.end();
        done
    }
}
