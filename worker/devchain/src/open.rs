//! Making a node at a base path, and opening one.

use crate::{
    config::{DevConfig, CLUSTER},
    genesis,
    node::inputs_of,
    rows,
    source::MockSource,
    DevError, DevNode,
};
use fat_contracts_primitives::ClusterBlock;
use parity_scale_codec::DecodeAll;
use pink_capi::types::Outcome;
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    logs::LogStream,
    offchain::WorkerServices,
    query::Queries,
    source::{with_rewound, Follower},
    store::{Store, StoreError, StoreOptions, FILE_NAME},
    ClusterKey, ExecutedBlock, Imported, KeyFileError, Worker, WorkerConfig, WorkerError,
    WorkerKey, CLUSTER_KEY_FILE, WORKER_KEY_FILE,
};
use runtime_mock::{Block, MockChain};
use std::{fs, path::Path, sync::Arc};

impl DevNode {
    /// Makes a chain with a cluster at a base path.
    ///
    /// # Errors
    /// There is one already, there is no engine to start on, or the configuration can't be. What
    /// was at the base path is as before.
    pub fn init(
        path: &Path,
        registry: EngineRegistry,
        config: &DevConfig,
    ) -> Result<(Self, ExecutedBlock), DevError> {
        let genesis = genesis::make(config, &registry)?;
        let files = [FILE_NAME, CLUSTER_KEY_FILE, WORKER_KEY_FILE].map(|name| path.join(name));
        let new: Vec<_> = files.iter().filter(|file| !file.exists()).collect();
        let (store, unfinished) = match Store::create(path, StoreOptions::default()) {
            Ok(store) => (store, false),
            // An init that was interrupted leaves an empty store.
            Err(StoreError::AlreadyExists { .. }) => {
                let store = Store::open(path, StoreOptions::default())?;
                if store.extra(rows::ABOUT, rows::FORMAT_KEY)?.is_some() {
                    return Err(DevError::AlreadyMade { path: path.into() });
                }
                if is_a_workers(&store)? {
                    return Err(DevError::AWorkers { path: path.into() });
                }
                (store, true)
            }
            Err(error) => return Err(error.into()),
        };
        Self::first_blocks(path, registry, config, genesis, store).inspect_err(|_| {
            // It holds nothing of value: it was made just now, or left by such an init.
            let left = files.first().filter(|_| unfinished);
            for file in new.into_iter().chain(left) {
                if let Err(error) = fs::remove_file(file) {
                    tracing::debug!(file = %file.display(), %error, "not removed");
                }
            }
        })
    }

    /// Keeps the cluster's key, and executes the chain's first blocks.
    fn first_blocks(
        path: &Path,
        registry: EngineRegistry,
        config: &DevConfig,
        (chain, blocks): (MockChain, [Block; 2]),
        store: Store,
    ) -> Result<(Self, ExecutedBlock), DevError> {
        config.cluster_key.keep(path)?;
        let (worker, queries) = worker(path, store, registry, Keys::of_worker(path)?)?;
        let mut node = Self {
            warnings: Vec::new(),
            path: path.into(),
            source: MockSource::new(chain, Vec::new()),
            follower: Follower::new(CLUSTER),
            worker,
            queries,
            stale: Vec::new(),
            parked: None,
            preparer: None,
        };
        let mut kept = vec![rows::about()];
        kept.extend(rows::whole_chain(node.source.chain.export()));
        let Imported {
            mut executed,
            parked,
            ..
        } = node.import(inputs_of(blocks.into()), kept)?;
        let setup = executed.first().and_then(|block| block.receipts.first());
        let setup = setup.map(|setup| setup.receipt.outcome.clone());
        match (setup, parked) {
            (Some(Outcome::Success), None) => {
                let last = executed.pop().ok_or(WorkerError::Empty)?;
                Ok((node, last))
            }
            (Some(Outcome::Success) | None, Some(parked)) => Err(DevError::NoStart(parked.into())),
            (Some(outcome), _) => Err(DevError::NoSetup {
                outcome: outcome.into(),
            }),
            (None, None) => Err(WorkerError::Empty.into()),
        }
    }

    /// Opens the node at a base path, and has the worker execute what waits for it.
    ///
    /// # Errors
    /// There is none, it is damaged, or the store failed. That the worker is parked is no error
    /// here; see [`DevNode::parked`].
    pub fn open(path: &Path, registry: EngineRegistry) -> Result<Self, DevError> {
        Self::open_with(path, registry, false)
    }

    /// The same, in shadow mode or not.
    ///
    /// # Errors
    /// As [`DevNode::open`].
    pub fn open_with(
        path: &Path,
        registry: EngineRegistry,
        shadow: bool,
    ) -> Result<Self, DevError> {
        let store = Store::open(path, StoreOptions::default());
        let mut node = Self::of_store(path, store, registry, Keys::of_worker)?;
        node.worker = node.worker.with_shadow(shadow);
        node.catch_up()?;
        Ok(node)
    }

