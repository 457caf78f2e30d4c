//! A worker that serves its newest snapshot of what the chain confirmed.

use super::super::failure::Failure;
use fat_contracts_primitives::{BlockNumber, Hash};
use pink_daemon::Chain;
use pink_rpc_source::stored::Confirmation;
use pink_snapshot::{
    serve::{Offer, ServeConfig, Server},
    Prepared, SnapshotError,
};
use pink_worker_core::{source::SourceError, Worker};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        Arc,
    },
    thread::{Builder, JoinHandle},
    time::SystemTime,
};

/// The folder in a base path.
const FOLDER: &str = "snapshots";

/// How many confirmed blocks are between two snapshots, if nobody says: about two hours of blocks of six seconds.
pub(super) const EACH: BlockNumber = 1_200;

/// Publishes snapshots, each written by a thread of its own.
#[derive(Debug)]
pub(super) struct Publishing {
    offer: Arc<Offer>,
    /// It serves for as long as it is there.
    _server: Server,
    folder: PathBuf,
    each: BlockNumber,
    /// The block of the newest one that was begun.
    newest: Option<BlockNumber>,
    under_way: Option<JoinHandle<()>>,
    stopped: Arc<AtomicBool>,
    /// The block of which it was last told that it isn't handed on.
    unlike: Option<BlockNumber>,
}

impl Publishing {
    /// Serves what an earlier run published.
    ///
    /// # Errors
    /// The address can't be had, or the system gives no threads.
    pub(super) fn start(
        listen: SocketAddr,
        each: BlockNumber,
        base: &Path,
        worker: &Worker,
        genesis: Option<Hash>,
    ) -> Result<Self, Failure> {
        let folder = base.join(FOLDER);
        let offer = Arc::new(Offer::new(Some(worker.store().reader().clone()), genesis));
        let newest = match offer.put_newest(&folder) {
            Ok(header) => header.map(|header| header.checkpoint.block),
            Err(error) => {
                tracing::warn!(%error, "the snapshot that is there isn't served");
                None
            }
        };
        let config = ServeConfig {
            listen,
            ..ServeConfig::default()
        };
        let server = Server::start(config, offer.clone()).map_err(|source| {
            let doing = format!("listen at {listen}");
            Failure::Snapshot(SnapshotError::Io { doing, source }.into())
        })?;
        tracing::info!("serves snapshots at http://{}", server.address());
        Ok(Self {
            offer,
            _server: server,
            folder,
            each,
            newest,
            under_way: None,
            stopped: Arc::default(),
            unlike: None,
        })
    }

    /// Begins the next snapshot, if it is time for it and the last one is written.
    ///
    /// # Errors
    /// The chain doesn't say what is confirmed.
    pub(super) fn look(&mut self, worker: &Worker, source: &dyn Chain) -> Result<(), SourceError> {
        if let Some(genesis) = source.genesis() {
            self.offer.know_genesis(genesis);
        }
        if self.under_way.as_ref().is_some_and(|it| !it.is_finished()) {
            return Ok(());
        }
        self.end_of_last();
        let Ok(Some((head, _, record))) = worker.head() else {
            return Ok(());
        };
        if !is_due(self.newest, head, self.each) {
            return Ok(());
        }
        let Some((block, confirmed)) = source.newest_confirmation(record.cluster)? else {
            return Ok(());
        };
        if block > head || !is_due(self.newest, block, self.each) {
            return Ok(());
        }
        // A later block will do as well.
        let Ok(prepared) = Prepared::new(worker, block) else {
            return Ok(());
        };
        if !is_confirmed(&prepared, &confirmed) {
            if self.unlike != Some(block) {
                tracing::error!(
                    block,
                    "what this worker has isn't what the chain confirmed: no snapshot of it is served"
                );
                self.unlike = Some(block);
            }
            return Ok(());
        }
        self.begin(block, prepared);
        Ok(())
    }

    fn begin(&mut self, block: BlockNumber, prepared: Prepared) {
        let (offer, folder) = (self.offer.clone(), self.folder.clone());
        let stopped = self.stopped.clone();
        let write =
            move || match offer.publish_prepared(&prepared, &folder, &|| stopped.load(Relaxed)) {
                Ok(_) => tracing::info!("serves a snapshot of block {block}"),
                Err(SnapshotError::Stopped) => {}
                Err(error) => tracing::error!("{error}\n  hint: {}", error.hint()),
            };
        match Builder::new().name("snapshot".into()).spawn(move || {
            // It reads the whole state, and delays no block.
            pink_engine_host::give_way(pink_engine_host::BACKGROUND_NICENESS);
            write();
        }) {
            Ok(thread) => {
                self.under_way = Some(thread);
                // One that fails isn't tried again before the next is due.
                self.newest = Some(block);
            }
            Err(error) => tracing::warn!(%error, "no thread writes a snapshot"),
        }
    }

    /// It has said itself what became of it.
    fn end_of_last(&mut self) {
        if self.under_way.take().is_some_and(|it| it.join().is_err()) {
            tracing::error!("the thread that writes a snapshot failed");
        }
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        self.stopped.store(true, Relaxed);
        self.end_of_last();
    }
}

/// When the newest file of a base path was written; none if there is none.
pub(super) fn newest_file(base: &Path) -> Option<SystemTime> {
    let files = std::fs::read_dir(base.join(FOLDER)).ok()?;
    let written = files.filter_map(|file| file.ok()?.metadata().ok()?.modified().ok());
    written.max()
}

/// Whether a snapshot of a block comes `each` blocks behind the last one.
fn is_due(newest: Option<BlockNumber>, block: BlockNumber, each: BlockNumber) -> bool {
    newest.is_none_or(|newest| block > newest && block.saturating_sub(newest) >= each)
}

/// Whether it is what newcomers compare it with. Nobody can begin with a place alone.
fn is_confirmed(prepared: &Prepared, confirmed: &Confirmation) -> bool {
    match confirmed {
        Confirmation::Tuple(hash) => *hash == prepared.tuple_hash(),
        Confirmation::Root { root, .. } => *root == Some(prepared.checkpoint().root),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_due_so_many_blocks_behind_the_last() {
        assert!(is_due(None, 1, 1_200));
        assert!(!is_due(Some(10), 1_209, 1_200));
        assert!(is_due(Some(10), 1_210, 1_200));
        // Never the same again, nor an older one.
        assert!(!is_due(Some(10), 10, 0));
        assert!(!is_due(Some(10), 9, 0));
        assert!(is_due(Some(10), 11, 1));
    }
}
