//! Reads of a worker, in parallel with each other and with the blocks that it executes.

use crate::{
    clock::LastBlockCache,
    error::{decode, WorkerError},
    exec::{ParkReason, StateRead, VERSION_KEY},
    logs::LogStream,
    observe::{NoObserver, Observer},
    offchain::WorkerServices,
    store::{Reader, Snapshot},
    view::View,
    ClusterKey,
};
use fat_contracts_primitives::{BlockNumber, ClusterBlock};
use parity_scale_codec::DecodeAll;
use pink_capi::types::Version;
use pink_engine_host::{chain_version, EngineRegistry, Pool};
use std::sync::{Arc, OnceLock};

/// Threads for looking at a worker's state. A look is short.
const VIEW_THREADS: usize = 2;

/// Looks that may wait for one of them.
const VIEWS_WAITING: usize = 1_024;

/// What reads of a worker need. Cheap to clone, usable from any thread while the worker imports
/// blocks; what it shows is what is committed.
#[derive(Clone, Debug)]
pub struct WorkerHandle {
    pub(crate) store: Reader,
    pub(crate) registry: Arc<EngineRegistry>,
    /// It may come while the worker runs, once. What was cloned before has it too.
    cluster_key: Arc<OnceLock<ClusterKey>>,
    pub(crate) services: Option<Arc<WorkerServices>>,
    pub(crate) logs: Option<LogStream>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) last_block_cache: LastBlockCache,
}

impl WorkerHandle {
    pub(crate) fn new(store: Reader, registry: EngineRegistry) -> Self {
        Self {
            store,
            registry: Arc::new(registry),
            cluster_key: Arc::default(),
            services: None,
            logs: None,
            pool: Arc::new(Pool::for_engines(VIEW_THREADS, VIEWS_WAITING)),
            observer: Arc::new(NoObserver),
            last_block_cache: LastBlockCache::default(),
        }
    }

    /// Tells somebody of queries that are begun with it, and, of services that tell nobody yet, of their requests.
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        if let Some(services) = &self.services {
            services.observe(observer.clone());
        }
        Self { observer, ..self }
    }

    /// With this key, or none yet. What was cloned before keeps its own.
    pub(crate) fn set_cluster_key(&mut self, key: Option<ClusterKey>) {
        self.cluster_key = Arc::new(key.map_or_else(OnceLock::new, OnceLock::from));
    }

    /// With this key from now on, and everything that was cloned of it; unless it has one.
    pub(crate) fn install_cluster_key(&self, key: ClusterKey) {
        // A worker has one key for all of its life: who calls has looked.
        let _ = self.cluster_key.set(key);
    }

    /// The key that the cluster's workers share, if it is there by now.
    pub(crate) fn cluster_key(&self) -> Option<ClusterKey> {
        self.cluster_key.get().copied()
    }

    /// The state after the last block.
    ///
    /// # Errors
    /// There is no block or no cluster yet, its engine can't be had, or the store failed.
    pub fn view(&self) -> Result<View, WorkerError> {
        self.view_of(self.store.snapshot()?)
    }

    /// The state after a block within the window.
    ///
    /// # Errors
    /// As [`view`](Self::view); or the state is older than what is kept.
    pub fn view_at(&self, block: BlockNumber) -> Result<View, WorkerError> {
        self.view_of(self.store.snapshot_at(block)?)
    }

    /// Everything is read as of the snapshot's block, wherever the worker is by now.
    fn view_of(&self, snapshot: Snapshot) -> Result<View, WorkerError> {
        let block = snapshot.block().ok_or(WorkerError::Empty)?;
        let number = block.number;
        let record: crate::exec::BlockRecord = decode(number, "record", &block.record)?;
        let broken = |what, reason: String| WorkerError::Broken {
            block: number,
            what,
            reason,
        };
        let stored = StateRead::get(&snapshot, VERSION_KEY)
            .map_err(|error| broken("state", error.to_string()))?
            .ok_or(WorkerError::Empty)?;
        let version = Version::decode_all(&mut &stored[..])
            .map_err(|error| broken("version", error.to_string()))?;
        let version = chain_version(version);
        let input: ClusterBlock = match self.store.input(number)? {
            Some(bytes) => decode(number, "input", &bytes)?,
            None => return Err(WorkerError::OfSnapshot { block: number }),
        };
        let engine_record = input.engine_record(version);
        let engine_record = engine_record.ok_or(ParkReason::NoRecord { version })?;
        let engine = self
            .registry
            .get(version, engine_record)
            .map_err(ParkReason::from)?;
        let (block, step_ms) = self.given_after(&input, record.next_seq)?;
        Ok(View {
            handle: self.clone(),
            snapshot,
            engine,
            version,
            block,
            step_ms,
            next_seq: record.next_seq,
        })
    }

    /// What contracts' queries reach beyond the state, if the worker lets them.
    pub fn services(&self) -> Option<&Arc<WorkerServices>> {
        self.services.as_ref()
    }

    /// Where what contracts say goes, if somebody may listen.
    pub fn logs(&self) -> Option<&LogStream> {
        self.logs.as_ref()
    }
}
