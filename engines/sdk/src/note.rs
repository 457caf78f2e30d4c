//! The `PINK` note: what an engine's file says about itself before any of its code runs.
//!
//! The hashes in it are facts about the sources that a person would get wrong, so an engine's
//! build script finds them out with [`prepare`], and [`engine_note!`](crate::engine_note) puts
//! them into the library.

use crate::types::{EngineInfo, Hash};
pub use pink_capi::note::{ElfNote, EngineNote};
use std::{env, fs, io, path::Path};

/// The file that holds an engine's dependency tree, in the engine's folder.
pub const DEPS_FILE: &str = "deps.txt";

/// For an engine's build script: leaves the hashes where [`engine_note!`](crate::engine_note)
/// finds them. `hash` is BLAKE2b-256; the caller brings it, because this crate needs none.
///
/// # Errors
/// The crate's version isn't that of the rules, there is no dependency tree in the engine's
/// folder, or no place to write to.
// It runs where the engine is built, never where it is executed.
#[allow(clippy::disallowed_methods)]
pub fn prepare(rules: &EngineInfo, hash: impl FnOnce(&[u8]) -> Hash) -> io::Result<()> {
    let wrong = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
    println!("cargo:rerun-if-changed={DEPS_FILE}");
    println!("cargo:rerun-if-changed=build.rs");
    let package = env::var("CARGO_PKG_VERSION").map_err(|error| wrong(error.to_string()))?;
    if package != format!("{}.0", rules.version) {
        let rules = rules.version;
        return Err(wrong(format!("crate {package} holds the rules of {rules}")));
    }
    let deps = fs::read(DEPS_FILE).map_err(|error| wrong(format!("{DEPS_FILE}: {error}")))?;
    let out = env::var_os("OUT_DIR").ok_or_else(|| wrong("this is no build script".into()))?;
    fs::write(
        Path::new(&out).join("cost_table_hash"),
        rules.cost_table_hash,
    )?;
    fs::write(Path::new(&out).join("dep_tree_hash"), hash(&deps))
}

/// Puts the `PINK` note into an engine's library. The first argument is the ABI that the engine
/// exports; the build script has to have called [`note::prepare`](crate::note::prepare).
///
/// ```ignore
/// pink_engine_sdk::engine_note!(v1, pink_engine_sdk::types::Version::new(2, 0));
/// ```
#[macro_export]
macro_rules! engine_note {
    ($abi:ident, $version:expr) => {
        // Linkers keep notes and `#[used]` keeps it until then, so it outlives link-time
        // optimisation and stripping.
        #[used]
        #[link_section = ".note.pink"]
        static NOTE: $crate::note::ElfNote =
            $crate::note::ElfNote::new($crate::note::EngineNote::new(
                (
                    $crate::capi::$abi::ffi::ABI_MAJOR,
                    $crate::capi::$abi::ffi::ABI_MINOR,
                ),
                $version,
                *include_bytes!(concat!(env!("OUT_DIR"), "/cost_table_hash")),
                *include_bytes!(concat!(env!("OUT_DIR"), "/dep_tree_hash")),
            ));
    };
}
