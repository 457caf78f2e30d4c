//! Reading a chain's file, whoever wrote it.

use super::{of_redb, ABOUT, BLOCKS, HASHES, STATE};
use crate::{
    chain::{caught, Chain, StoredBlock},
    error::ServeError,
    format::FORMAT,
};
use fat_contracts_primitives::Hash;
use parity_scale_codec::DecodeAll;
use redb::{Database, ReadableDatabase, ReadableTable};
use std::path::Path;

/// What was found.
pub(crate) struct DiskContents {
    pub(crate) chain: Chain,
    pub(crate) ahead_ms: u64,
    /// The engine that it was started on.
    pub(crate) engine: String,
}

/// Reads a chain's file. `named` is what whoever reads an error knows.
pub(super) fn read(file: &Path, named: &Path) -> Result<(Database, DiskContents), ServeError> {
    let damaged = |what: String| ServeError::Damaged {
        path: named.to_owned(),
        what,
    };
    // Its database panics over some damaged files.
    let opened = caught(|| Database::open(file)).map_err(damaged)?;
    let db = opened.map_err(|error| match of_redb(file, error) {
        ServeError::Damaged { what, .. } => damaged(what),
        error => error,
    })?;
    let found = caught(|| read_all(&db)).map_err(damaged)?;
    match found {
        Ok(ReadResult::Contents(found)) => Ok((db, *found)),
        Ok(ReadResult::Format(found, maker)) => Err(ServeError::Format {
            path: named.to_owned(),
            found,
            expected: FORMAT,
            maker,
        }),
        Ok(ReadResult::Broken(what)) => Err(damaged(what)),
        Err(error) => Err(damaged(error.to_string())),
    }
}

enum ReadResult {
    Contents(Box<DiskContents>),
    Format(u32, String),
    Broken(String),
}

fn read_all(db: &Database) -> Result<ReadResult, redb::Error> {
    let txn = db.begin_read()?;
    let about = txn.open_table(ABOUT)?;
    let value = |name: &str| -> Result<Vec<u8>, redb::Error> {
        Ok(about
            .get(name)?
            .map_or(Vec::new(), |it| it.value().to_vec()))
    };
    let Ok((format, maker)) = <(u32, String)>::decode_all(&mut &value("format")?[..]) else {
        return Ok(ReadResult::Broken("it names no format".into()));
    };
    if format != FORMAT {
        return Ok(ReadResult::Format(format, maker));
    }
    let ahead_ms = u64::decode_all(&mut &value("ahead")?[..]).unwrap_or_default();
    let engine = String::from_utf8_lossy(&value("engine")?).into_owned();
    let mut kept = Vec::new();
    let mut first = None;
    for row in txn.open_table(BLOCKS)?.iter()? {
        let (number, bytes) = row?;
        first.get_or_insert(number.value());
        match StoredBlock::decode_all(&mut bytes.value()) {
            Ok(block) => kept.push(block),
            Err(error) => {
                return Ok(ReadResult::Broken(format!(
                    "block {}: {error}",
                    number.value()
                )))
            }
        }
    }
    let mut older = Vec::new();
    for row in txn.open_table(HASHES)?.range(..first.unwrap_or_default())? {
        let (number, hash) = row?;
        match <[u8; 32]>::try_from(hash.value()) {
            Ok(hash) if number.value() as usize == older.len() => older.push(Hash::from(hash)),
            _ => {
                return Ok(ReadResult::Broken(format!(
                    "the hash of block {}",
                    number.value()
                )))
            }
        }
    }
    let mut pairs = Vec::new();
    for row in txn.open_table(STATE)?.iter()? {
        let (key, value) = row?;
        pairs.push((key.value().to_vec(), value.value().to_vec()));
    }
    Ok(match Chain::load(older, kept, pairs) {
        Ok(chain) => ReadResult::Contents(Box::new(DiskContents {
            chain,
            ahead_ms,
            engine,
        })),
        Err(what) => ReadResult::Broken(what),
    })
}
