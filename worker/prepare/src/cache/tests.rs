//! Files that are right, wrong, too many, and on a full disk.

use super::*;
use std::{
    os::unix::fs::PermissionsExt,
    process::Command,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

const ROOM: u64 = 1 << 20;

fn hash(byte: u8) -> Hash {
    Hash::repeat_byte(byte)
}

fn name(code: u8) -> Name {
    Cache::name(&hash(code), &hash(0xee), &[0xcc; 32])
}

fn base() -> TempDir {
    TempDir::new().expect("a directory")
}

fn open(base: &TempDir) -> Cache {
    Cache::open(base.path(), ROOM).expect("a cache")
}

fn file_of(base: &TempDir, name: &Name) -> PathBuf {
    base.path().join(DIRECTORY).join(hex::encode(name))
}

/// Everything in the folder but the key.
fn files(base: &Path) -> usize {
    let all = fs::read_dir(base.join(DIRECTORY)).expect("a folder");
    all.filter(|it| it.as_ref().expect("an entry").file_name() != key::KEY_FILE)
        .count()
}

/// By another implementation: Python's `hashlib.blake2b`, with a digest of 32 bytes.
#[test]
fn a_name_is_blake2b_over_code_engine_and_compiler() {
    assert_eq!(
        hex::encode(Cache::name(&hash(1), &hash(2), &[3; 32])),
        "5ec1d4b3165012ecc2386314107d7b140e1ad42a60bb336e817178a2df32244f"
    );
    let mut names = [
        name(1),
        name(2),
        Cache::name(&hash(1), &hash(0xef), &[0xcc; 32]),
        Cache::name(&hash(1), &hash(0xee), &[0xcd; 32]),
    ];
    names.sort();
    assert!(names.windows(2).all(|two| two[0] != two[1]));
}

/// To the byte, with a MAC that Python's `hashlib.blake2b(key=…)` made.
#[test]
fn a_file_is_version_mac_and_artefact() {
    let base = base();
    drop(open(&base));
    let key = base.path().join(DIRECTORY).join(key::KEY_FILE);
    fs::write(&key, [0x4b; 32]).expect("written");
    let cache = open(&base);
    cache.put(&[0x17; 32], b"artefact");
    let found = fs::read(file_of(&base, &[0x17; 32])).expect("a file");
    let mac = "4e0ce8ff33450282db583409e70f94e5e20545832a24a3637b518d3cd43b2397";
    assert_eq!(
        hex::encode(found),
        format!("01000000{mac}{}", hex::encode(b"artefact"))
    );
}

#[test]
fn what_was_kept_is_found_after_a_start() {
    let base = base();
    let cache = open(&base);
    assert_eq!(cache.get(&name(1)), None);
    cache.put(&name(1), b"one");
    cache.put(&name(2), b"");
    assert_eq!(cache.get(&name(1)).as_deref(), Some(&b"one"[..]));
    cache.put(&name(1), b"another one");
    drop(cache);
    let cache = open(&base);
    assert_eq!(cache.get(&name(1)).as_deref(), Some(&b"another one"[..]));
    assert_eq!(cache.get(&name(2)).as_deref(), Some(&b""[..]));
    assert_eq!(cache.get(&name(3)), None);
    // 36 bytes ahead of each.
    assert_eq!(cache.bytes(), 36 + 11 + 36);
}

#[test]
fn no_bit_may_be_another_one() {
    let base = base();
    let cache = open(&base);
    let name = name(1);
    let path = file_of(&base, &name);
    cache.put(&name, b"five!");
    let right = fs::read(&path).expect("a file");
    assert_eq!(right.len(), 41);
    for bit in 0..right.len() * 8 {
        let mut wrong = right.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        cache.put(&name, b"five!");
        fs::write(&path, &wrong).expect("written");
        assert_eq!(cache.get(&name), None, "bit {bit}");
        assert!(!path.exists(), "bit {bit}: it is compiled anew");
        assert_eq!(cache.bytes(), 0);
    }
    cache.put(&name, b"five!");
    assert_eq!(cache.get(&name).as_deref(), Some(&b"five!"[..]));
}

#[test]
fn no_byte_may_be_missing_or_more() {
    let base = base();
    let cache = open(&base);
    let name = name(1);
    let path = file_of(&base, &name);
    cache.put(&name, b"five!");
    let right = fs::read(&path).expect("a file");
    for length in 0..right.len() {
        cache.put(&name, b"five!");
        fs::write(&path, &right[..length]).expect("written");
        assert_eq!(cache.get(&name), None, "{length} bytes");
    }
    cache.put(&name, b"five!");
    fs::write(&path, [&right[..], &[0]].concat()).expect("written");
    assert_eq!(cache.get(&name), None);
    // Somebody removed it.
    cache.put(&name, b"five!");
    fs::remove_file(&path).expect("removed");
    assert_eq!(cache.get(&name), None);
}

/// Another worker's, even of the same code, engine and compiler; and this worker's under another name.
#[test]
fn what_is_foreign_isn_t_taken() {
    let (ours, theirs) = (base(), base());
    let cache = open(&theirs);
    cache.put(&name(1), b"theirs");
    drop(open(&ours));
    fs::copy(file_of(&theirs, &name(1)), file_of(&ours, &name(1))).expect("copied");
    let cache = open(&ours);
    assert_eq!(cache.used(&name(1)), Some(0), "it is there");
    assert_eq!(cache.get(&name(1)), None);
    assert!(!file_of(&ours, &name(1)).exists());

    cache.put(&name(1), b"ours");
    fs::copy(file_of(&ours, &name(1)), file_of(&ours, &name(2))).expect("copied");
    let cache = open(&ours);
    assert_eq!(cache.get(&name(2)), None);
    assert_eq!(cache.get(&name(1)).as_deref(), Some(&b"ours"[..]));
}

#[test]
fn a_key_is_its_owner_s_alone_and_another_one_takes_nothing() {
    let base = base();
    let cache = open(&base);
    let key = base.path().join(DIRECTORY).join(key::KEY_FILE);
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&key), 0o600);
    assert_eq!(mode(&base.path().join(DIRECTORY)), 0o700);
    let first = fs::read(&key).expect("a key");
    assert_eq!(first.len(), 32);
    assert!(!format!("{cache:?}").contains(&format!("{first:?}")));
    cache.put(&name(1), b"one");
    let spoil: [&dyn Fn(); 4] = [
        &|| fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("set"),
        &|| fs::write(&key, b"short").expect("written"),
        &|| fs::remove_file(&key).expect("removed"),
        &|| {
            let other = base.path().join("other");
            fs::write(&other, [7; 32]).expect("written");
            fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).expect("set");
            fs::remove_file(&key).expect("removed");
            std::os::unix::fs::symlink(&other, &key).expect("a link");
        },
    ];
    for (at, spoil) in spoil.iter().enumerate() {
        let before = fs::read(&key).expect("a key");
        open(&base).put(&name(1), b"one");
        spoil();
        let cache = open(&base);
        assert_eq!(cache.get(&name(1)), None, "{at}");
        let after = fs::read(&key).expect("a key");
        assert!(after.len() == 32 && after != before, "{at}");
        assert!(!fs::symlink_metadata(&key).expect("there").is_symlink());
        assert_eq!(mode(&key), 0o600, "{at}");
    }
    // Where others may write there is no cache: they could put a key there.
    let folder = base.path().join(DIRECTORY);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).expect("set");
    let error = Cache::open(base.path(), ROOM).expect_err("others may write");
    assert!(
        matches!(error, CacheError::Open { found: 0o770, .. }),
        "{error}"
    );
}

