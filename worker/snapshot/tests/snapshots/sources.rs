//! Fetching from servers that break, stall and lie.

use crate::{
    by_hand::{checkpoint, counts, file, header, root, state, Chunk, Pair, CLUSTER},
    files::{by_root, written},
    scripted::{honest, say, Scripted, Step},
};
use fat_contracts_primitives::{Checkpoint, Hash};
use pink_snapshot::{
    fetch::{fetch, sync_from, FetchConfig, FetchError, SourceFailure},
    Confirmed, ConfirmedQueue, Expected, Header, SnapshotError,
};
use pink_worker_core::store::{Store, StoreOptions};
use std::{fs, path::Path, thread, time::Duration};
use tempfile::TempDir;

const TAG: &str = "\"one\"";

/// Impatient, because what is waited for never comes.
fn config() -> FetchConfig {
    FetchConfig {
        max_bytes: 1 << 30,
        silence_timeout: Duration::from_millis(300),
        min_progress: 1,
        pause: Duration::ZERO,
        ..FetchConfig::default()
    }
}

fn got(urls: &[&str], expected: &Expected, out: &Path) -> Result<Header, FetchError> {
    let urls: Vec<String> = urls.iter().map(|url| (*url).into()).collect();
    let mut confirmed = |_: &Header| Ok(expected.clone());
    fetch(&urls, &mut confirmed, out, &config(), &mut |_, _| ())
}

/// Several chunks, which hardly get shorter.
fn large() -> Vec<Pair> {
    let mut pairs = state(10);
    for i in 0..5u8 {
        let noise = (0..700_000u32).map(|at| {
            let mixed = (at ^ u32::from(i) << 20).wrapping_mul(2_654_435_761);
            (mixed ^ mixed >> 15)
                .wrapping_mul(2_246_822_519)
                .to_be_bytes()[0]
        });
        pairs.push((vec![0xff, i], noise.collect()));
    }
    pairs.sort();
    pairs
}

/// Whatever the connection breaks behind, what was there isn't asked for again, and the file is the same.
#[test]
fn a_broken_connection_goes_on_where_it_was() {
    let pairs = large();
    let (bytes, header) = written(&pairs);
    assert!(header.chunks > 1 && bytes.len() > 2_000_000);
    let out = TempDir::new().expect("a folder");
    for step in [bytes.len() / 3, 700_001, bytes.len() - 1] {
        let server = Scripted::new(vec![honest(&bytes, TAG, step)]);
        let file = out.path().join(step.to_string());
        let found = got(&[&server.url], &by_root(&pairs), &file).expect("it goes on");
        assert_eq!(found, header);
        assert!(fs::read(&file).expect("a file") == bytes);
        let expected: Vec<_> = (0..bytes.len()).step_by(step).collect();
        assert_eq!(server.starts(), expected);
        assert!(server.asked()[1..]
            .iter()
            .all(|it| it.headers["if-range"] == TAG));
        assert_eq!(server.asked()[0].path, "/v1/snapshot");
    }
    // And nothing is left beside them.
    assert_eq!(fs::read_dir(out.path()).expect("a folder").count(), 3);
}

