//! The options of `run` that are about the program and not about its chain.

use super::{
    super::logging::{LogError, LogFormat},
    memory::{self, Divided, MemoryError},
};
use clap::Args;
use pink_worker_core::{
    io_hint::io_hint,
    store::{Pruning, StoreOptions},
    WorkerConfig,
};
use pink_worker_metrics::PORT;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

const LOGS: &str = "Logs";
const METRICS: &str = "Metrics";
const KEPT: &str = "What is kept";
const COMPILED: &str = "Compiled contracts";

/// How the program is run. What queries may use and reach stands in `worker.toml` in the base path.
#[derive(Clone, Debug, Args)]
pub struct OperatingArgs {
    /// A file with options, in TOML: `prometheus-port = 9615`, `chain = ["ws://127.0.0.1:9944"]`.
    ///
    /// Its keys are these options without the hyphens in front. What stands on the command line counts more than a
    /// variable PINK_WORKER_NAME (PINK_WORKER_PROMETHEUS_PORT), that more than the file, that more than the default.
    /// `pink-worker config show` says which one counted. SIGHUP reads it again: logs, limits of requests, how often who may
    /// ask, readiness and what is kept change at once, all else with the next start.
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
    /// Export spans to an OpenTelemetry collector, OTLP over HTTP: http://127.0.0.1:4318 [default: to nobody].
    ///
    /// Those that are logged: a block's and a message's have the level info (-l pink_worker_core=info). What a collector doesn't
    /// take in time is lost.
    #[cfg(feature = "otel")]
    #[arg(long, value_name = "URL", value_parser = super::web_url, help_heading = LOGS)]
    pub otlp_endpoint: Option<String>,
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
    /// states are kept (--keep-states) stay in any case. Later it can be another number; what is gone is gone.
    #[arg(long, value_name = "N", help_heading = KEPT)]
    pub keep_blocks: Option<u32>,
    /// Keep the receipts of the last N blocks [default: of all blocks that are kept].
    ///
    /// A replay then compares the receipts' roots, which stay.
    #[arg(long, value_name = "N", help_heading = KEPT)]
    pub keep_receipts: Option<u32>,
    /// Keep the states after the last so many blocks: those can be asked, proven and gone back to.
    ///
    /// Each block in between takes what it changed. A larger number fills as blocks come.
    #[arg(long, value_name = "N", default_value_t = StoreOptions::default().undo_window,
        value_parser = clap::value_parser!(u32).range(i64::from(StoreOptions::default().undo_window)..), help_heading = KEPT)]
    pub keep_states: u32,
    /// How much memory to use for queries and caches at most: 2GiB, 1536MiB [default: what worker.toml says].
    ///
    /// It is divided among the store's cache, the queries that run at a time, contracts' caches, their logs, and what is asked
    /// and answered by RPC. What the execution of a block takes is a rule and not divided: leave some room for it.
    #[arg(long, value_name = "SIZE", value_parser = memory::parse, help_heading = KEPT)]
    pub max_memory: Option<u64>,
    /// Interpret contracts also under engines that can compile them: slower, and with the same results.
    ///
    /// For the day on which something is wrong with an engine's compiler. Governance can have every worker do so
    /// (`set_engine_mode`).
    #[arg(long, help_heading = COMPILED)]
    pub interpret: bool,
    /// How many threads compile contracts, beside the blocks and behind everything else.
    #[arg(long, value_name = "N", default_value_t = pink_prepare::DEFAULT_THREADS as u16,
        value_parser = clap::value_parser!(u16).range(1..=64), help_heading = COMPILED)]
    pub compile_threads: u16,
    /// How many bytes compiled contracts may take in the base path, and as many in memory; 0: none are kept
    /// [default: 256MiB].
    #[arg(long, value_name = "SIZE", value_parser = memory::parse, help_heading = COMPILED)]
    pub artefact_cache_size: Option<u64>,
}

impl OperatingArgs {
    /// Exports spans, if somebody wants them.
    #[cfg(feature = "otel")]
    pub(super) fn export(&self) -> Result<Option<super::super::logging::Exporting>, LogError> {
        let export = |endpoint: &String| super::super::logging::export(endpoint, self.log_format);
        self.otlp_endpoint.as_ref().map(export).transpose()
    }

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
        let mut divided = memory::divide(self.max_memory, config)?;
        divided.store.undo_window = self.keep_states;
        Ok(divided)
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
