//! The options of `run` that are about the program and not about its chain.

use super::{
    super::logging::{LogError, LogFormat},
    memory::{self, Divided, MemoryError},
};
use clap::Args;
use pink_worker_core::{io_hint::io_hint, store::Pruning, WorkerConfig};
use pink_worker_metrics::PORT;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

const LOGS: &str = "Logs";
const METRICS: &str = "Metrics";
const KEPT: &str = "What is kept";

/// How the program is run. What queries may use and reach stands in `worker.toml` in the base path.
#[derive(Clone, Debug, Args)]
pub struct OperatingArgs {
    /// A file with options, in TOML: `prometheus-port = 9615`, `chain = ["ws://127.0.0.1:9944"]`.
    ///
    /// Its keys are these options without the hyphens in front. What stands on the command line counts more than a
    /// variable PINK_WORKER_NAME (PINK_WORKER_PROMETHEUS_PORT), that more than the file, that more than the default.
    /// `pink-worker config show` says which one counted. SIGHUP reads it again: logs and limits of requests change at
    /// once, all else with the next start.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log, over what RUST_LOG says [default: warn]: info, pink_worker=debug,…; may be given several times.
    ///
    /// Levels are error, warn, info, debug, trace, off. A later directive counts more than an earlier one.
    #[arg(short = 'l', long, value_name = "TARGET=LEVEL", help_heading = LOGS)]
    pub log: Vec<String>,
    /// Log lines for people, or one JSON object a line.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = LOGS)]
    pub log_format: LogFormat,
    /// The port of the metrics, http://127.0.0.1:PORT/metrics [default: 9615, or none if that is in use].
    #[arg(long, value_name = "PORT", conflicts_with = "no_prometheus", help_heading = METRICS)]
    pub prometheus_port: Option<u16>,
    /// Show the metrics at every address of this machine. They name no secret, but say what the worker does.
    #[arg(long, conflicts_with = "no_prometheus", help_heading = METRICS)]
    pub prometheus_external: bool,
    /// Show no metrics.
    #[arg(long, help_heading = METRICS)]
    pub no_prometheus: bool,
    /// Keep the last N blocks, and forget older ones that the chain confirmed [default: all].
    ///
    /// What is forgotten can't be replayed, proven or shown any more; the state isn't touched. The blocks whose
    /// states are kept (256) stay in any case. With the next start it can be another number; what is gone is gone.
    #[arg(long, value_name = "N", help_heading = KEPT)]
    pub keep_blocks: Option<u32>,
    /// Keep the receipts of the last N blocks [default: of all blocks that are kept].
    ///
    /// A replay then compares the receipts' roots, which stay.
    #[arg(long, value_name = "N", help_heading = KEPT)]
    pub keep_receipts: Option<u32>,
    /// How much memory to use for queries and caches at most: 2GiB, 1536MiB [default: what worker.toml says].
    ///
    /// It is divided among the store's cache, the queries that run at a time, contracts' caches and their logs. What the
    /// execution of a block takes is a rule and not divided: leave some room for it.
    #[arg(long, value_name = "SIZE", value_parser = memory::parse, help_heading = KEPT)]
    pub max_memory: Option<u64>,
}

impl OperatingArgs {
    /// Where the metrics are shown, and whether somebody chose that.
    pub(super) fn metrics(&self) -> Option<(SocketAddr, bool)> {
        if self.no_prometheus {
            return None;
        }
        let address = if self.prometheus_external {
            IpAddr::from(Ipv4Addr::UNSPECIFIED)
        } else {
            Ipv4Addr::LOCALHOST.into()
        };
        let port = self.prometheus_port.unwrap_or(PORT);
        let chosen = self.prometheus_port.is_some() || self.prometheus_external;
        Some((SocketAddr::new(address, port), chosen))
    }

    /// What stays of the history.
    pub(super) fn pruning(&self) -> Pruning {
        Pruning {
            keep_blocks: self.keep_blocks,
            keep_receipts: self.keep_receipts,
        }
    }

    /// The configuration, within the memory that the operator gives.
    pub(in super::super) fn memory(&self, config: WorkerConfig) -> Result<Divided, OperatingError> {
        Ok(memory::divide(self.max_memory, config)?)
    }
}

/// Why the program can't be run so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperatingError {
    /// The metrics' address.
    #[error("can't show metrics at {address}: {error}")]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The memory.
    #[error(transparent)]
    Memory(#[from] MemoryError),
}

impl OperatingError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Metrics { error, .. } => format!(
                "{} with --prometheus-port, or --no-prometheus",
                io_hint(error)
            ),
            Self::Log(error) => error.hint().into(),
            Self::Memory(error) => error.hint().into(),
        }
    }
}
