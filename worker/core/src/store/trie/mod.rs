//! The Substrate trie over the flat map: root, update, proof.
//!
//! Layout V1 over BLAKE2b-256 by `sp-trie`, so that any Substrate tool can check a root or a proof.
//! This module only tells `sp-trie` where nodes come from and where they go.

mod ahead;
mod bulk;
mod nodes;
mod stored;

use std::fmt::Debug;

use fat_contracts_primitives::StateRoot;
use sp_core::Blake2Hasher;
use sp_trie::{LayoutV1, Recorder, Trie, TrieDBBuilder, TrieDBMutBuilder, TrieMut};

pub(in crate::store) use bulk::build;
pub(in crate::store) use nodes::NodeChanges;
pub(in crate::store) use stored::{ReadTable, StoredNodes};

use super::StoreError;
use nodes::{BlockNodes, StateNodes, Values};

/// The trie's layout: values from 33 bytes on stand in their node by hash.
pub(super) type Layout = LayoutV1<Blake2Hasher>;

/// The node of the empty trie.
const EMPTY_NODE: [u8; 1] = [0];

/// BLAKE2b-256 of [`EMPTY_NODE`].
const EMPTY_ROOT: [u8; 32] = [
    0x03, 0x17, 0x0a, 0x2e, 0x75, 0x97, 0xb7, 0xb7, 0xe3, 0xd8, 0x4c, 0x05, 0x39, 0x1d, 0x13, 0x9a,
    0x62, 0xb1, 0x57, 0xe7, 0x87, 0x86, 0xd8, 0xc0, 0x82, 0xf2, 0x9d, 0xcf, 0x4c, 0x11, 0x13, 0x14,
];

/// The root of a state without any key.
pub const fn empty_root() -> StateRoot {
    sp_core::H256(EMPTY_ROOT)
}

/// The root over pairs in ascending order of their keys, computed one pair at a time.
///
/// # Errors
/// The first of the pairs'.
pub fn root_over<E>(
    pairs: impl IntoIterator<Item = Result<super::types::Row, E>>,
) -> Result<StateRoot, E> {
    let failure = std::cell::RefCell::new(None);
    let rows = pairs
        .into_iter()
        .map_while(|row| row.map_err(|error| failure.replace(Some(error))).ok());
    let root = build(rows, |_, _| Ok(()));
    match failure.take() {
        Some(error) => Err(error),
        // What takes no rows refuses none.
        None => Ok(root.unwrap_or_default()),
    }
}

/// A key whose value is now another one; `None` where there is no such key.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Change<'a> {
    pub(in crate::store) key: &'a [u8],
    /// The value that the flat map had.
    pub(in crate::store) old: Option<&'a [u8]>,
    /// The value that it has now.
    pub(in crate::store) new: Option<&'a [u8]>,
}

/// Applies changes, sorted by key, to the trie with the given root. Its nodes are read from
/// `stored` under `changed`; the new ones go into `changed`.
///
/// Each change must be a real one. That saves work, and more: told to remove a key that isn't
/// there, `trie-db` 0.32 takes the value of another key when the absent one ends right above that
/// one's branch, and the root is wrong from then on.
///
/// # Errors
/// A failure to read, or [`StoreError::Damaged`] when nodes are missing or malformed.
pub(in crate::store) fn update(
    stored: &StoredNodes<'_>,
    changed: &mut NodeChanges,
    mut root: StateRoot,
    changes: &[Change<'_>],
) -> Result<StateRoot, StoreError> {
    let mut nodes = BlockNodes::new(stored, changed, changes, &root);
    let error = |error: Box<dyn Debug>| stored.error(format!("{error:?}"));
    let mut trie = TrieDBMutBuilder::<Layout>::from_existing(&mut nodes, &mut root).build();
    for Change { key, new, .. } in changes {
        match new {
            Some(new) => trie.insert(key, new),
            None => trie.remove(key),
        }
        .map_err(|e| error(e))?;
    }
    drop(trie);
    Ok(root)
}

/// A proof, in sp-trie's compact form, of the values of some keys or of their absence.
///
/// # Errors
/// As [`update`].
pub(in crate::store) fn prove(
    stored: &StoredNodes<'_>,
    changed: &NodeChanges,
    values: &Values<'_>,
    root: StateRoot,
    keys: &[impl AsRef<[u8]>],
) -> Result<Vec<Vec<u8>>, StoreError> {
    let nodes = StateNodes {
        stored,
        changed,
        values,
    };
    sp_trie::generate_trie_proof::<Layout, _, _, _>(&nodes, root, keys)
        .map_err(|error| stored.error(format!("{error:?}")))
}

/// The nodes that are read on the way to some keys, each whole, and the long values among them as entries of
/// their own: what `state_getReadProof` of a node gives, and `sp_state_machine::read_proof_check` takes.
///
/// # Errors
/// As [`update`].
pub(in crate::store) fn nodes_on_the_way(
    stored: &StoredNodes<'_>,
    changed: &NodeChanges,
    values: &Values<'_>,
    root: StateRoot,
    keys: &[impl AsRef<[u8]>],
) -> Result<Vec<Vec<u8>>, StoreError> {
    let nodes = StateNodes {
        stored,
        changed,
        values,
    };
    let mut recorder = Recorder::<Layout>::new();
    {
        let trie = TrieDBBuilder::<Layout>::new(&nodes, &root);
        let trie = trie.with_recorder(&mut recorder).build();
        for key in keys {
            trie.get(key.as_ref())
                .map_err(|error| stored.error(format!("{error:?}")))?;
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let read = recorder.drain().into_iter();
    let read = read.filter(|node| seen.insert(node.hash));
    Ok(read.map(|node| node.data).collect())
}
