//! The store's snapshots, as block execution reads them.

use crate::{
    exec::{StateError, StateRead},
    store::{Snapshot, StoreError},
};
use elsa::sync::FrozenBTreeMap;
use pink_engine_host::Pairs;
use std::{
    borrow::Cow,
    fmt,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Bytes of keys and values that one [`ReadCache`] keeps; reads beyond go to the state each time.
const MAX_CACHED_BYTES: usize = 64 << 20;

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

/// A state that doesn't change, with what was read of it.
///
/// The messages of a block look at much the same keys: the cluster, the accounts, the contract.
/// Each is read from the state once, and lent without a copy from then on.
pub struct ReadCache<'s> {
    base: &'s dyn StateRead,
    read: FrozenBTreeMap<Vec<u8>, Box<Option<Vec<u8>>>>,
    bytes: AtomicUsize,
}

impl<'s> ReadCache<'s> {
    /// Nothing was read yet.
    pub fn new(base: &'s dyn StateRead) -> Self {
        Self {
            base,
            read: FrozenBTreeMap::new(),
            bytes: AtomicUsize::new(0),
        }
    }
}

impl fmt::Debug for ReadCache<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadCache")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl StateRead for ReadCache<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        if let Some(value) = self.read.get(key) {
            return Ok(value.as_deref().map(Cow::Borrowed));
        }
        let value = self.base.get(key)?;
        let bytes = value.as_ref().map_or(0, |value| value.len());
        let bytes = bytes.saturating_add(key.len());
        if self.bytes.fetch_add(bytes, Relaxed).saturating_add(bytes) > MAX_CACHED_BYTES {
            self.bytes.fetch_sub(bytes, Relaxed);
            return Ok(value);
        }
        let value = value.map(Cow::into_owned);
        let kept = self.read.insert(key.to_vec(), Box::new(value));
        Ok(kept.as_deref().map(Cow::Borrowed))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        self.base.range(start, end, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, sync::Mutex};

    /// A state that notes what is read of it.
    #[derive(Default)]
    struct ReadLog {
        state: BTreeMap<Vec<u8>, Vec<u8>>,
        reads: Mutex<Vec<Vec<u8>>>,
    }

    impl StateRead for ReadLog {
        fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
            self.reads.lock().unwrap().push(key.to_vec());
            StateRead::get(&self.state, key)
        }

        fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
            StateRead::range(&self.state, start, end, limit)
        }
    }

    #[test]
    fn each_key_is_read_once_whether_it_is_there_or_not() {
        let mut base = ReadLog::default();
        base.state.insert(b"there".to_vec(), vec![1, 2, 3]);
        let cache = ReadCache::new(&base);
        for _ in 0..3 {
            assert_eq!(
                cache.get(b"there").unwrap().as_deref(),
                Some(&[1, 2, 3][..])
            );
            assert_eq!(cache.get(b"absent").unwrap(), None);
        }
        let reads = [b"there".to_vec(), b"absent".to_vec()];
        assert_eq!(*base.reads.lock().unwrap(), reads);
        assert_eq!(cache.bytes.load(Relaxed), 5 + 3 + 6);
    }

    #[test]
    fn what_is_too_much_is_read_and_not_kept() {
        let mut base = ReadLog::default();
        base.state
            .insert(b"large".to_vec(), vec![7; MAX_CACHED_BYTES]);
        let cache = ReadCache::new(&base);
        for _ in 0..2 {
            let value = cache.get(b"large").unwrap().unwrap();
            assert_eq!(value.len(), MAX_CACHED_BYTES);
        }
        assert_eq!(base.reads.lock().unwrap().len(), 2);
    }
}
