//! Builds an engine in two folders that have nothing in common, and compares.

use super::{build, chosen, index, Version};
use crate::{
    error::{Error, OnPath, Result},
    tree,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What an engine is built from, besides the registry.
pub(super) const SOURCES: &[&str] = &["Cargo.toml", "rust-toolchain.toml", "capi", "engines"];

pub(crate) fn reproduce(version: Version) -> Result<()> {
    chosen(&[version])?;
    let root = tree::root();
    let scratch = tempfile::tempdir().on(std::env::temp_dir())?;
    let mut copies = folders(scratch.path()).to_vec();
    // What was built in the checkout is another folder: one more is enough.
    if tree::engines_dir(&root).join(version.file()).exists() {
        copies.remove(0);
    }
    for copy in &copies {
        for part in SOURCES {
            copy_all(&root.join(part), &copy.join(part))?;
        }
    }
    let built = same_in_all(version, &copies)?;
    let hash = index::describe(version, &built)?.hash;
    println!("engine {version} is {hash} in every folder");
    Ok(())
}

/// Two folders of different length and depth: a name that gets into the library moves what is
/// behind it.
pub(super) fn folders(scratch: &Path) -> [PathBuf; 2] {
    ["a", "another/and/deeper"].map(|folder| scratch.join(folder))
}

/// Builds a version in each of these checkouts, and compares; gives one of the files.
pub(super) fn same_in_all(version: Version, copies: &[PathBuf]) -> Result<PathBuf> {
    let root = tree::root();
    let mut found = Vec::new();
    for copy in copies {
        // Sources that a build script writes lie there, and are named by it in the file.
        let built = build::build(copy, &copy.join("target/engines-build"), version)?;
        found.push((built.clone(), fs::read(&built).on(built)?));
    }
    // What was built in the checkout is one folder more, if it is there.
    let installed = tree::engines_dir(&root).join(version.file());
    if let Ok(bytes) = fs::read(&installed) {
        found.push((installed, bytes));
    }
    for (place, bytes) in &found {
        eprintln!("{} {}", index::hash(bytes), place.display());
    }
    if let Some((place, _)) = found.iter().find(|(_, bytes)| *bytes != found[0].1) {
        return Err(Error::NotReproducible {
            version: version.to_string(),
            first: found[0].0.clone(),
            second: place.clone(),
        });
    }
    Ok(found.swap_remove(0).0)
}

/// Copies a file or a folder; links stay links, and what was built stays behind.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    let kind = fs::symlink_metadata(from).on(from)?.file_type();
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).on(parent)?;
    }
    if kind.is_symlink() {
        let target = fs::read_link(from).on(from)?;
        return std::os::unix::fs::symlink(target, to).on(to);
    }
    if !kind.is_dir() {
        return fs::copy(from, to).map(|_| ()).on(to);
    }
    for entry in fs::read_dir(from).on(from)? {
        let name = entry.on(from)?.file_name();
        if name != "target" {
            copy_all(&from.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}
