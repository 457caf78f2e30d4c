//! What is a snapshot, and what isn't.

use crate::by_hand::{bomb, checkpoint, counts, file, header, root, state, Chunk, Pair, CLUSTER};
use fat_contracts_primitives::{EngineVersion, Hash};
use parity_scale_codec::{DecodeAll, Encode};
use pink_snapshot::{
    install, verify, write, Confirmed, ConfirmedCheckpoint, Expected, Header, SnapshotError,
    SnapshotReader, MAX_CHUNK_BYTES,
};
use pink_worker_core::{
    exec::{BlockRecord, VERSION_KEY},
    store::{Store, StoreError, StoreOptions},
    WorkerError,
};
use sp_crypto_hashing::blake2_256;
use std::{fs, io::Cursor, path::Path};
use tempfile::TempDir;

pub(crate) fn by_root(pairs: &[Pair]) -> Expected {
    Expected::root(root(pairs))
}

pub(crate) fn written(pairs: &[Pair]) -> (Vec<u8>, Header) {
    let mut out = Cursor::new(Vec::new());
    let rows = pairs.iter().cloned().map(Ok);
    let written = write(None, CLUSTER, checkpoint(root(pairs)), rows, &mut out);
    (out.into_inner(), written.expect("a state").0)
}

fn verified(bytes: &[u8]) -> Result<Header, SnapshotError> {
    verify(SnapshotReader::new(bytes)?, |_, _| ())
}

fn installed(base: &Path, bytes: &[u8], expected: &Expected) -> Result<Header, SnapshotError> {
    let reader = SnapshotReader::new(bytes)?;
    install(base, StoreOptions::default(), reader, expected, |_, _| ())
}

