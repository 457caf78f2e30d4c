//! Bits that flip in the file: what is read is what was written, or an error.

use std::fs;
use std::path::Path;

use sp_trie::TrieConfiguration;

use super::*;

const BLOCKS: BlockNumber = 20;
/// How many bits are tried of each file.
const FLIPS: usize = 300;

/// Everything in a store, or why it can't be read.
fn try_everything(store: &Store) -> Result<Everything, StoreError> {
    let blocks = store.last_blocks(usize::MAX)?;
    let newest = blocks.last().map_or(0, |block| block.number);
    let state = store.snapshot()?.range(b"", None, usize::MAX)?;
    let receipts = blocks.iter().map(|block| store.receipts(block.number));
    let receipts = receipts.collect::<Result<_, _>>()?;
    Ok(Everything {
        state: state
            .iter()
            .map(|(k, v)| (k.to_vec(), v.to_vec()))
            .collect(),
        inputs: store.inputs(0, newest)?.collect::<Result<_, _>>()?,
        receipts,
        extra: store.extra_range("chain", b"", usize::MAX)?,
        blocks,
    })
}

/// What a garbled file may be called.
fn is_named(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged { .. } | StoreError::NotAStore { .. } | StoreError::Format { .. }
    )
}

/// A store of the blocks in a new folder, closed; and what is in it after each block.
fn made() -> (tempfile::TempDir, Vec<Everything>) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), StoreOptions::default()).unwrap();
    let mut after = Vec::new();
    for number in 0..=BLOCKS {
        if number < BLOCKS {
            store.commit(&lively(number)).unwrap();
            after.push(everything(&store));
        } else {
            // What the next block would give.
            let mut next = Store::open_in_memory().unwrap();
            (0..=BLOCKS).for_each(|number| drop(next.commit(&lively(number)).unwrap()));
            after.push(everything(&next));
        }
    }
    store.close().unwrap();
    (dir, after)
}

/// Bits all over the part of a file that isn't zeros, and all of its head.
fn bits(bytes: &[u8]) -> Vec<usize> {
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let all = used.len() * 8;
    let step = (all / FLIPS).max(1) | 1;
    let spread = (0..all)
        .step_by(step)
        .map(|bit| used[bit / 8] * 8 + bit % 8);
    let head = (0..512 * 8).step_by(37);
    spread.chain(head).collect()
}

#[derive(Debug, Default)]
struct Tally {
    right: usize,
    damaged: usize,
}

/// Reads everything, of a store that is only read and of one that goes on, and makes a block.
fn flip_everywhere(bytes: &[u8], after: &[Everything], unclean: bool) -> Tally {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(FILE_NAME);
    let newest = BLOCKS as usize - 1;
    let mut tally = Tally::default();
    let mut judge = |bit: usize, what: &str, found: Result<Everything, StoreError>, at: usize| {
        match found {
            Ok(found) if found == after[at] => tally.right += 1,
            // The last commit of a store that wasn't closed may be a crash's; the one before is
            // there, whole.
            Ok(found) if unclean && found == after[at - 1] => tally.right += 1,
            Ok(_) => panic!("bit {bit}: {what} gives a wrong answer"),
            Err(error) if is_named(&error) => tally.damaged += 1,
            Err(error) => panic!("bit {bit}: {what}: {error:?}"),
        }
    };
    for bit in bits(bytes) {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &flipped).unwrap();
        let read = Store::open_read_only(dir.path(), StoreOptions::default());
        let read = read.and_then(|store| {
            let found = try_everything(&store)?;
            store.close().map(|()| found)
        });
        judge(bit, "reading", read, newest);
        assert!(fs::read(&file).unwrap() == flipped, "bit {bit}: written");

        let mut closing = Ok(());
        let next = Store::open(dir.path(), StoreOptions::default()).and_then(|mut store| {
            let next = store.cursor()?.map_or(0, |block| block.number + 1);
            store.commit(&lively(next))?;
            let found = try_everything(&store)?;
            closing = store.close();
            Ok(found)
        });
        judge(bit, "the next block", next, newest + 1);
        if let Err(error) = closing {
            assert!(is_named(&error), "bit {bit}: closing: {error:?}");
        }
        // What it left is the old store, the new one, or damaged.
        let left = Store::open_read_only(dir.path(), StoreOptions::default());
        match left.and_then(|store| try_everything(&store)) {
            Ok(found) => assert!(after.contains(&found), "bit {bit}: something else is left"),
            Err(error) => assert!(is_named(&error), "bit {bit}: {error:?}"),
        }
    }
    tally
}

#[test]
fn a_flipped_bit_is_an_error_or_changes_nothing() {
    let (dir, after) = made();
    let bytes = fs::read(dir.path().join(FILE_NAME)).unwrap();
    let tally = flip_everywhere(&bytes, &after, false);
    assert!(tally.right > 100 && tally.damaged > 100, "{tally:?}");
}

#[test]
fn so_it_is_in_a_store_that_was_not_closed() {
    let (dir, after) = made();
    let mut store = Store::open(dir.path(), StoreOptions::default()).unwrap();
    store.revert(BLOCKS - 2, &extra_of(BLOCKS - 2)).unwrap();
    store.commit(&lively(BLOCKS - 1)).unwrap();
    let bytes = fs::read(dir.path().join(FILE_NAME)).unwrap();
    drop(store);
    // Most bits are of pages that the last commit wrote: without them the one before counts.
    let tally = flip_everywhere(&bytes, &after, true);
    assert!(tally.right > 100 && tally.damaged > 10, "{tally:?}");
}

