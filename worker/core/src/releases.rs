//! The list of released engines, `engines/RELEASES.toml`.
//!
//! `xtask` writes the list and has this very file for a module, so that there is one form of it.

use serde::Deserialize;

/// A released engine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// `MAJOR.MINOR`.
    pub version: String,
    /// The commit that it was built from.
    pub commit: String,
    /// The compiler, and the linker, whose start files are in the library.
    pub toolchain: String,
    /// The ABI's major version.
    pub abi: u16,
    /// BLAKE2b-256 over the constants of its rules, from its note.
    pub cost_table_hash: String,
    /// BLAKE2b-256 of its `deps.txt`, from its note.
    pub deps_hash: String,
    /// BLAKE2b-256 of its `Cargo.lock`.
    pub lock_hash: String,
    /// BLAKE2b-256 of its recorded blocks.
    pub corpus_hash: String,
    /// The built files, one a target.
    #[serde(rename = "artefact")]
    pub artefacts: Vec<Artefact>,
}

/// A file of a released engine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// The target triple.
    pub target: String,
    /// BLAKE2b-256 of the file, in hex with `0x`.
    pub hash: String,
    /// Its length in bytes.
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    release: Vec<Release>,
}

/// Reads the list.
///
/// # Errors
/// It isn't one: the message names line and column.
pub fn parse(text: &str) -> Result<Vec<Release>, toml::de::Error> {
    toml::from_str::<List>(text).map(|list| list.release)
}
