//! The key of this worker's own, under which its artefacts are.

use super::{CacheError, DRAFT};
use std::{
    fmt, fs,
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// The file, beside the artefacts.
pub(super) const KEY_FILE: &str = "key";

/// Permissions of others than the owner, and of them those to write.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

/// 32 random bytes.
pub(super) struct Key(Zeroizing<[u8; 32]>);

/// Never shows the key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// The key of a folder, made now if there is none. In the place of one that others may know, or that isn't a key,
    /// there is a new one: what was under the old one is foreign then, and compiled anew.
    pub(super) fn of(directory: &Path) -> Result<Self, CacheError> {
        let path = directory.join(KEY_FILE);
        match load(&path) {
            Ok(Some(key)) => return Ok(key),
            Ok(None) => tracing::warn!(
                path = %path.display(),
                "the key of compiled contracts isn't this user's alone, or isn't one: there is a new one, and everything is \
                 compiled anew"
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let doing = "read";
                return Err(CacheError::Io { doing, path, error });
            }
        }
        make(directory, &path).map_err(|error| CacheError::Io {
            doing: "write",
            path,
            error,
        })
    }
}

/// None: there is something, and it is no key that this user alone knows.
fn load(path: &Path) -> io::Result<Option<Key>> {
    let about = fs::symlink_metadata(path)?;
    let mut file = fs::File::open(path)?;
    let open = file.metadata()?;
    let same = (about.dev(), about.ino()) == (open.dev(), open.ino());
    let own = open.uid() == rustix::process::geteuid().as_raw();
    if !same || !own || open.permissions().mode() & OTHERS != 0 || open.len() != 32 {
        return Ok(None);
    }
    let mut key = Zeroizing::new([0; 32]);
    file.read_exact(&mut key[..])?;
    Ok(Some(Key(key)))
}

fn make(directory: &Path, path: &Path) -> io::Result<Key> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut key[..]).map_err(io::Error::from)?;
    // A file for its owner alone, from the start.
    let mut draft = tempfile::Builder::new()
        .prefix(DRAFT)
        .tempfile_in(directory)?;
    draft.write_all(&key[..])?;
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|error| error.error)?;
    Ok(Key(key))
}

/// Makes the folder, if there is none, and looks whether others may put anything into it.
pub(super) fn own_directory(path: &Path) -> Result<(), CacheError> {
    let io = |doing| {
        move |error| CacheError::Io {
            doing,
            path: path.into(),
            error,
        }
    };
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path);
    made.map_err(io("make"))?;
    let found = fs::metadata(path).map_err(io("look at"))?;
    let found = found.permissions().mode() & 0o777;
    if found & OTHERS_WRITE != 0 {
        let path = path.into();
        return Err(CacheError::Open { path, found });
    }
    Ok(())
}
