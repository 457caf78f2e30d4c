//! The program.

use crate::{
    chain::{genesis, Chain, GenesisParts},
    clock::Clock,
    disk::{Disk, Location},
    error::ServeError,
    info::{info, Info},
    node::{faucet, pair, Engines, Node, Pace, SERVED},
    order::{Mining, Order},
    servers::Addresses,
    shared::Shared,
    source::LocalSource,
};
use fat_contracts_primitives::{BlockNumber, EngineVersion};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    logs::LogStream,
    offchain::WorkerServices,
    query::Queries,
    source::Follower,
    store::{Store, StoreError, StoreOptions},
    ClusterKey, InstalledEngine, InstalledError, KeyExchange, Worker, WorkerConfig, WorkerKey,
};
use pink_worker_rpc::{StatusBoard, DEFAULT_PORT};
use runtime_mock::runtime::Timestamp;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process,
    sync::{
        mpsc::{self, Receiver},
        Arc,
    },
    thread,
    time::Instant,
};

/// The port of the chain's RPC, unless told otherwise: a node's.
pub const DEFAULT_CHAIN_PORT: u16 = 9944;

/// The engines that are released, in the order of their release.
const RELEASES: &str = include_str!("../../../engines/RELEASES.toml");

/// The exit status of who was stopped a second time.
const INTERRUPTED: i32 = 130;

/// What somebody decides about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeConfig {
    /// Where the engine files are.
    pub engines: PathBuf,
    /// The engine that the cluster starts on; `None`: the newest that is released and there.
    pub engine: Option<EngineVersion>,
    /// Where the chain's RPC listens. Port 0: any that is free.
    pub chain: SocketAddr,
    /// Where the worker's does.
    pub rpc: SocketAddr,
    /// When blocks are made.
    pub mining: Mining,
    /// After how many more blocks one is final.
    pub finality_delay: BlockNumber,
    /// After how many more blocks a checkpoint is acknowledged, and so confirmed.
    pub confirmation_delay: BlockNumber,
    /// While an upgrade to another engine is pending, the worker runs each block under that one as well.
    pub shadow: bool,
    /// Where it is kept.
    pub place: Location,
}

impl Default for ServeConfig {
    fn default() -> Self {
        let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            engines: PathBuf::from("target/engines"),
            engine: None,
            chain: here(DEFAULT_CHAIN_PORT),
            rpc: here(DEFAULT_PORT),
            mining: Mining::default(),
            finality_delay: 0,
            confirmation_delay: 0,
            shadow: false,
            place: Location::default(),
        }
    }
}

/// Ends a chain that is served.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Shared>);

impl Stopper {
    /// Has it end, in order.
    pub fn stop(&self) {
        self.0.order(Order::Stop);
    }
}

/// A chain and its worker, served.
#[derive(Debug)]
pub struct Serve {
    node: Node,
    orders: Receiver<Order>,
    info: Info,
}

impl Serve {
    /// Makes the chain, or opens one of before, and serves it.
    ///
    /// # Errors
    /// See [`ServeError`]; what was there is as before.
    pub fn start(config: &ServeConfig) -> Result<Self, ServeError> {
        let (mut disk, found) = Disk::open(config.place.clone())?;
        let registry = EngineRegistry::new(&config.engines);
        let installed = InstalledEngine::find_all(&registry)?;
        let resumed = found.is_some();
        let (chain, ahead_ms) = match found {
            Some(found) => {
                if let Some(asked) = config.engine.filter(|it| it.to_string() != found.engine) {
                    return Err(ServeError::OtherEngine {
                        path: disk.shown().unwrap_or(Path::new("")).to_owned(),
                        expected: found.engine.parse().unwrap_or(asked),
                        found: asked,
                    });
                }
                (found.chain, found.ahead_ms)
            }
            None => {
                let engine = first_engine(&registry, &installed, config.engine)?;
                let parts = GenesisParts {
                    engines: &installed,
                    engine,
                    endowed: &[faucet()?],
                };
                let chain = Chain::start(genesis(&parts).map_err(ServeError::Chain)?);
                disk.begin(&chain, &engine.to_string())?;
                (chain, 0)
            }
        };
        let last_ms = chain.query(Timestamp::get).map_err(ServeError::Chain)?;
        let (sender, orders) = mpsc::channel();
        let shared = Shared::new(chain, Clock::ahead(ahead_ms), sender);
        let mut node = node(shared, disk, registry, installed, last_ms, resumed)?;
        match resumed {
            true => node.go_on()?,
            false => node.set_up()?,
        }
        // What was made so far is final at once.
        node.worker = node.worker.with_shadow(config.shadow);
        node.pace.mining = config.mining;
        node.pace.finality_delay = config.finality_delay;
        node.pace.confirmation_delay = config.confirmation_delay;
        node.source.confirmation_delay = config.confirmation_delay;
        let addresses = node.serve(
            Addresses {
                chain: config.chain,
                rpc: config.rpc,
            },
            None,
        )?;
        let info = info(&node, addresses, resumed)?;
        Ok(Self { node, orders, info })
    }

