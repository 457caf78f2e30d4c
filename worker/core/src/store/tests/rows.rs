//! What else a block's transaction holds, and what it refuses.

use super::*;

#[test]
fn a_block_is_stored_with_all_that_belongs_to_it() {
    let mut store = Store::open_in_memory().unwrap();
    assert_eq!(store.cursor().unwrap(), None);
    assert_eq!(store.snapshot().unwrap().root(), empty_root());
    for number in 7..12 {
        let root = store.commit(&lively(number)).unwrap()[0];
        let cursor = store.cursor().unwrap().unwrap();
        assert_eq!((cursor.number, cursor.root), (number, root));
        assert_eq!(cursor.record, lively(number).blocks[0].record);
    }
    let given = lively(9);
    assert_eq!(store.receipts(9).unwrap(), given.blocks[0].receipts);
    assert_eq!(
        store.input(9).unwrap().as_ref(),
        Some(&given.blocks[0].input)
    );
    assert_eq!(store.block(9).unwrap().unwrap().number, 9);
    assert_eq!(store.block(6).unwrap(), None);
    assert!(store.receipts(6).unwrap().is_empty());
    assert_eq!(store.input(12).unwrap(), None);
    let last: Vec<_> = store
        .last_blocks(3)
        .unwrap()
        .iter()
        .map(|b| b.number)
        .collect();
    assert_eq!(last, [9, 10, 11]);
    let numbers = |from, to| -> Vec<_> {
        store
            .inputs(from, to)
            .unwrap()
            .map(|input| input.unwrap().0)
            .collect()
    };
    assert_eq!(numbers(8, 10), [8, 9, 10]);
    assert_eq!(numbers(0, u32::MAX), [7, 8, 9, 10, 11]);
    assert!(numbers(10, 8).is_empty());
}

#[test]
fn rows_of_the_caller_are_written_and_removed_with_or_without_a_block() {
    let mut store = Store::open_in_memory().unwrap();
    let row = |table: &str, key: &[u8], value: Option<&[u8]>| ExtraRow {
        table: table.into(),
        key: key.to_vec(),
        value: value.map(<[u8]>::to_vec),
    };
    let extra = vec![
        row("a", b"1", Some(b"x")),
        row("b", b"1", Some(b"y")),
        row("a", b"2", Some(b"")),
    ];
    store
        .commit(&BlockBatch {
            blocks: vec![],
            extra,
        })
        .unwrap();
    assert_eq!(store.extra("a", b"1").unwrap(), Some(b"x".to_vec()));
    assert_eq!(store.extra("b", b"1").unwrap(), Some(b"y".to_vec()));
    assert_eq!(store.extra("a", b"2").unwrap(), Some(vec![]));
    assert_eq!(store.extra("no such table", b"1").unwrap(), None);
    assert_eq!(store.cursor().unwrap(), None);
    let extra = vec![row("a", b"1", None)];
    let batch = BlockBatch {
        extra,
        ..block(0, [])
    };
    store.commit(&batch).unwrap();
    assert_eq!(
        store.extra_range("a", b"", 9).unwrap(),
        [(b"2".to_vec(), vec![])]
    );
    // A caller's table can't be one of the store's own.
    let extra = vec![row("state", b"k", Some(b"v"))];
    store
        .commit(&BlockBatch {
            blocks: vec![],
            extra,
        })
        .unwrap();
    assert!(store.snapshot().unwrap().get(b"k").unwrap().is_none());
}

#[test]
fn several_blocks_in_one_transaction_are_as_several_transactions() {
    let (mut one, mut each) = (
        Store::open_in_memory().unwrap(),
        Store::open_in_memory().unwrap(),
    );
    let mut batch = BlockBatch::default();
    let mut roots = Vec::new();
    for number in 0..40 {
        let mut next = lively(number);
        if number % 3 == 1 {
            next.blocks[0].changes.clear();
        }
        roots.extend(each.commit(&next).unwrap());
        batch.blocks.append(&mut next.blocks);
        batch.extra.append(&mut next.extra);
    }
    assert_eq!(one.commit(&batch).unwrap(), roots);
    assert_eq!(everything(&one), everything(&each));
    assert_eq!(one.stored_nodes(), each.stored_nodes());
    assert_eq!(one.snapshot_at(5).unwrap().root(), roots[5]);
    assert_eq!(
        contents(&one.snapshot_at(5).unwrap()),
        contents(&each.snapshot_at(5).unwrap())
    );
}

#[test]
fn a_refused_batch_leaves_nothing_behind() {
    let mut store = Store::open_in_memory().unwrap();
    store.commit(&lively(0)).unwrap();
    let before = everything(&store);
    let long = |len| -> BlockBatch {
        let changes = [(vec![1; len], Some(vec![]))].into();
        NewBlock {
            number: 1,
            changes,
            ..NewBlock::default()
        }
        .into()
    };
    let named = ExtraRow {
        table: "n".repeat(MAX_NAME_BYTES + 1),
        key: vec![],
        value: None,
    };
    let gap = BlockBatch {
        blocks: [lively(1).blocks, lively(3).blocks].concat(),
        ..lively(1)
    };
    for (refused, expected) in [
        (lively(0), "block 0 can't follow: the next block is 1"),
        (lively(2), "block 2 can't follow: the next block is 1"),
        (gap, "block 3 can't follow: the next block is 2"),
        (
            long(MAX_KEY_BYTES + 1),
            "a key of the state has 513 bytes, the most is 512",
        ),
        (
            BlockBatch {
                extra: vec![named],
                ..lively(1)
            },
            "a table's name has 65 bytes, the most is 64",
        ),
    ] {
        let error = store.commit(&refused).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(!error.hint().is_empty());
        assert_eq!(everything(&store), before);
    }
    store.commit(&long(MAX_KEY_BYTES)).unwrap();
}
