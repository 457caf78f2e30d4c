//! A directory of keys, as Substrate's keystores are.

use super::{Key, KeystoreError, Secret};
use fat_contracts_primitives::AccountId;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The type of the keys that sign: Substrate's, of accounts.
const KEY_TYPE: [u8; 4] = *b"acco";

/// The longest file that can be a key: a phrase of 24 words and a path.
const MAX_BYTES: u64 = 4096;

/// A directory of keys: a file's name is the key's type and its public key in hex, its content a JSON string with
/// the secret URI. Files of other types are left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keystore {
    path: PathBuf,
}

impl Keystore {
    /// A directory that is there.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], or it can't be looked at.
    pub fn open(path: &Path) -> Result<Self, KeystoreError> {
        match fs::metadata(path) {
            Ok(it) if it.is_dir() => Ok(Self { path: path.into() }),
            Ok(_) => Err(KeystoreError::Missing { path: path.into() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(KeystoreError::Missing { path: path.into() })
            }
            Err(error) => Err(io("look at", path, error)),
        }
    }

    /// A directory that is made if it isn't there, for its owner alone.
    ///
    /// # Errors
    /// It can't be made.
    pub fn create(path: &Path) -> Result<Self, KeystoreError> {
        if !path.exists() {
            fs::create_dir_all(path).map_err(|error| io("make", path, error))?;
            let owner = fs::Permissions::from_mode(0o700);
            fs::set_permissions(path, owner).map_err(|error| io("make", path, error))?;
        }
        Self::open(path)
    }

    /// The accounts whose keys are there, in order.
    ///
    /// # Errors
    /// The directory can't be read.
    pub fn accounts(&self) -> Result<Vec<AccountId>, KeystoreError> {
        let (ours, _) = self.names()?;
        Ok(ours)
    }

    /// The key of an account; without one, the only key that is there.
    ///
    /// # Errors
    /// The directory or the file can't be read, others may use the key, there is no such key, or there are several and none is named.
    pub fn key(&self, account: Option<&AccountId>) -> Result<Key, KeystoreError> {
        let path = self.path.clone();
        let (found, others) = self.names()?;
        let account = match (account, &*found) {
            (Some(account), _) if found.contains(account) => account.clone(),
            (Some(account), _) => {
                let account = account.clone();
                return Err(KeystoreError::NotThere { path, account });
            }
            (None, [one]) => one.clone(),
            (None, []) => {
                return Err(KeystoreError::NoKey {
                    path,
                    found: others,
                })
            }
            (None, _) => return Err(KeystoreError::SeveralKeys { path, found }),
        };
        read(&self.file(&account), &account)
    }

    /// Puts a secret into it, readable by its owner alone, and says whose it is.
    ///
    /// # Errors
    /// It is no secret, it is there already, or it can't be written.
    pub fn insert(&self, secret: &str) -> Result<AccountId, KeystoreError> {
        let account = Key::from_secret(secret)?.account().clone();
        let path = self.file(&account);
        let json = serde_json::to_string(secret).map_err(|_| KeystoreError::NotASecret)?;
        let json = Zeroizing::new(json);
        let mut options = OpenOptions::new();
        let mut file = match options.write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(KeystoreError::Exists { path })
            }
            Err(error) => return Err(io("write", &path, error)),
        };
        let written = file
            .write_all(json.as_bytes())
            .and_then(|()| file.sync_all());
        match written {
            Ok(()) => Ok(account),
            Err(error) => {
                // Half a key would be in the way of the whole one.
                let _ = fs::remove_file(&path);
                Err(io("write", &path, error))
            }
        }
    }

    /// Makes a key from the system's randomness, and says whose it is.
    ///
    /// # Errors
    /// As [`insert`](Self::insert); or the system has no randomness.
    pub fn generate(&self) -> Result<AccountId, KeystoreError> {
        let mut seed = Zeroizing::new([0u8; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|error| io("read randomness for", &self.path, io::Error::other(error)))?;
        let secret: Secret = Zeroizing::new(format!("0x{}", hex::encode(*seed)));
        self.insert(&secret)
    }

    fn file(&self, account: &AccountId) -> PathBuf {
        let public: &[u8; 32] = account.as_ref();
        let name = format!("{}{}", hex::encode(KEY_TYPE), hex::encode(public));
        self.path.join(name)
    }

    /// The accounts of our type, in order, and the types of the others.
    fn names(&self) -> Result<(Vec<AccountId>, Vec<String>), KeystoreError> {
        let failed = |error| io("read", &self.path, error);
        let (mut ours, mut others) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let Some(bytes) = name.to_str().and_then(|it| hex::decode(it).ok()) else {
                continue;
            };
            match bytes.split_first_chunk::<4>() {
                Some((&KEY_TYPE, public)) => {
                    let public: Result<[u8; 32], _> = public.try_into();
                    ours.extend(public.map(AccountId::new));
                }
                Some((other, _)) => {
                    let other = String::from_utf8_lossy(other);
                    let printable = other.chars().all(|it| it.is_ascii_graphic());
                    others.push(match printable {
                        true => format!("`{other}`"),
                        false => hex::encode(other.as_bytes()),
                    });
                }
                None => {}
            }
        }
        ours.sort();
        others.sort();
        others.dedup();
        Ok((ours, others))
    }
}

fn read(path: &Path, account: &AccountId) -> Result<Key, KeystoreError> {
    let failed = |error| io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if found & 0o077 != 0 {
        let path = path.into();
        return Err(KeystoreError::Permissions { path, found });
    }
    // As long as it can get, so that no copy of it is left behind by growing.
    let mut json = Zeroizing::new(String::with_capacity(MAX_BYTES as usize + 1));
    let content = |reason| KeystoreError::Content {
        path: path.into(),
        reason,
    };
    let read = Read::by_ref(&mut file)
        .take(MAX_BYTES + 1)
        .read_to_string(&mut json);
    match read {
        Ok(bytes) if bytes as u64 > MAX_BYTES => return Err(content("it is too long")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(content("it isn't text"))
        }
        Err(error) => return Err(failed(error)),
    }
    let secret: Result<String, _> = serde_json::from_str(&json);
    let secret = secret.map_err(|_| content("it is no JSON string"))?;
    let secret = Zeroizing::new(secret);
    let key = Key::from_secret(&secret).map_err(|_| content("it is neither phrase nor seed"))?;
    match key.account() == account {
        true => Ok(key),
        false => Err(KeystoreError::Mismatch {
            path: path.into(),
            found: key.account().clone(),
        }),
    }
}

fn io(doing: &'static str, path: &Path, error: io::Error) -> KeystoreError {
    KeystoreError::Io {
        doing,
        path: path.into(),
        error,
    }
}
