//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable when it runs a program, so a checkout that was moved is found.
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
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
