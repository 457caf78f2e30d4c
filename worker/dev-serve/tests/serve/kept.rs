//! What is kept: in a folder at every moment, in a file at the end.

use crate::harness::{bring, config, who, Harness, UNIT};
use pink_dev_serve::{Location, Serve, ServeConfig, ServeError};
use serde_json::{json, Value};
use std::{fs, path::Path, time::Duration};

/// What there is to be found again.
fn looks(harness: &Harness) -> Vec<Value> {
    let info = harness.worker("cluster_v1_info", json!([]));
    vec![
        harness.get("chain_getBlockHash", json!([])),
        harness.get("chain_getBlockHash", json!([1])),
        json!(harness.balance(&who("//Bob")).to_string()),
        info["stateRoot"].clone(),
        info["nextSeq"].clone(),
        json!(harness.nonce(&who("//Bob"))),
    ]
}

fn at(place: Location) -> ServeConfig {
    ServeConfig {
        place,
        engine: None,
        ..config()
    }
}

fn begin(place: &Location) -> (Harness, Vec<Value>) {
    let harness = Harness::start(&ServeConfig {
        place: place.clone(),
        ..config()
    });
    assert!(!harness.info.resumed);
    harness.send("//Bob", bring(UNIT));
    harness.get("dev_increaseTime", json!([5]));
    harness.until(|harness| (harness.number("pool") == 0).then_some(()));
    let looks = looks(&harness);
    (harness, looks)
}

fn goes_on(place: &Location, before: &[Value]) {
    let harness = Harness::start(&at(place.clone()));
    assert!(harness.info.resumed);
    assert_eq!(looks(&harness), before);
    assert_eq!(harness.number("aheadMs"), 5_000);
    // It goes on.
    let seq = harness.worker("cluster_v1_info", json!([]))["nextSeq"].as_u64();
    harness.send("//Bob", bring(UNIT));
    harness.until(|harness| {
        (harness.worker("cluster_v1_info", json!([]))["nextSeq"].as_u64() > seq).then_some(())
    });
    harness.stop();
}

#[test]
fn a_folder_goes_on() {
    let base = tempfile::tempdir().expect("a folder");
    let place = Location::Folder(base.path().join("chain"));
    let (harness, before) = begin(&place);
    // Nobody else has it meanwhile.
    assert!(matches!(
        Serve::start(&at(place.clone())),
        Err(ServeError::InUse(_))
    ));
    harness.stop();
    goes_on(&place, &before);
    goes_on_once_more(&place);
}

fn goes_on_once_more(place: &Location) {
    let harness = Harness::start(&at(place.clone()));
    assert!(harness.info.resumed);
    // States of before are gone; blocks aren't.
    let first = harness.get("chain_getBlockHash", json!([1]));
    let error = harness
        .ask("state_getStorage", json!(["0x00", first]))
        .expect_err("discarded");
    assert!(
        error["message"]
            .as_str()
            .expect("words")
            .contains("discarded"),
        "{error}"
    );
    assert!(harness.get("chain_getBlock", json!([first]))["block"].is_object());
}

#[test]
fn a_file_goes_on() {
    let base = tempfile::tempdir().expect("a folder");
    let path = base.path().join("state");
    let every = Some(Duration::from_millis(1));
    let place = Location::File {
        path: path.clone(),
        every,
    };
    let (harness, before) = begin(&place);
    // What was written in between is whole as well.
    let between = base.path().join("between");
    harness.until(|_| path.exists().then_some(()));
    harness.get("dev_status", json!([]));
    fs::copy(&path, &between).expect("a copy");
    harness.stop();
    goes_on(&place, &before);
    let other = Harness::start(&at(Location::File {
        path: between,
        every: None,
    }));
    assert!(other.info.resumed);
    assert_eq!(looks(&other), before);
}

/// Why something isn't opened; and it is as it was.
fn refused(path: &Path, engine: Option<&str>) -> ServeError {
    let before = fs::read(path).ok();
    let place = Location::File {
        path: path.into(),
        every: None,
    };
    let engine = engine.map(|it| it.parse().expect("a version"));
    let error = Serve::start(&ServeConfig {
        engine,
        ..at(place)
    })
    .expect_err("no state");
    assert!(error.hint().is_some(), "{error}");
    assert_eq!(fs::read(path).ok(), before);
    error
}

#[test]
fn what_is_damaged_or_something_else_is_refused() {
    let base = tempfile::tempdir().expect("a folder");
    let path = base.path().join("state");
    let place = Location::File {
        path: path.clone(),
        every: None,
    };
    Harness::start(&ServeConfig { place, ..config() }).stop();
    let whole = fs::read(&path).expect("the file");
    assert!(matches!(
        refused(&path, Some("1.1")),
        ServeError::OtherEngine { .. }
    ));

    fs::write(&path, b"").expect("a file");
    assert!(matches!(refused(&path, None), ServeError::NotAState { .. }));
    fs::write(&path, b"something else entirely").expect("a file");
    assert!(matches!(refused(&path, None), ServeError::NotAState { .. }));
    for length in [17, 21, 60, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).expect("a file");
        assert!(
            matches!(refused(&path, None), ServeError::Damaged { .. }),
            "{length}"
        );
    }
    for at in [53, 1_000, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&path, &flipped).expect("a file");
        assert!(
            matches!(refused(&path, None), ServeError::Damaged { .. }),
            "{at}"
        );
    }
    // Of a program to come.
    let mut newer = whole.clone();
    newer[16] = 99;
    fs::write(&path, &newer).expect("a file");
    let ServeError::Format {
        found, expected, ..
    } = refused(&path, None)
    else {
        panic!("another error");
    };
    assert_eq!((found, expected), (99, 1));
    fs::write(&path, &whole).expect("a file");
    let place = Location::File { path, every: None };
    assert!(Harness::start(&at(place)).info.resumed);
}

#[test]
fn a_folder_with_something_else_or_damage_is_refused() {
    let base = tempfile::tempdir().expect("a folder");
    let folder = base.path().join("other");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("store.redb"), b"").expect("a file");
    let start = |folder: &Path| Serve::start(&at(Location::Folder(folder.into())));
    assert!(matches!(start(&folder), Err(ServeError::OtherPath(_))));

    let folder = base.path().join("chain");
    Harness::start(&at(Location::Folder(folder.clone()))).stop();
    let chain = folder.join("chain.redb");
    let whole = fs::read(&chain).expect("the chain");
    for (what, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("foreign", vec![7; 4_096]),
        ("empty", Vec::new()),
    ] {
        fs::write(&chain, &bytes).expect("a file");
        let error = start(&folder).expect_err(what);
        assert!(
            matches!(error, ServeError::Damaged { .. } | ServeError::Io { .. }),
            "{what}: {error}"
        );
    }
    fs::remove_file(&chain).expect("a file");
    assert!(matches!(start(&folder), Err(ServeError::NotAState { .. })));
    fs::write(&chain, &whole).expect("a file");
    assert!(start(&folder).is_ok());
}
