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
use rustix::{fs::MemfdFlags, io::Errno};
use std::{
    fs::File,
    io::Write,
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

/// Loads an engine from its bytes and starts it.
///
/// The bytes are those that were hashed: they go into an anonymous file that can't be changed any
/// more, and that one is loaded. Its descriptor stays open and the library stays loaded as long
/// as the process lives, because the loader knows libraries by name, and the name is the
/// descriptor's number: a number used again would give back the older library.
///
/// # Errors
/// What the system's loader or the engine itself refused.
pub(crate) fn load(
    abi: Abi,
    bytes: &[u8],
    path: &Path,
    version: EngineVersion,
) -> Result<Arc<dyn Engine>, EngineError> {
    let file = sealed_copy(bytes, path)?;
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

/// An anonymous file with these bytes, which nobody can change any more.
fn sealed_copy(bytes: &[u8], path: &Path) -> Result<File, EngineError> {
    use rustix::fs::{fcntl_add_seals, memfd_create, SealFlags};
    let failed = |error: std::io::Error| EngineError::Unreadable {
        path: path.into(),
        error,
    };
    let fd = executable(|flags| memfd_create("pink-engine", flags));
    let mut file = File::from(fd.map_err(|errno| failed(errno.into()))?);
    file.write_all(bytes).map_err(failed)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&file, seals).map_err(|errno| failed(errno.into()))?;
    Ok(file)
}

/// Makes a file that can be mapped for execution, whatever `vm.memfd_noexec` says. It is to be called
/// executable, which is the default only where that is 0. Where it is 2 nothing can be, and a file
/// that says so itself is accepted: the loader maps it, which doesn't ask for that. A kernel before
/// 6.3 knows neither word.
fn executable<T>(make: impl Fn(MemfdFlags) -> Result<T, Errno>) -> Result<T, Errno> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    match make(flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => make(flags),
        Err(Errno::ACCESS) => make(flags | MemfdFlags::NOEXEC_SEAL),
        made => made,
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, os::unix::fs::PermissionsExt};

    #[test]
    fn the_file_can_be_executed_and_not_written_to() {
        let mut file = sealed_copy(b"bytes", Path::new("an engine")).unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_ne!(mode & 0o100, 0, "{mode:o}");
        assert!(file.write_all(b"more").is_err());
    }

    /// What kernels are asked for: one that allows it, one that doesn't know the word, and one that
    /// allows it to nobody.
    #[test]
    fn kernels_are_asked_for_what_they_give() {
        const EXEC: MemfdFlags = MemfdFlags::EXEC;
        const NOEXEC: MemfdFlags = MemfdFlags::NOEXEC_SEAL;
        let asked = |answer: &dyn Fn(MemfdFlags) -> Result<(), Errno>| {
            let asked = RefCell::new(Vec::new());
            let made = executable(|flags| {
                asked.borrow_mut().push(flags & (EXEC | NOEXEC));
                answer(flags)
            });
            (made, asked.into_inner())
        };
        assert_eq!(asked(&|_| Ok(())), (Ok(()), vec![EXEC]));
        let older = |flags: MemfdFlags| {
            let unknown = flags.intersects(EXEC | NOEXEC);
            (!unknown).then_some(()).ok_or(Errno::INVAL)
        };
        let none = MemfdFlags::empty();
        assert_eq!(asked(&older), (Ok(()), vec![EXEC, none]));
        let strict = |flags: MemfdFlags| {
            let allowed = flags.contains(NOEXEC);
            allowed.then_some(()).ok_or(Errno::ACCESS)
        };
        assert_eq!(asked(&strict), (Ok(()), vec![EXEC, NOEXEC]));
        // What else is wrong isn't tried again.
        let full = |_| Err(Errno::NFILE);
        assert_eq!(asked(&full), (Err(Errno::NFILE), vec![EXEC]));
    }
}
