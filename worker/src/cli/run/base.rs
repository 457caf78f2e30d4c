//! What a base path says of the chain that its worker follows.

use super::{super::failure::Failure, memory::Divided, operating::OperatingArgs};
use fat_contracts_primitives::{ClusterId, Hash};
use parity_scale_codec::{DecodeAll, Encode};
use pink_engine_host::EngineRegistry;
use pink_rpc_source::Trusted;
use pink_worker_core::{
    logs::LogStream,
    outside::Surroundings,
    store::{ExtraRow, Reader, Store, StoreError},
    ClusterKey, Worker, WorkerConfig, WorkerError, WorkerKey,
};
use std::{path::Path, sync::Arc};

/// The table of it.
const TABLE: &str = "chain";
/// Its rows, by the first of which `pink-devchain` knows such a base path: how they are kept, the genesis block's hash, the cluster, a final block.
const FORMAT_KEY: &[u8] = b"format";
const GENESIS_KEY: &[u8] = b"genesis";
const CLUSTER_KEY: &[u8] = b"cluster";
const KNOWN_KEY: &[u8] = b"final";

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
        let keys = (
            ClusterKey::of_base_path(path)?,
            WorkerKey::of_base_path(path)?,
        );
        let worker = Worker::new(store, registry)
            .with_cluster(cluster)
            .with_cluster_key(keys.0)
            .with_logs(LogStream::new(config.log.clone()))
            .with_surroundings(Arc::new(Surroundings::new(config.outside(), &keys.1)))?;
        Ok(Self {
            worker,
            cluster,
            genesis,
            known,
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

/// The row of a final block, from which a later run goes on.
pub(super) fn final_block(known: &Trusted) -> ExtraRow {
    kept(KNOWN_KEY, known)
}
