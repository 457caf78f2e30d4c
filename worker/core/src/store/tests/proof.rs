//! Proofs verify with `sp-trie`, for the newest state and for older ones.

use sp_trie::{verify_trie_proof, LayoutV1};

use super::*;

type Layout = LayoutV1<sp_core::Blake2Hasher>;

#[test]
fn a_proof_of_values_and_of_absence_verifies_and_a_false_one_does_not() {
    let mut store = Store::open_in_memory().unwrap();
    for number in 0..12 {
        store.commit(&lively(number)).unwrap();
    }
    for number in [11, 8, 2] {
        let snapshot = store.snapshot_at(number).unwrap();
        let keys: Vec<_> = (0..45).map(|i| format!("key/{i}").into_bytes()).collect();
        let mut items: Vec<_> = keys
            .iter()
            .map(|key| {
                (
                    key.clone(),
                    snapshot.get(key).unwrap().map(|value| value.to_vec()),
                )
            })
            .collect();
        assert!(items.iter().any(|(_, value)| value.is_none()));
        assert!(items
            .iter()
            .flat_map(|(_, value)| value)
            .any(|value| value.len() == 33));
        let proof = snapshot.prove(&keys).unwrap();
        verify_trie_proof::<Layout, _, _, _>(&snapshot.root(), &proof, &items).unwrap();

        let (_, value) = items.iter_mut().find(|(_, value)| value.is_some()).unwrap();
        *value = None;
        assert!(verify_trie_proof::<Layout, _, _, _>(&snapshot.root(), &proof, &items).is_err());
    }
}

#[test]
fn the_root_with_changes_is_the_one_after_committing_them() {
    let mut store = Store::open_in_memory().unwrap();
    for number in 0..20 {
        let next = lively(number);
        let snapshot = store.snapshot().unwrap();
        let root = snapshot.root_with(&next.blocks[0].changes).unwrap();
        assert_eq!(store.commit(&next).unwrap(), [root]);
    }
    for number in 0..19 {
        let changes = lively(number + 1).blocks.remove(0).changes;
        let root = store
            .snapshot_at(number)
            .unwrap()
            .root_with(&changes)
            .unwrap();
        assert_eq!(root, store.block(number + 1).unwrap().unwrap().root);
    }
}
