//! The JSON-RPC of a worker that runs.

mod hooks;

use super::{super::failure::Failure, base::Base, RunArgs};
use clap::{Args, ValueEnum};
use fat_contracts_primitives::{ClusterId, Hash};
use hooks::{Log, RpcCounters};
use pink_console::{public, Console, ConsoleConfig, Endpoint};
use pink_daemon::Chain;
use pink_worker_core::{query::Queries, source::FollowError, WorkerConfig};
use pink_worker_metrics::Metrics;
use pink_worker_rpc::{
    config::{IpNet, Readiness},
    Clock, Cors, Daemon, Methods, RateLimit, RpcConfig, Server, StartError, StatusBoard,
    DEFAULT_PORT,
};
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

/// Where revoked sessions are kept in a base path.
const REVOKED_FILE: &str = "revoked-sessions";

/// What the options stand under.
const HEADING: &str = "JSON-RPC";

/// Seconds, as [`Readiness`] has it by default.
const READY_AGE: u32 = 120;

/// Which methods are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RpcMethods {
    /// The unsafe ones as well, if nobody but this machine reaches the server
    #[default]
    Auto,
    /// Those that may be offered to anybody
    Safe,
    /// All
    Unsafe,
}

/// The options of a worker's JSON-RPC, named as those of a Substrate node.
#[derive(Clone, Debug, Args)]
pub struct RpcArgs {
    /// The port of JSON-RPC over HTTP and WebSocket [default: 9955, or any if that is taken].
    #[arg(long, value_name = "PORT", help_heading = HEADING)]
    pub rpc_port: Option<u16>,
    /// Listen on all interfaces. Refused for a worker that signs.
    #[arg(long, help_heading = HEADING)]
    pub rpc_external: bool,
    /// Listen on all interfaces, also as a worker that signs.
    #[arg(long, help_heading = HEADING)]
    pub unsafe_rpc_external: bool,
    /// Which methods are answered.
    #[arg(long, value_name = "SET", value_enum, default_value_t, help_heading = HEADING)]
    pub rpc_methods: RpcMethods,
    /// Whose pages may ask: origins with commas between, * for any port; or all [default: pages of this machine, and
    /// polkadot.js.org by https].
    #[arg(long, value_name = "ORIGINS", value_delimiter = ',', help_heading = HEADING)]
    pub rpc_cors: Vec<String>,
    /// Names, beside this machine's own, by which the server may be called.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = HEADING)]
    pub rpc_allow_host: Vec<String>,
    /// The most connections.
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = HEADING)]
    pub rpc_max_connections: u32,
    /// The longest request, in megabytes.
    #[arg(long, value_name = "MB", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_024),
        help_heading = HEADING)]
    pub rpc_max_request_size: u32,
    /// The longest response, in megabytes.
    #[arg(long, value_name = "MB", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_024),
        help_heading = HEADING)]
    pub rpc_max_response_size: u32,
    /// The most subscriptions of a connection.
    #[arg(long, value_name = "N", default_value_t = 1_024, help_heading = HEADING)]
    pub rpc_max_subscriptions_per_connection: u32,
    /// How many messages wait for a connection that takes none.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..),
        help_heading = HEADING)]
    pub rpc_message_buffer_capacity_per_connection: u32,
    /// The most calls of a batch.
    #[arg(long, value_name = "N", default_value_t = 128, conflicts_with = "rpc_disable_batch_requests",
        help_heading = HEADING)]
    pub rpc_max_batch_request_len: u32,
    /// Refuse batches.
    #[arg(long, help_heading = HEADING)]
    pub rpc_disable_batch_requests: bool,
    /// The most calls a minute from an address [default: any number].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = HEADING)]
    pub rpc_rate_limit: Option<u32>,
    /// Networks that aren't limited, like 10.0.0.0/8.
    #[arg(long, value_name = "CIDR", value_delimiter = ',', help_heading = HEADING)]
    pub rpc_rate_limit_whitelisted_ips: Vec<IpNet>,
    /// How many blocks behind the newest final one the worker may be and still be ready, in /health/readiness.
    #[arg(long, value_name = "BLOCKS", default_value_t = Readiness::default().max_lag, help_heading = HEADING)]
    pub rpc_ready_lag: u32,
    /// How many seconds ago the last final block may have come; 0 for any time, on chains that make blocks on demand.
    #[arg(long, value_name = "SECONDS", default_value_t = READY_AGE, help_heading = HEADING)]
    pub rpc_ready_age: u32,
    /// Take the word of a proxy on this machine for who asks.
    #[arg(long, help_heading = HEADING)]
    pub rpc_rate_limit_trust_proxy_headers: bool,
    /// Serve the console, a page for a browser, at /console/ of the RPC's port.
    #[arg(long, help_heading = HEADING)]
    pub console: bool,
    /// Nodes that the console's readers reach the chain by, ws://… or wss://…, with commas between [default: those of
    /// --chain that are a host and a port and nothing else].
    #[arg(long, value_name = "URLS", value_delimiter = ',', requires = "console", help_heading = HEADING)]
    pub console_chain: Vec<Endpoint>,
}

