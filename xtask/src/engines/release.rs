//! Makes a release: from a commit, twice, and written down for ever.

use super::{build, chosen, deps, index, reproduce, version::RELEASES, Version};
use crate::{
    error::{Error, OnPath, Result},
    process, tree,
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// The list of released engines. The worker knows it as well, so its form is in one file.
#[path = "../../../worker/core/src/releases.rs"]
#[allow(unreachable_pub)] // It is public in the worker.
pub(super) mod list;

/// Builds a version from the last commit in two folders, has the worker replay its corpus with
/// that very file, and adds it to the list.
pub(crate) fn release(version: Version) -> Result<()> {
    chosen(&[version])?;
    let root = tree::root();
    if version.released(&root)? {
        return Err(Error::Released(version.to_string()));
    }
    let git = |args: &[&str]| process::output(Command::new("git").current_dir(&root).args(args));
    let changed = git(&["status", "--porcelain"])?;
    if !changed.is_empty() {
        return Err(Error::DirtyTree { changed });
    }
    let corpus = corpus_of(&root, version);
    if !corpus.is_file() {
        return Err(version.fault(format!(
            "it has no recorded blocks at {}: PINK_RECORD_CORPUS=1 cargo test --workspace --test \
             corpus records them",
            corpus.display()
        )));
    }
    deps::check(&root, version)?;
    let commit = git(&["rev-parse", "HEAD"])?.trim().to_owned();

    let scratch = tempfile::tempdir().on(std::env::temp_dir())?;
    let copies = reproduce::folders(scratch.path());
    for copy in &copies {
        checkout(&root, &commit, copy)?;
    }
    let built = reproduce::same_in_all(version, &copies)?;
    let entry = index::describe(version, &built)?;
    let note = index::note(version, &built)?;

    // What is released is what replays the corpus, and not what happens to lie in target/engines.
    let engines = scratch.path().join("engines");
    build::install(&built, &engines, version)?;
    let test = format!(
        "version_{}_{}_gives_what_it_gave",
        version.major, version.minor
    );
    let mut replay = process::cargo();
    replay
        .current_dir(&root)
        .args([
            "test",
            "--locked",
            "--package=pink-worker",
            "--test=corpus",
            "--",
            "--exact",
        ])
        .arg(test)
        .env("PINK_ENGINES", &engines);
    process::run(&mut replay)?;

    let lock = version.folder(&root).join("Cargo.lock");
    let text = format!(
        "\n[[release]]\nversion = \"{version}\"\ncommit = \"{commit}\"\ntoolchain = \"{}\"\n\
         abi = {}\ncost_table_hash = \"{}\"\ndeps_hash = \"{}\"\nlock_hash = \"{}\"\n\
         corpus_hash = \"{}\"\n\n[[release.artefact]]\ntarget = \"{}\"\nhash = \"{}\"\n\
         size = {}\n",
        toolchain(&root)?,
        entry.abi,
        index::hex(&note.cost_table_hash),
        index::hex(&note.dep_tree_hash),
        hash_of(&lock)?,
        hash_of(&corpus)?,
        entry.target,
        entry.hash,
        entry.size,
    );
    let place = root.join(RELEASES);
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(&place)
        .on(&place)?;
    file.write_all(text.as_bytes()).on(&place)?;
    check(&root)?;
    build::install(&built, &tree::engines_dir(&root), version)?;
    index::write(&tree::engines_dir(&root), &super::version::all(&root)?)?;
    println!("engine {version} is released as {}", entry.hash);
    println!(
        "commit {RELEASES}, and keep target/engines/{}",
        version.file()
    );
    Ok(())
}

/// Checks that of every released version the lock file and the recorded blocks are those of the
/// release, and that what is built of it now, if anything is, has the same rules. (That it gives
/// the same receipts and roots is checked by replaying those blocks.)
pub(crate) fn check(root: &Path) -> Result<()> {
    for release in super::version::releases(root)? {
        let version: Version = release.version.parse()?;
        let same = |what: &'static str, now: String, then: &String| {
            if now == *then {
                Ok(())
            } else {
                Err(Error::ReleaseChanged {
                    version: release.version.clone(),
                    what,
                    now,
                    then: then.clone(),
                })
            }
        };
        let lock = version.folder(root).join("Cargo.lock");
        same("lock file", hash_of(&lock)?, &release.lock_hash)?;
        let corpus = corpus_of(root, version);
        same("recorded blocks", hash_of(&corpus)?, &release.corpus_hash)?;
        let built = tree::engines_dir(root).join(version.file());
        if built.exists() {
            let note = index::note(version, &built)?;
            let costs = index::hex(&note.cost_table_hash);
            same("cost table", costs, &release.cost_table_hash)?;
            let deps = index::hex(&note.dep_tree_hash);
            same("dependency tree", deps, &release.deps_hash)?;
        }
    }
    Ok(())
}

fn corpus_of(root: &Path, version: Version) -> PathBuf {
    root.join(format!("engines/corpus/{version}.scale"))
}

fn hash_of(path: &Path) -> Result<String> {
    fs::read(path).on(path).map(|bytes| index::hash(&bytes))
}

