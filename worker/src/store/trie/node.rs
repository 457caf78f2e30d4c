//! Trie nodes in memory and in bytes.
//!
//! The bytes are sp-trie's node format of layout V1. They are written here rather than by
//! `sp-trie`'s codec, because an update patches some thousand branches a block and the codec
//! allocates several times for each. The tests compare every root with `sp-trie`'s own.
//!
//! Only branches are stored. A leaf is its key and its value, both of which are in the flat table
//! already, so a branch row carries, in front of the node, a mask of the children that are leaves.

use std::borrow::Cow;

use sp_core::hashing::blake2_256;

use super::nibbles;

/// A BLAKE2b-256 hash of a node or of a value.
pub(super) type NodeHash = [u8; 32];

/// Values of this many bytes or more stand in the trie by their hash (layout V1).
const HASHED_VALUE_BYTES: usize = sp_core::storage::TRIE_VALUE_NODE_THRESHOLD as usize;
/// Nodes shorter than this stand in their parent themselves instead of by hash.
const HASHED_NODE_BYTES: usize = 32;

const LEAF: (u8, u32) = (0b0100_0000, 2);
const LEAF_HASHED_VALUE: (u8, u32) = (0b0010_0000, 3);
const BRANCH: (u8, u32) = (0b1000_0000, 2);
const BRANCH_VALUE: (u8, u32) = (0b1100_0000, 2);
const BRANCH_HASHED_VALUE: (u8, u32) = (0b0001_0000, 4);

/// A value as a node holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeValue {
    /// Short values stand in the node: length and bytes.
    Inline(u8, [u8; HASHED_NODE_BYTES]),
    /// Longer ones by their hash.
    Hash(NodeHash),
}

impl NodeValue {
    /// What a node holds for a value of the flat map.
    pub(super) fn of(value: &[u8]) -> Self {
        if value.len() >= HASHED_VALUE_BYTES {
            return Self::Hash(blake2_256(value));
        }
        let mut bytes = [0; HASHED_NODE_BYTES];
        bytes[..value.len()].copy_from_slice(value);
        Self::Inline(value.len() as u8, bytes)
    }
}

/// One key of the flat map on its way into the trie.
#[derive(Clone, Debug)]
pub(super) struct Leaf<'a> {
    pub(super) key: Cow<'a, [u8]>,
    pub(super) value: NodeValue,
}

/// How a branch refers to what is below one of its nibbles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Child {
    /// Nothing.
    #[default]
    None,
    /// A leaf, by hash; it isn't stored.
    Leaf(NodeHash),
    /// A stored branch, by hash.
    Branch(NodeHash),
    /// A node that is shorter than a hash: length and bytes.
    Inline(u8, [u8; HASHED_NODE_BYTES]),
}

/// A branch: up to sixteen children, and the value of the key that ends here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Branch {
    /// Nibbles between the place of the node and its children, one to a byte.
    pub(super) partial: Vec<u8>,
    pub(super) value: Option<NodeValue>,
    pub(super) children: [Child; 16],
}

/// A subtree whose place, and so whose bytes, its parent has still to decide.
#[derive(Debug)]
pub(super) enum Sub<'a> {
    Empty,
    Leaf(Leaf<'a>),
    Branch(Box<Branch>),
}

/// Why bytes aren't a branch row. The caller knows where they came from.
#[derive(Debug)]
pub(super) struct NotABranch;

/// Appends the node of a leaf that hangs at `depth`.
pub(super) fn encode_leaf(leaf: &Leaf<'_>, depth: usize, out: &mut Vec<u8>) {
    let key = &leaf.key;
    let header = match leaf.value {
        NodeValue::Inline(..) => LEAF,
        NodeValue::Hash(_) => LEAF_HASHED_VALUE,
    };
    push_header(header, nibbles::length(key) - depth, out);
    if depth.is_multiple_of(2) {
        out.extend_from_slice(&key[depth / 2..]);
    } else {
        out.push(key[depth / 2] & 0x0f);
        out.extend_from_slice(&key[depth / 2 + 1..]);
    }
    push_value(&leaf.value, out);
}

