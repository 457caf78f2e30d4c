//! A store as a whole: what it takes, what goes, and what can't be used.

use crate::{
    operating::{said, text},
    process::engines,
    Harness,
};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    exec::{StateError, SystemCodes},
    history::{check, replay},
    store::{Pruning, Store, StoreError, StoreOptions},
    Worker, WorkerError,
};
use runtime_mock::Genesis;
use serde_json::{json, Value};
use std::{fs, path::Path};
use tempfile::TempDir;

fn db(base: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut all = vec!["db", "--json", "--base-path", text(base)];
    all.extend(arguments);
    said(&all)
}

#[test]
fn a_purge_keeps_keys_and_has_to_be_meant() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    // While it runs, it is nobody else's.
    let (status, report) = db(base.path(), &["purge", "--yes"]);
    assert_eq!(status, 2);
    assert!(
        report["error"]
            .as_str()
            .expect("an error")
            .contains("in use by another process"),
        "{report}"
    );
    let (status, report) = db(base.path(), &["stats"]);
    assert_eq!(status, 2);
    assert!(
        report["error"]
            .as_str()
            .expect("an error")
            .contains("in use"),
        "{report}"
    );
    assert_eq!(running.stop("TERM").0, 0);

    let (status, stats) = db(base.path(), &["stats"]);
    assert_eq!(status, 0, "{stats}");
    assert_eq!(stats["last_block"], harness.head());
    assert_eq!(stats["first_block"], harness.made[0].number);
    assert_eq!(stats["snapshot_block"], Value::Null);
    let tables = stats["tables"].as_array().expect("tables");
    let rows = |name: &str| {
        tables
            .iter()
            .find(|it| it["table"] == name)
            .expect("a table")["rows"]
            .clone()
    };
    assert_eq!(rows("blocks"), harness.made.len());
    // A setup and three deposits.
    assert_eq!(rows("receipts"), 4);
    let (status, report) = db(base.path(), &["migrate"]);
    assert_eq!(
        (status, &report["format"], &report["migrated"]),
        (0, &json!(2), &json!(false))
    );

    let key = fs::read(base.path().join("worker.key")).expect("a key");
    fs::write(base.path().join("worker.toml"), "[query]\nthreads = 1\n").expect("a file");
    fs::create_dir(base.path().join("snapshots")).expect("a folder");
    let (status, report) = db(base.path(), &["purge"]);
    assert_eq!(status, 2);
    assert!(
        report["error"]
            .as_str()
            .expect("an error")
            .contains("nobody said yes"),
        "{report}"
    );
    assert!(base.path().join("store.redb").exists());
    let (status, report) = db(base.path(), &["purge", "--yes"]);
    assert_eq!(status, 0, "{report}");
    assert_eq!(
        report["removed"],
        json!(["store.redb", "snapshots", "starts"])
    );
    assert_eq!(report["kept"], json!(["worker.key", "worker.toml"]));
    assert_eq!(
        fs::read(base.path().join("worker.key")).expect("a key"),
        key
    );
    let (status, report) = db(base.path(), &["purge", "--yes"]);
    assert_eq!(status, 2);
    assert!(
        report["error"]
            .as_str()
            .expect("an error")
            .contains("no store at"),
        "{report}"
    );

    // It begins anew, and comes to the same.
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").1["state_root"], harness.root());
}

#[test]
fn a_store_that_was_cut_is_named_and_can_be_purged() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    let path = base.path().join("store.redb");
    let whole = fs::read(&path).expect("a store");
    for length in [whole.len() / 2, 4_096, 10, 0] {
        fs::write(&path, &whole[..length]).expect("a cut store");
        let (status, report) = harness.start(base.path(), &[]).ended();
        assert_eq!(status, 2, "{length}");
        let error = report["error"].as_str().expect("an error");
        let named =
            error.contains("is damaged") || error.contains("is not a store of this program");
        assert!(named && error.contains("store.redb"), "{length}: {error}");
        assert!(
            error.contains("restore the base path") || error.contains("choose another"),
            "{report}"
        );
    }
    assert_eq!(db(base.path(), &["purge", "--yes"]).0, 0);
    let mut running = harness.start(base.path(), &[]);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").1["state_root"], harness.root());
}

struct SmallestModule;

impl SystemCodes for SmallestModule {
    fn system_code(&self, _: &pink_capi::types::Hash) -> Result<Option<Vec<u8>>, StateError> {
        Ok(Some(b"\0asm\x01\0\0\0".to_vec()))
    }
}

/// A worker that forgets goes on as one that doesn't, and what is left of it is sound and can be replayed.
#[test]
fn a_worker_that_forgets_comes_to_the_same() {
    let harness = Harness::begin(Genesis::development());
    let base = TempDir::new().expect("a directory");
    let options = StoreOptions {
        undo_window: 4,
        ..StoreOptions::default()
    };
    let store = Store::create(base.path(), options).expect("a store");
    let mut worker = Worker::new(store, EngineRegistry::new(engines()));
    let keep = Pruning {
        keep_blocks: Some(4),
        keep_receipts: Some(1),
    };
    let head = harness.head();
    for block in &harness.made {
        let imported = worker.import(std::slice::from_ref(block), Vec::new(), &SmallestModule);
        assert!(imported.expect("a store").parked.is_none());
        // The chain confirms what is two blocks old.
        worker
            .prune(keep, block.number.saturating_sub(2), 1_000)
            .expect("a store");
    }
    let (number, root, _) = worker.head().expect("a store").expect("a block");
    assert_eq!(
        (number, format!("0x{}", hex::encode(root))),
        (head, harness.root())
    );
    // The last four blocks, on the root of the one before; of the two that aren't confirmed there are receipts.
    assert_eq!(worker.snapshot_block().expect("a store"), Some(head - 4));
    let missing = worker.receipts(head - 2).expect_err("forgotten");
    assert!(matches!(
        missing,
        WorkerError::Store(StoreError::ReceiptsPruned { oldest, .. }) if oldest == head - 1
    ));
    assert_eq!(worker.receipts(head).expect("a store").len(), 2);
    // It has something to say of each block that it kept, and of those alone.
    assert!(worker.checkpoint(head - 4).expect("a store").is_none());
    assert!(worker.checkpoint(head - 3).expect("a store").is_some());
    // Replayed from there, by receipts' roots where the receipts are gone.
    let replayed = replay(&worker, 0..=head, |_| ()).expect("it can be");
    assert_eq!((replayed.compared, replayed.blocks), (4, 4));
    assert!(replayed.divergence.is_none(), "{:?}", replayed.divergence);
    worker.store().close().expect("sound");
    drop(worker);
    let checked = check(base.path(), true, |_, _| ()).expect("a store");
    assert!(checked.damaged.is_empty(), "{:?}", checked.damaged);
    assert_eq!(checked.blocks, 5);
}
