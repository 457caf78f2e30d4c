//! The compiler for what runs on the chain.

use crate::process::output;
use std::{env, ffi::OsString, fs, path::Path, process::Command};

/// What a runtime is compiled for: WebAssembly without anything that came after its first version.
pub(crate) const TARGET: &str = "wasm32v1-none";

/// As the builder of runtimes sets it: without it the chain's libraries bring native code along.
pub(crate) const FLAGS: &str = "--cfg substrate_runtime";

/// The pinned compiler if it has the target, else the system's own, which may; or the one that `RUSTC_WASM` names.
pub(crate) fn compiler(root: &Path) -> Option<OsString> {
    let candidates = match env::var_os("RUSTC_WASM") {
        Some(given) => vec![given],
        None => vec!["rustc".into(), "/usr/bin/rustc".into()],
    };
    candidates.into_iter().find(|rustc| has_target(rustc, root))
}

/// Whether a compiler has the core library of the target.
fn has_target(rustc: &OsString, root: &Path) -> bool {
    let libraries = output(Command::new(rustc).current_dir(root).args([
        "--print=target-libdir",
        "--target",
        TARGET,
    ]));
    let Ok(entries) = libraries.map(|folder| fs::read_dir(folder.trim())) else {
        return false;
    };
    entries.is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
        })
    })
}
