use crate::SnapshotError;
use fat_contracts_primitives::{Checkpoint, ClusterId, Hash};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_worker_core::store::{MAX_KEY_BYTES, MAX_VALUE_BYTES};
use sp_crypto_hashing::blake2_256;
use std::io::{self, ErrorKind, Read};

/// What a file begins with.
const MAGIC: [u8; 8] = *b"pinksnap";

/// The format that this program writes and reads.
pub const FORMAT: u16 = 1;

/// The longest header, in bytes. A checkpoint has 150 and its effects, of which a chain bounds the number.
pub const MAX_HEADER_BYTES: u32 = 64 << 10;

/// A chunk ends with the pair that makes it so long, in bytes.
pub(crate) const CHUNK_BYTES: usize = 1 << 20;

/// The lengths of key and value, in front of them.
pub(crate) const PAIR_HEAD_BYTES: usize = 6;

/// The longest chunk, in bytes of its pairs: one byte is missing, and then comes the longest pair.
pub const MAX_CHUNK_BYTES: usize =
    CHUNK_BYTES - 1 + PAIR_HEAD_BYTES + MAX_KEY_BYTES + MAX_VALUE_BYTES;

/// Bytes in front of the header: magic, format, length.
const HEAD_BYTES: usize = 14;

/// What a snapshot is of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// The hash of the chain's genesis block, if whoever wrote it knew it.
    pub genesis: Option<Hash>,
    /// The cluster.
    pub cluster: ClusterId,
    /// What workers say of the state, whole: block, last message, engine, roots, running hash and
    /// effects. Its BLAKE2b-256 is what a chain has confirmed.
    pub checkpoint: Checkpoint,
    /// How many pairs the state has.
    pub pairs: u64,
    /// The bytes of their keys and values.
    pub bytes: u64,
    /// How many chunks they are in.
    pub chunks: u32,
}

/// The hash of a checkpoint, whole.
pub(crate) fn tuple_hash(checkpoint: &Checkpoint) -> Hash {
    blake2_256(&checkpoint.encode()).into()
}

impl Header {
    /// The hash of the checkpoint, by which workers agree and a chain knows it.
    pub fn tuple_hash(&self) -> Hash {
        tuple_hash(&self.checkpoint)
    }

    /// The header as it stands in the file.
    pub(crate) fn framed(&self) -> Vec<u8> {
        let header = self.encode();
        let mut framed = Vec::with_capacity(HEAD_BYTES + header.len() + 32);
        framed.extend(MAGIC);
        framed.extend(FORMAT.to_le_bytes());
        framed.extend((header.len() as u32).to_le_bytes());
        framed.extend(header);
        let hash = blake2_256(&framed);
        framed.extend(hash);
        framed
    }

    /// Reads it, and says how long it is in the file.
    pub(crate) fn read(from: &mut impl Read) -> Result<(Self, u64), SnapshotError> {
        let damaged = |found: String| SnapshotError::damaged("the header", found);
        let mut framed = vec![0; HEAD_BYTES];
        let got = read_up_to(from, &mut framed)?;
        let head = framed.get(..got).unwrap_or_default();
        // Of one that is cut short there may be a part of it.
        let begun = got > 0 && MAGIC.starts_with(head);
        if !begun && !head.starts_with(&MAGIC) {
            let found = head.get(..got.min(8)).unwrap_or_default();
            return Err(SnapshotError::NotASnapshot {
                found: hex::encode(found),
            });
        }
        let (Some(format), Some(length)) = (
            head.get(8..).and_then(<[u8]>::first_chunk::<2>),
            head.get(10..).and_then(<[u8]>::first_chunk::<4>),
        ) else {
            return Err(cut("the header"));
        };
        let found = u16::from_le_bytes(*format);
        if found != FORMAT {
            return Err(SnapshotError::Format {
                expected: FORMAT,
                found,
            });
        }
        let length = u32::from_le_bytes(*length);
        if length > MAX_HEADER_BYTES {
            return Err(SnapshotError::TooLarge {
                what: "header",
                found: length.into(),
                max: MAX_HEADER_BYTES.into(),
            });
        }
        let mut rest = vec![0; length as usize + 32];
        if read_up_to(from, &mut rest)? < rest.len() {
            return Err(cut("the header"));
        }
        framed.extend(rest);
        let Some((signed, hash)) = framed.split_last_chunk::<32>() else {
            return Err(cut("the header"));
        };
        if blake2_256(signed) != *hash {
            return Err(damaged("it doesn't have its checksum".into()));
        }
        let bytes = signed.get(HEAD_BYTES..).unwrap_or_default();
        let header =
            Self::decode_all(&mut &bytes[..]).map_err(|error| damaged(error.to_string()))?;
        header.check()?;
        Ok((header, framed.len() as u64))
    }

    /// Its numbers can be those of a state.
    fn check(&self) -> Result<(), SnapshotError> {
        let Self {
            pairs,
            bytes,
            chunks,
            ..
        } = *self;
        let longest = (MAX_KEY_BYTES + MAX_VALUE_BYTES) as u64;
        // A chunk has a pair at least, and but for the last one a mebibyte; a pair ends it at most.
        let heads = pairs.saturating_mul(PAIR_HEAD_BYTES as u64);
        let all = bytes.saturating_add(heads);
        let full = u64::from(chunks.saturating_sub(1)).saturating_mul(CHUNK_BYTES as u64);
        let possible = u64::from(chunks) <= pairs
            && (chunks == 0) == (pairs == 0)
            && bytes <= pairs.saturating_mul(longest)
            && full <= all
            && all <= u64::from(chunks).saturating_mul(MAX_CHUNK_BYTES as u64);
        if possible {
            Ok(())
        } else {
            Err(SnapshotError::damaged(
                "the header",
                format!("no state has {pairs} pairs of {bytes} bytes in {chunks} chunks"),
            ))
        }
    }
}

pub(crate) fn cut(place: impl Into<String>) -> SnapshotError {
    SnapshotError::CutShort {
        place: place.into(),
    }
}

/// Fills a buffer as far as there is something; how far.
pub(crate) fn read_up_to(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, SnapshotError> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(reading(error)),
        }
    }
    Ok(got)
}

pub(crate) fn reading(error: io::Error) -> SnapshotError {
    SnapshotError::io("read the snapshot")(error)
}