/// The sources as the commit has them, and nothing that only lies there.
pub(super) fn checkout(root: &Path, commit: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).on(folder)?;
    let archive = folder.join("sources.tar");
    process::run(
        Command::new("git")
            .current_dir(root)
            .args(["archive", "--format=tar", "--output"])
            .arg(&archive)
            .arg(commit)
            .args(reproduce::SOURCES),
    )?;
    process::run(
        Command::new("tar")
            .arg("--extract")
            .arg("--file")
            .arg(&archive)
            .arg("--directory")
            .arg(folder),
    )?;
    fs::remove_file(&archive).on(&archive)
}

/// What the bytes depend on besides sources and lock file.
pub(super) fn toolchain(root: &Path) -> Result<String> {
    let first_line = |program: &str, argument: &str| {
        let text = process::output(Command::new(program).current_dir(root).arg(argument))?;
        Ok::<_, Error>(text.lines().next().unwrap_or_default().replace('"', "'"))
    };
    Ok(format!(
        "{}; {}; {}",
        first_line("rustc", "--version")?,
        first_line("cc", "--version")?,
        first_line("ld", "--version")?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        [[release]]
        version = "1.0"
        commit = "c"
        toolchain = "t"
        abi = 1
        cost_table_hash = "0x01"
        deps_hash = "0x02"
        lock_hash = "LOCK"
        corpus_hash = "CORPUS"
        [[release.artefact]]
        target = "x86_64-unknown-linux-gnu"
        hash = "0x05"
        size = 6
    "#;

    /// A checkout with one release, whose lock file and recorded blocks are these.
    fn checkout_of(lock: &str, corpus: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let place = dir.path().join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        };
        let text = ONE
            .replace("LOCK", &index::hash(b"lock"))
            .replace("CORPUS", &index::hash(b"corpus"));
        put(RELEASES, &text);
        put("engines/v1.0/Cargo.lock", lock);
        put("engines/corpus/1.0.scale", corpus);
        dir
    }

    #[test]
    fn what_is_released_does_not_change() {
        let same = checkout_of("lock", "corpus");
        check(same.path()).unwrap();
        let version = Version { major: 1, minor: 0 };
        assert!(version.released(same.path()).unwrap());
        let other = Version { major: 1, minor: 1 };
        assert!(!other.released(same.path()).unwrap());
        for (lock, corpus, what) in [("other", "corpus", "lock file"), ("lock", "x", "blocks")] {
            let changed = checkout_of(lock, corpus);
            let error = check(changed.path()).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        // A version that is released has its recorded blocks for ever.
        fs::remove_file(same.path().join("engines/corpus/1.0.scale")).unwrap();
        assert!(check(same.path()).is_err());
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_empty_one() {
        let dir = checkout_of("lock", "corpus");
        let place = dir.path().join(RELEASES);
        fs::write(&place, "[[release]]\nversion = \"1.0\"\n").unwrap();
        assert!(check(dir.path()).is_err());
        let version = Version { major: 1, minor: 0 };
        assert!(version.released(dir.path()).is_err());
    }

    /// The engine in C, whose note names 0.1 and rules and dependencies with a hash of zeros, as what
    /// is built of newer sources.
    fn build_into(dir: &Path) {
        let root = tree::root();
        let engines = tree::engines_dir(dir);
        fs::create_dir_all(&engines).unwrap();
        let mut cc = Command::new("cc");
        cc.args(["-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-I"])
            .arg(root.join("capi/include"))
            .arg("-o")
            .arg(engines.join("libpink.so.0.1"))
            .arg(root.join("worker/engine-tester/fixtures/c/tiny.c"));
        process::run(&mut cc).unwrap();
    }

    /// What is built of newer sources may have other bytes, and no other rules.
    #[test]
    fn a_build_with_other_rules_than_the_release_is_refused_by_name() {
        let dir = checkout_of("lock", "corpus");
        fs::rename(
            dir.path().join("engines/v1.0"),
            dir.path().join("engines/v0.1"),
        )
        .unwrap();
        let corpus = dir.path().join("engines/corpus");
        fs::rename(corpus.join("1.0.scale"), corpus.join("0.1.scale")).unwrap();
        build_into(dir.path());
        let place = dir.path().join(RELEASES);
        let text = fs::read_to_string(&place)
            .unwrap()
            .replace("\"1.0\"", "\"0.1\"");
        let zeros = format!("\"{}\"", index::hex(&[0; 32]));
        let list = |rules: &str, deps: &str| {
            let text = text.replace("\"0x01\"", rules).replace("\"0x02\"", deps);
            fs::write(&place, text).unwrap();
            check(dir.path()).map_err(|error| error.to_string())
        };
        list(&zeros, &zeros).unwrap();
        for (rules, deps, what) in [
            ("\"0x01\"", &zeros[..], "cost table"),
            (&zeros[..], "\"0x02\"", "dependency tree"),
        ] {
            let error = list(rules, deps).unwrap_err();
            assert!(error.contains("0.1") && error.contains(what), "{error}");
        }
    }
}