    /// What whoever uses it has to know.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// What ends [`run`](Self::run), from any thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.node.shared.clone())
    }

    /// From now on SIGTERM and SIGINT end [`run`](Self::run). A second one ends the program at once.
    ///
    /// # Errors
    /// The system gives no signals, or no thread.
    pub fn stop_on_signals(&self) -> Result<(), ServeError> {
        let failed = |error| ServeError::Io {
            doing: "catch signals of",
            path: PathBuf::from("this program"),
            error,
        };
        let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(failed)?;
        let stopper = self.stopper();
        let caught = move || {
            let mut stopped = false;
            for _ in signals.forever() {
                if stopped {
                    process::exit(INTERRUPTED);
                }
                stopped = true;
                stopper.stop();
            }
        };
        let thread = thread::Builder::new().name("signals".into()).spawn(caught);
        thread.map(|_| ()).map_err(failed)
    }

    /// Serves until it is told to end, and keeps everything.
    ///
    /// # Errors
    /// What can't be gone on after; or the state can't be written.
    pub fn run(mut self) -> Result<(), ServeError> {
        let ended = self.node.run(&self.orders);
        let Node {
            servers,
            worker,
            mut disk,
            queries,
            ..
        } = self.node;
        // Nobody reads any more what is closed.
        drop(servers);
        drop(queries);
        let closed = worker.store().close().map_err(ServeError::from);
        drop(worker);
        let kept = disk.close();
        ended.and(closed).and(kept)
    }
}

/// The engine that a new cluster starts on.
fn first_engine(
    registry: &EngineRegistry,
    installed: &[InstalledEngine],
    asked: Option<EngineVersion>,
) -> Result<EngineVersion, ServeError> {
    let versions = || installed.iter().map(|engine| engine.version);
    if let Some(asked) = asked {
        if !versions().any(|it| it == asked) {
            return Err(InstalledError::no_such_version(registry, asked, versions()).into());
        }
        return Ok(asked);
    }
    let released = pink_worker_core::releases::parse(RELEASES).unwrap_or_default();
    let is_released = |version: &EngineVersion| {
        let text = version.to_string();
        released.iter().any(|release| release.version == text)
    };
    let newest = versions().filter(is_released).max().or(versions().max());
    newest.ok_or_else(|| {
        let directory = registry.directory().into();
        InstalledError::None { directory }.into()
    })
}

fn node(
    shared: Arc<Shared>,
    disk: Disk,
    registry: EngineRegistry,
    installed: Vec<InstalledEngine>,
    last_ms: u64,
    resumed: bool,
) -> Result<Node, ServeError> {
    let path = disk.worker_path();
    let options = StoreOptions {
        undo_window: u32::try_from(crate::KEPT_BLOCKS).unwrap_or(u32::MAX),
        ..StoreOptions::default()
    };
    let store = match Store::open(&path, options) {
        Err(StoreError::Missing { .. }) if !resumed => Store::create(&path, options),
        store => store,
    }?;
    if ClusterKey::of_base_path(&path)?.is_none() {
        ClusterKey::development().keep(&path)?;
    }
    let config = WorkerConfig::of_base_path(disk.base_path())?;
    let key = WorkerKey::of_base_path(&path)?;
    let worker = Worker::new(store, registry)
        .with_cluster(SERVED)
        .with_cluster_key(ClusterKey::of_base_path(&path)?)
        .with_logs(LogStream::new(config.log.clone()))
        .with_services(Arc::new(WorkerServices::new(config.services(), &key)))?;
    let queries = Queries::new(worker.handle().clone(), config.query);
    let keys = KeyExchange::of_base_path(SERVED, &path)?;
    let finalized = shared.chain().finalized();
    Ok(Node {
        source: LocalSource::new(shared.clone(), faucet()?),
        shared,
        disk,
        worker,
        queries,
        worker_path: path,
        follower: Follower::new(SERVED).with_keys(keys),
        standing: StatusBoard::new(),
        pace: Pace::default(),
        parked: None,
        engines: Engines {
            installed,
            pair: pair(crate::node::WORKER)?,
            owner: pair(crate::node::OWNER)?,
        },
        touched: finalized,
        last_ms,
        snapshots: BTreeMap::new(),
        next_snapshot: 1,
        troubles: Default::default(),
        servers: None,
        due: None::<Instant>,
    })
}
