//! Storage that lasts as long as a call stack. Behind a rule that is off in 2.0.
//!
//! Its size is counted by what contracts write, key and value, and not by what the allocator
//! gives: every machine counts the same.

use crate::error::Error;
use std::collections::BTreeMap;

/// Transient storage of all contracts of a call stack.
#[derive(Debug, Default)]
pub(crate) struct Transient {
    items: BTreeMap<Vec<u8>, Vec<u8>>,
    journal: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Length of the journal and bytes at the beginning of each open transaction.
    marks: Vec<(usize, u64)>,
    /// All that was ever written in the open transactions: undo records keep what was replaced.
    bytes: u64,
}

impl Transient {
    /// Opens a transaction.
    pub(crate) fn begin(&mut self) {
        self.marks.push((self.journal.len(), self.bytes));
    }

    /// Closes a transaction and keeps its writes.
    pub(crate) fn commit(&mut self) {
        self.marks.pop();
    }

    /// Closes a transaction and undoes its writes.
    pub(crate) fn rollback(&mut self) {
        let (mark, bytes) = self.marks.pop().unwrap_or_default();
        self.bytes = bytes;
        while self.journal.len() > mark {
            match self.journal.pop() {
                Some((key, Some(old))) => {
                    self.items.insert(key, old);
                }
                Some((key, None)) => {
                    self.items.remove(&key);
                }
                None => return,
            }
        }
    }

    /// The value under a key.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.items.get(key).map(Vec::as_slice)
    }

    /// Writes or removes a value and returns the old one.
    ///
    /// # Errors
    /// All that was written would be more than `limit` bytes; nothing changes then.
    pub(crate) fn set(
        &mut self,
        key: Vec<u8>,
        value: Option<Vec<u8>>,
        limit: u32,
    ) -> Result<Option<Vec<u8>>, Error> {
        let written = value.as_ref().map_or(0, Vec::len);
        let after = self
            .bytes
            .saturating_add(key.len() as u64)
            .saturating_add(written as u64);
        if after > u64::from(limit) {
            return Err(Error::OutOfTransientStorage);
        }
        self.bytes = after;
        let old = match value {
            Some(value) => self.items.insert(key.clone(), value),
            None => self.items.remove(&key),
        };
        self.journal.push((key, old.clone()));
        Ok(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rolled_back_is_gone_and_not_counted() {
        let mut storage = Transient::default();
        storage.begin();
        storage.set(vec![1], Some(vec![1; 8]), 20).unwrap();
        storage.begin();
        storage.set(vec![1], None, 20).unwrap();
        assert_eq!(storage.get(&[1]), None);
        assert_eq!(
            storage.set(vec![2], Some(vec![2; 10]), 20),
            Err(Error::OutOfTransientStorage)
        );
        storage.rollback();
        assert_eq!(storage.get(&[1]), Some(&[1; 8][..]));
        assert!(storage.set(vec![2], Some(vec![2; 10]), 20).is_ok());
    }

    /// Three transactions one in the other, each with an item: all stay when all are committed.
    #[test]
    fn what_is_committed_in_nested_transactions_stays() {
        let mut storage = Transient::default();
        for item in 1..=3 {
            storage.begin();
            assert_eq!(storage.set(vec![item], Some(vec![item; 2]), 9), Ok(None));
        }
        // Three keys and three values: nine bytes.
        assert_eq!(
            storage.set(vec![4], None, 9),
            Err(Error::OutOfTransientStorage)
        );
        for _ in 1..=3 {
            storage.commit();
        }
        for item in 1..=3 {
            assert_eq!(storage.get(&[item]), Some(&[item; 2][..]));
        }
    }
}
