//! The trie's nodes of every state that is kept.
//!
//! A block's transaction says which nodes are new and which ones the newest state has no more. Those stay as long as
//! an older state that is kept may need them: each block has a journal, by which it is forgotten or taken back.

use fat_contracts_primitives::BlockNumber;
use sp_core::Blake2Hasher;
use sp_state_machine::{BackendTransaction, DBValue, DefaultError, TrieBackendStorage};
use sp_trie::prefixed_key;
use std::collections::BTreeMap;

/// Nodes by their place and hash.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    kept: BTreeMap<Vec<u8>, DBValue>,
    /// Those that the newest state hasn't got, by the block that dropped them last.
    dropped: BTreeMap<Vec<u8>, BlockNumber>,
}

/// What a block did to the nodes.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    made: Vec<Vec<u8>>,
    dropped: Vec<Vec<u8>>,
    /// Nodes that an older block had dropped, and which.
    revived: Vec<(Vec<u8>, BlockNumber)>,
}

impl Nodes {
    /// Takes over what a block changed.
    pub(crate) fn apply(
        &mut self,
        mut changes: BackendTransaction<Blake2Hasher>,
        block: BlockNumber,
    ) -> Journal {
        let changes: BTreeMap<Vec<u8>, (DBValue, i32)> = changes.drain().into_iter().collect();
        let mut journal = Journal::default();
        for (key, (value, count)) in changes {
            if count > 0 {
                if let Some(before) = self.dropped.remove(&key) {
                    journal.revived.push((key.clone(), before));
                }
                if self.kept.insert(key.clone(), value).is_none() {
                    journal.made.push(key);
                }
            } else if count < 0 {
                self.dropped.insert(key.clone(), block);
                journal.dropped.push(key);
            }
        }
        journal
    }

    /// Forgets what only states before a block needed.
    pub(crate) fn forget_before(&mut self, block: BlockNumber, journal: &Journal) {
        for key in &journal.dropped {
            if self.dropped.get(key) == Some(&block) {
                self.dropped.remove(key);
                self.kept.remove(key);
            }
        }
    }

    /// Takes the newest block back.
    pub(crate) fn take_back(&mut self, block: BlockNumber, journal: Journal) {
        for key in journal.made {
            self.kept.remove(&key);
        }
        for key in journal.dropped {
            if self.dropped.get(&key) == Some(&block) {
                self.dropped.remove(&key);
            }
        }
        for (key, before) in journal.revived {
            self.dropped.insert(key, before);
        }
    }
}

impl TrieBackendStorage<Blake2Hasher> for Nodes {
    fn get(
        &self,
        key: &sp_core::H256,
        prefix: (&[u8], Option<u8>),
    ) -> Result<Option<DBValue>, DefaultError> {
        Ok(self
            .kept
            .get(&prefixed_key::<Blake2Hasher>(key, prefix))
            .cloned())
    }
}
