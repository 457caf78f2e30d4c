//! The trie over a whole map, node by node as `sp-trie` finishes them.

use fat_contracts_primitives::StateRoot;
use hash_db::{Hasher, Prefix};
use sp_core::{Blake2Hasher, H256};
use sp_trie::prefixed_key;
use trie_db::{trie_visit, ChildReference, ProcessEncodedNode};

use super::stored::is_leaf;
use super::{empty_root, Layout};
use crate::store::types::Row;
use crate::store::StoreError;

/// Computes the root over keys in ascending order. `put` gets the rows of all branches, each after
/// those below it.
///
/// # Errors
/// The first one of `put`.
pub(in crate::store) fn build(
    state: impl IntoIterator<Item = Row>,
    put: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<StateRoot, StoreError> {
    let mut visitor = Visitor {
        put,
        root: empty_root(),
        failure: None,
    };
    trie_visit::<Layout, _, _, _, _>(state, &mut visitor);
    match visitor.failure {
        Some(error) => Err(error),
        None => Ok(visitor.root),
    }
}

struct Visitor<P> {
    put: P,
    root: StateRoot,
    failure: Option<StoreError>,
}

impl<P> ProcessEncodedNode<H256> for Visitor<P>
where
    P: FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
{
    fn process(&mut self, prefix: Prefix<'_>, node: Vec<u8>, root: bool) -> ChildReference<H256> {
        // A node shorter than its hash stands in its parent itself.
        if !root && node.len() < Blake2Hasher::LENGTH {
            let mut inline = H256::zero();
            inline.as_bytes_mut()[..node.len()].copy_from_slice(&node);
            return ChildReference::Inline(inline, node.len());
        }
        let hash = Blake2Hasher::hash(&node);
        if root {
            self.root = hash;
        }
        if self.failure.is_none() && hash != empty_root() && !is_leaf(&node) {
            let key = prefixed_key::<Blake2Hasher>(&hash, prefix);
            self.failure = (self.put)(&key, &node).err();
        }
        ChildReference::Hash(hash)
    }

    /// Long values are in the flat table.
    fn process_inner_hashed_value(&mut self, _: Prefix<'_>, value: &[u8]) -> H256 {
        Blake2Hasher::hash(value)
    }
}