/// Three have room, of 64 bytes each.
#[test]
fn what_was_used_least_recently_goes_first() {
    let base = base();
    let cache = Cache::open(base.path(), 3 * 64).expect("a cache");
    let artefact = [7; 28];
    for code in 1..=3 {
        cache.put(&name(code), &artefact);
    }
    let has = |cache: &Cache| -> Vec<u8> {
        (1..=9)
            .filter(|it| cache.used(&name(*it)).is_some())
            .collect()
    };
    assert_eq!(cache.bytes(), 192);
    assert!(cache.get(&name(1)).is_some());
    cache.put(&name(4), &artefact);
    assert_eq!(has(&cache), [1, 3, 4]);
    // The same after a start.
    drop(cache);
    let cache = Cache::open(base.path(), 3 * 64).expect("a cache");
    cache.put(&name(5), &artefact);
    assert_eq!(has(&cache), [1, 4, 5]);
    // Two go for one of twice the size, and none for one that has no room at all.
    cache.put(&name(6), &[7; 92]);
    assert_eq!(has(&cache), [5, 6]);
    cache.put(&name(7), &[7; 157]);
    assert_eq!(has(&cache), [5, 6]);
    assert_eq!((cache.bytes(), files(base.path())), (192, 2));
    // With less room the oldest go at once.
    drop(cache);
    let cache = Cache::open(base.path(), 191).expect("a cache");
    assert_eq!(has(&cache), [6]);
    assert_eq!(files(base.path()), 1);
    drop(cache);
    let cache = Cache::open(base.path(), 0).expect("a cache");
    cache.put(&name(8), &[]);
    assert_eq!((has(&cache), files(base.path())), (vec![], 0));
}

