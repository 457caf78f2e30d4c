//! Where blocks lie in the file, and the tables of their checksums.
//!
//! Block `n` of the database belongs to group `n / 512`. The file is one block of head, then each
//! group: a block of 512 little-endian checksums, and the group's blocks. Block 0, the database's
//! header, has its place there too, but its bytes are in the head.

use std::collections::BTreeMap;
use std::io;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use redb::StorageBackend;

use super::{invalid, BLOCK};

/// Blocks of a group: as many as there are checksums in a block.
const GROUP: u64 = BLOCK / 8;

/// The tables that were needed so far. They are kept: a five-hundredth of the file.
#[derive(Debug, Default)]
pub(super) struct Groups(RwLock<BTreeMap<u64, Table>>);

#[derive(Debug)]
struct Table {
    seals: Vec<u64>,
    /// Whether the file has other ones.
    changed: bool,
}

/// Where the table of a group lies.
fn table_place(group: u64) -> u64 {
    (1 + group * (GROUP + 1)) * BLOCK
}

/// Where a block lies.
pub(super) fn place(block: u64) -> u64 {
    table_place(block / GROUP) + (1 + block % GROUP) * BLOCK
}

/// How many of `len` bytes from a block on lie together, in bytes.
pub(super) fn run(block: u64, len: usize) -> usize {
    let left = (GROUP - block % GROUP) * BLOCK;
    usize::try_from(left).map_or(len, |left| left.min(len))
}

/// Length of the file that holds `blocks` blocks.
pub(super) fn bytes_of(blocks: u64) -> u64 {
    match blocks {
        0 => 0,
        blocks => (1 + blocks.div_ceil(GROUP) + blocks) * BLOCK,
    }
}

/// How many blocks a file of that length holds.
pub(super) fn blocks_of(bytes: u64) -> io::Result<u64> {
    let after_head = (bytes / BLOCK).saturating_sub(1);
    let blocks = after_head - after_head.div_ceil(GROUP + 1);
    if bytes_of(blocks) == bytes {
        Ok(blocks)
    } else {
        Err(invalid(format!("a length of {bytes} bytes, so it was cut")))
    }
}

impl Groups {
    /// The checksum of a block, as it was written.
    pub(super) fn seal(&self, disk: &dyn StorageBackend, block: u64) -> io::Result<u64> {
        let at = (block % GROUP) as usize;
        let seal = |table: &Table| table.seals.get(at).copied().unwrap_or_default();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = known.get(&(block / GROUP)) {
            return Ok(seal(table));
        }
        drop(known);
        Ok(seal(table(&mut self.tables(), disk, block / GROUP)?))
    }

    /// Notes the checksum of a block.
    pub(super) fn set(&self, disk: &dyn StorageBackend, block: u64, seal: u64) -> io::Result<()> {
        let mut tables = self.tables();
        let table = table(&mut tables, disk, block / GROUP)?;
        if let Some(known) = table.seals.get_mut((block % GROUP) as usize) {
            table.changed |= *known != seal;
            *known = seal;
        }
        Ok(())
    }

    /// Forgets the checksums from a block on: the file ends there.
    pub(super) fn truncate(&self, disk: &dyn StorageBackend, blocks: u64) -> io::Result<()> {
        let mut tables = self.tables();
        if bytes_of(blocks) >= disk.len()? {
            return Ok(());
        }
        drop(tables.split_off(&blocks.div_ceil(GROUP)));
        let left = (blocks % GROUP) as usize;
        if left > 0 {
            let table = table(&mut tables, disk, blocks / GROUP)?;
            table.seals.iter_mut().skip(left).for_each(|seal| *seal = 0);
            table.changed = true;
        }
        Ok(())
    }

    /// Writes the tables that changed.
    pub(super) fn write(&self, disk: &dyn StorageBackend) -> io::Result<()> {
        for (group, table) in self.tables().iter_mut().filter(|(_, table)| table.changed) {
            let bytes = table.seals.iter().flat_map(|seal| seal.to_le_bytes());
            let bytes: Vec<u8> = bytes.collect();
            disk.write(table_place(*group), &bytes)?;
            table.changed = false;
        }
        Ok(())
    }

    fn tables(&self) -> RwLockWriteGuard<'_, BTreeMap<u64, Table>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group's table, from the file if it isn't there yet.
fn table<'t>(
    tables: &'t mut BTreeMap<u64, Table>,
    disk: &dyn StorageBackend,
    group: u64,
) -> io::Result<&'t mut Table> {
    use std::collections::btree_map::Entry;
    match tables.entry(group) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(place) => {
            let mut bytes = [0; BLOCK as usize];
            disk.read(table_place(group), &mut bytes)?;
            let (seals, _) = bytes.as_chunks::<8>();
            Ok(place.insert(Table {
                seals: seals.iter().map(|seal| u64::from_le_bytes(*seal)).collect(),
                changed: false,
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: the head is block 0, the first table block 1, block 0 of the database block 2,
    /// its block 511 the block 513 of the file, and the next table block 514.
    #[test]
    fn blocks_have_their_places() {
        assert_eq!(place(0), 2 * 4096);
        assert_eq!(place(511), 513 * 4096);
        assert_eq!(table_place(1), 514 * 4096);
        assert_eq!(place(512), 515 * 4096);
        assert_eq!(run(510, 4 * 4096), 2 * 4096);
        assert_eq!(run(510, 4096), 4096);
        assert_eq!(bytes_of(512), 514 * 4096);
        assert_eq!(bytes_of(513), 516 * 4096);
    }

    #[test]
    fn lengths_that_no_file_has_are_refused() {
        for blocks in [0, 1, 2, 511, 512, 513, 1024, 1025, 100_000] {
            assert_eq!(blocks_of(bytes_of(blocks)).unwrap(), blocks);
        }
        // Cut within a block, behind the head, and behind a table without blocks.
        for bytes in [1, 9, 4096, 8192, 3 * 4096 - 1, 515 * 4096] {
            assert!(blocks_of(bytes).is_err(), "{bytes}");
        }
    }
}
