use crate::{
    header::{Header, CHUNK_BYTES, PAIR_HEAD_BYTES},
    pairs::{check_lengths, go_on_to},
    zstd, SnapshotError,
};
use fat_contracts_primitives::{Checkpoint, ClusterId, Hash, StateRoot};
use pink_worker_core::store::{root_over, Row, StoreError};
use sp_crypto_hashing::blake2_256;
use std::io::{Seek, SeekFrom, Write};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What tells two files apart: BLAKE2b-256 of the header and of the heads of all chunks, checksums included.
pub type Digest = Hash;

/// Bytes in front of a chunk's pairs.
pub(crate) const CHUNK_HEAD_BYTES: usize = 20;

/// Writes a state, whose pairs come in order, as a snapshot; gives its header and its digest. The root
/// is computed on the way: a state that hasn't the checkpoint's root isn't handed on. Memory is that of a
/// chunk, and 20 bytes for each.
///
/// # Errors
/// The first of the pairs', [`SnapshotError::Order`], [`SnapshotError::Root`], [`SnapshotError::TooLarge`], or nothing can be written.
pub fn write<W: Write + Seek>(
    genesis: Option<Hash>,
    cluster: ClusterId,
    checkpoint: Checkpoint,
    pairs: impl IntoIterator<Item = Result<Row, StoreError>>,
    out: W,
) -> Result<(Header, Digest), SnapshotError> {
    let pairs = pairs.into_iter().map(|pair| Ok(pair?));
    write_rows(genesis, cluster, checkpoint, pairs, out)
}

/// The same of pairs that can fail otherwise.
pub(crate) fn write_rows<W: Write + Seek>(
    genesis: Option<Hash>,
    cluster: ClusterId,
    checkpoint: Checkpoint,
    pairs: impl Iterator<Item = Result<Row, SnapshotError>>,
    out: W,
) -> Result<(Header, Digest), SnapshotError> {
    let expected = checkpoint.root;
    let header = Header {
        genesis,
        cluster,
        checkpoint,
        pairs: 0,
        bytes: 0,
        chunks: 0,
    };
    let mut writer = Writer::new(header, out)?;
    let written = pairs.map(|row| {
        let (key, value) = row?;
        writer.pair(&key, &value)?;
        Ok::<_, SnapshotError>((key, value))
    });
    let found: StateRoot = root_over(written)?;
    if found != expected {
        return Err(SnapshotError::Root {
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        });
    }
    writer.finish()
}

/// A snapshot that is being written.
struct Writer<W> {
    out: W,
    start: u64,
    header: Header,
    /// The pairs of the chunk that isn't full.
    plain: Vec<u8>,
    pairs: u32,
    last_key: Option<Vec<u8>>,
    /// The heads of all chunks so far.
    heads: Vec<u8>,
}

fn cant(error: std::io::Error) -> SnapshotError {
    SnapshotError::io("write the snapshot")(error)
}

impl<W: Write + Seek> Writer<W> {
    fn new(header: Header, mut out: W) -> Result<Self, SnapshotError> {
        let start = out.stream_position().map_err(cant)?;
        // Its length doesn't change with its counts.
        out.write_all(&header.framed()).map_err(cant)?;
        Ok(Self {
            out,
            start,
            header,
            plain: Vec::with_capacity(CHUNK_BYTES),
            pairs: 0,
            last_key: None,
            heads: Vec::new(),
        })
    }

    fn pair(&mut self, key: &[u8], value: &[u8]) -> Result<(), SnapshotError> {
        check_lengths(key.len(), value.len())?;
        go_on_to(&mut self.last_key, key)?;
        self.plain.extend((key.len() as u16).to_le_bytes());
        self.plain.extend((value.len() as u32).to_le_bytes());
        self.plain.extend(key);
        self.plain.extend(value);
        self.pairs = self.pairs.saturating_add(1);
        if self.plain.len() >= CHUNK_BYTES {
            self.chunk()?;
        }
        Ok(())
    }

    fn chunk(&mut self) -> Result<(), SnapshotError> {
        let index = self.header.chunks;
        let packed = zstd::pack(&self.plain);
        let head = head(index, &packed, self.plain.len() as u32, self.pairs);
        self.out.write_all(&head).map_err(cant)?;
        self.out.write_all(&packed).map_err(cant)?;
        self.heads.extend(head);
        let heads = u64::from(self.pairs).saturating_mul(PAIR_HEAD_BYTES as u64);
        let bytes = (self.plain.len() as u64).saturating_sub(heads);
        self.header.chunks = index.saturating_add(1);
        self.header.pairs = self.header.pairs.saturating_add(self.pairs.into());
        self.header.bytes = self.header.bytes.saturating_add(bytes);
        self.pairs = 0;
        self.plain.clear();
        // One long value isn't paid for until the end.
        self.plain.shrink_to(CHUNK_BYTES * 2);
        Ok(())
    }

    fn finish(mut self) -> Result<(Header, Digest), SnapshotError> {
        if !self.plain.is_empty() {
            self.chunk()?;
        }
        let mut framed = self.header.framed();
        self.out.seek(SeekFrom::Start(self.start)).map_err(cant)?;
        self.out.write_all(&framed).map_err(cant)?;
        self.out.seek(SeekFrom::End(0)).map_err(cant)?;
        self.out.flush().map_err(cant)?;
        framed.append(&mut self.heads);
        Ok((self.header, blake2_256(&framed).into()))
    }
}

/// The head of a chunk.
pub(crate) fn head(index: u32, packed: &[u8], plain: u32, pairs: u32) -> [u8; CHUNK_HEAD_BYTES] {
    let mut head = [0; CHUNK_HEAD_BYTES];
    let numbers = [packed.len() as u32, plain, pairs];
    for (at, number) in head.chunks_exact_mut(4).zip(numbers) {
        at.copy_from_slice(&number.to_le_bytes());
    }
    let check = checksum(index, head.first_chunk().unwrap_or(&[0; 12]), packed);
    if let Some(at) = head.last_chunk_mut() {
        *at = check.to_le_bytes();
    }
    head
}

/// The checksum of a chunk. Seeded with its index, so that a chunk in another's place isn't taken for it.
pub(crate) fn checksum(index: u32, numbers: &[u8; 12], packed: &[u8]) -> u64 {
    let seed = xxh3_64_with_seed(numbers, index.into());
    xxh3_64_with_seed(packed, seed)
}
