//! Roots and proofs of states that aren't the newest one, or that aren't committed at all.

use std::collections::BTreeMap;

use fat_contracts_primitives::StateRoot;

use super::snapshot::Snapshot;
use super::trie::{self, Change, NodeChanges};
use super::types::ChangeSet;
use super::StoreError;

impl Snapshot {
    /// The root that this state would have with some changes on top. Nothing is written: this is
    /// for replays, rehearsals and for blocks under another engine.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn root_with(&self, changes: &ChangeSet) -> Result<StateRoot, StoreError> {
        let mut nodes = NodeChanges::default();
        self.update_nodes(changes, &mut nodes)
    }

    /// A proof of the values of some keys, or of their absence, against [`root`](Self::root): in
    /// sp-trie's compact form, as `sp_trie::verify_trie_proof` takes it. The keys are distinct.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn prove(&self, keys: &[impl AsRef<[u8]>]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut nodes = NodeChanges::default();
        let root = self.update_nodes(&ChangeSet::new(), &mut nodes)?;
        let stored = self.stored_nodes();
        let value = |key: &[u8]| Ok(self.get(key)?.map(|value| value.to_vec()));
        trie::prove(&stored, &nodes, &value, root, keys)
    }

    /// The same as a plain list: the trie's nodes on the way to the keys, each whole, as
    /// `state_getReadProof` gives them. The keys may repeat.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn prove_plainly(&self, keys: &[impl AsRef<[u8]>]) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut nodes = NodeChanges::default();
        let root = self.update_nodes(&ChangeSet::new(), &mut nodes)?;
        let stored = self.stored_nodes();
        let value = |key: &[u8]| Ok(self.get(key)?.map(|value| value.to_vec()));
        trie::nodes_on_the_way(&stored, &nodes, &value, root, keys)
    }

    /// Leads the stored trie, which is that of the newest block, to this state and its changes.
    fn update_nodes(
        &self,
        changes: &ChangeSet,
        nodes: &mut NodeChanges,
    ) -> Result<StateRoot, StoreError> {
        let undone = self.undone().iter();
        let mut merged: BTreeMap<&[u8], Option<&[u8]>> = undone
            .map(|(key, old)| (key.as_slice(), old.as_deref()))
            .collect();
        let new = changes.iter();
        merged.extend(new.map(|(key, value)| (key.as_slice(), value.as_deref())));
        let mut real = Vec::with_capacity(merged.len());
        for (key, new) in merged {
            let old = self.get_stored(key)?;
            if old.as_deref() != new {
                real.push((key, old, new));
            }
        }
        let real: Vec<_> = real
            .iter()
            .map(|(key, old, new)| Change {
                key,
                old: old.as_deref(),
                new: *new,
            })
            .collect();
        let stored = self.stored_nodes();
        trie::update(&stored, nodes, self.stored_root(), &real)
    }
}
