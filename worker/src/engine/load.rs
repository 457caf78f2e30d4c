//! Loads bytes that have been checked.

use super::{
    allocator,
    v1::{self, V1Engine},
    Engine, EngineError,
};
use fat_contracts_primitives::EngineVersion;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use pink_capi::v1::ffi::{self, Config, Entry, InitFn};
use std::{
    fs::File,
    io::Write,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Loads an engine of the first ABI from its bytes and starts it.
///
/// The bytes are those that were hashed: they go into an anonymous file that can't be changed any
/// more, and that one is loaded. Its descriptor stays open and the library stays loaded as long
/// as the process lives, because the loader knows libraries by name, and the name is the
/// descriptor's number: a number used again would give back the older library.
///
/// # Errors
/// What the system's loader or the engine itself refused.
pub(super) fn load_v1(
    bytes: &[u8],
    path: &Path,
    version: EngineVersion,
) -> Result<Arc<dyn Engine>, EngineError> {
    let file = sealed_copy(bytes, path)?;
    let name = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let refused = |reason: libloading::Error| EngineError::Load {
        path: path.into(),
        reason: chain(&reason),
    };
    // SAFETY: loading runs the file's constructors. Which file that is, governance decided by its
    // hash, and the bytes are the hashed ones.
    let library = unsafe { Library::open(Some(&name), RTLD_NOW | RTLD_LOCAL) }.map_err(refused)?;
    std::mem::forget(file);
    // SAFETY: the symbol has this type in every library that exports it (the header).
    let init = unsafe { library.get::<InitFn>(ffi::INIT_SYMBOL.to_bytes_with_nul()) };
    let init: InitFn = *init.map_err(refused)?;
    // Never unloaded: threads may hold the library's thread-locals, and Rust can't take them back.
    std::mem::forget(library);

    let (account, allocator) = allocator::new();
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
    let found = EngineVersion::new(entry.engine_major, entry.engine_minor);
    if found != version {
        return Err(EngineError::Version {
            path: path.into(),
            expected: version,
            found,
        });
    }
    let info =
        V1Engine::describe(ecall).map_err(|fault| EngineError::Describe { version, fault })?;
    let said = EngineVersion::new(info.version.major, info.version.minor);
    if said != version {
        return Err(EngineError::Version {
            path: path.into(),
            expected: version,
            found: said,
        });
    }
    Ok(Arc::new(V1Engine {
        ecall,
        info,
        account,
    }))
}

fn sealed_copy(bytes: &[u8], path: &Path) -> Result<File, EngineError> {
    use rustix::fs::{fcntl_add_seals, memfd_create, MemfdFlags, SealFlags};
    let failed = |error: std::io::Error| EngineError::Unreadable {
        path: path.into(),
        error,
    };
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let fd = memfd_create("pink-engine", flags).map_err(|errno| failed(errno.into()))?;
    let mut file = File::from(fd);
    file.write_all(bytes).map_err(failed)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&file, seals).map_err(|errno| failed(errno.into()))?;
    Ok(file)
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
