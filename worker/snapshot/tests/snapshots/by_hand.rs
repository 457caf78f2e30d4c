//! Files as the crate's documentation describes them, written without any of its code: so that those that are wrong
//! in one place are right in every other.

use fat_contracts_primitives::{Checkpoint, EngineVersion, Hash};
use parity_scale_codec::Encode;
use pink_worker_core::exec::VERSION_KEY;
use sp_core::Blake2Hasher;
use sp_crypto_hashing::blake2_256;
use sp_trie::{LayoutV1, TrieConfiguration};
use xxhash_rust::xxh3::xxh3_64_with_seed;

pub(crate) type Pair = (Vec<u8>, Vec<u8>);

pub(crate) const CLUSTER: u64 = 7;

/// A state of engine 2.0 with some pairs more, in order.
pub(crate) fn state(more: u32) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = (0..more)
        .map(|i| {
            let mixed = i.wrapping_mul(2_654_435_761);
            (mixed.to_be_bytes().to_vec(), vec![i as u8; i as usize % 90])
        })
        .collect();
    pairs.push((VERSION_KEY.to_vec(), (2u32, 0u32).encode()));
    pairs.push((b"empty".to_vec(), Vec::new()));
    pairs.sort();
    pairs
}

/// The root, by sp-trie over the whole.
pub(crate) fn root(pairs: &[Pair]) -> Hash {
    LayoutV1::<Blake2Hasher>::trie_root(pairs.to_vec())
}

pub(crate) fn checkpoint(root: Hash) -> Checkpoint {
    Checkpoint {
        block: 9,
        last_seq: 4,
        engine: EngineVersion::new(2, 0),
        root,
        receipts_root: Hash::repeat_byte(3),
        message_hash: Hash::repeat_byte(4),
        effects: Vec::new(),
    }
}

/// A chunk in the making, each part of which can be made wrong.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) index: u32,
    pub(crate) plain_len: u32,
    pub(crate) pairs: u32,
    pub(crate) packed: Vec<u8>,
    pub(crate) packed_len: u32,
}

impl Chunk {
    pub(crate) fn of(index: u32, pairs: &[Pair]) -> Self {
        let mut plain = Vec::new();
        for (key, value) in pairs {
            plain.extend((key.len() as u16).to_le_bytes());
            plain.extend((value.len() as u32).to_le_bytes());
            plain.extend(key);
            plain.extend(value);
        }
        Self::of_bytes(index, &plain, pairs.len() as u32)
    }

    pub(crate) fn of_bytes(index: u32, plain: &[u8], pairs: u32) -> Self {
        let packed = frame(plain);
        Self {
            index,
            plain_len: plain.len() as u32,
            pairs,
            packed_len: packed.len() as u32,
            packed,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let numbers = [self.packed_len, self.plain_len, self.pairs];
        let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
        let seed = xxh3_64_with_seed(&numbers, self.index.into());
        let check = xxh3_64_with_seed(&self.packed, seed).to_le_bytes();
        [&numbers[..], &check, &self.packed].concat()
    }
}

/// A Zstandard frame of raw blocks (RFC 8878, 3.1.1): no content size, a window of a mebibyte.
pub(crate) fn frame(plain: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3];
    let mut blocks = plain.chunks(128 << 10).peekable();
    if blocks.peek().is_none() {
        frame.extend([1, 0, 0]);
    }
    while let Some(block) = blocks.next() {
        let last = u32::from(blocks.peek().is_none());
        let head = last | (block.len() as u32) << 3;
        frame.extend(&head.to_le_bytes()[..3]);
        frame.extend(block);
    }
    frame
}

/// A frame that is short, and long when it is taken apart: blocks of one byte, repeated 128 KiB times.
pub(crate) fn bomb(blocks: u32) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3];
    for block in 1..=blocks {
        let head = u32::from(block == blocks) | 1 << 1 | (128 << 10) << 3;
        frame.extend(&head.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}

/// What stands in front of the chunks.
pub(crate) fn header(
    genesis: Option<Hash>,
    cluster: u64,
    checkpoint: &Checkpoint,
    (pairs, bytes, chunks): (u64, u64, u32),
) -> Vec<u8> {
    let header = (genesis, cluster, checkpoint, pairs, bytes, chunks).encode();
    let mut head = b"pinksnap\x01\x00".to_vec();
    head.extend((header.len() as u32).to_le_bytes());
    head.extend(header);
    let hash = blake2_256(&head);
    head.extend(hash);
    head
}

/// A whole file of one chunk.
pub(crate) fn file(pairs: &[Pair]) -> Vec<u8> {
    let checkpoint = checkpoint(root(pairs));
    let head = header(None, CLUSTER, &checkpoint, counts(pairs));
    [head, Chunk::of(0, pairs).bytes()].concat()
}

pub(crate) fn counts(pairs: &[Pair]) -> (u64, u64, u32) {
    let bytes = pairs.iter().map(|(key, value)| key.len() + value.len());
    (pairs.len() as u64, bytes.sum::<usize>() as u64, 1)
}
