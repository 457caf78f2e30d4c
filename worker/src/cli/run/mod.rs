//! `run`: a worker that follows a chain, until it is stopped.

mod base;
mod compiling;
mod counting;
mod endpoints;
mod following;
mod memory;
mod newcomer;
mod operating;
mod publishing;
mod reload;
mod rpc;
mod sender;
mod starts;
mod stop;
mod systemd;
mod watch;

use super::{
    args::COMMON,
    chain::signer,
    closing::close,
    engines_dir,
    failure::Failure,
    logging,
    report::{hex0x, Report},
    values::{parse_hash, parse_who},
};
pub use operating::{OperatingArgs, OperatingError};

use base::Base;
use clap::Args;
use counting::CountingSender;
use endpoints::Endpoints;
use fat_contracts_primitives::{AccountId, BlockNumber, ClusterId, Hash};
use following::Following;
use newcomer::Learned;
use pink_daemon::{rows, Daemon, DaemonError, PersistedChain, Settings, Speaker, SystemClock};
use pink_engine_host::EngineRegistry;
use pink_rpc_source::{Config, Observed, RpcSource, Signal};
use pink_worker_core::{KeyExchange, WorkerConfig};
use pink_worker_metrics::{
    table::{SPEAKS, STARTS},
    Metrics, Server,
};
pub use publishing::Published;
use publishing::Publishing;
use reload::{Hangups, Reloader};
use rpc::Rpc;
pub use rpc::RpcArgs;
use std::{path::PathBuf, sync::Arc};
use watch::Watch;

/// The commit that the program was built from, if whoever built it said so.
const COMMIT: &str = match option_env!("PINK_WORKER_COMMIT") {
    Some(commit) => commit,
    None => "unknown",
};

/// The arguments of `run`.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// A node of the chain, ws://… or wss://…; may be given several times, and is asked in that order.
    #[arg(long = "chain", value_name = "URL", required = true, value_parser = url)]
    pub chains: Vec<String>,
    /// Where the worker's data is kept; made if it isn't there.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub base_path: PathBuf,
    /// Where the engine files are [default: $PINK_ENGINES, or `engines` beside this program].
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub engines: Option<PathBuf>,
    /// The cluster [default: the base path's, else 1].
    #[arg(long, value_name = "ID")]
    pub cluster: Option<ClusterId>,
    /// The hash of the chain's genesis block, 0x…, from somebody whom you trust: kept in the base path, so it is needed
    /// once. Without it (and without --from-block) the first node says which chain it is, and the cluster's key is
    /// handed to nobody.
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    pub genesis: Option<Hash>,
    /// Take the node's word for which blocks are final. For nodes that prove it by nothing, as with instant seal. The
    /// cluster's key isn't exchanged then.
    #[arg(long)]
    pub trust_node: bool,
    /// A final block that you vouch for: what is final is proven from there on, by the authorities in its state. Its hash,
    /// 0x… [default: the genesis block].
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    pub from_block: Option<Hash>,
    /// Speak with a key of this directory: acknowledge, report, announce engines, exchange the cluster's key.
    /// Without one the worker follows and says nothing.
    #[arg(long, value_name = "DIR", help_heading = COMMON)]
    pub keystore: Option<PathBuf>,
    /// With which key of the directory [default: the only one].
    #[arg(long, value_name = "WHO", value_parser = parse_who, requires = "keystore", help_heading = COMMON)]
    pub account: Option<AccountId>,
    /// Speak with a key that everybody knows, like //Alice: for development chains.
    #[arg(long, value_name = "//NAME", conflicts_with = "keystore", help_heading = COMMON)]
    pub from: Option<String>,
    /// Serve this worker's newest snapshot of what the chain confirmed, and what it keeps of each block, at this address; off: the
    /// snapshots are written for a backup and served to nobody [default: none is written].
    #[arg(long, value_name = "ADDRESS:PORT|off")]
    pub snapshots: Option<Published>,
    /// Publish a snapshot every N confirmed blocks.
    #[arg(long, value_name = "N", requires = "snapshots", default_value_t = publishing::EACH,
        value_parser = clap::value_parser!(u32).range(1..))]
    pub snapshot_each: BlockNumber,
    /// Begin an empty base path with a snapshot of a worker that serves some, http://… or https://…; may be given several
    /// times. It is compared with what the chain confirmed.
    #[arg(long, value_name = "URL", value_parser = web_url)]
    pub sync_from: Vec<String>,
    /// How the program is run.
    #[command(flatten)]
    pub operating: OperatingArgs,
    /// Its JSON-RPC.
    #[command(flatten)]
    pub rpc: RpcArgs,
    /// Print one JSON object on stdout when it ends.
    #[arg(long, help_heading = COMMON)]
    pub json: bool,
}

