//! What is measured of a worker that follows a chain, beside what the worker tells by itself; and what is done now
//! and then.

use super::{
    reload::{Hangups, Reloaded, Reloader},
    systemd::Supervisor,
};
use fat_contracts_primitives::{BlockNumber, ClusterId, Hash};
use parity_scale_codec::Encode;
use pink_rpc_source::{stored::Confirmation, RpcSource};
use pink_worker_core::{
    source::SourceError,
    store::{Pruning, FILE_NAME},
    Worker, WorkerError, WorkerHandle,
};
use pink_worker_metrics::{
    table::{
        BALANCE, BEHIND, CLUSTER_INFO, DISK_FREE, DIVERGED, ENGINE_INFO, ENGINE_MEMORY,
        ENGINE_PEAK, HEIGHT, PROGRESS, PRUNED, RESIDENT, SNAPSHOT, STORE_BYTES, STORE_ROWS,
        UPGRADE_PENDING, UPGRADE_PRESENT,
    },
    Metrics,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the chain is asked for what isn't needed to follow it.
const ASK_EACH: Duration = Duration::from_secs(60);

/// How often it is looked whether the engine of an announced move is here, if there are no blocks.
const LOOK_EACH: Duration = Duration::from_secs(10);

/// How many blocks are forgotten in one transaction at most.
const PRUNED_AT_ONCE: u32 = 2_000;

/// Watches a loop.
#[derive(Debug)]
pub(super) struct Watch {
    metrics: Metrics,
    supervisor: Supervisor,
    reloaded: Option<Reloaded>,
    cluster: ClusterId,
    pruning: Pruning,
    speaks: bool,
    genesis: Option<Hash>,
    asked: Option<Instant>,
    looked: Option<(Option<BlockNumber>, Instant)>,
    seen: (BlockNumber, Option<BlockNumber>),
    confirmed: Option<BlockNumber>,
    unlike: Option<BlockNumber>,
}

impl Watch {
    /// Of a cluster's loop.
    pub(super) fn new(
        metrics: Metrics,
        cluster: ClusterId,
        pruning: Pruning,
        speaks: bool,
    ) -> Self {
        Self {
            metrics,
            supervisor: Supervisor::of_process(),
            reloaded: None,
            cluster,
            pruning,
            speaks,
            genesis: None,
            asked: None,
            looked: None,
            seen: (0, None),
            confirmed: None,
            unlike: None,
        }
    }

    /// With a configuration that is read again at SIGHUP.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn with_reloader(
        mut self,
        reloader: Reloader,
        hangups: Hangups,
    ) -> std::io::Result<Self> {
        self.reloaded = Some(reloader.on(hangups)?);
        Ok(self)
    }

    /// The loop goes round.
    pub(super) fn alive(&mut self) {
        self.metrics.set_now(&PROGRESS, &["looked"]);
        self.supervisor.alive();
    }

    /// Whether the configuration and the engines are to be looked at again.
    pub(super) fn reloaded(&mut self) -> bool {
        let reloaded = self.reloaded.as_ref().is_some_and(Reloaded::take);
        if reloaded {
            self.looked = None;
        }
        reloaded
    }

    /// The loop has done a step with success.
    ///
    /// # Errors
    /// The worker's store failed.
    pub(super) fn stepped(
        &mut self,
        worker: &mut Worker,
        source: &RpcSource,
    ) -> Result<(), WorkerError> {
        let head = worker.head()?.map(|(number, _, _)| number);
        self.heights(head, source);
        let due = self
            .looked
            .is_none_or(|(block, at)| block != head || at.elapsed() >= LOOK_EACH);
        if due {
            self.looked = Some((head, Instant::now()));
            self.upgrade(worker)?;
        }
        if self.asked.is_none_or(|last| last.elapsed() >= ASK_EACH) {
            self.asked = Some(Instant::now());
            self.balance(source);
            if let Err(error) = self.confirmed(worker, source)? {
                tracing::debug!(%error, "the chain doesn't say what is confirmed");
            }
        }
        self.prune(worker)
    }

    fn heights(&mut self, head: Option<BlockNumber>, source: &RpcSource) {
        let newest = source.known().map_or(0, |known| known.number);
        let done = head.unwrap_or_default();
        let metrics = &self.metrics;
        metrics.set_number(&HEIGHT, &["finalized"], newest.into());
        metrics.set_number(&HEIGHT, &["executed"], done.into());
        metrics.set_number(&BEHIND, &[], newest.saturating_sub(done).into());
        if (newest, head) != self.seen {
            if newest != self.seen.0 {
                metrics.set_now(&PROGRESS, &["finalized"]);
            }
            self.seen = (newest, head);
            self.supervisor
                .status(&format!("block {done} of {newest} is executed"));
        }
        if let (None, Some(genesis)) = (self.genesis, source.genesis()) {
            self.genesis = Some(genesis);
            let (cluster, genesis) = (self.cluster.to_string(), format!("{genesis:?}"));
            metrics.set(&CLUSTER_INFO, &[&cluster, &genesis], 1.0);
        }
    }

    fn upgrade(&self, worker: &Worker) -> Result<(), WorkerError> {
        let (pending, present) = match worker.pending_engine()? {
            None => (0.0, 0.0),
            Some(pending) if pending.problem.is_some() => (1.0, 0.0),
            Some(_) => (1.0, 1.0),
        };
        self.metrics.set(&UPGRADE_PENDING, &[], pending);
        self.metrics.set(&UPGRADE_PRESENT, &[], present);
        Ok(())
    }

    fn balance(&self, source: &RpcSource) {
        if !self.speaks {
            return;
        }
        match source.fee_balance() {
            Ok(Some(balance)) => self.metrics.set_number(&BALANCE, &[], balance),
            Ok(None) => self.metrics.set(&BALANCE, &[], 0.0),
            Err(error) => tracing::debug!(%error, "the chain doesn't say what the account has"),
        }
    }

    /// What the chain confirmed last, and whether it is what the worker has.
    fn confirmed(
        &mut self,
        worker: &Worker,
        source: &RpcSource,
    ) -> Result<Result<(), SourceError>, WorkerError> {
        let newest = match source.newest_confirmation(self.cluster) {
            Ok(newest) => newest,
            Err(error) => return Ok(Err(error)),
        };
        let Some((block, confirmation)) = newest else {
            return Ok(Ok(()));
        };
        if self.confirmed != Some(block) {
            self.confirmed = Some(block);
            self.metrics
                .set_number(&HEIGHT, &["confirmed"], block.into());
            self.metrics.set_now(&PROGRESS, &["confirmed"]);
        }
        let Some(own) = worker.kept_checkpoint(block)? else {
            return Ok(Ok(()));
        };
        let same = match confirmation {
            Confirmation::Tuple(hash) => {
                hash == Hash::from(sp_crypto_hashing::blake2_256(&own.encode()))
            }
            Confirmation::Root { root, .. } => root.is_none_or(|root| root == own.root),
        };
        if !same && self.unlike != Some(block) {
            self.unlike = Some(block);
            tracing::error!(
                block,
                "what this worker has isn't what the chain confirmed\n  hint: `pink-worker compare` with another worker \
                 finds where they part"
            );
        }
        let diverged = match same {
            true => 0.0,
            false => 1.0,
        };
        self.metrics.set(&DIVERGED, &[], diverged);
        Ok(Ok(()))
    }

    /// Forgets what the operator doesn't keep, some of it at a time.
    fn prune(&self, worker: &mut Worker) -> Result<(), WorkerError> {
        let asked = self.pruning.keep_blocks.or(self.pruning.keep_receipts);
        let (Some(_), Some(confirmed)) = (asked, self.confirmed) else {
            return Ok(());
        };
        let gone = worker.prune(self.pruning, confirmed, PRUNED_AT_ONCE)?;
        self.metrics.add(&PRUNED, &["blocks"], gone.blocks);
        self.metrics.add(&PRUNED, &["receipts"], gone.receipts);
        Ok(())
    }
}

