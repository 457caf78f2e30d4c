//! What an operator decides.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

pub use ipnet::IpNet;

/// The port, unless told otherwise.
pub const DEFAULT_PORT: u16 = 9955;

/// The least that a message of a WebSocket may take within a given memory, in bytes: an estimate for a code of a hundred
/// kilobytes, in hex.
pub const LEAST_OF_WEBSOCKET: u64 = 256 << 10;

/// Messages that wait for a WebSocket within a given memory.
const WAITING_WITHIN: u32 = 4;

/// Which methods are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Methods {
    /// The unsafe ones as well, if nobody but this machine reaches the server: see [`RpcConfig::trusts`].
    #[default]
    Auto,
    /// Those that may be offered to anybody.
    Safe,
    /// All.
    Unsafe,
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
    /// What the bodies of all requests and answers over HTTP may take together, in bytes.
    pub max_bodies_bytes: u64,
    /// The longest message of a WebSocket, in bytes.
    pub max_websocket_bytes: u32,
    /// WebSockets at a time, among the connections.
    pub max_websockets: u32,
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

impl RpcConfig {
    /// The same within so much memory, in bytes: half of it is for bodies over HTTP, of which two have to fit; half for what
    /// waits in WebSockets, of which there are fewer before one has less than [`LEAST_OF_WEBSOCKET`].
    pub fn within(mut self, bytes: u64) -> Self {
        let half = bytes / 2;
        let clamped = |value: u32, most: u64| value.min(u32::try_from(most).unwrap_or(u32::MAX));
        self.max_bodies_bytes = self.max_bodies_bytes.min(half);
        self.max_request_bytes = clamped(self.max_request_bytes, half / 2);
        self.max_response_bytes = clamped(self.max_response_bytes, half / 2);
        self.max_waiting_messages = self.max_waiting_messages.min(WAITING_WITHIN);
        // One message comes while others wait.
        let messages = u64::from(self.max_waiting_messages).saturating_add(1);
        let all = messages.saturating_mul(u64::from(self.max_connections).max(1));
        let each = half.checked_div(all).unwrap_or(0).max(LEAST_OF_WEBSOCKET);
        self.max_websocket_bytes = clamped(self.max_websocket_bytes, each);
        let of_one = messages.saturating_mul(self.max_websocket_bytes.into());
        let fit = half.checked_div(of_one).unwrap_or(0).max(1);
        self.max_websockets = clamped(self.max_websockets, fit);
        self
    }

    /// Whether unsafe methods are answered at an address, to who comes by no proxy. Who is given a name to be called by, or
    /// takes a proxy's word, is asked by others than this machine, though they all come from it; and with [`Cors::All`] by
    /// every page that somebody opens here.
    pub fn trusts(&self, listen: SocketAddr) -> bool {
        let alone = || {
            let named = !self.hosts.is_empty() || self.cors == Cors::All;
            listen.ip().is_loopback() && !self.rate.trust_proxy && !named
        };
        match self.methods {
            Methods::Auto => alone(),
            Methods::Safe => false,
            Methods::Unsafe => true,
        }
    }
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
            max_bodies_bytes: 16 * (15 << 20),
            max_websocket_bytes: 15 << 20,
            max_websockets: u32::MAX,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 16 MiB half is 8 MiB for bodies, so that two of 4 MiB fit. A WebSocket has 256 KiB for what comes and for
    /// each of 4 that wait, 1.25 MiB; six of those fit into 8 MiB.
    #[test]
    fn memory_bounds_what_may_come_at_a_time() {
        let config = RpcConfig::default().within(16 << 20);
        assert_eq!(config.max_bodies_bytes, 8_388_608);
        assert_eq!(
            (config.max_request_bytes, config.max_response_bytes),
            (4_194_304, 4_194_304)
        );
        assert_eq!(
            (config.max_waiting_messages, config.max_websocket_bytes),
            (4, 262_144)
        );
        assert_eq!(config.max_websockets, 6);
        // Nobody gets more by a lot of it.
        let much = RpcConfig::default().within(1 << 40);
        assert_eq!(much.max_request_bytes, 15 << 20);
        assert_eq!(
            (much.max_bodies_bytes, much.max_websocket_bytes),
            (240 << 20, 15 << 20)
        );
        assert!(much.max_websockets > 100);
    }
}
