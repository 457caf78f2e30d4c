//! The node: makes blocks, has them executed, keeps both.

use crate::{
    acks,
    config::{CLUSTER, MESSAGE_BYTES},
    rows, DevError, Refusal, BLOCK_MS,
};
use fat_contracts_primitives::{
    AccountId, Balance, BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Seq, StateRoot,
    Weight,
};
use pink_capi::types::Hash;
use pink_worker_core::{
    exec::{LogLine, MessageReceipt, Parked, StateError, SystemCodes},
    query::Queries,
    store::ExtraRow,
    Imported, KeyFileError, Worker,
};
use runtime_mock::{
    runtime::{FatContracts, RuntimeCall},
    Block, Extrinsic, MockChain, RuntimeEvent,
};
use std::path::{Path, PathBuf};

/// The most empty blocks that share one durable transaction.
pub(crate) const BATCH: u32 = 512;

/// A chain and a worker.
#[derive(Debug)]
pub struct DevNode {
    pub(crate) path: PathBuf,
    /// What isn't in order with it, where that keeps nobody from looking.
    pub(crate) warnings: Vec<KeyFileError>,
    pub(crate) chain: MockChain,
    pub(crate) worker: Worker,
    pub(crate) queries: Queries,
    /// The chain's blocks that the worker hasn't executed, in order.
    pub(crate) waiting: Vec<ClusterBlock>,
    /// Rows of the last transaction that are no longer needed.
    pub(crate) stale: Vec<ExtraRow>,
    /// Why they wait.
    pub(crate) parked: Option<Parked>,
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
    /// What was logged in the block.
    pub log: Vec<LogLine>,
}

/// A block that was made.
#[derive(Debug)]
pub struct Made {
    /// Its number.
    pub number: BlockNumber,
    /// The chain's events, in order.
    pub events: Vec<RuntimeEvent>,
    /// The last message that it has for the cluster.
    pub seq: Option<Seq>,
    /// What the worker made of it, and of what waited.
    pub imported: Imported,
}

