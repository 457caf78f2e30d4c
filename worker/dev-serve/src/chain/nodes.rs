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
    /// No state before this block is needed any more.
    oldest: BlockNumber,
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
        self.oldest = self.oldest.max(block);
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
            if before > self.oldest {
                self.dropped.insert(key, before);
            } else {
                // The states that had it were forgotten while it was there again.
                self.kept.remove(&key);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{runtime::state, STATE_VERSION};
    use sp_state_machine::Backend;
    use sp_trie::{LayoutV1, TrieConfiguration};
    use std::collections::VecDeque;

    type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

    /// How many nodes a state has that was made anew.
    fn fresh(pairs: &Pairs) -> usize {
        let mut nodes = Nodes::default();
        let empty = sp_state_machine::new_in_mem::<Blake2Hasher>();
        let delta = pairs
            .iter()
            .map(|(key, value)| (&key[..], Some(&value[..])));
        nodes.apply(empty.storage_root(delta, STATE_VERSION).1, 0);
        nodes.kept.len()
    }

    /// Drawn histories with a window of some blocks, in which now and then blocks are taken back: every state in the
    /// window is what a plain map says, and of what is outside nothing is left.
    #[test]
    fn states_are_kept_forgotten_and_taken_back() {
        let mut random = fastrand::Rng::with_seed(15);
        for _ in 0..20 {
            let mut nodes = Nodes::default();
            let start = Pairs::from([(b"first".to_vec(), vec![1; 40])]);
            let empty = sp_state_machine::new_in_mem::<Blake2Hasher>();
            let delta = start
                .iter()
                .map(|(key, value)| (&key[..], Some(&value[..])));
            let (root, transaction) = empty.storage_root(delta, STATE_VERSION);
            let journal = nodes.apply(transaction, 0);
            let mut window = VecDeque::from([(0u32, root, journal, start)]);
            for _ in 0..120 {
                let (number, root, _, pairs) = window.back().expect("a block");
                let (number, root, mut pairs) = (number.saturating_add(1), *root, pairs.clone());
                let mut changes: Changes = BTreeMap::new();
                for _ in 0..random.usize(0..12) {
                    // Few keys and values, so that nodes come back that were there before.
                    let key = vec![random.u8(0..4) * 16, random.u8(0..3), random.u8(0..3)];
                    let value = random
                        .bool()
                        .then(|| vec![random.u8(0..3); random.usize(1..60)]);
                    changes.insert(key, value);
                }
                for (key, value) in &changes {
                    match value {
                        Some(value) => pairs.insert(key.clone(), value.clone()),
                        None => pairs.remove(key),
                    };
                }
                let delta = changes
                    .iter()
                    .map(|(key, value)| (&key[..], value.as_deref()));
                let (root, transaction) = state(&nodes, root).storage_root(delta, STATE_VERSION);
                let journal = nodes.apply(transaction, number);
                assert_eq!(root, LayoutV1::<Blake2Hasher>::trie_root(pairs.clone()));
                window.push_back((number, root, journal, pairs));
                if random.u8(..) < 40 && window.len() > 3 {
                    for _ in 0..random.usize(1..3) {
                        let (number, _, journal, _) = window.pop_back().expect("a block");
                        nodes.take_back(number, journal);
                    }
                }
                while window.len() > 8 {
                    window.pop_front();
                    let (number, _, journal, _) = window.front().expect("a block");
                    nodes.forget_before(*number, journal);
                }
                for (_, root, _, pairs) in &window {
                    let all: Result<Pairs, _> = state(&nodes, *root)
                        .pairs(Default::default())
                        .expect("pairs")
                        .collect();
                    assert_eq!(&all.expect("every node"), pairs);
                }
            }
            while window.len() > 1 {
                window.pop_front();
                let (number, _, journal, _) = window.front().expect("a block");
                nodes.forget_before(*number, journal);
            }
            let (_, _, _, pairs) = window.front().expect("a block");
            assert_eq!((nodes.kept.len(), nodes.dropped.len()), (fresh(pairs), 0));
        }
    }

    type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
}
