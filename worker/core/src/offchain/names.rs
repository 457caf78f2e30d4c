//! From names to addresses.
//!
//! The system's own look-up can't be called off: with a nameserver that says nothing, a thread that
//! asks it is gone for half a minute. So the worker asks the nameservers itself: those of
//! `/etc/resolv.conf`, or those that the operator names, after `/etc/hosts`. A look-up ends at its
//! deadline, and nothing of it stays behind.

use super::config::HttpConfig;
use hickory_resolver::{
    config::{NameServerConfig, ResolverConfig, ResolverOpts},
    net::runtime::TokioRuntimeProvider,
    system_conf::read_system_conf,
    TokioResolver,
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// Threads that carry what the look-ups say and hear. A look-up waits on the thread of its request.
const THREADS: usize = 1;

/// Why a name has no address.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum NameError {
    /// There was no answer in time.
    #[error("no answer within {} ms", .0.as_millis())]
    Late(Duration),
    /// The nameservers know none, or can't be asked.
    #[error("{0}")]
    Unknown(String),
}

/// Looks names up.
#[derive(Debug)]
pub(super) struct Names {
    nameservers: Vec<SocketAddr>,
    timeout: Duration,
    /// Lookup when the first name is looked up.
    made: OnceLock<Result<Lookup, String>>,
}

struct Lookup {
    runtime: Runtime,
    resolver: TokioResolver,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookup").finish_non_exhaustive()
    }
}

impl Names {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self {
            nameservers: config.nameservers.clone(),
            timeout: Duration::from_millis(config.lookup_timeout_ms),
            made: OnceLock::new(),
        }
    }

    /// The addresses of a name, or the address that it is.
    ///
    /// # Errors
    /// See [`NameError`]. It takes at most `left`, and at most what the operator allows.
    pub(super) fn look_up(&self, name: &str, left: Duration) -> Result<Vec<IpAddr>, NameError> {
        // A URL has an address of version 6 in brackets.
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(name).parse() {
            return Ok(vec![address]);
        }
        let made = self.made.get_or_init(|| self.make());
        let made = made
            .as_ref()
            .map_err(|why| NameError::Unknown(why.clone()))?;
        let most = left.min(self.timeout);
        made.runtime.block_on(async {
            match tokio::time::timeout(most, made.resolver.lookup_ip(name)).await {
                Ok(Ok(found)) => Ok(found.iter().collect()),
                Ok(Err(error)) => Err(NameError::Unknown(error.to_string())),
                Err(_) => Err(NameError::Late(most)),
            }
        })
    }

    fn make(&self) -> Result<Lookup, String> {
        let (config, mut options) = if self.nameservers.is_empty() {
            read_system_conf().map_err(|error| {
                format!(
                    "the system's nameservers can't be read: {error}; name some in `nameservers`"
                )
            })?
        } else {
            let servers = self.nameservers.iter().map(server).collect();
            (
                ResolverConfig::from_parts(None, Vec::new(), servers),
                ResolverOpts::default(),
            )
        };
        // Each look-up has a deadline for all its attempts, and no contract learns from how long it
        // takes what others looked up.
        options.timeout = self.timeout;
        options.cache_size = 0;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("names")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| format!("no thread for look-ups: {error}"))?;
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        let resolver = {
            let _inside = runtime.enter();
            builder.build().map_err(|error| error.to_string())?
        };
        Ok(Lookup { runtime, resolver })
    }
}

fn server(at: &SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    for connection in &mut server.connections {
        connection.port = at.port();
    }
    server
}
