//! Older states, reverting, and the window they are bound to.

use super::*;

fn with_window(undo_window: u32) -> Store {
    let options = StoreOptions {
        undo_window,
        ..StoreOptions::default()
    };
    Store::with_backend(redb::backends::InMemoryBackend::new(), options).unwrap()
}

#[test]
fn every_state_in_the_window_can_be_read_and_no_older_one() {
    let mut store = with_window(10);
    let mut states = Vec::new();
    for number in 0..30 {
        store.commit(&lively(number)).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert_eq!(snapshot.block().unwrap().number, number);
        states.push((snapshot.root(), contents(&snapshot)));
    }
    for number in 19..30 {
        let old = store.snapshot_at(number).unwrap();
        let (root, state) = &states[number as usize];
        assert_eq!((&old.root(), &contents(&old)), (root, state));
        // The trie leads back to it as well.
        assert_eq!(old.root_with(&ChangeSet::new()).unwrap(), *root);
        for (key, value) in state {
            assert_eq!(old.get(key).unwrap().as_deref(), Some(value.as_slice()));
        }
    }
    assert_eq!(store.oldest_state().unwrap(), Some(19));
    let pruned = store.snapshot_at(18).unwrap_err();
    assert!(
        matches!(
            pruned,
            StoreError::Pruned {
                block: 18,
                oldest: 19
            }
        ),
        "{pruned}"
    );
    let future = store.snapshot_at(30).unwrap_err();
    assert!(
        matches!(future, StoreError::NoSuchBlock { block: 30, .. }),
        "{future}"
    );
}

#[test]
fn a_range_of_an_older_state_merges_what_was_undone() {
    let mut store = with_window(10);
    let keys: [&[u8]; 5] = [b"a", b"b", b"c", b"d", b"e"];
    store
        .commit(&block(
            0,
            [keys[1], keys[3], keys[4]].map(|k| (k, Some(&b"old"[..]))),
        ))
        .unwrap();
    let new: [(&[u8], Option<&[u8]>); 4] = [
        (b"a", Some(b"new")),
        (b"b", None),
        (b"c", Some(b"new")),
        (b"d", Some(b"new")),
    ];
    store.commit(&block(1, new)).unwrap();
    let old = store.snapshot_at(0).unwrap();
    let names = |start: &[u8], end: Option<&[u8]>, limit| -> String {
        let rows = old.range(start, end, limit).unwrap();
        assert!(rows.iter().all(|(_, value)| **value == *b"old"));
        rows.iter().map(|(key, _)| key[0] as char).collect()
    };
    assert_eq!(names(b"", None, 9), "bde");
    assert_eq!(names(b"b", Some(b"e"), 9), "bd");
    assert_eq!(names(b"c", None, 1), "d");
    assert_eq!(names(b"bb", Some(b"d"), 9), "");
    assert_eq!(names(b"e", Some(b"b"), 9), "");
    assert_eq!(names(b"", None, 0), "");
}

#[test]
fn reverting_restores_everything_and_the_way_forward_is_the_same() {
    let mut store = with_window(20);
    let mut before = Vec::new();
    let mut roots = Vec::new();
    for number in 0..20 {
        roots.extend(store.commit(&lively(number)).unwrap());
        before.push(everything(&store));
    }
    for to in [17_u32, 12, 12, 5] {
        // The caller's rows are the caller's to take back.
        let extra: Vec<_> = everything(&store)
            .extra
            .into_iter()
            .filter(|(key, _)| key.as_slice() > to.to_be_bytes().as_slice() && key != b"head")
            .map(|(key, _)| (key, None))
            .chain([(b"head".to_vec(), Some(to.to_be_bytes().to_vec()))])
            .map(|(key, value)| ExtraRow {
                table: "chain".into(),
                key,
                value,
            })
            .collect();
        assert_eq!(store.revert(to, &extra).unwrap(), roots[to as usize]);
        assert_eq!(everything(&store), before[to as usize]);
        assert_eq!(store.verify_root().unwrap(), roots[to as usize]);
    }
    for number in 6..20 {
        assert_eq!(
            store.commit(&lively(number)).unwrap(),
            [roots[number as usize]]
        );
    }
    assert_eq!(everything(&store), before[19]);
}

