//! The server: connections, what they may, and how many there may be.

mod accept;
mod front;
mod gate;
pub(crate) mod origin;
mod stalled;

use crate::{
    config::RpcConfig, context::Context, daemon::Daemon, module::module, observer::Observer,
    rate::Rates, subscribe::News,
};
use jsonrpsee::{
    server::{
        stop_channel, BatchRequestConfig, PingConfig, ServerConfig, ServerHandle, StopHandle,
    },
    RpcModule,
};
use pink_engine_host::BACKGROUND_NICENESS;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::runtime::{Builder, Runtime};

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
    pub(crate) rates: Rates,
    pub(crate) limits: ServerConfig,
    pub(crate) stop: StopHandle,
    /// Unsafe methods are answered.
    pub(crate) trusted: bool,
}

/// A server that runs until it is dropped.
pub struct Server {
    address: SocketAddr,
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
        let shared = Shared {
            methods: module(context.clone())?,
            rates: Rates::new(config.rate.clone()),
            limits: limits(config),
            stop: stop_handle,
            trusted: config.methods.allow_unsafe(address),
            context: context.clone(),
        };
        runtime.spawn(accept::accept(listener, Arc::new(shared)));
        tracing::info!(%address, "JSON-RPC");
        Ok(Self {
            address,
            stop,
            runtime: Some(runtime),
            _news: news,
        })
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

fn limits(config: &RpcConfig) -> ServerConfig {
    let (each, silent, failures) = PING;
    let ping = PingConfig::new()
        .ping_interval(each)
        .inactive_limit(silent)
        .max_failures(failures);
    ServerConfig::builder()
        .max_request_body_size(config.max_request_bytes)
        .max_response_body_size(config.max_response_bytes)
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