fn url(text: &str) -> Result<String, String> {
    if text.starts_with("ws://") || text.starts_with("wss://") {
        Ok(text.into())
    } else {
        Err("it begins with ws:// or wss://".into())
    }
}

pub(super) fn web_url(text: &str) -> Result<String, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        Ok(text.into())
    } else {
        Err("it begins with http:// or https://".into())
    }
}

/// Follows the chain.
pub(super) fn run(args: RunArgs, warnings: &[String]) -> Result<Report, Failure> {
    let signal = Signal::new();
    stop::on_signals(&signal).map_err(Failure::NoThread)?;
    let hangups = Hangups::catch().map_err(Failure::NoThread)?;
    let operating = &args.operating;
    let format = Some(operating.log_format);
    logging::configure(&operating.log, format).map_err(OperatingError::from)?;
    #[cfg(feature = "otel")]
    let _exporting = operating.export().map_err(OperatingError::from)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    warn_of_few_files();
    let metrics = Metrics::new();
    metrics.set_build(env!("CARGO_PKG_VERSION"), COMMIT);
    let server = show_metrics(operating, &metrics)?;
    let registry = || {
        let engines = EngineRegistry::new(engines_dir::choose(args.engines.clone()));
        engines.with_observer(Arc::new(metrics.clone()))
    };
    let mut base = Base::open(&args.base_path, registry(), args.cluster, operating)?;
    if let (Some(expected), Some(found)) = (base.recorded.genesis, args.genesis) {
        if expected != found {
            return Err(Failure::OtherGenesis {
                path: args.base_path.clone(),
                expected,
                found,
            });
        }
    }
    // Who names a block means that one, and names it once: the next time it goes on behind it.
    let begins = args
        .from_block
        .filter(|block| base.recorded.named != Some(*block));
    let known = base.recorded.known.clone().filter(|_| begins.is_none());
    let vouched = args.genesis.is_some() || args.from_block.is_some();
    let notes = (vouched && !base.recorded.vouched).then(rows::vouched);
    let notes: Vec<_> = notes.into_iter().chain(begins.map(rows::named)).collect();
    let vouched = vouched || base.recorded.vouched;
    let mut config = Config {
        endpoints: args.chains.clone(),
        genesis: base.recorded.genesis.or(args.genesis),
        described: base.recorded.described,
        known: known.filter(|known| args.trust_node || known.proves()),
        from_block: args.from_block,
        trust_node: args.trust_node,
        observed: Observed(Arc::new(Endpoints(metrics.clone()))),
        ..Config::default()
    };
    if !args.sync_from.is_empty() && base.worker.head()?.is_none() {
        let begun = newcomer::begin(base, config.clone(), &args, registry(), &signal)?;
        let Learned { genesis, known } = begun.1;
        base = begun.0;
        config.genesis = genesis;
        config.known = known;
    }
    let key = signer(
        args.from.as_deref(),
        args.keystore.as_deref(),
        args.account.as_ref(),
    )?;
    let speaks = key.is_some();
    config.account = key.as_ref().map(|key| key.account().clone());
    let voice = match key {
        Some(key) => {
            let (endpoints, genesis) = (config.endpoints.clone(), config.genesis);
            Some(sender::of(key, endpoints, genesis, &signal)?)
        }
        None => None,
    };
    // A node whose word is taken could make up members, and would be handed the key.
    let keys = if speaks && !args.trust_node {
        let keys = KeyExchange::of_base_path(base.cluster, &args.base_path)?;
        Some(if vouched { keys } else { keys.keeping_it() })
    } else {
        None
    };
    base.worker.observe(Arc::new(metrics.clone()));
    let rpc = rpc::start(&args, &base, config.genesis, speaks, &metrics)?;
    let preparer = compiling::start(&mut base, &args.base_path, operating, &metrics)?;
    let watch = watch(&args, &base, &metrics, speaks, hangups, &rpc)?;
    let publishing = match args.snapshots {
        Some(published) => {
            let (each, genesis) = (args.snapshot_each, config.genesis);
            let started =
                Publishing::start(published, each, &args.base_path, &base.worker, genesis);
            Some(started?)
        }
        None => None,
    };
    let speaker = voice.map(|voice| Speaker::on_a_thread(CountingSender::new(voice, metrics)));
    let speaker = speaker.transpose().map_err(Failure::NoThread)?;
    let clock = Arc::new(SystemClock::new(signal.clone()));
    let source = RpcSource::new(config, signal.clone()).map_err(Failure::NoThread)?;
    let settings = Settings {
        cluster: base.cluster,
        speaker,
        keys,
        pruning: operating.pruning(),
        kept: PersistedChain::new(&base.recorded, notes),
    };
    let following = Box::new(Following::new(watch, publishing, rpc.standing.clone()));
    let mut daemon = Daemon::new(base.worker, Box::new(source), clock, following, settings);
    // Dropped before the daemon, whatever ends this: nobody waits for a node any more.
    let stopping = Stopping(signal);
    let ended = daemon.go();
    systemd::stopping();
    drop(stopping);
    // Nobody reads any more what is closed.
    drop(rpc);
    drop(server);
    drop(preparer);
    let worker = daemon.into_worker();
    let head = worker.head()?;
    let cluster = head.as_ref().map(|(_, _, record)| record.cluster);
    let report = ended.map_err(Failure::from).map(|()| Report {
        cluster,
        engine: head
            .as_ref()
            .and_then(|(_, _, record)| record.engine)
            .map(|engine| engine.to_string()),
        block: head.as_ref().map(|(number, _, _)| *number),
        state_root: head.as_ref().map(|(_, root, _)| hex0x(root)),
        ..Report::success()
    });
    close(worker.store(), report)
}

