//! What is in a directory and isn't a store of this program gets an error that says so.

use std::fs;
use std::path::Path;

use super::*;

fn options() -> StoreOptions {
    StoreOptions::default()
}

/// Opening fails, says where and what to do, and leaves the file's bytes as they were.
fn refuse(base: &Path) -> StoreError {
    let file = base.join(FILE_NAME);
    let before = fs::read(&file).ok();
    let error = Store::open(base, options()).unwrap_err();
    assert!(
        error.to_string().contains(base.to_str().unwrap()),
        "{error}"
    );
    assert!(!error.hint().is_empty());
    assert!(
        fs::read(&file).ok() == before,
        "{error}: and the file was changed"
    );
    error
}

#[test]
fn a_missing_directory_or_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("nowhere");
    assert!(matches!(refuse(&base), StoreError::Missing { .. }));
    assert!(!base.exists());
    assert!(matches!(refuse(dir.path()), StoreError::Missing { .. }));
}

#[test]
fn a_store_is_made_once_and_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("a/b");
    let mut store = Store::create(&base, options()).unwrap();
    let mut oracle = Store::open_in_memory().unwrap();
    for number in 0..5 {
        assert_eq!(
            store.commit(&lively(number)).unwrap(),
            oracle.commit(&lively(number)).unwrap()
        );
    }
    let again = Store::create(&base, options()).unwrap_err();
    assert!(matches!(again, StoreError::AlreadyExists { .. }), "{again}");
    for number in 5..10 {
        drop(store);
        store = Store::open(&base, options()).unwrap();
        assert_eq!(everything(&store), everything(&oracle));
        assert_eq!(
            store.commit(&lively(number)).unwrap(),
            oracle.commit(&lively(number)).unwrap()
        );
    }
    let names: Vec<_> = fs::read_dir(&base)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, [FILE_NAME]);
}

#[test]
fn a_store_in_use_is_not_opened_twice() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), options()).unwrap();
    assert!(matches!(refuse(dir.path()), StoreError::Locked { .. }));
    drop(store);
    Store::open(dir.path(), options()).unwrap();
}

#[test]
fn a_file_of_something_else_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(FILE_NAME);
    for bytes in [
        &b""[..],
        b"redb",
        b"SQLite format 3\0 and so on",
        &[0; 8192],
    ] {
        fs::write(&file, bytes).unwrap();
        let error = refuse(dir.path());
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    }
    fs::remove_file(&file).unwrap();
    drop(redb::Database::create(&file).unwrap());
    let error = refuse(dir.path());
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
}

/// The fields' places and the checksum are those of the format's description, written anew here.
#[test]
fn another_format_is_named_with_the_program_that_made_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::create(dir.path(), options()).unwrap());
    let file = dir.path().join(FILE_NAME);
    let sound = fs::read(&file).unwrap();
    assert_eq!(&sound[..12], b"pink store\x1a\n");
    assert_eq!(&sound[12..16], [0, 0, 0, 2]);
    for (format, hint) in [(FORMAT + 1, "newer"), (0, "replay")] {
        let mut other = sound.clone();
        other[12..16].copy_from_slice(&format.to_be_bytes());
        other[24..64].fill(0);
        other[24..41].copy_from_slice(b"pink-worker 9.9.9");
        other[16..24].fill(0);
        let seal = xxhash_rust::xxh3::xxh3_64(&other[..512]);
        other[16..24].copy_from_slice(&seal.to_le_bytes());
        fs::write(&file, &other).unwrap();
        let error = refuse(dir.path());
        assert!(
            matches!(&error, StoreError::Format { expected: FORMAT, found, created_by, .. }
                if *found == format && created_by == "pink-worker 9.9.9"),
            "{error}"
        );
        assert!(error.hint().contains(hint));
    }
}

/// As the program made stores before there were checksums.
#[test]
fn a_store_of_the_first_format_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let db = redb::Database::create(dir.path().join(FILE_NAME)).unwrap();
    let meta = redb::TableDefinition::<&str, &[u8]>::new("meta");
    let txn = db.begin_write().unwrap();
    {
        let mut meta = txn.open_table(meta).unwrap();
        meta.insert("format", 1u32.to_be_bytes().as_slice())
            .unwrap();
        meta.insert("created_by", b"pink-worker 0.1.0".as_slice())
            .unwrap();
    }
    txn.commit().unwrap();
    drop(db);
    let error = refuse(dir.path());
    assert!(
        matches!(&error, StoreError::Format { expected: 2, found: 1, created_by, .. }
            if created_by == "pink-worker 0.1.0"),
        "{error}"
    );
}

/// A file that lost its end, as an interrupted copy leaves it.
#[test]
fn a_file_cut_short_is_an_error_and_never_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), options()).unwrap();
    for number in 0..20 {
        store.commit(&lively(number)).unwrap();
    }
    drop(store);
    let file = dir.path().join(FILE_NAME);
    let whole = fs::read(&file).unwrap();
    for cut in [
        9,
        10,
        64,
        100,
        320,
        511,
        512,
        4095,
        4096,
        5000,
        8192,
        20_000,
        whole.len() / 2,
        whole.len() - 1,
    ] {
        fs::write(&file, &whole[..cut]).unwrap();
        match Store::open(dir.path(), options()) {
            Err(StoreError::Damaged { .. } | StoreError::NotAStore { .. }) => {}
            Err(error) => panic!("cut at {cut}: {error}"),
            Ok(_) => panic!("cut at {cut}: opened"),
        }
        assert_eq!(
            fs::read(&file).unwrap().len(),
            cut,
            "cut at {cut}: and it was changed"
        );
    }
}

/// Bytes that were overwritten anywhere in the file.
#[test]
fn a_garbled_file_is_an_error_and_never_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), options()).unwrap();
    for number in 0..20 {
        store.commit(&lively(number)).unwrap();
    }
    let sound = contents(&store.snapshot().unwrap());
    drop(store);
    let file = dir.path().join(FILE_NAME);
    let whole = fs::read(&file).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let (mut opened, mut refused) = (0, 0);
    for at in (0..used).step_by(used / 150) {
        let mut garbled = whole.clone();
        let end = (at + 40).min(garbled.len());
        garbled[at..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&file, &garbled).unwrap();
        // What isn't read on opening is found when the root is verified, if it is of the state.
        if let Ok(store) = Store::open(dir.path(), options()) {
            if store.verify_root().is_ok() {
                assert_eq!(
                    contents(&store.snapshot().unwrap()),
                    sound,
                    "garbled at {at}"
                );
                opened += 1;
            }
        } else {
            refused += 1;
        }
    }
    assert!(
        opened > 0 && refused > 0,
        "{opened} opened, {refused} refused"
    );
}
