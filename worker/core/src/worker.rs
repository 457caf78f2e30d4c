use crate::{
    error::{decode, WorkerError},
    exec::{BlockRecord, MessageReceipt, StateError, SystemCodes},
    handle::WorkerHandle,
    local,
    logs::LogStream,
    observe::Observer,
    outside::Surroundings,
    pending::ShadowMode,
    store::{Pruned, Pruning, Reader, Store, StoreError},
    view::View,
    ClusterKey,
};
use fat_contracts_primitives::{
    BlockNumber, Checkpoint, ClusterBlock, ClusterId, ClusterMessage, EngineVersion, StateRoot,
};
use pink_capi::types::Hash;
use pink_engine_host::EngineRegistry;
use std::{collections::BTreeMap, sync::Arc};

/// The store's table of system contract codes by hash. They are kept for ever: replay needs them.
pub(crate) const CODES_TABLE: &str = "system_codes";

/// Executes one cluster's blocks and keeps what they give.
#[derive(Debug)]
pub struct Worker {
    pub(crate) store: Store,
    /// Everything but the right to write.
    pub(crate) handle: WorkerHandle,
    /// Whose history this is, if that is known before the first block.
    pub(crate) cluster: Option<ClusterId>,
    pub(crate) shadow_mode: Option<ShadowMode>,
}

impl Worker {
    /// A worker over a store, with engines from a registry.
    pub fn new(store: Store, registry: EngineRegistry) -> Self {
        let handle = WorkerHandle::new(store.reader().clone(), registry);
        Self {
            store,
            handle,
            cluster: None,
            shadow_mode: None,
        }
    }

    /// For this cluster: a first block of another one parks as any later one would.
    pub fn with_cluster(self, cluster: ClusterId) -> Self {
        Self {
            cluster: Some(cluster),
            ..self
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
        self.handle.set_cluster_key(cluster_key);
        self
    }

    /// Has the worker and all that was cloned of its [`handle`](Self::handle) go on with the key, if
    /// they have none.
    pub(crate) fn install_cluster_key(&self, key: ClusterKey) {
        self.handle.install_cluster_key(key);
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

    /// Tells somebody what it does from now on, and what the queries do of handles that are taken from
    /// now on. With the surroundings that it has by now.
    pub fn observe(&mut self, observer: Arc<dyn Observer>) {
        self.handle = self.handle.clone().with_observer(observer);
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
        self.handle.cluster_key()
    }

    /// Forgets old blocks and receipts, a bounded number at a time. Of what the chain hasn't confirmed nothing
    /// goes: `confirmed` is the last block that it did, and who acknowledges later has still something to say.
    ///
    /// # Errors
    /// The store failed; then nothing is changed.
    pub fn prune(
        &mut self,
        keep: Pruning,
        confirmed: BlockNumber,
        most: u32,
    ) -> Result<Pruned, WorkerError> {
        Ok(self.store.prune(keep, confirmed, most)?)
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

    /// The block of the snapshot that this worker began with; none if it executed the history from its
    /// beginning. What came before it isn't here.
    ///
    /// # Errors
    /// The store failed.
    pub fn snapshot_block(&self) -> Result<Option<BlockNumber>, WorkerError> {
        Ok(self.store.snapshot_block()?)
    }

    /// Refuses a block that this worker has nothing to execute of: because it came with a snapshot,
    /// or is older than that.
    pub(crate) fn executed_here(&self, block: BlockNumber) -> Result<(), WorkerError> {
        match self.snapshot_block()? {
            Some(snapshot) if block == snapshot => Err(WorkerError::OfSnapshot { block }),
            Some(snapshot) if block < snapshot => {
                Err(StoreError::OlderThanSnapshot { block, snapshot }.into())
            }
            Some(_) | None => Ok(()),
        }
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

    /// What this worker says to the chain about a block that it executed; none if it didn't yet, or
    /// if what it did rests on an amendment that it was told of and that no block has delivered
    /// yet. Whoever acknowledges what isn't so has diverged for good, so nothing is by hearsay.
    ///
    /// # Errors
    /// The store failed, or its record can't be read.
    pub fn checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        // Of what a worker took from others it has nothing to say.
        match self.snapshot_block()? == Some(block) {
            true => Ok(None),
            false => self.kept_checkpoint(block),
        }
    }

    /// The same to hand on with the state: also of the block of the snapshot that this worker began with.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint).
    pub fn kept_checkpoint(&self, block: BlockNumber) -> Result<Option<Checkpoint>, WorkerError> {
        let promised = self
            .head()?
            .map_or(Vec::new(), |(_, _, last)| last.promised);
        if promised.iter().any(|it| it.of <= block) {
            return Ok(None);
        }
        let Some(stored) = self.store.block(block)? else {
            return Ok(None);
        };
        let record: BlockRecord = decode(block, "record", &stored.record)?;
        let engine = match record.engine {
            Some(engine) => engine,
            // A setup that was rejected: the cluster stays on the version that it was made with,
            // and can be closed.
            None => match self.made_with()? {
                Some(engine) => engine,
                None => return Ok(None),
            },
        };
        Ok(Some(Checkpoint {
            block,
            last_seq: record.next_seq.saturating_sub(1),
            engine,
            root: stored.root,
            receipts_root: record.receipts_root,
            message_hash: record.message_hash,
            effects: record.effects,
        }))
    }

    /// The version that the cluster was made with.
    fn made_with(&self) -> Result<Option<EngineVersion>, WorkerError> {
        let first = self
            .block_of(0)?
            .and_then(|it| it.messages.into_iter().next());
        Ok(match first {
            Some((_, ClusterMessage::Setup { engine, .. })) => Some(engine),
            _ => None,
        })
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
