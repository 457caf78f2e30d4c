//! What an operator decides.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

pub use ipnet::IpNet;

/// The port, unless told otherwise.
pub const DEFAULT_PORT: u16 = 9955;

/// Which methods are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Methods {
    /// The unsafe ones as well, if nobody but this machine reaches the server.
    #[default]
    Auto,
    /// Those that may be offered to anybody.
    Safe,
    /// All.
    Unsafe,
}

impl Methods {
    /// Whether unsafe ones are answered at an address.
    pub fn allow_unsafe(self, listen: SocketAddr) -> bool {
        match self {
            Self::Auto => listen.ip().is_loopback(),
            Self::Safe => false,
            Self::Unsafe => true,
        }
    }
}

/// Whose pages may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Everybody's; and the server may be called by any name.
    All,
    /// Of these origins; in one, `*` stands for any port.
    Origins(Vec<String>),
}

impl Default for Cors {
    /// As polkadot-sdk's node has it: pages of this machine, and Polkadot-JS Apps.
    fn default() -> Self {
        let origins = [
            "http://localhost:*",
            "http://127.0.0.1:*",
            "https://localhost:*",
            "https://127.0.0.1:*",
            "https://polkadot.js.org",
        ];
        Self::Origins(origins.map(String::from).into())
    }
}

/// How many calls an address may make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls a minute, each entry of a batch counted; `None`: as many as it likes.
    pub calls_per_minute: Option<u32>,
    /// Addresses that aren't limited.
    pub free: Vec<IpNet>,
    /// Take the word of a proxy on this machine, by `X-Forwarded-For`, for who asks.
    pub trust_proxy: bool,
}

/// When a worker counts as ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Blocks that it may be behind the newest final one that it knows.
    pub max_lag: u32,
    /// How long ago the last final block may have come; `None`: for ever, for chains that make blocks on demand.
    pub max_age: Option<Duration>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            max_lag: 16,
            max_age: Some(Duration::from_secs(120)),
        }
    }
}

/// How a server is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcConfig {
    /// Where it listens. Port 0: any that is free.
    pub listen: SocketAddr,
    /// Which methods.
    pub methods: Methods,
    /// Whose pages.
    pub cors: Cors,
    /// Names, beside this machine's own, by which the server may be called. Of no use with [`Cors::All`].
    pub hosts: Vec<String>,
    /// How many calls.
    pub rate: RateLimit,
    /// The longest request, in bytes.
    pub max_request_bytes: u32,
    /// The longest response, in bytes.
    pub max_response_bytes: u32,
    /// Connections at a time.
    pub max_connections: u32,
    /// Subscriptions of a connection.
    pub max_subscriptions: u32,
    /// Messages that wait for a connection to take them.
    pub max_waiting_messages: u32,
    /// Calls of a batch; 0: no batches.
    pub max_batch: u32,
    /// How long a client may take for a request's head, and to take a part of an answer.
    pub idle: Duration,
    /// How long a request over HTTP may take in all, its body included.
    pub request_timeout: Duration,
    /// How long a session may last at most.
    pub max_session: Duration,
    /// How many blocks behind the newest one a signed one may be.
    pub recent_blocks: u32,
    /// Where revoked sessions are kept over a restart; `None`: nowhere.
    pub revoked_file: Option<PathBuf>,
    /// When it is ready.
    pub readiness: Readiness,
    /// What the worker is called: `name/version`.
    pub version: String,
}

impl Default for RpcConfig {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, DEFAULT_PORT).into(),
            methods: Methods::default(),
            cors: Cors::default(),
            hosts: Vec::new(),
            rate: RateLimit::default(),
            max_request_bytes: 15 << 20,
            max_response_bytes: 15 << 20,
            max_connections: 100,
            max_subscriptions: 1024,
            max_waiting_messages: 64,
            max_batch: 128,
            idle: Duration::from_secs(30),
            request_timeout: Duration::from_secs(60),
            max_session: Duration::from_secs(24 * 3600),
            recent_blocks: 64,
            revoked_file: None,
            readiness: Readiness::default(),
            version: concat!("pink-worker/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}
