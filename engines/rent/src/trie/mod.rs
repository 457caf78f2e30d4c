//! The root that Substrate's trie (layout V0, BLAKE2b-256) gives to a contract's storage.
//!
//! All keys are hashes and equally long, so a branch never holds a value and no key is the
//! beginning of another: of the node formats, only leaves and branches without value are left.
//! Pairs come in ascending order, and each is gone as soon as the next one came, so that a storage
//! of any size needs no more memory than one page of it.

use parity_scale_codec::{Compact, Encode};
use pink_engine_sdk::types::Hash;
use sp_crypto_hashing::blake2_256;

const NIBBLES: usize = 64;
const LEAF: u8 = 0b01 << 6;
const BRANCH_WITHOUT_VALUE: u8 = 0b10 << 6;

/// Computes a root from pairs in ascending order.
#[derive(Debug, Default)]
pub(crate) struct RootBuilder {
    /// Branches that more children may come to, from the root down: each forks further down the
    /// key than the one before.
    open: Vec<Branch>,
    /// The latest pair. Where it hangs depends on the next one.
    last: Option<(Hash, Vec<u8>)>,
}

/// A branch with the children that came so far.
#[derive(Debug)]
struct Branch {
    /// The nibble in which its children differ.
    fork: usize,
    /// One of its keys; all agree up to the fork.
    key: Hash,
    bitmap: u16,
    children: Vec<u8>,
}

impl Branch {
    fn new(fork: usize, key: Hash) -> Self {
        Self {
            fork,
            key,
            bitmap: 0,
            children: Vec::new(),
        }
    }

    /// Adds the node that this key's part of the trie is.
    fn add(&mut self, key: &Hash, node: &[u8]) {
        self.bitmap |= 1 << nibble(key, self.fork);
        if node.len() < 32 {
            node.encode_to(&mut self.children)
        } else {
            blake2_256(node).as_slice().encode_to(&mut self.children)
        }
    }

    /// Its node, when it hangs at this depth.
    fn node(&self, depth: usize) -> Vec<u8> {
        let mut out = header(BRANCH_WITHOUT_VALUE, &self.key, depth, self.fork);
        self.bitmap.encode_to(&mut out);
        out.extend_from_slice(&self.children);
        out
    }
}

fn leaf(key: &Hash, value: &[u8], depth: usize) -> Vec<u8> {
    let mut out = header(LEAF, key, depth, NIBBLES);
    Compact(u32::try_from(value.len()).unwrap_or(u32::MAX)).encode_to(&mut out);
    out.extend_from_slice(value);
    out
}

impl RootBuilder {
    /// Takes the next pair.
    pub(crate) fn push(&mut self, key: Hash, value: Vec<u8>) {
        let Some((last, value)) = self.last.replace((key, value)) else {
            return;
        };
        let fork = (0..NIBBLES)
            .find(|&at| nibble(&last, at) != nibble(&key, at))
            .unwrap_or(NIBBLES);
        match self.open.last_mut() {
            Some(branch) if branch.fork >= fork => {
                let depth = branch.fork.saturating_add(1);
                branch.add(&last, &leaf(&last, &value, depth));
                self.close_below(fork);
            }
            // The pair and its follower agree further than the pair and what came before it.
            _ => {
                let mut branch = Branch::new(fork, last);
                branch.add(&last, &leaf(&last, &value, fork.saturating_add(1)));
                self.open.push(branch);
            }
        }
    }

    /// Closes all branches that fork below this nibble, where the next pair leaves them.
    fn close_below(&mut self, fork: usize) {
        while let Some(closed) = self.open.pop_if(|branch| branch.fork > fork) {
            match self.open.last_mut() {
                Some(parent) if parent.fork >= fork => {
                    let node = closed.node(parent.fork.saturating_add(1));
                    parent.add(&closed.key, &node);
                }
                _ => {
                    let mut parent = Branch::new(fork, closed.key);
                    parent.add(&closed.key, &closed.node(fork.saturating_add(1)));
                    self.open.push(parent);
                }
            }
        }
    }

    /// The root.
    pub(crate) fn finish(mut self) -> Hash {
        let Some((key, value)) = self.last.take() else {
            // An empty trie is one node of one zero.
            return blake2_256(&[0]);
        };
        let Some(lowest) = self.open.last_mut() else {
            return blake2_256(&leaf(&key, &value, 0));
        };
        let depth = lowest.fork.saturating_add(1);
        lowest.add(&key, &leaf(&key, &value, depth));
        let mut root = Vec::new();
        while let Some(closed) = self.open.pop() {
            match self.open.last_mut() {
                Some(parent) => {
                    let node = closed.node(parent.fork.saturating_add(1));
                    parent.add(&closed.key, &node);
                }
                None => root = closed.node(0),
            }
        }
        blake2_256(&root)
    }
}

fn nibble(key: &Hash, at: usize) -> u8 {
    let byte = key.get(at / 2).copied().unwrap_or(0);
    match at % 2 {
        0 => byte >> 4,
        _ => byte & 0x0f,
    }
}

/// A node's beginning: kind and length of its part of the key, and that part's nibbles, the odd
/// one first.
fn header(kind: u8, key: &Hash, from: usize, to: usize) -> Vec<u8> {
    /// The largest length that fits into the first byte; one more means that another follows.
    const INLINE: usize = 62;
    let len = to.saturating_sub(from);
    // At most 64 nibbles: a second byte always suffices.
    let mut out = match u8::try_from(len) {
        Ok(short) if len <= INLINE => vec![kind | short],
        _ => vec![
            kind | 63,
            u8::try_from(len.saturating_sub(INLINE + 1)).unwrap_or(u8::MAX),
        ],
    };
    let mut at = from;
    if len % 2 == 1 {
        out.push(nibble(key, at));
        at = at.saturating_add(1);
    }
    while at < to {
        out.push(nibble(key, at) << 4 | nibble(key, at.saturating_add(1)));
        at = at.saturating_add(2);
    }
    out
}

#[cfg(test)]
mod tests;
