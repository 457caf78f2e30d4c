//! Values of a state, by a proof against its root.

use fat_contracts_primitives::Hash;
use sp_core::Blake2Hasher;
use sp_trie::{LayoutV1, StorageProof, Trie, TrieDBBuilder};
use std::collections::BTreeMap;
use trie_db::TrieError;

/// Keys with their values; `None` where the proof says that there is none.
pub(crate) type Values = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Looks keys up in the nodes of a proof. Nodes that aren't needed are no fault: what counts is that
/// each step from the root on is there.
///
/// # Errors
/// The nodes don't lead from the root to all of the keys: what is missing, or can't be read.
pub(crate) fn check(
    root: &Hash,
    nodes: impl IntoIterator<Item = Vec<u8>>,
    keys: &[Vec<u8>],
) -> Result<Values, String> {
    check_with_hash(root, nodes, keys, &[]).map(|(values, _)| values)
}

/// Looks keys up, and the hash of one key's value, which needn't be among the nodes; `None` if it has none.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_with_hash(
    root: &Hash,
    nodes: impl IntoIterator<Item = Vec<u8>>,
    keys: &[Vec<u8>],
    hashed: &[u8],
) -> Result<(Values, Option<Hash>), String> {
    let db = StorageProof::new(nodes).into_memory_db::<Blake2Hasher>();
    let trie = TrieDBBuilder::<LayoutV1<Blake2Hasher>>::new(&db, root).build();
    let mut values = Values::new();
    for key in keys {
        values.insert(key.clone(), trie.get(key).map_err(|it| reason(*it))?);
    }
    let hash = if hashed.is_empty() {
        None
    } else {
        trie.get_hash(hashed).map_err(|it| reason(*it))?
    };
    Ok((values, hash))
}

/// What is wrong with a proof.
fn reason(error: TrieError<Hash, sp_trie::Error<Hash>>) -> String {
    match error {
        TrieError::InvalidStateRoot(root) => {
            format!("it has no node for the state root {root:?}")
        }
        TrieError::IncompleteDatabase(node) => {
            format!("the node {node:?} is missing")
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_trie::{generate_trie_proof, MemoryDB, TrieDBMutBuilder, TrieMut};

    /// A hundred pairs, with values on both sides of the length from which they have a node of
    /// their own; the root, and a prover for keys.
    fn state() -> (Hash, MemoryDB<Blake2Hasher>) {
        let (mut db, mut root) = (MemoryDB::<Blake2Hasher>::default(), Hash::zero());
        let mut trie = TrieDBMutBuilder::<LayoutV1<Blake2Hasher>>::new(&mut db, &mut root).build();
        for at in 0..100u8 {
            let key = sp_crypto_hashing::blake2_128(&[at]);
            trie.insert(&key, &vec![at; at.into()]).expect("in memory");
        }
        drop(trie);
        (root, db)
    }

    fn key(at: u8) -> Vec<u8> {
        sp_crypto_hashing::blake2_128(&[at]).to_vec()
    }

    /// The nodes that a node gives: all that a read touches.
    fn prove(db: &MemoryDB<Blake2Hasher>, root: Hash, keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let recorder = sp_trie::recorder::Recorder::<Blake2Hasher>::default();
        {
            let mut trie_recorder = recorder.as_trie_recorder(root);
            let trie = TrieDBBuilder::<LayoutV1<Blake2Hasher>>::new(db, &root)
                .with_recorder(&mut trie_recorder)
                .build();
            for key in keys {
                trie.get(key).expect("it is whole");
            }
        }
        recorder
            .drain_storage_proof()
            .into_nodes()
            .into_iter()
            .collect()
    }

    #[test]
    fn values_and_their_absence_are_proven() {
        let (root, db) = state();
        let keys = [key(1), key(20), key(90), b"none".to_vec()];
        let values = check(&root, prove(&db, root, &keys), &keys).expect("a proof");
        let expected = [
            Some(vec![1; 1]),
            Some(vec![20; 20]),
            Some(vec![90; 90]),
            None,
        ];
        let found: Vec<_> = keys.iter().map(|key| values[key].clone()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn any_byte_of_any_node_matters() {
        let (root, db) = state();
        let keys = [key(1), key(90), b"none".to_vec()];
        let nodes = prove(&db, root, &keys);
        assert!(nodes.len() > 3);
        for at in 0..nodes.len() {
            let mut without = nodes.clone();
            without.remove(at);
            assert!(check(&root, without, &keys).is_err(), "without node {at}");
            for byte in 0..nodes[at].len() {
                let mut wrong = nodes.clone();
                wrong[at][byte] ^= 1;
                assert!(
                    check(&root, wrong, &keys).is_err(),
                    "node {at}, byte {byte}"
                );
            }
        }
    }

    #[test]
    fn a_key_that_wasnt_proven_is_neither_present_nor_absent() {
        let (root, db) = state();
        let nodes = prove(&db, root, &[key(1)]);
        let missing = (2..100).filter(|at| check(&root, nodes.clone(), &[key(*at)]).is_err());
        assert!(missing.count() > 80);
        assert!(check(&Hash::repeat_byte(1), nodes, &[key(1)]).is_err());
        // A compact proof is something else, and isn't taken for one.
        let compact = generate_trie_proof::<LayoutV1<Blake2Hasher>, _, _, _>(&db, root, &[key(1)]);
        assert!(check(&root, compact.expect("a proof"), &[key(1)]).is_err());
    }
}