/// The system codes that a chain has.
pub(crate) struct ChainCodes<'c>(pub(crate) &'c MockChain);

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

    /// Asks contracts, within what the base path's configuration allows.
    pub fn queries(&self) -> &Queries {
        &self.queries
    }

    /// The chain.
    pub fn chain(&self) -> &MockChain {
        &self.chain
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keys that others may use than the owner of their files: of a node that was opened for looking,
    /// which may be one that can't be mended.
    pub fn warnings(&self) -> &[KeyFileError] {
        &self.warnings
    }

    /// Why the worker doesn't execute the chain's blocks; none if it does.
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
        kept: Vec<ExtraRow>,
    ) -> Result<Done, DevError> {
        let made = self.dispatch(vec![Extrinsic::signed(who, call)], kept)?;
        let (block, seq) = (made.number, made.seq);
        let Imported {
            executed, parked, ..
        } = made.imported;
        let receipt = executed.into_iter().find_map(|block| {
            let receipt = block.receipts.into_iter().find(|it| Some(it.seq) == seq)?;
            Some((receipt, block.root, block.log))
        });
        match (receipt, parked) {
            (Some((receipt, root, log)), _) => Ok(Done {
                block,
                receipt,
                root,
                log,
            }),
            (None, Some(parked)) => Err(DevError::Waiting {
                ordered: seq.map(|seq| (block, seq)),
                parked: parked.into(),
            }),
            (None, None) => Err(self.damaged(format!(
                "block {block} was executed without the message that it was made for"
            ))),
        }
    }

    /// What it costs on the chain, at most, to have a message with this gas limit ordered in the next
    /// block, that carries so many bytes of code, input and salt.
    pub fn ordering_fee(&self, gas_limit: Weight, bytes: usize) -> Balance {
        let bytes = (bytes as u64).saturating_add(MESSAGE_BYTES);
        let weight = FatContracts::queued_weight(&gas_limit, bytes);
        self.chain
            .query(|| FatContracts::ordering_fee(CLUSTER, weight))
    }

    /// Makes a block of these extrinsics, gives it to the worker, and keeps `kept` along with it.
    /// Whether the worker executed it, the caller has to look.
    ///
    /// # Errors
    /// [`DevError::Refused`] if the chain refuses one of them: then there is no block.
    pub fn dispatch(
        &mut self,
        extrinsics: Vec<Extrinsic>,
        kept: Vec<ExtraRow>,
    ) -> Result<Made, DevError> {
        let before = self.chain.clone();
        self.dispatch_or_fail(extrinsics, kept)
            .inspect_err(|_| self.chain = before)
    }

    fn dispatch_or_fail(
        &mut self,
        extrinsics: Vec<Extrinsic>,
        kept: Vec<ExtraRow>,
    ) -> Result<Made, DevError> {
        let block = self.build(BLOCK_MS, extrinsics)?;
        if let Some(refused) = block.applied.iter().find_map(|it| it.result.err()) {
            return Err(DevError::Refused(Refusal::from(refused.error)));
        }
        let mut kept = kept;
        kept.extend(rows::chain_changes(&[&block]));
        let number = block.head.number;
        let events = block.applied.iter().flat_map(|it| it.events.clone());
        let events = events.chain(block.hook_events.clone()).collect();
        let inputs = inputs_of(vec![block]);
        let messages = inputs.last().map(|input| &input.messages);
        let seq = messages.and_then(|it| it.last()).map(|(seq, _)| *seq);
        let imported = self.import(inputs, kept)?;
        Ok(Made {
            number,
            events,
            seq,
            imported,
        })
    }

    /// Makes the chain's next block, which begins with what the worker has to say.
    pub(crate) fn build(
        &mut self,
        step_ms: u64,
        extrinsics: Vec<Extrinsic>,
    ) -> Result<Block, DevError> {
        let now_ms = self.chain.head().now_ms.saturating_add(step_ms);
        let all = self.with_own_words(extrinsics)?;
        Ok(self.chain.build_block(now_ms, all)?)
    }

    /// The extrinsics of the next block: what the worker has to say comes first.
    pub(crate) fn with_own_words(
        &self,
        extrinsics: Vec<Extrinsic>,
    ) -> Result<Vec<Extrinsic>, DevError> {
        let mut all = Vec::with_capacity(extrinsics.len().saturating_add(2));
        all.extend(acks::due(&self.chain, &self.worker)?);
        all.extend(acks::parked_report(&self.chain, self.parked.as_ref()));
        all.extend(extrinsics);
        Ok(all)
    }

    /// Puts another record of an engine into the blocks that wait: they were made for the file
    /// that is there now. To be kept with the next block.
    pub(crate) fn waiting_take(&mut self, version: EngineVersion, record: &EngineRecord) {
        let inputs = self.waiting.iter_mut();
        for (named, known) in inputs.flat_map(|input| &mut input.engines) {
            if *named == version {
                known.clone_from(record);
            }
        }
    }

    /// Gives the worker what waits and what is new, and keeps all of it in one transaction.
    pub(crate) fn import(
        &mut self,
        inputs: Vec<ClusterBlock>,
        mut kept: Vec<ExtraRow>,
    ) -> Result<Imported, DevError> {
        kept.append(&mut self.stale.clone());
        let waiting = self.waiting.iter().cloned();
        let mut all: Vec<_> = waiting.map(|input| self.chain.amended(input)).collect();
        all.extend(inputs);
        // A block that parks is kept by nobody else.
        kept.extend(all.iter().map(rows::waits));
        let imported = self.worker.import(&all, kept, &ChainCodes(&self.chain))?;
        let done = self.worker.head()?.map_or(0, |(number, _, _)| number);
        let (executed, waiting): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|input| input.number <= done);
        self.stale = executed.iter().map(rows::waits_no_more).collect();
        self.waiting = with_rewound(&self.worker, waiting)?;
        Ok(imported)
    }

    /// Has the worker execute what waits.
    pub(crate) fn catch_up(&mut self) -> Result<(), DevError> {
        while !self.waiting.is_empty() {
            let later = self
                .waiting
                .split_off(self.waiting.len().min(BATCH as usize));
            let imported = self.import(Vec::new(), Vec::new());
            self.waiting.extend(later);
            let Imported {
                executed, parked, ..
            } = imported?;
            tracing::info!(blocks = executed.len(), "caught up");
            self.parked = parked;
            if self.parked.is_some() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn damaged(&self, what: String) -> DevError {
        DevError::Damaged {
            path: self.path.clone(),
            what,
        }
    }
}

/// The blocks that wait, and those among them that the worker took back and hasn't executed again.
pub(crate) fn with_rewound(
    worker: &Worker,
    waiting: Vec<ClusterBlock>,
) -> Result<Vec<ClusterBlock>, DevError> {
    let mut all = worker.rewound()?;
    // What waits here may name another engine file, because a newer build was accepted.
    all.retain(|input| !waiting.iter().any(|it| it.number == input.number));
    all.extend(waiting);
    all.sort_by_key(|input| input.number);
    Ok(all)
}

/// What blocks give to the cluster.
pub(crate) fn inputs_of(blocks: Vec<Block>) -> Vec<ClusterBlock> {
    blocks
        .into_iter()
        .flat_map(|block| block.clusters)
        .filter(|input| input.cluster == CLUSTER)
        .collect()
}