/// The worker was stopped meanwhile: the next one goes on with what is there.
#[test]
fn what_is_there_after_a_restart_is_not_fetched_again() {
    let pairs = large();
    let (bytes, _) = written(&pairs);
    let base = TempDir::new().expect("a folder");
    let base = base.path().join("base");
    let nothing: Step = Box::new(|_, _| ());
    let script = vec![
        honest(&bytes, TAG, 1_500_000),
        Box::new(|_, _| ()),
        Box::new(|_, _| ()),
        nothing,
        honest(&bytes, TAG, usize::MAX),
    ];
    let server = Scripted::new(script);
    let sync = || {
        let expected = by_root(&pairs);
        sync_from(
            &base,
            StoreOptions::default(),
            std::slice::from_ref(&server.url),
            &mut |_| Ok(expected.clone()),
            &config(),
            &mut |_, _| (),
        )
    };
    let error = sync().expect_err("it ends three times").to_string();
    assert!(error.contains("3 requests in a row"), "{error}");
    assert!(
        Store::open(&base, StoreOptions::default()).is_err(),
        "there is no store"
    );
    sync().expect("the rest comes");
    assert_eq!(
        server.starts(),
        [0, 1_500_000, 1_500_000, 1_500_000, 1_500_000]
    );
    let store = Store::open(&base, StoreOptions::default()).expect("a store");
    assert_eq!(store.verify_root().expect("a store"), root(&pairs));
    let names: Vec<_> = fs::read_dir(&base).expect("a folder").collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

/// A worker that wrote a newer snapshot meanwhile: it is begun with that, from its first byte.
#[test]
fn a_file_that_changes_is_begun_anew() {
    let (old, new) = (large(), state(400));
    let (old_bytes, _) = written(&old);
    let bytes = file(&new);
    let out = TempDir::new().expect("a folder");
    let server = Scripted::new(vec![
        honest(&old_bytes, TAG, 1_000_000),
        honest(&bytes, "\"two\"", usize::MAX),
    ]);
    let to = out.path().join("new");
    let mut confirmed = |header: &Header| {
        let roots = [&old, &new].map(|pairs| root(pairs));
        assert!(roots.contains(&header.checkpoint.root));
        Ok(Expected::root(header.checkpoint.root))
    };
    fetch(
        std::slice::from_ref(&server.url),
        &mut confirmed,
        &to,
        &config(),
        &mut |_, _| (),
    )
    .expect("the new");
    assert!(fs::read(&to).expect("a file") == bytes);
    assert_eq!(server.starts(), [0, 1_000_000]);

    // One that gives another each time is left.
    let tags: Vec<Step> = (0..9)
        .map(|i| honest(&old_bytes, &format!("\"{i}\""), 1_000_000))
        .collect();
    let server = Scripted::new(tags);
    let never = got(&[&server.url], &by_root(&old), &out.path().join("never"));
    assert!(never
        .expect_err("never whole")
        .to_string()
        .contains("another file each time"));
}

/// Damaged on the way once, it is asked for again from the last sound chunk; twice, and the source is left.
#[test]
fn a_damaged_chunk_is_asked_for_again() {
    let pairs = large();
    let (bytes, _) = written(&pairs);
    let mut damaged = bytes.clone();
    let middle = bytes.len() / 2;
    damaged[middle] ^= 1;
    let out = TempDir::new().expect("a folder");
    let server = Scripted::new(vec![
        honest(&damaged, TAG, usize::MAX),
        honest(&bytes, TAG, usize::MAX),
    ]);
    let to = out.path().join("once");
    got(&[&server.url], &by_root(&pairs), &to).expect("the second is sound");
    assert!(fs::read(&to).expect("a file") == bytes);
    let again = server.starts()[1];
    assert!(again > middle / 2 && again <= middle, "{again}");
    let server = Scripted::new(vec![honest(&damaged, TAG, usize::MAX)]);
    let twice = got(&[&server.url], &by_root(&pairs), &out.path().join("twice"));
    let error = twice.expect_err("damaged").to_string();
    assert!(error.contains("doesn't have its checksum"), "{error}");
    assert_eq!(server.starts().len(), 2);
}

fn lines(status: &'static str, headers: &[&str], body: &[u8]) -> Step {
    let headers: Vec<String> = headers.iter().map(|it| (*it).into()).collect();
    let body = body.to_vec();
    Box::new(move |_, stream| say(&stream, status, &headers, &body))
}

/// Each kind of lie and failure has its name, and the next source is asked.
#[test]
fn who_lies_or_stalls_is_left_for_the_next() {
    let pairs = large();
    let (bytes, _) = written(&pairs);
    let total = bytes.len();
    let half = total / 2;
    let begin = || honest(&bytes, TAG, half);
    let part = |range: String, etag: &str, length: usize| -> Vec<Step> {
        let headers = [
            format!("Content-Range: {range}"),
            format!("ETag: {etag}"),
            format!("Content-Length: {length}"),
        ];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        vec![
            begin(),
            lines("206 Partial Content", &headers, &bytes[half..half + length]),
        ]
    };
    let rest = total - half;
    let other = state(30);
    let other_root = {
        // Sound in itself, and under a header that names the root that was confirmed.
        let head = header(None, CLUSTER, &checkpoint(root(&pairs)), counts(&other));
        [head, Chunk::of(0, &other).bytes()].concat()
    };
    let huge = [
        format!("Content-Length: {}", u64::MAX),
        format!("ETag: {TAG}"),
    ];
    let huge: Vec<&str> = huge.iter().map(String::as_str).collect();
    let silent: Step = Box::new(|_, stream| {
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(60));
            drop(stream);
        });
    });
    let stops: Step = {
        let bytes = bytes.clone();
        Box::new(move |asked, stream| {
            let from = asked.start().unwrap_or(0);
            let headers = [format!("Content-Length: {total}"), format!("ETag: {TAG}")];
            if from == 0 {
                say(&stream, "200 OK", &headers, &bytes[..100]);
            }
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(60));
                drop(stream);
            });
        })
    };
    let liars: Vec<(Vec<Step>, &str)> = vec![
        (
            part(format!("bytes 0-{}/{total}", rest - 1), TAG, rest),
            "another part",
        ),
        (
            part(
                format!("bytes {half}-{}/{}", total - 1, total + 1),
                TAG,
                rest,
            ),
            "another part",
        ),
        (
            part(format!("bytes {half}-{total}/{total}"), TAG, rest),
            "another part",
        ),
        (
            part(format!("bytes {}-{half}/{total}", total - 1), TAG, rest),
            "Content-Range",
        ),
        (part("bytes */7".into(), TAG, rest), "Content-Range"),
        (part(String::new(), TAG, rest), "Content-Range"),
        (
            part(format!("bytes {half}-{}/{total}", half + 9), TAG, rest),
            "bytes of",
        ),
        (
            part(
                format!("bytes {half}-{}/{total}", total - 1),
                "\"two\"",
                rest,
            ),
            "a part of another file",
        ),
        (
            vec![lines(
                "206 Partial Content",
                &["Content-Range: bytes 0-1/2", "Content-Length: 2"],
                b"pi",
            )],
            "unasked",
        ),
        (
            vec![lines("200 OK", &huge, b"")],
            "has 18446744073709551615 bytes, the most is",
        ),
        (
            vec![lines(
                "200 OK",
                &["Transfer-Encoding: chunked"],
                b"0\r\n\r\n",
            )],
            "without a length",
        ),
        (vec![lines("404 Not Found", &[], b"")], "status 404"),
        (
            vec![lines("301 Moved", &["Location: http://127.0.0.1:1/"], b"")],
            "status 301",
        ),
        (vec![lines("500 Oh", &[], b"")], "status 500"),
        (vec![lines("nonsense", &[], b"")], "it can't be asked"),
        (vec![Box::new(|_, _| ())], "it can't be asked"),
        (vec![silent], "3 requests in a row brought less than"),
        (vec![stops], "3 requests in a row brought less than"),
        (
            vec![lines(
                "200 OK",
                &["Content-Length: 14", "ETag: \"x\""],
                b"<html>no</html",
            )],
            "not a snapshot: it begins with 0x3c68746d6c3e",
        ),
        (vec![honest(&bytes[..half], TAG, usize::MAX)], "cut short"),
        (
            vec![honest(&file(&other), TAG, usize::MAX)],
            "state root is 0x",
        ),
        (vec![honest(&other_root, TAG, usize::MAX)], "have the root"),
    ];
    let honest_one = Scripted::new(vec![honest(&bytes, TAG, usize::MAX)]);
    let expected = by_root(&pairs);
    let out = TempDir::new().expect("a folder");
    for (index, (script, words)) in liars.into_iter().enumerate() {
        let liar = Scripted::new(script);
        let to = out.path().join(index.to_string());
        let error = got(&[&liar.url], &expected, &to)
            .expect_err(words)
            .to_string();
        assert!(error.contains(words), "{words}: {error}");
        assert!(!to.exists(), "{words}");
        got(&[&liar.url, &honest_one.url], &expected, &to).expect(words);
        assert!(fs::read(&to).expect("a file") == bytes, "{words}");
        fs::remove_file(&to).expect("a file");
        for beside in ["part", "part.json"] {
            let beside = out.path().join(format!("{index}.{beside}"));
            assert!(!beside.exists(), "{words}");
        }
    }
}

