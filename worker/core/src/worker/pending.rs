//! A version that is announced for the cluster, before it runs: whether this worker has its engine.

use super::Worker;
use crate::error::WorkerError;
use fat_contracts_primitives::{ClusterBlock, EngineRecord, EngineVersion};
use pink_engine_host::EngineError;

/// A version that the cluster is about to be upgraded to.
#[derive(Debug)]
pub struct PendingEngine {
    /// The version.
    pub version: EngineVersion,
    /// Why this worker couldn't execute it now; `None` if it could.
    pub problem: Option<EngineError>,
}

/// The version that a block says the cluster is about to be upgraded to from `current`, with its record.
pub(super) fn pending_in(
    input: &ClusterBlock,
    current: Option<EngineVersion>,
) -> Option<(EngineVersion, &EngineRecord)> {
    let current = current?;
    let newer = input.engines.iter().filter(|(it, _)| *it > current);
    let newest = newer.max_by_key(|(version, _)| *version);
    newest.map(|(version, record)| (*version, record))
}

impl Worker {
    /// Whether this worker could execute a version whose record this is, as that of an upgrade to come. It is loaded now
    /// if it can be, so that a file that goes away later is no problem any more.
    pub fn look_for(&self, version: EngineVersion, record: &EngineRecord) -> PendingEngine {
        PendingEngine {
            version,
            problem: self.registry().get(version, record).err(),
        }
    }

    /// The version that the cluster is about to be upgraded to, as of the last block: none, if nothing
    /// happened to the cluster in that. It is [looked for](Self::look_for).
    ///
    /// # Errors
    /// The store failed.
    pub fn pending_engine(&self) -> Result<Option<PendingEngine>, WorkerError> {
        let Some((head, _, record)) = self.head()? else {
            return Ok(None);
        };
        let Some(input) = self.input(head)? else {
            return Ok(None);
        };
        let pending = pending_in(&input, record.engine);
        Ok(pending.map(|(version, record)| self.look_for(version, record)))
    }

    /// Says so, if the engine of a pending upgrade can't be had: from the first block on that knows
    /// of the upgrade.
    pub(crate) fn warn_of_pending(&self) -> Result<(), WorkerError> {
        if let Some(PendingEngine {
            version,
            problem: Some(problem),
        }) = self.pending_engine()?
        {
            let hint = problem.hint();
            tracing::warn!(%version, %problem, hint, "the cluster will park at its next move");
        }
        Ok(())
    }
}
