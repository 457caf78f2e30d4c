//! The key that a cluster's workers share, the worker's own, and the files that they are kept in.

mod envelope;
mod exchange;
mod file;
mod step;

pub use envelope::{EnvelopeError, EnvelopeSecret, ENVELOPE_KEY_FILE};
pub use exchange::{KeyExchange, DRAWN_KEY_FILE, SEALED_FILE};
pub use file::KeyFileError;
pub use step::{KeyError, KeyStanding, KeyWord};

use fat_contracts_primitives::{key_commitment, KeyCommitment};
use file::{found, keep, keep_new, load, random_seed, read};
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::blake2_256;
use std::{fmt, path::Path};

/// The cluster key's file in a base path.
pub const CLUSTER_KEY_FILE: &str = "cluster.key";

/// The file of the worker's own key in a base path.
pub const WORKER_KEY_FILE: &str = "worker.key";

/// The seed of a cluster: 32 bytes. A contract's key is a function of it, of the contract's
/// address and of a salt, in a transaction too: workers of one cluster that don't share it part
/// at the first contract that keeps a key in its storage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClusterKey([u8; 32]);

/// Never shows the key.
impl fmt::Debug for ClusterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClusterKey(…)")
    }
}

impl ClusterKey {
    /// The key of these bytes.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The key of every development chain. As secret as //Alice is: so that two chains that are
    /// given the same commands stay equal to the bit.
    pub fn development() -> Self {
        Self(blake2_256(b"pink: the development cluster key"))
    }

    /// The bytes.
    pub const fn seed(&self) -> [u8; 32] {
        self.0
    }

    /// What the chain is told of it.
    pub fn commitment(&self) -> KeyCommitment {
        key_commitment(&self.0)
    }

    /// Reads a file of 64 hex digits that nobody but its owner may use.
    ///
    /// # Errors
    /// It can't be read, others may read it, or it holds something else.
    pub fn load(path: &Path) -> Result<Self, KeyFileError> {
        load(path).map(Self)
    }

    /// The key that is kept in a base path, if there is one.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn of_base_path(base: &Path) -> Result<Option<Self>, KeyFileError> {
        found(Self::load(&base.join(CLUSTER_KEY_FILE)))
    }

    /// The same for who only looks at the base path, which may be one that can't be written: that
    /// others may use the file is a warning then.
    ///
    /// # Errors
    /// As [`load`](Self::load), but for [`KeyFileError::Permissions`], which is the warning.
    pub fn look(base: &Path) -> Result<(Option<Self>, Option<KeyFileError>), KeyFileError> {
        let read = found(read(&base.join(CLUSTER_KEY_FILE)))?;
        let (key, warning) = read.unzip();
        Ok((key.map(Self), warning.flatten()))
    }

    /// Keeps the key in a base path, readable for its owner alone. One that is there is replaced.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn keep(&self, base: &Path) -> Result<(), KeyFileError> {
        keep(&self.0, base, CLUSTER_KEY_FILE)
    }

    /// The same, but one that is there stays: that is an error.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub(crate) fn keep_new(&self, base: &Path) -> Result<(), KeyFileError> {
        keep_new(&self.0, base, CLUSTER_KEY_FILE)
    }
}

/// The worker's own key: sr25519. Contracts see the public half, in queries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WorkerKey([u8; 32]);

/// Never shows the key.
impl fmt::Debug for WorkerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkerKey(…)")
    }
}

impl WorkerKey {
    /// The key of this seed.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The key that is kept in a base path, made now from the system's randomness if there is
    /// none.
    ///
    /// # Errors
    /// The file can't be read or made, others may read it, or it holds no key.
    pub fn of_base_path(base: &Path) -> Result<Self, KeyFileError> {
        if let Some(key) = found(load(&base.join(WORKER_KEY_FILE)))? {
            return Ok(Self(key));
        }
        let seed = random_seed(base, WORKER_KEY_FILE)?;
        keep(&seed, base, WORKER_KEY_FILE)?;
        Ok(Self(seed))
    }

    /// The same for who only looks at the base path: a key that is made isn't kept, and that others
    /// may use the file is a warning.
    ///
    /// # Errors
    /// The file can't be read, or holds no key; or the system gives no randomness.
    pub fn look(base: &Path) -> Result<(Self, Option<KeyFileError>), KeyFileError> {
        match found(read(&base.join(WORKER_KEY_FILE)))? {
            Some((seed, warning)) => Ok((Self(seed), warning)),
            None => Ok((Self(random_seed(base, WORKER_KEY_FILE)?), None)),
        }
    }

    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        sr25519::Pair::from_seed(&self.0).public().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_key_is_kept_for_its_owner_alone() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(ClusterKey::of_base_path(base.path()).unwrap(), None);
        let key = ClusterKey::new([0x5e; 32]);
        key.keep(base.path()).unwrap();
        assert_eq!(ClusterKey::of_base_path(base.path()).unwrap(), Some(key));
        let path = base.path().join(CLUSTER_KEY_FILE);
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        for wide in [0o640, 0o604, 0o610] {
            mode(wide);
            let error = ClusterKey::of_base_path(base.path()).unwrap_err();
            assert!(
                matches!(error, KeyFileError::Permissions { found, .. } if found == wide),
                "{error}"
            );
        }
        mode(0o600);
        ClusterKey::development().keep(base.path()).unwrap();
        assert_eq!(ClusterKey::load(&path).unwrap(), ClusterKey::development());
        for wrong in ["", "5e", &"5e".repeat(33), &"zz".repeat(32)] {
            fs::write(&path, wrong).unwrap();
            let error = ClusterKey::load(&path).unwrap_err();
            assert!(matches!(error, KeyFileError::Content { .. }), "{error}");
            assert!(!error.to_string().contains("zz"));
        }
        assert!(!format!("{key:?}").contains("5e"));
    }

    /// Whatever keeps the file from being put in its place, nothing is left beside it.
    #[test]
    fn a_key_that_can_not_be_kept_leaves_nothing_behind() {
        let base = tempfile::tempdir().unwrap();
        let taken = base.path().join(CLUSTER_KEY_FILE);
        fs::create_dir(&taken).unwrap();
        let error = ClusterKey::development().keep(base.path()).unwrap_err();
        assert!(matches!(error, KeyFileError::Io { doing: "write", .. }));
        let left = fs::read_dir(base.path()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [taken]);
    }

    #[test]
    fn a_worker_s_key_is_made_once() {
        let base = tempfile::tempdir().unwrap();
        let key = WorkerKey::of_base_path(base.path()).unwrap();
        assert_eq!(WorkerKey::of_base_path(base.path()).unwrap(), key);
        let other = tempfile::tempdir().unwrap();
        let other = WorkerKey::of_base_path(other.path()).unwrap();
        assert_ne!(other.public(), key.public());
    }
}
