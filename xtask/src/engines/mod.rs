//! The engines: one shared library for each folder `engines/vX.Y`.

mod build;
mod check;
mod deps;
mod index;
mod lock;
mod release;
mod released;
mod reproduce;
mod version;

pub(crate) use release::{check as check_releases, release};
pub(crate) use released::{by_turns as build_by_turns, make as make_released, Turn};
pub(crate) use reproduce::reproduce;
pub(crate) use version::Version;

use crate::{
    error::{Error, Result},
    tree,
};

use std::path::{Path, PathBuf};

/// The versions that there are, oldest first, or those of them in `only`.
fn chosen(only: &[Version]) -> Result<Vec<Version>> {
    let all = version::all(&tree::root())?;
    if let Some(version) = only.iter().find(|version| !all.contains(version)) {
        let known: Vec<_> = all.iter().map(Version::to_string).collect();
        return Err(Error::UnknownEngine {
            version: version.to_string(),
            known: known.join(", "),
        });
    }
    Ok(all
        .into_iter()
        .filter(|version| only.is_empty() || only.contains(version))
        .collect())
}

/// Builds and checks engines into `target/engines`.
pub(crate) fn build(only: &[Version]) -> Result<()> {
    let root = tree::root();
    let place = tree::engines_dir(&root);
    for version in chosen(only)? {
        deps::check(&root, version)?;
        let built = build::build(&root, &root.join("target/engines-build"), version)?;
        build::install(&built, &place, version)?;
        // After each, so that one engine that fails doesn't hide those that are there.
        index::write(&place, &version::all(&root)?)?;
    }
    Ok(())
}

/// Those that are released, the oldest first.
fn released_versions() -> Result<Vec<Version>> {
    let root = tree::root();
    let mut released = Vec::new();
    for version in chosen(&[])? {
        if version.released(&root)? {
            released.push(version);
        }
    }
    Ok(released)
}

/// Builds those that are released, from today's sources.
pub(crate) fn build_released() -> Result<()> {
    match released_versions()?.as_slice() {
        // Nothing named would be all.
        [] => Ok(()),
        released => build(released),
    }
}

/// The same, and says on standard output what is there now.
pub(crate) fn build_and_show(only: &[Version]) -> Result<()> {
    build(only)?;
    index::show(&tree::engines_dir(&tree::root()))
}

/// Checks the committed dependency trees, or writes them anew.
pub(crate) fn deps(only: &[Version], write: bool) -> Result<()> {
    let root = tree::root();
    for version in chosen(only)? {
        if write {
            deps::write(&root, version)?;
        }
        deps::check(&root, version)?;
    }
    Ok(())
}

/// The folders of all engines.
pub(crate) fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    let versions = version::all(root)?;
    Ok(versions
        .into_iter()
        .map(|version| version.folder(root))
        .collect())
}
