//! Proofs of receipts, against a checkpoint that workers confirmed.

use crate::{error::WorkerError, handle::WorkerHandle, worker::Worker};
use fat_contracts_primitives::{BlockNumber, ReceiptsRoot, Seq};
use hash_db::{HashDB, EMPTY_PREFIX};
use parity_scale_codec::{Compact, Decode, Encode};
use sp_core::Blake2Hasher;
use sp_trie::{LayoutV1, MemoryDB, Recorder, Trie, TrieDBBuilder, TrieDBMutBuilder, TrieMut};

type Layout = LayoutV1<Blake2Hasher>;

/// A receipt, and what shows that it is under a block's `receipts_root`.
///
/// Whoever trusts a checkpoint, because the chain confirmed it, needs to trust nobody for this:
/// with the nodes alone as its database, the trie under the root has these bytes at this key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReceiptProof {
    /// The block.
    pub block: BlockNumber,
    /// The message.
    pub seq: Seq,
    /// Its index among the block's messages, from 0. Its SCALE-compact form is the trie's key.
    pub index: u32,
    /// The receipt's canonical bytes, the trie's value.
    pub receipt: Vec<u8>,
    /// The root that it is proven against.
    pub root: ReceiptsRoot,
    /// The trie's nodes on the way from the root to the value, each whole, and the value itself if
    /// the trie has it as a node; each is known by its BLAKE2b-256.
    pub nodes: Vec<Vec<u8>>,
}

impl ReceiptProof {
    /// Whether the nodes show that the receipt is under a root.
    pub fn verify(&self, root: &ReceiptsRoot) -> bool {
        let mut nodes = MemoryDB::<Blake2Hasher>::default();
        for node in &self.nodes {
            nodes.insert(EMPTY_PREFIX, node);
        }
        let trie = TrieDBBuilder::<Layout>::new(&nodes, root).build();
        let found = trie.get(&Compact(self.index).encode());
        found.is_ok_and(|found| found.as_ref() == Some(&self.receipt))
    }
}

impl WorkerHandle {
    /// Proves a receipt against the `receipts_root` of its block's checkpoint; none if the block
    /// wasn't executed, or has no such message.
    ///
    /// # Errors
    /// The store failed, or what it holds of the block can't be read or is another than when the
    /// block was executed.
    pub fn receipt_proof(
        &self,
        block: BlockNumber,
        seq: Seq,
    ) -> Result<Option<ReceiptProof>, WorkerError> {
        let Some(record) = self.record(block)? else {
            return Ok(None);
        };
        let receipts = self.store.receipts(block)?;
        let Some(at) = receipts.iter().position(|(it, _)| *it == seq) else {
            return Ok(None);
        };
        let broken = |reason: String| WorkerError::Broken {
            block,
            what: "receipts",
            reason,
        };
        let index = u32::try_from(at).map_err(|error| broken(error.to_string()))?;

        let mut stored = MemoryDB::<Blake2Hasher>::default();
        let mut root = ReceiptsRoot::zero();
        let mut trie = TrieDBMutBuilder::<Layout>::new(&mut stored, &mut root).build();
        for (index, (_, receipt)) in (0u32..).zip(&receipts) {
            trie.insert(&Compact(index).encode(), receipt)
                .map_err(|error| broken(error.to_string()))?;
        }
        drop(trie);
        if root != record.receipts_root {
            let expected = record.receipts_root;
            return Err(broken(format!("their root is {root:?}, not {expected:?}")));
        }
        let mut recorder = Recorder::<Layout>::new();
        let receipt = TrieDBBuilder::<Layout>::new(&stored, &root)
            .with_recorder(&mut recorder)
            .build()
            .get(&Compact(index).encode())
            .map_err(|error| broken(error.to_string()))?;
        let receipt = receipt.ok_or_else(|| broken(format!("message {seq} is missing")))?;
        let nodes = recorder.drain().into_iter().map(|node| node.data);
        Ok(Some(ReceiptProof {
            block,
            seq,
            index,
            receipt,
            root,
            nodes: nodes.collect(),
        }))
    }
}

impl Worker {
    /// As [`WorkerHandle::receipt_proof`].
    ///
    /// # Errors
    /// As there.
    pub fn receipt_proof(
        &self,
        block: BlockNumber,
        seq: Seq,
    ) -> Result<Option<ReceiptProof>, WorkerError> {
        self.handle.receipt_proof(block, seq)
    }
}
