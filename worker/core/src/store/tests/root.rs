//! The root is the one that `sp-trie` computes over the whole map, whatever the changes were.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sp_trie::{LayoutV1, TrieConfiguration};

use super::*;

type Layout = LayoutV1<sp_core::Blake2Hasher>;
type Map = BTreeMap<Vec<u8>, Vec<u8>>;

fn oracle(map: &Map) -> StateRoot {
    Layout::trie_root(map)
}

/// Keys that share prefixes, are prefixes of each other, and part at either half of a byte.
fn key() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        Just(0x00),
        Just(0x01),
        Just(0x10),
        Just(0x11),
        Just(0xff),
        any::<u8>()
    ];
    prop_oneof![
        proptest::collection::vec(byte, 0..6),
        // Long common prefixes, as the keys of one contract have.
        (any::<u8>(), 0_u8..40).prop_map(|(a, b)| [[0xab_u8; 40].as_slice(), &[a, b]].concat()),
        proptest::collection::vec(any::<u8>(), 32..33),
    ]
}

/// Values around the length from which the trie holds them by hash, and empty ones.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(vec![]),
        proptest::collection::vec(any::<u8>(), 1..4),
        proptest::collection::vec(any::<u8>(), 30..36),
        (0_u8..3).prop_map(|byte| vec![byte; 32]),
        (0_u8..3).prop_map(|byte| vec![byte; 33]),
        Just(vec![7; 300]),
    ]
}

type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

fn blocks() -> impl Strategy<Value = Vec<Changes>> {
    let change = (key(), proptest::option::weighted(0.6, value()));
    proptest::collection::vec(proptest::collection::vec(change, 0..60), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn every_root_is_the_one_over_the_whole_map(blocks in blocks(), forget in any::<prop::sample::Selector>()) {
        let mut store = Store::open_in_memory().unwrap();
        let mut map = Map::new();
        for (number, changes) in blocks.into_iter().enumerate() {
            let mut changes: ChangeSet = changes.into_iter().collect();
            // Removing keys that exist is what changes the trie's shape most.
            for key in map.keys().filter(|key| key.len() % 3 == number % 3).take(5) {
                changes.entry(key.clone()).or_insert(None);
            }
            if let Some(key) = forget.try_select(map.keys()) {
                changes.insert(key.clone(), None);
            }
            for (key, value) in &changes {
                match value {
                    Some(value) => map.insert(key.clone(), value.clone()),
                    None => map.remove(key),
                };
            }
            let number = number as BlockNumber;
            let block = NewBlock { number, changes, ..NewBlock::default() };
            let roots = store.commit(&block.into()).unwrap();
            prop_assert_eq!(roots, vec![oracle(&map)]);
            let flat: Vec<_> = map.clone().into_iter().collect();
            prop_assert_eq!(contents(&store.snapshot().unwrap()), flat);
        }
        // Emptied again, it has the root of nothing, and no node is left behind.
        let number = store.cursor().unwrap().unwrap().number + 1;
        let changes = map.keys().map(|key| (key.as_slice(), None)).collect::<Vec<_>>();
        prop_assert_eq!(store.commit(&block(number, changes)).unwrap(), vec![empty_root()]);
        prop_assert_eq!(store.stored_nodes(), 0);
    }
}

#[test]
fn the_empty_root_is_that_of_sp_trie() {
    assert_eq!(empty_root(), sp_trie::empty_trie_root::<Layout>());
}

/// Removing `10`, which isn't there, took the value of `1001` out of the trie: `trie-db` finds that
/// `10` ends where the branch of `1001` hangs and doesn't look at the branch's own partial key. The
/// flat map was right and the root wrong, so every worker would have agreed on a root that no
/// other tool can reproduce. Only real changes get to the trie.
#[test]
fn removing_an_absent_prefix_of_a_branch_changes_nothing() {
    let mut store = Store::open_in_memory().unwrap();
    let keys: [&[u8]; 5] = [&[0x10, 0x01], &[0x10, 0x01, 0x00], &[0x11], &[0x01], &[]];
    let before = store.commit(&block(0, keys.map(|key| (key, Some(&b"v"[..])))));
    let after = store.commit(&block(1, [(&[0x10][..], None)]));
    assert_eq!(before.unwrap(), after.unwrap());
}
