//! `engines.json`: what lies in the engine directory, for those who register engines on a chain.

use super::{check, Version};
use crate::error::{OnPath, Result};
use object::{read::elf::ElfFile64, Architecture, LittleEndian, Object};
use pink_capi::note::EngineNote;
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// The index, beside the engines.
const FILE: &str = "engines.json";

#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) version: String,
    pub(super) abi: u16,
    /// BLAKE2b-256 of the file.
    pub(super) hash: String,
    pub(super) size: u64,
    pub(super) target: String,
}

/// Describes those of `versions` whose file is there.
pub(super) fn write(engines_dir: &Path, versions: &[Version]) -> Result<()> {
    let mut entries = Vec::new();
    for &version in versions {
        let place = engines_dir.join(version.file());
        if !place.exists() {
            continue;
        }
        entries.push(describe(version, &place)?);
    }
    let text = serde_json::to_string_pretty(&entries)? + "\n";
    let place = engines_dir.join(FILE);
    if fs::read_to_string(&place).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let fresh = engines_dir.join(".engines.json.new");
    fs::write(&fresh, text).on(&fresh)?;
    fs::rename(&fresh, &place).on(&place)
}

/// Describes a file.
pub(super) fn describe(version: Version, place: &Path) -> Result<Entry> {
    let bytes = fs::read(place).on(place)?;
    let file = ElfFile64::<LittleEndian>::parse(bytes.as_slice())
        .map_err(|error| version.fault(error.to_string()))?;
    Ok(Entry {
        version: version.to_string(),
        abi: check::note(&file, version)?.abi_major,
        hash: hash(&bytes),
        size: bytes.len() as u64,
        target: match file.architecture() {
            Architecture::X86_64 => "x86_64-unknown-linux-gnu".into(),
            Architecture::Aarch64 => "aarch64-unknown-linux-gnu".into(),
            other => return Err(version.fault(format!("it is for {other:?}"))),
        },
    })
}

/// The note of a file.
pub(super) fn note(version: Version, place: &Path) -> Result<EngineNote> {
    let bytes = fs::read(place).on(place)?;
    let file = ElfFile64::<LittleEndian>::parse(bytes.as_slice())
        .map_err(|error| version.fault(error.to_string()))?;
    check::note(&file, version)
}

/// Prints what is there.
pub(super) fn show(engines_dir: &Path) -> Result<()> {
    let place = engines_dir.join(FILE);
    let text = fs::read_to_string(&place).on(&place)?;
    for entry in serde_json::from_str::<Vec<Entry>>(&text)? {
        let place = engines_dir.join(format!("libpink.so.{}", entry.version));
        let (abi, size, hash) = (entry.abi, entry.size, entry.hash);
        println!("{} ABI {abi}, {size} bytes, {hash}", place.display());
    }
    Ok(())
}

/// BLAKE2b-256, as the chain writes it.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&sp_crypto_hashing::blake2_256(bytes))
}

/// Bytes, as the chain writes them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold("0x".into(), |text, byte| format!("{text}{byte:02x}"))
}