/// What is looked up whenever somebody asks for the metrics.
pub(super) fn look_up(metrics: &Metrics, handle: WorkerHandle, base: &Path) {
    let (handle, base): (_, Arc<PathBuf>) = (Arc::new(handle), Arc::new(base.into()));
    metrics.at_each_look(move |metrics| {
        for (version, memory) in handle.registry().loaded() {
            let version = version.to_string();
            metrics.set(&ENGINE_INFO, &[&version], 1.0);
            metrics.set_number(&ENGINE_MEMORY, &[&version], memory.current.into());
            metrics.set_number(&ENGINE_PEAK, &[&version], memory.peak.into());
        }
        for (table, rows) in handle.store().row_counts().unwrap_or_default() {
            metrics.set_number(&STORE_ROWS, &[table], rows.into());
        }
        if let Ok(file) = fs::metadata(base.join(FILE_NAME)) {
            metrics.set_number(&STORE_BYTES, &[], file.len().into());
        }
        if let Ok(disk) = rustix::fs::statvfs(&*base) {
            let free = u128::from(disk.f_bavail).saturating_mul(disk.f_frsize.into());
            metrics.set_number(&DISK_FREE, &[], free);
        }
        if let Some(resident) = resident() {
            metrics.set_number(&RESIDENT, &[], resident.into());
        }
        if let Some(time) = super::publishing::newest_file(&base) {
            metrics.set_time(&SNAPSHOT, &[], time);
        }
    });
}

/// Memory of this process in use, as the system counts it.
fn resident() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1_024)
}