/// The header is looked at before the rest is asked for, and what is too much isn't taken.
#[test]
fn what_is_not_expected_is_not_downloaded() {
    let pairs = large();
    let (bytes, _) = written(&pairs);
    let out = TempDir::new().expect("a folder");
    let server = Scripted::new(vec![honest(&bytes, TAG, 400_000)]);
    let to = out.path().join("file");
    let wrong = got(&[&server.url], &Expected::root(Hash::zero()), &to);
    assert!(wrong
        .expect_err("another root")
        .to_string()
        .contains("state root is 0x"));
    assert_eq!(server.starts(), [0]);
    // The chain doesn't know its block.
    let mut unknown = |header: &Header| {
        Err(SnapshotError::NotConfirmed {
            block: header.checkpoint.block,
            why: "nobody said so".into(),
        })
    };
    let urls = [server.url.clone()];
    let error = fetch(&urls, &mut unknown, &to, &config(), &mut |_, _| ());
    let error = error.expect_err("not confirmed").to_string();
    assert!(
        error.contains("nothing of block 9: nobody said so"),
        "{error}"
    );
    // A state that is longer than is taken, in a file that isn't.
    let few = FetchConfig {
        max_bytes: bytes.len() as u64 - 1,
        ..config()
    };
    let mut any = |_: &Header| Ok(by_root(&pairs));
    let error = fetch(&urls, &mut any, &to, &few, &mut |_, _| ()).expect_err("too long");
    let FetchError::Sources { failures } = error else {
        panic!("{error}");
    };
    assert!(matches!(failures[0].1, SourceFailure::TooLarge { .. }));
    assert!(matches!(
        fetch(&[], &mut any, &to, &few, &mut |_, _| ()),
        Err(FetchError::NoSource)
    ));
    fs::write(&to, "there").expect("a file");
    let there = fetch(&urls, &mut any, &to, &config(), &mut |_, _| ());
    assert!(matches!(there, Err(FetchError::Here(_))));
    assert_eq!(fs::read(&to).expect("a file"), b"there");
}

