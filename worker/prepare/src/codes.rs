//! Where code comes from, and the engine that runs it.

use fat_contracts_primitives::{CodeHash, EngineVersion, Hash};
use pink_engine_host::Engine;
use pink_worker_core::{WorkerError, WorkerHandle};
use std::{fmt::Debug, sync::Arc};

/// Under which keys of the state engines that compile keep code: this, and its hash.
pub const CODE_PREFIX: &[u8] = b"code/";

/// The engine that a cluster runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its version.
    pub version: EngineVersion,
    /// BLAKE2b-256 over its file.
    pub file: Hash,
    /// The engine.
    pub engine: Arc<dyn Engine>,
}

/// The state after the last block, as whoever compiles sees it.
pub trait Codes: Send + Sync + Debug {
    /// The engine that runs it; none before there is a cluster.
    ///
    /// # Errors
    /// The store failed, or the engine can't be had.
    fn running(&self) -> Result<Option<Running>, WorkerError>;

    /// Code by its hash; none if it isn't there.
    ///
    /// # Errors
    /// The store failed.
    fn code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, WorkerError>;

    /// The hashes of all code.
    ///
    /// # Errors
    /// The store failed.
    fn hashes(&self) -> Result<Vec<CodeHash>, WorkerError>;
}

impl Codes for WorkerHandle {
    fn running(&self) -> Result<Option<Running>, WorkerError> {
        match self.view() {
            Ok(view) => Ok(Some(Running {
                version: view.version(),
                file: view.engine_file(),
                engine: view.engine().clone(),
            })),
            Err(WorkerError::Empty | WorkerError::OfSnapshot { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn code(&self, hash: &CodeHash) -> Result<Option<Vec<u8>>, WorkerError> {
        let key = [CODE_PREFIX, hash.as_bytes()].concat();
        let found = self.store().snapshot()?.get(&key)?;
        Ok(found.map(|bytes| bytes.to_vec()))
    }

    fn hashes(&self) -> Result<Vec<CodeHash>, WorkerError> {
        let snapshot = self.store().snapshot()?;
        // The prefix ends in a slash, and what follows a slash is a zero.
        let end = [&CODE_PREFIX[..CODE_PREFIX.len() - 1], b"0"].concat();
        let mut hashes = Vec::new();
        for pair in snapshot.iter(CODE_PREFIX, Some(&end))? {
            let (key, _) = pair?;
            let hash = key.get(CODE_PREFIX.len()..).map(<[u8; 32]>::try_from);
            if let Some(Ok(hash)) = hash {
                hashes.push(CodeHash::from(hash));
            }
        }
        Ok(hashes)
    }
}
