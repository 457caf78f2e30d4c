//! The node: makes blocks, has them executed, keeps both.

use super::{config::CLUSTER, rows, DevError, Refusal};
use crate::{
    exec::{MessageReceipt, Parked, StateError, SystemCodes},
    store::ExtraRow,
    Imported, Worker,
};
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterBlock, CodeHash, Seq, StateRoot};
use pink_capi::types::Hash;
use runtime_mock::{
    runtime::{FatContracts, RuntimeCall},
    Block, Extrinsic, MockChain,
};
use std::path::{Path, PathBuf};

/// How many empty blocks share one durable transaction.
const BATCH: u32 = 512;

/// A chain and a worker.
#[derive(Debug)]
pub struct DevNode {
    pub(super) path: PathBuf,
    pub(super) chain: MockChain,
    pub(super) worker: Worker,
    /// The chain's blocks that the worker hasn't executed, in order.
    pub(super) waiting: Vec<ClusterBlock>,
    /// Rows of the last transaction that are no longer needed.
    pub(super) stale: Vec<ExtraRow>,
    /// Why they wait.
    pub(super) parked: Option<Parked>,
}

/// A message that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The block that it was ordered in.
    pub block: BlockNumber,
    /// What it gave.
    pub receipt: MessageReceipt,
    /// The state root after the block.
    pub root: StateRoot,
}

/// The system codes that a chain has.
struct ChainCodes<'c>(&'c MockChain);

impl SystemCodes for ChainCodes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.query(|| FatContracts::system_code(hash.into())))
    }
}

impl DevNode {
    /// The worker.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }

