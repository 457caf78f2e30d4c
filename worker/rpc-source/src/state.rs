//! The chain's state after one block, as it is proven.

use crate::{
    keys::{Item, Parts},
    proof::Values,
};
use fat_contracts_primitives::{BlockNumber, Hash};
use parity_scale_codec::Decode;
use pink_worker_core::source::{PermanentError, SourceError};

/// The most keys that are read at once.
const MOST_KEYS: usize = 128;

/// A state that gives proven values.
pub(crate) trait State {
    /// The block that it comes after.
    fn number(&self) -> BlockNumber;

    /// Its hash.
    fn hash(&self) -> Hash;

    /// The values of keys. All that was asked for is in the answer.
    ///
    /// # Errors
    /// Nobody proves them.
    fn read(&self, keys: &[Vec<u8>]) -> Result<Values, SourceError>;
}

impl dyn State + '_ {
    /// Reads keys, a bounded number at a time.
    pub(crate) fn read_all(&self, keys: &[Vec<u8>]) -> Result<Values, SourceError> {
        let mut values = Values::new();
        for keys in keys.chunks(MOST_KEYS) {
            values.extend(self.read(keys)?);
        }
        Ok(values)
    }

    /// The value of one key.
    pub(crate) fn get<K: Parts, V: Decode>(
        &self,
        item: &Item<K, V>,
        key: K,
    ) -> Result<Option<V>, SourceError> {
        let key = item.key(key);
        let values = self.read(std::slice::from_ref(&key))?;
        pick_key(&values, item, &key)
    }
}

/// The value of a key that was read.
///
/// # Errors
/// It is proven, and isn't of the type that this program knows: so the chain's is another.
pub(crate) fn pick<K: Parts, V: Decode>(
    values: &Values,
    item: &Item<K, V>,
    key: K,
) -> Result<Option<V>, SourceError> {
    pick_key(values, item, &item.key(key))
}

fn pick_key<K: Parts, V: Decode>(
    values: &Values,
    item: &Item<K, V>,
    key: &[u8],
) -> Result<Option<V>, SourceError> {
    let Some(bytes) = values.get(key).and_then(Option::as_ref) else {
        return Ok(None);
    };
    let value = item.decode(bytes);
    value.map(Some).map_err(|reason| unknown(item.name, reason))
}

/// Something on the chain that this program can't read.
pub(crate) fn unknown(item: &str, reason: impl Into<String>) -> SourceError {
    PermanentError::Unsupported {
        what: format!("storage {}.{item}", crate::keys::PALLET),
        reason: reason.into(),
    }
    .into()
}
