//! The first sector of the file: what it is, and the database's header.
//!
//! | bytes | |
//! |---|---|
//! | 12 | the magic |
//! | 4 | the format, big-endian |
//! | 8 | the checksum of the other 504, little-endian |
//! | 40 | the program that made the file, in ASCII, filled up with zeros |
//! | 448 | the database's header, with room |
//!
//! It is written in one piece and not longer than the smallest sector, so a disk writes it wholly
//! or not at all. Should it be torn all the same, or garbled, the database is told that it wasn't
//! closed: then it trusts its two commit slots by their checksums only, and verifies the rest.

use std::io;

use redb::StorageBackend;

use super::{invalid, BLOCK};
use crate::store::open::{CREATED_BY, FORMAT};

const MAGIC: [u8; 12] = *b"pink store\x1A\n";
/// Bytes of the head.
const SECTOR: usize = 512;
const SEAL: std::ops::Range<usize> = 16..24;
const CREATED_BY_AT: std::ops::Range<usize> = 24..64;
/// Where the database's header begins.
const HEADER_AT: usize = 64;

/// A byte of the database's header, and what its bits say: that it wasn't closed, and that its
/// last commit had two phases. From the design of redb's file format, version 3.
const STATE_AT: usize = HEADER_AT + 9;
const RECOVERY_REQUIRED: u8 = 2;
const TWO_PHASE_COMMIT: u8 = 4;

/// The head, as the file has it.
#[derive(Debug)]
pub(super) struct Head {
    sector: [u8; SECTOR],
    sound: bool,
}

/// What a file says of itself.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum FileKind {
    /// A sealed store of some format, and who made it.
    Store { format: u32, created_by: String },
    /// It begins with other bytes.
    Foreign,
}

/// Looks at the beginning of a file.
pub(in crate::store) fn look(beginning: &[u8]) -> FileKind {
    let Some(rest) = beginning.strip_prefix(&MAGIC) else {
        return FileKind::Foreign;
    };
    let format = rest.first_chunk().map_or(0, |it| u32::from_be_bytes(*it));
    let name = beginning.get(CREATED_BY_AT).unwrap_or_default();
    let end = name.iter().position(|byte| *byte == 0);
    let name = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
    FileKind::Store {
        format,
        created_by: if name.is_empty() {
            "an unnamed program".into()
        } else {
            String::from_utf8_lossy(name).into_owned()
        },
    }
}

impl Head {
    /// Reads the head, or makes one for an empty disk.
    pub(super) fn read(disk: &dyn StorageBackend) -> io::Result<Self> {
        let mut sector = [0; SECTOR];
        if disk.len()? == 0 {
            let name = CREATED_BY.as_bytes();
            let parts = [
                (0, MAGIC.as_slice()),
                (MAGIC.len(), &FORMAT.to_be_bytes()),
                (CREATED_BY_AT.start, name),
                // An empty database needs no recovery.
                (STATE_AT, &[TWO_PHASE_COMMIT]),
            ];
            for (at, part) in parts {
                let places = sector.iter_mut().skip(at);
                places.zip(part).for_each(|(place, byte)| *place = *byte);
            }
            let sound = true;
            return Ok(Self { sector, sound });
        }
        disk.read(0, &mut sector)?;
        match look(&sector) {
            FileKind::Store { format: FORMAT, .. } => {}
            _ => return Err(invalid("a garbled head")),
        }
        let sound = sector.get(SEAL) == Some(seal(&sector).as_slice());
        let mut head = Self { sector, sound };
        if !sound {
            tracing::warn!("the head of the store's file is garbled, recovering the store");
            *head.state() = (*head.state() | RECOVERY_REQUIRED) & !TWO_PHASE_COMMIT;
        }
        Ok(head)
    }

    /// Whether the database will verify all that is in use before it uses anything.
    pub(super) fn unclean(&self) -> bool {
        !self.sound || self.sector[STATE_AT] & TWO_PHASE_COMMIT == 0
    }

    fn state(&mut self) -> &mut u8 {
        &mut self.sector[STATE_AT]
    }

    /// Bytes of the database's header.
    pub(super) fn get(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let range = range(offset, out.len())?;
        let bytes = self.sector.get(range).ok_or_else(too_long)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes bytes of the database's header.
    pub(super) fn put(
        &mut self,
        disk: &dyn StorageBackend,
        offset: u64,
        data: &[u8],
    ) -> io::Result<()> {
        let range = range(offset, data.len())?;
        let bytes = self.sector.get_mut(range).ok_or_else(too_long)?;
        bytes.copy_from_slice(data);
        let seal = seal(&self.sector);
        self.sector[SEAL].copy_from_slice(&seal);
        disk.write(0, &self.sector)
    }
}

fn seal(sector: &[u8; SECTOR]) -> [u8; 8] {
    let mut rest = *sector;
    rest[SEAL].fill(0);
    super::seal_of(0, &rest).to_le_bytes()
}

fn range(offset: u64, len: usize) -> io::Result<std::ops::Range<usize>> {
    debug_assert!(offset < BLOCK, "only the first block is here");
    let start = usize::try_from(offset)
        .ok()
        .and_then(|at| at.checked_add(HEADER_AT));
    let range = start.and_then(|start| Some(start..start.checked_add(len)?));
    range.ok_or_else(too_long)
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "a header longer than its room")
}
