use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterId, Effect, EngineVersion, MessageHash, ReceiptsRoot, Seq,
};
use parity_scale_codec::{Decode, Encode};
use pink_capi::types::Receipt;
use sp_core::Blake2Hasher;
use sp_trie::{LayoutV1, TrieConfiguration};

/// A message's receipt, with the engine that gave it. Kept for ever.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MessageReceipt {
    /// The message.
    pub seq: Seq,
    /// The version that executed it.
    pub engine: EngineVersion,
    /// What it gave.
    pub receipt: Receipt,
}

impl MessageReceipt {
    /// The bytes by which workers agree about a receipt, and that are stored: its SCALE encoding,
    /// whole. There is nothing in it that may differ between honest workers: what an engine gives
    /// is a function of state, block and message, its texts included, and what a worker measures
    /// (memory, time, host calls, log lines) isn't part of a receipt.
    pub fn canonical(&self) -> Vec<u8> {
        self.encode()
    }
}

/// The root by which workers agree about a block's receipts: that of the ordered trie (`sp-trie`,
/// layout V1, BLAKE2b-256) over their canonical bytes, each under the SCALE-compact form of its
/// index in the block.
pub fn receipts_root(receipts: &[MessageReceipt]) -> ReceiptsRoot {
    let canonical = receipts.iter().map(MessageReceipt::canonical);
    LayoutV1::<Blake2Hasher>::ordered_trie_root(canonical)
}

/// An amendment that the chain source told of before the block was given that delivers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Promise {
    /// The block of the amended message.
    pub of: BlockNumber,
    /// The block that is to deliver it.
    pub by: BlockNumber,
    /// What it says.
    pub amendment: Amendment,
}

/// What is kept of an executed block beside its receipts, its input and its state root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlockRecord {
    /// The cluster whose history it is.
    pub cluster: ClusterId,
    /// The version after it; `None` before the cluster is set up.
    pub engine: Option<EngineVersion>,
    /// How many messages it had.
    pub messages: u32,
    /// The sequence number of the cluster's next message.
    pub next_seq: Seq,
    /// The running message hash after it, as this worker folded it.
    pub message_hash: MessageHash,
    /// The root of its receipts; see [`receipts_root`].
    pub receipts_root: ReceiptsRoot,
    /// What it asks of the chain, in message order.
    pub effects: Vec<Effect>,
    /// Amendments that were applied, in it or before it, and that a later block has yet to deliver.
    pub promised: Vec<Promise>,
}