/// Ends every wait when it is dropped.
struct Stopping(Signal);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// As many files as polkadot-sdk's node asks for: connections are files, too.
const FILES: u64 = 10_000;

/// Who is asked by many and may open few files can't take their connections.
fn warn_of_few_files() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    if let Some(limit) = limit.filter(|limit| *limit < FILES) {
        tracing::warn!(
            "{limit} files may be open at a time, which is fewer than {FILES}\n  hint: `ulimit -n {FILES}`, or LimitNOFILE= of a unit"
        );
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        match error {
            DaemonError::Worker(error) => error.into(),
            DaemonError::OtherChain(error) => Self::Source(Box::new(error)),
            DaemonError::Speaker(error) => Self::Speaker(error),
        }
    }
}

/// Shows the metrics. Where nobody chose the port and another worker has it, there are none to be seen.
fn show_metrics(operating: &OperatingArgs, metrics: &Metrics) -> Result<Option<Server>, Failure> {
    let Some((address, chosen)) = operating.metrics() else {
        return Ok(None);
    };
    match Server::start(address, metrics.clone()) {
        Ok(server) => Ok(Some(server)),
        Err(error) if !chosen && error.kind() == std::io::ErrorKind::AddrInUse => {
            tracing::warn!(%address, "another program is there: no metrics are shown; choose a --prometheus-port");
            Ok(None)
        }
        Err(error) => Err(OperatingError::Metrics { address, error }.into()),
    }
}

/// What is measured of the loop, and read again while it goes round.
fn watch(
    args: &RunArgs,
    base: &Base,
    metrics: &Metrics,
    speaks: bool,
    hangups: Hangups,
    rpc: &Rpc,
) -> Result<Watch, Failure> {
    let head = base.worker.head()?.map_or(0, |(number, _, _)| number);
    let starts = starts::count(&args.base_path, head);
    metrics.set_number(&STARTS, &[], starts.into());
    metrics.set_number(&SPEAKS, &[], speaks.into());
    watch::look_up(metrics, base.worker.handle().clone(), &args.base_path);
    let config = WorkerConfig::of_base_path(&args.base_path)?;
    let config = args.operating.memory(config)?.config;
    let tuner = rpc.tuner();
    let mut reloader = Reloader::new(args.base_path.clone(), metrics.clone(), config)
        .with(move |args, _| tuner.set(args.rpc.rate(), args.rpc.readiness()));
    if let Some(services) = base.worker.handle().services() {
        reloader = reloader.with_services(services.clone());
    }
    let watch = Watch::new(metrics.clone(), base.cluster);
    watch
        .with_reloader(reloader, hangups)
        .map_err(Failure::NoThread)
}
