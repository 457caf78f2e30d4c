//! Base paths that can't be gone on with.

use crate::node::engines;
use crate::node::Node;
use parity_scale_codec::Encode;
use pink_worker_core::store::{BlockBatch, ExtraRow, Store, StoreOptions, FILE_NAME};
use std::fs;

#[test]
fn a_path_without_a_chain() {
    let node = Node::empty(engines());
    node.run(&["accounts"])
        .error(&["there is no development chain", "init"]);
    // An init that was killed before its first block leaves an empty store.
    drop(Store::create(&node.base_path(), StoreOptions::default()).expect("a store"));
    node.run(&["accounts"])
        .error(&["its init was interrupted", "init"]);
    node.run(&["init", "--engine", "2.0"]).success();
    node.refused(
        &["init"],
        &["there is a development chain", "another --base-path"],
    );
}

#[test]
fn a_path_of_a_worker_that_follows_a_chain() {
    let node = Node::empty(engines());
    let mut store = Store::create(&node.base_path(), StoreOptions::default()).expect("a store");
    let bound = ExtraRow {
        table: "chain".into(),
        key: b"format".to_vec(),
        value: Some(1u32.encode()),
    };
    let batch = BlockBatch {
        extra: vec![bound],
        ..BlockBatch::default()
    };
    store.commit(&batch).expect("a row");
    drop(store);
    for command in [&["accounts"][..], &["init", "--engine", "2.0"]] {
        node.run(command)
            .error(&["is a worker's", "another --base-path"]);
    }
}

#[test]
fn a_path_of_another_version() {
    let node = Node::new();
    let mut store = Store::open(&node.base_path(), StoreOptions::default()).expect("a store");
    let about = ExtraRow {
        table: "dev/about".into(),
        key: b"format".to_vec(),
        value: Some((99u32, "pink-worker 9.9").encode()),
    };
    let batch = BlockBatch {
        extra: vec![about],
        ..BlockBatch::default()
    };
    store.commit(&batch).expect("a row");
    drop(store);
    node.run(&["accounts"])
        .error(&["made by pink-worker 9.9 in format 99", "use the program"]);
}

#[test]
fn a_damaged_or_foreign_file() {
    let node = Node::new();
    let file = node.base_path().join(FILE_NAME);
    let bytes = fs::read(&file).expect("the store");
    for (spoiled, words) in [
        (&bytes[..bytes.len() / 2], &["store.redb"][..]),
        (&b"hello"[..], &["not a store of this program"]),
        (&b""[..], &["store.redb"]),
    ] {
        fs::write(&file, spoiled).expect("the store");
        node.run(&["accounts"]).error(words);
        node.run(&["init"]).error(&["store.redb"]);
        // It was left as it is.
        assert_eq!(fs::read(&file).expect("the store"), spoiled);
    }
    fs::write(&file, &bytes).expect("the store");
    node.run(&["accounts"]).success();
}

#[test]
fn a_path_in_use() {
    let node = Node::new();
    let store = Store::open(&node.base_path(), StoreOptions::default()).expect("a store");
    node.run(&["accounts"])
        .error(&["in use by another process"]);
    drop(store);
    node.run(&["accounts"]).success();
}
