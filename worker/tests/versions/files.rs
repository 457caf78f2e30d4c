//! Engine files: those that were built, and those that panic.

use fat_contracts_primitives::{EngineRecord, EngineVersion, Hash};
use pink_engine_host::{engine_file_name, inspect, EngineRegistry};
use pink_worker_core::InstalledEngine;
use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};
use tempfile::TempDir;

pub(crate) const V1_0: EngineVersion = EngineVersion::new(1, 0);
pub(crate) const V1_1: EngineVersion = EngineVersion::new(1, 1);
pub(crate) const V2_0: EngineVersion = EngineVersion::new(2, 0);

/// Where the engines are that were built.
fn folder() -> PathBuf {
    match std::env::var_os("PINK_ENGINES") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/engines"),
    }
}

/// All versions that were built, oldest first.
pub(crate) fn all_versions() -> Vec<EngineVersion> {
    let registry = EngineRegistry::new(folder());
    let files = registry
        .list()
        .expect("the engines are built: run `cargo xtask engines`");
    let mut versions: Vec<_> = files.into_iter().map(|(version, _)| version).collect();
    versions.sort();
    for version in [V1_0, V1_1, V2_0] {
        assert!(versions.contains(&version), "{version} is missing");
    }
    versions
}

/// The files of all versions, oldest first.
pub(crate) fn all_built() -> Vec<PathBuf> {
    all_versions().into_iter().map(built).collect()
}

/// An engine as it was built.
pub(crate) fn built(version: EngineVersion) -> PathBuf {
    let file = folder().join(engine_file_name(version));
    assert!(
        file.is_file(),
        "{} is missing: run `cargo xtask engines`",
        file.display()
    );
    file
}

/// 1.0, but for a call whose input is `panic` and a deposit of [`FATAL_AMOUNT`], and for calls that
/// ask for an output, a key or a value of any length.
pub(crate) fn panics_at_a_message() -> PathBuf {
    fixture("default")
}

/// 1.1, but it panics when it is to take over.
pub(crate) fn panics_at_its_upgrade() -> PathBuf {
    fixture("v1_1")
}

/// The deposit that [`panics_at_a_message`] panics at.
pub(crate) const FATAL_AMOUNT: u128 = 13_000_000_000_013;

/// Held while a library is linked and copied: until then they all have one name, and each test may be a process.
fn building(folder: &Path) -> File {
    std::fs::create_dir_all(folder).expect("a folder");
    let lock = File::create(folder.join(".lock")).expect("a file");
    lock.lock().expect("a lock");
    lock
}

fn fixture(feature: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine-tester/fixtures");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engines");
    let _guard = building(&folder);
    let done = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--package=fixture-panics"])
        .args(["--features", feature])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .expect("cargo is needed to build the engines under test");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "the engine isn't built: {said}");
    let kept = folder.join(format!("panics-{feature}.so"));
    let fresh = folder.join(format!(".panics-{feature}-{}", std::process::id()));
    std::fs::copy(folder.join("target/debug/libfixture_panics.so"), &fresh).expect("a copy");
    std::fs::rename(fresh, &kept).expect("its place");
    kept
}

/// The record under which a chain registers a file: whose state it takes over it says for itself.
pub(crate) fn record_of(file: &Path) -> (EngineVersion, EngineRecord) {
    static KNOWN: Mutex<BTreeMap<Hash, EngineRecord>> = Mutex::new(BTreeMap::new());
    let found = inspect(file).expect("an engine");
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let record = known.entry(found.hash).or_insert_with(|| {
        // A registry finds files by their names.
        let folder = TempDir::new().expect("a folder");
        std::fs::copy(file, folder.path().join(engine_file_name(found.version))).expect("a copy");
        let registry = EngineRegistry::new(folder.path());
        let installed = InstalledEngine::find(&registry, found.version).expect("it loads");
        installed.record
    });
    (found.version, record.clone())
}