impl RpcArgs {
    fn config(&self, base_path: &Path, speaks: bool) -> Result<RpcConfig, Failure> {
        if self.rpc_external && !self.unsafe_rpc_external && speaks {
            return Err(Failure::RpcExternal);
        }
        let external = self.rpc_external || self.unsafe_rpc_external;
        let ip: IpAddr = match external {
            true => Ipv4Addr::UNSPECIFIED.into(),
            false => Ipv4Addr::LOCALHOST.into(),
        };
        let megabytes = |count: u32| count.saturating_mul(1 << 20);
        Ok(RpcConfig {
            listen: SocketAddr::new(ip, self.rpc_port.unwrap_or(DEFAULT_PORT)),
            methods: match self.rpc_methods {
                RpcMethods::Auto => Methods::Auto,
                RpcMethods::Safe => Methods::Safe,
                RpcMethods::Unsafe => Methods::Unsafe,
            },
            cors: match self.rpc_cors.as_slice() {
                [] => Cors::default(),
                all if all.iter().any(|it| it == "all") => Cors::All,
                origins => Cors::Origins(origins.into()),
            },
            hosts: self.rpc_allow_host.clone(),
            rate: RateLimit {
                calls_per_minute: self.rpc_rate_limit,
                free: self.rpc_rate_limit_whitelisted_ips.clone(),
                trust_proxy: self.rpc_rate_limit_trust_proxy_headers,
            },
            max_request_bytes: megabytes(self.rpc_max_request_size),
            max_response_bytes: megabytes(self.rpc_max_response_size),
            max_connections: self.rpc_max_connections,
            max_subscriptions: self.rpc_max_subscriptions_per_connection,
            max_waiting_messages: self.rpc_message_buffer_capacity_per_connection,
            max_batch: match self.rpc_disable_batch_requests {
                true => 0,
                false => self.rpc_max_batch_request_len,
            },
            revoked_file: Some(base_path.join(REVOKED_FILE)),
            readiness: Readiness {
                max_lag: self.rpc_ready_lag,
                max_age: match self.rpc_ready_age {
                    0 => None,
                    seconds => Some(Duration::from_secs(seconds.into())),
                },
            },
            version: concat!("pink-worker/", env!("CARGO_PKG_VERSION")).into(),
            ..RpcConfig::default()
        })
    }

    /// The page, if it is to be served.
    fn console(&self, chains: &[String], cluster: ClusterId) -> Option<Arc<Console>> {
        if !self.console {
            return None;
        }
        let chain = match self.console_chain.as_slice() {
            [] => public(chains),
            named => named.to_vec(),
        };
        if chain.is_empty() {
            tracing::warn!("the console has no node: those of --chain may hold a secret, name one by --console-chain");
        }
        let version = concat!("pink-worker/", env!("CARGO_PKG_VERSION")).into();
        Some(Arc::new(Console::new(&ConsoleConfig {
            chain,
            cluster,
            version,
        })))
    }
}

/// A server, and where it is written down how the worker stands.
#[derive(Debug)]
pub(super) struct Rpc {
    pub(super) standing: StatusBoard,
    _server: Server,
}

/// Serves a worker's JSON-RPC.
///
/// # Errors
/// The address can't be had, or isn't for a worker that signs; or the base path's configuration can't be read.
pub(super) fn start(
    run: &RunArgs,
    base: &Base,
    genesis: Option<Hash>,
    speaks: bool,
    metrics: &Metrics,
) -> Result<Rpc, Failure> {
    let (args, base_path) = (&run.rpc, run.base_path.as_path());
    let config = args.config(base_path, speaks)?;
    let standing = StatusBoard::new();
    if let Some(genesis) = genesis {
        standing.set_genesis(genesis);
    }
    let worker = base.worker.handle().clone();
    let divided = run
        .operating
        .memory(WorkerConfig::of_base_path(base_path)?)?;
    let queries = Queries::new(worker.clone(), divided.config.query);
    let daemon = Daemon {
        log_filter: Some(Arc::new(Log)),
        console: args.console(&run.chains, base.cluster),
        ..Daemon::new(worker, queries, base.cluster, standing.clone())
    };
    let counted = Arc::new(RpcCounters(metrics.clone()));
    let serve = |config: RpcConfig| Server::start(config, daemon.clone(), counted.clone());
    let server = match serve(config.clone()) {
        // As with a node: the usual port is nobody's in particular.
        Err(StartError::Listen { error, .. })
            if error.kind() == ErrorKind::AddrInUse && args.rpc_port.is_none() =>
        {
            let listen = SocketAddr::new(config.listen.ip(), 0);
            let server = serve(RpcConfig { listen, ..config })?;
            tracing::warn!(address = %server.address(), "another program has port {DEFAULT_PORT}: JSON-RPC is here");
            server
        }
        server => server?,
    };
    if args.console {
        tracing::info!(page = %format_args!("http://{}{}", server.address(), pink_console::PATH), "console");
    }
    Ok(Rpc {
        standing,
        _server: server,
    })
}

/// Writes down how a worker stands after the chain was asked, with this error or with success.
pub(super) fn note(standing: &StatusBoard, source: &dyn Chain, error: Option<&FollowError>) {
    if let Some(genesis) = source.genesis() {
        standing.set_genesis(genesis);
    }
    if let Some(known) = source.known() {
        standing.set_final(known.number, known.hash, Clock::default().now_ms());
    }
    let unreachable = match error {
        None | Some(FollowError::Worker(_)) => None,
        Some(error) => Some(error.to_string()),
    };
    standing.set_unreachable(unreachable);
    standing.set_fee_balance(source.known_fee_balance());
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Rpc(Box::new(error))
    }
}
