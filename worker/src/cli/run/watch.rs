//! What is measured of a worker that follows a chain, beside what the worker tells by itself.

use super::{
    reload::{Hangups, Reloaded, Reloader},
    systemd::Supervisor,
};
use fat_contracts_primitives::{BlockNumber, ClusterId};
use pink_daemon::Event;
use pink_engine_host::ExecutionMode;
use pink_worker_core::{
    store::{Pruning, FILE_NAME},
    WorkerHandle,
};
use pink_worker_metrics::{
    table::{
        Metric, BALANCE, BEHIND, CLUSTER_INFO, DISK_FREE, DIVERGED, ENGINE_INFO, ENGINE_MEMORY,
        ENGINE_MODE, ENGINE_PEAK, HEIGHT, PROGRESS, PRUNED, RESIDENT, SNAPSHOT, STORE_BYTES,
        STORE_ROWS, UPGRADE_PENDING, UPGRADE_PRESENT,
    },
    Metrics,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Measures a loop.
#[derive(Debug)]
pub(super) struct Watch {
    metrics: Metrics,
    supervisor: Supervisor,
    reloaded: Option<Reloaded>,
    cluster: ClusterId,
    /// Whether it was shown which chain it is.
    shown: bool,
    seen: (BlockNumber, Option<BlockNumber>),
    confirmed: Option<BlockNumber>,
    unlike: Option<BlockNumber>,
}

impl Watch {
    /// Of a cluster's loop.
    pub(super) fn new(metrics: Metrics, cluster: ClusterId) -> Self {
        Self {
            metrics,
            supervisor: Supervisor::of_process(),
            reloaded: None,
            cluster,
            shown: false,
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
        self.reloaded.as_ref().is_some_and(Reloaded::take)
    }

    /// What is to stay of the history, if that was read again.
    pub(super) fn pruning(&self) -> Option<Pruning> {
        self.reloaded.as_ref().and_then(Reloaded::pruning)
    }

    /// Something happened in the loop.
    pub(super) fn tell(&mut self, event: &Event<'_>) {
        match *event {
            Event::Heights {
                newest,
                executed,
                genesis,
            } => {
                self.heights(newest, executed);
                if let (false, Some(genesis)) = (self.shown, genesis) {
                    self.shown = true;
                    let (cluster, genesis) = (self.cluster.to_string(), format!("{genesis:?}"));
                    self.metrics.set(&CLUSTER_INFO, &[&cluster, &genesis], 1.0);
                }
            }
            Event::Upgrade(pending) => {
                let present = pending.is_some_and(|pending| pending.problem.is_none());
                self.flag(&UPGRADE_PENDING, pending.is_some());
                self.flag(&UPGRADE_PRESENT, present);
            }
            Event::Balance(balance) => {
                self.metrics
                    .set_number(&BALANCE, &[], balance.unwrap_or_default());
            }
            Event::Confirmed { block, same } => self.confirmed(block, same),
            Event::Unanswered { what, error } => {
                tracing::debug!(%error, "the chain doesn't say {what}");
            }
            Event::Pruned(gone) => {
                self.metrics.add(&PRUNED, &["blocks"], gone.blocks);
                self.metrics.add(&PRUNED, &["receipts"], gone.receipts);
            }
            _ => {}
        }
    }

    fn heights(&mut self, newest: BlockNumber, head: Option<BlockNumber>) {
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
    }

    /// What the chain confirmed last, and whether it is what the worker has.
    fn confirmed(&mut self, block: BlockNumber, same: Option<bool>) {
        if self.confirmed != Some(block) {
            self.confirmed = Some(block);
            self.metrics
                .set_number(&HEIGHT, &["confirmed"], block.into());
            self.metrics.set_now(&PROGRESS, &["confirmed"]);
        }
        let Some(same) = same else {
            return;
        };
        if !same && self.unlike != Some(block) {
            self.unlike = Some(block);
            tracing::error!(
                block,
                "what this worker has isn't what the chain confirmed\n  hint: `pink-worker compare` with another worker \
                 finds where they part"
            );
        }
        self.flag(&DIVERGED, !same);
    }

    fn flag(&self, metric: &'static Metric, is: bool) {
        self.metrics.set(metric, &[], if is { 1.0 } else { 0.0 });
    }
}

/// What is looked up whenever somebody asks for the metrics.
pub(super) fn look_up(metrics: &Metrics, handle: WorkerHandle, base: &Path) {
    let (handle, base): (_, Arc<PathBuf>) = (Arc::new(handle), Arc::new(base.into()));
    metrics.at_each_look(move |metrics| {
        for (version, memory) in handle.registry().loaded() {
            let mode = handle.modes().in_effect(version);
            let version = version.to_string();
            metrics.set(&ENGINE_INFO, &[&version], 1.0);
            metrics.set_number(&ENGINE_MEMORY, &[&version], memory.current.into());
            metrics.set_number(&ENGINE_PEAK, &[&version], memory.peak.into());
            if let Some(mode) = mode {
                let native = mode == ExecutionMode::Native;
                for (name, is) in [("native", native), ("interpreted", !native)] {
                    metrics.set(&ENGINE_MODE, &[&version, name], if is { 1.0 } else { 0.0 });
                }
            }
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
