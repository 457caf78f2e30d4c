//! Loads bytes that have been checked.

use crate::{
    allocator,
    v1::{self, V1Engine},
    v2::V2Engine,
    version::chain_version,
    Engine, EngineError,
};
use fat_contracts_primitives::EngineVersion;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use pink_capi::{
    types::Version,
    v1::ffi::{self, Config, Entry, InitFn},
    v2::{
        self,
        ffi::{EngineEntry, EntryFn},
    },
};
use std::{
    fs::File,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The ABIs that this worker speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abi {
    V1,
    V2,
}

impl Abi {
    /// All of them.
    pub(crate) const ALL: &[Self] = &[Self::V1, Self::V2];

    /// The ABI of this major version; `None` if the worker doesn't speak it.
    pub(crate) fn from_major(major: u16) -> Option<Self> {
        match major {
            ffi::ABI_MAJOR => Some(Self::V1),
            v2::ffi::ABI_MAJOR => Some(Self::V2),
            _ => None,
        }
    }

    /// Its major version.
    pub(crate) fn major(self) -> u16 {
        match self {
            Self::V1 => ffi::ABI_MAJOR,
            Self::V2 => v2::ffi::ABI_MAJOR,
        }
    }

    /// The one symbol that an engine of this ABI exports.
    pub(crate) fn symbol(self) -> &'static str {
        let symbol = match self {
            Self::V1 => ffi::INIT_SYMBOL,
            Self::V2 => v2::ffi::ENTRY_SYMBOL,
        };
        symbol.to_str().unwrap_or_default()
    }
}

/// Loads an engine from its file and starts it.
///
/// The file is an anonymous one that can't be changed any more, with the very bytes that were hashed. Its descriptor stays open and the library stays loaded as long
/// as the process lives, because the loader knows libraries by name, and the name is the
/// descriptor's number: a number used again would give back the older library.
///
/// # Errors
/// What the system's loader or the engine itself refused.
pub(crate) fn load(
    abi: Abi,
    file: File,
    path: &Path,
    version: EngineVersion,
) -> Result<Arc<dyn Engine>, EngineError> {
    let name = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    // SAFETY: loading runs the file's constructors. Which file that is, governance decided by its
    // hash, and the bytes are the hashed ones.
    let library = unsafe { Library::open(Some(&name), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| refused(path, &error))?;
    std::mem::forget(file);
    let engine = match abi {
        Abi::V1 => start_v1(&library, path, version),
        Abi::V2 => start_v2(&library, path, version),
    };
    // Never unloaded: threads may hold the library's thread-locals, and Rust can't take them back.
    std::mem::forget(library);
    engine
}

fn start_v1(
    library: &Library,
    path: &Path,
    version: EngineVersion,
) -> Result<Arc<dyn Engine>, EngineError> {
    // SAFETY: the symbol has this type in every library that exports it (the header).
    let init = unsafe { library.get::<InitFn>(ffi::INIT_SYMBOL.to_bytes_with_nul()) };
    let init: InitFn = *init.map_err(|error| refused(path, &error))?;
    let (memory, allocator) = allocator::new();
    let config = Config {
        struct_size: size_of::<Config>() as u32,
        abi_major: ffi::ABI_MAJOR,
        abi_minor: ffi::ABI_MINOR,
        ocall: v1::ocall,
        allocator,
    };
    let mut entry = Entry {
        struct_size: size_of::<Entry>() as u32,
        abi_major: 0,
        abi_minor: 0,
        engine_major: 0,
        engine_minor: 0,
        ecall: None,
    };
    // SAFETY: both structs are as long as their first field says and valid for the call, and the
    // allocator lives as long as the process.
    let status = unsafe { init(&config, &mut entry) };
    let (ffi::STATUS_OK, Some(ecall)) = (status, entry.ecall) else {
        return Err(EngineError::Init {
            path: path.into(),
            status,
        });
    };
    check_version(
        path,
        version,
        Version::new(entry.engine_major, entry.engine_minor),
    )?;
    let info =
        V1Engine::describe(ecall).map_err(|fault| EngineError::Describe { version, fault })?;
    check_version(path, version, info.version)?;
    Ok(Arc::new(V1Engine {
        ecall,
        info,
        memory,
    }))
}

fn start_v2(
    library: &Library,
    path: &Path,
    version: EngineVersion,
) -> Result<Arc<dyn Engine>, EngineError> {
    // SAFETY: the symbol has this type in every library that exports it (the header).
    let entry = unsafe { library.get::<EntryFn>(v2::ffi::ENTRY_SYMBOL.to_bytes_with_nul()) };
    let entry: EntryFn = *entry.map_err(|error| refused(path, &error))?;
    let (memory, allocator) = allocator::new();
    // SAFETY: the allocator lives as long as the process.
    let table = unsafe { entry(v2::ffi::ABI_MINOR, allocator) };
    let refused_with = |status| EngineError::Init {
        path: path.into(),
        status,
    };
    if table.is_null() {
        return Err(refused_with(v2::ffi::E_UNSUPPORTED));
    }
    // SAFETY: the table is static and has at least the prefix that never moves (header). No
    // reference to the whole of it is made before its size is known.
    let (magic, size, major) = unsafe {
        (
            (&raw const (*table).magic).read(),
            (&raw const (*table).struct_size).read(),
            (&raw const (*table).abi_major).read(),
        )
    };
    if magic != v2::ffi::MAGIC || major != v2::ffi::ABI_MAJOR {
        return Err(EngineError::Entry {
            path: path.into(),
            magic,
            major,
        });
    }
    if (size as usize) < size_of::<EngineEntry>() {
        return Err(refused_with(v2::ffi::E_ARGUMENT));
    }
    // SAFETY: it is static, never written (header), and as long as this type.
    let entry: &'static EngineEntry = unsafe { &*table };
    check_version(path, version, entry.engine_version)?;
    let engine =
        V2Engine::new(entry, memory).map_err(|fault| EngineError::Describe { version, fault })?;
    check_version(path, version, engine.info().version)?;
    Ok(Arc::new(engine))
}

fn check_version(path: &Path, expected: EngineVersion, found: Version) -> Result<(), EngineError> {
    let found = chain_version(found);
    if found != expected {
        return Err(EngineError::Version {
            path: path.into(),
            expected,
            found,
        });
    }
    Ok(())
}

fn refused(path: &Path, error: &dyn std::error::Error) -> EngineError {
    EngineError::Load {
        path: path.into(),
        reason: chain(error),
    }
}

/// The loader's own words are in the error's source.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}
