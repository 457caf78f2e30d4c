//! What a worker offers to others over HTTP, for reading alone: its newest confirmed snapshot, and what it
//! keeps of each block.
//!
//! | path | |
//! |---|---|
//! | `/v1/about` | [`About`](crate::compare::About) |
//! | `/v1/snapshot` | the file; `Range` with `If-Range` goes on with the very file that was begun with |
//! | `/v1/blocks/N` | [`Summary`](crate::compare::Summary) |
//! | `/v1/blocks/N/contents?from=SEQ` | [`Contents`](crate::compare::Contents), of at most 4,096 messages |
//! | `/v1/digest?from=N&to=N` | [`Digests`](crate::compare::Digests), of at most 4,096 blocks |
//!
//! Answers are JSON but for the file. Nothing of it is secret: whoever asks could execute it, and what is
//! given is proven by the chain or compared. There is neither encryption nor a list of who may ask: it listens on
//! this machine alone unless told otherwise, and a proxy in front of it can do both.

mod answer;
mod body;
mod offer;
mod range;

pub use offer::{Offer, KEPT_FILES};

use answer::answer;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::{watch, Semaphore},
    time::timeout,
};

/// How a worker's server behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many connections there may be at a time; one more waits.
    pub max_connections: usize,
    /// How long one may last. Who fetches for longer comes again and goes on.
    pub connection_lifetime: Duration,
    /// How long somebody may take to ask.
    pub header_timeout: Duration,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9_734)),
            max_connections: 32,
            connection_lifetime: Duration::from_secs(600),
            header_timeout: Duration::from_secs(10),
        }
    }
}

/// A server that runs on threads of its own until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    /// The address can't be had, or the system gives no threads.
    pub fn start(config: ServeConfig, offer: Arc<Offer>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            // One for each file that is being read, and some for short answers.
            .max_blocking_threads(config.max_connections.saturating_add(4))
            .thread_name("snapshots")
            // Whoever fetches delays no block.
            .on_thread_start(|| {
                pink_engine_host::give_way(pink_engine_host::BACKGROUND_NICENESS);
            })
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(config.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        runtime.spawn(accept(listener, config, offer, stopped));
        tracing::info!(%address, "serving snapshots and block records");
        Ok(Self {
            address,
            stop,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(
    listener: TcpListener,
    config: ServeConfig,
    offer: Arc<Offer>,
    mut stopped: watch::Receiver<bool>,
) {
    let free = Arc::new(Semaphore::new(config.max_connections));
    loop {
        let Ok(permit) = free.clone().acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection came to nothing");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let (config, offer) = (config.clone(), offer.clone());
        tokio::spawn(async move {
            let _permit = permit;
            let service = service_fn(move |request| {
                let offer = offer.clone();
                async move { Ok::<_, Infallible>(answer(offer, request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(config.header_timeout)
                .max_headers(64)
                .max_buf_size(16 << 10)
                .serve_connection(TokioIo::new(stream), service);
            match timeout(config.connection_lifetime, connection).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
                Err(_) => tracing::debug!("a connection lasted for too long"),
            }
        });
    }
}
