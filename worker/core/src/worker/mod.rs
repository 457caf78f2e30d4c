//! The worker: what it is made of, and what it does with blocks, each in a file of its own.
//!
//! * `import`: blocks come in, by a `plan` of what has to be executed; `try_out`: as they would, and nothing is
//!   kept;
//! * `records`: what is kept of each block; `proof`: shows receipts to others;
//! * `pending`: a version that is announced; `shadow`: what it makes of every block.

mod import;
mod pending;
mod plan;
mod proof;
mod records;
mod shadow;
mod try_out;

pub use import::{ExecutedBlock, Imported};
pub use pending::PendingEngine;
pub use proof::ReceiptProof;
pub use shadow::ShadowSummary;

use crate::{
    error::WorkerError,
    handle::WorkerHandle,
    logs::LogStream,
    observe::Observer,
    offchain::WorkerServices,
    post_commit,
    store::{Pruned, Pruning, Store},
    view::View,
    ClusterKey,
};
use fat_contracts_primitives::{BlockNumber, ClusterId};
use pink_engine_host::EngineRegistry;
use shadow::ShadowMode;
use std::sync::Arc;

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

    /// In shadow mode or not. In it, every block is run under the engine of a pending upgrade as
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
    pub fn with_services(mut self, services: Arc<WorkerServices>) -> Result<Self, WorkerError> {
        for (contract, weight) in post_commit::stored_weights(&self.store)? {
            services.set_weight(contract, weight);
        }
        self.handle.services = Some(services);
        Ok(self)
    }

    /// Tells somebody what it does from now on, and what the queries do of handles that are taken from
    /// now on. With the services that it has by now.
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

    /// Takes back every block after `to`, as if they had never been: for a development chain that went back itself. What
    /// contracts said meanwhile is said.
    ///
    /// # Errors
    /// The store failed, or doesn't keep the state of that block any more; then nothing is changed.
    pub fn forget_after(&mut self, to: BlockNumber) -> Result<(), WorkerError> {
        let rewound = self.rewound()?.into_iter().map(|input| input.number);
        let rows: Vec<_> = rewound
            .map(|number| import::rewound(number, None))
            .collect();
        if self.head()?.is_some_and(|(head, _, _)| head > to) {
            self.store.revert(to, &rows)?;
            self.shadow_mode = self.shadow_mode.take().map(|_| ShadowMode::default());
        }
        Ok(())
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where engines come from.
    pub fn registry(&self) -> &EngineRegistry {
        &self.handle.registry
    }
}
