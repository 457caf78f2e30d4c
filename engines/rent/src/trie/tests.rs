use super::RootBuilder;
use proptest::prelude::*;
use sp_trie::{LayoutV0, TrieConfiguration};
use std::collections::BTreeMap;

fn substrate(pairs: &BTreeMap<[u8; 32], Vec<u8>>) -> [u8; 32] {
    LayoutV0::<sp_core::Blake2Hasher>::trie_root(pairs.iter()).into()
}

fn ours(pairs: &BTreeMap<[u8; 32], Vec<u8>>) -> [u8; 32] {
    let mut root = RootBuilder::default();
    for (key, value) in pairs {
        root.push(*key, value.clone());
    }
    root.finish()
}

#[test]
fn the_empty_root() {
    assert_eq!(ours(&BTreeMap::new()), substrate(&BTreeMap::new()));
}

#[test]
fn keys_that_differ_in_the_last_nibble_alone() {
    let mut pairs = BTreeMap::new();
    for last in 0..16 {
        let mut key = [0xab; 32];
        key[31] = last;
        pairs.insert(key, vec![last]);
        assert_eq!(ours(&pairs), substrate(&pairs));
    }
}

proptest! {
    #[test]
    fn it_is_substrates_root(
        mut pairs in proptest::collection::btree_map(
            any::<[u8; 32]>(),
            proptest::collection::vec(any::<u8>(), 0..200),
            0..60,
        ),
        shared in 0_usize..32,
    ) {
        prop_assert_eq!(ours(&pairs), substrate(&pairs));
        // The same with a shared beginning of any length.
        pairs = pairs
            .into_iter()
            .map(|(mut key, value)| {
                key[..shared].fill(7);
                (key, value)
            })
            .collect();
        prop_assert_eq!(ours(&pairs), substrate(&pairs));
    }
}

/// Keys that agree in long parts, so that branches open and close at many depths.
fn bushy() -> impl Strategy<Value = BTreeMap<[u8; 32], Vec<u8>>> {
    let nibbles = proptest::collection::vec(0_usize..64, 0..6);
    let key = nibbles.prop_map(|set| {
        let mut key = [0_u8; 32];
        for at in set {
            key[at / 2] |= if at % 2 == 0 { 0x10 } else { 0x01 };
        }
        key
    });
    proptest::collection::btree_map(key, proptest::collection::vec(any::<u8>(), 0..40), 0..80)
}

proptest! {
    #[test]
    fn it_is_substrates_root_for_bushy_tries(pairs in bushy()) {
        prop_assert_eq!(ours(&pairs), substrate(&pairs));
    }
}
