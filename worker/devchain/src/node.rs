//! The node: makes blocks, has them executed, keeps both.

use crate::{
    config::{CLUSTER, MESSAGE_BYTES},
    rows,
    source::MockSource,
    DevError, Refusal, BLOCK_MS,
};
use fat_contracts_primitives::{
    AccountId, Balance, BlockNumber, ClusterBlock, EngineRecord, EngineVersion, Seq, StateRoot,
    Weight,
};
use pink_worker_core::{
    exec::{LogLine, MessageReceipt, Parked},
    query::Queries,
    source::{with_rewound, Follower},
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
    /// The chain, with its blocks that the worker hasn't executed.
    pub(crate) source: MockSource,
    pub(crate) follower: Follower,
    pub(crate) worker: Worker,
    pub(crate) queries: Queries,
    /// Rows of the last transaction that are no longer needed.
    pub(crate) stale: Vec<ExtraRow>,
    /// Why they wait.
    pub(crate) parked: Option<Parked>,
}

/// A message that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutedMessage {
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
pub struct ProducedBlock {
    /// Its number.
    pub number: BlockNumber,
    /// The chain's events, in order.
    pub events: Vec<RuntimeEvent>,
    /// The last message that it has for the cluster.
    pub seq: Option<Seq>,
    /// What the worker made of it, and of what waited.
    pub imported: Imported,
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
        &self.source.chain
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
        self.source.waiting.len()
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
    ) -> Result<ExecutedMessage, DevError> {
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
            (Some((receipt, root, log)), _) => Ok(ExecutedMessage {
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
    /// block, that carries `bytes` bytes of code, input and salt.
    pub fn ordering_fee(&self, gas_limit: Weight, bytes: usize) -> Balance {
        let bytes = (bytes as u64).saturating_add(MESSAGE_BYTES);
        let weight = FatContracts::queued_weight(&gas_limit, bytes);
        self.source
            .chain
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
    ) -> Result<ProducedBlock, DevError> {
        let before = self.source.chain.clone();
        self.dispatch_or_fail(extrinsics, kept)
            .inspect_err(|_| self.source.chain = before)
    }

    fn dispatch_or_fail(
        &mut self,
        extrinsics: Vec<Extrinsic>,
        kept: Vec<ExtraRow>,
    ) -> Result<ProducedBlock, DevError> {
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
        Ok(ProducedBlock {
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
        let now_ms = self.source.chain.head().now_ms.saturating_add(step_ms);
        self.follower.speak(&self.worker, &mut self.source)?;
        let mut all = self.source.take_said();
        all.extend(extrinsics);
        Ok(self.source.chain.build_block(now_ms, all)?)
    }

    /// Puts another record of an engine into the blocks that wait: they were made for the file
    /// that is there now. To be kept with the next block.
    pub(crate) fn waiting_take(&mut self, version: EngineVersion, record: &EngineRecord) {
        let inputs = self.source.waiting.iter_mut();
        for (named, known) in inputs.flat_map(|input| &mut input.engines) {
            if *named == version {
                known.clone_from(record);
            }
        }
    }

    /// Has the worker execute what waits and what is new, and keeps all of it in one transaction.
    pub(crate) fn import(
        &mut self,
        inputs: Vec<ClusterBlock>,
        kept: Vec<ExtraRow>,
    ) -> Result<Imported, DevError> {
        let known = self.source.waiting.len();
        self.source.waiting.extend(inputs);
        self.follow(usize::MAX, kept)
            .inspect_err(|_| self.source.waiting.truncate(known))
    }

    /// Has the worker execute the next blocks, at most `limit`, in one transaction with rows.
    fn follow(&mut self, limit: usize, mut kept: Vec<ExtraRow>) -> Result<Imported, DevError> {
        kept.append(&mut self.stale.clone());
        let next = self.follower.next(&self.worker, &self.source, limit)?;
        // A block that parks is kept by nobody else.
        kept.extend(next.iter().map(rows::waits));
        let followed = self
            .follower
            .execute(&mut self.worker, &self.source, &next, kept)?;
        let done = self.worker.head()?.map_or(0, |(number, _, _)| number);
        let all = std::mem::take(&mut self.source.waiting);
        let (executed, waiting): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|input| input.number <= done);
        self.stale = executed.iter().map(rows::waits_no_more).collect();
        self.source.waiting = with_rewound(&self.worker, waiting)?;
        // Why the chain couldn't be asked stands in `parked` too, and the next command asks again.
        Ok(followed.imported)
    }

    /// Has the worker execute what waits.
    pub(crate) fn catch_up(&mut self) -> Result<(), DevError> {
        while !self.source.waiting.is_empty() {
            let Imported {
                executed, parked, ..
            } = self.follow(BATCH as usize, Vec::new())?;
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

/// What blocks give to the cluster.
pub(crate) fn inputs_of(blocks: Vec<Block>) -> Vec<ClusterBlock> {
    blocks
        .into_iter()
        .flat_map(|block| block.clusters)
        .filter(|input| input.cluster == CLUSTER)
        .collect()
}
