//! The note that an engine carries in its file, to be read before any of its code runs.
//!
//! It is an ELF note of owner [`OWNER`] in section [`SECTION`]; its type is the major version of
//! the engine's ABI. `include/pink_engine_note.h` is the specification. All integers are
//! little-endian.

use crate::types::{Hash, Version};

/// The note's owner, without the NUL that ends it in the file.
pub const OWNER: &str = "PINK";

/// The section that holds the note.
pub const SECTION: &str = ".note.pink";

/// The note's descriptor: its first bytes, a later minor version of the ABI may add to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct EngineNote {
    /// [`EngineNote::magic`] of the ABI's major version.
    pub magic: u64,
    /// Major version of the ABI that the engine exports; also the note's type.
    pub abi_major: u16,
    /// Minor version of that ABI.
    pub abi_minor: u16,
    /// Zero.
    pub reserved: u32,
    /// The rules that the engine holds.
    pub engine_version: Version,
    /// `EngineInfo::cost_table_hash` of those rules.
    pub cost_table_hash: Hash,
    /// BLAKE2b-256 of the text file with the engine's dependency tree.
    pub dep_tree_hash: Hash,
}

/// Why a descriptor isn't an engine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It ends before the last field.
    #[error("the note has {found} bytes, at least {} are needed", EngineNote::SIZE)]
    TooShort {
        /// Its length.
        found: usize,
    },
    /// Magic, type and ABI don't belong together.
    #[error("the note's magic is {magic:#018x}, which isn't that of an engine of ABI {abi_major}")]
    BadMagic {
        /// The magic.
        magic: u64,
        /// The ABI's major version.
        abi_major: u16,
    },
    /// The note's type names another ABI than the descriptor.
    #[error("the note's type is {kind}, but it describes an engine of ABI {abi_major}")]
    BadType {
        /// The note's type.
        kind: u32,
        /// The ABI's major version.
        abi_major: u16,
    },
}

impl EngineNote {
    /// Length of the descriptor.
    pub const SIZE: usize = 88;

    /// The first eight bytes of the descriptor: `PINKEN`, the ABI's major version as a digit, NUL.
    pub const fn magic(abi_major: u16) -> u64 {
        u64::from_le_bytes([
            b'P',
            b'I',
            b'N',
            b'K',
            b'E',
            b'N',
            b'0' + abi_major as u8,
            0,
        ])
    }

    /// The note of an engine.
    pub const fn new(
        abi: (u16, u16),
        engine_version: Version,
        cost_table_hash: Hash,
        dep_tree_hash: Hash,
    ) -> Self {
        Self {
            magic: Self::magic(abi.0),
            abi_major: abi.0,
            abi_minor: abi.1,
            reserved: 0,
            engine_version,
            cost_table_hash,
            dep_tree_hash,
        }
    }

    /// The descriptor.
    pub const fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let at = put(&mut bytes, 0, &self.magic.to_le_bytes());
        let at = put(&mut bytes, at, &self.abi_major.to_le_bytes());
        let at = put(&mut bytes, at, &self.abi_minor.to_le_bytes());
        let at = put(&mut bytes, at, &self.reserved.to_le_bytes());
        let at = put(&mut bytes, at, &self.engine_version.major.to_le_bytes());
        let at = put(&mut bytes, at, &self.engine_version.minor.to_le_bytes());
        let at = put(&mut bytes, at, &self.cost_table_hash);
        let end = put(&mut bytes, at, &self.dep_tree_hash);
        assert!(end == Self::SIZE, "every byte is some field's");
        bytes
    }

    /// Reads the descriptor of a note of owner [`OWNER`] and type `kind`.
    ///
    /// # Errors
    /// It isn't an engine's.
    pub fn read(kind: u32, desc: &[u8]) -> Result<Self, NoteError> {
        let mut rest = desc;
        let short = NoteError::TooShort { found: desc.len() };
        let note = (|| {
            Some(Self {
                magic: u64::from_le_bytes(take(&mut rest)?),
                abi_major: u16::from_le_bytes(take(&mut rest)?),
                abi_minor: u16::from_le_bytes(take(&mut rest)?),
                reserved: u32::from_le_bytes(take(&mut rest)?),
                engine_version: Version::new(
                    u32::from_le_bytes(take(&mut rest)?),
                    u32::from_le_bytes(take(&mut rest)?),
                ),
                cost_table_hash: take(&mut rest)?,
                dep_tree_hash: take(&mut rest)?,
            })
        })()
        .ok_or(short)?;
        let Self {
            magic, abi_major, ..
        } = note;
        if !matches!(abi_major, 1..=9) || magic != Self::magic(abi_major) {
            return Err(NoteError::BadMagic { magic, abi_major });
        }
        if kind != u32::from(abi_major) {
            return Err(NoteError::BadType { kind, abi_major });
        }
        Ok(note)
    }
}

/// Writes `part` at `at` and returns where it ends. Slices can't be copied in a constant.
const fn put(bytes: &mut [u8; EngineNote::SIZE], at: usize, part: &[u8]) -> usize {
    let mut index = 0;
    while index < part.len() {
        bytes[at + index] = part[index];
        index += 1;
    }
    at + part.len()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (part, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*part)
}

/// The whole note as it stands in the file: header, owner, descriptor. Its alignment is four, as
/// that of all notes which readers of ELF files agree on.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ElfNote {
    owner_len: u32,
    desc_len: u32,
    kind: u32,
    owner: [u8; 8],
    desc: [u8; EngineNote::SIZE],
}

impl ElfNote {
    /// The note with this descriptor.
    pub const fn new(note: EngineNote) -> Self {
        Self {
            owner_len: OWNER.len() as u32 + 1,
            desc_len: EngineNote::SIZE as u32,
            kind: note.abi_major as u32,
            owner: *b"PINK\0\0\0\0",
            desc: note.to_bytes(),
        }
    }
}

// The same figures stand in the header.
const _: () = {
    assert!(size_of::<EngineNote>() == EngineNote::SIZE);
    assert!(std::mem::offset_of!(EngineNote, abi_major) == 8);
    assert!(std::mem::offset_of!(EngineNote, engine_version) == 16);
    assert!(std::mem::offset_of!(EngineNote, cost_table_hash) == 24);
    assert!(std::mem::offset_of!(EngineNote, dep_tree_hash) == 56);
    assert!(size_of::<ElfNote>() == 20 + EngineNote::SIZE);
    assert!(align_of::<ElfNote>() == 4);
};

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: EngineNote = EngineNote::new((1, 0), Version::new(2, 0), [7; 32], [9; 32]);

    #[test]
    fn what_is_written_is_read() {
        let mut desc = NOTE.to_bytes().to_vec();
        assert_eq!(&desc[..8], b"PINKEN1\0");
        assert_eq!(EngineNote::read(1, &desc), Ok(NOTE));
        desc.push(1);
        assert_eq!(
            EngineNote::read(1, &desc),
            Ok(NOTE),
            "a later minor is longer"
        );
    }

    #[test]
    fn what_is_not_an_engines_is_refused() {
        let desc = NOTE.to_bytes();
        assert_eq!(
            EngineNote::read(1, &desc[..87]),
            Err(NoteError::TooShort { found: 87 })
        );
        assert!(matches!(
            EngineNote::read(2, &desc),
            Err(NoteError::BadType { kind: 2, .. })
        ));
        for byte in 0..10 {
            let mut other = desc;
            other[byte] ^= 0x40;
            assert!(
                matches!(EngineNote::read(1, &other), Err(NoteError::BadMagic { .. })),
                "byte {byte}"
            );
        }
    }
}
