//! Who signs.

mod error;
mod store;

pub use error::KeystoreError;
pub use store::Keystore;

use fat_contracts_primitives::AccountId;
use std::{fmt, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};
use zeroize::Zeroizing;

/// A pair of sr25519 keys. It is never printed, and wiped when it is dropped.
#[derive(Clone)]
pub struct Key {
    pair: Keypair,
    account: AccountId,
}

impl Key {
    /// From a secret URI as Substrate's tools have them: a phrase or `0x` and a seed, with a path and a password
    /// where there are any; a path alone, like `//Alice`, is one of the development phrase, which
    /// everybody knows.
    ///
    /// # Errors
    /// [`KeystoreError::NotASecret`], which says nothing of the text.
    pub fn from_secret(uri: &str) -> Result<Self, KeystoreError> {
        // Substrate reads nothing at all as the development phrase.
        if uri.is_empty() || uri.starts_with("///") {
            return Err(KeystoreError::NotASecret);
        }
        let uri = SecretUri::from_str(uri).map_err(|_| KeystoreError::NotASecret)?;
        let pair = Keypair::from_uri(&uri).map_err(|_| KeystoreError::NotASecret)?;
        Ok(Self::of(pair))
    }

    /// A key that everybody knows, like `//Alice`: for development chains.
    ///
    /// # Errors
    /// [`KeystoreError::NotDevelopment`] if it isn't a path alone.
    pub fn development(path: &str) -> Result<Self, KeystoreError> {
        if path.starts_with("//") && !path.contains("///") {
            Self::from_secret(path)
        } else {
            Err(KeystoreError::NotDevelopment)
        }
    }

    fn of(pair: Keypair) -> Self {
        let account = AccountId::new(pair.public_key().0);
        Self { pair, account }
    }

    /// The account that signs: the public key.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Signs bytes, as a chain's accounts do.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).0
    }

    pub(crate) fn pair(&self) -> &Keypair {
        &self.pair
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.account).finish()
    }
}

/// A text that is wiped.
pub(crate) type Secret = Zeroizing<String>;
