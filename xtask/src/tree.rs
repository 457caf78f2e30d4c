//! Where things are.

use crate::process;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable when it runs a program, so a checkout that was moved is found.
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
}

/// How many commits the checkout has behind it: what decides whose turn it is. 0 without a history.
pub(crate) fn commits(root: &Path) -> usize {
    let mut count = Command::new("git");
    count
        .current_dir(root)
        .args(["rev-list", "--count", "HEAD"]);
    process::output(&mut count)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// Where the finished engines lie.
pub(crate) fn engines_dir(root: &Path) -> PathBuf {
    root.join("target/engines")
}

/// Where releases lie that were made again.
pub(crate) fn released_dir(root: &Path) -> PathBuf {
    root.join("target/released")
}

/// Where they are made: a folder for each commit.
pub(crate) fn released_builds(root: &Path) -> PathBuf {
    root.join("target/released-build")
}
