//! How much memory and time a state takes that isn't small.

use crate::by_hand::{checkpoint, CLUSTER};
use fat_contracts_primitives::Hash;
use parity_scale_codec::Encode;
use pink_snapshot::{install, write, Expected, SnapshotReader};
use pink_worker_core::{
    exec::VERSION_KEY,
    store::{root_over, Row, StoreError, StoreOptions},
};
use sp_crypto_hashing::blake2_256;
use std::{
    fs::{self, File},
    io::{BufReader, BufWriter},
    time::Instant,
};
use tempfile::TempDir;

const PAIRS: u32 = 1_000_000;

/// Accounts with random names and balances, as a cluster has them.
fn pairs() -> impl Iterator<Item = Result<Row, StoreError>> {
    let version = (VERSION_KEY.to_vec(), (2u32, 0u32).encode());
    let mut names: Vec<[u8; 32]> = (0..PAIRS).map(|i| blake2_256(&i.to_le_bytes())).collect();
    names.sort_unstable();
    let accounts = names.into_iter().map(|name| {
        let key = [&b"account/"[..], &name].concat();
        let free = u128::from(name[0]) << 40 | u128::from(name[1]);
        (key, (free, 0u128, name[2]).encode())
    });
    std::iter::once(version).chain(accounts).map(Ok)
}

/// The most memory that this process had, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let kib = line
        .and_then(|it| it.trim().strip_suffix(" kB"))
        .expect("a size");
    kib.parse::<u64>().expect("a number") >> 10
}

/// `cargo test -p pink-snapshot --test snapshots large -- --ignored --nocapture`
#[test]
#[ignore = "prints what it measures"]
fn a_million_pairs() {
    assert!(VERSION_KEY < b"account/".as_slice());
    let folder = TempDir::new().expect("a folder");
    let root: Hash = root_over(pairs()).expect("no errors");
    let path = folder.path().join("file");
    println!("at the start: {} MiB", peak());
    let begun = Instant::now();
    let out = BufWriter::new(File::create(&path).expect("a file"));
    let (header, _) = write(None, CLUSTER, checkpoint(root), pairs(), out).expect("a state");
    let length = fs::metadata(&path).expect("a file").len();
    println!(
        "written in {:?}: {} bytes of {} of state, {} chunks; {} MiB",
        begun.elapsed(),
        length,
        header.bytes,
        header.chunks,
        peak()
    );
    let begun = Instant::now();
    let snapshot = SnapshotReader::new(BufReader::new(File::open(&path).expect("a file")));
    let options = StoreOptions {
        cache_bytes: 64 << 20,
        ..StoreOptions::default()
    };
    let (base, expected) = (folder.path().join("base"), Expected::root(root));
    let snapshot = snapshot.expect("a header");
    install(&base, options, snapshot, &expected, |_, _| ()).expect("sound");
    println!("installed in {:?}; {} MiB", begun.elapsed(), peak());
}
