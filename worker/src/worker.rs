use crate::{
    engine::EngineRegistry,
    exec::{
        with_stack, BlockExecutor, BlockOutcome, BlockRecord, BlockState, LogLine, MessageReceipt,
        ParkReason, Parked, StateError, StateRead, SystemCodes,
    },
    handle::WorkerHandle,
    local::{self, Local},
    logs::LogStream,
    outside::Surroundings,
    pending::ShadowMode,
    state::ReadCache,
    store::{BlockBatch, ExtraRow, NewBlock, Reader, Store, StoreError},
    view::View,
    ClusterKey,
};
use fat_contracts_primitives::{
    BlockNumber, Checkpoint, ClusterBlock, EngineVersion, ReceiptsRoot, Seq, StateRoot,
};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use pink_capi::types::{AccountId, BlockReceipt, Hash};
use sp_core::Blake2Hasher;
use sp_trie::{LayoutV1, TrieConfiguration};
use std::{collections::BTreeMap, sync::Arc};

/// The store's table of system contract codes by hash. They are kept for ever: replay needs them.
const CODES_TABLE: &str = "system_codes";

/// Why a worker can't go on. A parked cluster is no such error; see [`Imported::parked`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store holds of a block can't be read.
    #[error("block {block}: the stored {what} can't be read: {reason}")]
    Broken {
        /// The block.
        block: BlockNumber,
        /// Which part of it.
        what: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The system gave no thread to run an engine on.
    #[error("no thread for the engine: {0}")]
    Thread(#[from] std::io::Error),
    /// The engine that the cluster runs can't be had.
    #[error("the cluster is parked: {0}")]
    Parked(#[from] ParkReason),
    /// The pool that looks at states didn't do it.
    #[error("looking at the state: {0}")]
    Pool(#[from] crate::engine::PoolError),
    /// There is no block to look at yet.
    #[error("the cluster has no block yet")]
    Empty,
    /// A range of the history has no block in it.
    #[error("there is no block from {from} to {to}: the history has {first} to {last}")]
    NoBlocks {
        /// The first that was asked for.
        from: BlockNumber,
        /// The last that was asked for.
        to: BlockNumber,
        /// The first there is.
        first: BlockNumber,
        /// The last there is.
        last: BlockNumber,
    },
    /// A version to be tried isn't newer than the one that runs.
    #[error("the cluster runs engine {from}: {to} isn't newer")]
    NotNewer {
        /// The version that runs.
        from: EngineVersion,
        /// The one that was named.
        to: EngineVersion,
    },
    /// A stored block, executed again, gives something else than it gave.
    #[error("block {block}, executed again, doesn't give what it gave")]
    NotReproduced {
        /// The block.
        block: BlockNumber,
    },
}

/// A block that a worker executed, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutedBlock {
    /// The block.
    pub number: BlockNumber,
    /// The state root after it.
    pub root: StateRoot,
    /// What is kept beside its receipts.
    pub record: BlockRecord,
    /// One receipt a message, in order.
    pub receipts: Vec<MessageReceipt>,
    /// What its begin and end did.
    pub idle: Vec<BlockReceipt>,
    /// Lines for the operator.
    pub log: Vec<LogLine>,
}

/// What became of blocks that were given to a worker.
#[derive(Debug)]
pub struct Imported {
    /// Those that were executed, in order.
    pub executed: Vec<ExecutedBlock>,
    /// Why the rest wasn't.
    pub parked: Option<Parked>,
}

/// Executes one cluster's blocks and keeps what they give.
#[derive(Debug)]
pub struct Worker {
    pub(crate) store: Store,
    /// Everything but the right to write.
    handle: WorkerHandle,
    pub(crate) shadow_mode: Option<ShadowMode>,
}

impl Worker {
    /// A worker over a store, with engines from a registry.
    pub fn new(store: Store, registry: EngineRegistry) -> Self {
        let handle = WorkerHandle::new(store.reader().clone(), registry);
        Self {
            store,
            handle,
            shadow_mode: None,
        }
    }

    /// In shadow mode or not. In it, every block is run under the engine of a pending move as
    /// well, on a fork, after it was committed; see [`Worker::shadow`].
    pub fn with_shadow(self, on: bool) -> Self {
        Self {
            shadow_mode: on.then(ShadowMode::default),
            ..self
        }
    }

    /// With the key that the cluster's workers share. Without it the worker parks at the first
    /// message whose contract asks for a key of its own.
    pub fn with_cluster_key(mut self, cluster_key: Option<ClusterKey>) -> Self {
        self.handle.cluster_key = cluster_key;
        self
    }

    /// With what contracts' queries reach beyond the state. What contracts order of the local
    /// cache is done there, and their shares of it are those that were last set.
    ///
    /// # Errors
    /// The store failed, or a share in it can't be read.
    pub fn with_surroundings(
        mut self,
        surroundings: Arc<Surroundings>,
    ) -> Result<Self, WorkerError> {
        for (contract, weight) in local::stored_weights(&self.store)? {
            surroundings.set_weight(contract, weight);
        }
        self.handle.surroundings = Some(surroundings);
        Ok(self)
    }

    /// With a stream that everything goes to that contracts say.
    pub fn with_logs(mut self, logs: LogStream) -> Self {
        self.handle.logs = Some(logs);
        self
    }

    /// What reads need: cheap to clone, and usable while this imports blocks.
    pub fn handle(&self) -> &WorkerHandle {
        &self.handle
    }

    /// The state after the last block.
    ///
    /// # Errors
    /// There is no block or no cluster yet, its engine can't be had, or the store failed.
    pub fn view(&self) -> Result<View, WorkerError> {
        self.handle.view()
    }

    /// The key that the cluster's workers share, if this one has it.
    pub fn cluster_key(&self) -> Option<ClusterKey> {
        self.handle.cluster_key
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where engines come from.
    pub fn registry(&self) -> &EngineRegistry {
        &self.handle.registry
    }

    /// The last executed block.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn head(&self) -> Result<Option<(BlockNumber, StateRoot, BlockRecord)>, WorkerError> {
        let Some(block) = self.store.cursor()? else {
            return Ok(None);
        };
        let record = decode(block.number, "record", &block.record)?;
        Ok(Some((block.number, block.root, record)))
    }

    /// Executes blocks, in order, and commits them in one durable transaction together with rows
    /// of the caller's. If a block parks the cluster, those before it and the rows are kept all
    /// the same, and giving the block again tries again.
    ///
    /// Blocks that were executed before are passed over. `codes` is asked for system contract
    /// codes that the store hasn't got yet.
    ///
    /// # Errors
    /// The store failed, or there is no thread for the engine; nothing is kept.
    pub fn import(
        &mut self,
        inputs: &[ClusterBlock],
        extra: Vec<ExtraRow>,
        codes: &dyn SystemCodes,
    ) -> Result<Imported, WorkerError> {
        let head = self.head()?;
        let mut record = head.as_ref().map(|(_, _, record)| record.clone());
        let before = record.as_ref().and_then(|record| record.engine);
        let done = head.map(|(number, _, _)| number);
        let inputs: Vec<_> = inputs
            .iter()
            .filter(|input| done.is_none_or(|done| input.number > done))
            .collect();

        let mut batch = BlockBatch {
            blocks: Vec::new(),
            extra,
        };
        let known = KnownCodes {
            store: &self.store,
            new: self.new_codes(&inputs, codes)?,
        };
        let snapshot = self.store.snapshot()?;
        let executor = BlockExecutor {
            registry: &self.handle.registry,
            codes: &known,
            cluster_key: self.handle.cluster_key,
        };
        let reads = ReadCache::new(&snapshot);
        let (outcomes, parked) = with_stack(|| execute_all(&executor, &reads, &inputs))?;

        let mut executed = Vec::with_capacity(outcomes.len());
        let mut said = Vec::with_capacity(outcomes.len());
        for (input, (outcome, system_contract)) in inputs.iter().zip(outcomes) {
            let local =
                Local::of_block(input, &outcome, system_contract, self.handle.logs.is_some());
            batch.extra.extend(local.rows());
            said.push(local);
            let next = next_record(record.as_ref(), input, &outcome);
            batch.blocks.push(NewBlock {
                number: input.number,
                changes: outcome.changes.into_iter().collect(),
                receipts: outcome
                    .receipts
                    .iter()
                    .map(|it| (it.seq, it.encode()))
                    .collect(),
                input: input.encode(),
                record: next.encode(),
            });
            record = Some(next.clone());
            executed.push(ExecutedBlock {
                number: input.number,
                root: StateRoot::zero(),
                record: next,
                receipts: outcome.receipts,
                idle: outcome.idle,
                log: outcome.log,
            });
        }
        let new_codes = known.new.into_iter().map(|(hash, code)| ExtraRow {
            table: CODES_TABLE.into(),
            key: hash.to_vec(),
            value: Some(code),
        });
        batch.extra.extend(new_codes);
        let roots = self.store.commit(&batch)?;
        for (block, root) in executed.iter_mut().zip(roots) {
            block.root = root;
        }
        // Only of what is kept for ever.
        for (block, local) in executed.iter().zip(said) {
            local.follow(&self.handle, &block.log);
        }
        if !executed.is_empty() {
            self.follow_in_shadow(before, &inputs, &executed, &batch)?;
            self.warn_of_pending()?;
        }
        Ok(Imported { executed, parked })
    }

    /// What is kept of a block beside its receipts.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn record(&self, block: BlockNumber) -> Result<Option<BlockRecord>, WorkerError> {
        let stored = self.store.block(block)?;
        stored
            .map(|stored| decode(block, "record", &stored.record))
            .transpose()
    }

    /// What this worker says to the chain about a block that it executed; none if it didn't yet.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        let Some(stored) = self.store.block(block)? else {
            return Ok(None);
        };
        let record: BlockRecord = decode(block, "record", &stored.record)?;
        let engine = match record.engine {
            Some(engine) => engine,
            // A setup that was rejected: the cluster stays on the version that it was made with,
            // and can be closed. Of the records that a block brings, that is the oldest.
            None => match self
                .input(block)?
                .and_then(|it| it.engines.first().cloned())
            {
                Some((engine, _)) => engine,
                None => return Ok(None),
            },
        };
        Ok(Some(Checkpoint {
            block,
            last_seq: record.next_seq.saturating_sub(1),
            engine,
            root: stored.root,
            receipts_root: receipts_root(self.store.receipts(block)?),
            message_hash: record.message_hash,
            effects: record.effects,
        }))
    }

    /// The receipts of a block, in order.
    ///
    /// # Errors
    /// The store failed, or a receipt can't be read.
    pub fn receipts(&self, block: BlockNumber) -> Result<Vec<MessageReceipt>, WorkerError> {
        let stored = self.store.receipts(block)?;
        stored
            .into_iter()
            .map(|(_, bytes)| decode(block, "receipt", &bytes))
            .collect()
    }

    /// The input of a block, as it was executed.
    ///
    /// # Errors
    /// The store failed, or the input can't be read.
    pub fn input(&self, block: BlockNumber) -> Result<Option<ClusterBlock>, WorkerError> {
        let stored = self.store.input(block)?;
        stored
            .map(|bytes| decode(block, "input", &bytes))
            .transpose()
    }

    /// Codes that these blocks name and the store hasn't got.
    fn new_codes(
        &self,
        inputs: &[&ClusterBlock],
        codes: &dyn SystemCodes,
    ) -> Result<BTreeMap<Hash, Vec<u8>>, WorkerError> {
        let mut new = BTreeMap::new();
        for hash in inputs.iter().filter_map(|input| input.system_code) {
            if new.contains_key(&hash.0) || self.store.extra(CODES_TABLE, &hash.0)?.is_some() {
                continue;
            }
            let code = codes.system_code(&hash.0);
            if let Some(code) = code.map_err(|error| ParkReason::State(error.to_string()))? {
                new.insert(hash.0, code);
            }
        }
        Ok(new)
    }
}

