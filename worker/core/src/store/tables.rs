//! The tables of the file, and the bytes of their keys and rows.
//!
//! Numbers in keys are big-endian and of fixed width, so that the order of bytes is the order of
//! numbers and no machine's pointer width gets into the file.

use fat_contracts_primitives::{BlockNumber, Seq, StateRoot};
use redb::TableDefinition;

use super::types::CommittedBlock;

/// A table from bytes to bytes.
pub(super) type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;
/// A table by block number.
pub(super) type ByBlock = TableDefinition<'static, [u8; 4], &'static [u8]>;
/// A table by block number and position of a message.
pub(super) type ByMessage = TableDefinition<'static, [u8; 12], &'static [u8]>;

/// The newest state, flat.
pub(super) const STATE: Bytes = TableDefinition::new("state");
/// Branches of the newest state's trie.
pub(super) const TRIE: Bytes = TableDefinition::new("trie");
/// What each block replaced in the state, within the window.
pub(super) const UNDO: ByBlock = TableDefinition::new("undo");
/// Root and record of each block; the last row is the cursor.
pub(super) const BLOCKS: ByBlock = TableDefinition::new("blocks");
/// Input of each block.
pub(super) const INPUTS: ByBlock = TableDefinition::new("inputs");
/// Receipts.
pub(super) const RECEIPTS: ByMessage = TableDefinition::new("receipts");

/// Name of a user's table inside the file; the prefix keeps it apart from the store's own.
pub(super) fn extra_name(name: &str) -> String {
    format!("extra/{name}")
}

/// Key of a block.
pub(super) fn block_key(number: BlockNumber) -> [u8; 4] {
    number.to_be_bytes()
}

/// Block of a key.
pub(super) fn block_number(key: [u8; 4]) -> BlockNumber {
    BlockNumber::from_be_bytes(key)
}

/// Key of a message's row.
pub(super) fn message_key(number: BlockNumber, seq: Seq) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&number.to_be_bytes());
    key[4..].copy_from_slice(&seq.to_be_bytes());
    key
}

/// Position of a message, from its row's key.
pub(super) fn message_seq(key: [u8; 12]) -> Seq {
    let (_, seq) = key.split_at(4);
    seq.iter().fold(0, |seq, byte| seq << 8 | Seq::from(*byte))
}

/// Row of a block: the root, then the record.
pub(super) fn block_row(root: &StateRoot, record: &[u8]) -> Vec<u8> {
    [root.as_bytes(), record].concat()
}

/// Reads a block's row; `None` when it is too short to be one.
pub(super) fn read_block_row(number: BlockNumber, row: &[u8]) -> Option<CommittedBlock> {
    let (root, record) = row.split_first_chunk::<32>()?;
    Some(CommittedBlock {
        number,
        root: StateRoot::from(*root),
        record: record.to_vec(),
    })
}