impl Branch {
    /// Appends the node.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let header = match self.value {
            None => BRANCH,
            Some(NodeValue::Inline(..)) => BRANCH_VALUE,
            Some(NodeValue::Hash(_)) => BRANCH_HASHED_VALUE,
        };
        push_header(header, self.partial.len(), out);
        let (odd, pairs) = self.partial.split_at(self.partial.len() % 2);
        out.extend_from_slice(odd);
        out.extend(pairs.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]));
        out.extend_from_slice(&self.mask(|child| *child != Child::None).to_le_bytes());
        if let Some(value) = &self.value {
            push_value(value, out);
        }
        for child in &self.children {
            match child {
                Child::None => {}
                Child::Leaf(hash) | Child::Branch(hash) => {
                    out.push(compact(hash.len() as u8));
                    out.extend_from_slice(hash);
                }
                Child::Inline(len, bytes) => {
                    out.push(compact(*len));
                    out.extend_from_slice(&bytes[..usize::from(*len)]);
                }
            }
        }
    }

    /// Which of the hashed children are leaves: bit `n` for nibble `n`.
    pub(super) fn leaf_mask(&self) -> u16 {
        self.mask(|child| matches!(child, Child::Leaf(_)))
    }

    fn mask(&self, of: impl Fn(&Child) -> bool) -> u16 {
        let bits = self.children.iter().enumerate();
        bits.filter(|(_, child)| of(child))
            .fold(0, |mask, (n, _)| mask | 1 << n)
    }

    /// Reads a stored row: the leaf mask, big-endian, and then the node.
    pub(super) fn from_row(row: &[u8]) -> Result<Box<Self>, NotABranch> {
        let (mask, node) = row.split_first_chunk::<2>().ok_or(NotABranch)?;
        Self::decode(node, u16::from_be_bytes(*mask))
    }

    /// Reads a branch node.
    pub(super) fn decode(node: &[u8], leaf_mask: u16) -> Result<Box<Self>, NotABranch> {
        let mut input = Input(node);
        let (kind, nibbles) = input.header()?;
        let mut branch = Box::<Self>::default();
        if nibbles > 0 {
            let packed = input.take(nibbles.div_ceil(2))?;
            let digits = packed.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
            branch.partial = digits.skip(nibbles % 2).collect();
        }
        let present = input.take(2)?;
        let present = u16::from_le_bytes([present[0], present[1]]);
        branch.value = match kind {
            BRANCH => None,
            BRANCH_VALUE => Some(input.inline(NodeValue::Inline)?),
            BRANCH_HASHED_VALUE => Some(NodeValue::Hash(input.hash()?)),
            _ => return Err(NotABranch),
        };
        for (n, child) in branch.children.iter_mut().enumerate() {
            if present & 1 << n == 0 {
                continue;
            }
            *child = match input.0.first() {
                Some(len) if *len == compact(32) => {
                    input.take(1)?;
                    let hash = input.hash()?;
                    match leaf_mask & 1 << n {
                        0 => Child::Branch(hash),
                        _ => Child::Leaf(hash),
                    }
                }
                _ => input.inline(Child::Inline)?,
            };
        }
        match input.0 {
            [] => Ok(branch),
            _ => Err(NotABranch),
        }
    }
}

/// Whether an inline node is a leaf; inline nodes are leaves or branches.
pub(super) fn is_leaf(node: &[u8]) -> bool {
    matches!(Input(node).header(), Ok((LEAF | LEAF_HASHED_VALUE, _)))
}

/// How a parent refers to these bytes of a node, given how it refers to a hash.
pub(super) fn refer(node: &[u8], hashed: fn(NodeHash) -> Child) -> Child {
    if node.len() >= HASHED_NODE_BYTES {
        return hashed(blake2_256(node));
    }
    let mut bytes = [0; HASHED_NODE_BYTES];
    bytes[..node.len()].copy_from_slice(node);
    Child::Inline(node.len() as u8, bytes)
}

/// SCALE's compact form of a length below 64: all lengths inside a node are.
const fn compact(len: u8) -> u8 {
    len << 2
}

fn push_value(value: &NodeValue, out: &mut Vec<u8>) {
    match value {
        NodeValue::Inline(len, bytes) => {
            out.push(compact(*len));
            out.extend_from_slice(&bytes[..usize::from(*len)]);
        }
        NodeValue::Hash(hash) => out.extend_from_slice(hash),
    }
}

/// The kind in the high bits, the nibble count in the low ones and, once those are full, in
/// further bytes of up to 255 each.
fn push_header((kind, bits): (u8, u32), nibbles: usize, out: &mut Vec<u8>) {
    let full = 0xff_u8 >> bits;
    if nibbles < usize::from(full) {
        out.push(kind | nibbles as u8);
        return;
    }
    out.push(kind | full);
    let mut rest = nibbles + 1 - usize::from(full);
    while rest >= 256 {
        out.push(255);
        rest -= 255;
    }
    out.push((rest - 1) as u8);
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], NotABranch> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(NotABranch)?;
        self.0 = tail;
        Ok(head)
    }

    fn header(&mut self) -> Result<((u8, u32), usize), NotABranch> {
        let first = self.take(1)?[0];
        let kinds = [
            LEAF,
            BRANCH,
            BRANCH_VALUE,
            LEAF_HASHED_VALUE,
            BRANCH_HASHED_VALUE,
        ];
        let of = |kind: &&(u8, u32)| first & !(0xff_u8 >> kind.1) == kind.0;
        let kind = *kinds.iter().find(of).ok_or(NotABranch)?;
        let full = 0xff_u8 >> kind.1;
        let mut nibbles = usize::from(first & full);
        if first & full == full {
            nibbles -= 1;
            loop {
                let more = self.take(1)?[0];
                if more < 255 {
                    nibbles += usize::from(more) + 1;
                    break;
                }
                nibbles += 255;
            }
        }
        Ok((kind, nibbles))
    }

    fn hash(&mut self) -> Result<NodeHash, NotABranch> {
        self.take(32)?.try_into().map_err(|_| NotABranch)
    }

    fn inline<T>(&mut self, make: fn(u8, [u8; 32]) -> T) -> Result<T, NotABranch> {
        let len = self.take(1)?[0];
        if len % 4 != 0 {
            return Err(NotABranch);
        }
        let read = self.take(usize::from(len / 4))?;
        let mut bytes = [0; HASHED_NODE_BYTES];
        bytes
            .get_mut(..read.len())
            .ok_or(NotABranch)?
            .copy_from_slice(read);
        Ok(make(len / 4, bytes))
    }
}
