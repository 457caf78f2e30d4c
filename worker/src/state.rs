//! The store's snapshots, as block execution reads them.

use crate::{
    engine::Pairs,
    exec::{StateError, StateRead},
    store::{Snapshot, StoreError},
};
use std::borrow::Cow;

fn failed(error: StoreError) -> StateError {
    StateError(error.to_string())
}

impl StateRead for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        let value = Snapshot::get(self, key).map_err(failed)?;
        Ok(value.map(|bytes| Cow::Owned(bytes.to_vec())))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        let pairs = Snapshot::range(self, start, end, limit as usize).map_err(failed)?;
        Ok(pairs
            .into_iter()
            .map(|(key, value)| (key.to_vec(), value.to_vec()))
            .collect())
    }
}
