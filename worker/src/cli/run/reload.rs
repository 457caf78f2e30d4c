//! SIGHUP: the configuration is read again, and the engines.

use super::{
    super::{args::Cli, args::Command, config, failure::Failure, logging},
    systemd, RunArgs,
};
use clap::Parser;
use pink_worker_core::{offchain::WorkerServices, WorkerConfig};
use pink_worker_metrics::{table::RELOADS, Metrics};
use signal_hook::{consts::SIGHUP, iterator::Signals};
use std::{
    env, io,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread,
};

/// Is told of what was read again, with the options and the configuration.
type Hook = Box<dyn Fn(&RunArgs, &WorkerConfig) + Send>;

/// SIGHUPs that come from now on. Until somebody reads them they wait, so that one that comes early doesn't end the
/// program.
#[derive(Debug)]
pub(super) struct Hangups(Signals);

impl Hangups {
    /// From now on.
    ///
    /// # Errors
    /// The system gives no signals.
    pub(super) fn catch() -> io::Result<Self> {
        Signals::new([SIGHUP]).map(Self)
    }
}

/// Reads the configuration again, when somebody wants it.
pub(super) struct Reloader {
    base: PathBuf,
    metrics: Metrics,
    hooks: Vec<Hook>,
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reloader").finish_non_exhaustive()
    }
}

/// That it happened, for the loop.
#[derive(Clone, Debug, Default)]
pub(super) struct Reloaded(Arc<AtomicBool>);

impl Reloaded {
    /// Whether it happened since this was last asked.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::AcqRel)
    }
}

impl Reloader {
    /// Of a base path.
    pub(super) fn new(base: PathBuf, metrics: Metrics) -> Self {
        Self {
            base,
            metrics,
            hooks: Vec::new(),
        }
    }

    /// With limits of requests.
    pub(super) fn with_services(self, services: Arc<WorkerServices>) -> Self {
        self.with(move |_, config| services.reconfigure(config.http.clone()))
    }

    /// With somebody else who wants to know.
    pub(super) fn with(mut self, hook: impl Fn(&RunArgs, &WorkerConfig) + Send + 'static) -> Self {
        self.hooks.push(Box::new(hook));
        self
    }

    /// Reads it at each SIGHUP, on a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn on(self, hangups: Hangups) -> io::Result<Reloaded> {
        let reloaded = Reloaded::default();
        let mut signals = hangups.0;
        let told = reloaded.clone();
        thread::Builder::new()
            .name("reload".into())
            .spawn(move || {
                for _ in signals.forever() {
                    systemd::reloading();
                    let result = match self.reload() {
                        Ok(()) => "ok",
                        Err(error) => {
                            let hint = error.hint(&Default::default()).unwrap_or_default();
                            tracing::error!("{error}; what was configured stays\n  hint: {hint}");
                            "failed"
                        }
                    };
                    self.metrics.add(&RELOADS, &[result], 1);
                    told.0.store(true, Ordering::Release);
                    systemd::reloaded();
                }
            })?;
        Ok(reloaded)
    }

    /// Everything is read before anything is changed.
    fn reload(&self) -> Result<(), Failure> {
        let (words, warnings) = config::completed(env::args_os().collect())?;
        let cli = Cli::try_parse_from(&words);
        let cli = cli.map_err(|error| Failure::Arguments(Box::new(error)))?;
        let Command::Run(args) = cli.command else {
            return Ok(());
        };
        let config = args
            .operating
            .memory(WorkerConfig::of_base_path(&self.base)?)?
            .config;
        logging::configure(&args.operating.log, Some(args.operating.log_format))?;
        for hook in &self.hooks {
            hook(&args, &config);
        }
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        tracing::warn!("the configuration was read again");
        Ok(())
    }
}
