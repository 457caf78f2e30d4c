//! Where engines are looked for.

use std::{env, path::PathBuf};

/// The variable that names the directory.
const VARIABLE: &str = "PINK_ENGINES";

/// The directory: as given, else what `PINK_ENGINES` says, else `engines` beside the program or
/// one folder above it (where `cargo xtask engines` puts them), else `target/engines`.
pub(super) fn choose(given: Option<PathBuf>) -> PathBuf {
    let named = || {
        env::var_os(VARIABLE)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    let beside = || {
        let program = env::current_exe().ok()?;
        let folders = program.ancestors().skip(1).take(2);
        folders
            .map(|folder| folder.join("engines"))
            .find(|engines| engines.is_dir())
    };
    given
        .or_else(named)
        .or_else(beside)
        .unwrap_or_else(|| PathBuf::from("target/engines"))
}
