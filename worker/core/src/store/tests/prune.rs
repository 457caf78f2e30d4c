//! Forgetting what is old.

use super::*;

fn filled(undo_window: u32, blocks: u32) -> Store {
    let options = StoreOptions {
        undo_window,
        ..StoreOptions::default()
    };
    let mut store = Store::open_in_memory_with(options).unwrap();
    for number in 1..=blocks {
        store.commit(&lively(number)).unwrap();
    }
    store
}

fn keep(blocks: Option<u32>, receipts: Option<u32>) -> Pruning {
    Pruning {
        keep_blocks: blocks,
        keep_receipts: receipts,
    }
}

fn inputs(store: &Store) -> Vec<BlockNumber> {
    let rows = store.inputs(0, u32::MAX).unwrap();
    rows.map(|row| row.unwrap().0).collect()
}

/// Of 20 blocks with a window of 3 the last 5 stay, and the root before them, as after a snapshot of block 15.
#[test]
fn what_stays_is_as_after_a_snapshot() {
    let mut store = filled(3, 20);
    let before = everything(&store);
    let gone = store.prune(keep(Some(5), None), 20, 1_000).unwrap();
    // 1 to 15: of 15 the root stays.
    assert_eq!(
        gone,
        Pruned {
            blocks: 15,
            receipts: 15,
            more: false
        }
    );
    assert_eq!(inputs(&store), [16, 17, 18, 19, 20]);
    assert_eq!(store.first_block().unwrap(), Some(15));
    assert_eq!(store.snapshot_block().unwrap(), Some(15));
    assert_eq!(store.oldest_state().unwrap(), Some(17));
    assert!(matches!(
        store.snapshot_at(14),
        Err(StoreError::OlderThanSnapshot {
            block: 14,
            snapshot: 15
        })
    ));
    assert!(matches!(
        store.snapshot_at(16),
        Err(StoreError::Pruned { .. })
    ));
    assert_eq!(store.receipts(15).unwrap(), []);
    let after = everything(&store);
    assert_eq!(after.state, before.state);
    assert_eq!(after.blocks[..], before.blocks[14..]);
    assert_eq!(after.receipts[1..], before.receipts[15..]);
    assert_eq!(after.extra, before.extra);
    let counts: Vec<_> = store.row_counts().unwrap();
    let of = |name| counts.iter().find(|it| it.0 == name).unwrap().1;
    assert_eq!(
        [of("blocks"), of("inputs"), of("receipts"), of("undo")],
        [6, 5, 15, 3]
    );
    // A second time there is nothing to do, and it goes on as one that forgot nothing.
    assert_eq!(
        store.prune(keep(Some(5), None), 20, 1_000).unwrap(),
        Pruned::default()
    );
    let mut whole = filled(3, 20);
    for number in 21..=30 {
        let roots = store.commit(&lively(number)).unwrap();
        assert_eq!(roots, whole.commit(&lively(number)).unwrap());
        store.prune(keep(Some(5), None), number, 1_000).unwrap();
    }
    assert_eq!(inputs(&store), [26, 27, 28, 29, 30]);
    assert_eq!(
        store.revert(28, &[]).unwrap(),
        whole.revert(28, &[]).unwrap()
    );
}

/// Neither what isn't settled, nor what can be gone back to, nor more than the bound at a time.
#[test]
fn no_more_is_forgotten_than_may_be() {
    let mut store = filled(10, 20);
    // The states of 10 to 20 can be read.
    store.prune(keep(Some(0), None), 20, 1_000).unwrap();
    assert_eq!(inputs(&store).first(), Some(&11));
    assert!(store.can_revert_to(10).unwrap());
    let mut store = filled(3, 20);
    store.prune(keep(Some(5), Some(0)), 7, 1_000).unwrap();
    assert_eq!(inputs(&store).first(), Some(&8));
    assert_eq!(store.receipts_from().unwrap(), Some(8));
    let mut store = filled(3, 20);
    let mut steps = Vec::new();
    loop {
        let gone = store.prune(keep(Some(5), None), 20, 4).unwrap();
        steps.push(gone.blocks);
        if !gone.more {
            break;
        }
    }
    assert_eq!(steps, [4, 4, 4, 3]);
    assert_eq!(inputs(&store), [16, 17, 18, 19, 20]);
    // Nobody asked.
    let mut store = filled(3, 20);
    let before = everything(&store);
    assert_eq!(
        store.prune(Pruning::default(), 20, 1_000).unwrap(),
        Pruned::default()
    );
    assert_eq!(everything(&store), before);
    assert_eq!(
        filled(3, 0).prune(keep(Some(0), Some(0)), 20, 9).unwrap(),
        Pruned::default()
    );
    assert_eq!(
        filled(3, 2).prune(keep(Some(5), Some(5)), 20, 9).unwrap(),
        Pruned::default()
    );
}

#[test]
fn receipts_go_ahead_of_their_blocks_and_are_missed_by_name() {
    let mut store = filled(10, 20);
    let gone = store.prune(keep(None, Some(2)), 20, 1_000).unwrap();
    assert_eq!((gone.blocks, gone.receipts), (0, 18));
    assert_eq!(inputs(&store).len(), 20);
    let missing = store.receipts(18).unwrap_err();
    assert!(
        matches!(
            missing,
            StoreError::ReceiptsPruned {
                block: 18,
                oldest: 19
            }
        ),
        "{missing}"
    );
    assert_eq!(store.receipts(19).unwrap().len(), 3);
    // Of a block that isn't there, there is nothing to miss.
    assert_eq!(store.receipts(21).unwrap(), []);
    // What is committed after a revert has its receipts.
    store.revert(15, &[]).unwrap();
    store.commit(&lively(16)).unwrap();
    assert_eq!(store.receipts(16).unwrap().len(), 3);
    assert!(store.receipts(15).is_err());
}
