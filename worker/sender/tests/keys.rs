//! Keys, and the directories that they are in.

use fat_contracts_primitives::AccountId;
use pink_sender::{Key, Keystore, KeystoreError};
use pink_worker_core::accounts::ss58;
use sp_core::{sr25519, Pair};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};
use tempfile::TempDir;

/// The phrase of Substrate's development accounts.
const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// As `subkey inspect` prints them.
const KNOWN: [(&str, &str, &str); 3] = [
    (
        "//Alice",
        "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
        "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    ),
    (
        "//Bob",
        "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
        "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
    ),
    (
        PHRASE,
        "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a",
        "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV",
    ),
];

fn hex_of(account: &AccountId) -> String {
    let bytes: &[u8; 32] = account.as_ref();
    hex::encode(bytes)
}

#[test]
fn accounts_are_those_of_other_tools() {
    for (secret, hex, address) in KNOWN {
        let key = Key::from_secret(secret).expect("a secret");
        assert_eq!(
            (&*hex_of(key.account()), &*ss58(key.account())),
            (hex, address)
        );
    }
}

#[test]
fn derivation_and_signatures_are_those_of_substrate() {
    let seed = format!("0x{}", "07".repeat(32));
    for secret in [
        "//Alice",
        "//Alice//stash",
        "//Alice/soft/2",
        PHRASE,
        &format!("{PHRASE}//hard/soft///password"),
        &seed,
        &format!("{seed}//1"),
    ] {
        let key = Key::from_secret(secret).expect("a secret");
        let pair = sr25519::Pair::from_string(secret, None).expect("a secret");
        assert_eq!(
            key.account().as_ref() as &[u8; 32],
            &pair.public().0,
            "{secret}"
        );
        let signature = sr25519::Signature::from_raw(key.sign(b"words"));
        assert!(sr25519::Pair::verify(&signature, b"words", &pair.public()));
        assert!(!sr25519::Pair::verify(&signature, b"word", &pair.public()));
    }
}

#[test]
fn a_secret_is_never_printed() {
    let key = Key::from_secret(PHRASE).expect("a secret");
    let text = format!("{key:?}");
    assert!(text.contains("46ebddef"), "{text}");
    for word in PHRASE.split(' ') {
        assert!(!text.contains(word), "{text}");
    }
    for wrong in ["bottom drive obey", "0x12", "", "bottom//x", "//Alice\n///"] {
        let error = Key::development(wrong).expect_err("no path");
        assert!(!error.to_string().contains("bottom"), "{error}");
    }
    assert!(matches!(
        Key::development(PHRASE),
        Err(KeystoreError::NotDevelopment)
    ));
    assert!(matches!(
        Key::from_secret("x y"),
        Err(KeystoreError::NotASecret)
    ));
}

/// A file as another tool writes it: named by type and public key, a JSON string inside.
fn written(dir: &TempDir, kind: &str, hex: &str, content: &str) -> std::path::PathBuf {
    let path = dir.path().join(format!("{}{hex}", hex::encode(kind)));
    fs::write(&path, content).expect("written");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("set");
    path
}

fn dir() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn files_of_substrates_keystores_are_read() {
    let dir = dir();
    for (secret, hex, _) in KNOWN {
        written(&dir, "acco", hex, &format!("{secret:?}"));
    }
    // Of a validator, and no key at all.
    written(&dir, "gran", KNOWN[0].1, "\"//Alice\"");
    fs::write(dir.path().join("README"), "x").expect("written");
    let store = Keystore::open(dir.path()).expect("a keystore");
    let accounts = store.accounts().expect("read");
    assert_eq!(accounts.len(), 3);
    for account in &accounts {
        assert_eq!(store.key(Some(account)).expect("read").account(), account);
    }
    let several = store.key(None);
    assert!(
        matches!(several, Err(KeystoreError::SeveralKeys { ref found, .. }) if *found == accounts)
    );
    let other = AccountId::new([9; 32]);
    let missing = store.key(Some(&other));
    assert!(
        matches!(missing, Err(KeystoreError::NotThere { .. })),
        "{missing:?}"
    );
}

#[test]
fn what_is_inserted_is_what_substrates_tools_would_write() {
    let dir = dir();
    let store = Keystore::create(&dir.path().join("new")).expect("made");
    let account = store.insert("//Alice").expect("inserted");
    let path = dir
        .path()
        .join("new")
        .join(format!("6163636f{}", KNOWN[0].1));
    assert_eq!(fs::read_to_string(&path).expect("there"), "\"//Alice\"");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode();
    assert_eq!(mode(&path) & 0o777, 0o600);
    assert_eq!(mode(&dir.path().join("new")) & 0o777, 0o700);
    assert_eq!(store.key(None).expect("the only one").account(), &account);
    let again = store.insert("//Alice");
    assert!(
        matches!(again, Err(KeystoreError::Exists { .. })),
        "{again:?}"
    );
    let made = [store.generate(), store.generate()].map(|it| it.expect("made"));
    assert_ne!(made[0], made[1]);
    for account in &made {
        assert_eq!(store.key(Some(account)).expect("read").account(), account);
    }
}

#[test]
fn what_is_wrong_with_a_keystore_is_named() {
    let dir = dir();
    let nowhere = Keystore::open(&dir.path().join("nowhere"));
    assert!(
        matches!(nowhere, Err(KeystoreError::Missing { .. })),
        "{nowhere:?}"
    );
    let store = Keystore::open(dir.path()).expect("a keystore");
    assert!(matches!(store.key(None), Err(KeystoreError::NoKey { .. })));
    written(&dir, "gran", KNOWN[0].1, "\"//Alice\"");
    match store.key(None) {
        Err(KeystoreError::NoKey { found, .. }) => assert_eq!(found, ["`gran`"]),
        other => panic!("{other:?}"),
    }
    let (_, alice, _) = KNOWN[0];
    let long = "x".repeat(5_000);
    for content in ["//Alice", "[1]", "\"nonsense words\"", "", "\"\"", &*long] {
        let path = written(&dir, "acco", alice, content);
        let found = store.key(None);
        assert!(
            matches!(found, Err(KeystoreError::Content { .. })),
            "{content}: {found:?}"
        );
        let text = found.expect_err("no key").to_string();
        assert!(!text.contains("nonsense") && text.len() < 300, "{text}");
        fs::remove_file(path).expect("there");
    }
    // Another key's secret.
    let path = written(&dir, "acco", alice, "\"//Bob\"");
    let found = store.key(None);
    assert!(
        matches!(found, Err(KeystoreError::Mismatch { .. })),
        "{found:?}"
    );
    fs::remove_file(path).expect("there");
    for mode in [0o644, 0o640, 0o620, 0o601, 0o604] {
        let path = written(&dir, "acco", alice, "\"//Alice\"");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("set");
        match store.key(None) {
            Err(KeystoreError::Permissions { found, .. }) => assert_eq!(found, mode),
            other => panic!("{other:?}"),
        }
        fs::remove_file(path).expect("there");
    }
    fs::create_dir(dir.path().join(format!("6163636f{alice}"))).expect("made");
    fs::set_permissions(
        dir.path().join(format!("6163636f{alice}")),
        Permissions::from_mode(0o700),
    )
    .expect("set");
    assert!(matches!(store.key(None), Err(KeystoreError::Io { .. })));
}
