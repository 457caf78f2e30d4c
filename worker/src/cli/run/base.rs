//! What a base path says of the chain that its worker follows.

use super::{super::failure::Failure, memory::Divided, operating::OperatingArgs};
use fat_contracts_primitives::ClusterId;
use pink_daemon::rows::{Recorded, RowsError};
use pink_engine_host::EngineRegistry;
use pink_worker_core::{
    logs::LogStream,
    offchain::WorkerServices,
    store::{Store, StoreError},
    ClusterKey, Worker, WorkerConfig, WorkerKey,
};
use pink_worker_rpc::Clock;
use std::{path::Path, sync::Arc};

/// The table that makes a base path a development node's; see `pink-devchain`.
const DEVELOPMENT: (&str, &[u8]) = ("dev/about", b"format");

/// The cluster of a base path, if nobody names one.
const FIRST_CLUSTER: ClusterId = 1;

/// A base path whose worker follows a chain.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) worker: Worker,
    pub(super) cluster: ClusterId,
    /// What it says of the chain.
    pub(super) recorded: Recorded,
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
            ..
        } = operating.memory(WorkerConfig::of_base_path(path)?)?;
        let store = match Store::open(path, options) {
            Err(StoreError::Missing { .. }) => Store::create(path, options),
            store => store,
        }?;
        let (table, key) = DEVELOPMENT;
        if store.extra(table, key)?.is_some() {
            return Err(Failure::DevelopmentPath(path.into()));
        }
        let recorded = Recorded::read(&store).map_err(|error| match error {
            RowsError::Format { found, expected } => Failure::ChainFormat {
                path: path.into(),
                found,
                expected,
            },
            RowsError::Worker(error) => error.into(),
        })?;
        if let (Some(expected), Some(found)) = (recorded.cluster, cluster) {
            if expected != found {
                return Err(Failure::OtherCluster {
                    path: path.into(),
                    expected,
                    found,
                });
            }
        }
        let cluster = recorded.cluster.or(cluster).unwrap_or(FIRST_CLUSTER);
        let keys = (
            ClusterKey::of_base_path(path)?,
            WorkerKey::of_base_path(path)?,
        );
        let worker = Worker::new(store, registry)
            .with_cluster(cluster)
            .with_cluster_key(keys.0)
            .with_logs(LogStream::begun_at(
                config.log.clone(),
                Clock::default().now_ms(),
            ))
            .with_services(Arc::new(WorkerServices::new(config.services(), &keys.1)))?;
        Ok(Self {
            worker,
            cluster,
            recorded,
        })
    }
}
