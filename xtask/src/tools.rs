//! Programs of others that steps need, built from their published sources.

use crate::{error::Result, process};
use std::path::{Path, PathBuf};

/// Builds a program under `target/tools` unless that version is there already, and returns its
/// path. Nothing outside the checkout is touched.
///
/// # Errors
/// It can't be built, for want of a network for example.
pub(crate) fn install(root: &Path, name: &str, version: &str) -> Result<PathBuf> {
    install_with(root, name, version, &[])
}

/// The same, with arguments that say which of its features are wanted.
///
/// # Errors
/// It can't be built.
pub(crate) fn install_with(
    root: &Path,
    name: &str,
    version: &str,
    features: &[&str],
) -> Result<PathBuf> {
    let place = root.join("target/tools").join(format!("{name}-{version}"));
    let program = place.join("bin").join(name);
    if !program.exists() {
        let mut cargo = process::cargo();
        // Without optimization: what is run once a day needn't be built for ten minutes.
        cargo.args(["install", "--quiet", "--locked", "--debug"]);
        cargo.args(["--version", version, "--root"]).arg(&place);
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo.env("CARGO_TARGET_DIR", root.join("target/tools/build"));
        process::run(cargo.current_dir(root).args(features).arg(name))?;
    }
    Ok(program)
}
