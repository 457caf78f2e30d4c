//! A contract's storage.

use super::Machine;
use crate::{
    error::Error,
    hash::{blake2_128, blake2_256},
    state::{Key, Prefix},
};

/// A key as a contract gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StorageKey<'a> {
    /// 32 bytes.
    Fixed(&'a [u8]),
    /// Up to a limit of bytes. The same bytes as a fixed key are another item.
    Variable(&'a [u8]),
}

impl StorageKey<'_> {
    /// The key in the state, under a contract's prefix.
    pub(crate) fn in_state(&self, prefix: &Prefix) -> Key {
        match self {
            Self::Fixed(bytes) => Key::of(&[prefix, &blake2_256(bytes)]),
            Self::Variable(bytes) => Key::of(&[prefix, &blake2_128(bytes), bytes]),
        }
    }
}

impl Machine<'_, '_> {
    /// The value under a key of the running contract.
    ///
    /// # Errors
    /// No frame runs.
    pub(crate) fn get_storage(&mut self, key: StorageKey<'_>) -> Result<Option<&[u8]>, Error> {
        let key = key.in_state(&self.top()?.prefix);
        Ok(self.state.get(&key))
    }

    /// Writes or removes a value of the running contract, and gives the old one's length.
    ///
    /// # Errors
    /// No frame runs.
    pub(crate) fn set_storage(
        &mut self,
        key: StorageKey<'_>,
        value: Option<&[u8]>,
    ) -> Result<Option<u32>, Error> {
        let key = key.in_state(&self.top()?.prefix);
        let old = self.state.get(&key).map(length);
        match value {
            Some(value) => self.state.put(&key, value.to_vec()),
            None if old.is_some() => self.state.remove(&key),
            None => {}
        }
        self.top_mut()?.deposit.diff().count(old, value.map(length));
        Ok(old)
    }
}

/// Lengths are bounded by the version's limits, far below this type's.
fn length(value: &[u8]) -> u32 {
    u32::try_from(value.len()).unwrap_or(u32::MAX)
}