/// A name by which the test below calls itself with little room.
const LITTLE_ROOM: &str = "PINK_TEST_LITTLE_ROOM";

/// A header proves the root, and not how long the state is: who lies can have a short file be as long as it likes when it
/// is taken apart. That is found out before this machine's disk is full, and the next source is asked.
///
/// Runs itself again with files of at most 16 MiB: `ulimit -f` counts in 1,024 bytes.
#[test]
fn a_short_file_of_a_long_state_does_not_fill_the_disk() {
    let pairs = state(30);
    if std::env::var_os(LITTLE_ROOM).is_none() {
        let run = std::process::Command::new("bash")
            .args(["-c", "trap '' XFSZ; ulimit -f 16384; exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().expect("this program"))
            .args(["--exact", "--nocapture"])
            .arg("sources::a_short_file_of_a_long_state_does_not_fill_the_disk")
            .env(LITTLE_ROOM, "1")
            .output()
            .expect("bash");
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        let errors = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(text.contains("1 passed"), "{text}{errors}");
        return;
    }
    // 48 MiB of nothing, under a header with the confirmed root.
    let mut long = state(10);
    long.extend((0..48u8).map(|i| (vec![0xff, i], vec![0; 1 << 20])));
    long.sort();
    let (bytes, sound) = written(&long);
    assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
    let confirmed = checkpoint(root(&pairs));
    let counts = (sound.pairs, sound.bytes, sound.chunks);
    let head = |checkpoint| header(None, CLUSTER, checkpoint, counts);
    let of_long = checkpoint(root(&long));
    let own = head(&of_long);
    assert!(bytes.starts_with(&own));
    let lying = [&head(&confirmed)[..], &bytes[own.len()..]].concat();
    let liar = Scripted::new(vec![honest(&lying, TAG, usize::MAX)]);
    let good = Scripted::new(vec![honest(&file(&pairs), TAG, usize::MAX)]);
    let base = TempDir::new().expect("a folder");
    let expected = by_root(&pairs);
    let found = sync_from(
        base.path(),
        StoreOptions::default(),
        &[liar.url.clone(), good.url.clone()],
        &mut |_| Ok(expected.clone()),
        &config(),
        &mut |_, _| (),
    );
    assert_eq!(found.expect("the second").checkpoint, confirmed);
}

/// Who can't be asked, or has none, leaves no empty file behind.
#[test]
fn a_fetch_that_gets_nothing_leaves_nothing() {
    let nobody = {
        // A port that nobody listens at any more.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", port.local_addr().expect("an address"))
    };
    let none = Scripted::new(vec![lines("404 Not Found", &[], b"")]);
    let begun = [format!("Content-Length: {}", 1000), format!("ETag: {TAG}")];
    let begun: Vec<&str> = begun.iter().map(String::as_str).collect();
    let silent = Scripted::new(vec![lines("200 OK", &begun, b"")]);
    let expected = by_root(&state(30));
    for urls in [
        &[nobody.as_str()][..],
        &[&none.url],
        &[&silent.url],
        &[&nobody, &none.url, &silent.url],
    ] {
        let out = TempDir::new().expect("a folder");
        let error = got(urls, &expected, &out.path().join("file")).expect_err("nobody has one");
        assert!(matches!(error, FetchError::Sources { failures } if failures.len() == urls.len()));
        let urls: Vec<String> = urls.iter().map(|url| (*url).into()).collect();
        sync_from(
            out.path(),
            StoreOptions::default(),
            &urls,
            &mut |_| Ok(expected.clone()),
            &config(),
            &mut |_, _| (),
        )
        .expect_err("nobody has one");
        let left: Vec<_> = fs::read_dir(out.path()).expect("a folder").collect();
        assert!(left.is_empty(), "{urls:?}: {left:?}");
    }
}

/// Where a chain was told a root it knows by itself what it ordered up to there: who gives another running hash or last
/// message with the right state is named, and the next one asked.
#[test]
fn a_lie_about_the_queue_beside_a_root_is_refused() {
    let pairs = state(30);
    let sound = checkpoint(root(&pairs));
    let served = |checkpoint: &Checkpoint| {
        let head = header(None, CLUSTER, checkpoint, counts(&pairs));
        let bytes = [head, Chunk::of(0, &pairs).bytes()].concat();
        Scripted::new(vec![honest(&bytes, TAG, usize::MAX)])
    };
    let expected = Expected {
        confirmed: Confirmed::Root {
            block: Some(sound.block),
            root: sound.root,
            queue: Some(ConfirmedQueue {
                last_seq: sound.last_seq,
                message_hash: sound.message_hash,
            }),
        },
        ..by_root(&pairs)
    };
    let (mut block, mut hash, mut seq) = (sound.clone(), sound.clone(), sound.clone());
    block.block += 1;
    hash.message_hash = Hash::repeat_byte(9);
    seq.last_seq += 1;
    let mut engine = sound.clone();
    engine.engine.minor += 1;
    let good = served(&sound);
    for (lie, words) in [
        (block, "the snapshot's block is 10, expected 9"),
        (hash, "the snapshot's running hash is 0x0909"),
        (seq, "the snapshot's last message is 5, expected 4"),
        // The root proves this one.
        (
            engine,
            "the state belongs to engine 2.0, the checkpoint names 2.1",
        ),
    ] {
        let liar = served(&lie);
        let out = TempDir::new().expect("a folder");
        let to = out.path().join("file");
        let error = got(&[&liar.url], &expected, &to).expect_err(words);
        assert!(error.to_string().contains(words), "{words}: {error}");
        let found = got(&[&liar.url, &good.url], &expected, &to).expect(words);
        assert_eq!(found.checkpoint, sound);
    }
}
