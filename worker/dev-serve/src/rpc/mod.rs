//! The chain's JSON-RPC: what `polkadot-api`, Polkadot-JS, `subxt` and this program's own commands ask of a node.
//!
//! It is the old group of methods: `polkadot-api` looks at the prefixes of what `rpc_methods` names, and makes
//! `chainHead_v1` of these itself. Beside them are those of development, `dev_…`.

mod args;
mod author;
mod blocks;
mod dev;
mod guard;
mod state;
mod subscribe;
mod system;

use crate::{error::ServeError, shared::Shared};
use args::Args;
use jsonrpsee::{
    server::{
        BatchRequestConfig, PingConfig, RandomStringIdProvider, Server as Rpsee, ServerConfig,
        ServerHandle,
    },
    types::ErrorObjectOwned,
    RpcModule,
};
use pink_worker_rpc::RpcConfig;
use serde_json::{json, Value};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// Threads that serve connections, and those on which the runtime is asked, at most.
const THREADS: usize = 2;
const BLOCKING_THREADS: usize = 4;

/// The stack of each: calls may be in each other, and the runtime of a development build has large frames.
const STACK_BYTES: usize = 64 << 20;

/// How long calls are waited for at the end: of the program, and of a server that another one follows.
const END: Duration = Duration::from_millis(500);
const END_BEHIND: Duration = Duration::from_secs(60);

/// How long an address is waited for that was in use a moment ago, and how often it is tried.
pub(crate) const AGAIN: Duration = Duration::from_secs(5);
pub(crate) const PAUSE: Duration = Duration::from_millis(5);

/// The longest identifier of a subscription.
const ID_LENGTH: usize = 16;

/// The answer to a call.
type Answer = Result<Value, ErrorObjectOwned>;

/// A method that is answered at once, from what is there.
type Handler = fn(&Shared, Args) -> Answer;

/// The server, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    runtime: Option<Runtime>,
    /// How long calls are waited for at the end.
    patience: Duration,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Starts it on a socket, which it may share with one that is ending. What is bounded is as with a worker's RPC.
    ///
    /// # Errors
    /// The address can't be had.
    pub(crate) fn start(listener: &TcpListener, shared: Arc<Shared>) -> Result<Self, ServeError> {
        let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let address = listener.local_addr().unwrap_or(any);
        let failed = |error| ServeError::Listen { address, error };
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_stack_size(STACK_BYTES)
            .thread_name("chain-rpc")
            .enable_all()
            .build()
            .map_err(failed)?;
        let limits = RpcConfig::default();
        let config = ServerConfig::builder()
            .max_request_body_size(limits.max_request_bytes)
            .max_response_body_size(limits.max_response_bytes)
            .max_connections(limits.max_connections)
            .max_subscriptions_per_connection(limits.max_subscriptions)
            .set_message_buffer_capacity(limits.max_waiting_messages)
            .set_batch_request_config(BatchRequestConfig::Limit(limits.max_batch))
            .set_id_provider(RandomStringIdProvider::new(ID_LENGTH))
            .enable_ws_ping(PingConfig::new())
            .build();
        let module = module(shared).map_err(|error| ServeError::Chain(error.to_string()))?;
        let before = tower::ServiceBuilder::new().layer_fn(guard::Guard::new);
        let started = runtime.block_on(async {
            let server = Rpsee::builder()
                .set_config(config)
                .set_http_middleware(before);
            let server = server.build_from_tcp(listener.try_clone()?)?;
            let address = server.local_addr()?;
            Ok((address, server.start(module)))
        });
        let (address, handle) = started.map_err(failed)?;
        tracing::info!(%address, "the chain's JSON-RPC");
        Ok(Self {
            address,
            handle,
            runtime: Some(runtime),
            patience: END,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Server {
    /// Takes no connections any more, from now on, and ends those that there are when their calls are answered: behind
    /// the caller's back.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn end_behind(mut self) -> Result<(), ServeError> {
        let address = self.address;
        // It is stopped already, or is now.
        let _ = self.handle.stop();
        self.patience = END_BEHIND;
        let thread = thread::Builder::new().name("chain-rpc-end".into());
        let ended = thread.spawn(move || drop(self));
        ended
            .map(|_| ())
            .map_err(|error| ServeError::Listen { address, error })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is stopped already, or is now.
        let _ = self.handle.stop();
        if let Some(runtime) = self.runtime.take() {
            let handle = self.handle.clone();
            let _ = runtime
                .block_on(async { tokio::time::timeout(self.patience, handle.stopped()).await });
            runtime.shutdown_timeout(END);
        }
    }
}

/// The methods that are answered at once, by name.
const METHODS: &[&[(&str, Handler)]] = &[
    blocks::METHODS,
    state::METHODS,
    author::METHODS,
    system::METHODS,
];

/// The methods of a server.
///
/// # Errors
/// Two have one name.
fn module(shared: Arc<Shared>) -> Result<RpcModule<Shared>, jsonrpsee::core::RegisterMethodError> {
    let mut module = RpcModule::from_arc(shared);
    for (name, handler) in METHODS.iter().flat_map(|group| group.iter()) {
        let handler = *handler;
        module.register_blocking_method(name, move |params, shared, _| {
            handler(&shared, Args::of(&params)?)
        })?;
    }
    subscribe::register(&mut module)?;
    author::register(&mut module)?;
    dev::register(&mut module)?;
    let mut names: Vec<_> = module.method_names().collect();
    names.push("rpc_methods");
    names.sort_unstable();
    let names = json!({ "methods": names });
    module.register_method("rpc_methods", move |_, _, _| {
        Ok::<_, ErrorObjectOwned>(names.clone())
    })?;
    Ok(module)
}

/// An error of a call.
fn error(code: i32, message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, message, None::<()>)
}