/// A file's time is its rank and nothing else: one of the future, or a clock that went back, spoils nothing.
#[test]
fn the_order_survives_a_clock_that_goes_back() {
    let base = base();
    let cache = open(&base);
    for code in 1..=3 {
        cache.put(&name(code), &[]);
    }
    let ahead = SystemTime::now() + Duration::from_secs(86_400);
    let file = File::options()
        .append(true)
        .open(file_of(&base, &name(1)))
        .expect("a file");
    file.set_modified(ahead).expect("set");
    let cache = open(&base);
    let order = |cache: &Cache| {
        let mut all: Vec<_> = (1..=3).map(|it| (cache.used(&name(it)), it)).collect();
        all.sort();
        all.into_iter().map(|(_, it)| it).collect::<Vec<_>>()
    };
    assert_eq!(order(&cache), [2, 3, 1]);
    cache.get(&name(2));
    assert_eq!(order(&cache), [3, 1, 2]);
}

#[test]
fn drafts_are_swept_and_strangers_stay() {
    let base = base();
    drop(open(&base));
    let folder = base.path().join(DIRECTORY);
    fs::write(folder.join(".draftAbC"), b"half").expect("written");
    fs::write(folder.join("README"), b"a note").expect("written");
    let cache = open(&base);
    assert_eq!((cache.bytes(), files(base.path())), (0, 1));
    assert!(folder.join("README").exists());
}

/// Set in the process that has the full disk.
const FULL: &str = "PINK_PREPARE_FULL_DISK";

/// A disk of 100 KiB, or, where none can be mounted, files that may have no more than 8: what is there stays, what has no room isn't
/// there, nothing is left half, and with room it goes on.
#[test]
fn a_full_disk_is_gone_on_with() {
    if let Some(base) = std::env::var_os(FULL) {
        return on_a_full_disk(Path::new(&base));
    }
    let base = base();
    let own = std::env::current_exe().expect("a program");
    let test = "cache::tests::a_full_disk_is_gone_on_with";
    let namespaces = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"])
        .output()
        .is_ok_and(|it| it.status.success());
    let (mut command, first) = if namespaces {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh"]);
        (command, "mount -t tmpfs -o size=100k,mode=700 tmpfs \"$1\"")
    } else {
        eprintln!("no file system can be mounted here: a limit of a file's length stands for it");
        (Command::new("sh"), "trap '' XFSZ && ulimit -f 16")
    };
    command
        .args([
            "-c",
            &format!("{first} && exec \"$0\" --exact {test} --nocapture"),
        ])
        .arg(own)
        .arg(base.path())
        .env(FULL, base.path());
    let output = command.output().expect("a shell");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

fn on_a_full_disk(base: &Path) {
    let cache = Cache::open(base, ROOM).expect("room for a key");
    let small = vec![1; 4 << 10];
    cache.put(&name(1), &small);
    assert!(cache.get(&name(1)).is_some());
    // On 100 KiB, the fourth of 30; where files have a limit, the first.
    let large = vec![2; 30 << 10];
    let mut kept = 1;
    for code in 2..=5 {
        cache.put(&name(code), &large);
        kept += usize::from(cache.used(&name(code)).is_some());
    }
    assert!(kept < 5, "the disk is full");
    assert_eq!(files(base), kept, "nothing is left half");
    assert!(cache.get(&name(1)).is_some(), "what was there is whole");
    for code in 2..=5 {
        cache.remove(&name(code));
    }
    cache.put(&name(6), &small);
    assert_eq!(cache.get(&name(6)), Some(small));
}
