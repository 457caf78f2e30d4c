//! A folder in one file: what `--state` reads and writes.
//!
//! The file is [`MAGIC`], the format (4 bytes, little-endian), the BLAKE2b-256 of what follows, and that: who wrote it,
//! and the folder's files, in SCALE.

use crate::{
    error::ServeError,
    format::{FORMAT, MAKER},
};
use parity_scale_codec::{DecodeAll, Encode};
use sp_crypto_hashing::blake2_256;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path},
};

const MAGIC: &[u8] = b"pink dev state\n\0";

/// The longest file that is read, in bytes.
const MOST_BYTES: u64 = 4 << 30;

/// How deep files may be in the folder.
const MAX_DEPTH: usize = 2;

type Contents = (String, Vec<(String, Vec<u8>)>);

fn failed<'a>(doing: &'static str, path: &'a Path) -> impl Fn(io::Error) -> ServeError + 'a {
    move |error| ServeError::Io {
        doing,
        path: path.to_owned(),
        error,
    }
}

/// Writes a folder's files. The old file stays until the new one is whole.
///
/// # Errors
/// A file can't be read, or that one not written.
pub(crate) fn pack(folder: &Path, to: &Path) -> Result<(), ServeError> {
    let mut files = Vec::new();
    collect(folder, "", &mut files, MAX_DEPTH).map_err(failed("read", folder))?;
    files.sort();
    let contents: Contents = (MAKER.into(), files);
    let contents = contents.encode();
    let beside = to.with_extension("new");
    let write = || {
        let mut options = OpenOptions::new();
        // There are keys in it.
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(MAGIC)?;
        file.write_all(&FORMAT.to_le_bytes())?;
        file.write_all(&blake2_256(&contents))?;
        file.write_all(&contents)?;
        file.sync_all()?;
        fs::rename(&beside, to)
    };
    write().map_err(failed("write", to))
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, Vec<u8>)>,
    depth: usize,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let name = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 1 {
            collect(
                &entry.path(),
                &format!("{name}/"),
                files,
                depth.saturating_sub(1),
            )?;
        } else if kind.is_file() {
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// Reads a file, and writes what it has into an empty folder.
///
/// # Errors
/// It is something else, damaged, or another program's.
pub(crate) fn unpack(from: &Path, folder: &Path) -> Result<(), ServeError> {
    let reading = failed("read", from);
    let file = File::open(from).map_err(&reading)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(&reading)?;
    let not = |found: &str| ServeError::NotAState {
        path: from.to_owned(),
        expected: "what `dev serve --state` wrote".into(),
        found: found.into(),
    };
    let damaged = |what: &str| ServeError::Damaged {
        path: from.to_owned(),
        what: what.into(),
    };
    if bytes.is_empty() {
        return Err(not("an empty file"));
    }
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| not("something else"))?;
    let (format, rest) = rest
        .split_first_chunk::<4>()
        .ok_or_else(|| damaged("it is cut off"))?;
    let format = u32::from_le_bytes(*format);
    let (sum, contents) = rest
        .split_first_chunk::<32>()
        .ok_or_else(|| damaged("it is cut off"))?;
    if format != FORMAT {
        let maker =
            String::decode_all(&mut &contents[..]).unwrap_or_else(|_| "another program".into());
        return Err(ServeError::Format {
            path: from.to_owned(),
            found: format,
            expected: FORMAT,
            maker,
        });
    }
    if blake2_256(contents) != *sum {
        return Err(damaged("its checksum is another one"));
    }
    let (_, files) =
        Contents::decode_all(&mut &contents[..]).map_err(|error| damaged(&error.to_string()))?;
    for (name, bytes) in files {
        let place = Path::new(&name);
        let plain = place
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !plain || place.components().count() > MAX_DEPTH {
            return Err(damaged(&format!("a file in it is named {name:?}")));
        }
        let place = folder.join(place);
        let writing = failed("write", &place);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(&writing)?;
        }
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&place)
            .map_err(&writing)?;
        file.write_all(&bytes).map_err(&writing)?;
    }
    Ok(())
}
