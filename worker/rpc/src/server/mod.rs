//! The server: connections, what they may, and how many there may be.

mod accept;
mod front;
mod gate;
pub(crate) mod origin;
mod room;
mod stalled;

use crate::{
    config::{RateLimit, Readiness, RpcConfig},
    context::Context,
    daemon::Daemon,
    module::module,
    observer::Observer,
    rate::Rates,
    subscribe::News,
};
use jsonrpsee::{
    server::{
        stop_channel, BatchRequestConfig, PingConfig, ServerConfig, ServerHandle, StopHandle,
    },
    RpcModule,
};
use pink_engine_host::BACKGROUND_NICENESS;
use room::Room;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Semaphore,
};

/// Threads that serve connections. They parse and write; what takes longer is done elsewhere. Under a flood of short
/// questions they are most of the work, so they give way to blocks as far as the queries do: at a niceness of 5 two of
/// them would take 40 % of a processor from a block's thread that shares it (335 each, by Linux' weights, to its 1024).
const THREADS: usize = 2;

/// As polkadot-sdk's node: how often a client is asked whether it is there, and after how long of silence, three
/// times, it isn't.
const PING: (Duration, Duration, usize) = (Duration::from_secs(30), Duration::from_secs(60), 3);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address can't be listened at.
    #[error("can't listen at {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The system gives no thread.
    #[error("no thread for the RPC: {0}")]
    Thread(io::Error),
    /// Two methods have one name.
    #[error("the methods can't be registered: {0}")]
    Methods(#[from] jsonrpsee::core::RegisterMethodError),
}

impl StartError {
    /// What the operator can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Listen { error, .. } if error.kind() == io::ErrorKind::AddrInUse => {
                "another program has this port, perhaps another worker: give another one with --rpc-port"
            }
            Self::Listen { .. } => "give another address or port",
            Self::Thread(_) => "try again when the machine has less to do",
            Self::Methods(_) => "report it",
        }
    }
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) context: Arc<Context>,
    pub(crate) methods: RpcModule<Context>,
    pub(crate) rates: Arc<Rates>,
    pub(crate) limits: ServerConfig,
    /// Those of WebSockets.
    pub(crate) socket_limits: ServerConfig,
    /// For bodies over HTTP.
    room: Room,
    /// Places of WebSockets.
    sockets: Arc<Semaphore>,
    pub(crate) stop: StopHandle,
    /// Unsafe methods are answered, unless a request says that it came by a proxy and nobody said that it may.
    pub(crate) trusted: bool,
}

/// Changes what can be another while a server runs: how often who may ask, and when it is ready.
#[derive(Clone, Debug)]
pub struct Tuner {
    rates: Arc<Rates>,
    readiness: Arc<RwLock<Readiness>>,
}

impl Tuner {
    /// From now on it is so. Whether a proxy's word is taken stays as it was at the start, since who is trusted hangs on it.
    pub fn set(&self, rate: RateLimit, readiness: Readiness) {
        self.rates.set(rate);
        *self
            .readiness
            .write()
            .unwrap_or_else(PoisonError::into_inner) = readiness;
    }
}

/// A server that runs until it is dropped.
pub struct Server {
    address: SocketAddr,
    tuner: Tuner,
    stop: ServerHandle,
    runtime: Option<Runtime>,
    _news: News,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Starts it.
    ///
    /// # Errors
    /// The address can't be listened at, the system gives no thread, or two methods have one name.
    pub fn start(
        config: RpcConfig,
        daemon: Daemon,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, StartError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("rpc")
            .on_thread_start(|| pink_engine_host::give_way(BACKGROUND_NICENESS))
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let (news, receivers) = News::start(daemon.worker.clone()).map_err(StartError::Thread)?;
        let failed = |error| StartError::Listen {
            address: config.listen,
            error,
        };
        let listener = runtime.block_on(tokio::net::TcpListener::bind(config.listen));
        let listener = listener.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop_handle, stop) = stop_channel();
        let context = Arc::new(Context::new(daemon, config, observer, receivers));
        let config = &context.config;
        let rates = Arc::new(Rates::new(config.rate.clone()));
        let tuner = Tuner {
            rates: rates.clone(),
            readiness: context.readiness.clone(),
        };
        let shared = Shared {
            methods: module(context.clone())?,
            rates: rates.clone(),
            limits: limits(config, u32::MAX),
            socket_limits: limits(config, config.max_websocket_bytes),
            room: Room::new(config.max_bodies_bytes),
            sockets: Arc::new(Semaphore::new(
                usize::try_from(config.max_websockets).unwrap_or(Semaphore::MAX_PERMITS),
            )),
            stop: stop_handle,
            trusted: config.trusts(address),
            context: context.clone(),
        };
        runtime.spawn(accept::accept(listener, Arc::new(shared)));
        tracing::info!(%address, "JSON-RPC");
        Ok(Self {
            address,
            tuner,
            stop,
            runtime: Some(runtime),
            _news: news,
        })
    }

    /// What changes it while it runs.
    pub fn tuner(&self) -> Tuner {
        self.tuner.clone()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is stopped already, or is now.
        let _ = self.stop.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// With messages that have at most so many bytes.
fn limits(config: &RpcConfig, most: u32) -> ServerConfig {
    let (each, silent, failures) = PING;
    let ping = PingConfig::new()
        .ping_interval(each)
        .inactive_limit(silent)
        .max_failures(failures);
    ServerConfig::builder()
        .max_request_body_size(config.max_request_bytes.min(most))
        .max_response_body_size(config.max_response_bytes.min(most))
        // They are counted where they are accepted.
        .max_connections(u32::MAX)
        .max_subscriptions_per_connection(config.max_subscriptions)
        .set_message_buffer_capacity(config.max_waiting_messages.max(1))
        .set_batch_request_config(match config.max_batch {
            0 => BatchRequestConfig::Disabled,
            most => BatchRequestConfig::Limit(most),
        })
        .enable_ws_ping(ping)
        .build()
}
