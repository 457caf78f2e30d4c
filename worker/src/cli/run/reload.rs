//! SIGHUP: the configuration is read again, and the engines.

use super::{
    super::{args::Cli, args::Command, config, config::Setting, failure::Failure, logging},
    systemd, RunArgs,
};
use clap::Parser;
use pink_worker_core::{offchain::WorkerServices, store::Pruning, WorkerConfig};
use pink_worker_metrics::{table::RELOADS, Metrics};
use signal_hook::{consts::SIGHUP, iterator::Signals};
use std::{
    env, io,
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, PoisonError,
    },
    thread,
};

/// What changes at once: `pink-worker run` reads everything else when it starts.
const AT_ONCE: &[&str] = &[
    "keep-blocks",
    "keep-receipts",
    "log",
    "log-format",
    "rpc-rate-limit",
    "rpc-rate-limit-whitelisted-ips",
    "rpc-ready-age",
    "rpc-ready-lag",
];

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
    /// What the program was started with.
    begun: (Vec<Setting>, WorkerConfig),
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reloader").finish_non_exhaustive()
    }
}

/// That it happened, for the loop, and what it is to keep from then on.
#[derive(Clone, Debug, Default)]
pub(super) struct Reloaded(Arc<(AtomicBool, Mutex<Option<Pruning>>)>);

impl Reloaded {
    /// Whether it happened since this was last asked.
    pub(super) fn take(&self) -> bool {
        self.0 .0.swap(false, Ordering::AcqRel)
    }

    /// What is to stay of the history, as it was read last; none if it wasn't read again.
    pub(super) fn pruning(&self) -> Option<Pruning> {
        *self.0 .1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_pruning(&self, pruning: Pruning) {
        *self.0 .1.lock().unwrap_or_else(PoisonError::into_inner) = Some(pruning);
    }
}

impl Reloader {
    /// Of a base path, whose configuration is this.
    pub(super) fn new(base: PathBuf, metrics: Metrics, config: WorkerConfig) -> Self {
        Self {
            base,
            metrics,
            hooks: Vec::new(),
            begun: (config::settings(), config),
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
        let (told, kept) = (reloaded.clone(), reloaded.clone());
        let this = self.with(move |args, _| kept.set_pruning(args.operating.pruning()));
        thread::Builder::new()
            .name("reload".into())
            .spawn(move || {
                for _ in signals.forever() {
                    systemd::reloading();
                    let result = match this.reload() {
                        Ok(()) => "ok",
                        Err(error) => {
                            let hint = error.hint(&Default::default()).unwrap_or_default();
                            tracing::error!("{error}; what was configured stays\n  hint: {hint}");
                            "failed"
                        }
                    };
                    this.metrics.add(&RELOADS, &[result], 1);
                    told.0 .0.store(true, Ordering::Release);
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
        let later = self.later(&config);
        if !later.is_empty() {
            let later = later.join(", ");
            tracing::warn!("what changed of these counts with the next start: {later}");
        }
        tracing::warn!("the configuration was read again");
        Ok(())
    }

    /// What is another than the program was started with, and isn't changed while it runs.
    fn later(&self, config: &WorkerConfig) -> Vec<String> {
        let (settings, begun) = &self.begun;
        let now = config::settings();
        let is_another = |now: &&Setting| {
            let at_once = AT_ONCE.contains(&now.key.as_str());
            let mut settings = settings.iter();
            let before = settings.find(|before| before.key == now.key);
            !at_once && before.map(|before| &before.values) != Some(&now.values)
        };
        let changed = now.iter().filter(is_another).map(|it| it.key.clone());
        let mut later: Vec<String> = changed.collect();
        for (name, differs) in [
            ("[query]", config.query != begun.query),
            ("[cache]", config.cache != begun.cache),
            ("[log]", config.log != begun.log),
        ] {
            // Less memory is another share of each.
            if differs && !later.iter().any(|it| it == "max-memory") {
                later.push(format!("{name} of worker.toml"));
            }
        }
        later
    }
}