    /// Opens the node at a base path for looking at it: nothing there is written, so it may be one
    /// that can't be. Others may do the same meanwhile. What waits for the worker waits on; see
    /// [`DevNode::behind`]. That others may use a key is a warning; see [`DevNode::warnings`].
    ///
    /// # Errors
    /// As [`DevNode::open`].
    pub fn open_read_only(path: &Path, registry: EngineRegistry) -> Result<Self, DevError> {
        let store = Store::open_read_only(path, StoreOptions::default());
        Self::of_store(path, store, registry, Keys::looked_at)
    }

    /// The node as the store has it.
    fn of_store(
        path: &Path,
        store: Result<Store, StoreError>,
        registry: EngineRegistry,
        keys: impl FnOnce(&Path) -> Result<Keys, KeyFileError>,
    ) -> Result<Self, DevError> {
        let no_chain = |interrupted| DevError::NoChain {
            path: path.into(),
            interrupted,
        };
        let store = match store {
            Err(StoreError::Missing { .. }) => return Err(no_chain(false)),
            store => store?,
        };
        let about = match store.extra(rows::ABOUT, rows::FORMAT_KEY)? {
            Some(about) => about,
            None if is_a_workers(&store)? => return Err(DevError::AWorkers { path: path.into() }),
            None => return Err(no_chain(true)),
        };
        let damaged = |what: String| DevError::Damaged {
            path: path.into(),
            what,
        };
        let (found, made_by) = <(u32, String)>::decode_all(&mut &about[..])
            .map_err(|error| damaged(format!("its format can't be read: {error}")))?;
        if found != rows::FORMAT {
            return Err(DevError::Format {
                path: path.into(),
                found,
                expected: rows::FORMAT,
                made_by,
            });
        }
        let pairs = store.extra_range(rows::CHAIN, &[], usize::MAX)?;
        let chain = MockChain::import(pairs).map_err(|error| damaged(error.to_string()))?;
        let mut keys = keys(path)?;
        let warnings = std::mem::take(&mut keys.warnings);
        let (worker, queries) = worker(path, store, registry, keys)?;
        let done = worker.head()?.map_or(0, |(number, _, _)| number);
        let mut stale = Vec::new();
        let mut waiting = Vec::new();
        for (key, value) in worker.store().extra_range(rows::WAITING, &[], usize::MAX)? {
            let input = ClusterBlock::decode_all(&mut &value[..])
                .map_err(|error| damaged(format!("block {key:?} can't be read: {error}")))?;
            if input.number > done {
                waiting.push(input)
            } else {
                stale.push(rows::waits_no_more(&input))
            }
        }
        let waiting = with_rewound(&worker, waiting)?;
        let executed = waiting
            .first()
            .map_or(chain.head().number, |first| first.number.saturating_sub(1));
        if executed != done {
            return Err(damaged(format!(
                "the worker is at block {done}, but the chain's blocks from {executed} on are kept"
            )));
        }
        Ok(Self {
            warnings,
            path: path.into(),
            source: MockSource::new(chain, waiting),
            follower: Follower::new(CLUSTER),
            worker,
            queries,
            stale,
            parked: None,
            preparer: None,
        })
    }
}

/// Whether a store without a development chain is more than what an interrupted `init` leaves: it belongs to a
/// worker that follows a chain, or was begun with a snapshot.
fn is_a_workers(store: &Store) -> Result<bool, StoreError> {
    let (table, key) = rows::FOLLOWED;
    Ok(store.cursor()?.is_some() || store.extra(table, key)?.is_some())
}

/// The keys of a base path.
struct Keys {
    cluster: Option<ClusterKey>,
    worker: WorkerKey,
    /// Of which file others than its owner may use the key.
    warnings: Vec<KeyFileError>,
}

impl Keys {
    /// For who acts: a worker's key that is missing is made.
    fn of_worker(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self {
            cluster: ClusterKey::of_base_path(path)?,
            worker: WorkerKey::of_base_path(path)?,
            warnings: Vec::new(),
        })
    }

    /// For who looks: nothing is written.
    fn looked_at(path: &Path) -> Result<Self, KeyFileError> {
        let (cluster, of_cluster) = ClusterKey::look(path)?;
        let (worker, of_worker) = WorkerKey::look(path)?;
        Ok(Self {
            cluster,
            worker,
            warnings: of_cluster.into_iter().chain(of_worker).collect(),
        })
    }
}

/// A worker with its keys, and with what its configuration lets queries reach.
fn worker(
    path: &Path,
    store: Store,
    registry: EngineRegistry,
    keys: Keys,
) -> Result<(Worker, Queries), DevError> {
    let config = WorkerConfig::of_base_path(path)?;
    let worker = Worker::new(store, registry)
        .with_cluster_key(keys.cluster)
        .with_logs(LogStream::new(config.log.clone()))
        .with_services(Arc::new(WorkerServices::new(
            config.services(),
            &keys.worker,
        )))?;
    let queries = Queries::new(worker.handle().clone(), config.query);
    Ok((worker, queries))
}
