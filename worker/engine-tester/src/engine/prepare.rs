//! The extension `pink.prepare/1`.

use super::v2::V2;
use crate::{
    check::{ensure, failed, Stop},
    engine::{name, Place},
    file::File,
};
use pink_capi::v2::{
    ffi::{self, Buf, Bytes, Status},
    prepare::{Prepare, Wanted, EXTENSION},
};
use std::ffi::c_void;

/// An engine that offers the extension, and its table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared {
    pub(crate) engine: V2,
    pub(crate) table: &'static Prepare,
    pub(crate) compiler: unsafe extern "C" fn(*mut [u8; 32], *mut Buf) -> Status,
    pub(crate) compile: unsafe extern "C" fn(Bytes, *mut Buf, *mut Buf) -> Status,
    pub(crate) install: unsafe extern "C" fn(*const [u8; 32], Bytes, *mut Buf) -> Status,
    pub(crate) wanted: unsafe extern "C" fn(*mut Wanted, u32, *mut u32) -> Status,
    pub(crate) set_mode: unsafe extern "C" fn(u32) -> Status,
}

/// What a function of the table gave.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) status: Status,
    /// The artefact, if it gives one.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) diagnostic: String,
}

impl Given {
    /// The status, and what the engine says about it.
    pub(crate) fn describe(&self) -> String {
        format!("{}: {}", name(self.status), self.diagnostic)
    }
}

/// What an engine answers to the extension's id.
pub(crate) fn ask(engine: &V2) -> Result<*const c_void, Stop> {
    let get = engine.entry.get_extension;
    let get = get.ok_or_else(|| failed!("get_extension is NULL"))?;
    // SAFETY: the id ends with a NUL.
    Ok(unsafe { get(EXTENSION.as_ptr()) })
}

impl Prepared {
    /// Loads the file and looks at its table.
    pub(crate) fn open(file: &File) -> Result<Self, Stop> {
        let engine = V2::open(file)?;
        let found = ask(&engine)?.cast::<Prepare>();
        if found.is_null() {
            return Err(Stop::NotApplicable("the engine doesn't compile".into()));
        }
        ensure!(
            found.is_aligned(),
            "the table is at {found:p}, which isn't aligned"
        );
        // SAFETY: a table begins with its size; no reference to the whole of it is made before that is
        // known.
        let size = unsafe { (&raw const (*found).struct_size).read() } as usize;
        let least = size_of::<Prepare>();
        ensure!(size >= least, "the table has {size} bytes, not {least}");
        // SAFETY: it is static, and as long as this type.
        let table: &'static Prepare = unsafe { &*found };
        ensure!(table.reserved == 0, "reserved is {}", table.reserved);
        let (Some(compiler), Some(compile), Some(install), Some(wanted), Some(set_mode)) = (
            table.compiler,
            table.compile,
            table.install,
            table.wanted,
            table.set_mode,
        ) else {
            return Err(failed!("the table lacks a function"));
        };
        Ok(Self {
            engine,
            table,
            compiler,
            compile,
            install,
            wanted,
            set_mode,
        })
    }

    pub(crate) fn name(&self) -> Result<[u8; 32], Stop> {
        let (mut out, mut diagnostic) = ([0; 32], Buf::ABSENT);
        // SAFETY: both may be written to.
        let status = unsafe { (self.compiler)(&mut out, &mut diagnostic) };
        let given = self.given(status, None, diagnostic)?;
        ensure!(status == ffi::OK, "compiler: {}", given.describe());
        Ok(out)
    }

    pub(crate) fn compile(&self, code: &[u8]) -> Result<Given, Stop> {
        let mut garbage = *b"garbage";
        // What was there before has to be overwritten.
        let mut artefact = Buf {
            ptr: garbage.as_mut_ptr(),
            len: garbage.len() as u64,
            ..Buf::ABSENT
        };
        let mut diagnostic = Buf::ABSENT;
        // SAFETY: the code is borrowed for the call, the others may be written to.
        let status = unsafe { (self.compile)(Bytes::of(code), &mut artefact, &mut diagnostic) };
        ensure!(
            artefact.ptr != garbage.as_mut_ptr(),
            "compile leaves in the artefact what was there before"
        );
        self.given(status, Some(artefact), diagnostic)
    }

    pub(crate) fn install(&self, code_hash: &[u8; 32], artefact: &[u8]) -> Result<Given, Stop> {
        let (artefact, mut diagnostic) = (Bytes::of(artefact), Buf::ABSENT);
        // SAFETY: hash and artefact are borrowed for the call, the other may be written to. Who calls
        // this passes what `compile` gave, or what has to be refused.
        let status = unsafe { (self.install)(code_hash, artefact, &mut diagnostic) };
        self.given(status, None, diagnostic)
    }

    pub(crate) fn wanted(&self, cap: u32) -> Result<Vec<Wanted>, Stop> {
        let nothing = Wanted {
            code_hash: [0; 32],
            count: 0,
        };
        // One more, to see whether it is left alone.
        let mut found = vec![nothing; cap as usize + 1];
        let mut n = u32::MAX;
        let out = match cap {
            0 => std::ptr::null_mut(),
            _ => found.as_mut_ptr(),
        };
        // SAFETY: there is room for so many, and `n` may be written to.
        let status = unsafe { (self.wanted)(out, cap, &mut n) };
        ensure!(status == ffi::OK, "wanted({cap}): {}", name(status));
        ensure!(n <= cap, "wanted({cap}) gives {n}");
        ensure!(
            found[cap as usize] == nothing,
            "wanted({cap}) writes beyond what there is room for"
        );
        found.truncate(n as usize);
        Ok(found)
    }

    pub(crate) fn set_mode(&self, mode: u32) -> Status {
        // SAFETY: takes a number.
        unsafe { (self.set_mode)(mode) }
    }

    /// Copies out what a function gave, releases it, and holds it to the header.
    fn given(&self, status: Status, bytes: Option<Buf>, diagnostic: Buf) -> Result<Given, Stop> {
        ensure!(
            diagnostic.ptr.is_null() || status < ffi::OK,
            "{} with a diagnostic",
            name(status)
        );
        let diagnostic = String::from_utf8(self.take(diagnostic)?.unwrap_or_default());
        let Ok(diagnostic) = diagnostic else {
            return Err(failed!("a diagnostic isn't UTF-8"));
        };
        let bytes = match bytes {
            Some(bytes) => self.take(bytes)?,
            None => None,
        };
        ensure!(
            bytes.is_none() || status == ffi::OK,
            "{} with an artefact",
            name(status)
        );
        Ok(Given {
            status,
            bytes,
            diagnostic,
        })
    }

    fn take(&self, mut buffer: Buf) -> Result<Option<Vec<u8>>, Stop> {
        if buffer.ptr.is_null() {
            return Ok(None);
        }
        let place = self.engine.place(buffer.ptr as usize);
        ensure!(
            place != Place::Elsewhere,
            "a buffer lies neither in a block of the host nor in the library"
        );
        // SAFETY: the engine promises `len` bytes until `release`.
        let bytes = unsafe { buffer.as_slice() }.to_vec();
        match buffer.release {
            Some(release) => {
                // SAFETY: once, on the buffer that it was found in.
                unsafe { release(&mut buffer) };
                ensure!(
                    buffer.ptr.is_null(),
                    "after the release of a buffer its pointer isn't NULL"
                );
            }
            None => ensure!(
                place == Place::Library,
                "a buffer has no release and isn't static"
            ),
        }
        Ok(Some(bytes))
    }
}
