//! Engines that were made for measuring.

use crate::{
    error::{OnPath, Result},
    process,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// An engine that was made for measuring: its crate, and the name that it is loaded by.
pub(crate) type Fixture = (&'static str, &'static str);

/// Those that do nothing but read.
pub(crate) const READERS: &[Fixture] = &[
    ("fixture-reader-v1", "libpink.so.0.1"),
    ("fixture-reader-v2", "libpink.so.0.2"),
];
/// The rules of 2.0 behind the first ABI.
pub(crate) const DEPOSIT_V1: Fixture = ("fixture-deposit-v1", "libpink.so.2.0");

/// Builds engines for measuring; the folder that they are in.
pub(crate) fn build(root: &Path, wanted: &[Fixture]) -> Result<PathBuf> {
    let target = root.join("target/fixtures-build");
    let place = root.join("target/fixtures");
    fs::create_dir_all(&place).on(&place)?;
    let mut cargo = process::cargo();
    cargo.current_dir(root.join("worker/engine-host/fixtures"));
    cargo.args(["build", "--quiet", "--release", "--locked"]);
    for (package, _) in wanted {
        cargo.args(["--package", package]);
    }
    process::run(cargo.env("CARGO_TARGET_DIR", &target))?;
    for (package, name) in wanted {
        let library = format!("release/lib{}.so", package.replace('-', "_"));
        let (built, place) = (target.join(library), place.join(name));
        // Not into a file that a process may have loaded.
        let _ = fs::remove_file(&place);
        fs::copy(&built, &place).on(&built)?;
    }
    Ok(place)
}
