//! A state imported in bulk is the one that blocks would have left.

use super::*;

/// Keys of several contracts, some of them with others below; values of all lengths that matter.
/// The trie over them is larger than what an import gathers at once.
pub(super) fn state() -> Vec<Row> {
    let mut state: std::collections::BTreeMap<_, _> = (0..4_000_u32)
        .map(|i| {
            let mixed = i.wrapping_mul(2_654_435_761);
            let prefix = [i as u8 % 3; 20];
            let key = [&prefix[..], &mixed.to_be_bytes()].concat();
            (key, vec![i as u8; i as usize % 40])
        })
        .collect();
    state.extend((0..=255_u8).map(|i| (vec![1, i], vec![i; 33])));
    state.insert(vec![], vec![7]);
    state.into_iter().collect()
}

#[test]
fn it_leaves_the_tables_that_blocks_leave() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        undo_window: 0,
        ..StoreOptions::default()
    };
    let create = |name: &str| Store::create(&folder.path().join(name), options).unwrap();
    let (mut committed, mut imported) = (create("committed"), create("imported"));
    let state = state();
    let mut roots = Vec::new();
    for number in 0..10 {
        let part = state.iter().skip(number as usize).step_by(10);
        let changes = part.map(|(key, value)| (key.as_slice(), Some(value.as_slice())));
        roots = committed.commit(&block(number, changes)).unwrap();
    }
    let last = NewBlock {
        number: 9,
        ..NewBlock::default()
    };
    assert_eq!(imported.import(&last, state.clone()).unwrap(), roots[0]);
    // Written through to the file.
    drop(imported);
    let mut imported = Store::open(&folder.path().join("imported"), options).unwrap();
    let snapshots = (imported.snapshot().unwrap(), committed.snapshot().unwrap());
    assert!(contents(&snapshots.0) == state, "other keys");
    assert!(contents(&snapshots.1) == state, "other keys");
    let rows = imported.trie_rows();
    let bytes: usize = rows.iter().map(|(key, node)| key.len() + node.len()).sum();
    assert!(bytes > 100_000, "{bytes} bytes are gathered in one go");
    assert!(rows == committed.trie_rows(), "other rows of the trie");
    assert_eq!(imported.verify_root().unwrap(), roots[0]);
    let next = imported.commit(&lively(10)).unwrap();
    assert_eq!(next, committed.commit(&lively(10)).unwrap());
    let same = imported.trie_rows() == committed.trie_rows();
    assert!(same, "other rows of the trie after the next block");
}

#[test]
fn what_cannot_be_imported_leaves_nothing() {
    let first = NewBlock {
        number: 3,
        record: vec![9],
        ..NewBlock::default()
    };
    let mut store = Store::open_in_memory().unwrap();
    let refused = |store: &mut Store, state: Vec<Row>, expected: &str| {
        let before = everything(store);
        let error = store.import(&first, state).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(everything(store), before);
    };
    let state = state();
    let (mut swapped, mut double) = (state.clone(), state.clone());
    swapped.swap(3_000, 3_001);
    double[3_001] = double[3_000].clone();
    refused(&mut store, swapped, "is out of order");
    refused(&mut store, double, "is out of order");
    let mut long = state.clone();
    long[3_000].0 = vec![0xff; MAX_KEY_BYTES + 1];
    refused(&mut store, long, "513 bytes, the most is 512");
    assert_eq!(store.trie_rows(), []);
    let root = store.import(&first, state.clone()).unwrap();
    assert_eq!(store.cursor().unwrap().unwrap().record, [9]);
    refused(&mut store, state, "holds blocks already");
    assert_eq!(store.verify_root().unwrap(), root);

    let mut empty = Store::open_in_memory().unwrap();
    assert_eq!(empty.import(&first, []).unwrap(), empty_root());
}
