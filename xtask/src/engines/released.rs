//! Builds released engines again: each from the commit of its release, whatever the sources are now.
//!
//! A build from today's sources is a compatibility build, with another hash. Chains know the hash of
//! the release, so what runs on them has to be that file, and anybody has to be able to make it.

use super::{
    build, index, release, released_versions,
    version::{releases, Version},
};
use crate::{
    error::{Error, OnPath, Result},
    process, tree,
};
use release::list::{Artefact, Release};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Makes the files of these releases, or of all: `target/released/libpink.so.X.Y`. A file that is
/// there and is the release is left alone; one that isn't is replaced.
pub(crate) fn make(only: &[Version]) -> Result<()> {
    let root = tree::root();
    let all = releases(&root)?;
    for version in only {
        if !version.released(&root)? {
            return Err(Error::NotReleased(version.to_string()));
        }
    }
    let mut there = Vec::new();
    for release in &all {
        let version: Version = release.version.parse()?;
        if only.is_empty() || only.contains(&version) {
            let place = make_one(&root, version, release)?;
            println!("{} is the release", place.display());
        }
        there.push(version);
    }
    let place = tree::released_dir(&root);
    if place.exists() {
        index::write(&place, &there)?;
    }
    Ok(())
}

/// A build that has its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A release is made from its commit.
    Release(Version),
    /// An engine is made from today's sources in another folder.
    Reproduce(Version),
}

/// Whose turn it is to be made and checked: each release's, then today's sources of the newest, from one commit to the
/// next; so that each is made again and again and none takes the time of every run. `None`: there is no release.
pub(crate) fn by_turns() -> Result<Option<Turn>> {
    Ok(turn(&released_versions()?, tree::commits(&tree::root())))
}

/// Of releases, the oldest first.
fn turn(all: &[Version], commits: usize) -> Option<Turn> {
    let newest = *all.last()?;
    let made = all.get(commits.checked_rem(all.len().checked_add(1)?)?);
    Some(made.map_or(Turn::Reproduce(newest), |version| Turn::Release(*version)))
}

/// Makes one, in a checkout of its commit, and compares it with the list.
fn make_one(root: &Path, version: Version, release: &Release) -> Result<PathBuf> {
    let folder = tree::released_dir(root);
    let place = folder.join(version.file());
    if place.exists() && is_of(&index::describe(version, &place)?, release).is_ok() {
        return Ok(place);
    }
    let mut known = Command::new("git");
    known
        .current_dir(root)
        .args(["cat-file", "-e", &format!("{}^{{commit}}", release.commit)]);
    if !process::answers(&mut known) {
        return Err(Error::NoCommit {
            version: release.version.clone(),
            commit: release.commit.clone(),
        });
    }
    // One place for each commit: what its releases have in common is built once. Never one for
    // several, since the files of an older commit look older than what was built of a newer one.
    let sources = tree::released_builds(root).join(&release.commit);
    release::checkout(root, &release.commit, &sources)?;
    let built = build::build(&sources, &sources.join("target"), version)?;
    is_of(&index::describe(version, &built)?, release).map_err(|(found, then)| {
        Error::ReleaseDiffers {
            version: release.version.clone(),
            found,
            then,
            by: release.toolchain.clone(),
            now: release::toolchain(root).unwrap_or_else(|error| error.to_string()),
        }
    })?;
    build::install(&built, &folder, version)?;
    fs::metadata(&place).on(&place)?;
    Ok(place)
}

/// Whether a file is the release's for its target; else both, in words.
fn is_of(file: &index::Entry, release: &Release) -> std::result::Result<(), (String, String)> {
    let words = |hash: &str, size: u64| format!("{hash}, {size} bytes");
    let of_target = |artefact: &&Artefact| artefact.target == file.target;
    let found = words(&file.hash, file.size);
    match release.artefacts.iter().find(of_target) {
        Some(artefact) if artefact.hash == file.hash && artefact.size == file.size => Ok(()),
        Some(artefact) => Err((found, words(&artefact.hash, artefact.size))),
        None => Err((found, format!("no file for {}", file.target))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: &str, hash: &str) -> Release {
        Release {
            version: version.into(),
            commit: "c".into(),
            toolchain: "t".into(),
            abi: 2,
            cost_table_hash: String::new(),
            deps_hash: String::new(),
            lock_hash: String::new(),
            corpus_hash: String::new(),
            artefacts: vec![Artefact {
                target: "x86_64-unknown-linux-gnu".into(),
                hash: hash.into(),
                size: 5,
            }],
        }
    }

    #[test]
    fn each_release_has_its_turn_and_todays_sources() {
        assert!(turn(&[], 7).is_none());
        let all = [(1, 0), (1, 1), (2, 0)].map(|(major, minor)| Version { major, minor });
        let turns: Vec<_> = (8..13).filter_map(|commits| turn(&all, commits)).collect();
        let [first, second, third] = all.map(Turn::Release);
        assert_eq!(
            turns,
            [first, second, third, Turn::Reproduce(all[2]), first]
        );
    }

    #[test]
    fn another_file_is_no_release() {
        let entry = |hash: &str, size, target: &str| index::Entry {
            version: "1.0".into(),
            abi: 2,
            hash: hash.into(),
            size,
            target: target.into(),
        };
        let (one, x86) = (release("1.0", "0x01"), "x86_64-unknown-linux-gnu");
        assert!(is_of(&entry("0x01", 5, x86), &one).is_ok());
        for other in [
            entry("0x02", 5, x86),
            entry("0x01", 6, x86),
            entry("0x01", 5, "aarch64-unknown-linux-gnu"),
        ] {
            let (found, then) = is_of(&other, &one).unwrap_err();
            assert!(found.contains(&other.hash) && !then.is_empty());
        }
    }
}