    /// The chain.
    pub fn chain(&self) -> &MockChain {
        &self.chain
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kept the worker from executing all blocks when the node was opened; none if nothing
    /// did.
    pub fn parked(&self) -> Option<&Parked> {
        self.parked.as_ref()
    }

    /// How many of the chain's blocks the worker hasn't executed.
    pub fn behind(&self) -> usize {
        self.waiting.len()
    }

    /// Sends an extrinsic that queues a message for the cluster: dispatches it in a new block,
    /// has that executed, and keeps `kept` along with it.
    ///
    /// # Errors
    /// [`DevError::Refused`] if the chain refuses it, [`DevError::Waiting`] if the worker is
    /// parked.
    pub fn submit(
        &mut self,
        who: AccountId,
        call: impl Into<RuntimeCall>,
        kept: Option<ExtraRow>,
    ) -> Result<Done, DevError> {
        let before = self.chain.clone();
        let extrinsic = Extrinsic::signed(who, call);
        match self.submit_or_fail(extrinsic, kept) {
            // The block is ordered, and is kept.
            Err(error @ DevError::Waiting { .. }) => Err(error),
            Err(error) => {
                self.chain = before;
                Err(error)
            }
            done => done,
        }
    }

    fn submit_or_fail(
        &mut self,
        extrinsic: Extrinsic,
        kept: Option<ExtraRow>,
    ) -> Result<Done, DevError> {
        let block = build(&mut self.chain, super::BLOCK_MS, extrinsic)?;
        let number = block.head.number;
        let mut kept: Vec<_> = kept.into_iter().collect();
        kept.extend(rows::chain_changes(&[&block]));
        let inputs = inputs_of(vec![block]);
        let seq: Option<Seq> = inputs
            .last()
            .and_then(|input| input.messages.last())
            .map(|(seq, _)| *seq);
        let Imported { executed, parked } = self.import(inputs, kept)?;
        let receipt = executed.into_iter().find_map(|block| {
            let receipt = block.receipts.into_iter().find(|it| Some(it.seq) == seq)?;
            Some((receipt, block.root))
        });
        match (receipt, parked) {
            (Some((receipt, root)), _) => Ok(Done {
                block: number,
                receipt,
                root,
            }),
            (None, Some(parked)) => Err(DevError::Waiting {
                ordered: seq.map(|seq| (number, seq)),
                parked: parked.into(),
            }),
            (None, None) => Err(DevError::Damaged {
                path: self.path.clone(),
                what: format!("block {number} was executed without the message it was made for"),
            }),
        }
    }

    /// Whether the chain would take an extrinsic now. Changes nothing.
    ///
    /// # Errors
    /// [`DevError::Refused`] if not.
    pub fn check(&self, who: AccountId, call: impl Into<RuntimeCall>) -> Result<(), DevError> {
        let extrinsic = Extrinsic::signed(who, call);
        build(&mut self.chain.clone(), super::BLOCK_MS, extrinsic).map(|_| ())
    }

    /// Makes empty blocks, each `step_ms` of chain time after the one before, and tells
    /// `progress` how many there are.
    ///
    /// # Errors
    /// [`DevError::Waiting`] if the worker is parked; the blocks are made all the same.
    pub fn advance(
        &mut self,
        blocks: u32,
        step_ms: u64,
        mut progress: impl FnMut(u32),
    ) -> Result<(), DevError> {
        let mut made = 0u32;
        while made < blocks {
            let batch = BATCH.min(blocks - made);
            let before = self.chain.clone();
            let kept = self
                .advance_batch(batch, step_ms)
                .inspect_err(|_| self.chain = before);
            if let (Some(parked), true) = (kept?, made + batch == blocks) {
                return Err(DevError::Waiting {
                    ordered: None,
                    parked: parked.into(),
                });
            }
            made += batch;
            progress(made);
        }
        Ok(())
    }

    fn advance_batch(&mut self, blocks: u32, step_ms: u64) -> Result<Option<Parked>, DevError> {
        let mut made = Vec::with_capacity(blocks as usize);
        for _ in 0..blocks {
            let now_ms = self.chain.head().now_ms.saturating_add(step_ms);
            made.push(self.chain.build_block(now_ms, Vec::new())?);
        }
        let changes = rows::chain_changes(&made.iter().collect::<Vec<_>>());
        let Imported { parked, .. } = self.import(inputs_of(made), changes)?;
        Ok(parked)
    }

    /// Remembers what the contracts of a code look like, with the next block.
    pub fn metadata_row(code_hash: &CodeHash, json: &[u8]) -> ExtraRow {
        rows::metadata(code_hash, json)
    }

    /// What is remembered of a code's contracts.
    ///
    /// # Errors
    /// The store failed.
    pub fn metadata(&self, code_hash: &CodeHash) -> Result<Option<Vec<u8>>, DevError> {
        Ok(self
            .worker
            .store()
            .extra(rows::METADATA, code_hash.as_bytes())?)
    }

    /// Gives the worker what waits and what is new, and keeps all of it in one transaction.
    pub(super) fn import(
        &mut self,
        inputs: Vec<ClusterBlock>,
        mut kept: Vec<ExtraRow>,
    ) -> Result<Imported, DevError> {
        kept.append(&mut self.stale.clone());
        // A block that parks is kept by nobody else.
        kept.extend(inputs.iter().map(rows::waits));
        let mut all = self.waiting.clone();
        all.extend(inputs);
        let imported = self.worker.import(&all, kept, &ChainCodes(&self.chain))?;
        let waiting = all.split_off(imported.executed.len());
        self.stale = all.iter().map(rows::waits_no_more).collect();
        self.waiting = waiting;
        Ok(imported)
    }

    /// Has the worker execute what waits.
    pub(super) fn catch_up(&mut self) -> Result<(), DevError> {
        while !self.waiting.is_empty() {
            let later = self
                .waiting
                .split_off(self.waiting.len().min(BATCH as usize));
            let imported = self.import(Vec::new(), Vec::new());
            self.waiting.extend(later);
            let Imported { executed, parked } = imported?;
            tracing::info!(blocks = executed.len(), "caught up");
            self.parked = parked;
            if self.parked.is_some() {
                break;
            }
        }
        Ok(())
    }
}

/// Makes the next block of one extrinsic.
fn build(chain: &mut MockChain, step_ms: u64, extrinsic: Extrinsic) -> Result<Block, DevError> {
    let now_ms = chain.head().now_ms.saturating_add(step_ms);
    let block = chain.build_block(now_ms, vec![extrinsic])?;
    match block
        .applied
        .iter()
        .find_map(|applied| applied.result.err())
    {
        Some(refused) => Err(DevError::Refused(Refusal::from(refused.error))),
        None => Ok(block),
    }
}

/// What blocks give to the cluster.
pub(super) fn inputs_of(blocks: Vec<Block>) -> Vec<ClusterBlock> {
    blocks
        .into_iter()
        .flat_map(|block| block.clusters)
        .filter(|input| input.cluster == CLUSTER)
        .collect()
}
