//! What the loop asks of a chain, beside what executing its blocks takes.

use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterId, EngineRecord, EngineVersion, Hash,
};
use pink_rpc_source::{
    stored::{Confirmation, WorkerRecord},
    ChainView, Described, RpcSource, Trusted,
};
use pink_worker_core::source::{ChainSource, SourceError};

/// A chain that somebody follows for long, and to which others speak. What it knows by itself it gives without asking anybody.
#[allow(clippy::missing_errors_doc)] // the error type says it
pub trait Chain: ChainSource {
    /// The hash of the genesis block, once somebody was asked.
    fn genesis(&self) -> Option<Hash>;

    /// The newest final block that is known, with which a later run can begin.
    fn known(&self) -> Option<Trusted>;

    /// What was said of the runtime, with which a later run can begin.
    fn described(&self) -> Option<Described>;

    /// What the chain has of a worker; `None` if it isn't admitted.
    fn worker_record(&self, worker: &AccountId) -> Result<Option<WorkerRecord>, SourceError>;

    /// What the chain has of an engine version; `None` if it isn't recorded.
    fn engine_record(&self, version: EngineVersion) -> Result<Option<EngineRecord>, SourceError>;

    /// The newest engine version that the chain's record of a cluster names, as last read: the one that an upgrade under way
    /// leads to, or the one that was confirmed last; `None` if there is no such cluster.
    fn newest_version(&self, cluster: ClusterId) -> Result<Option<EngineVersion>, SourceError>;

    /// What whoever speaks to the chain is to know of it.
    fn seen(&self) -> Result<ChainView, SourceError>;

    /// The chain refused an acknowledgement: what was said of its runtime is asked for anew.
    fn doubt_runtime(&self);

    /// Whether the chain has a cluster.
    fn has_cluster(&self, cluster: ClusterId) -> Result<bool, SourceError>;

    /// What the account that signs can spend, in the chain's smallest unit; `None` if that isn't known there.
    fn fee_balance(&self) -> Result<Option<u128>, SourceError>;

    /// The same as it was known last; `None`, too, if it never was.
    fn known_fee_balance(&self) -> Option<u128>;

    /// The newest confirmed checkpoint of a cluster: its block, and what the chain has of it.
    fn newest_confirmation(
        &self,
        cluster: ClusterId,
    ) -> Result<Option<(BlockNumber, Confirmation)>, SourceError>;
}

impl Chain for RpcSource {
    fn genesis(&self) -> Option<Hash> {
        self.genesis()
    }

    fn known(&self) -> Option<Trusted> {
        self.known()
    }

    fn described(&self) -> Option<Described> {
        self.described()
    }

    fn worker_record(&self, worker: &AccountId) -> Result<Option<WorkerRecord>, SourceError> {
        self.worker_record(worker)
    }

    fn engine_record(&self, version: EngineVersion) -> Result<Option<EngineRecord>, SourceError> {
        self.engine_record(version)
    }

    fn newest_version(&self, cluster: ClusterId) -> Result<Option<EngineVersion>, SourceError> {
        self.newest_version(cluster)
    }

    fn seen(&self) -> Result<ChainView, SourceError> {
        self.seen()
    }

    fn doubt_runtime(&self) {
        self.doubt_runtime();
    }

    fn has_cluster(&self, cluster: ClusterId) -> Result<bool, SourceError> {
        self.has_cluster(cluster)
    }

    fn fee_balance(&self) -> Result<Option<u128>, SourceError> {
        self.fee_balance()
    }

    fn known_fee_balance(&self) -> Option<u128> {
        self.known_fee_balance()
    }

    fn newest_confirmation(
        &self,
        cluster: ClusterId,
    ) -> Result<Option<(BlockNumber, Confirmation)>, SourceError> {
        self.newest_confirmation(cluster)
    }
}
