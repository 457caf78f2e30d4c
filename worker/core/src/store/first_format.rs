//! Stores of format 1: a bare database with a record of its format. They are recognised, so that
//! the error can name them, and not read.

use std::path::Path;

use redb::{Builder, DatabaseError, ReadableDatabase, TableDefinition};

use super::core::{from_redb, guarded};
use super::StoreError;

/// The number of the format.
pub(super) const FORMAT: u32 = 1;

/// What a redb file begins with.
const REDB_MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";

pub(super) const META: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("meta");

/// The program that made a store of that format; `None` when the file isn't one.
pub(super) fn made_by(path: &Path, head: &[u8]) -> Result<Option<String>, StoreError> {
    if !head.starts_with(&REDB_MAGIC) {
        return Ok(None);
    }
    guarded(path, || {
        let db = match Builder::new().open_read_only(path) {
            Ok(db) => db,
            // Not closed; to look into it, it would have to be recovered first.
            Err(DatabaseError::RepairAborted) => return Ok(Some("an unnamed program".into())),
            Err(error) => return Err(from_redb("open", path, error.into())),
        };
        let read = || -> Result<_, redb::Error> {
            let meta = db.begin_read()?.open_table(META)?;
            let format = meta.get_owned("format")?;
            let made_by = meta.get_owned("created_by")?;
            Ok((
                format.map(|it| it.value().to_vec()),
                made_by.map(|it| it.value().to_vec()),
            ))
        };
        Ok(match read() {
            Ok((Some(format), made_by)) if format == FORMAT.to_be_bytes() => Some(match made_by {
                Some(name) => String::from_utf8_lossy(&name).into_owned(),
                None => "an unnamed program".into(),
            }),
            _ => None,
        })
    })
}