/// Closing writes, and reads what it needs for that. It has no way of failing in the database, but
/// in the store it has.
#[test]
fn closing_says_what_it_met() {
    let options = StoreOptions {
        // So that what is read comes from the disk.
        cache_bytes: 0,
        ..StoreOptions::default()
    };
    let disk = crash::Disk::new();
    let mut store = Store::with_backend(disk.clone(), options).unwrap();
    (0..BLOCKS).for_each(|number| drop(store.commit(&lively(number)).unwrap()));
    disk.garble();
    let error = store.close().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");

    let disk = crash::Disk::new();
    let mut store = Store::with_backend(disk.clone(), StoreOptions::default()).unwrap();
    store.commit(&lively(0)).unwrap();
    let reader = store.reader().clone();
    disk.panic_at_writes();
    let error = store.close().unwrap_err();
    assert!(
        matches!(&error, StoreError::Damaged { found, .. } if found == "led astray"),
        "{error}"
    );
    // Once is enough, and nobody else panics.
    store.close().unwrap();
    drop((store, reader));

    // Whoever doesn't ask isn't told, but isn't ended, either.
    let disk = crash::Disk::new();
    let store = Store::with_backend(disk.clone(), StoreOptions::default()).unwrap();
    disk.panic_at_writes();
    drop(store);
}

/// The caller's rows as they were after a block.
fn extra_of(number: BlockNumber) -> Vec<ExtraRow> {
    let row = |key: &[u8], value| ExtraRow {
        table: "chain".into(),
        key: key.to_vec(),
        value,
    };
    vec![
        row(b"head", Some(number.to_be_bytes().to_vec())),
        row(&(number + 1).to_be_bytes(), None),
    ]
}

/// The byte and its bits are from the description of redb's files, version 3: what decides whether
/// blocks are believed.
#[test]
fn the_state_of_the_database_is_where_it_is_looked_for() {
    let (dir, _) = made();
    let file = dir.path().join(FILE_NAME);
    let state = |file: &Path| fs::read(file).unwrap()[64 + 9] & 6;
    assert_eq!(state(&file), 4, "closed: two phases, no recovery");
    let mut store = Store::open(dir.path(), StoreOptions::default()).unwrap();
    assert_eq!(state(&file), 6, "open, and nothing written yet");
    store.commit(&lively(BLOCKS)).unwrap();
    assert_eq!(state(&file), 2, "written in one phase");
    store.close().unwrap();
    assert_eq!(state(&file), 4);
    assert_eq!(
        &fs::read(&file).unwrap()[64..73],
        b"redb\x1a\x0a\xa9\x0d\x0a"
    );
}

#[test]
fn a_store_that_is_only_read_writes_nothing_and_is_shared() {
    let (dir, after) = made();
    let file = dir.path().join(FILE_NAME);
    let options = StoreOptions::default();
    let newest = &after[BLOCKS as usize - 1];
    let closed = fs::read(&file).unwrap();
    let mut store = Store::open(dir.path(), options).unwrap();
    store.commit(&lively(BLOCKS)).unwrap();
    // As a process that was killed leaves it.
    let killed = fs::read(&file).unwrap();
    store.close().unwrap();
    for (bytes, expected) in [(closed, newest), (killed, &after[BLOCKS as usize])] {
        fs::write(&file, &bytes).unwrap();
        let mut one = Store::open_read_only(dir.path(), options).unwrap();
        let two = Store::open_read_only(dir.path(), options).unwrap();
        assert_eq!(&everything(&one), expected);
        assert_eq!(&everything(&two), expected);
        let error = one.commit(&lively(BLOCKS + 1)).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        let error = one.revert(3, &[]).unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        let error = Store::open(dir.path(), options).unwrap_err();
        assert!(matches!(error, StoreError::Locked { .. }), "{error}");
        one.check_database().unwrap();
        one.close().unwrap();
        let error = one.cursor().unwrap_err();
        assert!(error.to_string().contains("closed"), "{error}");
        two.close().unwrap();
        assert!(fs::read(&file).unwrap() == bytes);
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 1);
    }
    let writer = Store::open(dir.path(), options).unwrap();
    let error = Store::open_read_only(dir.path(), options).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    drop(writer);
}

/// Rows that lie under right checksums and are wrong all the same, as a fault of the program
/// would leave them.
#[test]
fn a_root_is_recomputed_from_the_state_alone() {
    let mut store = Store::open_in_memory().unwrap();
    (0..BLOCKS).for_each(|number| drop(store.commit(&lively(number)).unwrap()));
    let root = store.cursor().unwrap().unwrap().root;
    assert_eq!(store.recompute_root(|| {}).unwrap(), root);
    (0..BLOCKS - 1).for_each(|block| store.verify_root_at(block).unwrap());
    let tamper = |name: &str, wrong: &[u8]| {
        let core = store.core();
        let txn = core.begin_write().unwrap();
        {
            let table = redb::TableDefinition::<&[u8], &[u8]>::new(name);
            let mut table = txn.open_table(table).unwrap();
            let first = redb::ReadableTable::first(&table).unwrap();
            let first = first.map(|(key, _)| key.value().to_vec()).unwrap();
            table.insert(first.as_slice(), wrong).unwrap();
        }
        txn.commit().unwrap();
    };
    tamper("trie", b"another branch");
    let error = store.recompute_root(|| {}).unwrap_err();
    assert!(error.to_string().contains("trie"), "{error}");
    tamper("state", b"another value");
    let mut rows = contents(&store.snapshot().unwrap());
    let expected = sp_trie::LayoutV1::<sp_core::Blake2Hasher>::trie_root(rows.drain(..));
    assert_ne!(expected, root);
    assert_eq!(store.recompute_root(|| {}).unwrap(), expected);
    let error = store.verify_root().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}
