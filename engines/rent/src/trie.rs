//! The root that Substrate's trie (layout V0, BLAKE2b-256) gives to a contract's storage.
//!
//! All keys are hashes and equally long, so a branch never holds a value and no key is the
//! beginning of another: of the node formats, only leaves and branches without value are left.

use parity_scale_codec::{Compact, Encode};
use pink_engine_sdk::types::Hash;
use sp_crypto_hashing::blake2_256;

const NIBBLES: usize = 64;
const LEAF: u8 = 0b01 << 6;
const BRANCH_WITHOUT_VALUE: u8 = 0b10 << 6;

/// The root over these pairs, ascending.
pub(crate) fn root(pairs: &[(Hash, Vec<u8>)]) -> Hash {
    match pairs.is_empty() {
        true => blake2_256(&[0]),
        false => blake2_256(&node(pairs, 0)),
    }
}

/// The node that holds these pairs, which agree in the nibbles before `depth`.
fn node(pairs: &[(Hash, Vec<u8>)], depth: usize) -> Vec<u8> {
    let (Some((first, value)), Some((last, _))) = (pairs.first(), pairs.last()) else {
        return vec![0];
    };
    let mut out = Vec::new();
    if pairs.len() == 1 {
        header(&mut out, LEAF, first, depth, NIBBLES);
        Compact(u32::try_from(value.len()).unwrap_or(u32::MAX)).encode_to(&mut out);
        out.extend_from_slice(value);
        return out;
    }
    // They are ascending: what first and last share, all share.
    let fork = (depth..NIBBLES)
        .find(|&at| nibble(first, at) != nibble(last, at))
        .unwrap_or(NIBBLES);
    header(&mut out, BRANCH_WITHOUT_VALUE, first, depth, fork);
    let mut bitmap = 0_u16;
    let mut children = Vec::new();
    for group in pairs.chunk_by(|(a, _), (b, _)| nibble(a, fork) == nibble(b, fork)) {
        if let Some((key, _)) = group.first() {
            bitmap |= 1 << nibble(key, fork);
        }
        let child = node(group, fork.saturating_add(1));
        match child.len() < 32 {
            true => child.encode_to(&mut children),
            false => blake2_256(&child).as_slice().encode_to(&mut children),
        }
    }
    bitmap.encode_to(&mut out);
    out.append(&mut children);
    out
}

fn nibble(key: &Hash, at: usize) -> u8 {
    let byte = key.get(at / 2).copied().unwrap_or(0);
    match at % 2 {
        0 => byte >> 4,
        _ => byte & 0x0f,
    }
}

/// Kind and length of a node's part of the key, and the nibbles themselves, the odd one first.
fn header(out: &mut Vec<u8>, kind: u8, key: &Hash, from: usize, to: usize) {
    /// The largest length that fits into the first byte; one more means that another follows.
    const INLINE: usize = 62;
    let len = to.saturating_sub(from);
    // At most 64 nibbles: a second byte always suffices.
    match u8::try_from(len) {
        Ok(short) if len <= INLINE => out.push(kind | short),
        _ => out.extend([
            kind | 63,
            u8::try_from(len.saturating_sub(INLINE + 1)).unwrap_or(u8::MAX),
        ]),
    }
    let mut at = from;
    if len % 2 == 1 {
        out.push(nibble(key, at));
        at = at.saturating_add(1);
    }
    while at < to {
        out.push(nibble(key, at) << 4 | nibble(key, at.saturating_add(1)));
        at = at.saturating_add(2);
    }
}

#[cfg(test)]
#[path = "trie_tests.rs"]
mod tests;