/// Executes blocks one on top of the other, up to the first that parks. Each comes with the
/// system contract, if one of its events is an order that only that may give.
fn execute_all(
    executor: &BlockExecutor<'_>,
    snapshot: &dyn StateRead,
    inputs: &[&ClusterBlock],
) -> (Vec<(BlockOutcome, Option<AccountId>)>, Option<Parked>) {
    let mut state = BlockState::new(snapshot);
    let mut outcomes = Vec::with_capacity(inputs.len());
    for input in inputs {
        match executor.execute(&state, input) {
            Ok(outcome) => {
                state.apply(outcome.changes.iter().cloned());
                let system_contract = local::system_contract(executor, &state, input, &outcome);
                outcomes.push((outcome, system_contract));
            }
            Err(parked) => return (outcomes, Some(parked)),
        }
    }
    (outcomes, None)
}

fn next_record(
    last: Option<&BlockRecord>,
    input: &ClusterBlock,
    outcome: &BlockOutcome,
) -> BlockRecord {
    let before: Seq = last.map_or(0, |last| last.next_seq);
    BlockRecord {
        engine: outcome.engine,
        messages: u32::try_from(input.messages.len()).unwrap_or(u32::MAX),
        next_seq: input
            .messages
            .last()
            .map_or(before, |(seq, _)| seq.saturating_add(1)),
        message_hash: input.message_hash,
        effects: outcome.effects.clone(),
    }
}

/// The root of the ordered trie over a block's receipts, as the chain compares it.
fn receipts_root(receipts: Vec<(Seq, Vec<u8>)>) -> ReceiptsRoot {
    let receipts = receipts.into_iter().map(|(_, receipt)| receipt);
    LayoutV1::<Blake2Hasher>::ordered_trie_root(receipts)
}

pub(crate) fn decode<T: Decode>(
    block: BlockNumber,
    what: &'static str,
    mut bytes: &[u8],
) -> Result<T, WorkerError> {
    T::decode_all(&mut bytes).map_err(|error| WorkerError::Broken {
        block,
        what,
        reason: error.to_string(),
    })
}

/// System codes of the store and of the blocks at hand.
pub(crate) struct KnownCodes<'w> {
    pub(crate) store: &'w Reader,
    pub(crate) new: BTreeMap<Hash, Vec<u8>>,
}

impl SystemCodes for KnownCodes<'_> {
    fn system_code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StateError> {
        match self.new.get(hash) {
            Some(code) => Ok(Some(code.clone())),
            None => self
                .store
                .extra(CODES_TABLE, hash)
                .map_err(|error| StateError(error.to_string())),
        }
    }
}
