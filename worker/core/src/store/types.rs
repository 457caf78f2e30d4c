//! What goes into a block's transaction and what comes out of it.

use std::collections::BTreeMap;

use fat_contracts_primitives::{BlockNumber, Seq, StateRoot};

/// Changes of the state, by key; `None` removes the key.
///
/// A map, because it is sorted and names each key once, by its type.
pub type ChangeSet = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// A block as the worker executed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBlock {
    /// Height; one more than that of the block before. The first block of a store may have any.
    pub number: BlockNumber,
    /// What the block changes in the state. Writing a value that is there already is no change.
    pub changes: ChangeSet,
    /// A receipt for each message, opaque to the store.
    pub receipts: Vec<(Seq, Vec<u8>)>,
    /// The block's input as it was executed, opaque to the store and kept for ever; replay reads it.
    pub input: Vec<u8>,
    /// The cursor's record (message hash, engine version and the like), opaque to the store.
    pub record: Vec<u8>,
}

/// A row of a table that the store keeps for its user, in the same transaction as the blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraRow {
    /// The table's name, at most [`MAX_NAME_BYTES`](super::MAX_NAME_BYTES) long.
    pub table: String,
    /// The key.
    pub key: Vec<u8>,
    /// The new value; `None` removes the row.
    pub value: Option<Vec<u8>>,
}

/// What one durable transaction holds: consecutive blocks and extra rows, either may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockBatch {
    /// The blocks, in order.
    pub blocks: Vec<NewBlock>,
    /// Rows of the user's tables; of two for one key the later one counts.
    pub extra: Vec<ExtraRow>,
}

impl From<NewBlock> for BlockBatch {
    fn from(block: NewBlock) -> Self {
        Self {
            blocks: vec![block],
            extra: Vec::new(),
        }
    }
}

/// What the store knows about a committed block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedBlock {
    /// Height.
    pub number: BlockNumber,
    /// Root of the state after the block.
    pub root: StateRoot,
    /// The record that was given with the block.
    pub record: Vec<u8>,
}
