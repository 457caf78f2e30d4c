//! What a base path says of the chain that its worker follows.

use super::{super::failure::Failure, memory::Divided, operating::OperatingArgs};
use fat_contracts_primitives::{ClusterId, Hash};
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_host::EngineRegistry;
use pink_rpc_source::{Described, Trusted};
use pink_worker_core::{
    logs::LogStream,
    offchain::WorkerServices,
    store::{ExtraRow, Reader, Store, StoreError},
    ClusterKey, Worker, WorkerConfig, WorkerError, WorkerKey,
};
use std::{path::Path, sync::Arc};

/// The table of it.
const TABLE: &str = "chain";
/// Its rows, by the first of which `pink-devchain` knows such a base path: how they are kept, the genesis block's hash, the cluster, a final block;
/// where they are there, that somebody vouched for that chain, the block that was named last, and what was said of the runtime.
const FORMAT_KEY: &[u8] = b"format";
const GENESIS_KEY: &[u8] = b"genesis";
const CLUSTER_KEY: &[u8] = b"cluster";
const KNOWN_KEY: &[u8] = b"final";
const VOUCHED_KEY: &[u8] = b"vouched";
const NAMED_KEY: &[u8] = b"named";
const DESCRIBED_KEY: &[u8] = b"described";

/// How the rows are kept. Any change of them is another format.
const FORMAT: u32 = 1;

/// The table that makes a base path a development node's; see `pink-devchain`.
const DEVELOPMENT: (&str, &[u8]) = ("dev/about", b"format");

/// The cluster of a base path, if nobody names one.
const FIRST_CLUSTER: ClusterId = 1;

/// A base path whose worker follows a chain.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) worker: Worker,
    pub(super) cluster: ClusterId,
    /// The genesis block's hash, if the worker has been with a chain.
    pub(super) genesis: Option<Hash>,
    /// A final block of it.
    pub(super) known: Option<Trusted>,
    /// Somebody vouched for the chain.
    pub(super) vouched: bool,
    /// The block behind which `known` is, if somebody named it.
    pub(super) named: Option<Hash>,
    /// What was said of its runtime.
    pub(super) described: Option<Described>,
}

impl Base {
    /// Opens a base path, or makes one.
    ///
    /// # Errors
    /// It is another cluster's, a development node's, in use, or damaged.
    pub(super) fn open(
        path: &Path,
        registry: EngineRegistry,
        cluster: Option<ClusterId>,
        operating: &OperatingArgs,
    ) -> Result<Self, Failure> {
        let Divided {
            config,
            store: options,
        } = operating.memory(WorkerConfig::of_base_path(path)?)?;
        let store = match Store::open(path, options) {
            Err(StoreError::Missing { .. }) => Store::create(path, options),
            store => store,
        }?;
        let (table, key) = DEVELOPMENT;
        if store.extra(table, key)?.is_some() {
            return Err(Failure::DevelopmentPath(path.into()));
        }
        if let Some(found) = row::<u32>(&store, FORMAT_KEY)? {
            if found != FORMAT {
                return Err(Failure::ChainFormat {
                    path: path.into(),
                    found,
                    expected: FORMAT,
                });
            }
        }
        let recorded = row::<ClusterId>(&store, CLUSTER_KEY)?;
        if let (Some(expected), Some(found)) = (recorded, cluster) {
            if expected != found {
                return Err(Failure::OtherCluster {
                    path: path.into(),
                    expected,
                    found,
                });
            }
        }
        let cluster = recorded.or(cluster).unwrap_or(FIRST_CLUSTER);
        let genesis = row(&store, GENESIS_KEY)?;
        let known = row(&store, KNOWN_KEY)?;
        let vouched = row::<()>(&store, VOUCHED_KEY)?.is_some();
        let named = row(&store, NAMED_KEY)?;
        let described = row(&store, DESCRIBED_KEY)?;
        let keys = (
            ClusterKey::of_base_path(path)?,
            WorkerKey::of_base_path(path)?,
        );
        let worker = Worker::new(store, registry)
            .with_cluster(cluster)
            .with_cluster_key(keys.0)
            .with_logs(LogStream::new(config.log.clone()))
            .with_services(Arc::new(WorkerServices::new(config.services(), &keys.1)))?;
        Ok(Self {
            worker,
            cluster,
            genesis,
            known,
            vouched,
            named,
            described,
        })
    }
}

/// The genesis block of the chain that a base path's worker followed, if it followed one.
pub(in super::super) fn genesis(store: &Reader) -> Result<Option<Hash>, Failure> {
    row(store, GENESIS_KEY)
}

fn row<T: DecodeAll>(store: &Reader, key: &[u8]) -> Result<Option<T>, Failure> {
    let Some(bytes) = store.extra(TABLE, key)? else {
        return Ok(None);
    };
    let value = T::decode_all(&mut &bytes[..]);
    let value = value.map_err(|error| WorkerError::Broken {
        block: 0,
        what: "record of its chain",
        reason: error.to_string(),
    });
    Ok(Some(value?))
}

fn kept(key: &[u8], value: &impl Encode) -> ExtraRow {
    ExtraRow {
        table: TABLE.into(),
        key: key.to_vec(),
        value: Some(value.encode()),
    }
}

/// The rows that bind a base path to a chain and a cluster.
pub(super) fn bound(genesis: Hash, cluster: ClusterId) -> Vec<ExtraRow> {
    vec![
        kept(FORMAT_KEY, &FORMAT),
        kept(GENESIS_KEY, &genesis),
        kept(CLUSTER_KEY, &cluster),
    ]
}

/// The row that says that somebody vouched for the chain.
pub(super) fn vouched() -> ExtraRow {
    kept(VOUCHED_KEY, &())
}

/// The row of the block that somebody named, to be kept with a final block behind it.
pub(super) fn named(block: Hash) -> ExtraRow {
    kept(NAMED_KEY, &block)
}

/// The row of what was said of the chain's runtime.
pub(super) fn described(it: &Described) -> ExtraRow {
    kept(DESCRIBED_KEY, it)
}

/// The row of a final block, from which a later run goes on.
pub(super) fn final_block(known: &Trusted) -> ExtraRow {
    kept(KNOWN_KEY, known)
}
