//! How long a file of an engine may be.

use crate::cluster::{engines, V2_0};
use pink_engine_host::{inspect, EngineError};
use std::{fs, io::ErrorKind};

/// An engine that ends in zeros up to the bound is one, and with one more isn't read.
#[test]
fn a_file_has_up_to_64_mib() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("libpink.so.2.0");
    fs::copy(engines().join("libpink.so.2.0"), &path).expect("cargo xtask engines");
    let long = |bytes: u64| {
        let file = fs::OpenOptions::new().write(true).open(&path);
        file.expect("the copy").set_len(bytes).expect("room");
        inspect(&path)
    };
    let found = long(67_108_864).expect("it is read");
    assert_eq!((found.version, found.size), (V2_0, 67_108_864));
    match long(67_108_865) {
        Err(EngineError::Unreadable { error, .. }) => {
            assert_eq!(error.kind(), ErrorKind::FileTooLarge);
            assert!(error.to_string().contains("67108864 bytes"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}
