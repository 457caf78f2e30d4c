//! What a worker keeps of its blocks, in the form in which two are compared.

use crate::SnapshotError;
use fat_contracts_primitives::{BlockNumber, ClusterBlock, ClusterId, EngineVersion, Hash, Seq};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_worker_core::{exec::BlockRecord, store::Reader, WorkerError};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use sp_crypto_hashing::blake2_256;

/// The most blocks of one digest.
pub const MAX_DIGEST_BLOCKS: u32 = 4_096;

/// The most messages that are told of a block at a time.
pub const MAX_MESSAGES: usize = 4_096;

/// 32 bytes; in JSON `0x` and hex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode)]
pub struct Hex32(pub [u8; 32]);

impl From<Hash> for Hex32 {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Hex32> for Hash {
    fn from(hash: Hex32) -> Self {
        Self(hash.0)
    }
}

impl std::fmt::Display for Hex32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl Serialize for Hex32 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex32 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0; 32];
        let digits = text.strip_prefix("0x").unwrap_or_default();
        hex::decode_to_slice(digits, &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// What a worker offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The cluster; none before its first block.
    pub cluster: Option<ClusterId>,
    /// The hash of the chain's genesis block, if the worker knows it.
    pub genesis: Option<Hex32>,
    /// The first block that is kept.
    pub first: Option<BlockNumber>,
    /// The last one.
    pub last: Option<BlockNumber>,
    /// The snapshot, if there is one.
    pub snapshot: Option<OfferedSnapshot>,
}

/// A snapshot that is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedSnapshot {
    /// Its block.
    pub block: BlockNumber,
    /// The state root.
    pub root: Hex32,
    /// Bytes of the file.
    pub length: u64,
    /// What tells the file from others.
    pub etag: String,
}

/// What is kept of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its number.
    pub block: BlockNumber,
    /// The state root after it.
    pub root: Hex32,
    /// The running hash after it.
    pub message_hash: Hex32,
    /// The root of its receipts.
    pub receipts_root: Hex32,
    /// The version after it.
    pub engine: Option<String>,
    /// The seq of the next message.
    pub next_seq: Seq,
}

/// What was in a block, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// BLAKE2b-256 of what it gave to engines beside its messages.
    pub input: Hex32,
    /// BLAKE2b-256 of the amendments that it delivered.
    pub amendments: Hex32,
    /// Its messages, in order, from the one that was asked for on.
    pub messages: Vec<MessageSummary>,
    /// There are more.
    pub more: bool,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSummary {
    /// Its number.
    pub seq: Seq,
    /// BLAKE2b-256 of it.
    pub message: Hex32,
    /// BLAKE2b-256 of its receipt's canonical bytes.
    pub receipt: Hex32,
}

/// A digest of blocks: two are equal if all their summaries are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// BLAKE2b-256 over the summaries, one after the other.
    pub digest: Hex32,
}

impl About {
    /// What a store has.
    ///
    /// # Errors
    /// The store failed.
    pub fn of(reader: &Reader, genesis: Option<Hash>) -> Result<Self, SnapshotError> {
        let last = reader.cursor()?;
        let record = last
            .as_ref()
            .map(|last| decode::<BlockRecord>(last.number, "record", &last.record));
        Ok(Self {
            cluster: record.transpose()?.map(|record| record.cluster),
            genesis: genesis.map(Into::into),
            first: reader.first_block()?,
            last: last.map(|last| last.number),
            snapshot: None,
        })
    }
}

impl Summary {
    /// Of a block; none if it isn't kept.
    ///
    /// # Errors
    /// The store failed.
    pub fn of(reader: &Reader, block: BlockNumber) -> Result<Option<Self>, SnapshotError> {
        let Some(kept) = reader.block(block)? else {
            return Ok(None);
        };
        let record: BlockRecord = decode(block, "record", &kept.record)?;
        Ok(Some(Self {
            block,
            root: kept.root.into(),
            message_hash: record.message_hash.into(),
            receipts_root: record.receipts_root.into(),
            engine: record
                .engine
                .map(|engine: EngineVersion| engine.to_string()),
            next_seq: record.next_seq,
        }))
    }

    fn fold(&self, before: [u8; 32]) -> [u8; 32] {
        let Self {
            block,
            root,
            message_hash,
            receipts_root,
            engine,
            next_seq,
        } = self;
        let all = (
            before,
            block,
            root,
            message_hash,
            receipts_root,
            engine,
            next_seq,
        );
        blake2_256(&all.encode())
    }
}

impl Digests {
    /// Of blocks; none if one of them isn't kept.
    ///
    /// # Errors
    /// The store failed.
    pub fn of(
        reader: &Reader,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<Option<Self>, SnapshotError> {
        let mut digest = [0; 32];
        for block in from..=to {
            let Some(summary) = Summary::of(reader, block)? else {
                return Ok(None);
            };
            digest = summary.fold(digest);
        }
        Ok(Some(Self {
            digest: Hex32(digest),
        }))
    }
}

impl Contents {
    /// Of a block, its messages from this one on; none if it wasn't executed here.
    ///
    /// # Errors
    /// The store failed.
    pub fn of(
        reader: &Reader,
        block: BlockNumber,
        from: Seq,
    ) -> Result<Option<Self>, SnapshotError> {
        let Some(input) = reader.input(block)? else {
            return Ok(None);
        };
        let input: ClusterBlock = decode(block, "input", &input)?;
        let receipts = reader.receipts(block)?;
        let receipt = |seq: Seq| {
            let found = receipts.binary_search_by_key(&seq, |(seq, _)| *seq);
            let found = found.ok().and_then(|at| receipts.get(at));
            found.map_or(Hex32::default(), |(_, bytes)| Hex32(blake2_256(bytes)))
        };
        let mut rest = input.messages.iter().filter(|(seq, _)| *seq >= from);
        let messages = rest
            .by_ref()
            .take(MAX_MESSAGES)
            .map(|(seq, message)| MessageSummary {
                seq: *seq,
                message: Hex32(blake2_256(&message.encode())),
                receipt: receipt(*seq),
            });
        Ok(Some(Self {
            input: Hex32(blake2_256(&input.block_input().encode())),
            amendments: Hex32(blake2_256(&input.amendments.encode())),
            messages: messages.collect(),
            more: rest.next().is_some(),
        }))
    }
}

fn decode<T: Decode>(
    block: BlockNumber,
    what: &'static str,
    mut bytes: &[u8],
) -> Result<T, SnapshotError> {
    let decoded = T::decode_all(&mut bytes);
    decoded.map_err(|error| {
        SnapshotError::from(WorkerError::Broken {
            block,
            what,
            reason: error.to_string(),
        })
    })
}