/// It can't be installed, for this reason, and leaves nothing behind.
#[track_caller]
fn refused(bytes: &[u8], expected: &Expected, words: &str) {
    let base = TempDir::new().expect("a folder");
    let error = installed(base.path(), bytes, expected).expect_err("it is wrong");
    assert!(error.to_string().contains(words), "{error}");
    assert!(!error.hint().is_empty());
    let left: Vec<_> = fs::read_dir(base.path()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_file_made_by_hand_is_taken() {
    let pairs = state(300);
    let bytes = file(&pairs);
    let base = TempDir::new().expect("a folder");
    let header = installed(base.path(), &bytes, &by_root(&pairs)).expect("it is sound");
    assert_eq!(header.pairs, 302);
    let store = Store::open(base.path(), StoreOptions::default()).expect("a store");
    let last = store.cursor().expect("a store").expect("a block");
    assert_eq!((last.number, last.root), (9, root(&pairs)));
    let record = BlockRecord::decode_all(&mut &last.record[..]).expect("a record");
    assert_eq!(
        (record.cluster, record.next_seq, record.messages),
        (CLUSTER, 5, 0)
    );
    assert_eq!(record.message_hash, Hash::repeat_byte(4));
    assert_eq!(record.engine, Some(EngineVersion::new(2, 0)));
    let found = store
        .snapshot()
        .and_then(|it| it.range(&[], None, usize::MAX));
    let found: Vec<Pair> = found
        .expect("a state")
        .iter()
        .map(|(key, value)| (key.to_vec(), value.to_vec()))
        .collect();
    assert_eq!(found, pairs);
    assert_eq!(store.snapshot_block().expect("a store"), Some(9));
    assert_eq!(store.verify_root().expect("a store"), root(&pairs));
    // There is one now.
    let again = installed(base.path(), &bytes, &by_root(&pairs)).expect_err("there is a store");
    let there = matches!(
        again,
        SnapshotError::Worker(WorkerError::Store(StoreError::AlreadyExists { .. }))
    );
    assert!(there, "{again}");
}

/// The same state gives the same bytes; chunks end where they have to; all of it is what a reader made by hand
/// finds.
#[test]
fn the_same_state_gives_the_same_file() {
    let mut pairs = state(500);
    pairs.push((vec![0xff; 5], vec![7; 3 << 20]));
    pairs.push((vec![0xff; 6], vec![8; (1 << 20) - 12]));
    // With its lengths and its key one byte less than a mebibyte, so that one more pair comes.
    pairs.push((vec![0xff; 7], vec![9; (1 << 20) - 14]));
    pairs.push((vec![0xff; 8], vec![1]));
    let (bytes, header) = written(&pairs);
    assert_eq!(bytes, written(&pairs).0);
    assert_eq!(header.chunks, 3);
    assert_eq!(header.pairs, pairs.len() as u64);
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    assert_eq!(verified(&bytes).expect("sound"), header);
    let mut reader = SnapshotReader::new(&bytes[..]).expect("a header");
    let mut sizes = Vec::new();
    let mut found = Vec::new();
    while let Some(chunk) = reader.chunk().expect("a chunk") {
        sizes.push(chunk.len());
        found.extend(chunk);
    }
    assert_eq!(sizes, [503, 1, 2]);
    assert!(found == pairs);
    assert_eq!(reader.offset(), bytes.len() as u64);
    let mut swapped = pairs.clone();
    swapped.swap(3, 4);
    let rows = swapped.into_iter().map(Ok);
    let wrong = write(
        None,
        1,
        checkpoint(root(&pairs)),
        rows,
        Cursor::new(Vec::new()),
    );
    assert!(matches!(wrong, Err(SnapshotError::Order { .. })));
    pairs[3].1.push(1);
    assert_ne!(bytes, written(&pairs).0);
    // What hasn't the root isn't written.
    let rows = pairs.into_iter().map(Ok);
    let wrong = write(
        None,
        1,
        checkpoint(Hash::zero()),
        rows,
        Cursor::new(Vec::new()),
    );
    assert!(matches!(wrong, Err(SnapshotError::Root { .. })));
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = file(&state(8));
    assert!(verified(&bytes).is_ok());
    let mut damaged = 0;
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = verified(&flipped).expect_err("a bit is flipped");
        damaged += usize::from(matches!(error, SnapshotError::Damaged { .. }));
    }
    // The others are magic, format, and lengths.
    assert!(
        damaged > bytes.len() * 7,
        "{damaged} of {}",
        bytes.len() * 8
    );
}

#[test]
fn every_cut_and_every_tail_is_found() {
    let bytes = file(&state(8));
    for end in 1..bytes.len() {
        let error = verified(&bytes[..end]).expect_err("it is cut");
        assert!(
            matches!(error, SnapshotError::CutShort { .. }),
            "{end}: {error}"
        );
    }
    assert!(matches!(
        verified(&[]),
        Err(SnapshotError::NotASnapshot { .. })
    ));
    let longer = [&bytes[..], &[0]].concat();
    let error = verified(&longer).expect_err("it goes on");
    assert!(error.to_string().contains("something behind it"), "{error}");
    let twice = [&bytes[..], &bytes].concat();
    assert!(verified(&twice).is_err());
}

#[test]
fn pairs_that_no_state_has_are_refused() {
    let sound = state(20);
    let with = |change: &dyn Fn(&mut Vec<Pair>)| {
        let mut pairs = sound.clone();
        change(&mut pairs);
        let head = header(None, CLUSTER, &checkpoint(root(&sound)), counts(&pairs));
        [head, Chunk::of(0, &pairs).bytes()].concat()
    };
    let expected = by_root(&sound);
    assert_eq!(with(&|_| ()), file(&sound));
    refused(
        &with(&|pairs| pairs.swap(3, 4)),
        &expected,
        "out of order at the key 0x",
    );
    refused(
        &with(&|pairs| pairs[4] = pairs[3].clone()),
        &expected,
        "out of order",
    );
    refused(
        &with(&|pairs| pairs[4].1.push(1)),
        &expected,
        "have the root",
    );
    refused(
        &with(&|pairs| drop(pairs.remove(4))),
        &expected,
        "have the root",
    );
    let last = sound.len() - 1;
    let long = with(&|pairs| pairs[last].0 = vec![0xff; 513]);
    refused(&long, &expected, "key has 513 bytes, the most is 512");
    // A version that the checkpoint doesn't name, under a root that is right.
    let other = |version: Option<(u32, u32)>| {
        let mut pairs = sound.clone();
        pairs.retain(|(key, _)| key != VERSION_KEY);
        pairs.extend(version.map(|version| (VERSION_KEY.to_vec(), version.encode())));
        pairs.sort();
        (file(&pairs), by_root(&pairs))
    };
    for (version, words) in [
        (
            Some((1, 1)),
            "belongs to engine 1.1, the checkpoint names 2.0",
        ),
        (None, "belongs to engine none"),
    ] {
        let (bytes, expected) = other(version);
        refused(&bytes, &expected, words);
    }
}

#[test]
fn sizes_that_are_lies_are_refused_before_memory_is_taken() {
    let pairs = state(20);
    let expected = by_root(&pairs);
    let (count, bytes, _) = counts(&pairs);
    let head = |counts| header(None, CLUSTER, &checkpoint(root(&pairs)), counts);
    let right = head((count, bytes, 1));
    let chunk = Chunk::of(0, &pairs);
    let with = |change: &dyn Fn(&mut Chunk)| {
        let mut chunk = chunk.clone();
        change(&mut chunk);
        [right.clone(), chunk.bytes()].concat()
    };
    assert!(verified(&with(&|_| ())).is_ok());
    let refused = |bytes: &[u8], words: &str| refused(bytes, &expected, words);
    refused(
        &with(&|it| it.packed_len = u32::MAX),
        "compressed chunk has 4294967295 bytes",
    );
    refused(
        &with(&|it| it.plain_len = u32::MAX),
        "chunk has 4294967295 bytes",
    );
    let most = MAX_CHUNK_BYTES as u32;
    refused(&with(&|it| it.plain_len = most + 1), "chunk has 68157958");
    refused(&with(&|it| it.plain_len += 1), "decompresses to");
    refused(&with(&|it| it.plain_len -= 1), "can't be decompressed to");
    refused(&with(&|it| it.pairs += 1), "22 pairs, not 23");
    refused(&with(&|it| it.index = 1), "doesn't have its checksum");
    // A frame of 10 GiB in 330 kB.
    let large = bomb(80_000);
    let bombed = with(&|it| {
        it.packed = large.clone();
        it.packed_len = large.len() as u32;
    });
    refused(&bombed, "can't be decompressed to");
    // As large as a chunk may be, and nothing of it a pair.
    let large = bomb(500);
    let zeros = with(&|it| {
        it.packed = large.clone();
        it.packed_len = large.len() as u32;
        it.plain_len = 500 * (128 << 10);
        it.pairs = 10_922_666;
    });
    refused(&zeros, "out of order at the key 0x");
    // Lengths of pairs that lead out of the chunk.
    let mut plain = vec![1, 0, 0xff, 0, 0, 0, 5];
    let lost = |plain: &[u8]| {
        let chunk = Chunk::of_bytes(0, plain, 1);
        [head((1, 300, 1)), chunk.bytes()].concat()
    };
    refused(&lost(&plain), "other lengths than it has");
    plain[2..6].fill(0xff);
    refused(&lost(&plain), "value has 4294967295 bytes");
    // Counts.
    for counts in [
        (0, 0, 1),
        (1, 0, 0),
        (1, u64::MAX, 1),
        (u64::MAX, u64::MAX, u32::MAX),
        (count, bytes, 5),
        (2, 3, 2),
    ] {
        let bytes = [head(counts), chunk.bytes()].concat();
        refused(&bytes, "no state has");
    }
    let fewer = [head((count - 1, bytes, 1)), chunk.bytes()].concat();
    refused(&fewer, "more than the header says");
    let more = [head((count + 1, bytes + 3, 1)), chunk.bytes()].concat();
    refused(&more, "the header says 23");
    // A second chunk where the first one isn't full.
    let two = [
        Chunk::of(0, &pairs[..5]).bytes(),
        Chunk::of(1, &pairs[5..]).bytes(),
    ]
    .concat();
    let big = (count, 2 << 20, 2);
    refused(&[head(big), two].concat(), "isn't the last one");
    // The header's own length.
    let mut long = right.clone();
    long[10..14].copy_from_slice(&u32::MAX.to_le_bytes());
    refused(&long, "header has 4294967295 bytes");
    let mut newer = right;
    newer[8] = 2;
    refused(&newer, "has format 2, this program reads format 1");
}

#[test]
fn what_is_not_what_was_confirmed_is_refused() {
    let pairs = state(20);
    let told = checkpoint(root(&pairs));
    let genesis = Hash::repeat_byte(8);
    let head = header(Some(genesis), CLUSTER, &told, counts(&pairs));
    let bytes = [head, Chunk::of(0, &pairs).bytes()].concat();
    let tuple = Confirmed::Tuple {
        block: 9,
        hash: blake2_256(&told.encode()).into(),
    };
    let right = ConfirmedCheckpoint {
        block: 9,
        root: told.root,
        message_hash: told.message_hash,
        receipts_root: told.receipts_root,
        engine: told.engine,
        last_seq: told.last_seq,
    };
    let expected = |confirmed: Confirmed| Expected {
        genesis: Some(genesis),
        cluster: Some(CLUSTER),
        confirmed,
    };
    for confirmed in [tuple.clone(), Confirmed::Checkpoint(right.clone())] {
        let base = TempDir::new().expect("a folder");
        let header = installed(base.path(), &bytes, &expected(confirmed));
        assert_eq!(
            header.expect("it is what was confirmed").genesis,
            Some(genesis)
        );
    }
    let other = Hash::repeat_byte(0xee);
    let with = |change: &dyn Fn(&mut ConfirmedCheckpoint)| {
        let mut wrong = right.clone();
        change(&mut wrong);
        expected(Confirmed::Checkpoint(wrong))
    };
    for (wrong, what) in [
        (with(&|it| it.block = 8), "block is 9, expected 8"),
        (with(&|it| it.root = other), "state root is 0x"),
        (
            with(&|it| it.message_hash = other),
            "running hash is 0x0404",
        ),
        (
            with(&|it| it.receipts_root = other),
            "receipts root is 0x0303",
        ),
        (with(&|it| it.last_seq = 5), "last message is 4, expected 5"),
        (
            with(&|it| it.engine = EngineVersion::new(1, 0)),
            "engine is 2.0, expected 1.0",
        ),
        (
            expected(Confirmed::Tuple {
                block: 9,
                hash: other,
            }),
            "confirmed tuple's hash is 0x",
        ),
        (
            Expected {
                cluster: Some(8),
                ..expected(tuple.clone())
            },
            "cluster is 7, expected 8",
        ),
        (
            Expected {
                genesis: Some(other),
                ..expected(tuple)
            },
            "chain, by its genesis, is 0x0808",
        ),
        (Expected::root(other), "state root is 0x"),
    ] {
        refused(&bytes, &wrong, what);
    }
}
