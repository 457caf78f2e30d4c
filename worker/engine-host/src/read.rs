//! Reads an engine's file.

use crate::EngineError;
use fat_contracts_primitives::Hash;
use rustix::{
    fs::{fcntl_add_seals, memfd_create, MemfdFlags, SealFlags},
    io::Errno,
};
use std::{
    fs::File,
    io::{Error, ErrorKind, Read, Write},
    path::Path,
    sync::{mpsc, Arc},
    thread,
    time::Duration,
};

/// The largest engine file that is read, in bytes. One that compiles has ten million.
const MAX_ENGINE_BYTES: u64 = 64 << 20;

/// Bytes that are read, copied, and hashed at a time: what stays in a processor's cache meanwhile.
const PART: usize = 256 << 10;

/// A file as it was read, once: all three are of the same bytes.
#[derive(Debug)]
pub(crate) struct EngineFile {
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
    /// BLAKE2b-256 of it.
    pub(crate) hash: Hash,
    /// An anonymous copy, which nobody can change any more.
    pub(crate) sealed: File,
}

/// Reads the whole file. One that is too large is not read.
///
/// Hashing takes three times as long as all the rest, and can't be done by parts. So it is done beside the
/// rest, on a thread of its own that is handed each part as it is read.
///
/// # Errors
/// It can't be read, or can't be copied.
pub(crate) fn read(path: &Path) -> Result<EngineFile, EngineError> {
    read_and_copy(path).map_err(|error| EngineError::Unreadable {
        path: path.into(),
        error,
    })
}

fn read_and_copy(path: &Path) -> Result<EngineFile, Error> {
    let mut file = File::open(path)?;
    // The length is a hint: it spares growing.
    let length = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(length.min(MAX_ENGINE_BYTES) as usize);
    let mut sealed = File::from(executable(|flags| memfd_create("pink-engine", flags))?);
    let hash = thread::scope(|scope| {
        let (hand, handed) = mpsc::channel::<Arc<[u8]>>();
        let hashing = scope.spawn(move || {
            let mut state = blake2b_simd::Params::new().hash_length(32).to_state();
            handed.into_iter().for_each(|part| {
                state.update(&part);
            });
            state.finalize()
        });
        let mut part = Vec::with_capacity(PART);
        loop {
            part.clear();
            (&mut file).take(PART as u64).read_to_end(&mut part)?;
            if part.is_empty() {
                break;
            }
            let part: Arc<[u8]> = part.as_slice().into();
            // The other end is there until this one is gone.
            let _ = hand.send(part.clone());
            sealed.write_all(&part)?;
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > MAX_ENGINE_BYTES {
                let text = format!("larger than {MAX_ENGINE_BYTES} bytes");
                return Err(Error::new(ErrorKind::FileTooLarge, text));
            }
        }
        drop(hand);
        seal(|seals| fcntl_add_seals(&sealed, seals))?;
        let hashed = hashing.join();
        hashed.map_err(|_| Error::other("hashing it panicked"))
    })?;
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.as_bytes());
    Ok(EngineFile {
        bytes,
        hash: digest.into(),
        sealed,
    })
}

/// How often a file is tried to be sealed.
const TRIES: u32 = 20;

/// Has nobody change a file any more. The kernel says that it is busy as long as something of its own, like
/// moving pages together, holds one of the pages: that passes.
fn seal(add: impl Fn(SealFlags) -> Result<(), Errno>) -> Result<(), Errno> {
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    for _ in 1..TRIES {
        match add(seals) {
            Err(Errno::BUSY) => thread::sleep(Duration::from_millis(10)),
            done => return done,
        }
    }
    add(seals)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, io::Seek, os::unix::fs::PermissionsExt, path::PathBuf};

    fn at(name: &str, bytes: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("pink-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A page that the kernel holds for a moment is no reason to do without an engine.
    #[test]
    fn what_is_busy_is_tried_again() {
        let tried = RefCell::new(0);
        let busy_for = |times: u32| {
            *tried.borrow_mut() = 0;
            seal(|_| {
                *tried.borrow_mut() += 1;
                if *tried.borrow() > times {
                    Ok(())
                } else {
                    Err(Errno::BUSY)
                }
            })
        };
        assert_eq!((busy_for(3), *tried.borrow()), (Ok(()), 4));
        let ever = busy_for(u32::MAX);
        assert_eq!((ever, *tried.borrow()), (Err(Errno::BUSY), TRIES));
        assert_eq!(seal(|_| Err(Errno::PERM)), Err(Errno::PERM));
    }

    /// Whatever the length is to the parts that it is read in.
    #[test]
    fn what_is_read_hashed_and_copied_is_the_same() {
        for len in [0, 1, PART - 1, PART, PART + 1, 3 * PART + 7] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let path = at("same", &bytes);
            let mut read = read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert!(read.bytes == bytes, "{len}");
            assert_eq!(
                read.hash,
                Hash::from(sp_crypto_hashing::blake2_256(&bytes)),
                "{len}"
            );
            let mut copied = Vec::new();
            read.sealed.rewind().unwrap();
            read.sealed.read_to_end(&mut copied).unwrap();
            assert!(copied == bytes, "{len}");
        }
    }

    #[test]
    fn one_that_is_too_large_is_not_read() {
        let path = at("large", b"");
        let file = File::options().write(true).open(&path).unwrap();
        file.set_len(MAX_ENGINE_BYTES + 1).unwrap();
        let failed = read(&path).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(&failed, EngineError::Unreadable { error, .. }
            if error.kind() == ErrorKind::FileTooLarge));
    }

    #[test]
    fn the_file_can_be_executed_and_not_written_to() {
        let path = at("sealed", b"bytes");
        let mut file = read(&path).unwrap().sealed;
        std::fs::remove_file(&path).unwrap();
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
