//! The metrics over HTTP, for reading alone.

use crate::Metrics;
use http_body_util::Full;
use hyper::{
    body::{Bytes, Incoming},
    header::{HeaderValue, ALLOW, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
    Method, Request, Response, StatusCode,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::Semaphore,
    time::timeout,
};

/// The port that polkadot-sdk's node has for it.
pub const PORT: u16 = 9_615;

/// Connections at a time; one more waits. A scraper needs one.
const CONNECTIONS: usize = 16;

/// How long a connection may last.
const LIFETIME: Duration = Duration::from_secs(30);

/// How long somebody may take to ask.
const ASKING: Duration = Duration::from_secs(5);

/// A server on a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// Starts one. Port 0 is any that is free.
    ///
    /// # Errors
    /// The address can't be had, or the system gives no thread.
    pub fn start(listen: SocketAddr, metrics: Metrics) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name("metrics")
            // Whoever asks all the time delays no block.
            .on_thread_start(|| {
                pink_engine_host::give_way(pink_engine_host::BACKGROUND_NICENESS);
            })
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(listen))?;
        let address = listener.local_addr()?;
        runtime.spawn(accept(listener, metrics));
        tracing::info!("metrics at http://{address}/metrics");
        Ok(Self {
            address,
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
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, metrics: Metrics) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = free.clone().acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Of too many open files there are fewer in a while.
                tracing::debug!(%error, "a connection came to nothing");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let metrics = metrics.clone();
        tokio::spawn(async move {
            let _permit = permit;
            let service = service_fn(move |request| answer(request, metrics.clone()));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(ASKING)
                .max_headers(64)
                .max_buf_size(16 << 10)
                .serve_connection(TokioIo::new(stream), service);
            // That a connection breaks is its own end.
            let _ = timeout(LIFETIME, connection).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    metrics: Metrics,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let (status, kind, text) = match (reads, request.uri().path()) {
        (true, "/metrics") => {
            // What is looked up reads the store.
            let text = tokio::task::spawn_blocking(move || metrics.text()).await;
            match text {
                Ok(text) => (StatusCode::OK, "text/plain; version=0.0.4", text),
                Err(_) => (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "text/plain",
                    "the metrics can't be had\n".into(),
                ),
            }
        }
        (true, _) => (
            StatusCode::NOT_FOUND,
            "text/plain",
            "only /metrics is here\n".into(),
        ),
        (false, _) => (
            StatusCode::METHOD_NOT_ALLOWED,
            "text/plain",
            "ask with GET\n".into(),
        ),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    Ok(response)
}