#[test]
fn reverting_past_the_window_or_to_no_block_changes_nothing() {
    let mut store = with_window(3);
    for number in 0..8 {
        store.commit(&lively(number)).unwrap();
    }
    let before = everything(&store);
    let pruned = store.revert(3, &[]).unwrap_err();
    assert!(
        matches!(
            pruned,
            StoreError::Pruned {
                block: 3,
                oldest: 4
            }
        ),
        "{pruned}"
    );
    let future = store.revert(9, &[]).unwrap_err();
    assert!(
        matches!(future, StoreError::NoSuchBlock { block: 9, .. }),
        "{future}"
    );
    assert_eq!(everything(&store), before);
    assert!(store.revert(4, &[]).is_ok());
}

/// Before the first block there was nothing, and the way forward from there is the same.
#[test]
fn everything_can_be_taken_back() {
    let mut store = with_window(3);
    let roots: Vec<_> = (5..8)
        .flat_map(|number| store.commit(&lively(number)).unwrap())
        .collect();
    assert!(store.can_revert_to(4).unwrap() && !store.can_revert_to(3).unwrap());
    assert_eq!(store.revert(4, &[]).unwrap(), empty_root());
    assert_eq!(store.verify_root().unwrap(), empty_root());
    assert_eq!(store.cursor().unwrap(), None);
    let left = everything(&store);
    assert_eq!(
        (left.blocks, left.state, left.inputs),
        (vec![], vec![], vec![])
    );
    for number in 5..8 {
        let root = store.commit(&lively(number)).unwrap();
        assert_eq!(root, [roots[number as usize - 5]]);
    }
    // Beyond the window it can't be.
    store.commit(&lively(8)).unwrap();
    assert!(!store.can_revert_to(4).unwrap() && store.can_revert_to(5).unwrap());
    let pruned = store.revert(4, &[]).unwrap_err();
    let expected = StoreError::Pruned {
        block: 4,
        oldest: 5,
    };
    assert_eq!(pruned.to_string(), expected.to_string());
}

/// What somebody asks for stays however short the window is, and shrinks when it isn't asked for.
#[test]
fn undo_records_that_are_needed_stay() {
    for window in [0, 2] {
        let mut store = with_window(window);
        let root = store.commit(&lively(0)).unwrap();
        for number in 1..20 {
            store.commit_keeping(&lively(number), Some(1)).unwrap();
            assert_eq!(store.oldest_state().unwrap(), Some(0), "{window}");
        }
        for number in 20..60 {
            store.commit(&lively(number)).unwrap();
        }
        assert_eq!(store.oldest_state().unwrap(), Some(59 - window));
        let mut store = with_window(window);
        for number in 0..20 {
            store.commit_keeping(&lively(number), Some(1)).unwrap();
        }
        assert_eq!(store.revert(0, &[]).unwrap(), root[0]);
    }
}

#[test]
fn a_shorter_window_shrinks_what_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let options = |undo_window| StoreOptions {
        undo_window,
        ..StoreOptions::default()
    };
    let mut store = Store::create(dir.path(), options(50)).unwrap();
    for number in 0..20 {
        store.commit(&lively(number)).unwrap();
    }
    assert_eq!(store.oldest_state().unwrap(), Some(0));
    drop(store);
    let mut store = Store::open(dir.path(), options(2)).unwrap();
    for number in 20..40 {
        store.commit(&lively(number)).unwrap();
    }
    assert_eq!(store.oldest_state().unwrap(), Some(37));
}

/// A snapshot is a view of one moment, for as long as it lives.
#[test]
fn snapshots_stay_as_they_are_while_blocks_are_written() {
    let mut store = with_window(4);
    store.commit(&lively(0)).unwrap();
    let reader = store.reader().clone();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let reader = reader.clone();
                scope.spawn(move || {
                    let mut seen = 0;
                    while seen < 60 {
                        let snapshot = reader.snapshot().unwrap();
                        let number = snapshot.block().unwrap().number;
                        let first = contents(&snapshot);
                        std::thread::yield_now();
                        assert_eq!(contents(&snapshot), first);
                        let root = snapshot.root_with(&ChangeSet::new()).unwrap();
                        assert_eq!(root, snapshot.root());
                        assert!(number >= seen);
                        seen = number;
                    }
                })
            })
            .collect();
        for number in 1..=60 {
            store.commit(&lively(number)).unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}
