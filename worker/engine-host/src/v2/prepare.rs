//! Speaks the extension `pink.prepare/1` to a library.

use crate::{allocator::MemoryCounter, ExecutionMode, Prepare};
use fat_contracts_primitives::CodeHash;
use pink_capi::{
    v2::{
        ffi::{self, Buf, Bytes, EngineEntry, Status},
        prepare::{self as table, Wanted},
    },
    Fault,
};

/// The most that one compilation may take, in bytes. It belongs to no call; passing this is
/// [`Fault::Memory`], found when it ends, and the code stays interpreted. A process that compiled
/// the dearest modules that are known, of up to 39 KB, one after the other, had 54 MB; code may
/// have 128 KiB.
const COMPILATION_MEMORY_BYTES: u64 = 1 << 30;

/// The most that is asked for at once.
const MOST_WANTED: u32 = 4096;

/// The functions of a table, known not to be NULL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared {
    compiler: [u8; 32],
    compile: unsafe extern "C" fn(Bytes, *mut Buf, *mut Buf) -> Status,
    install: unsafe extern "C" fn(*const [u8; 32], Bytes, *mut Buf) -> Status,
    wanted: unsafe extern "C" fn(*mut Wanted, u32, *mut u32) -> Status,
    set_mode: unsafe extern "C" fn(u32) -> Status,
    memory: &'static MemoryCounter,
}

impl Prepared {
    /// Asks an engine for its table, and what its compiler is called. `None` if it has none, or can't
    /// compile on this processor.
    ///
    /// # Errors
    /// Its table isn't one, or it failed.
    pub(super) fn of(
        entry: &EngineEntry,
        memory: &'static MemoryCounter,
    ) -> Result<Option<Self>, Fault> {
        let Some(get) = entry.get_extension else {
            return Ok(None);
        };
        // SAFETY: the id ends with a NUL.
        let found = unsafe { get(table::EXTENSION.as_ptr()) }.cast::<table::Prepare>();
        if found.is_null() {
            return Ok(None);
        }
        let wrong = |reason: &str| Fault::Host {
            reason: format!("the engine's table of {:?}: {reason}", table::EXTENSION),
        };
        // SAFETY: a table begins with its size (header). No reference to the whole of it is made before
        // that is known.
        let size = unsafe { (&raw const (*found).struct_size).read() };
        if (size as usize) < size_of::<table::Prepare>() {
            return Err(wrong("it is too short"));
        }
        // SAFETY: it is static, never written (header), and as long as this type.
        let table: &'static table::Prepare = unsafe { &*found };
        let (Some(compiler), Some(compile), Some(install), Some(wanted), Some(set_mode)) = (
            table.compiler,
            table.compile,
            table.install,
            table.wanted,
            table.set_mode,
        ) else {
            return Err(wrong("it lacks a function"));
        };
        let (mut name, mut diagnostic) = ([0; 32], Buf::ABSENT);
        // SAFETY: both may be written to.
        let status = unsafe { compiler(&mut name, &mut diagnostic) };
        // SAFETY: the engine filled it in, or left it absent.
        let text = unsafe { text(diagnostic) };
        match status {
            ffi::OK => Ok(Some(Self {
                compiler: name,
                compile,
                install,
                wanted,
                set_mode,
                memory,
            })),
            ffi::E_UNSUPPORTED => {
                tracing::warn!("the engine can't compile on this processor: {text}");
                Ok(None)
            }
            status => Err(failed("name its compiler", status, text)),
        }
    }
}

impl Prepare for Prepared {
    fn compiler(&self) -> [u8; 32] {
        self.compiler
    }

    fn compile(&self, code: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        let call = self.memory.begin(COMPILATION_MEMORY_BYTES);
        let (mut artefact, mut diagnostic) = (Buf::ABSENT, Buf::ABSENT);
        // SAFETY: the code is borrowed for the call, the others may be written to.
        let status = unsafe { (self.compile)(Bytes::of(code), &mut artefact, &mut diagnostic) };
        // SAFETY: the engine filled them in, or left them absent.
        let (artefact, text) = unsafe { (artefact.into_vec(), text(diagnostic)) };
        call.check(0)?;
        match status {
            ffi::OK if artefact.is_empty() => Err(failed("give an artefact", status, text)),
            ffi::OK => Ok(Some(artefact)),
            ffi::NONE => Ok(None),
            status => Err(failed("compile", status, text)),
        }
    }

    fn install(&self, code_hash: CodeHash, artefact: &[u8]) -> Result<(), Fault> {
        let (code_hash, mut diagnostic) = (code_hash.0, Buf::ABSENT);
        let artefact = Bytes::of(artefact);
        // SAFETY: hash and artefact are borrowed for the call, the other may be written to; who calls
        // this answers for the artefact.
        let status = unsafe { (self.install)(&code_hash, artefact, &mut diagnostic) };
        // SAFETY: the engine filled it in, or left it absent.
        let text = unsafe { text(diagnostic) };
        match status {
            ffi::OK => Ok(()),
            status => Err(failed("install an artefact", status, text)),
        }
    }

    fn wanted(&self, limit: u32) -> Result<Vec<(CodeHash, u64)>, Fault> {
        let limit = limit.min(MOST_WANTED);
        let nothing = Wanted {
            code_hash: [0; 32],
            count: 0,
        };
        let mut found = vec![nothing; limit as usize];
        let mut n = 0;
        // SAFETY: there is room for so many, and `n` may be written to.
        let status = unsafe { (self.wanted)(found.as_mut_ptr(), limit, &mut n) };
        if status != ffi::OK {
            return Err(failed("say what it wants", status, String::new()));
        }
        found.truncate(n as usize);
        let found = found.into_iter();
        Ok(found
            .map(|wanted| (wanted.code_hash.into(), wanted.count))
            .collect())
    }

    fn set_mode(&self, mode: ExecutionMode) -> Result<(), Fault> {
        // SAFETY: takes a number.
        match unsafe { (self.set_mode)(mode as u32) } {
            ffi::OK => Ok(()),
            status => Err(failed("change its mode", status, String::new())),
        }
    }
}

/// # Safety
/// The buffer was filled in by the engine, or is absent.
unsafe fn text(diagnostic: Buf) -> String {
    // SAFETY: promised by the caller.
    let bytes = unsafe { diagnostic.into_vec() };
    String::from_utf8_lossy(&bytes).into_owned()
}

fn failed(what: &str, status: Status, text: String) -> Fault {
    match status {
        ffi::E_PANIC => Fault::Panicked { message: text },
        status => Fault::Host {
            reason: format!("the engine doesn't {what}, status {status}: {text}"),
        },
    }
}
