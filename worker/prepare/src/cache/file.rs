//! A file: the version of this form (4 bytes, little-endian), a MAC (32 bytes), the artefact.

use super::{key::Key, Name};
use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

/// The version of this form.
const VERSION: [u8; 4] = 1u32.to_le_bytes();

/// Bytes of a MAC.
const MAC: usize = 32;

/// Bytes ahead of the artefact.
const HEAD: u64 = 36;

/// Why a file isn't taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Wrong {
    /// It can't be read.
    #[error("it can't be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Another release wrote it.
    #[error("it has another form than this program's")]
    OtherForm,
    /// It isn't what this worker wrote there.
    #[error("it isn't what this worker wrote")]
    Foreign,
}

/// Bytes of the file of an artefact.
pub(super) fn length(artefact: &[u8]) -> u64 {
    (artefact.len() as u64).saturating_add(HEAD)
}

fn mac(key: &Key, name: &Name, artefact: &[u8]) -> blake2b_simd::Hash {
    let mut mac = blake2b_simd::Params::new();
    mac.hash_length(MAC).key(key.bytes());
    let mut mac = mac.to_state();
    mac.update(&VERSION);
    mac.update(name);
    mac.update(artefact);
    mac.finalize()
}

pub(super) fn write(file: &mut File, key: &Key, name: &Name, artefact: &[u8]) -> io::Result<()> {
    file.write_all(&VERSION)?;
    file.write_all(mac(key, name, artefact).as_bytes())?;
    file.write_all(artefact)
}

/// The artefact of a file that this worker wrote under this name.
pub(super) fn read(path: &Path, key: &Key, name: &Name, most: u64) -> Result<Vec<u8>, Wrong> {
    let mut file = File::open(path)?.take(most.saturating_add(1));
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (version, rest) = bytes
        .split_at_checked(VERSION.len())
        .ok_or(Wrong::Foreign)?;
    if version != VERSION {
        return Err(Wrong::OtherForm);
    }
    let (found, artefact) = rest.split_at_checked(MAC).ok_or(Wrong::Foreign)?;
    // In a time that doesn't tell how much of it was right.
    if mac(key, name, artefact) != *found {
        return Err(Wrong::Foreign);
    }
    bytes.drain(..HEAD as usize);
    Ok(bytes)
}
